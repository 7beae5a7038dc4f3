"""Left and right: the service's side against that of its diagnoses (Official Guidelines I.B.13; NCCI ch. 1 section E)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit, listed
from medcoding.claims.edits.tables import modifier_groups
from medcoding.codes.dates import DateOutOfRange

LEFT, RIGHT, BOTH = "left", "right", "both"
_SIDE = re.compile(r"\b(left|right|bilateral)\b", re.IGNORECASE)
_UNSPECIFIED = re.compile(r"\bunspecified (?:side|eye|ear|knee|hip|ankle|wrist|hand|finger|foot|toe|shoulder|elbow|limb|upper|lower|breast)", re.IGNORECASE)


def edits(case: Case) -> Iterator[Edit]:
    """Sides of modifiers against pointed diagnoses; of inpatient procedures against all diagnoses; paired services without a side."""
    try:
        for placed in case.coded_lines:
            yield from _line(case, placed)
        yield from _inpatient(case)
    except DateOutOfRange:
        return  # the edit of codes has said so


def _line(case: Case, placed: Placed) -> Iterator[Edit]:
    side = side_of(placed.line.modifiers)
    service = placed.service
    if side is None:
        if service is not None and service.paired and "50" not in placed.line.modifiers:
            message = f"{placed.code} is of a paired part of the body and does not say which: add RT, LT or 50 from the note."
            yield edit("side-missing", message, [placed.at("modifiers")], [placed.code])
        return
    supporting = case.supporting(placed)
    sided = [(path, code, found) for path, code in supporting if (found := _diagnosis_side(case, code)) is not None]
    if sided and not any(found in (side, BOTH) or side == BOTH for _, _, found in sided):
        codes = list(dict.fromkeys(code for _, code, _ in sided))
        message = (
            f"{placed.code} was done on the {side} side ({listed(placed.line.modifiers, 'and')}), but {listed(codes, 'and')} "
            f"{'is' if len(codes) == 1 else 'are'} of the other side. Read the note again: modifier, code or pointer is wrong."
        )
        yield edit("side-conflict", message, [placed.at("modifiers"), *(path for path, _, _ in sided)], [placed.code, *codes])
    elif not sided:
        for path, code in supporting:
            if _UNSPECIFIED.search(_title(case, code)):
                message = f"{code} does not say the side, and {placed.code} says {side}: the note knows it, so the code should."
                yield edit("side-unspecified", message, [path], [code])


def _inpatient(case: Case) -> Iterator[Edit]:
    claim = case.institutional
    if claim is None or not claim.inpatient or not claim.procedures:
        return
    from medcoding.codes import icd10pcs

    book = icd10pcs.on(claim.end)
    sided = [(path, code, found) for path, code in case.diagnoses if (found := _diagnosis_side(case, code)) is not None]
    for number, one in enumerate(claim.procedures):
        procedure = book.get(one.code)
        side = _side_in(procedure.body_part.label) if procedure is not None and procedure.section.value == "0" else None
        if side in (LEFT, RIGHT) and sided and not any(found in (side, BOTH) for _, _, found in sided):
            codes = list(dict.fromkeys(code for _, code, _ in sided))
            message = f"{one.code} was done on the {side} side, but {listed(codes, 'and')} {'is' if len(codes) == 1 else 'are'} of the other side. Read the operative report again."
            yield edit("side-conflict", message, [f"procedures.{number}.code", *(path for path, _, _ in sided)], [one.code, *codes])


def side_of(modifiers: Iterable[str]) -> str | None:
    """The side that modifiers tell: left, right, both (50, or one of each), or None."""
    groups = modifier_groups()
    found = {LEFT if one in groups["left"] else RIGHT for one in modifiers if one in groups["left"] | groups["right"]}
    if "50" in modifiers or len(found) == 2:
        return BOTH
    return next(iter(found), None)


def _diagnosis_side(case: Case, code: str) -> str | None:
    return _side_in(_title(case, code))


def _side_in(title: str) -> str | None:
    """The one side that a title names; None for none, or where it names both in other ways."""
    found = {word.lower() for word in _SIDE.findall(title)}
    if not found:
        return None
    return BOTH if "bilateral" in found or len(found) == 2 else found.pop()


def _title(case: Case, code: str) -> str:
    from medcoding.codes import icd10cm

    date = case.claim.coding_date
    found = icd10cm.on(date).get(code) if date else None
    return found.title if found is not None else ""
