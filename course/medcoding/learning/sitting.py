"""One sitting of a mock exam, as plain data, and how it changes: a pure reducer over events.

Nothing here reads a clock: every event carries its time, in milliseconds since 1970 UTC.

The clock of a sitting adds up what passes between one event and the next, so:

- it runs on while the computer sleeps or the kernel is gone, as in a test room; only a pause stops it;
- a pause stops it for as many minutes as the paper allows, then it runs on by itself;
- a clock set back takes nothing off and gives nothing back: time is counted from the new time on;
- when the time is used up the sitting is handed in, at that very moment, whenever that is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from medcoding.learning.blueprints import MOST_SEATS, Frozen
from medcoding.learning.paper import Paper

EARLIEST, LATEST = 946_684_800_000, 7_258_118_400_000
"""Times from 2000 to 2199: what a clock that is set right may say."""

Milliseconds = Annotated[int, Field(ge=0, le=LATEST)]
Moment = Annotated[int, Field(ge=EARLIEST, le=LATEST)]
MOST_ANSWER = 60_000


class NotNow(ValueError):
    """What was asked cannot be done at this point of a sitting. The message says why; nothing has changed but the time."""


@dataclass(frozen=True)
class Go:
    """Another seat is looked at."""

    at: int
    seat: int


@dataclass(frozen=True)
class Answered:
    """The answer of a seat changed; `answer` has been read by the item's form."""

    at: int
    seat: int
    answer: dict[str, Any]


@dataclass(frozen=True)
class Flagged:
    """A seat was marked to come back to, or no longer."""

    at: int
    seat: int
    on: bool


@dataclass(frozen=True)
class Paused:
    """The clock is stopped and the exercise hidden."""

    at: int


@dataclass(frozen=True)
class Resumed:
    """The pause is over before its time."""

    at: int


@dataclass(frozen=True)
class Tick:
    """Time passed."""

    at: int


@dataclass(frozen=True)
class HandIn:
    """The student hands in."""

    at: int


@dataclass(frozen=True)
class Taken:
    """What the answers earned was taken up by the practice record."""

    at: int


Event = Go | Answered | Flagged | Paused | Resumed | Tick | HandIn | Taken


class SeatState(Frozen):
    """One seat: its answer, how often that changed, whether it is flagged, and the time spent on it."""

    answer: dict[str, Any] | None = None
    revision: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    flagged: bool = False
    spent: Milliseconds = 0


class Handed(Frozen):
    """When a sitting was handed in, and by whom: the student, or the clock."""

    at: Moment
    by: Literal["student", "time"]


class Sitting(Frozen):
    """A sitting that has begun. `spent` is the time used, `paused` what the pause under way has lasted (None: none is)."""

    schema_version: Literal[1] = 1
    paper: Paper
    started: Moment
    at: Moment
    spent: Milliseconds = 0
    current: Annotated[int, Field(ge=0, lt=MOST_SEATS)] = 0
    pauses: Annotated[int, Field(ge=0, le=10)] = 0
    paused: Milliseconds | None = None
    seats: Annotated[tuple[SeatState, ...], Field(min_length=1, max_length=MOST_SEATS)]
    handed: Handed | None = None
    taken: bool = False

    @model_validator(mode="after")
    def _sound(self) -> Sitting:
        if len(self.seats) != len(self.paper.seats) or self.current >= len(self.seats):
            raise ValueError(f"found {len(self.seats)} seats, seat {self.current + 1} on display; the paper has {len(self.paper.seats)}")
        if self.spent > self.limit or (self.spent == self.limit and self.handed is None):
            raise ValueError("more time is used than the paper has")
        if self.pauses > self.paper.blueprint.pauses.count or (self.paused is not None and (self.handed or not self.pauses)):
            raise ValueError("more pauses were taken than the paper allows, or one that was never begun")
        if (self.paused or 0) > self.paper.blueprint.pauses.milliseconds:
            raise ValueError("a pause is longer than the paper allows")
        return self

    @property
    def limit(self) -> int:
        """The time that there is, in milliseconds."""
        return self.paper.minutes * 60_000

    @property
    def left(self) -> int:
        """The time that was left at `at`."""
        return self.limit - self.spent

    @property
    def pauses_left(self) -> int:
        """How many pauses may still be begun."""
        return self.paper.blueprint.pauses.count - self.pauses if self.paper.blueprint.pauses.minutes else 0

    @property
    def pause_left(self) -> int:
        """How long the pause under way may still last; 0 where there is none."""
        return 0 if self.paused is None else self.paper.blueprint.pauses.milliseconds - self.paused

    def dump(self) -> bytes:
        """As readable JSON, the same for the same sitting."""
        return (json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True) + "\n").encode()


def begin(paper: Paper, at: int) -> Sitting:
    """A sitting of a paper, begun.

    Raises:
        NotNow: the paper has no seats, or the clock of this machine is of another age.
    """
    if not paper.seats:
        raise NotNow("This paper has no seats: none of the exercises here fits it.")
    _right(at)
    return Sitting(paper=paper, started=at, at=at, seats=(SeatState(),) * len(paper.seats))


def advance(sitting: Sitting, now: int) -> Sitting:
    """The sitting at `now`: time used up, a pause ended, handed in where the time is over. Later times may be given one after another."""
    if sitting.handed is not None or not EARLIEST <= now <= LATEST:
        return sitting
    passed = max(now - sitting.at, 0)
    rest = 0
    change: dict[str, Any] = {"at": now}
    if sitting.paused is not None:
        rest = min(passed, sitting.pause_left)
        change["paused"] = sitting.paused + rest if rest == passed else None
    used = min(passed - rest, sitting.left)
    if used:
        change["spent"] = sitting.spent + used
        seat = sitting.seats[sitting.current]
        change["seats"] = _with(sitting.seats, sitting.current, seat.model_copy(update={"spent": seat.spent + used}))
    if used == sitting.left:
        change |= {"handed": Handed(at=sitting.at + rest + used, by="time"), "paused": None, "at": sitting.at + rest + used}
    return sitting.model_copy(update=change)


def step(sitting: Sitting, event: Event) -> Sitting:
    """The sitting after an event.

    Raises:
        NotNow: it cannot be done; `advance` to its time is then all that happened.
    """
    _right(event.at)
    now = advance(sitting, event.at)
    match event:
        case Taken():
            if now.handed is None:
                raise NotNow("This sitting is not handed in yet.")
            return now.model_copy(update={"taken": True})
        case Tick():
            return now
    if now.handed is not None:
        raise NotNow("The time is up: your paper is handed in." if now.handed.by == "time" else "This paper is handed in already.")
    if isinstance(event, Resumed):
        return now.model_copy(update={"paused": None})
    if now.paused is not None:
        raise NotNow("The exam is paused. Go on first.")
    match event:
        case Go(seat=seat):
            return now.model_copy(update={"current": _seat(now, seat)})
        case Answered(seat=seat, answer=answer):
            before = now.seats[_seat(now, seat)]
            if before.answer == answer:
                return now
            if len(json.dumps(answer)) > MOST_ANSWER:
                raise NotNow(f"This answer is too long: at most {MOST_ANSWER:,} characters are kept. The one before is unchanged.")
            after = before.model_copy(update={"answer": answer, "revision": min(before.revision + 1, 1_000_000)})
            return now.model_copy(update={"seats": _with(now.seats, seat, after)})
        case Flagged(seat=seat, on=on):
            after = now.seats[_seat(now, seat)].model_copy(update={"flagged": on})
            return now.model_copy(update={"seats": _with(now.seats, seat, after)})
        case Paused():
            if now.pauses_left < 1:
                count = now.paper.blueprint.pauses.count
                raise NotNow("This paper allows no pause." if not count else f"This paper allows {count} pause{'' if count == 1 else 's'}; none is left.")
            return now.model_copy(update={"paused": 0, "pauses": now.pauses + 1})
        case HandIn():
            return now.model_copy(update={"handed": Handed(at=max(now.at, EARLIEST), by="student")})
    raise AssertionError(event)  # every event has its case


def replay(paper: Paper, at: int, events: Iterable[Event]) -> Sitting:
    """A sitting begun at a time, after events; those that cannot be done count as time passing."""
    sitting = begin(paper, at)
    for event in events:
        try:
            sitting = step(sitting, event)
        except NotNow:
            sitting = advance(sitting, event.at)
    return sitting


def instant(moment: datetime) -> int:
    """A time in UTC as milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def in_utc(at: int) -> datetime:
    """Milliseconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC)


def _with(seats: tuple[SeatState, ...], place: int, seat: SeatState) -> tuple[SeatState, ...]:
    return (*seats[:place], seat, *seats[place + 1 :])


def _seat(sitting: Sitting, number: int) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(sitting.seats):
        raise NotNow(f"There is no seat {str(number)[:20]} (counted from 0); this paper has {len(sitting.seats)}.")
    return number


def _right(at: int) -> None:
    if not EARLIEST <= at <= LATEST:
        raise NotNow("The clock of this machine is wrong by years. Set it right; until then a mock exam cannot count its time.")
