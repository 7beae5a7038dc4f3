"""Classical test theory: difficulty, discrimination, reliability. Pure functions of arrays; students are rows, exercises columns.

A constant column or too few students give no figure but a reason, never NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, exp, log, sqrt, tanh

import numpy as np

from medcoding.insight.measures import Flags, Floats, Measure, none

Z95 = 1.959963984540054
"""The 0.975 quantile of the standard normal distribution."""


def difficulty(shares: Floats) -> Measure:
    """Item difficulty p: the mean share of the points that was earned, 1 where everybody earned all.

    For right-or-wrong items this is the share of right answers.

    Source: L. Crocker, J. Algina, Introduction to Classical and Modern Test Theory (1986), ch. 14; the mean share for items with
    partial credit: M. J. Allen, W. M. Yen, Introduction to Measurement Theory (1979), ch. 6.
    """
    known = shares[~np.isnan(shares)]
    if not len(known):
        return none("Nobody has a score here.")
    return Measure(float(known.mean()), len(known))


def discrimination(item: Floats, rest: Floats) -> Measure:
    """Corrected point-biserial: Pearson's r of an item's points with the total of all other items, over students who have both.

    With r the correlation with the whole total, s_T its and s_i the item's standard deviation, it is
    (r s_T - s_i) / sqrt(s_T² + s_i² - 2 r s_T s_i). The interval is Fisher's: tanh(atanh r ± 1.96 / sqrt(n - 3)).

    Sources: J. P. Guilford, The correlation of an item with a composite of the remaining items in a test, Educ. Psychol. Meas. 13
    (1953) 87-93. R. A. Fisher, On the "probable error" of a coefficient of correlation, Metron 1 (1921) 3-32.
    """
    both = ~(np.isnan(item) | np.isnan(rest))
    one, other = item[both], rest[both]
    n = len(one)
    if n < 3:
        return none(f"{n} {'student has' if n == 1 else 'students have'} this and other scores; 3 are needed.", n)
    if np.ptp(one) == 0:
        return none("Every student has the same points here.", n)
    if np.ptp(other) == 0:
        return none("Every student has the same points in the other exercises.", n)
    r = float(np.corrcoef(one, other)[0, 1])
    r = min(1.0, max(-1.0, r))
    if n < 4 or abs(r) > 1 - 1e-12:
        return Measure(r, n)
    reach = Z95 / sqrt(n - 3)
    return Measure(r, n, low=tanh(atanh(r) - reach), high=tanh(atanh(r) + reach))


@dataclass(frozen=True)
class Reliability:
    """How far the same students would come out alike on a like assignment. `deleted` holds alpha without each item in turn."""

    alpha: Measure
    sem: Measure
    deleted: tuple[Measure, ...]
    kr20: Measure
    items: int


def reliability(points: Floats) -> Reliability:
    """Reliability of complete scores, students by items in points.

    Args:
        points: no NaN in it; see `complete`.
    """
    k = points.shape[1]
    alpha = cronbach(points)
    deleted = tuple(cronbach(np.delete(points, place, axis=1)) for place in range(k))
    return Reliability(alpha, sem(points.sum(axis=1), alpha), deleted, kr20(points), k)


def cronbach(points: Floats) -> Measure:
    """Cronbach's alpha: k/(k-1) (1 - sum of the items' variances / variance of the total).

    The interval is Bonett's for parallel items: 1 - exp(ln(1 - alpha) ± 1.96 sqrt(2k / ((k-1)(n-2)))). Alpha may be negative.

    Sources: L. J. Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16 (1951) 297-334, formula 2.
    D. G. Bonett, Sample size requirements for testing and estimating coefficient alpha, J. Educ. Behav. Stat. 27 (2002) 335-340.
    """
    n, k = points.shape
    if k < 2:
        return none(f"{k} {'exercise' if k == 1 else 'exercises'}; 2 are needed.", n)
    if n < 2:
        return none(f"{n} {'student has' if n == 1 else 'students have'} all scores; 2 are needed.", n)
    whole = float(points.sum(axis=1).var(ddof=1))
    if whole <= 1e-12:
        return none("Every student has the same total.", n)
    alpha = k / (k - 1) * (1 - float(points.var(axis=0, ddof=1).sum()) / whole)
    if n < 3 or alpha >= 1 - 1e-12:
        return Measure(alpha, n)
    reach = Z95 * sqrt(2 * k / ((k - 1) * (n - 2)))
    return Measure(alpha, n, low=1 - exp(log(1 - alpha) + reach), high=1 - exp(log(1 - alpha) - reach))


def sem(totals: Floats, alpha: Measure) -> Measure:
    """Standard error of measurement, in points: s_X sqrt(1 - reliability).

    Two thirds of a student's scores on like assignments would lie within one of it of the true one.

    Source: F. M. Lord, M. R. Novick, Statistical Theories of Mental Test Scores (1968), ch. 3.
    """
    if alpha.value is None:
        return none(alpha.reason, alpha.n)
    if alpha.value < 0:
        return none("Alpha is below 0: the exercises do not measure one thing in this class.", alpha.n)
    return Measure(float(totals.std(ddof=1)) * sqrt(max(0.0, 1 - alpha.value)), alpha.n)


def kr20(points: Floats) -> Measure:
    """Kuder-Richardson formula 20, for items that give all points or none: k/(k-1) (1 - sum of p q / variance of the number right).

    The variance divides by n. On such items of one point each it equals Cronbach's alpha, so it is a check of it.

    Source: G. F. Kuder, M. W. Richardson, The theory of the estimation of test reliability, Psychometrika 2 (1937) 151-160.
    """
    n, k = points.shape
    full = points.max(axis=0) if n else np.zeros(k)
    dichotomous = bool(n and k and np.all((points == 0) | (points == full)) and np.ptp(full[full > 0] if np.any(full > 0) else full) == 0)
    if not dichotomous:
        return none("Only for exercises that give one and the same number of points or none.", n)
    if k < 2 or n < 2:
        return none("Two exercises and two students are needed.", n)
    right = (points > 0).astype(np.float64)
    p = right.mean(axis=0)
    variance = float(right.sum(axis=1).var())
    if variance == 0:
        return none("Every student has the same total.", n)
    return Measure(k / (k - 1) * (1 - float((p * (1 - p)).sum()) / variance), n)


@dataclass(frozen=True)
class Complete:
    """The scores that reliability rests on: `rows` and `columns` are what was kept of the class's table."""

    points: Floats
    rows: Flags
    columns: Flags


def complete(points: Floats, counted: Flags) -> Complete:
    """The part of a class's table that has no gap: first without exercises that half of the students or more have no score in,
    then without students who have a gap left (listwise deletion).

    Args:
        points: students by exercises; NaN where a grader is waited for.
        counted: the exercises that are worth points.
    """
    gaps = np.isnan(points)
    columns = counted & (gaps.mean(axis=0) < 0.5 if len(points) else np.zeros(points.shape[1], dtype=bool))
    rows: Flags = np.logical_not(np.any(gaps[:, columns], axis=1))
    return Complete(points[rows][:, columns], rows, columns)
