"""What can be known of a number on a date without the licensed text: its shape, its section, whether it is registered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from medcoding.codes.cpt import licensed
from medcoding.codes.cpt.layout import Category, Section, category_of, section_of, shape_of
from medcoding.codes.dates import DateOutOfRange, UnknownCode, as_date

if TYPE_CHECKING:
    from medcoding.findings import Finding
from medcoding.codes.cpt.registered import registry

FIRST = dt.date(2000, 1, 1)
_LICENCE = "CPT is licensed by the American Medical Association"


@dataclass(frozen=True)
class Code:
    """One number. `title` is the descriptor of the licensed file on this machine, else the section in our own words."""

    code: str
    category: Category
    section: Section | None
    valid_from: dt.date | None
    source: str
    service: str

    @property
    def title(self) -> str:
        """From the licensed file on this machine, read anew each time and kept nowhere; else the section's name."""
        return licensed.descriptor(self.code) or (self.section.title if self.section else f"category {self.category.name}")

    @property
    def billable(self) -> bool:
        return self.category.paid


class Book:
    """The numbers known on a date: the registry's, and those of the licensed file on this machine.

    `complete` tells whether a licensed file is installed. Its release is the institution's matter: a number of it counts
    as in force on every date.
    """

    def __init__(self, date: dt.date) -> None:
        self.date = date

    @property
    def complete(self) -> bool:
        """Whether a licensed file is installed on this machine."""
        return bool(licensed.stored("cpt"))

    @property
    def edition(self) -> str:
        return "the licensed file of this institution" if self.complete else f"the course's registry of {len(registry())} numbers"

    def __repr__(self) -> str:
        return f"<CPT on {self.date}: {self.edition}>"

    def __iter__(self) -> Iterator[Code]:
        for number in sorted({*registry(), *licensed.stored("cpt")}):
            if number in self:
                yield self[number]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, number: object) -> bool:
        text = shape_of(number)
        entry = registry().get(text)
        return text in licensed.stored("cpt") or (entry is not None and entry.in_force(self.date))

    def __getitem__(self, number: str) -> Code:
        """The entry of a number. Raises `UnknownCode`, which says what can be told from its shape."""
        text = shape_of(number)
        category = category_of(text)
        if category is None or (text not in registry() and text not in licensed.stored("cpt")):
            problem = self.problem(number)
            raise UnknownCode(problem.message if problem else f"{text} is not known.")
        entry = registry().get(text)
        return Code(
            text, category, section_of(text), entry.valid_from if entry else None,
            "licensed file of this institution" if text in licensed.stored("cpt") else entry.source if entry else "",
            licensed.service_of(text),
        )  # fmt: skip

    def problem(self, number: str) -> Finding | None:
        """What is wrong with a number, or None. Never raises.

        Rules: "not-a-number", "between-sections", "not-registered" (a warning: only a licensed file can tell), "unknown-code".
        """
        if number in self:
            return None
        text = shape_of(number)
        category = category_of(text)
        if category is None:
            shown = re.sub(r"\s+", " ", str(number))[:12]
            return _error("not-a-number", f"{shown!r} has no shape of the set: five digits, or four digits and F, T, U or M.", "")
        if category.name == "I" and section_of(text) is None:
            return _error("between-sections", f"{text} falls in no section's range.", text)
        if self.complete:
            return _error("unknown-code", f"{text} is not in the licensed file of this institution.", text)
        where = section_of(text)
        place = f"the range of {where.title}" if where else f"the shape of category {category.name}"
        message = f"{text} has {place}, but the course may show registered numbers only. Use a service key, or add a licensed file."
        return _finding("warning", "not-registered", message, text)


def on(date: str | dt.date) -> Book:
    """The book for a date of service. Raises `DateOutOfRange`."""
    return _on(_date(date))


@lru_cache(maxsize=16)
def _on(date: dt.date) -> Book:
    return Book(date)


def _date(date: str | dt.date) -> dt.date:
    found = as_date(date)
    if found < FIRST:
        raise DateOutOfRange(f"Numbers are known here for dates of service from {FIRST} on; {found} is before it.")
    return found


def _error(rule: str, message: str, code: str) -> Finding:
    return _finding("error", rule, message, code)


def _finding(severity: str, rule: str, message: str, code: str) -> Finding:
    from medcoding.findings import Finding, Severity

    return Finding(severity=Severity(severity), rule=rule, message=message, codes=(code,) if code else (), citation=_LICENCE)
