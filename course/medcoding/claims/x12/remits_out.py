"""Writes remittances as 835 (guide 005010X221A1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from medcoding.claims.x12.problems import WriteError
from medcoding.claims.x12.procedures import to_x12
from medcoding.claims.x12.remittance import Adjustment, RemitClaim, RemitLine, Remittance
from medcoding.claims.x12.wire import REMITTANCE, Body, Envelope, Value, wrapped

ADDRESS = ("1 EXAMPLE WAY", "SPRINGFIELD", "IL", "627010001")
"""Where a payer without an address is said to be; the guide wants one, and readers ignore it."""


def write835(
    remittances: Remittance | Sequence[Remittance],
    *,
    envelope: Envelope | None = None,
    numbers: Mapping[str, str] | None = None,
    newlines: bool = True,
) -> str:
    """One file with one transaction a remittance. `numbers` gives licensed numbers for service keys.

    Raises:
        WriteError: something that the guide cannot carry; the error names field and element.
    """
    given = [remittances] if isinstance(remittances, Remittance) else list(remittances)
    return wrapped([_body(one, f"{place:04d}", numbers) for place, one in enumerate(given, 1)], envelope or Envelope("TEACHINGPAYER", "MEDCODINGCOURSE"), newlines)


def _body(remittance: Remittance, control: str, numbers: Mapping[str, str] | None) -> Body:
    body = Body(REMITTANCE, control)
    add = body.add
    add("header", "ST", "835", control)
    if remittance.amount < 0:
        raise WriteError("amount", remittance.amount, "a check is never below zero: carry the balance forward (PLB FB).", "BPR02")
    if remittance.method not in ("CHK", "NON"):
        raise WriteError("method", remittance.method, "CHK (check) or NON (no payment) was expected; bank numbers are not kept here.", "BPR04")
    method = remittance.method
    blanks: list[Value] = [None] * 11
    add("header", "BPR", "H" if method == "NON" else "I", remittance.amount, "C" if remittance.credit else "D", method, *blanks, remittance.payment_date)
    add("header", "TRN", "1", remittance.trace_number, remittance.payer_id.rjust(10, "0") if remittance.payer_id else "1999999999")
    if remittance.produced:
        add("header", "DTM", "405", remittance.produced)
    add("1000A", "N1", "PR", remittance.payer)
    add("1000A", "N3", ADDRESS[0])
    add("1000A", "N4", *ADDRESS[1:])
    if remittance.payer_id:
        add("1000A", "REF", "2U", remittance.payer_id)
    add("1000A", "PER", "BL", "PROVIDER LINE", "TE", "5550100000")
    if remittance.payee_npi:
        add("1000B", "N1", "PE", remittance.payee, "XX", remittance.payee_npi)
        if remittance.payee_tax_id:
            add("1000B", "REF", "TJ", remittance.payee_tax_id)
    elif remittance.payee_tax_id:
        add("1000B", "N1", "PE", remittance.payee, "FI", remittance.payee_tax_id)
    else:
        raise WriteError("payee_npi", "", "the payee's NPI or tax number was expected.", "N104")
    if remittance.claims:
        add("2000", "LX", "1")
    for claim in remittance.claims:
        _claim(body, claim, numbers)
    _provider(body, remittance)
    return body


def _claim(body: Body, claim: RemitClaim, numbers: Mapping[str, str] | None) -> None:
    add = body.add
    if not claim.payer_number:
        raise WriteError("payer_number", "", "the payer's number of the claim was expected.", "CLP07")
    add(
        "2100", "CLP", claim.control_number, claim.status, claim.charge, claim.paid, claim.patient_share or None, claim.filing or "ZZ",
        claim.payer_number, claim.place, claim.frequency, None, claim.drg,
    )  # fmt: skip
    _adjustments(body, "2100", claim.adjustments)
    add("2100", "NM1", "QC", "1", claim.last, claim.first, None, None, None, "MI" if claim.member_id else None, claim.member_id)
    if claim.rendering_npi:
        add("2100", "NM1", "82", "1", "RENDERING", None, None, None, None, "XX", claim.rendering_npi)
    if claim.remarks:
        if len(claim.remarks) > 5:
            raise WriteError("remarks", ", ".join(claim.remarks), "at most five remarks a claim were expected.", "MOA03")
        if claim.drg:  # an inpatient stay
            add("2100", "MIA", "0", None, None, None, claim.remarks[0], *[None] * 14, *claim.remarks[1:])
        else:
            add("2100", "MOA", None, None, *claim.remarks)
    for kind, date in (("232", claim.start), ("233", claim.end), ("050", claim.received)):
        if date:
            add("2100", "DTM", kind, date)
    for line in claim.lines:
        _line(body, line, numbers)


def _line(body: Body, line: RemitLine, numbers: Mapping[str, str] | None) -> None:
    add = body.add
    if line.code:
        code: list[str] = [line.qualifier, to_x12(line.code, numbers), *line.modifiers]
        revenue = line.revenue
    else:
        code, revenue = ["NU", line.revenue], ""
    billed = [line.qualifier, to_x12(line.billed_code, numbers)] if line.billed_code else None
    add("2110", "SVC", code, line.charge, line.paid, revenue, line.units, billed)
    if line.start and line.end and line.start != line.end:
        add("2110", "DTM", "150", line.start)
        add("2110", "DTM", "151", line.end)
    elif line.start:
        add("2110", "DTM", "472", line.start)
    _adjustments(body, "2110", line.adjustments)
    if line.control_number:
        add("2110", "REF", "6R", line.control_number)
    if line.allowed is not None:
        add("2110", "AMT", "B6", line.allowed)
    for remark in line.remarks:
        add("2110", "LQ", "HE", remark)


def _adjustments(body: Body, loop: str, adjustments: Sequence[Adjustment]) -> None:
    """Adjustments in their order; neighbors of one group share a CAS of up to six. One of nothing is not written."""
    adjustments = [one for one in adjustments if one.amount]
    start = 0
    while start < len(adjustments):
        group = adjustments[start].group
        end = start
        while end < len(adjustments) and end - start < 6 and adjustments[end].group == group:
            end += 1
        elements: list[Value] = []
        for one in adjustments[start:end]:
            elements += [one.reason, one.amount, one.quantity]
        body.add(loop, "CAS", group, *elements)
        start = end


def _provider(body: Body, remittance: Remittance) -> None:
    """The provider's own adjustments, in their order, six a segment."""
    start = 0
    given = remittance.provider_adjustments
    while start < len(given):
        first = given[start]
        end = start
        while end < len(given) and end - start < 6 and (given[end].provider, given[end].period_end) == (first.provider, first.period_end):
            end += 1
        elements: list[Value] = []
        for one in given[start:end]:
            elements += [[one.reason, one.reference], one.amount]
        day = remittance.payment_date or remittance.produced
        period = first.period_end or dt.date(day.year if day else 2026, 12, 31)
        body.add("footer", "PLB", first.provider or remittance.payee_npi or remittance.payee_tax_id, period, *elements)
        start = end
