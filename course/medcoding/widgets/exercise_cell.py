"""`exercise`: show a graded exercise and save what is answered."""

from __future__ import annotations

import html
from typing import Any

from medcoding.forms import FORMS, AnswerProblem
from medcoding.widgets.copies import LIVE, Copy, bundle, has_kernel, show, show_live
from medcoding.widgets.places import Place, execution, find
from medcoding.widgets.problems import KEPT, KeyNotHere, MalformedAnswer, NotAnswered, NotSaved
from medcoding.widgets.records import Record, SavedRecord, missing


def exercise(item_id: str, answer: object = None) -> None:
    """Show the exercise of that id. Every change is saved at once to answers.json beside the notebook.

    Args:
        item_id: the exercise, found in `items/` beside the notebook. Beside a source notebook the bank is read, and
            nothing is ever written.
        answer: records this answer instead of showing a form: the answer in the form's own shape, a list of codes,
            or the letter or text of an option.

    Raises:
        NoSuchExercise: there is no such exercise; the message names near ones.
        WhoAreYou: the exercise has variants, and nobody has told yet whose is to be shown: see `identify`.
        MalformedAnswer: `answer` has not the shape of the exercise's form. Nothing was written.
        NotAnswered: only under nbgrader's Validate: there is no complete answer yet.
    """
    place = find(item_id)
    if place.item.use == "exam":
        raise KeyNotHere(KEPT.format(item_id))
    if place.item.use == "practice":
        raise KeyNotHere(
            f"{item_id!r} is a practice exercise, which is not graded: show it with practice({item_id!r})."
        )
    run = execution()
    given = None if answer is None else parsed(place, answer)
    if run is not None:
        _for_nbgrader(run, place, given)
    elif given is not None:
        _record(place, given)
    else:
        _show(place)


def parsed(place: Place, value: object) -> dict[str, Any]:
    """A value given in code as a sound answer of the item's form."""
    from medcoding.widgets.views import view_of

    item = place.item
    form = FORMS[item.form]
    try:
        raw = view_of(item.form).given(item, value)
        form.parse_answer(raw)
    except AnswerProblem as problem:
        raise MalformedAnswer(f"Exercise {item.id!r}: {problem} Nothing was recorded.") from None
    assert isinstance(raw, dict)
    return raw


def _for_nbgrader(run: str, place: Place, given: dict[str, Any] | None) -> None:
    """Under nbgrader: no form, nothing written. Validate asks whether there is an answer, never whether it is right."""
    item = place.item
    if place.preview:
        print(f"Exercise {item.id}: preview, nothing is recorded here.")
        return
    record = SavedRecord(place)
    if run != "validate":
        revision = record.record.revision if record.record else 0
        print(f"Exercise {item.id}: answer of revision {revision}." if revision else f"Exercise {item.id}: no answer.")
        return
    # Validate shows some 70 characters of a message, so what matters stands first.
    lacking = record.alert or ("no answer yet." if record.answer is None else missing(place, record.answer))
    if lacking:
        raise NotAnswered(
            f"{item.id}: {lacking} Run the cell of “{item.title}”, answer it, save the notebook and validate again."
        )
    if given is not None and given != record.answer:
        raise NotAnswered(
            f"{item.id}: what is computed now is not what is recorded. Run its cell to record it, then validate again."
        )
    print(f"Exercise {item.id}: answered. Whether it is right is not checked here.")


def _record(place: Place, raw: dict[str, Any]) -> None:
    """Record an answer given in code, and show it with the hints that a form would give."""
    from medcoding.widgets.views import view_of

    item = place.item
    record: Record = Record(place) if place.preview else SavedRecord(place)
    known = record.record is not None and record.answer == raw and record.record.publication == place.publication
    if not known:
        record.give(raw)
    if record.state == "failed":
        raise NotSaved(record.alert)
    view = view_of(item.form)
    notes = [*([] if item.closed_book else view.told(view.hints(item, raw, wait=3)))]
    for note in (missing(place, raw), record.alert, "Preview: nothing is saved here." if place.preview else "", place.note):
        if note:
            notes.insert(0, note)
    more = (
        "<ul class='mc-hints'>" + "".join(f"<li>{html.escape(note)}</li>" for note in notes) + "</ul>" if notes else ""
    )
    show(bundle(item, raw, record.record, more, recorded=True))


def say_note(place: Place) -> None:
    """Tell an author that what is shown is one of several variants."""
    if place.note:
        show({"text/html": f"<p data-mc='variants'>{html.escape(place.note)}</p>", "text/plain": place.note}, metadata=dict(LIVE))


def _show(place: Place) -> None:
    """Show the form, and beneath it the notebook's own copy of question and answer."""
    record: Record = Record(place) if place.preview else SavedRecord(place)
    copy = Copy()
    say_note(place)
    if has_kernel():
        from medcoding.widgets.views import view_of

        view = view_of(place.item.form)(record, "preview" if place.preview else "exercise")
        if not place.preview:
            view.keep_copy(copy)
        show_live(view, place.item.id, f"The form of the exercise {place.item.id!r}; it needs a running kernel.")
        if place.preview:
            return
    copy.show(bundle(place.item, record.answer, record.record))
    if not place.preview:
        from medcoding.widgets.progress_cell import displayed

        displayed(place)
