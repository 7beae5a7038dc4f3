"""Finds the identifiers of a text: every rule proposes, and proposals that overlap become one span."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterator

from medcoding.compliance.privacy.contacts import contacts
from medcoding.compliance.privacy.dates import dates
from medcoding.compliance.privacy.identifiers import identifiers
from medcoding.compliance.privacy.names import names
from medcoding.compliance.privacy.numbers import numbers
from medcoding.compliance.privacy.places import places
from medcoding.compliance.privacy.spans import Candidate, Span, merged

RULES = (names, places, contacts, numbers)
"""The finding rules besides `dates`. Each reads the whole text in time in proportion to its length and raises on none."""

MARKED = re.compile(
    rf"\[(?:(?:{'|'.join(re.escape(entry.mark) for entry in identifiers())})(?: (?:19|20)\d\d)?|ZIP \d{{3}}|age 90 or older|age)\]"
)
"""What stands in a redacted text in place of an identifier. It is never an identifier itself."""


def find(text: str, *, year: int | None = None) -> list[Span]:
    """The identifiers of a text in order, without overlap. Nothing is promised: see `explain` for what such rules miss.

    Each span names its kind (one of the 18), its place, its text, what of it may stay, and where the rule stands. Any text is
    taken, of any length; what is not a text has no identifiers. `year` is the year in which the text is given out, this one if
    none is named: a year of birth 90 years before it shows an age over 89.
    """
    if not isinstance(text, str):
        return []
    taken = [found.span() for found in MARKED.finditer(text)]
    return list(merged(text, _free(_proposed(text, year if year is not None else dt.date.today().year), taken)))


def _proposed(text: str, year: int) -> Iterator[Candidate]:
    yield from dates(text, year)
    for rule in RULES:
        yield from rule(text)


def _free(candidates: Iterator[Candidate], taken: list[tuple[int, int]]) -> Iterator[Candidate]:
    """Candidates with a letter or digit that touch no mark; those that reach over one are cut at it."""
    starts = [start for start, _ in taken]
    for candidate in candidates:
        at = bisect_right(starts, candidate.start)
        if at and taken[at - 1][1] > candidate.start:
            continue
        if at < len(taken) and taken[at][0] < candidate.end:
            candidate = candidate._replace(end=taken[at][0])
        yield candidate
