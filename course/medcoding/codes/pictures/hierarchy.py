"""Where a code stands in its book: level by level, with what stands beside it at each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import UnknownCode
from medcoding.codes.icd10cm.entry import KIND_NAMES
from medcoding.codes.pictures.days import Date, book_on, spoken
from medcoding.codes.pictures.picture import Picture, PictureError, plural
from medcoding.codes.pictures.rings import Piece, Ring, sunburst

if TYPE_CHECKING:
    from medcoding.codes.hcpcs.book import Book as Supplies
    from medcoding.codes.icd10cm.book import Book as Diagnoses
    from medcoding.codes.icd10pcs.book import Book as Procedures

_NAMES = {"icd10cm": "ICD-10-CM", "icd10pcs": "ICD-10-PCS", "hcpcs": "HCPCS"}
_NAMED = 40
"""Up to so many siblings the words give each with its title; more are given as a span."""


def structure(code: str, on: Date = None, book: str = "") -> Picture:
    """A sunburst of where a code stands in its book on a date: one ring a level, its own piece lit, its siblings faint.

    ICD-10-CM: chapter, blocks, category, subcategories, code. ICD-10-PCS: the seven axes, each with the values that the tables
    offer after those before. HCPCS: letter, code. A header, or the start of a procedure code, ends in a ring of what may follow.
    `book` ("icd10cm", "icd10pcs", "hcpcs") is only needed where a code without its dot may be of two books. Raises
    `PictureError`, for a code of two books or one not in force on the date, `UnknownCode`, and `DateOutOfRange`.
    """
    makers: Mapping[str, Callable[[str, Date], Picture | None]] = {"icd10cm": _diagnosis, "icd10pcs": _procedure, "hcpcs": _supply}
    if book and book not in makers:
        raise PictureError(f"There is no book {str(book)[:20]!r} here: name one of {', '.join(makers)}.")
    asked = [book] if book else _books_for(code)
    drawn = {name: picture for name in asked if (picture := makers[name](code, on)) is not None}
    if len(drawn) > 1:
        raise PictureError(
            f"{code.strip().upper()} may be a code of {' or '.join(_NAMES[name] for name in drawn)}: write a diagnosis with its dot, or say book={next(iter(drawn))!r}."
        )
    if not drawn:
        raise UnknownCode(_unknown(code, asked, on))
    return next(iter(drawn.values()))


def _unknown(code: str, asked: list[str], on: Date) -> str:
    """Why nothing was found: what the book itself says when only one could hold the code."""
    from medcoding.codes import hcpcs, icd10cm, icd10pcs

    if len(asked) == 1:
        one: Any = {"icd10cm": icd10cm, "icd10pcs": icd10pcs, "hcpcs": hcpcs}[asked[0]]
        found = book_on(one.on, on).problem(code)
        if found is not None:
            return str(found.message)
    shown = repr(code.strip()[:20]) if isinstance(code, str) else type(code).__name__
    books = " or ".join(_NAMES[name] for name in asked)
    return f"{shown} was not found in {books}. Check each character, or search the book for the words."


def _books_for(code: str) -> list[str]:
    from medcoding.codes.hcpcs.notation import key_of as supply
    from medcoding.codes.icd10cm.notation import key_of as diagnosis
    from medcoding.codes.icd10pcs.notation import key_of as procedure

    if isinstance(code, str) and "." in code:
        return ["icd10cm"]
    readings = {
        "icd10cm": diagnosis(code)[:1].isalpha() and len(diagnosis(code)) >= 3,
        "icd10pcs": bool(procedure(code)) and (code.strip()[:1].isdigit() or len(code.strip()) == 7),
        "hcpcs": bool(supply(code)),
    }
    return [name for name, possible in readings.items() if possible] or list(readings)


def _diagnosis(code: str, on: Date) -> Picture | None:
    from medcoding.codes import icd10cm

    book: Diagnoses = book_on(icd10cm.on, on)
    entry = book.get(code)
    if entry is None:
        return None
    if not entry.billable and not entry.children:
        found = book.problem(code)
        raise PictureError(f"{found.message if found else entry.code} Ask for a date on which it was in force: structure(..., on=...).")
    chain = book._chain(entry._id)[::-1]
    above = -1
    rings = []
    for place, name, title, kind in chain:
        beside = _below(book, above)
        if not any(found[0] == place for found in beside):  # a code under a heading that has no codes on this date
            beside = (*beside, (place, name, title, kind))
        level = _level(KIND_NAMES[kind], entry.billable and place == entry._id)
        chosen = next(n for n, found in enumerate(beside) if found[0] == place)
        rings.append(Ring(level, tuple(_diagnosis_piece(*found[1:]) for found in beside), chosen))
        above = place
    if not entry.billable:
        rings.append(Ring("Right below it", tuple(_diagnosis_piece(*found[1:]) for found in _below(book, above)), None))
    state = "billable" if entry.billable else "a header, never reported"
    return _picture(f"{entry.code} {entry.title}", f"ICD-10-CM on {spoken(book.date)}: {state}", "ICD-10-CM", rings)


def _below(book: Diagnoses, place: int) -> tuple[tuple[Any, ...], ...]:
    """(id, name, title, kind) of what stands right below an entry. Blocks of one category share its name, so ids tell them apart."""
    query = "SELECT id, name, title, kind FROM nodes WHERE parent = ? AND live & ? ORDER BY id"
    return tuple(book._store.rows(query, place, book._bit))


def _diagnosis_piece(name: str, title: str, kind: int) -> Piece:
    chapter, block = KIND_NAMES[kind] == "chapter", KIND_NAMES[kind] == "block"
    short = name[-1] if len(name) > 4 and not block else ""
    return Piece(f"Chapter {name}" if chapter else name, name, title.removesuffix(f" ({name})"), short)


def _level(kind: str, billable: bool) -> str:
    named = {"code with 7th character": "7th character", "code not in the tabular list": "Former code"}.get(kind, kind.capitalize())
    return f"{named}, a whole code" if billable else named


def _procedure(code: str, on: Date) -> Picture | None:
    from medcoding.codes import icd10pcs
    from medcoding.codes.icd10pcs.notation import LENGTH, key_of

    book: Procedures = book_on(icd10pcs.on, on)
    key = key_of(code)
    if not key:
        return None
    names = book.axis_names(key[0])
    rings = []
    for place, value in enumerate(key):
        offered = book.next_axis(key[:place])
        if value not in offered:
            found = book.problem(key) if len(key) == LENGTH and key[0].isdigit() else None
            if found is not None:
                raise PictureError(found.message)
            return None
        pieces = tuple(Piece(one, one, label) for one, label in offered.items())
        rings.append(Ring(names[place], pieces, list(offered).index(value)))
    if len(key) < LENGTH:
        rings.append(Ring(names[len(key)], tuple(Piece(one, one, label) for one, label in book.next_axis(key).items()), None))
    whole = book.get(key)
    title = whole.title if whole else " / ".join(axis.label for axis in book.axes(key))
    state = "a whole code" if whole else f"the first {plural(len(key), 'character')} of seven"
    return _picture(f"{key} {title}", f"ICD-10-PCS on {spoken(book.date)}: {state}", "PCS", rings)


def _supply(code: str, on: Date) -> Picture | None:
    from medcoding.codes import hcpcs

    book: Supplies = book_on(hcpcs.on, on)
    entry = book.get(code)
    if entry is None:
        return None
    if entry.code not in book:
        found = book.problem(code)
        raise PictureError(found.message if found else f"{entry.code} is not in force on {book.date}.")
    letters = tuple(Piece(one.letter, one.letter, one.title) for one in book.letter_ranges.values())
    beside = tuple(Piece(one.code, one.code, one.title) for one in book if one.code[0] == entry.code[0])
    rings = [
        Ring("Letter", letters, next(n for n, one in enumerate(letters) if one.name == entry.code[0])),
        Ring("Code", beside, next(n for n, one in enumerate(beside) if one.name == entry.code)),
    ]
    return _picture(f"{entry.code} {entry.title}", f"HCPCS Level II on {spoken(book.date)}; {book.edition}", "HCPCS", rings)


def _picture(title: str, caption: str, center: str, rings: list[Ring]) -> Picture:
    body, height = sunburst(rings, center)
    path = "; ".join(f"{n} {ring.kind}: {ring.lit.name} {ring.lit.title}".rstrip() for n, ring in enumerate(rings, 1) if ring.lit)
    sentences: tuple[str, ...] = (
        f"{plural(len(rings), 'ring')} around the name of the book, from the inside out: each ring spreads what stands inside the lit piece "
        "of the ring before, and its own lit piece is at the top.",
        f"The path of lit pieces is {path}.",
    )
    if rings[-1].lit is None:
        sentences = (*sentences, f"In the last ring nothing is lit: {plural(len(rings[-1].pieces), 'choice')} may follow.")
    rows = tuple(
        (f"{n} {ring.kind}", f"{ring.lit.name} {ring.lit.title}".rstrip() if ring.lit else "–", _beside(ring)) for n, ring in enumerate(rings, 1)
    )
    return Picture(title, caption, " ".join(sentences), body, height, sentences, (("Ring", "Lit", "Beside it"), *rows))


def _beside(ring: Ring) -> str:
    beside = ring.beside
    if not beside:
        return "nothing"
    if len(beside) <= _NAMED:
        return "; ".join(f"{piece.name} {piece.title}".rstrip() for piece in beside)
    return f"{len(beside):,} others, from {ring.pieces[0].name} to {ring.pieces[-1].name}"
