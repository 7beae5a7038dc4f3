"""Times of submission that an LMS tells apart from the archive: Moodle's worksheet, or a table of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from medcoding.grading.lms.cells import TableProblem, shown
from medcoding.grading.lms.roster import Roster, read_roster

WORDS = tuple(
    f"%A, {day}, {clock}" for day in ("%d %B %Y", "%B %d, %Y") for clock in ("%I:%M %p", "%H:%M", "%I:%M:%S %p", "%H:%M:%S")
)
"""Moodle's `strftimedaydatetime` in its English language packs."""


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name, such as America/Chicago.

    Raises:
        TableProblem: there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TableProblem(f"{shown(name, 40)!r} is no time zone; expected a name such as America/Chicago or UTC.") from None


def utc(local: datetime, zone: ZoneInfo) -> datetime:
    """A time in UTC without zone, as nbgrader keeps it; one without zone is taken to be in `zone`."""
    there = local if local.tzinfo is not None else local.replace(tzinfo=zone)
    return there.astimezone(UTC).replace(tzinfo=None)


def parse(text: str) -> datetime:
    """A time as ISO 8601 or as Moodle writes it in English ("Monday, 5 January 2026, 10:00 AM").

    Raises:
        ValueError: it is neither.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in WORDS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise ValueError(text)


def read_times(path: Path, zone: ZoneInfo, known: Mapping[str, str], base: Roster) -> tuple[dict[str, datetime], list[str]]:
    """Times of submission by gradebook id, in UTC without zone, and what could not be read.

    The file is Moodle's grading worksheet ("Last modified (submission)", in English), or a table with the columns `student`
    and `submitted` (2026-01-05T10:00-06:00, or a time in `zone`).

    Raises:
        TableProblem: the file is no such table.
    """
    roster = read_roster(path, known, base)
    times: dict[str, datetime] = {}
    problems = list(roster.problems)
    for person in roster.people:
        if not person.student or person.submitted in ("", "-"):
            continue
        try:
            times[person.student] = utc(parse(person.submitted), zone)
        except (ValueError, OverflowError):
            problems.append(f"{path}: {person.student}: {shown(person.submitted, 40)!r} is no time that can be read.")
    return times, problems
