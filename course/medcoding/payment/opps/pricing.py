"""An outpatient hospital claim priced, each line with its fate and its steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from medcoding.payment.opps.deciding import decide
from medcoding.payment.opps.lines import Item, LineLike, items
from medcoding.payment.opps.teaching_table import LABEL, indicators
from medcoding.payment.steps import ONE, ZERO, Number, Priced, Step, cents, dollars, exact, figure, percent, plain

ADD_ON = Decimal("1.06")
"""What a drug on its own line pays of its average sales price (42 CFR 414.904; 419.64 for pass-through drugs)."""

COINSURANCE = Decimal("0.2")
"""The patient's share of an outpatient rate at the least (42 CFR 419.40(b))."""

WAGES = "42 CFR 419.43(c)"


@dataclass(frozen=True)
class Outcome(Priced):
    """What becomes of one line: `fate` is "paid", "half", "composite", "packaged", "elsewhere" or "not paid", `why` says the reason.

    `status` is the indicator that held in the end, `patient` the coinsurance.
    """

    status: str = ""
    fate: str = ""
    why: str = ""
    patient: Decimal = ZERO


@dataclass(frozen=True)
class OutpatientBill(Priced):
    """The price of a claim: its lines in their order, and who pays."""

    lines: tuple[Outcome, ...] = field(repr=False, default=())

    @property
    def patient(self) -> Decimal:
        """The coinsurance of all lines."""
        return sum((line.patient for line in self.lines), ZERO)

    @property
    def medicare(self) -> Decimal:
        """What Medicare pays, before deductible and sequestration."""
        return self.amount - self.patient


def rate(weight: Number, factor: Number | None = None, wage_index: Number = 1) -> Priced:
    """The payment rate of a group: relative weight × conversion factor, 60 % of it moved by the wage index.

    `factor` is dollars a weight, by default that of CY2026.

    Source: 42 CFR 419.31, 419.32, 419.43(c) (`facts`: opps-conversion-factor, opps-labor-share). Raises `PaymentInputError`.
    """
    heavy, dollar = exact(weight, "weight"), figure("opps-conversion-factor") if factor is None else exact(factor, "factor")
    national = cents(heavy * dollar)
    first = Step("National rate", f"weight {plain(heavy)} × ${plain(dollar)}", national, citation="42 CFR 419.32")
    amount, second = by_wages(national, wage_factor(wage_index), exact(wage_index, "wage_index"))
    return Priced("Outpatient rate", amount, (first, second))


def wage_factor(wage_index: Number) -> Decimal:
    """What a wage index does to a rate: 60 % × index + 40 % (42 CFR 419.43(c)). Raises `PaymentInputError`."""
    share = figure("opps-labor-share")
    return share * exact(wage_index, "wage_index", least="0.1", most=5) + (ONE - share)


def by_wages(amount: Decimal, factor: Decimal, index: Decimal) -> tuple[Decimal, Step]:
    """An amount moved by wages, with its step."""
    share = figure("opps-labor-share")
    said = f"{dollars(amount)} × ({percent(share)} × {plain(index)} + {percent(ONE - share)})"
    found = cents(amount * factor)
    return found, Step("Wages", said, found, citation=WAGES)


def price(lines: Iterable[LineLike], wage_index: Number = 1, *, copay_cap: Number | None = None) -> OutpatientBill:
    """The payment of one day's outpatient hospital claim, with the course's own groups and rates.

    `lines` are service keys or HCPCS codes, alone, with units, or as `opps.Line`. `wage_index` is the hospital's. The patient
    pays 20 % of each line, and of one line no more than `copay_cap` (the inpatient deductible of the year), if given.
    Outliers, complexity adjustments, rural and cancer hospitals, and 340B drugs are not modelled.

    Source: 42 CFR part 419, each step with its section; CMS Claims Processing Manual ch. 4. Raises `PaymentInputError`.
    """
    index, factor = exact(wage_index, "wage_index"), wage_factor(wage_index)
    cap = None if copay_cap is None else exact(copay_cap, "copay_cap")
    found = items(lines)
    decide(found)
    priced = tuple(_priced(item, index, factor, cap) for item in found)
    total = sum((line.amount for line in priced), ZERO)
    steps = tuple(Step(f"{line.title}: {step.name}", step.formula, step.amount, step.unit, step.citation) for line in priced for step in line.steps)
    paid = [dollars(line.amount) for line in priced if line.amount]
    steps = (*steps, Step("Claim together", " + ".join(paid) or "no line is paid here", total))
    patient = sum((line.patient for line in priced), ZERO)
    notes = tuple(dict.fromkeys([*(note for line in priced for note in line.notes), f"Of this the patient pays {dollars(patient)}.", LABEL]))
    return OutpatientBill(f"Outpatient claim of {len(priced)} {'line' if len(priced) == 1 else 'lines'}", total, steps, notes, priced)


def _priced(item: Item, index: Decimal, factor: Decimal, cap: Decimal | None) -> Outcome:
    status = f"{item.entry.status}" + (f", here {item.status}" if item.status != item.entry.status else "")
    title = f"{item.title} ({status})"
    if item.fate in ("packaged", "not paid", "elsewhere"):
        said = {"packaged": "no payment of its own: ", "not paid": "not paid: ", "elsewhere": "not paid here: "}[item.fate] + item.why
        step = Step(item.fate.capitalize(), said, ZERO, citation=item.rule)
        return Outcome(title, ZERO, (step,), (), item.status, item.fate, item.why)
    if indicators()[item.status].pays == "cost":
        return _drug_or_device(item, title)
    steps = [_base(item)]
    amount = steps[0].amount
    if item.share != ONE:
        amount = cents(amount * item.share)
        steps.append(Step("Half", f"{dollars(steps[0].amount)} × {percent(item.share)}: {item.why}", amount, citation=item.rule))
    if index != ONE:
        amount, step = by_wages(amount, factor, index)
        steps.append(step)
    patient = cents(amount * COINSURANCE)
    patient = patient if cap is None else min(patient, cents(cap))
    return Outcome(title, amount, tuple(steps), (), item.status, item.fate, item.why, patient)


def _base(item: Item) -> Step:
    """The rate of a line before any reduction, or of its composite."""
    if item.composite:
        return Step("Composite", f"one payment: {item.why}", cents(item.composite.rate), citation=item.rule)
    rate = item.entry.rate or ZERO
    said = f"group “{item.entry.group}”" if item.entry.group != "as given" else "rate as given"
    times = f", {dollars(rate)} × {item.units}" if item.units > 1 else ""
    return Step("Rate", f"{said}{times}; {item.why}", cents(rate * item.units), citation=item.rule)


def _drug_or_device(item: Item, title: str) -> Outcome:
    """A drug at its sales price and 6 %, or a device at its cost; wages do not move either."""
    if item.cost is not None:
        step = Step("Cost", f"{item.why}: the hospital's cost", cents(item.cost), citation=item.rule)
        return Outcome(title, step.amount, (step,), (), item.status, "paid", item.why)
    if item.entry.asp is not None:
        amount = cents(item.entry.asp * ADD_ON * item.units)
        said = f"{item.why}: {dollars(item.entry.asp)} average sales price × 106 % × {item.units} {'unit' if item.units == 1 else 'units'}"
        step = Step("Drug", said, amount, citation=item.rule)
    else:
        step = Step("Drug", f"{item.why}: {dollars(item.entry.rate or ZERO)} × {item.units}", cents(item.amount), citation=item.rule)
    patient = ZERO if item.status in ("L",) else cents(step.amount * COINSURANCE)
    return Outcome(title, step.amount, (step,), (), item.status, "paid", item.why, patient)
