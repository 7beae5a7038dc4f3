"""Cohen's kappa of two graders, unweighted and weighted, with its large-sample standard error. Pure.

Sources:
    J. Cohen, A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20 (1960) 37-46.
    J. Cohen, Weighted kappa, Psychol. Bull. 70 (1968) 213-220.
    J. L. Fleiss, J. Cohen, B. S. Everitt, Large sample standard errors of kappa and weighted kappa,
    Psychol. Bull. 72 (1969) 323-327: the standard error, for an agreement that is not supposed to be zero.
    W. Barlow, M.-Y. Lai, S. P. Azen, A comparison of methods for calculating a stratified kappa,
    Stat. Med. 10 (1991) 1465-1472: kappas of several tables, weighted by the size of the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

Weights = Literal["none", "linear", "quadratic"]
ROUNDING = 1e-12


@dataclass(frozen=True)
class Kappa:
    """An agreement. `observed` and `expected` are (weighted) shares of agreement; `kappa` and `error` are None where undefined.

    Kappa is undefined where chance alone would give full agreement: both graders gave one and the same mark throughout.
    """

    n: int
    observed: float
    expected: float
    kappa: float | None
    error: float | None

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """The confidence interval kappa ± z times the standard error, within [-1, 1]; None where undefined."""
        if self.kappa is None or self.error is None:
            return None
        reach = NormalDist().inv_cdf(0.5 + level / 2) * self.error
        return max(-1.0, self.kappa - reach), min(1.0, self.kappa + reach)


def weight(one: float, other: float, span: float, weights: Weights) -> float:
    """How far two marks agree, from 0 to 1: 1 minus their distance, or its square, as a share of the span of the scale.

    With marks 0, 1, … k-1 these are the weights 1-|i-j|/(k-1) and 1-(i-j)²/(k-1)²; with other points, distances count in points.
    """
    if one == other:
        return 1.0
    if weights == "none":
        return 0.0
    distance = abs(one - other) / span
    return 1.0 - (distance if weights == "linear" else distance * distance)


def kappa(pairs: Sequence[tuple[float, float]], weights: Weights = "none") -> Kappa:
    """Cohen's kappa over pairs of marks, the first of one grader and the second of the other, for the same answers.

    Raises:
        ValueError: there are no pairs.
    """
    if not pairs:
        raise ValueError("No pair of marks was given; kappa needs answers that both graders marked.")
    n = len(pairs)
    cells = Counter(pairs)
    rows, columns = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    marks = rows.keys() | columns.keys()
    span = max(marks) - min(marks) or 1.0

    def w(one: float, other: float) -> float:
        return weight(one, other, span, weights)

    observed = sum(count * w(*pair) for pair, count in cells.items()) / n
    row_mean = {one: sum(count * w(one, other) for other, count in columns.items()) / n for one in rows}
    column_mean = {other: sum(count * w(one, other) for one, count in rows.items()) / n for other in columns}
    expected = sum(count * row_mean[one] for one, count in rows.items()) / n
    rest = 1.0 - expected
    if rest < ROUNDING:
        return Kappa(n, observed, expected, None, None)
    spread = sum(
        count / n * (w(one, other) * rest - (row_mean[one] + column_mean[other]) * (1.0 - observed)) ** 2
        for (one, other), count in cells.items()
    )
    variance = (spread - (observed * expected - 2.0 * expected + observed) ** 2) / (n * rest**4)
    return Kappa(n, observed, expected, (observed - expected) / rest, sqrt(max(0.0, variance)))


def stratified(parts: Sequence[Kappa]) -> Kappa:
    """One kappa over several tables (items, criteria), each weighted by its size; tables without a kappa are left out.

    Its standard error takes the tables as independent. `observed` and `expected` are the means over all marks.

    Raises:
        ValueError: there are no tables.
    """
    if not parts:
        raise ValueError("No table was given; a stratified kappa needs one at least.")
    everything = sum(part.n for part in parts)
    observed = sum(part.n * part.observed for part in parts) / everything
    expected = sum(part.n * part.expected for part in parts) / everything
    defined = [(part.n, part.kappa, part.error or 0.0) for part in parts if part.kappa is not None]
    if not defined:
        return Kappa(everything, observed, expected, None, None)
    n = sum(size for size, _, _ in defined)
    value = sum(size * one for size, one, _ in defined) / n
    error = sqrt(sum((size * one) ** 2 for size, _, one in defined)) / n
    return Kappa(everything, observed, expected, value, error)
