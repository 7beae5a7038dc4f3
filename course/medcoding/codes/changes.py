"""What changed in a code set between two dates: codes added, deleted, and with another title.

    found = changes("icd10cm", "2025-09-30", "2025-10-01")
    len(found.added), len(found.deleted)            # (487, 28)
    found.deleted[0].now                            # the codes that a deleted one was divided into

Which ICD-10 codes are valid on which date is the answer of the Medicare Code Editor data; HCPCS has its dates in the
official file. A revised title can be told only where both editions are on this machine: `notes` says so.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from medcoding.codes.dates import DateOutOfRange, as_date

if TYPE_CHECKING:
    from medcoding.codes.hcpcs.book import Book as SupplyBook
    from medcoding.codes.icd10pcs.book import Book as ProcedureBook

BOOKS = ("icd10cm", "icd10pcs", "hcpcs")

_REWORDED = "'B', 'C', 'S'"
"""Actions of the HCPCS file that change a description (data/hcpcs_indicators.yaml)."""


@dataclass(frozen=True)
class Changed:
    """One code that changed. `before` is the earlier title of a revised one, empty where it is not known here; `now` are
    the codes that a deleted one was divided into, or that its publisher points to."""

    code: str
    title: str
    before: str = ""
    now: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What changed in a book from one date to another; each list in the order of the book.

    `notes` are sentences on what the lists rest on, and what they cannot tell.
    """

    book: str
    first: dt.date
    second: dt.date
    added: tuple[Changed, ...]
    deleted: tuple[Changed, ...]
    revised: tuple[Changed, ...]
    notes: tuple[str, ...]

    def rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """(change, code, title, earlier title, codes now) of every change."""
        for what, codes in (("added", self.added), ("deleted", self.deleted), ("revised", self.revised)):
            for one in codes:
                yield what, one.code, one.title, one.before, " ".join(one.now)

    def write_csv(self, path: str | Path) -> None:
        """Write `rows` with a line of column names, in one step. Raises `OSError`."""
        target = Path(path)
        handle, name = tempfile.mkstemp(prefix=target.stem, suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("change", "code", "title", "earlier title", "codes now"))
                writer.writerows(self.rows())
            Path(name).chmod(0o644)
            os.replace(name, target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise


def changes(book: str, first: str | dt.date, second: str | dt.date) -> Changes:
    """What changed in a book ("icd10cm", "icd10pcs" or "hcpcs") from one date of service to a later one.

    Raises `DateOutOfRange` when the second date is before the first, or a date is none that the book knows, and
    `ValueError` for another book.
    """
    start, end = as_date(first), as_date(second)
    if book not in BOOKS:
        raise ValueError(f"{str(book)[:20]!r} is no book whose changes are known: expected {', '.join(BOOKS)}")
    if end < start:
        raise DateOutOfRange(f"{end} is before {start}: give the earlier date first.")
    return {"icd10cm": _diagnoses, "icd10pcs": _procedures, "hcpcs": _supplies}[book](start, end)


def _diagnoses(first: dt.date, second: dt.date) -> Changes:
    from medcoding.codes import icd10cm
    from medcoding.codes.icd10cm.notation import dotted

    before, after = icd10cm.on(first), icd10cm.on(second)
    query = "SELECT key, title, valid & ? FROM nodes WHERE kind >= 2 AND ((valid & ?) != 0) != ((valid & ?) != 0) ORDER BY id"
    added, deleted = [], []
    for key, title, valid in after._store.rows(query, after._bit, before._bit, after._bit):
        if valid:
            added.append(Changed(dotted(key), title))
        else:
            deleted.append(Changed(dotted(key), title, now=tuple(map(dotted, after._reportable_below(key)))))
    notes = (
        "Dates in force are those of the Medicare Code Editor data.",
        f"Revised titles are not listed: only one tabular list is installed ({after.edition}).",
    )
    return Changes("icd10cm", first, second, tuple(added), tuple(deleted), (), notes)


def _procedures(first: dt.date, second: dt.date) -> Changes:
    from medcoding.codes import icd10pcs

    before, after = icd10pcs.on(first), icd10pcs.on(second)
    query = "SELECT key, valid & ? FROM codes WHERE ((valid & ?) != 0) != ((valid & ?) != 0) ORDER BY key"
    rows = after._store.rows(query, after._bit, before._bit, after._bit)
    added = tuple(Changed(key, after[key].title) for key, valid in rows if valid)
    deleted = tuple(Changed(key, after[key].title) for key, valid in rows if not valid)
    notes = ["Dates in force are those of the Medicare Code Editor data."]
    revised: tuple[Changed, ...] = ()
    if not before.tables_release or before.tables_release == after.tables_release:
        have = f"one edition of the tables is installed ({after.tables_release})" if after.tables_release else "no official tables are installed"
        notes.append(f"Revised titles are not listed: {have}. Add the tables of both fiscal years to see them.")
    else:
        revised = tuple(_relabelled(before, after))
        notes.append(f"Revised titles come from the labels in the tables of {before.tables_release} and {after.tables_release}.")
    return Changes("icd10pcs", first, second, added, deleted, revised, tuple(notes))


def _relabelled(before: ProcedureBook, after: ProcedureBook) -> Iterator[Changed]:
    """Codes valid on both dates that have another label on some axis."""
    old, new = _labels(before), _labels(after)
    query = "SELECT key, title FROM codes WHERE valid & ? AND valid & ? ORDER BY key"
    for key, title in after._store.rows(query, before._bit, after._bit):
        was, now = old.get(key), new.get(key)
        if was and now and was != now:
            yield Changed(key, title, before="; ".join(f"{a} (now: {b})" for a, b in zip(was, now, strict=True) if a != b))


def _labels(book: ProcedureBook) -> dict[str, tuple[str, ...]]:
    """The labels of axes 4 to 7 of every code that the official tables in use make."""
    query = "SELECT prefix, row, axis, value, label FROM rows WHERE release = ? ORDER BY prefix, row, axis, place"
    rows: dict[tuple[str, int], tuple[list[tuple[str, str]], ...]] = {}
    for prefix, row, axis, value, label in book._store.rows(query, book._official[0]):
        rows.setdefault((prefix, row), ([], [], [], []))[axis - 4].append((value, label))
    return {
        prefix + "".join(value for value, _ in some): tuple(label for _, label in some)
        for (prefix, _), axes in rows.items() for some in product(*axes)
    }  # fmt: skip


def _supplies(first: dt.date, second: dt.date) -> Changes:
    from medcoding.codes import hcpcs

    before, after = hcpcs.on(first), hcpcs.on(second)
    old, new = {code.code: code for code in before}, {code.code: code for code in after}
    added = tuple(Changed(code.code, code.title) for key, code in new.items() if key not in old)
    deleted = tuple(
        Changed(code.code, code.title, now=tuple(one for one in code.cross_references if one in after))
        for key, code in old.items() if key not in new
    )  # fmt: skip
    if not after.complete:
        note = f"From the {after.edition}: it knows when a code began, not when one ended. Add the official file for the whole."
        return Changes("hcpcs", first, second, added, deleted, (), (note,))
    both = before.edition != after.edition
    if both:
        revised = [Changed(key, new[key].title, before=text) for key in new if key in old and (text := _said(old[key])) and text != _said(new[key])]
    else:
        revised = [Changed(key, new[key].title) for key in _reworded(after, first) if key in old and key in new]
    source = f"descriptions of {before.edition} and {after.edition}" if both else "the last action that the file notes for a code"
    notes = (f"From {after.edition}.", f"Revised titles come from {source}.")
    return Changes("hcpcs", first, second, added, deleted, tuple(revised), notes)


def _said(code: object) -> str:
    return str(getattr(code, "long_description", ""))


def _reworded(book: SupplyBook, first: dt.date) -> list[str]:
    assert book._store is not None
    query = f"SELECT code FROM codes WHERE action IN ({_REWORDED}) AND effective > ? AND effective <= ? ORDER BY code"  # noqa: S608 (fixed letters)
    return [code for (code,) in book._store.rows(query, first.isoformat(), book.date.isoformat())]
