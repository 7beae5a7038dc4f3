"""Every code must exist, be complete, and be in force on its date (45 CFR 162.1002; Official Guidelines I.A, I.B)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit, passed_on
from medcoding.codes.cpt.service_table import PREFIX, UnknownService, services
from medcoding.codes.dates import DateOutOfRange

if TYPE_CHECKING:
    from medcoding.findings import Finding

_SEVENTH = ("I.A.4", "I.A.5")
_NAMES = {
    "not-a-number": "unknown-code",
    "between-sections": "unknown-code",
    "not-in-teaching-table": "not-in-table",
    "not-registered": "not-in-table",
    "modifier-attached": "unknown-code",
    "letter-i-or-o": "unknown-code",
    "impossible-combination": "unknown-code",
    "too-short": "unknown-code",
}
"""What the books call a problem, and which edit that is."""

WITHOUT_CODE = ("010", "011", "012", "013", "014", "015", "016", "017", "018", "020", "021", "025", "027", "037", "070", "071", "0001")
"""Revenue codes, or their beginnings, that an outpatient line may have without a service code: rooms, drugs and supplies
that are packaged, anesthesia, recovery (CPM ch. 4 §20.1 and §20.5)."""


def edits(case: Case) -> Iterator[Edit]:
    """Diagnoses on the claim's date of coding, services on their own dates, procedures on the day of discharge."""
    if not case.claim.diagnoses:
        yield edit("no-diagnosis", "The claim has no diagnosis: it cannot say why anything was done. Add the reason from the note.", ["diagnoses"])
    date = case.claim.coding_date
    if date is not None:
        yield from _diagnoses(case, date)
    for placed in case.coded_lines:
        yield from _service(case, placed)
    yield from _institutional(case)


def _diagnoses(case: Case, date: dt.date) -> Iterator[Edit]:
    from medcoding.codes import icd10cm

    places: dict[str, list[str]] = {}
    for path, code in (*case.diagnoses, *case.other_diagnoses):
        places.setdefault(code, []).append(path)
    try:
        book = icd10cm.on(date)
    except DateOutOfRange as error:
        yield edit("not-valid-on-date", str(error), ["lines.0.date" if case.professional else "start"])
        return
    for code, paths in places.items():
        problem = book.problem(code)
        if problem is not None:
            seventh = problem.rule != "too-long" and any(part in problem.citation for part in _SEVENTH)
            yield passed_on(problem, paths, "seventh-character" if seventh else problem.rule)


def _service(case: Case, placed: Placed) -> Iterator[Edit]:
    date = case.date_of(placed)
    if date is None:
        return
    problem = _problem(placed, date)
    if problem is not None:
        yield passed_on(problem, [placed.at("code")], _NAMES.get(problem.rule, problem.rule))


def _problem(placed: Placed, date: dt.date) -> Finding | None:
    from medcoding.codes import cpt, hcpcs
    from medcoding.findings import Finding, Severity

    code = placed.code
    if code.startswith(PREFIX):
        if placed.service is not None:
            return None
        try:
            services()[code]
        except UnknownService as error:
            return Finding(severity=Severity.ERROR, rule="unknown-service", message=str(error), codes=(code,))
    try:
        return cpt.on(date).problem(code) if placed.is_number else hcpcs.on(date).problem(code)
    except DateOutOfRange as error:
        return Finding(severity=Severity.ERROR, rule="not-valid-on-date", message=str(error), codes=(code,))


def _institutional(case: Case) -> Iterator[Edit]:
    claim = case.institutional
    if claim is None:
        return
    if claim.procedures and not claim.inpatient:
        codes = [one.code for one in claim.procedures]
        message = (
            f"Bill type {claim.bill_type} is no inpatient bill, and {', '.join(codes)} is ICD-10-PCS, which reports inpatient procedures "
            "only. Code the service in HCPCS on its revenue line."
        )
        yield edit("procedure-on-outpatient", message, [f"procedures.{n}.code" for n in range(len(codes))], codes)
    elif claim.procedures:
        from medcoding.codes import icd10pcs

        try:
            book = icd10pcs.on(claim.end)
        except DateOutOfRange:
            return  # the diagnoses have said so
        for number, one in enumerate(claim.procedures):
            problem = book.problem(one.code)
            if problem is not None:
                yield passed_on(problem, [f"procedures.{number}.code"], _NAMES.get(problem.rule, problem.rule))
    if claim.bill_type[:3] in ("013", "014", "085"):
        for placed in case.lines:
            revenue = getattr(placed.line, "revenue", "")
            if not placed.code and not revenue.startswith(WITHOUT_CODE):
                message = f"Revenue code {revenue} on an outpatient bill has no service code beside it: say what was done, or the line is not priced."
                yield edit("service-missing", message, [placed.at("code"), placed.at("revenue")], [revenue])
