"""Dates of the claim, timely filing (42 CFR 424.44), and what was billed before (CPM ch. 1 §120)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit
from medcoding.claims.edits.tables import modifier_groups
from medcoding.claims.model import Claim, Line, ServiceLine

VOID_OR_REPLACE = ("7", "8")


def last_day(service: dt.date) -> dt.date:
    """The last day on which Medicare takes a claim: one calendar year after the service; for February 29 it is February 28.

    Source: 42 CFR 424.44(a); CPM ch. 1 §70.1.
    """
    try:
        return service.replace(year=service.year + 1)
    except ValueError:
        return dt.date(service.year + 1, 2, 28)


def edits(case: Case) -> Iterator[Edit]:
    """Dates in order and inside the bill, filing in time, duplicates on the claim and of earlier claims."""
    yield from _dates(case)
    yield from _timely(case)
    yield from _twice(case)
    yield from _billed_before(case)


def _dates(case: Case) -> Iterator[Edit]:
    claim = case.institutional
    if claim is not None:
        if claim.end < claim.start:
            yield edit("date-order", f"The bill runs from {claim.start} to {claim.end}, backwards.", ["start", "end"])
            return
        if claim.admitted and claim.admitted > claim.end:
            yield edit("date-order", f"The patient was admitted on {claim.admitted}, after the bill's last day, {claim.end}.", ["admitted", "end"])
        for field, date in ((f"lines.{n}.date", line.date) for n, line in enumerate(claim.lines)):
            if date is not None and not claim.start <= date <= claim.end:
                yield edit("date-outside", f"The service of {date} lies outside the bill, {claim.start} to {claim.end}. Correct the date, or bill it apart.", [field])
        for number, one in enumerate(claim.procedures):
            if one.date is not None and not claim.start - dt.timedelta(days=3) <= one.date <= claim.end:
                message = f"{one.code} is dated {one.date}, outside the stay of {claim.start} to {claim.end} and the three days before it."
                yield edit("date-outside", message, [f"procedures.{number}.date"], [one.code], citation="CPM ch. 3 §40.3; CPM ch. 25 §75.6 FL 74")
    for number, placed in enumerate(case.lines):
        line = placed.line
        if isinstance(line, ServiceLine) and line.last < line.date:
            yield edit("date-order", f"Line {number + 1} runs from {line.date} to {line.last}, backwards.", [placed.at("date"), placed.at("through")])


def _timely(case: Case) -> Iterator[Edit]:
    claim = case.claim
    sent, through = claim.submitted, claim.service_through
    if sent is None or through is None:
        return
    if sent < through:
        yield edit("sent-before-service", f"The claim was sent on {sent}, before the last service on {through}.", ["submitted"])
    if not claim.coverage.medicare:
        return  # every other payer's contract has a limit of its own
    if case.institutional is not None:
        counted = [("end", case.institutional.end)]
    else:
        counted = [(placed.at("date"), placed.line.date) for placed in case.lines if placed.line.date is not None]
    late = [(field, date) for field, date in counted if sent > last_day(date)]
    if late:
        first = min(date for _, date in late)
        message = f"The claim was sent on {sent}; for a service of {first} the last day was {last_day(first)}. Medicare pays nothing for it, and the denial cannot be appealed."
        yield edit("filed-late", message, ["submitted", *(field for field, _ in late)])


def _twice(case: Case) -> Iterator[Edit]:
    for one, other in combinations(case.coded_lines, 2):
        if _same(one.line, other.line) and not _said_again(one, other):
            message = (
                f"{one.code} stands twice for {case.date_of(one)}. If it was done once, remove a line; if twice, count it in the units "
                "or say so (76, 77, 91, or the places)."
            )
            yield edit("duplicate-line", message, [one.at("code"), other.at("code")], [one.code])


def _said_again(one: Placed, other: Placed) -> bool:
    again = modifier_groups()["repeat"]
    mine, theirs = set(one.line.modifiers) & again, set(other.line.modifiers) & again
    return mine != theirs or bool(theirs & {"59", "76", "77", "91", "XE", "XP", "XS", "XU"})


def _same(one: Line, other: Line) -> bool:
    parts = {"26", "TC", "JW", "JZ"}
    return one.code == other.code and one.date == other.date and set(one.modifiers) & parts == set(other.modifiers) & parts


def _billed_before(case: Case) -> Iterator[Edit]:
    claim = case.claim
    if claim.frequency_code in VOID_OR_REPLACE:
        return
    for earlier in case.earlier:
        if earlier.kind != claim.kind or earlier.billing.npi != claim.billing.npi or earlier.coverage.payer != claim.coverage.payer:
            continue
        for placed in case.coded_lines:
            if _day(placed.line, claim) is not None and any(_billed(placed, claim, line, earlier) for line in earlier.lines):
                message = (
                    f"{placed.code} of {_day(placed.line, claim)} was billed before, in claim {earlier.control_number}. To correct that claim send a "
                    "replacement (frequency 7) with the payer's number, not a second original."
                )
                yield edit("duplicate-claim", message, [placed.at("code"), placed.at("date")], [placed.code])


def _billed(placed: Placed, claim: Claim, line: Line, earlier: Claim) -> bool:
    same_modifiers = set(placed.line.modifiers) == set(line.modifiers)
    return line.code == placed.code and same_modifiers and _day(line, earlier) == _day(placed.line, claim)


def _day(line: Line, claim: Claim) -> dt.date | None:
    return line.date or claim.service_from
