"""A remittance advice as data: what a payer paid, what it took off, and why.

The three balances that every 835 must hold (005010X221A1 front matter, paraphrased): a line's charge less its adjustments is its
payment; a claim's charge less all its adjustments is its payment; the claims' payments less the provider's own adjustments
are the sum on the check. `medcoding.claims.x12.balance` checks them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

GROUPS = ("CO", "OA", "PI", "PR")
"""The adjustment groups: the provider's own loss by contract, other, the payer's doing, the patient's share (CAS01)."""

REVERSAL = "22"
DENIED = "4"

STATUSES = {
    "1": "decided as the first payer",
    "2": "decided as the second payer",
    "3": "decided as the third payer",
    "4": "denied: the patient is not the payer's, or nothing on the claim is payable",
    "19": "decided as the first payer and sent on to the next",
    "20": "decided as the second payer and sent on to the next",
    "21": "decided as the third payer and sent on to the next",
    "22": "an earlier payment taken back",
    "23": "not this payer's claim; sent on to another",
    "25": "priced only, no payment",
}
"""What became of a claim (CLP02), in the course's own words."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why paid differs from charged: group (CO, OA, PI, PR), reason number (CARC), amount, and units where those changed."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RemitLine:
    """A decided service line. `code` is a HCPCS code, service key or NDC, `qualifier` which (HC, N4), `revenue` a revenue code.

    `billed_code` is what was billed where the payer decided another; `allowed` is what the payer says it allows (AMT B6),
    None where it does not say; `remarks` are remark numbers (RARC).
    """

    charge: Decimal
    paid: Decimal
    code: str = ""
    modifiers: tuple[str, ...] = ()
    qualifier: str = "HC"
    revenue: str = ""
    units: Decimal = Decimal(1)
    billed_code: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    control_number: str = ""
    allowed: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class RemitClaim:
    """A decided claim. `control_number` is the provider's number, `payer_number` the payer's; `status` is CLP02.

    `patient_share` is what the payer says that the patient owes (CLP05). `remarks` are those of the whole claim.
    """

    control_number: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_share: Decimal = Decimal("0.00")
    filing: str = ""
    payer_number: str = ""
    place: str = ""
    frequency: str = ""
    drg: str = ""
    last: str = ""
    first: str = ""
    member_id: str = ""
    rendering_npi: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    received: dt.date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[RemitLine, ...] = ()
    position: int = 0

    def every_adjustment(self) -> Iterator[tuple[RemitLine | None, Adjustment]]:
        """The claim's own adjustments (with None), then those of each line."""
        for adjustment in self.adjustments:
            yield None, adjustment
        for line in self.lines:
            for adjustment in line.adjustments:
                yield line, adjustment

    def total(self, *groups: str) -> Decimal:
        """The sum of adjustments of these groups, of all groups where none is named."""
        return sum((one.amount for _, one in self.every_adjustment() if not groups or one.group in groups), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """Money moved outside any claim (PLB): WO takes back an overpayment, FB carries a balance forward, L6 is interest.

    A positive `amount` lowers the check. `reference` is what it is about.
    """

    reason: str
    amount: Decimal
    reference: str = ""
    provider: str = ""
    period_end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835 transaction: payer, payee, the check or transfer with its number, claims, and the provider's own adjustments."""

    payer: str
    payee: str
    amount: Decimal
    trace_number: str
    payment_date: dt.date | None = None
    claims: tuple[RemitClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    method: str = "CHK"
    credit: bool = True
    payer_id: str = ""
    payee_npi: str = ""
    payee_tax_id: str = ""
    produced: dt.date | None = None

    @property
    def claims_paid(self) -> Decimal:
        """The sum of the claims' payments."""
        return sum((claim.paid for claim in self.claims), Decimal("0.00"))

    @property
    def adjusted(self) -> Decimal:
        """The sum of the provider's own adjustments."""
        return sum((one.amount for one in self.provider_adjustments), Decimal("0.00"))
