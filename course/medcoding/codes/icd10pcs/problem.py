"""What keeps a code from being reported: a message for each way in which a code can be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medcoding.codes.icd10pcs.notation import LENGTH, VALUES, key_of
from medcoding.findings import Finding, Severity

if TYPE_CHECKING:
    from medcoding.codes.icd10pcs.book import Book
    from medcoding.codes.icd10pcs.entry import Code

LENGTH_RULE = "ICD-10-PCS Guidelines A1, A8"
VALUES_RULE = "ICD-10-PCS Guidelines A2"
TABLE_RULE = "ICD-10-PCS Guidelines A9"
DATES = "45 CFR 162.1002; Medicare Code Editor"
_SHOWN_VALUES = 12


def problem(book: Book, text: str) -> Finding | None:
    """See `Book.problem`."""
    key = key_of(text)
    if not key:
        return _misshapen(text)
    if len(key) == LENGTH:
        code = book.get(key)
        if code is not None:
            return None if code.billable else _other_date(book, code)
    broken = _first_broken(book, key)
    if broken is not None:
        return _impossible(book, key, broken)
    if len(key) < LENGTH:
        return _short(book, key)
    return _finding("unknown-code", key, f"{key} is not valid on {book.date}.", DATES)


def _finding(rule: str, code: str, message: str, citation: str) -> Finding:
    return Finding(
        severity=Severity.ERROR, rule=rule, codes=(code,) if code else (), message=message, citation=citation
    )


def _shown(text: object) -> str:
    """What was typed, printable and short."""
    if not isinstance(text, str):
        return type(text).__name__
    cleaned = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:64].strip())
    return cleaned if len(cleaned) <= 16 and len(text.strip()) <= 64 else cleaned[:16] + "…"


def _misshapen(text: object) -> Finding:
    shown = _shown(text)
    plain = text.strip().upper() if isinstance(text, str) and len(text) <= 64 else ""
    if not plain:
        message = f"“{shown}” is no ICD-10-PCS code: write seven digits or letters, such as 0SRB04A."
        return _finding("unknown-code", shown, message, LENGTH_RULE)
    wrong = _first_wrong(plain)
    if wrong is None:
        message = f"{shown} has {len(plain)} characters; every ICD-10-PCS code has exactly 7. Remove what is too much."
        return _finding("too-long", shown, message, LENGTH_RULE)
    character = plain[wrong]
    if character in "IO":
        digit = "1" if character == "I" else "0"
        message = (
            f"{shown} has the letter {character} in place {wrong + 1}. The letters I and O never appear in an "
            f"ICD-10-PCS code, because they look like the digits 1 and 0: perhaps {digit} is meant."
        )
        return _finding("letter-i-or-o", shown, message, VALUES_RULE)
    if character == ".":
        message = f"{shown} has a dot. ICD-10-PCS codes are written without one: seven digits or letters in a row."
        return _finding("unknown-code", shown, message, LENGTH_RULE)
    message = (
        f"“{shown}” is not written like an ICD-10-PCS code: place {wrong + 1} is neither a digit nor a letter. "
        "Write seven digits or letters, such as 0SRB04A."
    )
    return _finding("unknown-code", shown, message, VALUES_RULE)


def _first_wrong(plain: str) -> int | None:
    """The first place that no code can have; what is neither digit nor letter comes before an I or O."""
    places = [n for n, character in enumerate(plain) if character not in VALUES]
    return next((n for n in places if plain[n] not in "IO"), places[0] if places else None)


def _other_date(book: Book, code: Code) -> Finding:
    if code.valid_from is not None and code.valid_from > book.date:
        message = f"{code.code} is not valid on {book.date}: it takes effect on {code.valid_from}."
    else:
        message = f"{code.code} is not valid on {book.date}: it was deleted after {code.valid_to}."
    return _finding("not-valid-on-date", code.code, message, DATES)


def _first_broken(book: Book, key: str) -> int | None:
    """The first place (from 0) whose value nothing offers after what stands before it."""
    for place in range(len(key)):
        if key[place] not in book.next_axis(key[:place]):
            return place
    return None


def _impossible(book: Book, key: str, place: int) -> Finding:
    offered = book.next_axis(key[:place])
    name = _name(book, key, place)
    listed = _listed(offered)
    value = key[place]
    if place == 0:
        message = f"{key}: no section is called {value}. The first character may be {listed}."
        return _finding("impossible-combination", key, message, TABLE_RULE)
    if place < 3:
        message = (
            f"{key} breaks at axis {place + 1}, {name}: {_trail(book, key[:place])} has no {value}. It offers {listed}."
        )
        return _finding("impossible-combination", key, message, TABLE_RULE)
    before = _trail(book, key[:place], first=3) if place > 3 else ""
    where = f"with {before} the row" if before else "it"
    message = (
        f"{key} breaks at axis {place + 1}, {name}: table {key[:3]} ({_trail(book, key[:3])}) does not take {value} "
        f"there; {where} offers {listed}."
    )
    return _finding("impossible-combination", key, message, TABLE_RULE)


def _short(book: Book, key: str) -> Finding:
    name = _name(book, key, len(key))
    missing = LENGTH - len(key)
    words = "character is" if missing == 1 else "characters are"
    message = (
        f"{key} has {len(key)} of 7 characters: {missing} more {words} needed. "
        f"Next comes axis {len(key) + 1}, {name}: {_listed(book.next_axis(key))}."
    )
    return _finding("too-short", key, message, LENGTH_RULE)


def _name(book: Book, key: str, place: int) -> str:
    found = book._store.rows("SELECT name FROM axes WHERE section = ? AND axis = ?", key[0], place + 1)
    return found[0][0] if found else "Section"


def _trail(book: Book, prefix: str, first: int = 0) -> str:
    return ", ".join(f"{axis.value} {axis.label}".rstrip() for axis in book.axes(prefix)[first:])


def _listed(offered: dict[str, str]) -> str:
    shown = [f"{value} {label}".rstrip() for value, label in offered.items()]
    if len(shown) > _SHOWN_VALUES:
        return f"{', '.join(shown[:_SHOWN_VALUES])}, and {', '.join(list(offered)[_SHOWN_VALUES:])}"
    return ", ".join(shown)
