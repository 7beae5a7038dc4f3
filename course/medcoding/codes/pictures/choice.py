"""A table of ICD-10-PCS with a choice of values in it: which rows hold the choice, and what each other row lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from medcoding.codes.dates import UnknownCode
from medcoding.codes.icd10pcs.notation import LENGTH, key_of
from medcoding.codes.icd10pcs.rows import Row
from medcoding.codes.pictures.picture import PictureError, plural

if TYPE_CHECKING:
    from medcoding.codes.icd10pcs.book import Book

MOST_BYTES = 56_000
"""A table that would be drawn in more than about this is drawn in part: the rows of the chosen body part, or its first rows."""


@dataclass(frozen=True)
class Chosen:
    """The rows of one table that are drawn, each with its number from 1, and the chosen values of axes 4 to 7 (0 to 4 of them)."""

    table: str
    values: str
    rows: tuple[tuple[int, Row], ...]
    row_count: int
    codes: int

    def fits(self, row: Row) -> bool:
        """Whether a row holds everything chosen; nothing chosen fits no row."""
        return bool(self.values) and all(value in axis for value, axis in zip(self.values, row.axes, strict=False))

    @property
    def fitting(self) -> tuple[int, ...]:
        """The numbers of the drawn rows that hold the choice."""
        return tuple(number for number, row in self.rows if self.fits(row))

    def lacks(self, row: Row, place: int) -> bool:
        """Whether a row lacks the value chosen for one of the axes (0 is axis 4)."""
        return place < len(self.values) and self.values[place] not in row.axes[place]

    def chosen(self, place: int) -> str:
        """The value chosen for one of the axes, or "" for none."""
        return self.values[place : place + 1]

    @property
    def cut(self) -> str:
        """A sentence on which rows are left out, or ""."""
        if len(self.rows) == self.row_count:
            return ""
        shown = f"{len(self.rows)} of {plural(self.row_count, 'row')} are drawn"
        part = self.chosen(0)
        if part and all(part in row.axes[0] for _, row in self.rows):
            return f"{shown}: those that hold {part} on axis 4."
        return f"{shown}, the first ones. To see those of one value on axis 4, choose it: pcs_table({self.table!r}, chosen={self.table + '0'!r})."

    def verdict(self) -> str:
        """What became of the choice, in one sentence; "" without a choice."""
        if not self.values:
            return ""
        code = self.table + self.values
        listed = ", ".join(self.values[:-1]) + (" and " if len(self.values) > 1 else "") + self.values[-1]
        together = f"{listed} stand{'s' if len(self.values) == 1 else ''}"
        fitting = self.fitting
        if not fitting:
            return f"✗ {code} is no code: no row holds {listed}{' together' if len(self.values) > 1 else ''}."
        where = f"row {fitting[0]}" if len(fitting) == 1 else f"rows {', '.join(map(str, fitting[:-1]))} and {fitting[-1]}"
        if len(code) == LENGTH:
            return f"✓ {code} is a code: {together} in {where}."
        return f"✓ {code} can go on: {together} in {where}."


def choice(book: Book, table: str, chosen: str) -> Chosen:
    """The table on the book's date with a choice. Raises `UnknownCode` for no such table, `PictureError` for a choice of another one."""
    prefix = key_of(table)
    if len(prefix) != 3:
        more = f": pcs_table({prefix[:3]!r}, chosen={prefix!r})" if len(prefix) > 3 else ", such as '0TB'"
        raise PictureError(f"{_shown(table)} is no table: a table is named by its first three characters{more}.")
    rows = book.table(prefix)
    if not rows:
        found = book.problem(prefix + "ZZZZ")
        raise UnknownCode(f"There is no table {prefix} on {book.date}. {found.message if found else ''}".rstrip())
    key = key_of(chosen) if chosen else prefix
    if not key.startswith(prefix):
        raise PictureError(f"{_shown(chosen)} is not in table {prefix}: choose a code, or the start of one, that begins with {prefix}.")
    values = key[3:]
    numbered = tuple(enumerate(rows, start=1))
    drawn = numbered
    if _bytes(drawn) > MOST_BYTES and values:
        drawn = tuple((number, row) for number, row in numbered if values[0] in row.axes[0]) or numbered
    while _bytes(drawn) > MOST_BYTES:
        drawn = drawn[:-1]
    return Chosen(prefix, values, drawn, len(rows), sum(row.codes for row in rows))


def _bytes(rows: tuple[tuple[int, Row], ...]) -> int:
    """About how long the drawing and its words will be: measured over all tables of fiscal year 2026."""
    return sum(700 + sum(155 + 3 * len(label) for axis in row.axes for label in axis.values()) for _, row in rows)


def _shown(text: object) -> str:
    return repr(text.strip()[:20]) if isinstance(text, str) else type(text).__name__
