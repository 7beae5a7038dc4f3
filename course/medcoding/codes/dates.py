"""Dates of service, and the releases of a code set that they fall into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence


class DateOutOfRange(ValueError):
    """The date is before a code set began, after the last release known here, or no date at all."""


class UnknownCode(KeyError):
    """No such code in the book on that date."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


def as_date(date: str | dt.date) -> dt.date:
    """A date given as "2026-03-01" or as a `datetime.date`. Raises `DateOutOfRange` for text that is no ISO date."""
    if isinstance(date, dt.datetime):
        return date.date()
    if isinstance(date, dt.date):
        return date
    try:
        return dt.date.fromisoformat(date.strip())
    except (ValueError, TypeError, AttributeError):
        shown = repr(date)[:40]
        raise DateOutOfRange(f"{shown} is not a date: write year-month-day, such as '2026-03-01'.") from None


def span(valid: int, position: int, releases: Sequence[dt.date]) -> tuple[dt.date | None, dt.date | None]:
    """First and last date of the stretch of releases (bits of `valid`) that holds `position`, or else the latest one.

    The last date is None when no end is known; both are None when no bit is set.
    """
    if not valid:
        return None, None
    if not valid >> position & 1:
        position = valid.bit_length() - 1
    start = end = position
    while start and valid >> (start - 1) & 1:
        start -= 1
    while valid >> (end + 1) & 1:
        end += 1
    last = releases[end + 1] - dt.timedelta(days=1) if end + 1 < len(releases) else None
    return releases[start], last
