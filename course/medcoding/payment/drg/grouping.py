"""Grouping a stay: CMS's grouper of the discharge date, its answer in a learner's terms, nothing wrong passed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from medcoding.codes.icd10cm.notation import key_of
from medcoding.findings import Finding
from medcoding.payment.drg import editor, weights
from medcoding.payment.drg.case import Case, Coded, Diagnosis, DrgInputError, case_of
from medcoding.payment.drg.engine import grouped
from medcoding.payment.drg.severity import ByCode, HospitalAcquired, Secondary, hospital_acquired, secondaries
from medcoding.payment.drg.ungroupable import TITLES, why

if TYPE_CHECKING:
    from medcoding.payment.drg.paying import Payment
    from medcoding.payment.drg.telling import Explanation

LAST_PRE_MDC = 19
"""MS-DRGs 001 to 019 are Pre-MDC: assigned by procedure before the MDC is looked at (Definitions Manual, Pre-MDC)."""

FIRST_UNRELATED, LAST_UNRELATED = 981, 989
"""The MS-DRGs of operations unrelated to the principal diagnosis (Definitions Manual, Appendix E)."""


@dataclass(frozen=True)
class Procedure:
    """One procedure of a stay; `affects` says whether the grouper used it for the MS-DRG."""

    code: str
    affects: bool


@dataclass(frozen=True)
class Before:
    """The MS-DRG before hospital-acquired conditions were taken out: what the stay would have been paid as."""

    drg: int
    title: str
    weight: Decimal | None


@dataclass(frozen=True)
class Grouping:
    """The MS-DRG of a stay.

    `mdc` is 0 for Pre-MDC, whatever MDC the principal diagnosis has (`principal_mdc`); `kind` is "medical", "surgical"
    or "" (998, 999). `weight`, `gmlos` and `amlos` are None where Table 5 of the year is not installed. `findings` are
    those of the Medicare Code Editor, and for 998 and 999 the reason, first.
    """

    case: Case
    drg: int
    title: str
    mdc: int
    mdc_title: str
    principal_mdc: int | None
    kind: str
    weight: Decimal | None
    gmlos: Decimal | None
    amlos: Decimal | None
    secondary: tuple[Secondary, ...]
    procedures: tuple[Procedure, ...]
    hospital_acquired: tuple[HospitalAcquired, ...]
    before: Before
    base: int | None
    findings: tuple[Finding, ...]

    @property
    def severity(self) -> Mapping[str, str]:
        """What each secondary diagnosis counted as, by code: "MCC", "CC" or "" (neither, or it did not count)."""
        return ByCode({one.code: one.severity for one in self.secondary})

    @property
    def excluded(self) -> Mapping[str, str]:
        """Why a CC or MCC did not count, by code; only those that did not."""
        return ByCode({one.code: one.reason for one in self.secondary if one.reason})

    @property
    def valid(self) -> bool:
        """Whether the stay has an MS-DRG that Medicare pays: not 998 or 999."""
        return self.drg not in TITLES

    @property
    def version(self) -> str:
        """The version of the grouper, as CMS writes it: "43.1"."""
        return f"{self.case.version // 10}.{self.case.version % 10}"

    def without(self, code: str) -> Grouping:
        """The grouping of the same stay without one secondary diagnosis or procedure. Raises `DrgInputError` if it has none such."""
        key = key_of(code)
        diagnoses = tuple(one for one in self.case.secondary if one.key != key)
        procedures = tuple(one for one in self.case.procedures if one != key)
        if len(diagnoses) == len(self.case.secondary) and len(procedures) == len(self.case.procedures):
            raise DrgInputError(f"{code!r} is no secondary diagnosis or procedure of this stay; the principal one cannot be left out.")
        return group_case(replace(self.case, secondary=diagnoses, procedures=procedures))

    def explain(self) -> Explanation:
        """The grouping told as a learner would tell it. See `medcoding.payment.drg.explain`."""
        from medcoding.payment.drg.telling import explain

        return explain(self)

    def payment(self, **inputs: Any) -> Payment:
        """What Medicare pays for it. See `medcoding.payment.drg.payment`."""
        from medcoding.payment.drg.paying import payment

        return payment(self, **inputs)

    def __str__(self) -> str:
        return f"MS-DRG {self.drg:03d} {self.title}"

    def _repr_html_(self) -> str:
        from medcoding.findings import finding_html

        weight = f", relative weight {self.weight}" if self.weight is not None else ""
        found = "".join(map(finding_html, self.findings))
        listed = f"<ul class='mc-findings'>{found}</ul>" if found else ""
        return f"<p><strong>MS-DRG {self.drg:03d}</strong> {escape(self.title)}{weight}</p>{listed}"


def group(
    *,
    principal: Diagnosis,
    secondary: Iterable[Diagnosis] = (),
    procedures: Iterable[str] = (),
    age: int,
    sex: str,
    discharge: str | int = "01",
    on: str | dt.date,
    poa_exempt: bool = False,
) -> Grouping:
    """Group an inpatient stay into its MS-DRG (42 CFR 412.60), by the grouper in force on the day of discharge.

    Args:
        principal: the principal diagnosis, an ICD-10-CM code, or a code with its present-on-admission indicator.
        secondary: up to 24 other diagnoses: "J96.01", or ("J96.01", "Y") with the indicator Y, N, U, W or "".
        procedures: up to 25 ICD-10-PCS codes.
        age: whole years at admission, 0 to 124.
        sex: "F", "M", or "U" for unknown (discharges from 2024-10-01).
        discharge: the patient discharge status: "01" is home, "20" died.
        on: the date of discharge, from 2022-10-01 to 2027-03-31.
        poa_exempt: whether the hospital is exempt from reporting what was present on admission, so that no condition
            counts as hospital-acquired.

    Raises:
        DrgInputError: an age, sex, discharge status or date that no claim can have, or a code that is not valid on the
            day of discharge. A stay that is well formed but cannot be grouped comes back as 998 or 999, with a finding.
    """
    return group_case(
        case_of(
            principal=principal,
            secondary=secondary,
            procedures=procedures,
            age=age,
            sex=sex,
            discharge=discharge,
            on=on,
            poa_exempt=poa_exempt,
        )
    )


def group_case(case: Case) -> Grouping:
    """Group a checked case. Raises `DrgInputError` for codes that are not valid on the day of discharge."""
    invalid = editor.invalid_codes(case)
    if invalid:
        raise DrgInputError(" ".join(message for _, message in invalid))
    found = grouped(case)
    drg = found["final_drg"]
    row = weights.row(drg, case.fiscal_year)
    reason = why(case, found)
    before = weights.row(found["initial_drg"], case.fiscal_year)
    pre_mdc = drg <= LAST_PRE_MDC
    return Grouping(
        case=case,
        drg=drg,
        title=found["final_drg_description"] or TITLES.get(drg, ""),
        mdc=0 if pre_mdc else found["final_mdc"],
        mdc_title="Pre-MDC" if pre_mdc else found["final_mdc_description"] or "",
        principal_mdc=found["pdx_output"]["mdc"],
        kind=weights.kind(drg),
        weight=row.weight if row else None,
        gmlos=row.gmlos if row else None,
        amlos=row.amlos if row else None,
        secondary=secondaries(case, found),
        procedures=_procedures(case, found),
        hospital_acquired=hospital_acquired(found),
        before=Before(
            found["initial_drg"],
            found["initial_drg_description"] or TITLES.get(found["initial_drg"], ""),
            before.weight if before else None,
        ),
        base=found["final_base_drg"],
        findings=((reason,) if reason else ()) + tuple(editor.findings(case)),
    )


def _procedures(case: Case, found: Mapping[str, Any]) -> tuple[Procedure, ...]:
    """The procedures in the order of the claim; the grouper answers in the order of the codes."""
    used: dict[str, list[bool]] = {}
    for one in found["proc_output"]:
        used.setdefault(one["code"], []).append(one["drg_impact"] in ("BOTH", "FINAL"))
    return tuple(Procedure(key, used[key].pop(0)) for key in case.procedures)


def with_poa(case: Case, keys: Iterable[str], poa: str = "Y") -> Case:
    """A case in which some secondary diagnoses have another present-on-admission indicator."""
    changed = set(keys)
    return replace(
        case, secondary=tuple(Coded(one.key, poa) if one.key in changed else one for one in case.secondary)
    )
