"""What a practice form tells the practice record: each Check is a try, each showing one review."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medcoding.findings import Score
from medcoding.learning.choose import until
from medcoding.learning.schedule import Showing
from medcoding.learning.state import PracticeState, PracticeStore
from medcoding.widgets.places import Place, in_source
from medcoding.widgets.records import Record, tell

_previews: dict[Path, PracticeState] = {}


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def remembered(folder: Path) -> tuple[PracticeState, str]:
    """What is remembered of practice in a folder, and in words why it could not be read. For a preview: of this kernel."""
    return (_previews.get(folder, PracticeState()), "") if writes_nothing(folder) else PracticeStore(folder).load()


def writes_nothing(folder: Path) -> bool:
    """Whether a folder is no fetched copy: an author's, where practice is remembered only while the kernel runs."""
    return in_source(folder) or not (folder / "items").is_dir()


def take_up(folder: Path, item: str, share: float, at: datetime) -> str:
    """Take up what an answer earned elsewhere than in practice, as one review at a time in UTC; once for the same time.

    Returns "" or, in words, what became of a practice record that could not be read.

    Raises:
        ValueError: nothing could be written, or the clock is of another age.
    """
    before = remembered(folder)[0].items.get(item)
    if before is not None and before.last >= at:
        return ""
    showing = Showing(before, at, share)
    if writes_nothing(folder):
        _previews[folder] = remembered(folder)[0].reviewed(item, showing)
        return ""
    return PracticeStore(folder).record(item, showing)


class PracticeRecord(Record):
    """A practice answer held in the kernel, whose tries are reviews. `before` is the record that it goes on from.

    A showing goes on while its answer is kept: running the cell again is no new review.
    """

    def __init__(self, place: Place, before: PracticeRecord | None = None) -> None:
        super().__init__(place, before.answer if before else None, state="practice")
        self._showing: Showing | None = before._showing if before else None
        self._tried: dict[str, Any] | None = before._tried if before else None
        self._back: str = before._back if before else ""

    def checked(self, score: Score) -> None:
        """Take up one try. What a grader reads earns nothing yet and is no review; the same answer again is no new try."""
        if score.manual or (self._showing is not None and self.answer == self._tried):
            return
        folder, item = self.place.folder, self.place.item.id
        at = now()
        try:
            showing = self._showing.again() if self._showing else Showing(remembered(folder)[0].items.get(item), at, score.share)
            if writes_nothing(folder):
                _previews[folder] = remembered(folder)[0].reviewed(item, showing)
            else:
                self.alert = PracticeStore(folder).record(item, showing)
        except ValueError as problem:
            self.alert = str(problem)
            return
        self._showing, self._tried = showing, self.answer
        self._back = f"The exercise comes back for review {until(showing.after().due, at)}."
        tell(None)

    def status(self) -> dict[str, Any]:
        """As of any record, and when the item comes back (`back`)."""
        return {**super().status(), "back": self._back}
