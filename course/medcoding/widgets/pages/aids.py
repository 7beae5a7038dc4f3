"""The look-up aids of ICD-10-CM where their official files were added, and what could be added to a book.

An aid only leads to a code; the Tabular List decides.
"""

from __future__ import annotations

import datetime as dt
import re

from medcoding.codes.icd10cm import Book
from medcoding.codes.official.icd10cm_aids import CAUSES, DRUGS, INDEX, NEOPLASMS, Aid, Entry, aid
from medcoding.widgets.pages.parts import Page, Part, plain

NAMES = {
    INDEX: "Alphabetic Index",
    DRUGS: "Table of Drugs and Chemicals",
    NEOPLASMS: "Neoplasm Table",
    CAUSES: "External Cause Index",
}
"""Each aid by its kind, and what it is called."""

ADD = "medcoding codes add FILE"
"""The command that adds an official file."""

_MOST = 60
_DASHES = re.compile(r"[\s.\-–]*")


def available(on: dt.date) -> list[Page]:
    """The aids that were added: [{"kind", "name", "release"}]."""
    opened = ((kind, name, aid(kind, on)) for kind, name in NAMES.items())
    return [{"kind": kind, "name": name, "release": one.release} for kind, name, one in opened if one is not None]


def could_add(book: str) -> list[str]:
    """The official files that would make a book more complete and are not on this machine, by title."""
    from medcoding.codes.official import installed, known_kinds

    have = {one.kind for one in installed()}
    return [kind.title for name, kind in known_kinds().items() if kind.code_set == book and name not in have]


def search(kind: str, text: str, on: dt.date, limit: int) -> list[Page]:
    """Entries of an aid for a few words: hits as the search of a book gives them, with the path of terms."""
    opened = aid(kind, on)
    if opened is None or not text.strip():
        return []
    typed = {word.casefold() for word in re.findall(r"\w+", text)}
    return [_hit(entry, typed) for entry in opened.search(text[:200], limit)]


def _hit(entry: Entry, typed: set[str]) -> Page:
    title = ", ".join(entry.path)
    if entry.see:
        title += f" — see {entry.see}"
    marks = [list(m.span()) for m in re.finditer(r"\w+", title) if any(m.group().casefold().startswith(word) for word in typed)]
    return {"code": entry.code, "title": title, "billable": True, "head": 0, "marks": marks, "path": list(entry.path)}


def page(kind: str, path: list[str], book: Book) -> Page:
    """One entry of an aid: what it leads to, its table cells, cross-references, and the terms below it. KeyError if none."""
    opened = aid(kind, book.date)
    entry = opened.find(*path) if opened is not None and path else None
    if opened is None or entry is None:
        raise KeyError(f"{NAMES.get(kind, 'This aid')} has no entry “{', '.join(path)[:80]}”. Search it again.")
    return {
        "aid": kind,
        "name": f"{NAMES[kind]}, {opened.release}",
        "title": ", ".join(entry.path),
        "path": list(entry.path),
        "modifiers": entry.modifiers,
        "codes": [_code(book, code) for code in (entry.code, entry.manifestation) if code],
        "see": entry.see,
        "see_also": entry.see_also,
        "columns": [{"name": name, "line": _code(book, code)} for name, code in entry.columns.items()],
        "below": _below(opened, book, path),
        "advice": "An aid only leads to a code: read the code's page in the Tabular List before using it.",
    }


def _below(opened: Aid, book: Book, path: list[str]) -> list[Page]:
    return [
        {"term": one.term + (f" — see {one.see}" if one.see else ""), "path": list(one.path), "line": _code(book, one.code)}
        for one in opened.below(*path)[:_MOST]
    ]


def _code(book: Book, code: str) -> list[Part]:
    """A code of an aid as a link to its page; "E11.-" and "C50.-" lead to the header."""
    bare = code.strip("[] ")
    start = re.match(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]+)?", bare)
    if start is None or book.get(start.group()) is None:
        return plain(bare)
    rest = bare[start.end() :]
    return [{"text": start.group(), "code": start.group()}, *(plain(rest) if _DASHES.fullmatch(rest) else plain(f" {rest}"))]
