"""Codes in running text: every code in backticks must stand in a book on the date, unless a ✗ behind it says that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from medcoding.findings import Finding

QUOTED = re.compile(r"`([^`\n]{3,16})`(\s?✗)?")
_DIAGNOSIS = re.compile(r"[A-Z][0-9A][0-9A-Z](\.[0-9A-Z]{1,4})?")
_FAMILY = re.compile(r"([A-Z][0-9A][0-9A-Z](?:\.[0-9A-Z]{0,3})?)[.]?-")
_PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}|[0-9][0-9A-HJ-NP-Z]{2,5}")
_SUPPLY = re.compile(r"[A-V][0-9]{4}")


def prose_faults(text: str, on: date, claimed: frozenset[str] = frozenset()) -> Iterator[str]:
    """A sentence for each code in backticks that is not what the text makes of it on that date.

    A code without a mark must be known and in force, a category or an unfinished procedure code included; a code with ✗
    must not be reportable. `claimed` are codes whose status the item claims (and the check proves) elsewhere.
    """
    for found in QUOTED.finditer(text):
        code, crossed = found[1].strip(), bool(found[2])
        if code in claimed:
            continue
        told = verdict(code, on)
        if told is None:
            continue
        if crossed and told == "valid":
            yield f"`{code}`✗ is marked as not reportable, but it is valid on {on}; take the mark away or change the code"
        elif not crossed and told not in ("valid", "header"):
            yield f"`{code}` stands in the text as a code, but {told} Mark a deliberately wrong code with ✗ behind the backtick"


@cache
def verdict(code: str, on: date) -> str | None:
    """"valid", "header", or why the code is neither; None for what is no code."""
    from medcoding.codes import cpt, hcpcs, icd10pcs

    if re.fullmatch(r"svc:[a-z].*", code):
        return "valid" if code in cpt.services() else "no such service key is in the table."
    family = _FAMILY.fullmatch(code)
    if family or _DIAGNOSIS.fullmatch(code):
        return _diagnosis(family[1].rstrip("X") if family else code, on)
    if _PROCEDURE.fullmatch(code):
        procedures = icd10pcs.on(on)
        if len(code) < 7:
            return "header" if procedures.next_axis(code) else f"no ICD-10-PCS code begins so on {on}."
        return _said(procedures.problem(code))
    return _said(hcpcs.on(on).problem(code)) if _SUPPLY.fullmatch(code) else None


def _diagnosis(code: str, on: date) -> str:
    """A code in force, a category above such codes, or three characters that may be the start of a procedure code instead."""
    from medcoding.codes import icd10cm, icd10pcs

    book = icd10cm.on(on)
    if code in book:
        return "valid"
    entry = book.get(code)
    if entry is not None and entry.children:
        return "header"
    if len(code) == 3 and icd10pcs.on(on).next_axis(code):
        return "header"
    return _said(book.problem(code))


def _said(problem: Finding | None) -> str:
    """Nothing wrong is "valid"; else the words of what is."""
    return "valid" if problem is None else problem.message
