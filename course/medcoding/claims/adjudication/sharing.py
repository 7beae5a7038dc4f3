"""How an allowed amount is shared out between payer, patient and write-off, line by line, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from medcoding.claims.adjudication.plan import Plan
from medcoding.claims.x12.remittance import Adjustment
from medcoding.payment.steps import ZERO, Step, cents, dollars, figure, percent

CONTRACT, ABOVE = ("CO", "45"), ("CO", "94")
DEDUCTIBLE, COINSURANCE, COPAY = ("PR", "1"), ("PR", "2"), ("PR", "3")
WITHHELD, PACKAGED, NOT_COVERED, EARLIER = ("CO", "253"), ("CO", "234"), ("PR", "96"), ("OA", "23")


@dataclass
class Purse:
    """What a claim has still to take from the patient ahead of coinsurance: the open deductible, and one copayment."""

    deductible: Decimal
    copay: Decimal


@dataclass
class Share:
    """One line shared out: allowed, paid, and adjustments that make up the rest of the charge."""

    allowed: Decimal
    paid: Decimal
    adjustments: list[Adjustment] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    remarks: tuple[str, ...] = ()

    def take(self, kind: tuple[str, str], amount: Decimal) -> None:
        """An adjustment, where there is something to adjust."""
        if amount:
            self.adjustments.append(Adjustment(*kind, amount))


def share(charge: Decimal, allowed: Decimal, plan: Plan, purse: Purse, *, visit: bool = False, noncovered: Decimal = ZERO, prospective: bool = False, as_stay: bool = False) -> Share:
    """Share out one line as its first payer.

    The lower of charge and fee is allowed, but for prospective rates, which stand whatever was charged. Then the deductible,
    the copayment of a visit or the coinsurance, and 2 % of Medicare's own payment (`facts`: sequestration-share).
    """
    covered = charge - noncovered
    if not prospective and allowed > covered:
        allowed = covered
    made = Share(allowed, ZERO)
    made.take(NOT_COVERED, noncovered)
    if allowed > covered:
        made.take(ABOVE, covered - allowed)
        made.steps.append(Step("Rate above the charge", f"{dollars(covered)} was charged, the rate is {dollars(allowed)}", allowed, citation="CARC 94"))
    elif allowed < covered:
        made.take(CONTRACT, covered - allowed)
        made.steps.append(Step("Written off", f"charge {dollars(covered)} less allowed {dollars(allowed)}", covered - allowed, citation="CARC 45"))
    left = allowed
    if visit and purse.copay:
        copay = min(purse.copay, left)
        made.take(COPAY, copay)
        made.steps.append(Step("Copayment", f"the first visit of the claim: {dollars(purse.copay)} at most", copay, citation="CARC 3"))
        purse.copay, left = ZERO, left - copay
    else:
        met = min(purse.deductible, left)
        part = plan.stay_coinsurance if as_stay else plan.coinsurance
        coinsurance = cents((left - met) * part)
        made.take(DEDUCTIBLE, met)
        made.take(COINSURANCE, coinsurance)
        if met:
            made.steps.append(Step("Deductible", f"of {dollars(purse.deductible)} still open", met, citation="CARC 1"))
        if coinsurance:
            made.steps.append(Step("Coinsurance", f"({dollars(left)} − {dollars(met)}) × {percent(part)}", coinsurance, citation="CARC 2"))
        purse.deductible, left = purse.deductible - met, left - met - coinsurance
    withheld = cents(left * figure("sequestration-share")) if plan.sequestration else ZERO
    made.take(WITHHELD, withheld)
    if withheld:
        made.steps.append(Step("Sequestration", f"{dollars(left)} × {percent(figure('sequestration-share'))} withheld", withheld, citation="CARC 253"))
    made.paid = left - withheld
    made.steps.append(Step("Paid", f"{dollars(allowed)} less the above that comes out of it", made.paid))
    return made


def packaged(charge: Decimal, steps: Sequence[Step]) -> Share:
    """A line that is paid within another one."""
    made = Share(ZERO, ZERO, steps=list(steps), remarks=("M15",))
    made.take(PACKAGED, charge)
    return made


def after_earlier(charges: Sequence[Decimal], shares: Sequence[Share], prior: Decimal) -> list[Share]:
    """The lines as a later payer decides them, after earlier payers have paid `prior` together.

    A teaching rule: all payers together pay no more than this payer allows. What the earlier ones did (payments and write-offs)
    is one adjustment, OA 23, shared out by what is allowed; this payer pays its own benefit or what is left, if that is less.
    """
    total = sum((one.allowed for one in shares), ZERO)
    left_over = min(prior, total)
    made: list[Share] = []
    for place, (charge, own) in enumerate(zip(charges, shares, strict=True)):
        rest = sum((one.allowed for one in shares[place:]), ZERO)
        part = min(cents(left_over * own.allowed / rest) if rest else ZERO, own.allowed)
        left_over -= part
        remaining = own.allowed - part
        found = Share(own.allowed, min(own.paid, remaining), steps=list(own.steps))
        found.take(EARLIER, charge - remaining)
        found.take(COINSURANCE, remaining - found.paid)
        found.steps.append(Step("Earlier payers", f"their part of {dollars(prior)} paid, with what they wrote off", charge - remaining, citation="CARC 23"))
        found.steps.append(Step("Paid", f"own benefit {dollars(own.paid)}, but no more than the {dollars(remaining)} left", found.paid))
        made.append(found)
    return made
