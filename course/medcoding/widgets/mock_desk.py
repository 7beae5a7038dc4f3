"""`Desk`: one mock exam in one folder. Where its exercises come from, its sitting, and what happens to that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from medcoding.findings import Score
from medcoding.forms import AnswerProblem, score
from medcoding.items.models import PublicItem
from medcoding.learning.blueprints import Blueprint
from medcoding.learning.paper import Paper, cards, draw
from medcoding.learning.report import Report, report
from medcoding.learning.sitting import (
    Answered,
    Event,
    NotNow,
    Taken,
    Tick,
    begin,
    in_utc,
    instant,
)
from medcoding.learning.sittings import Keeper, KernelKeeper, SittingProblem, SittingStore
from medcoding.learning.state import PracticeState
from medcoding.widgets.places import Place, bank_items, find, in_source, released
from medcoding.widgets.problems import NoSuchExercise
from medcoding.widgets.records import Record, missing, tell
from medcoding.widgets.reviews import now, remembered, take_up

_kept: dict[tuple[Path, str, int], KernelKeeper] = {}
"""Sittings of authors, by folder, paper and seed; they end with the kernel."""


def course_items(folder: Path) -> tuple[dict[str, tuple[PublicItem, Path]], list[str]]:
    """The practice items that came with a student's copy of the course, each with its folder, and what could not be read.

    Read are `items/` of this folder and of those beside it, where the other assignments are; from a folder above
    assignments, those below it. For an author, the bank's.
    """
    if in_source(folder):
        return {item.id: (item, folder) for item in bank_items("practice", "exam")}, []
    above = folder.parent if (folder / "items").is_dir() else folder
    folders = [folder, *(one for one in sorted(above.iterdir()) if one != folder and (one / "items").is_dir())]
    found: dict[str, tuple[PublicItem, Path]] = {}
    problems = []
    for one in folders:
        try:
            files = released(one)
        except (NoSuchExercise, OSError) as problem:
            problems.append(f"{one.name}: {problem}")
            continue
        for item in (item for file in files for item in file.items if item.use != "graded"):
            found.setdefault(item.id, (item, one))
    if not found and not problems:
        found = {item.id: (item, folder) for item in bank_items("practice", "exam")}
    return found, problems


class Desk:
    """A paper, its sitting where one has begun, and the exercises of its seats.

    `alert` is what last went wrong, in words; `unread` are folders whose exercises could not be read.
    """

    def __init__(self, folder: Path, blueprint: Blueprint, seed: int) -> None:
        self.folder = folder
        self.items, self.unread = course_items(folder)
        self.previews = in_source(folder) or not any(one.joinpath("items").is_dir() for _, one in self.items.values())
        self.keeper: Keeper = (
            _kept.setdefault((folder, blueprint.name, seed), KernelKeeper()) if self.previews else SittingStore(folder, blueprint.name, seed)
        )
        self.sitting, self.alert = self.keeper.load()
        self.paper: Paper = self.sitting.paper if self.sitting else draw(blueprint, cards(item for item, _ in self.items.values()), seed)
        self._places: dict[str, Place | None] = {}
        self._scores: dict[str, Score | None] | None = None
        for number in range(len(self.paper.seats)):
            self.place(number)
        if self.handed:
            self._take_up()
        elif self.sitting is not None:
            self.act(Tick)

    @property
    def handed(self) -> bool:
        """Whether the sitting is over."""
        return self.sitting is not None and self.sitting.handed is not None

    def place(self, number: int) -> Place | None:
        """The exercise of a seat; None where it is no longer in its folder.

        Raises:
            WhoAreYou: it has variants, and whose is to be shown cannot be told yet.
        """
        item = self.paper.seats[number].item
        if item not in self._places:
            folder = self.items[item][1] if item in self.items else self.folder
            try:
                place = find(item, folder)
            except NoSuchExercise:
                place = None
            self._places[item] = place if place is not None and place.keyed is not None and place.item.use != "graded" else None
        return self._places[item]

    def start(self) -> None:
        """Begin the sitting; one that another kernel has begun goes on."""
        self.alert = ""
        try:
            self.sitting, self.alert = self.keeper.start(begin(self.paper, instant(now())))
        except (NotNow, SittingProblem) as problem:
            self.alert = str(problem).replace("Your last change is not saved", "The exam cannot begin")
            return
        self.paper = self.sitting.paper

    def act(self, event: Callable[..., Event], *details: Any) -> bool:
        """Something happens now. Returns whether it is done and kept; where it is not, `alert` says why."""
        self.alert = ""
        if self.sitting is None:
            self.alert = "This exam has not begun yet."
            return False
        done = True
        made = event(instant(now()), *details)
        try:
            self.sitting, self.alert = self.keeper.apply(self.sitting, made)
        except (NotNow, SittingProblem) as problem:
            known, _ = self.keeper.load()
            self.sitting, self.alert, done = known or self.sitting, str(problem), False
        self.paper = self.sitting.paper
        if self.handed:
            self._take_up()
        return done

    def state_of(self, number: int) -> str:
        """Whether a seat is "open", "begun" (its answer is not complete) or "answered"; whether it is right is not looked at."""
        answer = self.sitting.seats[number].answer if self.sitting else None
        if answer is None:
            return "open"
        place = self.place(number)
        lacking = missing(place, answer) if place else None
        if lacking and place and lacking == missing(place, None):
            return "open"
        return "begun" if lacking else "answered"

    def scored(self, number: int) -> Score | None:
        """What the answer of a seat earned; None for no answer, and where the exercise is gone or reads it no more."""
        place = self.place(number)
        answer = self.sitting.seats[number].answer if self.sitting else None
        if place is None or place.keyed is None or answer is None:
            return None
        try:
            return score(place.keyed, answer)
        except AnswerProblem:
            return None

    def report(self) -> Report:
        """The result of a sitting that is handed in. An open seat earns nothing; one whose exercise is gone does not count."""
        assert self.sitting is not None
        shares: dict[str, float | None] = {}
        for number, seat in enumerate(self.paper.seats):
            found = self._score(number)
            shares[seat.item] = None if self.place(number) is None else found.share if found else 0.0
        lessons = {place.item.id: place.keyed.lesson for place in self._places.values() if place is not None and place.keyed is not None}
        return report(self.sitting, shares, lessons)

    def met(self) -> int:
        """How many exercises of the paper were practiced before."""
        known: dict[Path, PracticeState] = {}
        count = 0
        for seat in self.paper.seats:
            folder = self.items[seat.item][1] if seat.item in self.items else self.folder
            if folder not in known:
                known[folder] = remembered(folder)[0]
            count += seat.item in known[folder].items
        return count

    def _score(self, number: int) -> Score | None:
        if self._scores is None:
            self._scores = {}
        item = self.paper.seats[number].item
        if item not in self._scores:
            self._scores[item] = self.scored(number)
        return self._scores[item]

    def _take_up(self) -> None:
        """Give what the answers earned to the practice record, once: each is a review at the time of handing in."""
        sitting = self.sitting
        if sitting is None or sitting.handed is None or sitting.taken:
            return
        at = in_utc(sitting.handed.at)
        told = []
        try:
            for number, seat in enumerate(self.paper.seats):
                found, place = self._score(number), self.place(number)
                if found is not None and place is not None and not found.manual:
                    told.append(take_up(place.folder, seat.item, found.share, at))
            self.sitting, kept = self.keeper.apply(sitting, Taken(instant(now())))
            told.append(kept)
        except ValueError as problem:
            told.append(f"{problem} The result of your exam stands.")
        self.alert = " ".join(filter(None, [self.alert, *told]))
        tell(None)


class SeatRecord(Record):
    """The answer of one seat, kept in the sitting at every change."""

    def __init__(self, desk: Desk, number: int, place: Place, changed: Callable[[], None]) -> None:
        self._desk, self._number, self._changed = desk, number, changed
        seat = desk.sitting.seats[number] if desk.sitting else None
        answer = seat.answer if seat else None
        super().__init__(place, answer, state="unanswered" if answer is None else "saved")

    def give(self, raw: object) -> None:
        """Keep an answer at once. What cannot be kept is an alert, and what was kept stays."""
        super().give(raw)
        if self.alert:
            self.state = "failed"
            return
        kept = self._desk.act(Answered, self._number, self.answer)
        self.alert = self._desk.alert
        self.state = "saved" if kept else "failed"
        self._changed()

    def status(self) -> dict[str, Any]:
        """As of any record, with time and revision of what is kept."""
        status = super().status()
        sitting = self._desk.sitting
        if sitting is not None and sitting.seats[self._number].revision:
            status.update(at=in_utc(sitting.at).isoformat(timespec="seconds"), revision=sitting.seats[self._number].revision)
        return status



