"""Quantiles of the normal distribution and of Student's t, as tables of statistics print them.

t is found from its distribution function, which is an incomplete beta function (Abramowitz and Stegun, 26.7.1 and 26.5.8),
by halving an interval. Right to nine decimals, which the tests hold against printed tables.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist


def normal_quantile(probability: float) -> float:
    """The value below which a standard normal variable lies with that probability: 0.95 gives 1.6449. Raises `ValueError` outside (0, 1)."""
    _between(probability)
    return NormalDist().inv_cdf(probability)


@lru_cache(maxsize=256)
def t_quantile(probability: float, degrees: int) -> float:
    """The value below which Student's t with so many degrees of freedom lies with that probability: (0.95, 29) gives 1.6991.

    Raises `ValueError` for a probability outside (0, 1) or less than one degree of freedom.
    """
    _between(probability)
    if degrees < 1:
        raise ValueError(f"Degrees of freedom are {degrees}: 1 or more were expected, which takes a sample of at least 2.")
    if probability < 0.5:
        return -t_quantile(1 - probability, degrees)
    low, high = 0.0, 1.0
    while _below(high, degrees) < probability and high < 1e12:
        low, high = high, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _below(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def _between(probability: float) -> None:
    if not 0 < probability < 1:
        raise ValueError(f"The probability is {probability}: a number between 0 and 1 was expected, such as 0.95.")


def _below(value: float, degrees: int) -> float:
    """P(t <= value) for value >= 0."""
    return 1 - _incomplete_beta(degrees / (degrees + value * value), degrees / 2, 0.5) / 2


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function, by its continued fraction on the side where that is quick."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    return front * _fraction(x, a, b) / a if x < (a + 1) / (a + b + 2) else 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    result = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1 / (1 + step * d or tiny)
            c = 1 + step / c or tiny
            result *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return result
