"""MS-DRG 998 and 999, which are never paid: why a stay landed there, and what to do.

The reasons are the grouper's return codes (Definitions Manual, Pre-MDC and Appendix E; 42 CFR 412.60(c)(1)). Medicare
returns the claim to the hospital.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medcoding.codes.icd10cm.notation import dotted
from medcoding.findings import Finding, Severity
from medcoding.payment.drg.case import Case

INVALID_PRINCIPAL, UNGROUPABLE = 998, 999

TITLES = {INVALID_PRINCIPAL: "Principal Diagnosis Invalid as Discharge Diagnosis", UNGROUPABLE: "Ungroupable"}

_HAC = "42 CFR 412.60(c); section 1886(d)(4)(D) of the Act"

REASONS: dict[str, tuple[str, str, str]] = {
    "INVALID_PDX": (
        "drg-invalid-principal",
        "{principal} is not a valid code for the grouper of {on}. Correct the principal diagnosis.",
        "Definitions Manual, Pre-MDC",
    ),
    "DX_CANNOT_BE_PDX": (
        "drg-external-cause-principal",
        "{principal} is an external cause and cannot be a principal diagnosis. Put the injury or condition first.",
        "Official Guidelines I.C.20.a.6; Definitions of Medicare Code Edits, edit 2",
    ),
    "INVALID_SEX": (
        "drg-sex-needed",
        "{principal} belongs to an MDC that depends on the patient's sex, and the sex is not known. Give F or M.",
        "Definitions Manual, MDC 12 and MDC 13",
    ),
    "INVALID_DISCHARGE_STATUS": (
        "drg-discharge-status-needed",
        "Whether a diagnosis counts depends on whether the patient left alive, and the status {discharge} does not say it.",
        "Definitions Manual, Appendix C, part 2",
    ),
    "HAC_MISSING_ONE_POA": (
        "drg-poa-missing",
        "{hacs}: a condition of the hospital-acquired list without a present-on-admission indicator. Report Y, N, U or W.",
        _HAC,
    ),
    "HAC_STATUS_INVALID_POA_N_OR_U": (
        "drg-poa-invalid",
        "{hacs}: a condition of the hospital-acquired list that was not present on admission. Check the indicator.",
        _HAC,
    ),
    "HAC_STATUS_INVALID_POA_INVALID_OR_1": (
        "drg-poa-invalid",
        "{hacs}: the present-on-admission indicator is not one that can be read. Report Y, N, U or W.",
        _HAC,
    ),
    "HAC_STATUS_INVALID_MULT_HACS_POA_NOT_Y_W": (
        "drg-poa-invalid",
        "{hacs}: several conditions of the hospital-acquired list, not all with a readable indicator. Report Y, N, U or W.",
        _HAC,
    ),
    "UNGROUPABLE": (
        "drg-ungroupable",
        "No MS-DRG takes {principal} with these procedures, age and sex. Read the codes, the age and the sex again.",
        "Definitions Manual, Pre-MDC",
    ),
}
"""The grouper's return code: rule, message and source. `UNGROUPABLE` stands for any that is not listed."""

_DELIVERY = (
    "drg-delivery-incomplete",
    "{principal} is the principal diagnosis of a delivery, and the claim does not show one: add the procedure of the "
    "delivery (such as 10E0XZZ) and its outcome as a secondary diagnosis (Z37).",
    "Definitions Manual, MDC 14",
)
_INVALID = (
    "drg-invalid-as-discharge-diagnosis",
    "{principal} is valid, but not as the reason for an inpatient stay. Look for the condition that led to the admission.",
    "Definitions Manual, MS-DRG 998",
)


def why(case: Case, found: Mapping[str, Any]) -> Finding | None:
    """Why the grouper assigned 998 or 999, as a Finding; None for any other MS-DRG."""
    if found["final_drg"] not in TITLES:
        return None
    if found["final_drg"] == INVALID_PRINCIPAL:
        delivery = found["final_mdc"] == 14 and not case.principal.key.startswith("O09")
        rule, message, citation = _DELIVERY if delivery else _INVALID
    else:
        rule, message, citation = REASONS.get(found["return_code"], REASONS["UNGROUPABLE"])
    hacs = tuple(
        dotted(one["code"])
        for one in found["sdx_output"]
        if any(hac["hac_status"] == "HAC_CRITERIA_MET" for hac in one["hacs"])
    )
    shown = message.format(principal=case.principal.code, on=case.on, discharge=case.discharge, hacs=", ".join(hacs) or "A diagnosis")
    codes = hacs if "{hacs}" in message and hacs else (case.principal.code,)
    return Finding(
        severity=Severity.ERROR, rule=rule, codes=codes, message=f"MS-DRG {found['final_drg']}: {shown}", citation=citation
    )
