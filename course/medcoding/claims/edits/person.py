"""Age, sex and the rest of the inpatient code editor (Definitions of Medicare Code Edits; the outpatient editor uses its lists)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from medcoding.claims.edits.case import Case
from medcoding.claims.edits.core import Edit, edit, passed_on
from medcoding.codes import icd10cm
from medcoding.codes.dates import DateOutOfRange
from medcoding.codes.icd10cm.notation import has_code_shape, key_of
from medcoding.findings import Finding
from medcoding.payment import drg
from medcoding.payment.drg.case import MOST_PROCEDURES, MOST_SECONDARY, DrgInputError

LAST_WITH_SEX_EDIT = dt.date(2024, 9, 30)
"""The last day of discharge on which Medicare's editor refused a diagnosis for its sex; its lists are asked as of then."""

_OURS = {
    "mce-invalid-code", "mce-external-cause-principal", "mce-duplicate-of-principal", "mce-manifestation-principal",
    "mce-age-conflict", "mce-sex-conflict", "mce-invalid-age", "mce-invalid-discharge-status",
}  # fmt: skip
"""Edits of the code editor that other families speak of, with the claim's own fields."""

_CONFIRMED = ("45", "KX")
"""Condition code 45 and modifier KX tell the payer that sex and service are as they should be (CPM ch. 32 §240)."""


def edits(case: Case) -> Iterator[Edit]:
    """Birth date before service, age and sex against the diagnoses; for a stay also what else the code editor says."""
    patient, date = case.claim.patient, case.claim.coding_date
    if date is None or patient.birth_date is None:
        return
    first = case.claim.service_from
    if first is not None and patient.birth_date > first:
        message = f"The patient was born on {patient.birth_date}, after the first service on {first}. One of the dates is wrong."
        yield edit("birth-after-service", message, ["patient.birth_date"])
        return
    age = patient.age_on(case.institutional.admitted or date if case.institutional else date)
    codes = [code for _, code in case.diagnoses if has_code_shape(key_of(code))]
    if age is None or age > 124 or not codes:
        return
    for finding in _asked(case, codes, age, patient.sex or "U", date):
        if finding.rule == "mce-age-conflict":
            yield passed_on(finding, ["patient.birth_date", *case.fields_of(finding.codes)], "age-conflict")
        elif case.inpatient and finding.rule not in _OURS:
            yield passed_on(finding, _fields(case, finding), "principal-diagnosis")
    if patient.sex in ("F", "M") and not _confirmed(case):
        yield from _sex(case, codes, age, patient.sex, date)


def _asked(case: Case, codes: list[str], age: int, sex: str, date: dt.date) -> list[Finding]:
    """The code editor's findings; none where it cannot be asked about this date or claim."""
    claim = case.institutional
    procedures = [one.code for one in claim.procedures] if claim and claim.inpatient else []
    status = claim.status if claim and claim.inpatient and claim.status else "01"
    secondary = codes[1 : MOST_SECONDARY + 1]
    try:
        return drg.edits(principal=codes[0], secondary=secondary, procedures=procedures[:MOST_PROCEDURES], age=age, sex=sex, discharge=status, on=date)
    except DrgInputError:
        if not procedures and status == "01":
            return []
    try:  # a procedure or status that is none is said elsewhere
        return drg.edits(principal=codes[0], secondary=secondary, age=age, sex=sex, on=date)
    except DrgInputError:
        return []


def _sex(case: Case, codes: list[str], age: int, sex: str, date: dt.date) -> Iterator[Edit]:
    day = min(date, LAST_WITH_SEX_EDIT)
    try:
        book = icd10cm.on(day)
    except DateOutOfRange:
        return  # the edit of codes has said so
    known = [code for code in codes if code in book]
    if not known:
        return
    try:
        found = drg.edits(principal=known[0], secondary=known[1 : MOST_SECONDARY + 1], age=age, sex=sex, on=day)
    except DrgInputError:
        return
    for finding in found:
        if finding.rule == "mce-sex-conflict":
            code = finding.codes[0]
            later = "" if date <= LAST_WITH_SEX_EDIT else " Medicare's editor has not refused it since 2024-10-01, but a mix-up of records looks just so."
            message = f"{code} is a diagnosis of the other sex than the claim's, {sex}. Check the registration and the record.{later}"
            yield edit("sex-conflict", message, ["patient.sex", *case.fields_of([code])], [code])


def _confirmed(case: Case) -> bool:
    if case.institutional and _CONFIRMED[0] in case.institutional.condition_codes:
        return True
    return any(_CONFIRMED[1] in placed.line.modifiers for placed in case.lines)


def _fields(case: Case, finding: Finding) -> list[str]:
    fields = list(case.fields_of(finding.codes))
    if case.institutional:
        fields += [f"procedures.{n}.code" for n, one in enumerate(case.institutional.procedures) if one.code in finding.codes]
    return fields or ["diagnoses.0.code"]
