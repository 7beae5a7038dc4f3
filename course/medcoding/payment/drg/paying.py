"""What Medicare pays for a stay: the operating payment of the inpatient prospective payment system, step by step.

The formula is that of 42 CFR part 412 as CMS's IPPS Pricer computes it. Each step is rounded to the cent, so that it can be
checked by hand; the Pricer rounds less often, and may differ by cents:

    base × (labor share × wage index + (1 − labor share) × cost of living) × relative weight     412.60, 412.64(h)
    × the transfer's share of it                                                                  412.4(f)
    + indirect medical education + disproportionate share (a quarter of the former formula)       412.105, 412.106
    + uncompensated care                                                                          412.106(g)
    + outlier: 80 % (burns: 90 %) of the cost above payment and fixed loss                        412.80, 412.84

Capital (412.300 ff.), new technology, quality programs and hospital-specific rates are left out: a claim's true payment is
computed by Medicare's Pricer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from medcoding.payment.drg import weights
from medcoding.payment.drg.case import DrgInputError
from medcoding.payment.drg.transfer import KINDS, NONE, SPECIAL, Transfer, share, transfer_of
from medcoding.payment.steps import ZERO, Number, PaymentInputError, Priced, Step, cents, dollars, exact, figure, plain

if TYPE_CHECKING:
    from medcoding.payment.drg.grouping import Grouping

BURNS = frozenset({927, 928, 929, 933, 934, 935})
"""The MS-DRGs of MDC 22, whose outliers are paid 90 percent of the excess (42 CFR 412.84(l))."""

PAID_DSH = Decimal("0.25")
"""The part of the disproportionate share formula that is still paid with each discharge (42 CFR 412.106(f))."""


@dataclass(frozen=True)
class Payment(Priced):
    """The operating payment of one stay, in dollars, with the steps to it. `outlier` is the part paid for extraordinary cost."""

    drg: int = 0
    transfer: Transfer = Transfer(NONE, "")  # noqa: RUF009
    outlier: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The whole payment: the same as `amount`."""
        return self.amount


@dataclass(frozen=True)
class _Area:
    """What a hospital's area does to a national amount."""

    labor: Decimal
    wage_index: Decimal
    living: Decimal

    @property
    def factor(self) -> Decimal:
        return self.labor * self.wage_index + (1 - self.labor) * self.living

    @property
    def words(self) -> str:
        return f"({plain(self.labor)} × {plain(self.wage_index)} + {plain(1 - self.labor)} × {plain(self.living)})"


def payment(
    grouping: Grouping,
    *,
    base: Number,
    wage_index: Number = 1,
    labor_share: Number | None = None,
    cost_of_living: Number = 1,
    ime: Number = 0,
    dsh: Number = 0,
    uncompensated_care: Number = 0,
    covered_charges: Number | None = None,
    ccr: Number | None = None,
    outlier_threshold: Number | None = None,
    length_of_stay: int | None = None,
    transfer: str | None = None,
    weight: Number | None = None,
    gmlos: Number | None = None,
) -> Payment:
    """The operating payment of a grouped stay, step by step.

    Args:
        grouping: what `group` gave.
        base: the national adjusted operating standardized amount, labor and non-labor together, in dollars.
        wage_index: the hospital's wage index.
        labor_share: the labor-related share, 0 to 1. Left out, that of FY 2026 for the wage index (42 CFR 412.64(h)).
        cost_of_living: the factor of hospitals in Alaska and Hawaii (42 CFR 412.64(h)).
        ime: the indirect medical education factor, such as 0.0744 (42 CFR 412.105).
        dsh: the disproportionate share percentage of 42 CFR 412.106(d) as a factor; a quarter of it is paid.
        uncompensated_care: the hospital's amount for each discharge, in dollars (42 CFR 412.106(g)).
        covered_charges, ccr: the covered charges of the stay and the hospital's operating cost-to-charge ratio; with both
            the cost outlier is computed.
        outlier_threshold: the fixed-loss amount. Left out, that of FY 2026.
        length_of_stay: in days; needed when the discharge is a transfer.
        transfer: how the discharge is paid: "none", "acute", "post-acute" or "special". Left out, by the discharge status
            and Table 5.
        weight, gmlos: the relative weight and geometric mean stay, where Table 5 of the year is not installed.

    Raises:
        PaymentInputError: an amount that is no number or out of range, or a figure that is needed and missing.
        DrgInputError: MS-DRG 998 or 999, which are not paid.
    """
    if not grouping.valid:
        raise DrgInputError(f"MS-DRG {grouping.drg} is not paid. {grouping.findings[0].message}")
    year = grouping.case.fiscal_year
    relative = _weight(grouping, weight)
    index = exact(wage_index, "The wage index", least="0.1", most=5)
    area = _Area(_labor_share(labor_share, index, year), index, exact(cost_of_living, "The cost of living", least=1, most=2))
    paid_as = _transfer(grouping, transfer)
    part, in_words = _share(grouping, paid_as, length_of_stay, gmlos)

    steps = _base_steps(exact(base, "The base rate"), area, relative)
    if part < 1:
        full = steps[-1].amount
        formula = f"{in_words} = {dollars(full)} × {plain(part)}"
        steps.append(Step("Transfer", formula, cents(full * part), citation="42 CFR 412.4(f)"))
    federal = steps[-1].amount
    added = _additions(federal, ime, dsh, uncompensated_care)
    before = federal + sum((step.amount for step in added), ZERO)
    summed = " + ".join(dollars(amount) for amount in (federal, *(step.amount for step in added)))
    steps += [*added, Step("Payment before outlier", f"operating payment and additions = {summed}", before, citation="42 CFR 412.2(f)")]
    outlier = ZERO
    if covered_charges is not None or ccr is not None:
        fixed = _threshold(outlier_threshold, year)
        steps += _outlier_steps(grouping.drg in BURNS, _cost(covered_charges, ccr), before, fixed, area, part)
        outlier = steps[-1].amount
    total = before + outlier
    steps.append(Step("Total", f"payment before outlier + outlier payment = {dollars(before)} + {dollars(outlier)}", total))
    return Payment(
        title=f"Payment for MS-DRG {grouping.drg:03d}, {grouping.title}",
        amount=total,
        steps=tuple(steps),
        notes=(paid_as.why, "Operating payment only: capital, new technology and quality programs are left out."),
        drg=grouping.drg,
        transfer=paid_as,
        outlier=outlier,
    )


def _base_steps(base: Decimal, area: _Area, relative: Decimal) -> list[Step]:
    labor = cents(base * area.labor * area.wage_index)
    other = cents(base * (1 - area.labor) * area.living)
    adjusted = labor + other
    rows = (
        ("Labor part", f"base × labor share × wage index = {dollars(base)} × {plain(area.labor)} × {plain(area.wage_index)}", labor, "42 CFR 412.64(h)"),
        ("Non-labor part", f"base × (1 − labor share) × cost of living = {dollars(base)} × {plain(1 - area.labor)} × {plain(area.living)}", other, "42 CFR 412.64(h)"),
        ("Adjusted base rate", f"labor part + non-labor part = {dollars(labor)} + {dollars(other)}", adjusted, "42 CFR 412.64(h)"),
        ("MS-DRG payment", f"adjusted base rate × relative weight = {dollars(adjusted)} × {plain(relative)}", cents(adjusted * relative), "42 CFR 412.60(b)"),
    )  # fmt: skip
    return [Step(name, formula, amount, citation=rule) for name, formula, amount, rule in rows]


def _additions(federal: Decimal, ime: Number, dsh: Number, care: Number) -> list[Step]:
    teaching = exact(ime, "The IME factor", most=2)
    low_income = exact(dsh, "The DSH factor", most=2)
    uncompensated = exact(care, "The uncompensated care amount")
    rows = (
        ("Indirect medical education", f"MS-DRG payment × IME factor = {dollars(federal)} × {plain(teaching)}", cents(federal * teaching), "42 CFR 412.105"),
        ("Disproportionate share", f"MS-DRG payment × DSH factor × 25 % = {dollars(federal)} × {plain(low_income)} × 0.25", cents(federal * low_income * PAID_DSH), "42 CFR 412.106(d) and (f)"),
        ("Uncompensated care", "the hospital's amount for each discharge", cents(uncompensated), "42 CFR 412.106(g)"),
    )  # fmt: skip
    return [Step(name, formula, amount, citation=rule) for name, formula, amount, rule in rows if amount]


def _outlier_steps(
    burns: bool, cost: Step, before: Decimal, fixed: Decimal, area: _Area, part: Decimal
) -> list[Step]:
    """The threshold moves with the area, and with the transfer's share (as in the Pricer)."""
    own = cents(cents(fixed * part) * area.factor)
    least = before + own
    over = max(cost.amount - least, ZERO)
    marginal = figure("ipps-outlier-marginal-burns" if burns else "ipps-outlier-marginal")
    scaled = f"{dollars(fixed)}{f' × {plain(part)}' if part < 1 else ''} × {area.words}"
    rows = (
        ("Fixed loss here", f"fixed loss{' × transfer share' if part < 1 else ''} × area = {scaled}", own, "42 CFR 412.80(a)(3)"),
        ("Outlier threshold", f"payment before outlier + fixed loss here = {dollars(before)} + {dollars(own)}", least, "42 CFR 412.80(a)(3)"),
        ("Cost above the threshold", f"cost − threshold, not below 0 = {dollars(cost.amount)} − {dollars(least)}", over, "42 CFR 412.84(k)"),
        ("Outlier payment", f"{marginal:.0%} of the cost above the threshold = {dollars(over)} × {plain(marginal)}", cents(over * marginal), "42 CFR 412.84(l)" if burns else "42 CFR 412.84(k)"),
    )  # fmt: skip
    return [cost, *(Step(name, formula, amount, citation=rule) for name, formula, amount, rule in rows)]


def _cost(charges: Number | None, ratio: Number | None) -> Step:
    if charges is None or ratio is None:
        raise PaymentInputError("A cost outlier needs both covered_charges and ccr, the hospital's operating cost-to-charge ratio.")
    charged = exact(charges, "The covered charges")
    share_of_charges = exact(ratio, "The cost-to-charge ratio", most=5)
    formula = f"covered charges × cost-to-charge ratio = {dollars(charged)} × {plain(share_of_charges)}"
    return Step("Cost of the stay", formula, cents(charged * share_of_charges), citation="42 CFR 412.84(h)")


def _weight(grouping: Grouping, given: Number | None) -> Decimal:
    if given is not None:
        return exact(given, "The relative weight", most=100)
    if grouping.weight is None:
        raise PaymentInputError(f"{weights.why_none(grouping.case.fiscal_year)} Give the weight of MS-DRG {grouping.drg:03d}: weight=….")
    return grouping.weight


def _labor_share(given: Number | None, wage_index: Decimal, year: int) -> Decimal:
    if given is not None:
        return exact(given, "The labor share (written 0.66, not 66)", most=1)
    if year != weights.YEAR:
        raise PaymentInputError(f"The labor-related share of FY {year} is not known here: give it, such as labor_share=0.62.")
    return figure("ipps-labor-share-high" if wage_index > 1 else "ipps-labor-share-low")


def _threshold(given: Number | None, year: int) -> Decimal:
    if given is not None:
        return exact(given, "The fixed-loss amount")
    if year != weights.YEAR:
        raise PaymentInputError(f"The fixed-loss amount of FY {year} is not known here: give outlier_threshold=….")
    return figure("ipps-fixed-loss")


def _transfer(grouping: Grouping, given: str | None) -> Transfer:
    if given is None:
        return transfer_of(grouping.case, grouping.drg)
    if given not in KINDS:
        raise PaymentInputError(f"transfer is {given!r}; it may be {', '.join(map(repr, KINDS))}, or be left out.")
    words = {NONE: "paid in full", SPECIAL: "a post-acute transfer of special pay"}.get(given, f"a transfer, {given}")
    return Transfer(given, f"The discharge is taken as {words}.")


def _share(grouping: Grouping, paid_as: Transfer, days: int | None, given: Number | None) -> tuple[Decimal, str]:
    """(share of the full payment, the formula in words)."""
    if paid_as.kind == NONE:
        return Decimal(1), ""
    mean = grouping.gmlos if given is None else exact(given, "The geometric mean stay", least="0.1", most=200)
    if mean is None:
        raise PaymentInputError(f"{weights.why_none(grouping.case.fiscal_year)} A transfer needs the geometric mean stay: gmlos=….")
    if days is None:
        raise PaymentInputError(f"{paid_as.why} It is paid by the day, so length_of_stay is needed.")
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        raise PaymentInputError(f"The length of stay is {days!r}; it must be whole days, 0 or more.")
    counted = max(days, 1)
    per_day = f"({counted} {'day' if counted == 1 else 'days'} + 1) ÷ {mean} days of geometric mean stay"
    words = f"MS-DRG payment × {per_day}" if paid_as.kind != SPECIAL else f"MS-DRG payment × (half + half of {per_day})"
    return share(paid_as.kind, days, mean), words
