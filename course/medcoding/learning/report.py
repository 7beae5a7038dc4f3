"""What a sitting came to: points by area, passed or not against the course's mark, time by seat. Pilot seats do not count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from medcoding.learning.sitting import Sitting


@dataclass(frozen=True)
class SeatResult:
    """One seat. `share` is what its answer earned, 0 to 1, or None where its item is gone and cannot be scored."""

    number: int
    item: str
    area: str
    share: float | None
    points: int
    pilot: bool
    answered: bool
    flagged: bool
    spent: int

    @property
    def counts(self) -> bool:
        """Whether the seat is part of the result."""
        return not self.pilot and self.share is not None


@dataclass(frozen=True)
class AreaResult:
    """One area: points earned of those possible, from how many seats."""

    id: str
    name: str
    earned: float
    possible: int
    seats: int

    @property
    def lost(self) -> float:
        """The points that were not earned."""
        return self.possible - self.earned

    @property
    def percent(self) -> float:
        """The points in percent of the possible ones; every area of a report has some."""
        return 100 * self.earned / self.possible


@dataclass(frozen=True)
class Reading:
    """A lesson to read again: the points lost on its exercises, and the numbers of their seats, counted from 0."""

    lesson: str
    lost: float
    seats: tuple[int, ...]


@dataclass(frozen=True)
class Report:
    """The whole result, the areas and lessons where most was lost first. `passed` is None where no seat counts."""

    areas: tuple[AreaResult, ...]
    seats: tuple[SeatResult, ...]
    passing: float
    again: tuple[Reading, ...] = ()

    @property
    def earned(self) -> float:
        """Points earned on seats that count."""
        return sum(area.earned for area in self.areas)

    @property
    def possible(self) -> int:
        """Points that could be earned."""
        return sum(area.possible for area in self.areas)

    @property
    def percent(self) -> float:
        """The result in percent; 0 where nothing counts."""
        return 100 * self.earned / self.possible if self.possible else 0.0

    @property
    def passed(self) -> bool | None:
        """Whether the result reaches the course's pass mark, to the unrounded percent."""
        return self.percent >= self.passing - 1e-9 if self.possible else None

    @property
    def pilots(self) -> int:
        """How many seats were asked and are not counted."""
        return sum(seat.pilot for seat in self.seats)

    @property
    def gone(self) -> int:
        """How many seats could not be scored."""
        return sum(seat.share is None for seat in self.seats)


def report(sitting: Sitting, shares: Mapping[str, float | None], lessons: Mapping[str, str] | None = None) -> Report:
    """The result of a sitting.

    Args:
        shares: what the answer to each item earned, 0 to 1; None, or no entry, where the item is gone.
        lessons: the lesson of each item, where it is known.
    """
    paper = sitting.paper
    seats = []
    for number, (seat, state) in enumerate(zip(paper.seats, sitting.seats, strict=True)):
        area = paper.blueprint.area(seat.area)
        share = shares.get(seat.item)
        seats.append(
            SeatResult(number, seat.item, seat.area, share, area.points, area.pilot, state.answer is not None, state.flagged, state.spent)
        )
    areas = []
    for area in paper.blueprint.areas:
        own = [seat for seat in seats if seat.area == area.id and seat.counts]
        if own:
            earned = sum(area.points * (seat.share or 0.0) for seat in own)
            areas.append(AreaResult(area.id, area.name, earned, area.points * len(own), len(own)))
    areas.sort(key=lambda area: -area.lost)
    return Report(tuple(areas), tuple(seats), paper.blueprint.passing, _again(seats, lessons or {}))


def _again(seats: list[SeatResult], lessons: Mapping[str, str]) -> tuple[Reading, ...]:
    """The lessons on which points were lost, pilot seats left out."""
    lost: dict[str, list[SeatResult]] = {}
    for seat in seats:
        if seat.counts and (seat.share or 0.0) < 1 and seat.item in lessons:
            lost.setdefault(lessons[seat.item], []).append(seat)
    found = [
        Reading(lesson, sum(seat.points * (1 - (seat.share or 0.0)) for seat in own), tuple(seat.number for seat in own))
        for lesson, own in lost.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.lost, one.lesson)))
