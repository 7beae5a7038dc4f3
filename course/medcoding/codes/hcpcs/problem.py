"""Says what is wrong with a code or modifier as it was written, and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from medcoding.codes.hcpcs.notation import CODE, MAX_TEXT, bare, key_of, modifier_of
from medcoding.findings import Finding, Severity

if TYPE_CHECKING:
    from medcoding.codes.hcpcs.book import Book

_CITATION = "CMS HCPCS Level II coding procedures"


def problem(book: Book, code: str) -> Finding | None:
    """See `Book.problem`."""
    found = book.get(code) if isinstance(code, str) else None
    if found is None:
        return _not_found(book, code)
    if found.in_force(book.date):
        return None
    if found.valid_from is not None and book.date < found.valid_from:
        message = f"{found.code} may be reported from {found.valid_from} on; the date of service is {book.date}."
    else:
        instead = f" The file points to {', '.join(found.cross_references)}." if found.cross_references else ""
        message = f"{found.code} ended on {found.valid_to}; the date of service is {book.date}.{instead}"
    return _error("not-valid-on-date", message, found.code)


def _not_found(book: Book, code: object) -> Finding:
    text = bare(code)
    if not text:
        return _shapeless(code)
    licensed = _licensed(text)
    if licensed is not None:
        return licensed
    head, tail = text[:5], text[5:].lstrip(" -")
    if CODE.fullmatch(head) and tail and modifier_of(tail):
        return _error("modifier-attached", f"{text} is a code and a modifier: write {head}, and {tail} in the modifier field.", text)
    if not key_of(text):
        swapped = text.replace("O", "0").replace("I", "1").replace("L", "1") if len(text) == 5 else ""
        hint = f" Did you mean {text[0]}{swapped[1:]}?" if swapped and key_of(text[0] + swapped[1:]) else ""
        return _error(
            "unknown-code",
            f"{text!r} has not the shape of a HCPCS Level II code: one letter from A to V and four digits, such as J3420.{hint}",
            text,
        )
    if not book.complete:
        where = book.letter_range(text)
        return Finding(
            severity=Severity.WARNING, rule="not-in-teaching-table", codes=(text,), citation=_CITATION,
            message=f"{text} has the shape of a code for {where.title}, but the teaching table does not hold it. "
            "Add the official CMS file (medcoding codes add FILE) to know whether it is in force, or search: book.search('...').",
        )  # fmt: skip
    near = ", ".join(book.nearest(text, limit=3))
    return _error("unknown-code", f"No HCPCS code {text} is known on {book.date}." + (f" Nearest: {near}." if near else ""), text)


def _licensed(text: str) -> Finding | None:
    if re.fullmatch(r"D[0-9]{4}", text):
        return _error(
            "licensed-code",
            f"{text} is a dental code (CDT), licensed by the American Dental Association: its validity comes from the licensed file.",
            text,
        )
    if re.fullmatch(r"[0-9]{5}|[0-9]{4}[FTUM]", text):
        return _error(
            "licensed-code",
            f"{text} has the shape of a CPT number, licensed by the American Medical Association. HCPCS Level II begins with a letter; "
            "use the service key, or the licensed file of your institution.",
            text,
        )
    return None


def _shapeless(code: object) -> Finding:
    if isinstance(code, str) and code.strip() and code.strip().isascii():
        return _error("too-long", f"A HCPCS code has 5 characters; this text has {len(code.strip())} (at most {MAX_TEXT} are looked at).", "")
    return _error("unknown-code", "A HCPCS code is one letter from A to V and four digits, such as J3420; this is none.", "")


def modifier_problem(book: Book, modifier: str) -> Finding | None:
    """See `Book.modifier_problem`. Two digits are a modifier of the procedure set and are not judged here."""
    text = modifier_of(modifier)
    if not text:
        return _error("unknown-modifier", "A modifier has two letters or digits, such as JW or RT.", "")
    if text.isdigit() or text in book.modifiers:
        return None
    from medcoding.codes.hcpcs.tables import teaching_modifiers

    known = teaching_modifiers().get(text)
    if known is not None and known.valid_from is not None and book.date < known.valid_from:
        return _error("modifier-not-valid-on-date", f"{text} may be used from {known.valid_from} on; the date of service is {book.date}.", text)
    if not book.complete:
        return Finding(
            severity=Severity.WARNING, rule="not-in-teaching-table", codes=(text,), citation=_CITATION,
            message=f"The teaching table has no modifier {text}. Add the official CMS file to know whether it is in force.",
        )  # fmt: skip
    return _error("unknown-modifier", f"No HCPCS modifier {text} is in force on {book.date}.", text)


def _error(rule: str, message: str, code: str) -> Finding:
    return Finding(severity=Severity.ERROR, rule=rule, message=message, codes=(code,) if code else (), citation=_CITATION)
