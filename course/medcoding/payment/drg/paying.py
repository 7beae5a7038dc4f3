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
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from html import escape
from typing import TYPE_CHECKING, Any

from medcoding.facts import fact
from medcoding.payment.drg import weights
from medcoding.payment.drg.case import DrgInputError
from medcoding.payment.drg.transfer import KINDS, NONE, SPECIAL, Transfer, share, transfer_of

if TYPE_CHECKING:
    from medcoding.payment.drg.grouping import Grouping

BURNS = frozenset({927, 928, 929, 933, 934, 935})
"""The MS-DRGs of MDC 22, whose outliers are paid 90 percent of the excess (42 CFR 412.84(l))."""

PAID_DSH = Decimal("0.25")
"""The part of the disproportionate share formula that is still paid with each discharge (42 CFR 412.106(f))."""

_CENT = Decimal("0.01")
_ZERO = Decimal(0)

Number = Decimal | int | float | str


@dataclass(frozen=True)
class Step:
    """One step: its name, the formula in words, the same with its figures, the amount in dollars, where the rule stands."""

    name: str
    formula: str
    figures: str
    amount: Decimal
    citation: str


@dataclass(frozen=True)
class Payment:
    """The operating payment of one stay. `total` is in dollars; `outlier` is the part of it paid for extraordinary cost."""

    drg: int
    title: str
    steps: tuple[Step, ...]
    transfer: Transfer
    outlier: Decimal
    total: Decimal

    @property
    def text(self) -> str:
        """The steps as sentences, to be read aloud."""
        lines = [f"Payment for MS-DRG {self.drg}, {self.title}. {self.transfer.why}"]
        lines += [f"{step.name}: {step.formula}. That is {step.figures}, {dollars(step.amount)}." for step in self.steps]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(step.name)}</th>'
            f'<td style="text-align:left">{escape(step.formula)}</td><td style="text-align:left">{escape(step.figures)}</td>'
            f'<td style="text-align:right">{dollars(step.amount)}</td><td style="text-align:left">{escape(step.citation)}</td></tr>'
            for step in self.steps
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Step", "Formula", "Figures", "Amount", "Source"))
        return (
            f"<table class='mc-payment'><caption>Payment for MS-DRG {self.drg:03d} {escape(self.title)}. "
            f"{escape(self.transfer.why)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )


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
        cost_of_living: the factor of hospitals in Alaska and Hawaii (42 CFR 412.64(h)(3)).
        ime: the indirect medical education factor, such as 0.0744 (42 CFR 412.105(d)).
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
        DrgInputError: for an amount that is no number or out of range, a figure that is needed and missing, or MS-DRG 998
            and 999, which are not paid.
    """
    if not grouping.valid:
        raise DrgInputError(f"MS-DRG {grouping.drg} is not paid. {grouping.findings[0].message}")
    year = grouping.case.fiscal_year
    relative = _weight(grouping, weight)
    index = _amount("wage_index", wage_index, least=Decimal("0.1"), most=Decimal(5))
    labor = _labor_share(labor_share, index, year)
    living = _amount("cost_of_living", cost_of_living, least=Decimal(1), most=Decimal(2))
    factors = _Area(labor, index, living)
    paid_as = _transfer(grouping, transfer)
    part, in_words = _share(grouping, paid_as, length_of_stay, gmlos)

    steps = [*_base_steps(_amount("base", base), factors, relative)]
    if part < 1:
        full = steps[-1].amount
        steps.append(
            Step("Transfer", in_words, f"{dollars(full)} × {part}", _cents(full * part), "42 CFR 412.4(f)")
        )
    federal = steps[-1].amount
    steps += _additions(federal, ime, dsh, uncompensated_care)
    before = _cents(federal + sum((step.amount for step in steps if step.name in _ADDED), _ZERO))
    steps.append(
        Step("Payment before outlier", "the operating payment and all additions", _sum(steps, federal), before, "42 CFR 412.2(f)")
    )
    outlier = _ZERO
    if covered_charges is not None or ccr is not None:
        costs = _costs(covered_charges, ccr)
        steps += _outlier_steps(grouping, costs, before, _threshold(outlier_threshold, year), factors, part)
        outlier = steps[-1].amount
    total = _cents(before + outlier)
    steps.append(Step("Total", "payment before outlier + outlier payment", f"{dollars(before)} + {dollars(outlier)}", total, ""))
    return Payment(grouping.drg, grouping.title, tuple(steps), paid_as, outlier, total)


@dataclass(frozen=True)
class _Area:
    labor: Decimal
    wage_index: Decimal
    living: Decimal

    @property
    def words(self) -> str:
        return f"({_plain(self.labor)} × {_plain(self.wage_index)} + {_plain(1 - self.labor)} × {_plain(self.living)})"

    @property
    def factor(self) -> Decimal:
        return self.labor * self.wage_index + (1 - self.labor) * self.living


_IME, _DSH, _CARE = "Indirect medical education", "Disproportionate share", "Uncompensated care"
_ADDED = (_IME, _DSH, _CARE)


def _base_steps(base: Decimal, area: _Area, relative: Decimal) -> list[Step]:
    labor = _cents(base * area.labor * area.wage_index)
    other = _cents(base * (1 - area.labor) * area.living)
    adjusted = labor + other
    rule = "42 CFR 412.64(h)"
    return [
        Step("Labor part", "base × labor share × wage index", f"{dollars(base)} × {_plain(area.labor)} × {_plain(area.wage_index)}", labor, rule),
        Step("Non-labor part", "base × (1 − labor share) × cost of living", f"{dollars(base)} × {_plain(1 - area.labor)} × {_plain(area.living)}", other, rule),
        Step("Adjusted base rate", "labor part + non-labor part", f"{dollars(labor)} + {dollars(other)}", adjusted, rule),
        Step("MS-DRG payment", "adjusted base rate × relative weight", f"{dollars(adjusted)} × {_plain(relative)}", _cents(adjusted * relative), "42 CFR 412.60(b)"),
    ]  # fmt: skip


def _additions(federal: Decimal, ime: Number, dsh: Number, care: Number) -> list[Step]:
    steps = []
    teaching = _amount("ime", ime, most=Decimal(2))
    share_of_poor = _amount("dsh", dsh, most=Decimal(2))
    uncompensated = _amount("uncompensated_care", care)
    if teaching:
        steps.append(Step(_IME, "MS-DRG payment × IME factor", f"{dollars(federal)} × {_plain(teaching)}", _cents(federal * teaching), "42 CFR 412.105"))
    if share_of_poor:
        steps.append(Step(_DSH, "MS-DRG payment × DSH factor × 25 %", f"{dollars(federal)} × {_plain(share_of_poor)} × 0.25", _cents(federal * share_of_poor * PAID_DSH), "42 CFR 412.106(d) and (f)"))
    if uncompensated:
        steps.append(Step(_CARE, "the hospital's amount for each discharge", dollars(uncompensated), _cents(uncompensated), "42 CFR 412.106(g)"))
    return steps  # fmt: skip


def _sum(steps: list[Step], federal: Decimal) -> str:
    return " + ".join([dollars(federal), *(dollars(step.amount) for step in steps if step.name in _ADDED)])


def _outlier_steps(
    grouping: Grouping, costs: tuple[Decimal, Decimal], before: Decimal, fixed: Decimal, area: _Area, part: Decimal
) -> list[Step]:
    charges, ratio = costs
    cost = _cents(charges * ratio)
    own = _cents(_cents(fixed * part) * area.factor)
    least = before + own
    marginal = Decimal(str(fact("ipps-outlier-marginal-burns" if grouping.drg in BURNS else "ipps-outlier-marginal").value)) / 100
    over = max(cost - least, _ZERO)
    what = "fixed loss × (labor share × wage index + (1 − labor share) × cost of living)"
    scaled = f"{dollars(fixed)}{f' × {part}' if part < 1 else ''} × {area.words}"
    return [
        Step("Cost of the stay", "covered charges × cost-to-charge ratio", f"{dollars(charges)} × {_plain(ratio)}", cost, "42 CFR 412.84(h)"),
        Step("Fixed loss here", what + (" × transfer share" if part < 1 else ""), scaled, own, "42 CFR 412.80(a)(3)"),
        Step("Outlier threshold", "payment before outlier + fixed loss here", f"{dollars(before)} + {dollars(own)}", least, "42 CFR 412.80(a)(3)"),
        Step("Cost above the threshold", "cost of the stay − outlier threshold, not below 0", f"{dollars(cost)} − {dollars(least)}", over, "42 CFR 412.84(k)"),
        Step("Outlier payment", f"{marginal:.0%} of the cost above the threshold", f"{dollars(over)} × {_plain(marginal)}", _cents(over * marginal), "42 CFR 412.84(l)" if grouping.drg in BURNS else "42 CFR 412.84(k)"),
    ]  # fmt: skip


def _weight(grouping: Grouping, given: Number | None) -> Decimal:
    if given is not None:
        return _amount("weight", given, most=Decimal(100))
    if grouping.weight is None:
        raise DrgInputError(f"{weights.why_none(grouping.case.fiscal_year)} Give the weight of MS-DRG {grouping.drg:03d}: weight=….")
    return grouping.weight


def _labor_share(given: Number | None, wage_index: Decimal, year: int) -> Decimal:
    if given is not None:
        return _amount("labor_share", given, most=Decimal(1))
    if year != weights.YEAR:
        raise DrgInputError(f"The labor-related share of FY {year} is not known here: give it, such as labor_share=0.62.")
    name = "ipps-labor-share-high" if wage_index > 1 else "ipps-labor-share-low"
    return Decimal(str(fact(name).value)) / 100


def _threshold(given: Number | None, year: int) -> Decimal:
    if given is not None:
        return _amount("outlier_threshold", given)
    if year != weights.YEAR:
        raise DrgInputError(f"The fixed-loss amount of FY {year} is not known here: give outlier_threshold=….")
    return Decimal(str(fact("ipps-fixed-loss").value))


def _costs(charges: Number | None, ratio: Number | None) -> tuple[Decimal, Decimal]:
    if charges is None or ratio is None:
        raise DrgInputError("A cost outlier needs both covered_charges and ccr, the hospital's operating cost-to-charge ratio.")
    return _amount("covered_charges", charges), _amount("ccr", ratio, most=Decimal(5))


def _transfer(grouping: Grouping, given: str | None) -> Transfer:
    if given is None:
        return transfer_of(grouping.case, grouping.drg)
    if given not in KINDS:
        raise DrgInputError(f"transfer is {given!r}; it may be {', '.join(map(repr, KINDS))}, or be left out.")
    words = {NONE: "paid in full", SPECIAL: "a post-acute transfer of special pay"}.get(given, f"a transfer, {given}")
    return Transfer(given, f"The discharge is taken as {words}.")


def _share(grouping: Grouping, paid_as: Transfer, days: int | None, given: Number | None) -> tuple[Decimal, str]:
    """(share of the full payment, the formula in words)."""
    if paid_as.kind == NONE:
        return Decimal(1), ""
    mean = grouping.gmlos if given is None else _amount("gmlos", given, least=Decimal("0.1"), most=Decimal(200))
    if mean is None:
        raise DrgInputError(f"{weights.why_none(grouping.case.fiscal_year)} A transfer needs the geometric mean stay: gmlos=….")
    if days is None:
        raise DrgInputError(f"{paid_as.why} It is paid by the day, so length_of_stay is needed.")
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        raise DrgInputError(f"length_of_stay is {days!r}; it must be whole days, 0 or more.")
    stay = f"{max(days, 1)} {'day' if max(days, 1) == 1 else 'days'} + 1"
    per_day = f"({stay}) ÷ {mean} days of geometric mean stay"
    words = f"MS-DRG payment × {per_day}" if paid_as.kind != SPECIAL else f"MS-DRG payment × (half + half of {per_day})"
    return share(paid_as.kind, days, mean), words


def _amount(name: str, value: Any, least: Decimal = _ZERO, most: Decimal = Decimal(10**9)) -> Decimal:
    try:
        if isinstance(value, bool):
            raise TypeError
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except (InvalidOperation, TypeError):
        raise DrgInputError(f"{name} is {str(value)[:40]!r}, and must be a number.") from None
    if not number.is_finite() or not least <= number <= most:
        hint = " Shares and factors are written as 0.66, not 66." if most <= 5 and number.is_finite() and number > most else ""
        raise DrgInputError(f"{name} is {str(value)[:40]}; it must lie between {least} and {most:,}.{hint}")
    return number


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _plain(number: Decimal) -> str:
    """A factor without needless zeros: 0.66, 1, 1.3144."""
    return f"{number.normalize():f}"


def dollars(amount: Decimal) -> str:
    """An amount as it is read: $6,700.00."""
    return f"${amount:,.2f}"
