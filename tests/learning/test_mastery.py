"""Mastery by objective and domain, due items and the streak."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from learning_support import NOON, memories, pools, remembered
from medcoding.learning.mastery import Mastery, by_domain, by_objective, due_count, item_mastery, streak
from medcoding.learning.schedule import Candidate, Practised, Showing
from medcoding.learning.state import PracticeState

DAY = timedelta(days=1)
TODAY = NOON.date()


def test_the_newest_first_try_weighs_most() -> None:
    memory = remembered(due=NOON + DAY, last=NOON).model_copy(update={"shares": (0.0, 0.5, 1.0)})
    assert item_mastery(memory, NOON) == pytest.approx((0 * 1 + 0.5 * 2 + 1 * 3) / 6)


def test_mastery_falls_to_ninety_percent_when_the_stability_has_passed() -> None:
    memory = remembered(due=NOON + DAY, last=NOON)  # stability is by definition the days to 90% recall; here 5
    assert item_mastery(memory, NOON + 5 * DAY) == pytest.approx(0.9)


def test_unseen_is_unseen_and_not_zero() -> None:
    pool = [Candidate("one-a", "05-01", (1, 2), ("P14",)), Candidate("one-b", "05-01", (2,), ("P14", "A1")), Candidate("one-c", "05-01", (3,), ("S1",))]
    state = PracticeState(items={"one-b": remembered(due=NOON + DAY, last=NOON, share=0.5), "gone": remembered(due=NOON)})
    assert by_objective(pool, state, NOON) == [
        Mastery("05-01", "1", None, 0, 1), Mastery("05-01", "2", 0.5, 1, 2), Mastery("05-01", "3", None, 0, 1)
    ]
    assert by_domain(pool, state, NOON) == [Mastery("", "A1", 0.5, 1, 1), Mastery("", "P14", 0.5, 1, 2), Mastery("", "S1", None, 0, 1)]


def test_domains_stand_in_the_order_of_their_numbers() -> None:
    pool = [Candidate("one-a", "05-01", (), ("P14", "P6", "PC", "A2"))]
    assert [row.name for row in by_domain(pool, PracticeState(), NOON)] == ["A2", "P6", "P14", "PC"]


def test_wrong_is_zero() -> None:
    state = PracticeState().reviewed("one-a", Showing(None, NOON, 0.0))
    assert by_objective([Candidate("one-a", "05-01", (1,))], state, NOON)[0].value == 0


@given(memories(), st.integers(0, 2000))
def test_an_item_is_worth_0_to_1(memory: Practised, days: int) -> None:
    assert 0 <= item_mastery(memory, NOON + timedelta(days=days)) <= 1


@given(memories())
def test_all_right_raises_and_all_wrong_never_raises_mastery(memory: Practised) -> None:
    right, wrong = Showing(memory, NOON, 1.0).after(), Showing(memory, NOON, 0.0).after()
    fresh = memory.model_copy(update={"last": NOON, "due": NOON + DAY})
    assert item_mastery(wrong, NOON) <= item_mastery(fresh, NOON) + 1e-9
    assert item_mastery(right, NOON) > item_mastery(wrong, NOON)


@given(pools())
def test_rows_count_every_candidate_once_an_objective(pool: tuple[list[Candidate], PracticeState]) -> None:
    found, state = pool
    rows = by_objective(found, state, NOON)
    assert sum(row.total for row in rows) == sum(len(one.objectives) for one in found)
    assert all((row.value is None) == (row.seen == 0) and row.seen <= row.total for row in rows)
    assert [row.seen for row in rows] == [row.seen for row in by_objective(found[::-1], state, NOON)]


def test_only_released_items_are_counted_as_due() -> None:
    pool = [Candidate("one-a", "05-01"), Candidate("one-b", "05-01"), Candidate("one-c", "05-01")]
    state = PracticeState(items={"one-a": remembered(due=NOON), "one-b": remembered(due=NOON + DAY), "gone": remembered(due=NOON - DAY)})
    assert due_count(pool, state, NOON) == 1


@pytest.mark.parametrize(
    ("days", "count"),
    [
        ([], 0),
        ([0], 1),
        ([1], 1),
        ([0, 1, 2], 3),
        ([1, 2], 2),
        ([2, 3], 0),
        ([0, 2, 3], 1),
        ([-1, 0], 1),
        ([-1], 0),
    ],
)
def test_streak(days: list[int], count: int) -> None:
    assert streak([TODAY - timedelta(days=ago) for ago in days], TODAY) == count


def test_a_streak_ends_at_the_first_day_of_the_calendar() -> None:
    assert streak([date.min], date.min + timedelta(days=1)) == 1


def test_a_day_with_two_practices_counts_once() -> None:
    state = PracticeState()
    for minutes, name in enumerate(["one-a", "one-b", "one-a"]):
        state = state.reviewed(name, Showing(state.items.get(name), NOON + timedelta(minutes=minutes), 0.0))
    assert state.days == (TODAY,) and state.last == "one-a"
