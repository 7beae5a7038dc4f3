"""A quality score that moves a physician's payment, in the manner of the Merit-based Incentive Payment System."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from medcoding.payment.explanation import Explanation
from medcoding.payment.steps import (
    ONE,
    ZERO,
    Number,
    Priced,
    Step,
    cents,
    dollars,
    exact,
    figure,
    percent,
    plain,
    rounded,
)
from medcoding.payment.tables import read

RULE = "42 CFR 414.1405(b)"

LABEL = "A teaching example: the scaling factor of a year is not known before it, and exemptions are left out."


@dataclass(frozen=True)
class Adjustment:
    """By what share payment moves: `share` is 0.05 for 5 % more, −0.09 for 9 % less."""

    score: Decimal
    share: Decimal
    steps: tuple[Step, ...] = field(repr=False)

    def of(self, amount: Number | Priced) -> Priced:
        """What an amount that Medicare pays becomes. Raises `PaymentInputError`."""
        paid = amount.amount if isinstance(amount, Priced) else cents(exact(amount, "amount"))
        moved = cents(paid * self.share)
        last = Step("Adjusted", f"{dollars(paid)} {'+' if moved >= 0 else '−'} {dollars(abs(moved))}", paid + moved, citation=RULE)
        return Priced("Payment after adjustment", paid + moved, (*self.steps, last), (LABEL,))

    def explain(self) -> Explanation:
        """How the score became a share."""
        sign = "no change" if not self.share else f"{percent(abs(self.share))} {'more' if self.share > 0 else 'less'}"
        return Explanation("Payment adjustment", f"{sign}.", self.steps, (LABEL,))

    def __str__(self) -> str:
        return percent(self.share)

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()


def final_score(quality: Number, cost: Number, improvement: Number, interoperability: Number) -> Decimal:
    """The final score, 0 to 100: quality and cost 30 % each, interoperability 25 %, improvement activities 15 %. Each is 0 to 100.

    Source: 42 U.S.C. 1395w-4(q)(5)(E), 42 CFR 414.1380. Raises `PaymentInputError`.
    """
    given = {"quality": quality, "cost": cost, "improvement": improvement, "interoperability": interoperability}
    weights = {name: Decimal(str(row["weight"])) for name, row in read("value_rules")["mips"].items()}
    return rounded(sum((exact(value, name, most=100) * weights[name] for name, value in given.items()), ZERO), 2)


def mips(score: Number, *, threshold: Number | None = None, largest: Number | None = None, scaling: Number = 1) -> Adjustment:
    """The payment adjustment of a final score from 0 to 100.

    At the `threshold` nothing changes. Above it the adjustment rises in a straight line to the `largest` at 100, times the
    `scaling` factor (at most 3) that keeps the budget. Below it the adjustment falls in a straight line to minus the largest
    at 0; a quarter of the threshold or less has that in full.

    Source: 42 CFR 414.1405(b) (`facts`: mips-threshold, mips-largest-adjustment). Raises `PaymentInputError`.
    """
    points = exact(score, "score", most=100)
    level = figure("mips-threshold") if threshold is None else exact(threshold, "threshold", least=1, most=99)
    most = figure("mips-largest-adjustment") if largest is None else exact(largest, "largest", most=1)
    factor = exact(scaling, "scaling", most=3)
    if points >= level:
        share = most * (points - level) / (100 - level) * factor
        said = f"{percent(most)} × ({plain(points)} − {plain(level)}) / (100 − {plain(level)})" + (f" × {plain(factor)}" if factor != ONE else "")
    elif points <= level / 4:
        share, said = -most, f"{plain(points)} is a quarter of the threshold of {plain(level)} or less: the whole {percent(most)} is taken"
    else:
        share = -most * (level - points) / level
        said = f"−{percent(most)} × ({plain(level)} − {plain(points)}) / {plain(level)}"
    share = rounded(share, 4)
    return Adjustment(points, share, (Step("Adjustment", said, share * 100, "%", RULE),))
