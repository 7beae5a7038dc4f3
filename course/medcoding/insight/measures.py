"""A figure, or the reason why there is none; and the correction of many tests at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Marks = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNSTEADY = 30
"""Below so many students a page says that its figures are unsteady: the 95 % interval of a correlation then spans more than 0.6."""


@dataclass(frozen=True)
class Measure:
    """A figure from `n` observations, with its 95 % interval where there is one; or None, and `reason` says why."""

    value: float | None
    n: int = 0
    reason: str = ""
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.value is not None and not isfinite(self.value):
            raise ValueError(f"{self.value} is no figure; give None and a reason.")
        if self.value is None and not self.reason:
            raise ValueError("A figure that is not there needs a reason.")


def none(reason: str, n: int = 0) -> Measure:
    """No figure, and why."""
    return Measure(None, n, reason)


def mean(values: Floats, *, what: str = "Nobody has a score here.") -> Measure:
    """The arithmetic mean of what is known; NaN stands for what is not."""
    known = values[~np.isnan(values)]
    return Measure(float(known.mean()), len(known)) if len(known) else none(what)


def holm(p_values: Sequence[float], family: int | None = None) -> list[float]:
    """P-values corrected for their number by Holm's step-down procedure, in the order given.

    The i-th smallest of m is multiplied by m - i + 1; none is smaller than one before it, none above 1.

    Args:
        family: how many tests there were, where only the smallest p-values are given.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6 (1979) 65-70.
    """
    corrected = [1.0] * len(p_values)
    so_far, many = 0.0, family or len(p_values)
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda one: p_values[one])):
        so_far = max(so_far, min(1.0, p_values[place] * (many - rank)))
        corrected[place] = so_far
    return corrected
