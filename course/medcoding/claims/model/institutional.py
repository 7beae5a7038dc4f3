"""The institutional claim: UB-04 (CMS-1450) on paper, 837I (005010X223A2) electronically.

Sources: Medicare Claims Processing Manual ch. 25 §75, which describes every form locator; the NUBC's own manual is
licensed and is cited by locator only.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from medcoding.claims.model.base import Day, Model, Money, Short, Symbol
from medcoding.claims.model.claim import Claim
from medcoding.claims.model.parties import Provider
from medcoding.claims.model.services import Diagnosis, DiagnosisCode, Line, _several

MOST_LINES = 999
"""Revenue lines of one 837I claim (loop 2400 repeats 999 times); the paper form has 22 a page."""


class RevenueLine(Line):
    """One revenue line (FL 42 to 48). `revenue` has four digits; `noncovered` is the part of the charge in FL 48."""

    revenue: Symbol
    noncovered: Money | None = None


class Procedure(Model):
    """An ICD-10-PCS code and the day of the procedure (FL 74); inpatient claims only."""

    code: Symbol
    date: Day | None = None


class Occurrence(Model):
    """An event that bears on payment, and its day (FL 31 to 34)."""

    code: Symbol
    date: Day


class OccurrenceSpan(Model):
    """A stretch of days that bears on payment (FL 35 to 36)."""

    code: Symbol
    start: Day
    end: Day


class ValueCode(Model):
    """A figure that the payer needs (FL 39 to 41)."""

    code: Symbol
    amount: Money


class Institutional(Claim):
    """A claim of a hospital or other facility.

    `bill_type` has four characters, the first a zero: kind of facility, kind of care, frequency (0111). `start` and `end`
    are the statement period; for a stay `end` is the day of discharge. `admitted` is the day of admission or of the start
    of care; hours are two digits, 00 to 23. `status` is the patient's discharge status (FL 17). Of `diagnoses` the first is
    the principal one (FL 67), the rest 67A to Q and more; `external_causes` stand in FL 72, `reasons` for an unscheduled
    outpatient visit in FL 70. The first of `procedures` is the principal one. `drg` is the group that the hospital states.
    """

    kind: Literal["institutional"] = "institutional"
    bill_type: Symbol
    start: Day
    end: Day
    admitted: Day | None = None
    admission_hour: Symbol = ""
    admission_type: Symbol = ""
    admission_source: Symbol = ""
    discharge_hour: Symbol = ""
    status: Symbol = ""
    condition_codes: Annotated[tuple[Symbol, ...], BeforeValidator(_several), Field(max_length=11)] = ()
    occurrences: Annotated[tuple[Occurrence, ...], Field(max_length=8)] = ()
    spans: Annotated[tuple[OccurrenceSpan, ...], Field(max_length=4)] = ()
    values: Annotated[tuple[ValueCode, ...], Field(max_length=12)] = ()
    admitting_diagnosis: DiagnosisCode = ""
    reasons: Annotated[tuple[DiagnosisCode, ...], BeforeValidator(_several), Field(max_length=3)] = ()
    external_causes: Annotated[tuple[Diagnosis, ...], Field(max_length=12)] = ()
    procedures: Annotated[tuple[Procedure, ...], Field(max_length=25)] = ()
    drg: Symbol = ""
    lines: Annotated[tuple[RevenueLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    attending: Provider | None = None
    operating: Provider | None = None
    authorization: Short = ""

    @property
    def frequency_code(self) -> str:
        return self.bill_type[3:4]

    @property
    def inpatient(self) -> bool:
        """Whether the bill type is that of a hospital or skilled nursing stay paid under Part A (011x, 018x, 021x, 041x)."""
        return self.bill_type[:3] in ("011", "018", "021", "041")

    @property
    def service_from(self) -> dt.date | None:
        return self.start

    @property
    def service_through(self) -> dt.date | None:
        return self.end

    @property
    def coding_date(self) -> dt.date | None:
        return self.end if self.inpatient else self.start

    @property
    def noncovered(self) -> Decimal:
        """The sum of FL 48."""
        return sum((line.noncovered for line in self.lines if line.noncovered is not None), Decimal("0.00"))
