"""From the fee schedule to who pays what: participation, limiting charge, deductible, coinsurance, sequestration."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from medcoding.payment.steps import (
    ZERO,
    Number,
    PaymentInputError,
    Priced,
    Step,
    cents,
    dollars,
    exact,
    figure,
    percent,
)

if TYPE_CHECKING:
    from medcoding.codes.pictures.picture import Picture

COINSURANCE = Decimal("0.2")
"""The patient's share after the deductible (Social Security Act 1833(a)(1), 42 CFR 410.152(b))."""


@dataclass(frozen=True)
class Settlement(Priced):
    """Who pays what. `amount` is what Medicare pays; `allowed` its approved amount, `patient` what the patient owes in all.

    `withheld` is the sequestration, which nobody makes up; `written_off` the part of the charge that nobody may be billed.
    """

    allowed: Decimal = field(default=ZERO)
    deductible: Decimal = field(default=ZERO)
    coinsurance: Decimal = field(default=ZERO)
    withheld: Decimal = field(default=ZERO)
    patient: Decimal = field(default=ZERO)
    written_off: Decimal = field(default=ZERO)
    limiting_charge: Decimal | None = field(default=None)

    def waterfall(self) -> Picture:
        """From the charge to what Medicare pays, as a picture with its words."""
        from medcoding.payment.waterfall import Bar, waterfall

        over = self.patient - self.deductible - self.coinsurance
        charge = self.allowed + over + self.written_off
        taken = (
            ("Nobody may be billed", self.written_off), ("Balance billed to the patient", over), ("Deductible", self.deductible),
            ("Coinsurance", self.coinsurance), ("Sequestration", self.withheld),
        )  # fmt: skip
        bars = [Bar("Charge", charge, dollars(charge))]
        bars += [Bar(name, -amount, dollars(-amount)) for name, amount in taken[:2] if amount]
        bars.append(Bar("Approved amount", ZERO, dollars(self.allowed), total=True))
        bars += [Bar(name, -amount, dollars(-amount)) for name, amount in taken[2:] if amount]
        bars.append(Bar("Medicare pays", ZERO, dollars(self.amount), total=True))
        said = "; ".join(f"{bar.label} {bar.shown}" for bar in bars)
        return waterfall("From the charge to the payment", f"The patient owes {dollars(self.patient)} in all", bars, f"{said}.")


def settle(
    fee: Number | Priced,
    charge: Number | None = None,
    *,
    participating: bool = True,
    assigned: bool = True,
    deductible: Number = 0,
    sequestration: bool = True,
) -> Settlement:
    """What Medicare and the patient pay of one service.

    `fee` is the fee schedule amount, `charge` what was billed (by default what may be asked at most), `deductible` what the
    patient has still to meet. A nonparticipating supplier has 95 % of the fee; without assignment the patient may be billed up
    to the limiting charge, 115 % of that. Medicare pays 80 % after the deductible, less 2 % of its own payment while
    sequestration lasts. Without assignment Medicare pays the patient, who owes the supplier the whole charge.

    Source: 42 CFR 414.20(b), 414.48, 410.152(b), 410.160; contractors' pages on sequestration. Raises `PaymentInputError`.
    """
    if participating and not assigned:
        raise PaymentInputError("A participating supplier takes assignment of every claim: leave `assigned` true, or set `participating` to False.")
    full = fee.amount if isinstance(fee, Priced) else cents(exact(fee, "fee"))
    open_deductible = cents(exact(deductible, "deductible"))
    steps = [Step("Fee schedule amount", "as priced", full)]
    approved, limit = full, None
    if not participating:
        approved = cents(full * figure("nonparticipating-share"))
        steps.append(Step("Nonparticipating", f"{dollars(full)} × {percent(figure('nonparticipating-share'))}", approved, citation="42 CFR 414.20(b)"))
    if not assigned:
        limit = cents(approved * figure("limiting-charge"))
        steps.append(Step("Limiting charge", f"{dollars(approved)} × {percent(figure('limiting-charge'))}", limit, citation="42 CFR 414.48(b)"))
    asked = cents(exact(charge, "charge")) if charge is not None else limit if limit is not None else approved
    allowed = min(approved, asked)
    billable = min(asked, limit) if limit is not None else allowed
    steps.append(Step("Approved amount", f"the lower of {dollars(approved)} and the charge of {dollars(asked)}", allowed, citation="42 CFR 414.20(a)"))
    met = min(open_deductible, allowed)
    share = cents((allowed - met) * COINSURANCE)
    before = allowed - met - share
    withheld = cents(before * figure("sequestration-share")) if sequestration else ZERO
    if met:
        steps.append(Step("Deductible", f"of {dollars(open_deductible)} still open", met, citation="42 CFR 410.160"))
    steps.append(Step("Coinsurance", f"({dollars(allowed)} − {dollars(met)}) × 20 %", share, citation="42 CFR 410.152(b)"))
    steps.append(Step("Medicare's payment", f"{dollars(allowed)} − {dollars(met)} − {dollars(share)}", before, citation="42 CFR 410.152(b)"))
    if sequestration:
        said = f"{dollars(before)} × {percent(figure('sequestration-share'))} is not paid, and not owed by the patient"
        steps.append(Step("Sequestration", said, -withheld, citation="CARC 253"))
    paid = before - withheld
    over = billable - allowed
    patient = met + share + over
    if over:
        steps.append(Step("Balance billed", f"{dollars(billable)} − {dollars(allowed)}", over, citation="42 CFR 414.48(a)"))
    steps.append(Step("Patient owes", f"{dollars(met)} + {dollars(share)}" + (f" + {dollars(over)}" if over else ""), patient))
    steps.append(Step("Medicare pays", f"{dollars(before)} − {dollars(withheld)}", paid))
    notes = ("Medicare pays the patient, who pays the supplier.",) if not assigned else ()
    return Settlement(
        "Medicare's payment", paid, tuple(steps), notes, allowed, met, share, withheld, patient, asked - billable, limit
    )  # fmt: skip


