"""What is held of one exercise: a `Record` keeps it in the kernel, a `SavedRecord` in answers.json."""

from __future__ import annotations

import weakref
from typing import Any, Protocol

from filelock import Timeout

from medcoding.findings import Score
from medcoding.forms import FORMS, AnswerProblem
from medcoding.items.answers import Answer, AnswersProblem, AnswerStore
from medcoding.widgets.places import Place


class Listener(Protocol):
    """Something on display that follows what is saved."""

    def saved(self, record: SavedRecord | None) -> None: ...


listeners: weakref.WeakSet[Listener] = weakref.WeakSet()
"""Everything on display in this kernel that wants to know of each saved change."""


def tell(record: SavedRecord | None) -> None:
    """Tell everything on display that an answer was saved; None: that something else changed that is counted."""
    for listener in list(listeners):
        listener.saved(record)


def missing(place: Place, raw: object | None) -> str | None:
    """What an answer lacks to be complete, in words, or None. Says nothing of rightness."""
    form = FORMS[place.item.form]
    if raw is None:
        return form.missing(form.parse_answer({}), place.item.view)
    try:
        return form.missing(form.parse_answer(raw), place.item.view)
    except AnswerProblem as problem:
        return str(problem)


class Record:
    """An answer held in the kernel and nowhere else: a preview, or practice."""

    def __init__(self, place: Place, answer: dict[str, Any] | None = None, state: str = "preview") -> None:
        self.place = place
        self.answer = answer
        self.state = state
        self.alert = ""
        self.record: Answer | None = None

    def give(self, raw: object) -> None:
        """Take an answer over. A malformed one becomes an alert, and what was held stays."""
        self.alert = ""
        try:
            FORMS[self.place.item.form].parse_answer(raw)
        except AnswerProblem as problem:
            self.alert = str(problem)
        else:
            assert isinstance(raw, dict)
            self.answer = raw

    def checked(self, score: Score) -> None:
        """The answer held was scored at once. Only practice remembers it."""

    def status(self) -> dict[str, Any]:
        """State, time, revision, what is missing and what went wrong, for the status line of a form."""
        return {
            "state": self.state,
            "missing": missing(self.place, self.answer),
            "alert": self.alert,
            "at": "",
            "revision": 0,
        }


class SavedRecord(Record):
    """An answer in answers.json beside the notebook. Every `give` saves at once; showing it writes nothing."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.store = AnswerStore(place.folder)
        self.load()

    def load(self) -> None:
        """Read what is recorded. A file or record that cannot be read becomes an alert, and is left as it is."""
        self.alert = ""
        self.record = None
        try:
            self.record = self.store.get(self.place.item.id)
            if self.record is not None:
                FORMS[self.place.item.form].parse_answer(self.record.answer)
        except AnswersProblem as problem:
            self.alert = f"Your earlier answers cannot be read: {problem}"
        except AnswerProblem as problem:
            self.alert = f"Your earlier answer cannot be read. {problem}"
            self.record = None
        self.answer = self.record.answer if self.record is not None else None
        self.state = "saved" if self.record is not None else "unanswered"

    def give(self, raw: object) -> None:
        """Save an answer at once. The store moves a file aside that it cannot read; then saving is tried again."""
        super().give(raw)
        if self.alert:
            self.state = "failed"
            return
        assert isinstance(raw, dict)
        try:
            try:
                self.record = self._put(raw)
            except AnswersProblem as problem:
                told = str(problem)
                self.record = self._put(raw)
                self.alert = told
        except Timeout:
            self._failed(
                "another program holds the file answers.json. "
                "Close other copies of this notebook and change the answer again."
            )
        except (AnswersProblem, OSError) as problem:
            self._failed(
                f"{problem}. Check that this folder can be written to and has room, then change the answer again."
            )
        else:
            self.answer = self.record.answer
            self.state = "saved"
            tell(self)

    def _put(self, raw: dict[str, Any]) -> Answer:
        place = self.place
        return self.store.put(publication=place.publication, item=place.item.id, answer=raw, variant=place.variant)

    def _failed(self, why: str) -> None:
        self.state = "failed"
        self.alert = f"Your last change is not saved: {why}"

    def status(self) -> dict[str, Any]:
        status = super().status()
        if self.record is not None:
            status.update(at=self.record.at, revision=self.record.revision)
        return status
