"""Which codes stand for one that is not valid on another date: certain where the book says so, else the nearest titles."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from medcoding.codes.dates import DateOutOfRange

MOST = 12
"""The most codes that one code is answered with."""

_SUGGESTED = 3


@dataclass(frozen=True)
class Successor:
    """A code valid on the date; `why` says how it was found. `certain` is False for a mere likeness of titles."""

    code: str
    title: str
    why: str
    certain: bool

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


def successors(book: str, code: str, date: dt.date, since: dt.date) -> tuple[Successor, ...]:
    """The codes to look at on a date for one that was valid on another (`since`), best first; empty when nothing is near.

    `book` is "icd10cm", "icd10pcs" or "hcpcs"; other books have no answer. Never raises for a code or a date.
    """
    find = {"icd10cm": _diagnosis, "icd10pcs": _procedure, "hcpcs": _supply}.get(book)
    try:
        return find(code, date, since)[:MOST] if find else ()
    except DateOutOfRange:
        return ()


def _diagnosis(code: str, date: dt.date, since: dt.date) -> tuple[Successor, ...]:
    """The codes that it was divided into; the shorter code that it was part of; else the nearest titles (I.A.2, I.B.2)."""
    from medcoding.codes import icd10cm
    from medcoding.codes.icd10cm.notation import dotted, key_of

    book, key = icd10cm.on(date), key_of(code)
    below = [dotted(found) for found in book._reportable_below(key)] if key else []
    if below:
        return tuple(Successor(one, book[one].title, f"{code} has more characters on {date}", True) for one in below)
    above = next((key[:length] for length in range(len(key) - 1, 2, -1) if key[:length] in book), "")
    if above:
        found = book[above]
        return (Successor(found.code, found.title, f"{found.code} is not divided on {date}", True),)
    entry = icd10cm.on(since).get(code)
    hits = book.search(entry.title, limit=20) if entry is not None and not entry.title.startswith("(") else []
    near = [hit for hit in hits if hit.billable and hit.code != code]
    return tuple(Successor(hit.code, hit.title, "nearest by title", False) for hit in near[:_SUGGESTED])


def _procedure(code: str, date: dt.date, since: dt.date) -> tuple[Successor, ...]:
    from medcoding.codes import icd10pcs

    book, entry = icd10pcs.on(date), icd10pcs.on(since).get(code)
    if entry is None:
        return ()
    near = [hit for hit in book.search(entry.title, limit=20) if hit.code != entry.code] if entry.title and not entry.title.startswith("(") else []
    near.sort(key=lambda hit: hit.code[:3] != entry.code[:3])  # an operation in the same table comes first
    return tuple(Successor(hit.code, hit.title, "nearest by title", False) for hit in near[:_SUGGESTED])


def _supply(code: str, date: dt.date, since: dt.date) -> tuple[Successor, ...]:
    from medcoding.codes import hcpcs

    book, entry = hcpcs.on(date), hcpcs.on(since).get(code)
    if entry is None:
        return ()
    known = book.get(code)
    pointed = dict.fromkeys((*entry.cross_references, *(known.cross_references if known else ())))
    named = [found for one in pointed if one in book and (found := book.get(one)) is not None]
    if named:
        return tuple(Successor(one.code, one.title, "the official file points to it", True) for one in named)
    near = [hit for hit in book.search(entry.title, limit=10) if hit.code != entry.code]
    return tuple(Successor(hit.code, hit.title, "nearest by title", False) for hit in near[:_SUGGESTED])
