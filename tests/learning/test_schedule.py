"""When an item comes back: ratings, dates and their laws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from fsrs import Rating
from hypothesis import assume, given
from hypothesis import strategies as st
from learning_support import NOON, memories, shares, tries
from medcoding.items import Item
from medcoding.learning.schedule import LONGEST_DAYS, Practised, Showing, candidates, rate, recall


@pytest.mark.parametrize(
    ("first", "ratings"),
    [
        (1.0, [Rating.Easy, Rating.Good, Rating.Good]),
        (0.8, [Rating.Good, Rating.Good, Rating.Hard]),
        (0.5, [Rating.Hard, Rating.Hard, Rating.Again]),
        (0.49, [Rating.Again, Rating.Again, Rating.Again]),
        (0.0, [Rating.Again, Rating.Again, Rating.Again]),
    ],
)
def test_the_table_of_ratings(first: float, ratings: list[Rating]) -> None:
    assert [rate(first, count) for count in (1, 2, 3)] == ratings


def test_a_first_right_answer_may_be_a_guess() -> None:
    assert rate(1.0, 1, new=True) == Rating.Good


@given(shares, shares, tries, tries, st.booleans())
def test_more_points_never_lower_a_rating_and_more_tries_never_raise_it(one: float, two: float, few: int, many: int, new: bool) -> None:
    low, high = sorted((one, two))
    few, many = sorted((few, many))
    assert rate(low, many, new=new) <= rate(high, few, new=new)


def test_wrong_comes_back_in_ten_minutes_and_right_in_days() -> None:
    assert Showing(None, NOON, 0.0).after().due == NOON + timedelta(minutes=10)
    # FSRS-6: the first Good leaves a stability of 2.3065 days (default weight w2), and at 90% wanted the interval is the stability.
    assert Showing(None, NOON, 1.0).after().due == NOON + timedelta(days=2)


def test_right_again_and_again_comes_back_later_each_time() -> None:
    memory, at, waits = None, NOON, []
    for _ in range(4):
        memory = Showing(memory, at, 1.0).after()
        waits.append(memory.due - at)
        at = memory.due
    assert waits == sorted(waits) and len(set(waits)) > 2 and memory is not None and memory.reviews == 4


@given(st.none() | memories(), st.integers(0, 400))
def test_right_is_due_later_than_wrong(before: Practised | None, days: int) -> None:
    at = NOON + timedelta(days=days)
    right, wrong = Showing(before, at, 1.0).after(), Showing(before, at, 0.0).after()
    assert at < wrong.due < right.due <= at + timedelta(days=LONGEST_DAYS)


@given(memories(), shares, tries)
def test_a_showing_is_one_review_however_many_its_tries(before: Practised, first: float, count: int) -> None:
    showing = Showing(before, NOON, first)
    for _ in range(count):
        showing = showing.again()
    after = showing.after()
    assert after.reviews == before.reviews + 1 and after.shares[-1] == first and showing.tries == count + 1
    assert after == showing.after()


@given(memories())
def test_what_is_remembered_survives_json(memory: Practised) -> None:
    assert Practised.model_validate_json(memory.model_dump_json()) == memory


@given(memories(), st.integers(0, 3000), st.integers(0, 3000))
def test_recall_falls_with_time_and_stays_a_chance(memory: Practised, one: int, two: int) -> None:
    soon, late = sorted((one, two))
    assert 0 <= recall(memory, NOON + timedelta(days=late)) <= recall(memory, NOON + timedelta(days=soon)) <= 1


@given(memories(), st.integers(1, 1000), shares)
def test_a_clock_set_back_does_no_harm(memory: Practised, days: int, first: float) -> None:
    at = memory.last - timedelta(days=days)
    assume(at.year >= 2000)
    assert at < Showing(memory, at, first).after().due and recall(memory, at) == 1


@pytest.mark.parametrize("at", [datetime(2026, 3, 16), datetime(2026, 3, 16, tzinfo=timezone(timedelta(hours=1)))])
def test_a_time_that_is_not_utc_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        Showing(None, at, 1.0)


def item(name: str, **more: object) -> Item:
    shared = {
        "lesson": "05-02", "title": "A title", "question": "Which?", "rationale": "So.", "citations": [{"course": "a rule of the course"}],
        "form": "choice", "key": {"options": [{"text": "Right.", "correct": True}, {"text": "Wrong.", "feedback": "No."}]},
    }
    return Item.model_validate({"id": name, **shared, **more})


def test_only_practice_items_that_can_be_checked_are_candidates() -> None:
    rubric = {"rubric": [{"text": "Facts", "points": 1}], "least": 1, "most": 9, "model": "Four plain words here."}
    released = [
        item("graded-one"),
        item("try-two", use="practice", objectives=[2], domains=["P14"]),
        item("written", use="practice", form="text", key=rubric),
        item("try-one", use="practice"),
    ]
    found = candidates(one.public("seed") for one in [*released, released[1]])
    assert [(one.id, one.lesson, one.objectives, one.domains) for one in found] == [
        ("try-two", "05-02", (2,), ("P14",)), ("try-one", "05-02", (), ())
    ]


def test_all_times_kept_are_utc() -> None:
    assert Showing(None, NOON, 0.5).after().due.tzinfo is UTC
