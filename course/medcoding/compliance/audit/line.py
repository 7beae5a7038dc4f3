"""The 95 percent line: whether an audited rate lies above it, below it, or whether the sample is too small to tell.

95 percent is the quality standard that coding departments commonly hold themselves to; no statute sets it. The interval is
Wilson's score interval for a share (E. B. Wilson, 1927).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from medcoding.compliance.audit.quantiles import normal_quantile

if TYPE_CHECKING:
    from medcoding.payment.explanation import Explanation

LINE = Decimal("0.95")


def wilson(right: int, count: int, confidence: float = 0.90) -> tuple[float, float]:
    """Lower and upper limit of the two-sided score interval for a share of `right` in `count`. Raises `ValueError` for counts that cannot be."""
    if isinstance(right, bool) or isinstance(count, bool) or not isinstance(right, int) or not isinstance(count, int) or not 0 <= right <= count or count < 1:
        raise ValueError(f"{right!r} right of {count!r}: whole numbers were expected, from 0 to the count, and a count from 1.")
    z = normal_quantile((1 + confidence) / 2)
    share, spread = right / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Verdict:
    """A rate against the line: `right` of `count`, and the interval in which the true rate lies with 90 percent confidence."""

    right: int
    count: int
    line: Decimal
    lower: float
    upper: float
    confidence: float

    @property
    def rate(self) -> Decimal:
        """The rate in the sample, in 0..1."""
        return Decimal(self.right) / self.count

    @property
    def meets(self) -> bool:
        """Whether the rate in the sample is at or above the line."""
        return self.rate >= self.line

    @property
    def told(self) -> str:
        """"above", "below", or "cannot tell" where the interval holds the line."""
        if self.lower >= float(self.line):
            return "above"
        return "below" if self.upper < float(self.line) else "cannot tell"

    def explain(self) -> Explanation:
        """The rate, its interval, and what follows."""
        from medcoding.payment.explanation import Explanation
        from medcoding.payment.steps import Step, percent, rounded

        level = f"{self.confidence:.0%}".replace("%", " %")
        steps = (
            Step("Rate in the sample", f"{self.right} / {self.count}", rounded(self.rate * 100, 1), "%"),
            Step(f"Lower limit, {level}", "score interval", rounded(Decimal(str(self.lower)) * 100, 1), "%", "Wilson 1927"),
            Step(f"Upper limit, {level}", "score interval", rounded(Decimal(str(self.upper)) * 100, 1), "%", "Wilson 1927"),
        )
        sense = {
            "above": "the true rate lies above the line.",
            "below": "the true rate lies below the line.",
            "cannot tell": "the sample is too small to tell on which side of the line the true rate lies.",
        }[self.told]
        lead = f"{percent(rounded(self.rate, 3))} against a line of {percent(self.line)}: {sense}"
        return Explanation("The line", lead, steps, ("No statute sets this line; a department does.",))


def line(right: int, count: int, least: Decimal | str = LINE, confidence: float = 0.90) -> Verdict:
    """A rate of `right` in `count` against the line `least` (a share in 0..1). Raises `ValueError` for counts or a line that cannot be."""
    standard = Decimal(str(least))
    if not 0 < standard <= 1:
        raise ValueError(f"The line is {least}: a share above 0 and up to 1 was expected, such as 0.95.")
    return Verdict(right, count, standard, *wilson(right, count, confidence), confidence)
