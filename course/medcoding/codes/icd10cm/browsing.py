"""Leafing through the book: what stands below a heading, which notes elsewhere name a code, and what changed when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from medcoding.codes.icd10cm.entry import KIND_NAMES
from medcoding.codes.icd10cm.notation import dotted, key_of
from medcoding.codes.icd10cm.references import Reference, parse

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.book import Book

_EXTENDED = KIND_NAMES.index("code with 7th character")


@dataclass(frozen=True)
class Entry:
    """One line of the book: `name` is a code, a block ("E08-E13") or a chapter's number; `opens`: there is more below."""

    name: str
    title: str
    kind: str
    billable: bool
    opens: bool


@dataclass(frozen=True)
class Change:
    """What one release changed near a code.

    `began` and `ended` are codes that may be reported from the day on, or no longer; `split` are codes that got more
    characters that day: they are headers since. Seventh characters of one stem that change together are their stem.
    """

    day: dt.date
    began: tuple[str, ...]
    ended: tuple[str, ...]
    split: tuple[str, ...]


@dataclass(frozen=True)
class Mention:
    """A note that stands elsewhere and names the code: "excludes1" or "excludes2", its text, and where it stands."""

    kind: str
    text: str
    at: str


def below(book: Book, name: str = "") -> tuple[Entry, ...]:
    """The entries right below a chapter, block, header or code on the book's date; the chapters for an empty name."""
    place = _place(book, name)
    if place is None:
        return ()
    query = (
        "SELECT n.name, n.title, n.kind, n.valid & ?, EXISTS (SELECT 1 FROM nodes c WHERE c.parent = n.id AND c.live & ?)"
        " FROM nodes n WHERE n.parent = ? AND n.live & ? ORDER BY n.id"
    )
    rows = book._store.rows(query, book._bit, book._bit, place, book._bit)
    return tuple(Entry(found, title, KIND_NAMES[kind], bool(valid), bool(opens)) for found, title, kind, valid, opens in rows)


def _place(book: Book, name: str) -> int | None:
    if not name:
        return -1
    key = key_of(name)
    found = book._store.rows("SELECT id FROM nodes WHERE key = ? AND kind >= 2", key) if key else []  # the index is of codes
    return int(found[0][0]) if found else _headings(book).get(name)


@lru_cache(maxsize=4)
def _headings(book: Book) -> Mapping[str, int]:
    """The place of every chapter and block, read once for a book."""
    return dict(book._store.rows("SELECT name, id FROM nodes WHERE kind < 2"))


def mentions(book: Book, code: str) -> tuple[Mention, ...]:
    """The Excludes notes elsewhere that name a code, those of its own headings left out.

    An Excludes1 note keeps two codes apart whichever of them carries it (I.A.12.a). A span of several categories, or a
    note that leaves something to judge, is not counted as naming the code.
    """
    key = key_of(code)
    entry = book.get(code)
    if entry is None:
        return ()
    own = {entry.code, *(above.name for above in entry.trail)}
    return tuple(
        mention
        for mention, reference in _excludes(book)
        if reference.holds(key)
        and mention.at not in own
        and not key_of(mention.at).startswith(key)
        and not reference.wide_for(key)
    )


@lru_cache(maxsize=4)
def _excludes(book: Book) -> tuple[tuple[Mention, Reference], ...]:
    """Every Excludes note in force that names codes and leaves nothing to judge, read once for a book."""
    query = (
        "SELECT t.kind, t.text, n.name, n.kind FROM notes t JOIN nodes n ON n.id = t.node"
        " WHERE t.kind IN ('excludes1', 'excludes2') AND n.live & ? ORDER BY t.kind, n.id, t.seq"
    )
    notes = (
        (Mention(kind, text, f"Chapter {name}" if level == 0 else name), parse(text))
        for kind, text, name, level in book._store.rows(query, book._bit)
    )
    return tuple((mention, reference) for mention, reference in notes if reference.spans and not reference.conditional)


def changes(book: Book, code: str) -> tuple[Change, ...]:
    """What changed in a code's family, newest release first: its category, or what has its first four characters.

    Worked out from the Medicare Code Editor's dates, so that it knows of codes, not of revised wording.
    """
    key = key_of(code)
    family = key[:4] if len(key) > 4 else key[:3]
    if len(family) < 3:
        return ()
    query = "SELECT key, valid, kind FROM nodes WHERE key >= ? AND key < ? AND kind >= 2 ORDER BY id"
    rows = [(k, valid, kind) for k, valid, kind in book._store.rows(query, family, family + "~") if valid]
    found = []
    for position in range(len(book.releases) - 1, 0, -1):
        now, before = 1 << position, 1 << (position - 1)
        began = [(k, kind) for k, valid, kind in rows if valid & now and not valid & before]
        ended = [(k, kind) for k, valid, kind in rows if valid & before and not valid & now]
        split = [k for k, _ in ended if any(other.startswith(k) for other, _ in began)]
        if began or ended:
            headers = tuple(map(dotted, split))
            left = _stems((k, kind) for k, kind in ended if k not in split)
            new = tuple(stem for stem in _stems(began) if stem not in headers)
            found.append(Change(book.releases[position], new, left, headers))
    return tuple(found)


def _stems(keys: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """Codes as the book prints them, those with a 7th character as their stem, each once."""
    return tuple(dict.fromkeys(dotted(key[:6].rstrip("X") if kind == _EXTENDED else key) for key, kind in keys))
