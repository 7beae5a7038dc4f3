"""The distribution of the class's scores in percent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medcoding.insight.measures import Floats, Measure, none

BINS = 10


@dataclass(frozen=True)
class Distribution:
    """`counts` are students by tenths: 0 to under 10 percent, …, 90 to 100 percent. Percent above 100 (extra credit) stands in the last."""

    n: int
    counts: tuple[int, ...]
    mean: Measure
    median: Measure
    deviation: Measure
    lowest: Measure
    lower_quartile: Measure
    upper_quartile: Measure
    highest: Measure


def distribution(percents: Floats) -> Distribution:
    """Summary of scores in percent.

    The deviation divides by n - 1. Quartiles are interpolated between the order statistics at 1 + (n - 1) q.

    Source of the quartiles: R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages, Am. Stat. 50 (1996) 361-365, type 7.
    """
    n = len(percents)
    places = np.clip((percents / (100 / BINS) + 1e-9).astype(np.int64), 0, BINS - 1)
    counts = tuple(int(count) for count in np.bincount(places, minlength=BINS))
    if not n:
        nobody = none("No submission has been graded.")
        return Distribution(0, counts, *([nobody] * 7))
    lowest, lower, median, upper, highest = (Measure(float(one), n) for one in np.quantile(percents, [0, 0.25, 0.5, 0.75, 1]))
    deviation = Measure(float(percents.std(ddof=1)), n) if n > 1 else none("One submission has no spread.", n)
    return Distribution(n, counts, Measure(float(percents.mean()), n), median, deviation, lowest, lower, upper, highest)
