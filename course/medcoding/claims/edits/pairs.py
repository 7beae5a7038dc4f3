"""Pairs of services that are not paid side by side (NCCI Policy Manual ch. 1 sections A and E)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit
from medcoding.claims.edits.tables import Pair, modifier_groups
from medcoding.claims.model import Line, ServiceLine
from medcoding.findings import Severity

EITHER_COLUMN_FROM = dt.date(2019, 7, 1)
"""From this date of service Medicare takes 59 and the X modifiers on either code of a pair; before, on column 2 alone (CMS CR 11168)."""


def edits(case: Case) -> Iterator[Edit]:
    """Each pair of lines of one day and one clinician whose codes are a pair in force on that day."""
    by_day: dict[tuple[dt.date, str], list[Placed]] = {}
    for placed in case.coded_lines:
        date = case.date_of(placed)
        if date is not None:
            by_day.setdefault((date, _clinician(case, placed.line)), []).append(placed)
    for (date, _), placed_lines in by_day.items():
        for one, other in combinations(placed_lines, 2):
            for pair in case.tables.pairs.get(frozenset((one.code, other.code)), ()):
                if one.code != other.code and pair.in_force(date):
                    first, second = (one, other) if one.code == pair.first else (other, one)
                    yield from _pair(pair, first, second, date, case.claim.coverage.medicare)


def _clinician(case: Case, line: Line) -> str:
    if case.professional is None:
        return ""
    own = line.rendering if isinstance(line, ServiceLine) and line.rendering else case.professional.rendering
    return own.npi if own else ""


def _pair(pair: Pair, first: Placed, second: Placed, date: dt.date, medicare: bool) -> Iterator[Edit]:
    codes = [pair.first, pair.second]
    fields = [first.at("code"), second.at("code")]
    cited = f"{pair.source}; {pair.quarter}"
    if pair.indicator == "0":
        message = (
            f"{pair.first} and {pair.second} are never paid together on one day (indicator 0, {pair.rationale}): {pair.first} is paid, "
            f"{pair.second} is denied, and no modifier helps. Remove {pair.second}, unless the record shows another service."
        )
        yield edit("pair-never", message, fields, codes, citation=cited)
        return
    if _helps(second, first):
        return
    on_first = _helps(first, second)
    if on_first:
        distinct = modifier_groups()["either_column"]
        if on_first not in distinct or (medicare and date >= EITHER_COLUMN_FROM):
            return
        since = f"Medicare takes it on either code from {EITHER_COLUMN_FROM} on" + (", and this service was before." if medicare else "; other payers may not.")
        message = (
            f"{on_first}, which parts {pair.first} and {pair.second}, stands on {pair.first}. Its place is the code of column 2, {pair.second}: {since}"
        )
        severity = None if medicare else Severity.WARNING
        yield edit("pair-modifier-column", message, [first.at("modifiers"), second.at("modifiers")], codes, severity=severity)
        return
    wanted = "25 on the visit" if second.is_visit else "a modifier that says why (XE, XS, XP, XU or 59, or the place on the body)"
    message = (
        f"{pair.second} is part of {pair.first} on one day (indicator 1, {pair.rationale}). {pair.second} is denied unless the record shows that "
        f"it was distinct: then add {wanted}. A modifier without a reason in the record is false."
    )
    yield edit("pair-needs-modifier", message, [*fields, second.at("modifiers")], codes, citation=cited)


def _helps(placed: Placed, beside: Placed) -> str:
    """The modifier by which a line may be parted from the other, or "": no place that both name or beside a visit, 24 or 25 on visits only,
    59 and the X modifiers on anything but a visit (NCCI ch. 1 section E)."""
    groups = modifier_groups()
    for modifier in placed.line.modifiers:
        if modifier not in groups["pair"]:
            continue
        if modifier in groups["places"] and (modifier in beside.line.modifiers or placed.is_visit or beside.is_visit):
            continue
        if modifier in (groups["either_column"] if placed.is_visit else groups["visit"]):
            continue
        return modifier
    return ""
