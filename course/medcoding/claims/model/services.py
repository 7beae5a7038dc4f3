"""What was found and what was done: diagnoses, drugs, and what the lines of both forms share."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from medcoding.claims.model.base import PLAIN, Day, Digits, Model, Money, Symbol, Text, upper
from medcoding.codes.icd10cm.notation import normalise


def _diagnosis_code(value: Any) -> Any:
    return normalise(value) if isinstance(value, str) and len(value) <= 64 else value


def _procedure_code(value: Any) -> Any:
    """A service key in small letters, every other code in capitals."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return text.lower() if text[:4].lower() == "svc:" else text.upper()


def _several(value: Any) -> Any:
    """ "RT" for ("RT",), "A,B" or "A B" for ("A", "B"): how people write a short list in one box; blanks are dropped."""
    if isinstance(value, str) and len(value) <= 80:
        value = value.replace(",", " ").split()
    if isinstance(value, (list, tuple)):
        return tuple(one for one in value if not (isinstance(one, str) and not one.strip()))
    return value


DiagnosisCode = Annotated[str, BeforeValidator(_diagnosis_code), StringConstraints(max_length=12, pattern=PLAIN)]
"""An ICD-10-CM code as the book prints it, with its dot; text that is none stays as it was written."""

ProcedureCode = Annotated[str, BeforeValidator(_procedure_code), StringConstraints(max_length=60, pattern=PLAIN)]
"""A HCPCS code, a registered number, or a service key ("svc:im-injection")."""

Modifiers = Annotated[tuple[Symbol, ...], BeforeValidator(_several), Field(max_length=4)]
"""At most four, in the order of the line (CMS-1500 24D; UB-04 FL 44; 837 SV101-3 to -6, SV202-3 to -6)."""

Units = Annotated[Decimal, Field(ge=0, lt=10**8, decimal_places=3)]
"""A count of services: usually whole (837 SV104, SV205)."""


class Diagnosis(Model):
    """One diagnosis. `poa` is the present-on-admission indicator: Y, N, U, W, or blank (exempt, or no inpatient claim)."""

    code: DiagnosisCode
    poa: Annotated[str, BeforeValidator(upper), StringConstraints(strip_whitespace=True, max_length=1)] = ""


class Drug(Model):
    """The drug package behind a line: NDC, quantity and its unit (UN, ML, GR, F2, ME), as in the shaded line of item 24."""

    ndc: Digits
    quantity: Annotated[Decimal, Field(gt=0, lt=10**8, decimal_places=3)]
    unit: Symbol = ""


class Line(Model):
    """What the lines of both forms share. `code` may be empty on an institutional line, `date` on an inpatient one."""

    code: ProcedureCode = ""
    modifiers: Modifiers = ()
    date: Day | None = None
    units: Units = Decimal(1)
    charge: Money = Decimal("0.00")
    drug: Drug | None = None
    description: Text = ""

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The days from the first to the last date of service, both included; none without a date."""
        return (self.date,) if self.date else ()
