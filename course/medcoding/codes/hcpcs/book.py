"""The book on a date of service: the teaching table, or all of the official file where that has been added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import DateOutOfRange, UnknownCode, as_date
from medcoding.codes.hcpcs.entry import Code, LetterRange, Modifier
from medcoding.codes.hcpcs.notation import key_of
from medcoding.codes.hcpcs.tables import (
    AS_OF_NOTE,
    letter_range,
    letter_ranges,
    teaching_code,
    teaching_modifiers,
    teaching_rows,
)

if TYPE_CHECKING:
    from medcoding.codes.hcpcs.entry import Hit
    from medcoding.codes.indexfile import Store
    from medcoding.findings import Finding

KIND = "hcpcs-anweb"
"""The official file's kind, as `medcoding codes list` names it."""

FIRST = dt.date(2000, 1, 1)
"""The first date of service that can be asked about."""

_COLUMNS = "code, title, long, coverage, pricing, cross, added, terminated, action"


class Book:
    """The HCPCS Level II codes in force on one date of service.

    `complete` tells whether the official file is installed; without it the book is a teaching table, and a code that is
    not in it may well exist. A code that was in force in the table's release and has no end counts as in force on later
    dates: only the file of the quarter can tell otherwise. Iterating gives the codes in force, in order; `len` counts them.
    """

    def __init__(self, date: dt.date, store: Store | None) -> None:
        self.date = date
        self._store = store
        self._cache: dict[str, Code | None] = {}

    @property
    def complete(self) -> bool:
        """Whether the official file is installed, so that a code that is not here does not exist."""
        return self._store is not None

    @property
    def edition(self) -> str:
        """Where the codes come from: the official release, or the teaching table with what it was checked against."""
        if self._store is None:
            return f"teaching table, checked against the {AS_OF_NOTE}"
        return f"CMS HCPCS file, release {self._store.meta['release']}"

    @property
    def letter_ranges(self) -> Mapping[str, LetterRange]:
        """Every letter from A to V with what its codes are for."""
        return letter_ranges()

    def letter_range(self, letter: str) -> LetterRange:
        """What codes with a first letter are for. Raises `UnknownCode`."""
        return letter_range(letter)

    @cached_property
    def modifiers(self) -> Mapping[str, Modifier]:
        """The modifiers in force on this date, by their two characters."""
        known = dict(teaching_modifiers())
        if self._store is not None:
            for code, text, added, terminated in self._store.rows("SELECT code, long, added, terminated FROM modifiers"):
                ours = known.get(code)
                known[code] = Modifier(
                    code, ours.plain if ours else text, ours.group if ours else "", ours.who if ours else "",
                    _day(added), _day(terminated), self.edition,
                )  # fmt: skip
        return MappingProxyType({code: known[code] for code in sorted(known) if known[code].in_force(self.date)})

    def __repr__(self) -> str:
        return f"<HCPCS Level II on {self.date}: {self.edition}, {len(self):,} codes>"

    def __reduce__(self) -> tuple[Any, ...]:
        return on, (self.date.isoformat(),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Book) and (other.date, other.edition) == (self.date, self.edition)

    def __hash__(self) -> int:
        return hash((self.date, self.edition))

    def __len__(self) -> int:
        return self._length

    @cached_property
    def _length(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Code]:
        codes = set(teaching_rows())
        if self._store is not None:
            codes.update(code for (code,) in self._store.rows("SELECT code FROM codes"))
        for code in sorted(codes):
            found = self.get(code)
            if found is not None and found.in_force(self.date):
                yield found

    def __contains__(self, code: object) -> bool:
        """Whether a code is in the book and in force on this date; case and surrounding space do not matter."""
        found = self.get(code) if isinstance(code, str) else None
        return found is not None and found.in_force(self.date)

    def __getitem__(self, code: str) -> Code:
        """The entry of a code, in force or not; ask `in` whether it is. Raises `UnknownCode`, which names the nearest ones."""
        found = self.get(code)
        if found is None:
            problem = self.problem(code)
            raise UnknownCode(problem.message if problem else f"No HCPCS code {code!r} is known.")
        return found

    def get(self, code: str) -> Code | None:
        """The entry of a code, in force or not, or None."""
        key = key_of(code)
        if not key:
            return None
        if key not in self._cache:
            self._cache[key] = self._read(key)
        return self._cache[key]

    def _read(self, key: str) -> Code | None:
        ours = teaching_code(key)
        rows = self._store.rows(f"SELECT {_COLUMNS} FROM codes WHERE code = ?", key) if self._store else []  # noqa: S608
        if not rows:
            return ours
        code, short, text, coverage, pricing, cross, added, terminated, action = rows[0]
        return Code(
            code, ours.title if ours else short, ours.units if ours else "", _day(added), _day(terminated), coverage,
            tuple(pricing.split()), self.edition, ours is not None, text, action, tuple(cross.split()),
        )  # fmt: skip

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """The best codes for a few words, a brand name or the start of a code, best first; only what is in force.

        Small spelling mistakes are forgiven; the last word may be unfinished. Never raises, whatever the text.
        """
        from medcoding.codes.hcpcs.search import search

        return search(self, text, limit)

    def nearest(self, text: str, limit: int = 5) -> list[str]:
        """The codes in force written most like `text`, nearest first."""
        from medcoding.codes.hcpcs.search import nearest

        return nearest(self, text, limit)

    def problem(self, code: str) -> Finding | None:
        """What keeps a code from being reported on this date, or None when nothing does. Never raises.

        Rules: "unknown-code", "not-valid-on-date", "not-in-teaching-table" (a warning: only the official file can tell),
        "licensed-code" (a CPT number or CDT code), "modifier-attached", "too-long".
        """
        from medcoding.codes.hcpcs.problem import problem

        return problem(self, code)

    def modifier_problem(self, modifier: str) -> Finding | None:
        """What is wrong with a two-character HCPCS modifier on this date, or None. Never raises."""
        from medcoding.codes.hcpcs.problem import modifier_problem

        return modifier_problem(self, modifier)


def on(date: str | dt.date) -> Book:
    """The book for a date of service, a `date` or text such as "2026-03-01".

    Raises `DateOutOfRange` for what is no date, or one before 2000.
    """
    return _on(_date(date))


def forget() -> None:
    """Let open books go, so that the next one sees a file that was just added."""
    _on.cache_clear()


@lru_cache(maxsize=16)
def _on(date: dt.date) -> Book:
    return Book(date, _official(date))


def _official(date: dt.date) -> Store | None:
    from medcoding.codes.official import places

    if not places.paths(KIND):
        return None
    from medcoding.codes.official import store

    return store.in_force(KIND, date, nearest=True)


def _date(date: str | dt.date) -> dt.date:
    found = as_date(date)
    if found < FIRST:
        raise DateOutOfRange(f"HCPCS codes are known here for dates of service from {FIRST} on; {found} is before it.")
    return found


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
