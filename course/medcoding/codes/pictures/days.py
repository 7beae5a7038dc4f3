"""The book that a picture is made from: of a given date, or of today."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol, TypeVar

from medcoding.codes.dates import DateOutOfRange

Date = str | dt.date | None
B = TypeVar("B", covariant=True)

_KNOWN = "2015-10-01"
"""A date that every book covers."""


class _Books(Protocol[B]):
    def __call__(self, date: str | dt.date) -> B: ...


def book_on(on: _Books[B], date: Date) -> B:
    """The book on a date; without one that of today, or of the last day that the installed data covers.

    Raises `DateOutOfRange` for a given date that has no book.
    """
    if date is not None:
        return on(date)
    try:
        return on(dt.date.today())
    except DateOutOfRange:
        covered: Any = on(_KNOWN)
        return on(covered.last_date)


def spoken(date: dt.date) -> str:
    """A date as people say it: "1 October 2025"."""
    return f"{date.day} {date:%B %Y}"
