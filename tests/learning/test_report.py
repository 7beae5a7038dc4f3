"""The result of a sitting: by area, against the pass mark, without pilot seats."""

from __future__ import annotations

import pytest
from medcoding.learning.blueprints import blueprint
from medcoding.learning.paper import Card, draw
from medcoding.learning.report import report
from medcoding.learning.sitting import Answered, Flagged, Go, HandIn, begin, step
from test_sitting import START, at

PLAN = blueprint({
    "domains": {"P13": 2, "P14": 1}, "minutes": 10, "pass": 60,
    "more": [
        {"id": "case", "name": "case", "domains": ["PC"], "seats": 1, "points": 3, "last": True},
        {"id": "pilot", "name": "pilot", "domains": ["P12"], "seats": 1, "pilot": True},
    ],
})  # fmt: skip
PAPER = draw(PLAN, [Card("a-1", ("P13",)), Card("a-2", ("P13",)), Card("b-1", ("P14",)), Card("c-1", ("PC",)), Card("d-1", ("P12",))], 1)
ORDER = [seat.item for seat in PAPER.seats]
SITTING = step(begin(PAPER, START), HandIn(at(60)))


def test_points_are_added_up_by_area_and_pilot_seats_left_out() -> None:
    """By hand: anatomy 1.5 of 2, ICD-10-CM 0 of 1, the case 2 of 3 points; 3.5 of 6 is 58.3%."""
    found = report(SITTING, {"a-1": 1.0, "a-2": 0.5, "b-1": 0.0, "c-1": 2 / 3, "d-1": 1.0})
    assert [(area.name, round(area.earned, 6), area.possible, area.seats) for area in found.areas] == [
        ("ICD-10-CM", 0.0, 1, 1), ("case", 2.0, 3, 1), ("anatomy", 1.5, 2, 2),
    ]  # fmt: skip
    assert (round(found.earned, 6), found.possible, round(found.percent, 1)) == (3.5, 6, 58.3)
    assert (found.passed, found.pilots, found.gone) == (False, 1, 0)


def test_lessons_to_read_again_stand_by_points_lost_and_pilot_seats_are_none() -> None:
    lessons = {"a-1": "03-01", "a-2": "03-01", "b-1": "05-02", "c-1": "16-01", "d-1": "09-01"}
    found = report(SITTING, {"a-1": 1.0, "a-2": 0.5, "b-1": 0.5, "c-1": 1 / 3, "d-1": 0.0}, lessons)
    assert [(one.lesson, round(one.lost, 6), one.seats) for one in found.again] == [
        ("16-01", 2.0, (ORDER.index("c-1"),)), ("03-01", 0.5, (ORDER.index("a-2"),)), ("05-02", 0.5, (ORDER.index("b-1"),)),
    ]  # fmt: skip
    assert report(SITTING, dict.fromkeys(ORDER, 1.0), lessons).again == ()


@pytest.mark.parametrize(("share", "passed"), [(0.6, True), (0.599, False), (1.0, True), (0.0, False)])
def test_the_pass_mark_is_reached_exactly_or_not(share: float, passed: bool) -> None:
    assert report(SITTING, dict.fromkeys(ORDER, share)).passed is passed


def test_a_rounded_percentage_does_not_pass() -> None:
    """59.6% is shown as 60%, and is below 60%."""
    assert report(SITTING, dict.fromkeys(ORDER, 0.596)).passed is False


def test_a_seat_whose_exercise_is_gone_is_left_out_of_both_sides() -> None:
    found = report(SITTING, {"a-1": 1.0, "a-2": None, "b-1": 1.0, "c-1": 1.0, "d-1": 0.0})
    assert (found.possible, found.percent, found.gone) == (5, 100, 1)


def test_where_nothing_counts_nothing_is_passed_or_failed() -> None:
    found = report(SITTING, {})
    assert (found.areas, found.passed, found.percent, found.gone) == ((), None, 0.0, 5)


def test_time_flags_and_answers_stand_by_seat() -> None:
    sitting = step(step(step(step(begin(PAPER, START), Answered(at(5), 0, {"a": 1})), Flagged(at(6), 1, True)), Go(at(20), 1)), HandIn(at(30)))
    seats = report(sitting, dict.fromkeys(ORDER, 1.0)).seats
    assert [(seat.spent, seat.answered, seat.flagged) for seat in seats[:3]] == [(20_000, True, False), (10_000, False, True), (0, False, False)]
    assert [seat.item for seat in seats] == ORDER and ORDER[-1] == "c-1"
