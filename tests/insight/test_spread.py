"""Distribution of scores and times, by hand."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from insight_class import DUE, Class, choice_item, chosen, simulated
from medcoding.insight.distribution import distribution
from medcoding.insight.gather import gather
from medcoding.insight.timing import between, timing


def test_distribution_by_hand() -> None:
    # Mean (20 + 40 + 60 + 100) / 4 = 55; deviations -35, -15, 5, 45: squares 3500, / 3 = 1166.67, root 34.157
    # Quartiles at places 1 + 3 q: 1.75 -> 35, 2.5 -> 50, 3.25 -> 70
    found = distribution(np.array([20.0, 40, 60, 100]))
    assert found.counts == (0, 0, 1, 0, 1, 0, 1, 0, 0, 1)
    values = [one.value for one in (found.mean, found.deviation, found.lower_quartile, found.median, found.upper_quartile, found.lowest, found.highest)]
    assert values == pytest.approx([55, 34.1565, 35, 50, 70, 20, 100], abs=1e-4)


def test_tenths_hold_their_lower_bound_and_extra_credit_stands_in_the_last() -> None:
    assert distribution(np.array([0.0, 9.99, 10, 30, 69.99999999999999, 90, 104])).counts == (2, 1, 0, 1, 0, 0, 0, 1, 0, 2)


@pytest.mark.parametrize("percents", [np.zeros(0), np.array([50.0])])
def test_nobody_and_one_student_have_no_spread_but_a_reason(percents: np.ndarray) -> None:
    found = distribution(percents)
    assert found.deviation.value is None
    assert found.deviation.reason
    assert sum(found.counts) == len(percents)


def test_time_is_counted_from_the_answer_before_whatever_the_order_and_breaks_are_left_out() -> None:
    minute, gap = 60.0, np.nan
    at = np.array([[10 * minute, 4 * minute, 0, 100 * minute], [gap, 5 * minute, gap, gap]])
    # First student: third exercise first, second 4 minutes later, first 6 minutes later, fourth after 90 minutes: a break
    assert between(at) == pytest.approx(np.array([[6 * minute, 4 * minute, gap, gap], [gap] * 4]), nan_ok=True)


def test_a_clock_ahead_of_the_submission_is_set_aside() -> None:
    made = Class([choice_item(0), choice_item(1)])
    late = {item.id: DUE + timedelta(days=1) for item in made.items}
    made.submit("ada", {item.id: chosen(item, 0) for item in made.items}, at=late)
    made.submit("ben", {item.id: chosen(item, 0) for item in made.items})
    found = timing(gather(made.store, made.graded, made.submissions))
    assert (found.set_aside, found.without) == (1, 1)
    assert found.rows[0].minutes.value is None


def test_submissions_are_counted_by_their_own_due_date() -> None:
    made = Class([choice_item(0)])
    for number, hours in enumerate((200, 168, 50, 30, 5, 0.5, 0, -0.01, -300)):
        made.submit(f"s{number}", {}, submitted=DUE - timedelta(hours=hours))
    made.submit("no-time", {}, submitted=None)
    assert timing(gather(made.store, made.graded, made.submissions)).handed_in == (2, 1, 1, 1, 2, 2)


def test_median_time_of_a_class() -> None:
    made = simulated(30, 4, seed=3)
    found = timing(gather(made.store, made.graded, made.submissions))
    assert found.rows[0].minutes.value is None  # the first answer has none before it
    for row in found.rows[1:]:
        assert row.minutes.n == 30
        assert 0.5 <= row.quarter.value <= row.minutes.value <= row.three_quarters.value <= 6
