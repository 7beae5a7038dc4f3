"""The seven characters of a procedure code as seven labelled boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medcoding.codes.dates import UnknownCode
from medcoding.codes.icd10pcs.notation import LENGTH, key_of
from medcoding.codes.pictures.days import Date, book_on, spoken
from medcoding.codes.pictures.drawing import box, line, lines, painted, text, wrap
from medcoding.codes.pictures.picture import WIDTH, Picture, PictureError, plural

if TYPE_CHECKING:
    from medcoding.codes.icd10pcs.book import Book

_PITCH = WIDTH / LENGTH
_SIZE, _STEP = 12.5, 15.5


def axes(code: str, on: Date = None) -> Picture:
    """Seven boxes, one an axis: its number and name, the value, and what the value means on a date.

    The start of a code leaves the other boxes open. Raises `PictureError`, which names the axis that broke or the date, for
    what leads to no valid code; `UnknownCode` for what is no procedure code at all; `DateOutOfRange`.
    """
    from medcoding.codes import icd10pcs

    book: Book = book_on(icd10pcs.on, on)
    key = key_of(code)
    if not key:
        found = book.problem(code)
        raise UnknownCode(found.message if found else f"{code!r} is no ICD-10-PCS code.")
    broken = next((place for place in range(len(key)) if key[place] not in book.next_axis(key[:place])), None)
    if broken is not None:
        found = book.problem(key)
        raise PictureError(found.message if found else f"{key} is not valid on {book.date}.")
    names = book.axis_names(key[0])
    labels = [axis.label for axis in book.axes(key)]
    offered = len(book.next_axis(key)) if len(key) < LENGTH else 0
    meanings = [*labels, *([f"{plural(offered, 'value')} to choose from", *[""] * LENGTH][: LENGTH - len(key)])]
    names_wrapped = [wrap(name, _PITCH - 8, _SIZE, bold=True) for name in names]
    wrapped = [wrap(meaning, _PITCH - 8, _SIZE) for meaning in meanings]
    below_names = 88 + _STEP * max(map(len, names_wrapped))
    bottom = below_names + _STEP * max(map(len, wrapped))
    shapes: dict[str, list[str]] = {"first": [], "second": [], "plain": []}
    words = []
    for place in range(LENGTH):
        middle = _PITCH * (place + 0.5)
        look = "plain" if place >= len(key) else "first" if place < 3 else "second"
        shapes[look].append(box(middle - 26, 20, 52, 46, radius=6))
        words.append(text(middle, 13, str(place + 1), size=12, anchor="middle", soft=True))
        words.append(text(middle, 53, key[place] if place < len(key) else "?", size=28, anchor="middle", bold=True, mono=True))
        words.append(lines(middle, 84, names_wrapped[place], size=_SIZE, step=_STEP, anchor="middle", bold=True))
        words.append(lines(middle, below_names, wrapped[place], size=_SIZE, step=_STEP, anchor="middle"))
    table = f"these three name the table {key[:3]}" if len(key) >= 3 else "these three name a table"
    for start, end, label in ((0, 3, table), (3, LENGTH, "these four are chosen in one row of it")):
        left, right = _PITCH * start + 8, _PITCH * end - 8
        shapes.setdefault("rule", []).extend([line(left, bottom, right, bottom), line(left, bottom, left, bottom - 6), line(right, bottom, right, bottom - 6)])
        words.append(text((left + right) / 2, bottom + 18, label, size=13, anchor="middle", soft=True))
    body = "".join(painted(look, drawn) for look, drawn in shapes.items()) + "".join(words)
    whole = book.get(key)
    said = "; ".join(
        f"axis {place + 1}, {names[place]}: {key[place]} {meanings[place]}".rstrip() if place < len(key) else f"axis {place + 1}, {names[place]}: open"
        for place in range(LENGTH)
    )
    sentences = (f"Seven boxes in a row. {said[0].upper()}{said[1:]}.", "The first three name the table; the last four are chosen in one of its rows.")
    rows = tuple((f"{place + 1} {names[place]}", key[place] if place < len(key) else "open", meanings[place]) for place in range(LENGTH))
    title = f"{key} {whole.title}" if whole else f"{key}: {plural(len(key), 'character')} of {LENGTH}"
    caption = f"ICD-10-PCS on {spoken(book.date)}"
    return Picture(title, caption, " ".join(sentences), body, bottom + 26, sentences, (("Axis", "Value", "Means"), *rows))
