"""What keeps a code from being reported: a message for each way in which a code can be wrong."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from medcoding.codes.icd10cm.notation import dotted, has_code_shape, key_of
from medcoding.findings import Finding, Severity

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.book import Book
    from medcoding.codes.icd10cm.entry import Code

EXTENDED = "code with 7th character"
SHAPE = "Official Guidelines I.A.2"
LEVEL = "Official Guidelines I.B.2"
SEVENTH = "Official Guidelines I.A.5"
PLACEHOLDER = "Official Guidelines I.A.4"
DATES = "45 CFR 162.1002; Medicare Code Editor"


def problem(book: Book, text: str) -> Finding | None:
    """See `Book.problem`."""
    key = key_of(text)
    if not has_code_shape(key):
        return _misshapen(key, dotted(key) if has_code_shape(key[:7]) else _shown(text))
    shown = dotted(key)
    if key and book._reportable(key):
        return None
    code = book.get(key)
    if code is None:
        return _unknown(book, key)
    if code.valid_from is not None:
        return _other_date(book, code)
    if not code.children:
        return _finding(
            "not-valid-on-date", shown, f"{shown} is not valid on {book.date}, nor is anything below it.", DATES
        )
    return _header(book, code)


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


def _misshapen(key: str, shown: str) -> Finding:
    if len(key) > 7 and has_code_shape(key[:7]):
        message = (
            f"{shown} has {len(key)} characters; an ICD-10-CM code has 3 to 7 (the dot is not counted). "
            "Remove what is too much."
        )
        return _finding("too-long", shown, message, SHAPE)
    message = (
        f"“{shown}” is not written like an ICD-10-CM code: a letter, a digit, then 1 to 5 letters or digits, "
        "with a dot after the third character (I10, E11.65, S72.001A)."
    )
    return _finding("unknown-code", shown, message, SHAPE)


def _other_date(book: Book, code: Code) -> Finding:
    first, last = code.valid_from, code.valid_to
    if first is not None and first > book.date:
        message = f"{code.code} is not valid on {book.date}: it takes effect on {first}."
    else:
        message = f"{code.code} is not valid on {book.date}: it was deleted after {last}."
        if code.children:
            taken = f"Since {last + dt.timedelta(days=1)} it is" if last else "Now it is"
            message = (
                f"{code.code} is not valid on {book.date}: it was a complete code until {last}. "
                f"{taken} {_more(book, code)}"
            )
    return _finding("not-valid-on-date", code.code, message, DATES)


def _header(book: Book, code: Code) -> Finding:
    first = book.get(code.children[0])
    if first is not None and first.kind == EXTENDED:
        stem = len(code.code.replace(".", ""))
        fill = ""
        if stem < 6:
            padded = dotted(code.code.replace(".", "").ljust(6, "X"))
            fill = f" It has only {stem} characters, so placeholder X fills the gap: {padded}_."
        message = (
            f"{code.code} is not complete: a 7th character is needed. It takes {_sevenths(code)}.{fill} "
            "Choose the character from the type of encounter or the detail that the record gives."
        )
        return _finding("header-code", code.code, message, SEVENTH if stem == 6 else f"{SEVENTH}; {PLACEHOLDER}")
    return _finding("header-code", code.code, f"{code.code} is {_more(book, code)}", LEVEL)


def _more(book: Book, code: Code) -> str:
    """What is missing from a header: a category, not a code: 1 to 4 more characters are needed (E11.8, …)."""
    what = "a category" if code.kind == "category" else "a subcategory"
    key = code.code.replace(".", "")
    below = book._reportable_below(key)
    counts = sorted({len(k) - len(key) for k in below})
    if not counts:
        return f"{what}, not a code."
    least, most = counts[0], counts[-1]
    number = f"{least}" if least == most else f"{least} to {most}"
    words = "character is" if most == 1 else "characters are"
    short = next(k for k in below if len(k) - len(key) == least)
    long = below[-1] if least == most else next(k for k in below if len(k) - len(key) == most)
    samples = ", ".join(dotted(k) for k in dict.fromkeys((short, long))) + (", …" if len(below) > 2 else "")
    return f"{what}, not a code: {number} more {words} needed ({samples})."


def _sevenths(code: Code) -> str:
    existing = [child[-1] for child in code.children]
    meanings = code.seventh_characters
    listed = [f"{c} ({meanings[c].partition(' / ')[0]})" if c in meanings else c for c in existing]
    if len(listed) > 7:
        return f"{', '.join(existing)} – for example {listed[0]}, {listed[-1]}"
    return ", ".join(listed)


def _unknown(book: Book, key: str) -> Finding:
    shown = dotted(key)
    stem = next((code for n in range(len(key) - 1, 2, -1) if (code := book.get(key[:n])) is not None and _in_force(book, code)), None)
    if stem is None:
        message = (
            f"{shown} is not in the book on {book.date}: there is no category {key[:3]}. "
            "Check the first three characters."
        )
        return _finding("unknown-code", shown, message, SHAPE)
    rest = key[len(stem.code.replace(".", "")) :]
    if stem.billable:
        return _finding(
            "too-long", shown, f"{shown} has too many characters: {stem.code} is complete without “{rest}”.", LEVEL
        )
    first = book.get(stem.children[0]) if stem.children else None
    if first is not None and first.kind == EXTENDED:
        return _wrong_seventh(stem, key, rest)
    start = dotted(key[: len(key) - len(rest) + 1])
    message = (
        f"{shown} is not in the book on {book.date}. {stem.code} exists, but nothing below it begins {start}. "
        f"Read the list under {stem.code} again."
    )
    return _finding("unknown-code", shown, message, LEVEL)


def _in_force(book: Book, code: Code) -> bool:
    """Whether an entry is a code on the date, or a heading with one beneath it."""
    return code.billable or bool(book._reportable_below(code.code.replace(".", "")))


def _wrong_seventh(stem: Code, key: str, rest: str) -> Finding:
    shown = dotted(key)
    length = len(stem.code.replace(".", ""))
    existing = {child[-1] for child in stem.children}
    gap = "place 6" if length == 5 else f"places {length + 1} to 6"
    if len(key) < 7 and rest[-1] in existing and set(rest[:-1]) <= {"X"}:
        message = (
            f"{shown} has its 7th character in place {len(key)}: {stem.code} has {length} characters, "
            f"and placeholder X must fill {gap} before it."
        )
        return _finding("unknown-code", shown, message, PLACEHOLDER)
    if len(key) < 7:
        message = (
            f"{shown} is not complete: {stem.code} needs a 7th character, with placeholder X in any empty place "
            f"before it. It takes {_sevenths(stem)}."
        )
        return _finding("unknown-code", shown, message, SEVENTH)
    if rest[:-1].strip("X"):
        message = (
            f"{shown} is not in the book: after {stem.code} only placeholder X may stand before the 7th character, "
            f"not “{rest[:-1]}”."
        )
        return _finding("unknown-code", shown, message, PLACEHOLDER)
    takes = _sevenths(stem)
    message = f"{shown} is not in the book: {stem.code} does not take {rest[-1]} as 7th character. It takes {takes}."
    return _finding("unknown-code", shown, message, SEVENTH)
