"""The claim: what both kinds share, and the way in from plain data."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from medcoding.claims.model.base import Day, Model, Money, Short, Text
from medcoding.claims.model.parties import Coverage, Patient, Provider
from medcoding.claims.model.services import Diagnosis, Line

if TYPE_CHECKING:
    from medcoding.claims.edits import Edit
    from medcoding.claims.model.institutional import Institutional
    from medcoding.claims.model.professional import Professional
    from medcoding.findings import Finding


class Claim(Model):
    """What both kinds of claim share; a claim is a `Professional` or an `Institutional`, told apart by `kind`.

    `control_number` is the provider's own number (CMS-1500 26, UB-04 FL 3a). `coverages` are in the order of payment, and
    `destination` says which of them this claim is sent to (0 the first). `diagnoses` are in the order of the form, first
    or principal first. `stated_total` is what stands in the total's box, None where the lines' sum does. `patient_paid` is
    what the patient has paid already. `original_reference` is the payer's number of the claim that this one replaces or
    voids. `submitted` is the day it goes to the payer, None before.
    """

    kind: str
    control_number: Short
    billing: Provider
    patient: Patient
    coverages: Annotated[tuple[Coverage, ...], Field(min_length=1, max_length=3)]
    destination: Annotated[int, Field(ge=0, le=2)] = 0
    diagnoses: Annotated[tuple[Diagnosis, ...], Field(max_length=25)] = ()
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    accept_assignment: bool = True
    signature_on_file: bool = True
    patient_paid: Money | None = None
    stated_total: Money | None = None
    original_reference: Short = ""
    submitted: Day | None = None
    remarks: Text = ""

    @staticmethod
    def load(data: Mapping[str, Any] | str | bytes) -> Professional | Institutional:
        """A claim from plain data or JSON text, told apart by its `kind`.

        Raises:
            ClaimError: it is no claim; each problem says where, what was found and what was expected.
        """
        from medcoding.claims.model.tagged import load

        return load(data)

    def render(self, found: Iterable[Edit | Finding] = ()) -> str:
        """The claim drawn as its form, as one HTML fragment; what was `found` is marked on its boxes. See `claims.render`."""
        from medcoding.claims.render import render

        return render(self, found)

    def _repr_html_(self) -> str:
        return self.render()

    def plain(self) -> dict[str, Any]:
        """The claim as plain JSON data, without what was left at its default; `Claim.load` reads it back."""
        return {"kind": self.kind, **self.model_dump(mode="json", exclude_defaults=True)}

    @property
    def coverage(self) -> Coverage:
        """The insurance that this claim is sent to; the last where `destination` names none."""
        return self.coverages[min(self.destination, len(self.coverages) - 1)]

    @property
    def charge(self) -> Decimal:
        """The sum of the lines' charges."""
        return sum((line.charge for line in self.lines), Decimal("0.00"))

    @property
    def total_charge(self) -> Decimal:
        """What stands in the total's box: `stated_total`, or the sum of the lines (CMS-1500 28; 837 CLM02)."""
        return self.stated_total if self.stated_total is not None else self.charge

    @property
    @abstractmethod
    def frequency_code(self) -> str:
        """1 original, 7 replacement, 8 void, and for institutions interim bills (837 CLM05-3)."""

    @property
    @abstractmethod
    def service_from(self) -> dt.date | None:
        """The first date of service on the claim."""

    @property
    @abstractmethod
    def service_through(self) -> dt.date | None:
        """The last date of service on the claim; for a stay the day of discharge."""

    @property
    @abstractmethod
    def coding_date(self) -> dt.date | None:
        """The date whose code books hold for the diagnoses: the day of discharge, else the first date of service."""
