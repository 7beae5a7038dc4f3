"""`practice`: the same form with a Check button, and the key comes with the exercise. What a Check earns is remembered, never graded."""

from __future__ import annotations

import html
from pathlib import Path

from medcoding.learning.choose import choose
from medcoding.learning.schedule import candidates
from medcoding.widgets.copies import LIVE, has_kernel, show, show_live, static_text
from medcoding.widgets.exercise_cell import parsed
from medcoding.widgets.places import Place, execution, find, practice_items
from medcoding.widgets.problems import KEPT, KeyNotHere
from medcoding.widgets.reviews import PracticeRecord, now, remembered

_held: dict[str, PracticeRecord] = {}
_last: dict[Path, str] = {}
"""The item that was chosen last in this kernel, by folder: running the cell again goes on to another."""

NOTHING = (
    "There is nothing to practice here: the folder items/ beside this notebook holds no practice exercises. "
    "Open a notebook of a lesson, or fetch its assignment again."
)


def practice(item_id: str | None = None, answer: object = None) -> None:
    """Show a practice exercise: answer, press Check, read why. Never graded.

    Args:
        item_id: the exercise. Without one the next is chosen among those that came with this folder's notebooks: what
            is due first, then what is new of your weakest objectives, then what is new; the reason stands above it.
        answer: checks this answer at once, as Check does with one that is entered: the answer in the form's own shape, a
            computed number, list or table, a list of codes, or the letter or text of an option.

    The answer is kept while the kernel runs; what it earned is kept in practice.json beside the notebook.

    Raises:
        NoSuchExercise: there is no such exercise; the message names near ones.
        MalformedAnswer: `answer` has not the shape of the exercise's form. Nothing was checked.
        KeyNotHere: the exercise is graded, so its key did not come with it, or kept for mock exams.
    """
    if item_id is None:
        if answer is not None:
            raise TypeError("practice() chooses the exercise itself, so it takes no answer. Name the exercise: practice(\"...\", answer=...).")
        _next(Path.cwd())
        return
    place = find(item_id)
    if place.keyed is None:
        raise KeyNotHere(
            f"{item_id!r} is a graded exercise: its key is not here, so it cannot be checked at once. "
            f"Show it with exercise({item_id!r}); its feedback comes after grading."
        )
    if place.item.use == "exam":
        raise KeyNotHere(KEPT.format(item_id))
    if execution() is not None:
        print(f"Practice {place.item.id}: not graded.")
        return
    held = _held.get(item_id)
    record = PracticeRecord(place, held if held is not None and _same(held.place, place) else None)
    if answer is not None:
        record.give(parsed(place, answer))
    _show(record, check=answer is not None)


def _next(folder: Path) -> None:
    """Show the exercise to practise next, and above it why."""
    if execution() is not None:
        print("Practice: not graded.")
        return
    state, problem = remembered(folder)
    choice = choose(candidates(practice_items(folder)), state, now(), last=_last.get(folder, ""))
    if choice is None:
        _say(NOTHING)
        return
    _last[folder] = choice.item
    _say(f"{choice.reason} {problem}".strip())
    _show(PracticeRecord(find(choice.item)))


def _same(one: Place, other: Place) -> bool:
    return one.item == other.item and one.folder == other.folder


def _say(text: str) -> None:
    show({"text/html": f"<p data-mc='practice-why'>{html.escape(text)}</p>", "text/plain": text}, metadata=dict(LIVE))


def _show(record: PracticeRecord, check: bool = False) -> None:
    item = record.place.item
    if record.place.note:
        _say(record.place.note)
    _held[item.id] = record
    if not has_kernel():
        show({"text/plain": static_text(item, record.answer)})
        return
    from medcoding.widgets.views import view_of

    view = view_of(item.form)(record, "practice")
    if check:
        view.check(record.answer)
    show_live(view, item.id, f"The practice exercise {item.id!r}; it needs a running kernel.")
