"""One table of ICD-10-PCS as a coder sees it in the book, with a choice of values lit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medcoding.codes.icd10pcs.rows import Row
from medcoding.codes.pictures.choice import Chosen, choice
from medcoding.codes.pictures.days import Date, book_on, spoken
from medcoding.codes.pictures.drawing import box, line, lines, painted, text, width_of, wrap
from medcoding.codes.pictures.picture import WIDTH, Picture, plural

if TYPE_CHECKING:
    from medcoding.codes.icd10pcs.book import Book

_LEFT = 52.0
_SIZE, _STEP, _GAP = 13.0, 16.0, 4.0
_INDENT = 22.0


def pcs_table(table: str, on: Date = None, chosen: str = "") -> Picture:
    """A table ("0TB") on a date: its three first axes on top, one box a row, one column each for axes 4 to 7.

    `chosen`, a code or the start of one, lights its values in the rows that hold them all together; where no row does, each
    row shows which values it has and which it lacks. Of a very long table the rows of the chosen body part are drawn, or the
    first ones. Raises `UnknownCode` for a table that is not there, `PictureError` for a choice outside it, `DateOutOfRange`.
    """
    from medcoding.codes import icd10pcs

    book: Book = book_on(icd10pcs.on, on)
    view = choice(book, table, chosen)
    names = book.axis_names(view.table[0])
    first = [(axis.name, axis.value, _meaning(axis.label, axis.position, view.table[0])) for axis in book.axes(view.table)]
    widths = _columns([row for _, row in view.rows], names[3:])
    body, top = _head(first)
    if view.values:
        body += text(4, top + 14, view.verdict(), bold=True)
        top += 28
    starts = [_LEFT + sum(widths[:place]) for place in range(4)]
    columns = [f"{place} {name}" for place, name in enumerate(names[3:], 4)]
    heads = [wrap(column, width - 8, 14, bold=True) for column, width in zip(columns, widths, strict=True)]
    body += "".join(lines(start, top + 14, head, step=17, bold=True) for start, head in zip(starts, heads, strict=True))
    top += 7 + 17 * max(map(len, heads))
    for number, row in view.rows:
        drawn, height = _row(view, number, row, starts, widths)
        body += f'<g transform="translate(0 {top:g})">{drawn}</g>'
        top += height + 8
    if view.cut:
        cut = wrap(view.cut, WIDTH - 8, _SIZE)
        body += lines(4, top + 14, cut, size=_SIZE, step=_STEP)
        top += _STEP * len(cut) + 6
    sentences = tuple(filter(None, (
        f"The table has {plural(view.row_count, 'row')} and makes {plural(view.codes, 'code')}. Its first three axes are "
        + ", ".join(f"{name} {value} {label}" for name, value, label in first).rstrip(".") + ".",
        "Values of one row may be combined freely; values of different rows may not (guideline A9).",
        view.verdict().lstrip("✓✗ "), view.cut,
    )))  # fmt: skip
    rows = tuple((str(number), *_cells(view, row)) for number, row in view.rows)
    title = f"Table {view.table}" + (f" with {view.table + view.values} chosen" if view.values else "")
    caption = f"ICD-10-PCS on {spoken(book.date)}: {plural(view.row_count, 'row')}, {plural(view.codes, 'code')}"
    return Picture(title, caption, " ".join(sentences), body, top, sentences, (("Row", *columns), *rows))


def _meaning(label: str, position: int, section: str) -> str:
    """The name of an axis value; that of a root operation with what it means, in the words of this course."""
    if position != 3:
        return label
    from medcoding.codes import icd10pcs

    known = {term.name: term.definition for term in icd10pcs.operations(section)}
    return f"{label}: {known[label]}" if known.get(label) else label


def _head(axes: Sequence[tuple[str, str, str]]) -> tuple[str, float]:
    drawn, top = [], 2.0
    for name, value, label in axes:
        wrapped = wrap(label, WIDTH - 176, _SIZE + 1)
        drawn += [
            text(12, top + 15, name, soft=True), text(142, top + 15, value, bold=True, mono=True), lines(164, top + 15, wrapped, step=18)
        ]  # fmt: skip
        top += 18 * len(wrapped) + 4
    return painted("plain", [box(1, 0, WIDTH - 2, top + 4)]) + "".join(drawn), top + 14


def _columns(rows: Sequence[Row], names: Sequence[str]) -> list[float]:
    """The widths of the four columns: what their labels need, the widest ones giving way when there is not room for all."""
    room = WIDTH - _LEFT - 4
    wanted = [
        max(width_of(names[place], 15) + 34, *(width_of(label, _SIZE) * 1.08 + _INDENT + 22 for row in rows for label in row.axes[place].values()))
        for place in range(4)
    ]
    wide = [place for place in range(4) if sum(wanted) > room and wanted[place] > room / 4]
    if wide:
        left = room - sum(wanted[place] for place in range(4) if place not in wide)
        whole = sum(wanted[place] for place in wide)
        return [left * width / whole if place in wide else width for place, width in enumerate(wanted)]
    return [width * room / sum(wanted) for width in wanted]


def _row(view: Chosen, number: int, row: Row, starts: Sequence[float], widths: Sequence[float]) -> tuple[str, float]:
    fits = view.fits(row)
    none_fits = bool(view.values) and not view.fitting
    lit, wrong, words = [], [], []
    tallest = 0.0
    for place in range(4):
        top = 7.0
        hit = view.chosen(place)
        for value, label in row.axes[place].items():
            mark = value == hit and (fits or none_fits)
            wrapped = wrap(label, widths[place] - _INDENT - 18, _SIZE, bold=mark)
            if mark:
                lit.append(box(starts[place] - 4, top - 1, widths[place] - 10, _STEP * len(wrapped) + 5))
            words.append(text(starts[place] + 3, top + 13, value, size=_SIZE, bold=mark, mono=True))
            words.append(lines(starts[place] + _INDENT, top + 13, wrapped, size=_SIZE, step=_STEP, bold=mark))
            top += _STEP * len(wrapped) + _GAP + (3 if mark else 0)
        if none_fits and view.lacks(row, place):
            missing = wrap(f"✗ no {hit} in this row", widths[place] - 18, _SIZE, bold=True)
            wrong.append(box(starts[place] - 4, top + 1, widths[place] - 10, _STEP * len(missing) + 5))
            words.append(lines(starts[place] + 3, top + 15, missing, size=_SIZE, step=_STEP, bold=True))
            top += _STEP * len(missing) + 10
        tallest = max(tallest, top)
    height = tallest + 3
    rules = [line(start - 9, 0, start - 9, height) for start in starts]
    sign = "✓ " if fits else ""
    head = text(8, height / 2 + 5, f"{sign}{number}", size=_SIZE, bold=fits, soft=not fits)
    frame = painted("held" if fits else "faint", [box(1, 0, WIDTH - 2, height)]) + painted("rule", rules)
    return frame + painted("lit" if fits else "plain", lit) + painted("wrong", wrong) + head + "".join(words), height


def _cells(view: Chosen, row: Row) -> list[str]:
    cells = []
    for place in range(4):
        hit = view.chosen(place)
        shown = [f"{value} {label}{' (chosen)' if value == hit else ''}".rstrip() for value, label in row.axes[place].items()]
        cells.append("; ".join(shown) + (f"; no {hit}" if view.lacks(row, place) else ""))
    return cells
