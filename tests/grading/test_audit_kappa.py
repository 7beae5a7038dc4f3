"""Cohen's kappa: published results, an example worked by hand, and laws."""

from __future__ import annotations

from math import sqrt
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.grading.audit.agreement import agreements, table
from medcoding.grading.audit.kappa import Kappa, kappa, stratified
from medcoding.grading.audit.marks import Marked

SAS = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]
"""A table of SAS's PROC FREQ, whose printed results are those below (kept by statsmodels among its tests)."""

ANXIETY = (
    [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
    [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
)
"""The second and third rater of the data `anxiety` of R's package irr."""


def pairs_of(counts: list[list[int]]) -> list[tuple[float, float]]:
    return [(float(one), float(other)) for one, row in enumerate(counts) for other, count in enumerate(row) for _ in range(count)]


def test_unweighted_kappa_is_that_which_sas_prints() -> None:
    found = kappa(pairs_of(SAS))
    assert (round(found.kappa, 4), round(found.error, 4)) == (0.4842, 0.1380)
    assert tuple(round(limit, 4) for limit in found.interval()) == (0.2137, 0.7547)


def test_linear_kappa_is_that_which_sas_prints() -> None:
    found = kappa(pairs_of(SAS), "linear")
    assert (round(found.kappa, 4), round(found.error, 4)) == (0.4701, 0.1457)
    assert tuple(round(limit, 4) for limit in found.interval()) == (0.1845, 0.7558)


@pytest.mark.parametrize(("weights", "value"), [("none", -0.006289308), ("linear", 0.1459075), ("quadratic", 0.2520325)])
def test_kappas_are_those_of_r_irr(weights: str, value: float) -> None:
    places = {mark: float(place) for place, mark in enumerate(sorted({*ANXIETY[0], *ANXIETY[1]}))}  # irr counts categories, not points
    found = kappa([(places[one], places[other]) for one, other in zip(*ANXIETY, strict=True)], weights)
    assert found.kappa == pytest.approx(value, abs=1e-7)


def test_example_worked_by_hand() -> None:
    """100 answers: 40 both right, 30 both wrong, 10 and 20 between. By hand, after Fleiss, Levin and Paik (2003), 18.13 to 18.15.

    Observed .7; chance .5·.6 + .5·.4 = .5; kappa .2/.5 = .4.
    A = .4(1 - 1.1·.6)² + .3(1 - .9·.6)² = .10972; B = .36(.1·1.1² + .2·.9²) = .10188; C = (.4 - .5·.6)² = .01.
    Variance (A + B - C)/(100·.5²) = .008064, standard error .0898.
    """
    found = kappa(pairs_of([[40, 10], [20, 30]]))
    assert found.observed == pytest.approx(0.7) and found.expected == pytest.approx(0.5)
    assert found.kappa == pytest.approx(0.4) and found.error == pytest.approx(sqrt(0.008064))
    assert found.interval() == pytest.approx((0.4 - 1.959964 * sqrt(0.008064), 0.4 + 1.959964 * sqrt(0.008064)))


def test_full_agreement_is_one_without_error() -> None:
    found = kappa([(0, 0), (1, 1), (2, 2)])
    assert (found.kappa, found.error, found.interval()) == (1, 0, (1, 1))


def test_one_mark_throughout_has_no_kappa() -> None:
    found = kappa([(2, 2), (2, 2)])
    assert (found.observed, found.kappa, found.error, found.interval()) == (1, None, None, None)


def test_nothing_has_no_kappa() -> None:
    with pytest.raises(ValueError, match="both graders"):
        kappa([])
    with pytest.raises(ValueError, match="one at least"):
        stratified([])


def test_stratified_kappa_worked_by_hand() -> None:
    """Weights 20 and 60: (20·.5 + 60·.7)/80 = .65; error √((20·.1)² + (60·.2)²)/80 = √148/80. The table without a kappa is left out."""
    parts = [Kappa(20, 0.6, 0.2, 0.5, 0.1), Kappa(60, 0.8, 0.4, 0.7, 0.2), Kappa(20, 1.0, 1.0, None, None)]
    found = stratified(parts)
    assert (found.n, found.kappa, found.error) == (100, pytest.approx(0.65), pytest.approx(sqrt(148) / 80))
    assert found.observed == pytest.approx((12 + 48 + 20) / 100)


MARKS = st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.sampled_from([0.0, 0.5, 1.0, 3.0])), min_size=1, max_size=40)
WEIGHTS = st.sampled_from(["none", "linear", "quadratic"])


def close(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else one == pytest.approx(other, abs=1e-9)


@given(MARKS, WEIGHTS)
def test_order_of_the_graders_does_not_matter(pairs: list, weights: str) -> None:
    one, other = kappa(pairs, weights), kappa([(b, a) for a, b in pairs], weights)
    assert close(one.kappa, other.kappa) and close(one.error, other.error)


@given(MARKS, WEIGHTS, st.sampled_from([0.25, 2.0, 10.0]), st.sampled_from([-1.0, 0.0, 4.0]))
def test_scale_of_the_points_does_not_matter(pairs: list, weights: str, factor: float, start: float) -> None:
    one, other = kappa(pairs, weights), kappa([(a * factor + start, b * factor + start) for a, b in pairs], weights)
    assert close(one.kappa, other.kappa) and close(one.error, other.error)


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0])), min_size=1, max_size=30))
def test_with_two_marks_all_weights_are_one(pairs: list) -> None:
    plain, linear, quadratic = (kappa(pairs, weights) for weights in ("none", "linear", "quadratic"))
    assert close(plain.kappa, linear.kappa) and close(plain.kappa, quadratic.kappa) and close(plain.error, quadratic.error)


@given(MARKS, WEIGHTS)
def test_kappa_and_its_interval_stay_within_bounds(pairs: list, weights: str) -> None:
    found = kappa(pairs, weights)
    if found.kappa is not None:
        low, high = found.interval()
        assert -1 - 1e-9 <= low <= found.kappa + 1e-9 and found.kappa - 1e-9 <= high <= 1 + 1e-9


@given(MARKS)
def test_quadratic_kappa_is_the_concordance_of_the_points(pairs: list) -> None:
    """2·cov/(var₁ + var₂ + (mean₁ - mean₂)²), with population moments: Fleiss and Cohen (1973) on kappa and intraclass correlation."""
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    below = pvariance(one) + pvariance(other) + (fmean(one) - fmean(other)) ** 2
    found = kappa(pairs, "quadratic").kappa
    if below < 1e-9:
        assert found is None
    else:
        covariance = fmean(a * b for a, b in pairs) - fmean(one) * fmean(other)
        assert found == pytest.approx(2 * covariance / below, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40))
def test_error_is_that_of_the_other_published_form(pairs: list) -> None:
    """The unweighted standard error as Fleiss, Levin and Paik (2003) write it: √(A + B - C)/((1 - expected)√n)."""
    found = kappa([(float(one), float(other)) for one, other in pairs])
    if found.kappa is None:
        return
    n = len(pairs)
    row = [sum(one == mark for one, _ in pairs) / n for mark in range(4)]
    column = [sum(other == mark for _, other in pairs) / n for mark in range(4)]
    share = {(one, other): pairs.count((one, other)) / n for one in range(4) for other in range(4)}
    rest = 1 - found.kappa
    a = sum(share[m, m] * (1 - (row[m] + column[m]) * rest) ** 2 for m in range(4))
    b = rest**2 * sum(share[i, j] * (column[i] + row[j]) ** 2 for i in range(4) for j in range(4) if i != j)
    c = (found.kappa - found.expected * rest) ** 2
    assert found.error == pytest.approx(sqrt(max(0, a + b - c) / n) / (1 - found.expected), abs=1e-6)


def marked(grader: str, student: str, cell: str, *points: float, version: str = "v") -> Marked:
    return Marked(grader, student, "one", cell, version, points, tuple(3.0 for _ in points), tuple(f"criterion {n}" for n in range(len(points))))


def test_agreement_is_told_by_criterion_item_and_pooled() -> None:
    given = [
        ("ada", "x", (3, 1), (3, 0)), ("bob", "x", (0, 0), (0, 0)), ("cyd", "x", (3, 2), (2, 2)),
        ("ada", "y", (1,), (1,)), ("bob", "y", (2,), (3,)),
    ]  # fmt: skip
    marks = [one for student, cell, ann, ben in given for one in (marked("ann", student, cell, *ann), marked("ben", student, cell, *ben))]
    marks += [marked("ann", "dee", "x", 1, 1), marked("ann", "eve", "x", 1, 1), marked("ben", "eve", "x", 3, 3, version="another text")]
    found = agreements(marks)
    assert [(one.item, one.criterion, one.plain.n) for one in found] == [
        ("x", "criterion 0", 3), ("x", "criterion 1", 3), ("x", "", 3), ("y", "", 2), ("", "", 5), ("", "all criteria", 6),
    ]  # fmt: skip
    first = found[0]
    assert first.graders == ("ann", "ben") and first.same == pytest.approx(2 / 3)
    assert first.plain.kappa == pytest.approx(0.5), "observed 2/3, chance 2/3·1/3 + 1/3·1/3 = 1/3"
    assert found[4].same == pytest.approx(2 / 5)
    rows = table(found)
    assert rows[0][:5] == ["graders", "item", "criterion", "answers", "same"] and rows[5][1:4] == ["all items", "points", "5"]


def test_three_graders_are_compared_two_by_two() -> None:
    marks = [marked(grader, student, "x", points) for grader in ("ann", "ben", "cat") for student, points in (("ada", 1.0), ("bob", 2.0))]
    assert [one.graders for one in agreements(marks)] == [("ann", "ben"), ("ann", "cat"), ("ben", "cat")]
    assert all(one.plain.kappa == 1 for one in agreements(marks))


def test_marks_of_one_grader_alone_agree_with_nobody() -> None:
    assert agreements([marked("ann", "ada", "x", 1.0)]) == []
