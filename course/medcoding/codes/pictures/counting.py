"""How many codes there are: by chapter, by section, and at each release, counted in the indexes of the books."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from medcoding.codes.pictures.picture import PictureError

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.book import Book as Diagnoses
    from medcoding.codes.icd10pcs.book import Book as Procedures

_CODES = {
    "icd10cm": "SELECT valid, count(*) FROM nodes WHERE kind >= 2 AND valid > 0 GROUP BY valid",
    "icd10pcs": "SELECT valid, count(*) FROM codes WHERE valid > 0 GROUP BY valid",
}
NAMES = {"icd10cm": "ICD-10-CM", "icd10pcs": "ICD-10-PCS"}


@dataclass(frozen=True)
class Group:
    """One chapter or section: its number or character, its title, and how many codes it holds."""

    name: str
    title: str
    codes: int


@dataclass(frozen=True)
class Release:
    """One release: how many codes came and went on its day, and how many there were from then on."""

    day: dt.date
    added: int
    deleted: int
    total: int


def by_chapter(book: Diagnoses) -> tuple[Group, ...]:
    """Billable codes of each chapter on the book's date, in the order of the book.

    A code that the installed tabular list no longer has under any heading is counted in a last group without number.
    """
    rows = book._store.rows(
        "WITH RECURSIVE under(id, top) AS (SELECT id, id FROM nodes WHERE parent = -1"
        " UNION ALL SELECT n.id, u.top FROM nodes n JOIN under u ON n.parent = u.id)"
        " SELECT t.kind, t.name, t.title, count(*) FROM under u JOIN nodes n ON n.id = u.id JOIN nodes t ON t.id = u.top"
        " WHERE n.kind >= 2 AND n.valid & ? GROUP BY u.top ORDER BY u.top",
        book._bit,
    )
    chapters = [Group(name, title, count) for kind, name, title, count in rows if kind == 0]
    strays = sum(count for kind, _, _, count in rows if kind != 0)
    return (*chapters, *([Group("", "under no chapter of the installed tabular list", strays)] if strays else []))


def by_section(book: Procedures) -> tuple[Group, ...]:
    """Valid codes of each section on the book's date, in the order of the book."""
    rows = book._store.rows(
        "SELECT substr(key, 1, 1), count(*) FROM codes WHERE valid & ? GROUP BY 1 ORDER BY 1", book._bit
    )
    titles = book.next_axis("")
    return tuple(Group(section, titles.get(section, ""), count) for section, count in rows)


def releases(name: str) -> tuple[Release, ...]:
    """Every release that the index of a book knows, the first one with nothing added or deleted.

    A release is a day on which at least one code began or ended in the Medicare Code Editor's data. A code that got more
    characters is a deleted one, and its successors are added ones. Raises `PictureError` for a book without such an index.
    """
    book = _module(name).on(_FIRST)
    counted = book._store.rows(_CODES[name])
    found = []
    for position, day in enumerate(book.releases):
        now, before = 1 << position, 1 << position >> 1
        added = sum(count for valid, count in counted if position and valid & now and not valid & before)
        deleted = sum(count for valid, count in counted if position and valid & before and not valid & now)
        found.append(Release(day, added, deleted, sum(count for valid, count in counted if valid & now)))
    return tuple(found)


_FIRST = "2015-10-01"


def _module(name: str) -> ModuleType:
    if name not in _CODES:
        raise PictureError(f"There is no timeline of {str(name)[:20]!r}: only {' and '.join(_CODES)} know every release.")
    from medcoding.codes import icd10cm, icd10pcs

    return {"icd10cm": icd10cm, "icd10pcs": icd10pcs}[name]
