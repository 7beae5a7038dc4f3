"""`practice`: the same form with a Check button. Nothing is stored, and the key comes with the exercise."""

from __future__ import annotations

from typing import Any

from medcoding.widgets.copies import has_kernel, show, static_text
from medcoding.widgets.places import execution, find
from medcoding.widgets.problems import KeyNotHere
from medcoding.widgets.records import Record

_held: dict[str, Record] = {}


def practice(item_id: str) -> None:
    """Show a practice exercise: answer, press Check, read why. Kept while the kernel runs, never graded.

    Raises:
        NoSuchExercise: there is no such exercise; the message names near ones.
        KeyNotHere: the exercise is graded, so its key did not come with it.
    """
    place = find(item_id)
    if place.keyed is None:
        raise KeyNotHere(
            f"{item_id!r} is a graded exercise: its key is not here, so it cannot be checked at once. "
            f"Show it with exercise({item_id!r}); its feedback comes after grading."
        )
    if execution() is not None:
        print(f"Practice {place.item.id}: not graded.")
        return
    held = _held.get(item_id)
    answer: dict[str, Any] | None = held.answer if held is not None and held.place.item == place.item else None
    record = _held[item_id] = Record(place, answer, state="practice")
    if not has_kernel():
        show({"text/plain": static_text(place.item, record.answer)})
        return
    from medcoding.widgets.views import show_live, view_of

    show_live(
        view_of(place.item.form)(record, "practice"), f"The practice exercise {item_id!r}; it needs a running kernel."
    )
