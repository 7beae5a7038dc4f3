"""Difficulty, discrimination and reliability against examples worked out by hand and against published ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from insight_class import with_covariance
from medcoding.insight.classical import complete, cronbach, difficulty, discrimination, kr20, reliability, sem
from medcoding.insight.measures import Measure, holm

STAIRS = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=float)
"""Four students, three items of one point; the totals are 3, 2, 1, 0."""


def test_difficulty_is_the_mean_share_of_those_who_are_scored() -> None:
    # (1 + 0.5 + 0) / 3, the fourth waits for a grader
    assert difficulty(np.array([1, 0.5, 0, np.nan])) == Measure(0.5, 3)
    assert difficulty(np.array([np.nan])).value is None


def test_alpha_by_hand() -> None:
    # Variances (n - 1) of the items: 0.25, 1/3, 0.25, together 5/6; of the totals 3, 2, 1, 0: 5/3.
    # alpha = 3/2 (1 - (5/6) / (5/3)) = 3/2 · 1/2 = 0.75
    found = reliability(STAIRS)
    assert found.alpha.value == pytest.approx(0.75)
    # Without item 1 the totals are 2, 1, 0, 0, variance 11/12; the items' variances 7/12: 2 (1 - 7/11) = 8/11.
    # Without item 2: 2, 1, 1, 0, variance 2/3, items 1/2: 2 (1 - 3/4) = 1/2. Item 3 mirrors item 1.
    assert [one.value for one in found.deleted] == pytest.approx([8 / 11, 1 / 2, 8 / 11])
    # SEM = sqrt(5/3) · sqrt(1 - 0.75) = 1.29099 · 0.5
    assert found.sem.value == pytest.approx(0.645497, abs=1e-6)


def test_kr20_by_hand_equals_alpha() -> None:
    # Sum of p q = 0.1875 + 0.25 + 0.1875 = 0.625; the variance of the totals with divisor n is 1.25; 3/2 (1 - 0.5) = 0.75
    assert kr20(STAIRS).value == pytest.approx(0.75)
    assert kr20(2 * STAIRS).value == pytest.approx(0.75)


def test_kr20_is_not_given_for_partial_credit_or_unlike_points() -> None:
    assert kr20(np.array([[1, 0.5], [0, 1], [1, 1]])).value is None
    assert kr20(np.array([[1.0, 2], [0, 2], [1, 0]])).value is None


@given(arrays(np.int64, st.tuples(st.integers(2, 12), st.integers(2, 8)), elements=st.integers(0, 1)))
def test_kr20_equals_alpha_wherever_both_are_defined(points: np.ndarray) -> None:
    one, other = kr20(points.astype(float)), cronbach(points.astype(float))
    if one.value is not None and other.value is not None:
        assert one.value == pytest.approx(other.value)


def test_alpha_of_a_published_covariance_matrix() -> None:
    # StatsBase.jl, documentation of cronbachalpha: alpha 0.8136; with an item dropped 0.7500, 0.7606, 0.7714, 0.7826
    found = reliability(with_covariance([[10, 6, 6, 6], [6, 11, 6, 6], [6, 6, 12, 6], [6, 6, 6, 13]], 50))
    assert found.alpha.value == pytest.approx(0.8136, abs=5e-5)
    assert [one.value for one in found.deleted] == pytest.approx([0.7500, 0.7606, 0.7714, 0.7826], abs=5e-5)


def test_interval_of_alpha_by_hand() -> None:
    # Seven parallel items, n = 89, alpha 0.85: their correlation is 0.85 / 1.9.
    # sqrt(2·7 / (6·87)) = 0.163768; times 1.959964 is 0.320979; 1 - 0.15 e^±0.320979 = 0.79323 and 0.89118.
    # Feldt's exact interval for the same figures is 0.7971 to 0.8931 (documentation of ci.cronbach in the R package statpsych).
    r = 0.85 / 1.9
    alpha = cronbach(with_covariance([[1.0 if row == column else r for column in range(7)] for row in range(7)], 89))
    assert alpha.value == pytest.approx(0.85)
    assert (alpha.low, alpha.high) == pytest.approx((0.79323, 0.89118), abs=1e-5)
    assert (alpha.low, alpha.high) == pytest.approx((0.7971, 0.8931), abs=0.005)


def test_discrimination_by_hand_leaves_the_item_itself_out() -> None:
    # Item 1 is 1, 1, 1, 0 and the rest 2, 1, 0, 0: sum of products 0.75, sums of squares 0.75 and 2.75: 0.75 / sqrt(2.0625)
    assert discrimination(STAIRS[:, 0], STAIRS[:, 1:].sum(axis=1)).value == pytest.approx(0.75 / 2.0625**0.5)
    # Item 2 is 1, 1, 0, 0 and the rest 2, 1, 1, 0: 1 / sqrt(1 · 2)
    assert discrimination(STAIRS[:, 1], STAIRS[:, [0, 2]].sum(axis=1)).value == pytest.approx(0.5**0.5)


def test_discrimination_agrees_with_the_formula_from_the_item_total_correlation() -> None:
    # Guilford's: (r s_T - s_i) / sqrt(s_T² + s_i² - 2 r s_T s_i)
    points = np.random.default_rng(5).integers(0, 3, size=(40, 6)).astype(float)
    total = points.sum(axis=1)
    for item in points.T:
        r, s_total, s_item = np.corrcoef(item, total)[0, 1], total.std(), item.std()
        wanted = (r * s_total - s_item) / np.sqrt(s_total**2 + s_item**2 - 2 * r * s_total * s_item)
        assert discrimination(item, total - item).value == pytest.approx(wanted)


def test_interval_of_a_correlation_by_hand() -> None:
    # r = 0.5, n = 28: atanh 0.5 = 0.549306, 1.959964 / sqrt(25) = 0.391993; tanh 0.157313 = 0.15603, tanh 0.941299 = 0.73582
    data = with_covariance([[1, 0.5], [0.5, 1]], 28)
    found = discrimination(data[:, 0], data[:, 1])
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.15603, 0.73582), abs=1e-5)


@pytest.mark.parametrize(
    ("item", "rest", "why"),
    [
        ([1.0], [2.0], "1 student has"),
        ([], [], "0 students have"),
        ([1.0, 1, 1], [1.0, 2, 3], "same points here"),
        ([0.0, 1, 1], [2.0, 2, 2], "other exercises"),
    ],
)
def test_where_discrimination_is_not_defined_there_is_a_reason(item: list[float], rest: list[float], why: str) -> None:
    found = discrimination(np.array(item), np.array(rest))
    assert found.value is None
    assert why in found.reason


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.ones((1, 3)), np.ones((5, 3)), np.ones((5, 1)), np.zeros((3, 0))])
def test_where_reliability_is_not_defined_there_is_a_reason(points: np.ndarray) -> None:
    found = reliability(points)
    for one in (found.alpha, found.sem, found.kr20, *found.deleted):
        assert one.value is None
        assert one.reason


def test_negative_alpha_is_shown_and_has_no_standard_error() -> None:
    # Two items that go against each other: 2 (1 - (0.5 + 0.5) / var(1,1,1,2,0)) with variances 0.3 + 0.3 and 0.5 -> 2 (1 - 1.2) = -0.4
    points = np.array([[1, 0], [0, 1], [1, 0], [1, 1], [0, 0]], dtype=float)
    alpha = cronbach(points)
    assert alpha.value == pytest.approx(-0.4)
    assert sem(points.sum(axis=1), alpha).value is None


@given(arrays(np.float64, st.tuples(st.integers(0, 8), st.integers(0, 6)), elements=st.sampled_from([0.0, 0.5, 1.0])))
def test_no_class_whatever_gives_nan(points: np.ndarray) -> None:
    found = reliability(points)  # Measure itself refuses NaN
    assert len(found.deleted) == points.shape[1]


def test_gaps_are_left_out_by_column_first_and_then_by_row() -> None:
    gap = np.nan
    points = np.array([[1, gap, 1, 0], [0, gap, 1, 0], [1, 1, gap, 0], [0, 0, 1, 0]], dtype=float)
    found = complete(points, np.array([True, True, True, False]))
    # Item 2 is missing for half of the class; then student 3 still has a gap; item 4 does not count
    assert found.columns.tolist() == [True, False, True, False]
    assert found.rows.tolist() == [True, True, False, True]
    assert found.points.tolist() == [[1, 1], [0, 1], [0, 1]]


def test_holm_by_hand() -> None:
    # Sorted 0.005·4 = 0.02, 0.01·3 = 0.03, 0.03·2 = 0.06, 0.04·1 = 0.04 -> not below 0.06
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.01], family=7) == pytest.approx([0.07])
    assert holm([]) == []


def test_a_figure_is_never_nan_and_never_silent() -> None:
    with pytest.raises(ValueError, match="no figure"):
        Measure(float("nan"))
    with pytest.raises(ValueError, match="reason"):
        Measure(None)
