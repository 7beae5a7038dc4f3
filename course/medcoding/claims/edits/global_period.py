"""Care inside a surgery's package of the same practice (CPM ch. 12 §40.1 to §40.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit
from medcoding.claims.model import Claim, Professional
from medcoding.codes.cpt.global_period import GlobalPeriod

_APART = {"visit": {"24", "25", "57"}, "procedure": {"58", "78", "79"}}
"""Modifiers that say why a package does not hold, for a visit and for a procedure."""


@dataclass(frozen=True)
class _Surgery:
    code: str
    period: GlobalPeriod
    fields: tuple[str, ...]
    own: Placed | None


def edits(case: Case) -> Iterator[Edit]:
    """Professional lines against the surgeries of this claim and of the same practice's earlier ones."""
    claim = case.professional
    if claim is None:
        return
    surgeries = [*_surgeries(claim, case.lines), *(one for other in case.earlier for one in _earlier(claim, other))]
    for placed in case.coded_lines:
        for surgery in surgeries:
            if surgery.own is not placed:
                if surgery.own is not None and _paired(case, placed, surgery.own):
                    continue  # the pair edit says it already
                found = _inside(placed, surgery)
                if found is not None:
                    yield found
                    break


def _earlier(claim: Professional, other: Claim) -> Iterator[_Surgery]:
    if isinstance(other, Professional) and other.billing.npi == claim.billing.npi:
        for surgery in _surgeries(other, tuple(Placed("", line) for line in other.lines)):
            yield _Surgery(surgery.code, surgery.period, (), None)


def _surgeries(claim: Professional, placed_lines: tuple[Placed, ...]) -> Iterator[_Surgery]:
    for placed, line in zip(placed_lines, claim.lines, strict=True):
        service = placed.service
        if service is None or service.global_days is None or "55" in line.modifiers or set(line.modifiers) & {"80", "82", "AS"}:
            continue
        yield _Surgery(service.key, GlobalPeriod.of(line.date, service.global_days), (placed.at("code"),), placed)


def _paired(case: Case, placed: Placed, surgery: Placed) -> bool:
    """Whether both lines are of one day and a pair of the table in force on it."""
    date = placed.line.date
    pairs = case.tables.pairs.get(frozenset((placed.code, surgery.code)), ())
    return date is not None and surgery.line.date == date and any(pair.in_force(date) for pair in pairs)


def _inside(placed: Placed, surgery: _Surgery) -> Edit | None:
    date, modifiers = placed.line.date, set(placed.line.modifiers)
    if date is None or date not in surgery.period:
        return None
    if placed.is_visit:
        if modifiers & _APART["visit"]:
            return None
        return edit("global-visit", _visit_message(placed, surgery, date), [placed.at("modifiers"), *surgery.fields], [placed.code, surgery.code])
    service = placed.service
    is_procedure = service is not None and service.kind == "surgery" and not service.add_on
    if is_procedure and date > surgery.period.surgery and not modifiers & _APART["procedure"]:
        message = (
            f"{placed.code} on {date} is day {surgery.period.day(date)} of the {surgery.period.days} days after {surgery.code}. Say by modifier why the package "
            "does not hold: 58 planned, 78 unplanned return to the operating room, 79 unrelated."
        )
        return edit("global-procedure", message, [placed.at("modifiers"), *surgery.fields], [placed.code, surgery.code])
    return None


def _visit_message(placed: Placed, surgery: _Surgery, date: dt.date) -> str:
    day = surgery.period.day(date)
    if day > 0:
        return (
            f"{placed.code} on {date} is day {day} of the {surgery.period.days} days after {surgery.code}, whose payment holds the aftercare. "
            "Bill it only if it was unrelated, with 24."
        )
    wanted = "57, if it decided on the surgery" if surgery.period.days == 90 else "25, if it was significant and separate"
    when = "on the day" if day == 0 else "the day before"
    return f"{placed.code} {when} of {surgery.code} belongs to its payment, unless the note shows more: then add {wanted}."
