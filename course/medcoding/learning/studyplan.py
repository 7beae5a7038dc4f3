"""A study plan with dates: hours a week shared out among the domains of an exam by their weights, to the quarter of an hour.

    plan = study_plan("2026-01-05", weeks=14, hours_a_week=9, weights=paper_weights("cpc"), off=["2026-02-16"])
    plan.table()        # the weeks as a table; plan.shares() the domains, plan.gantt() the picture

The rules. A week is seven days, counted from the start. Its hours lie evenly on its study days, and a study day that is
off takes its hours along. Every domain gets its share of all hours, rounded to quarters by the largest remainder, so that
the shares add up to the total again. The last weeks are review and mix all domains by weight; before them the domains
are learned one after another, in the order given. A mock exam stands on the last study day of a week, never in the final
week, so that at least one week is left to mend what it showed; its time is part of that week's hours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from medcoding.learning.blueprints import blueprint

if TYPE_CHECKING:
    import pandas as pd

    from medcoding.codes.pictures import Picture

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_WEEKS = 104
MOST_HOURS = 60
"""More hours a week than this are taken for a slip of the pen."""
MOST_DOMAINS = 40
QUARTERS = 4

Day = str | date
Kind = Literal["learn", "review", "off"]


class StudyPlanProblem(ValueError):
    """No plan can be made of what was given. The message says what was found, what is expected and what to do."""


@dataclass(frozen=True)
class Week:
    """One week of a plan. `quarters` are the quarter hours of each domain; `mock` is the day of a mock exam in it."""

    number: int
    first: date
    last: date
    kind: Kind
    quarters: Mapping[str, int]
    mock: date | None = None

    @property
    def hours(self) -> float:
        """The hours of the week, all domains together."""
        return sum(self.quarters.values()) / QUARTERS


@dataclass(frozen=True)
class Plan:
    """A finished plan: its weeks in order, the weights it was made from, the day of the exam, and the hours that days off took."""

    weeks: tuple[Week, ...]
    weights: Mapping[str, Fraction]
    exam: date
    lost: float

    def __post_init__(self) -> None:
        by_domain = sum(self.hours_of(domain) for domain in self.weights)
        if by_domain != self.hours:
            raise AssertionError(f"the hours of the domains make {by_domain}, those of the weeks {self.hours}")

    @property
    def hours(self) -> float:
        """All hours: the sum over the weeks, and over the domains too."""
        return sum(week.hours for week in self.weeks)

    @property
    def mocks(self) -> tuple[date, ...]:
        """The days of the mock exams, first to last."""
        return tuple(week.mock for week in self.weeks if week.mock)

    def hours_of(self, domain: str) -> float:
        """The planned hours of a domain. Raises `KeyError`."""
        self.weights[domain]
        return sum(week.quarters[domain] for week in self.weeks) / QUARTERS

    def exact(self, domain: str) -> Fraction:
        """The share of a domain before rounding: all hours times its weight over all weights. Raises `KeyError`."""
        return Fraction(self.hours) * self.weights[domain] / sum(self.weights.values())

    def table(self) -> pd.DataFrame:
        """The weeks, one a row: number, first and last day, kind, mock exam, hours, and the hours of each domain."""
        import pandas as pd

        rows = [
            {
                "week": week.number, "from": week.first.isoformat(), "to": week.last.isoformat(), "kind": week.kind,
                "mock exam": week.mock.isoformat() if week.mock else "", "hours": week.hours,
                **{domain: week.quarters[domain] / QUARTERS for domain in self.weights},
            }
            for week in self.weeks
        ]  # fmt: skip
        return pd.DataFrame(rows).set_index("week")

    def shares(self) -> pd.DataFrame:
        """The domains, one a row: weight, share in percent, hours by the share to two places, planned hours; and their total."""
        import pandas as pd

        whole = sum(self.weights.values())
        rows = [
            {
                "domain": domain, "weight": float(weight), "share %": round(float(100 * weight / whole), 1),
                "hours by share": round(float(self.exact(domain)), 2), "hours planned": self.hours_of(domain),
            }
            for domain, weight in self.weights.items()
        ]  # fmt: skip
        rows.append({"domain": "total", "weight": float(whole), "share %": 100.0, "hours by share": self.hours, "hours planned": self.hours})
        return pd.DataFrame(rows).set_index("domain")

    def gantt(self, title: str = "A study plan, week by week") -> Picture:
        """The plan as bars over its weeks, with its words."""
        from medcoding.learning.gantt import gantt

        return gantt(self, title)


def paper_weights(paper: str) -> dict[str, Fraction]:
    """The domains of one of the course's mock papers ("cpc", "cca", "ccs") with their points as weights; pilot seats left out.

    Raises:
        BlueprintProblem: no such paper.
    """
    return {area.name: Fraction(area.seats * area.points) for area in blueprint(paper).areas if not area.pilot}


def study_plan(
    start: Day, *, weights: Mapping[str, float | str | Fraction], hours_a_week: float | str,
    weeks: int | None = None, exam: Day | None = None,
    study_days: Collection[str] = WEEKDAYS, off: Iterable[Day | tuple[Day, Day]] = (),
    review_weeks: int = 2, mocks: int | None = None,
) -> Plan:  # fmt: skip
    """A plan from a start to an exam.

    Args:
        start: the first day, such as "2026-01-05".
        weights: the domains in the order in which they are learned, each with its weight: seats, points or percent.
        hours_a_week: hours of a full week, in quarters of an hour.
        weeks: how many weeks; the exam then falls on the day after the last one. Give this or `exam`.
        exam: the day of the exam; the plan has the whole weeks before it.
        study_days: the days of the week on which is studied, such as ("Tue", "Thu", "Sat").
        off: days, or (first, last) pairs of days, without study.
        review_weeks: how many of the last weeks are review.
        mocks: how many mock exams; as many as review weeks unless given.

    Raises:
        StudyPlanProblem: something given is impossible, or leaves no hour to study.
    """
    first = _day(start, "start")
    count, sits = _length(first, weeks, exam)
    shares = _weights(weights)
    full = _hours(hours_a_week)
    named = _study_days(study_days)
    wanted = _mocks(count, review_weeks, review_weeks if mocks is None else mocks)
    away = _off(off, first, first + timedelta(days=7 * count - 1))
    spans = [_Span(first + timedelta(days=7 * n), named, away) for n in range(count)]
    room = [full * len(span.free) // len(named) for span in spans]
    if not any(room[: count - review_weeks]):
        raise StudyPlanProblem(
            f"Days off and {review_weeks} review weeks leave no week in which anything is learned. "
            "Move the exam, take fewer days off, or review for fewer weeks."
        )
    quarters = _shared_out(room, review_weeks, shares)
    made = []
    for n, (span, given) in enumerate(zip(spans, quarters, strict=True)):
        kind: Kind = "off" if not room[n] else "review" if n >= count - review_weeks else "learn"
        mock = span.free[-1] if count - 1 - wanted <= n < count - 1 and room[n] else None
        made.append(Week(n + 1, span.first, span.first + timedelta(days=6), kind, dict(zip(shares, given, strict=True)), mock))
    if sum(week.mock is not None for week in made) < wanted:
        raise StudyPlanProblem("A week that should end with a mock exam is off as a whole. Move the days off, or ask for fewer mocks.")
    return Plan(tuple(made), shares, sits, (full * count - sum(room)) / QUARTERS)


def apportion(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Whole parts of a total by weight: each at least its exact share rounded down, what is left to the largest remainders.

    The parts add up to the total, and none is a whole unit or more away from its exact share. Ties go to the earlier part.
    """
    whole = sum(weights)
    exact = [Fraction(total) * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    ranked = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in ranked[: total - sum(parts)]:
        parts[n] += 1
    return parts


def _shared_out(room: Sequence[int], review_weeks: int, shares: Mapping[str, Fraction]) -> list[list[int]]:
    """The quarter hours of each week by domain. Review takes its part of every domain first; learning fills the weeks before it."""
    left = apportion(sum(room), list(shares.values()))
    first_review = len(room) - review_weeks
    review = []
    for size in room[first_review:]:
        given = apportion(size, left) if size else [0] * len(left)
        left = [has - takes for has, takes in zip(left, given, strict=True)]
        review.append(given)
    learn = []
    for size in room[:first_review]:
        given = []
        for n, has in enumerate(left):
            given.append(min(has, size))
            size -= given[n]
            left[n] -= given[n]
        learn.append(given)
    return [*learn, *review]


class _Span:
    """Seven days from `first`, and those of them on which is studied."""

    def __init__(self, first: date, study_days: Collection[int], away: Collection[date]) -> None:
        self.first = first
        days = [first + timedelta(days=n) for n in range(7)]
        self.free = [day for day in days if day.weekday() in study_days and day not in away]


def _day(given: Day, what: str) -> date:
    try:
        found = date.fromisoformat(given) if isinstance(given, str) else date(given.year, given.month, given.day)
    except (ValueError, AttributeError):
        raise StudyPlanProblem(f"{what}: found {str(given)[:40]!r}; write a day of the calendar as year-month-day, such as '2026-01-05'.") from None
    if not 2000 <= found.year <= 2199:
        raise StudyPlanProblem(f"{what}: found {found.isoformat()}; expected a year from 2000 to 2199.")
    return found


def _length(first: date, weeks: int | None, exam: Day | None) -> tuple[int, date]:
    if (weeks is None) == (exam is None):
        raise StudyPlanProblem("Give either the number of weeks or the day of the exam, and not both: the one follows from the other.")
    if exam is not None:
        sits = _day(exam, "exam")
        if sits <= first:
            raise StudyPlanProblem(f"The exam, {sits.isoformat()}, is not after the start, {first.isoformat()}. Are the two dates exchanged?")
        count = (sits - first).days // 7
    else:
        count = _whole(weeks, "weeks")
        sits = first + timedelta(days=7 * max(0, min(count, MOST_WEEKS)))
    if not 2 <= count <= MOST_WEEKS:
        raise StudyPlanProblem(f"This makes {count} whole weeks; a plan has 2 to {MOST_WEEKS}. Choose another start or another day for the exam.")
    return count, sits


def _whole(given: object, what: str) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise StudyPlanProblem(f"{what}: found {str(given)[:40]!r}; expected a whole number, such as 14.")
    return given


def _fraction(given: object, what: str) -> Fraction:
    try:
        if isinstance(given, bool):
            raise ValueError
        return given if isinstance(given, Fraction) else Fraction(Decimal(str(given)))
    except (ValueError, InvalidOperation, OverflowError):
        raise StudyPlanProblem(f"{what}: found {str(given)[:40]!r}; expected a number, such as 9.") from None


def _hours(given: float | str) -> int:
    quarters = _fraction(given, "hours_a_week") * QUARTERS
    if not 0 < quarters <= MOST_HOURS * QUARTERS:
        raise StudyPlanProblem(f"hours_a_week: found {given}; expected more than 0 and at most {MOST_HOURS}.")
    if quarters.denominator != 1:
        raise StudyPlanProblem(f"hours_a_week: found {given}; the plan counts quarters of an hour, such as 7.25 or 7.5.")
    return int(quarters)


def _weights(given: Mapping[str, float | str | Fraction]) -> dict[str, Fraction]:
    if not isinstance(given, Mapping) or not 1 <= len(given) <= MOST_DOMAINS:
        raise StudyPlanProblem(f'weights: expected 1 to {MOST_DOMAINS} domains with their weights, such as {{"ICD-10-CM": 5, "visits": 6}}.')
    found = {str(name): _fraction(weight, f"the weight of {str(name)[:40]!r}") for name, weight in given.items()}
    if empty := [name for name, weight in found.items() if weight <= 0]:
        raise StudyPlanProblem(f"The weight of {empty[0][:40]!r} is not above 0. Leave a domain out if it is to get no time.")
    return found


def _study_days(given: Collection[str]) -> tuple[int, ...]:
    names = [given] if isinstance(given, str) else [str(name) for name in given]
    short = [name.strip()[:3].title() for name in names]
    if not short or any(name not in WEEKDAYS for name in short):
        raise StudyPlanProblem(f"study_days: found {', '.join(names)[:60] or 'none'}; expected some of {', '.join(WEEKDAYS)}.")
    return tuple(sorted({WEEKDAYS.index(name) for name in short}))


def _mocks(count: int, review_weeks: int, mocks: int) -> int:
    if not 0 <= _whole(review_weeks, "review_weeks") < count:
        raise StudyPlanProblem(f"review_weeks: found {review_weeks}; of {count} weeks at most {count - 1} can be review, for something has to be learned first.")
    if not 0 <= _whole(mocks, "mocks") < count:
        raise StudyPlanProblem(f"mocks: found {mocks}; in {count} weeks there is room for at most {count - 1}, for none stands in the final week.")
    return mocks


def _off(given: Iterable[Day | tuple[Day, Day]], first: date, last: date) -> frozenset[date]:
    if isinstance(given, str):
        given = [given]
    found: set[date] = set()
    for entry in given:
        if isinstance(entry, tuple | list):
            if len(entry) != 2:
                raise StudyPlanProblem(f"off: found {len(entry)} days in one entry; give one day, or the first and the last of a stretch.")
            begins, ends = _day(entry[0], "off"), _day(entry[1], "off")
        else:
            begins = ends = _day(entry, "off")
        if ends < begins:
            raise StudyPlanProblem(f"off: {begins.isoformat()} to {ends.isoformat()} runs backwards. Exchange the two days.")
        if begins < first or ends > last:
            raise StudyPlanProblem(
                f"off: {begins.isoformat()}{'' if ends == begins else ' to ' + ends.isoformat()} does not lie in the plan, which runs from "
                f"{first.isoformat()} to {last.isoformat()}. Is the year right?"
            )
        found |= {begins + timedelta(days=n) for n in range((ends - begins).days + 1)}
    return frozenset(found)
