"""Study plans: hours that add up, dates that lie where they should, messages that say what to do, and the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.learning.blueprints import BlueprintProblem
from medcoding.learning.studyplan import Plan, StudyPlanProblem, apportion, paper_weights, study_plan

SVG = "{http://www.w3.org/2000/svg}"
START = "2026-01-05"  # a Monday
THREE = {"systems": 50, "payment": 30, "privacy": 20}


def plan(**more: object) -> Plan:
    given: dict = {"weights": THREE, "hours_a_week": 10, "weeks": 8, **more}
    return study_plan(given.pop("start", START), **given)


# ---- hours ---------------------------------------------------------------------------------------------------


def test_hours_follow_the_weights() -> None:
    made = plan()  # 8 weeks of 10 hours; 50, 30 and 20 percent of 80
    assert made.hours == 80
    assert [made.hours_of(name) for name in THREE] == [40, 24, 16]


def test_the_share_of_a_domain_is_hours_times_weight() -> None:
    made = plan(weeks=14, hours_a_week=9, weights={"systems": 32, "the rest": 68})
    assert made.exact("systems") == Fraction(126 * 32, 100)  # 40.32
    assert made.hours_of("systems") == 40.25


def test_weights_are_shares_of_their_own_sum() -> None:
    assert plan(weights={"a": 5, "b": 3, "c": 2}).shares()["hours planned"].tolist() == plan().shares()["hours planned"].tolist()


def test_domains_are_learned_in_the_order_given_and_reviewed_together() -> None:
    made = plan()  # 60 hours are learned: 30, 18, 12; in each of two review weeks 5, 3 and 2
    assert [[week.quarters[name] / 4 for name in THREE] for week in made.weeks] == [
        [10, 0, 0], [10, 0, 0], [10, 0, 0], [0, 10, 0], [0, 8, 2], [0, 0, 10], [5, 3, 2], [5, 3, 2]
    ]  # fmt: skip
    assert [week.kind for week in made.weeks] == ["learn"] * 6 + ["review"] * 2


def test_a_day_off_takes_its_hours_along() -> None:
    made = plan(hours_a_week=9, study_days=["Tuesday", "thu", "SAT"], off=["2026-01-13", "2026-01-14"])  # a Tuesday, and a Wednesday
    assert [week.hours for week in made.weeks] == [9, 6, 9, 9, 9, 9, 9, 9]
    assert (made.hours, made.lost) == (69, 3)


def test_a_week_off_stays_in_the_plan_without_hours() -> None:
    made = plan(off=[("2026-01-19", "2026-01-25")])
    assert (made.weeks[2].kind, made.weeks[2].hours, made.hours, made.lost) == ("off", 0, 70, 10)
    assert [made.hours_of(name) for name in THREE] == [35, 21, 14]


weights = st.dictionaries(st.text(min_size=1, max_size=8), st.integers(1, 300), min_size=1, max_size=9)


@given(weights, st.integers(2, 40), st.integers(1, 240), st.data())
def test_every_hour_is_given_once_and_no_domain_is_a_quarter_away_from_its_share(shares: dict, weeks: int, quarters: int, data: st.DataObject) -> None:
    review = data.draw(st.integers(0, weeks - 1))
    away = data.draw(st.sets(st.integers(0, 7 * weeks - 1), max_size=10))
    off = [date.fromisoformat(START) + timedelta(days=n) for n in away]
    try:
        made = plan(weights=shares, weeks=weeks, hours_a_week=Fraction(quarters, 4), review_weeks=review, mocks=0, off=off)
    except StudyPlanProblem as problem:
        assert "Days off" in str(problem)
        return
    assert made.hours + made.lost == weeks * quarters / 4
    assert sum(map(made.hours_of, made.weights)) == sum(week.hours for week in made.weeks) == made.hours
    assert all(abs(Fraction(made.hours_of(name)) - made.exact(name)) < Fraction(1, 4) for name in made.weights)
    assert all(took >= 0 for week in made.weeks for took in week.quarters.values())


@given(st.integers(0, 2000), st.lists(st.integers(1, 500), min_size=1, max_size=12))
def test_parts_add_up_and_lie_within_one_of_their_share(total: int, sizes: list[int]) -> None:
    parts = apportion(total, sizes)
    assert sum(parts) == total
    assert all(abs(part - Fraction(total * size, sum(sizes))) < 1 for part, size in zip(parts, sizes, strict=True))


def test_a_tie_goes_to_the_earlier_part() -> None:
    assert apportion(5, [1, 1]) == [3, 2]


def test_hours_that_do_not_add_up_are_no_plan() -> None:
    made = plan()
    with pytest.raises(AssertionError, match="make 40"):
        Plan(made.weeks, {"systems": Fraction(1)}, made.exam, 0.0)


# ---- dates ---------------------------------------------------------------------------------------------------


def test_weeks_follow_each_other_from_the_start_and_the_exam_stands_behind_them() -> None:
    made = plan()
    assert [week.first for week in made.weeks] == [date(2026, 1, 5) + timedelta(days=7 * n) for n in range(8)]
    assert all(week.last - week.first == timedelta(days=6) for week in made.weeks)
    assert made.exam == date(2026, 3, 2) == made.weeks[-1].last + timedelta(days=1)


def test_an_exam_day_gives_the_whole_weeks_before_it() -> None:
    made = plan(weeks=None, exam=date(2026, 3, 6))  # 60 days: 8 weeks and 4 days
    assert (len(made.weeks), made.exam) == (8, date(2026, 3, 6))


def test_mocks_stand_at_the_end_of_a_week_and_never_in_the_final_one() -> None:
    assert plan().mocks == (date(2026, 2, 15), date(2026, 2, 22))  # Sundays of weeks 6 and 7 of 8
    assert plan(study_days=["Tue", "Thu"]).mocks == (date(2026, 2, 12), date(2026, 2, 19))
    assert plan(mocks=0).mocks == () and len(plan(mocks=7).mocks) == 7


def test_a_mock_moves_before_a_day_off() -> None:
    assert plan(off=["2026-02-22"]).mocks[-1] == date(2026, 2, 21)


# ---- papers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("paper", "whole"), [("cpc", 100), ("CCA", 90), ("ccs", 79 + 6 * 3)])
def test_a_paper_gives_its_counted_points_as_weights(paper: str, whole: int) -> None:
    found = paper_weights(paper)
    assert sum(found.values()) == whole and not any("pilot" in name for name in found)


def test_an_unknown_paper_is_named() -> None:
    with pytest.raises(BlueprintProblem, match="'cpc', 'cca', 'ccs'"):
        paper_weights("abc")


# ---- tables and picture --------------------------------------------------------------------------------------


def test_tables_say_the_same_as_the_plan() -> None:
    made = plan(off=[("2026-01-19", "2026-01-25")])
    weeks, shares = made.table(), made.shares()
    assert weeks["hours"].sum() == weeks[list(THREE)].to_numpy().sum() == made.hours == shares.loc["total", "hours planned"]
    assert weeks.loc[7, ["from", "to", "kind", "mock exam"]].tolist() == ["2026-02-16", "2026-02-22", "review", "2026-02-22"]
    assert shares.loc["payment"].tolist() == [30, 30, 21, 21]


@pytest.mark.parametrize(("paper", "weeks"), [("cpc", 14), ("cca", 2), ("ccs", 104)])
def test_the_picture_is_sound_and_says_itself(paper: str, weeks: int) -> None:
    made = plan(weights=paper_weights(paper), weeks=weeks, review_weeks=1, off=["2026-01-06"])
    picture = made.gantt("My plan")
    root = ET.fromstring(picture.svg)
    _, _, width, height = map(float, root.get("viewBox", "").split())
    assert all(0 <= float(mark.get("x", 0)) <= width and float(mark.get("y", 0)) <= height for mark in root.iter() if mark.tag in (f"{SVG}text", f"{SVG}rect"))
    assert all(name in picture.words for name in made.weights) and picture.words.startswith("My plan")
    assert len(picture.html.encode()) < 60_000


def test_the_words_of_the_picture_name_weeks_mocks_and_exam() -> None:
    told = plan(off=[("2026-01-19", "2026-01-25")]).gantt().words
    for part in ("week 3", "weeks 7 and 8", "15 February 2026, 22 February 2026", "exam is on 2 March 2026", "systems | 1 to 4 | 7 and 8 | 35", "total |  |  | 70"):
        assert part in told, part


# ---- what is no plan -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"start": "05.01.2026"}, "'05.01.2026'; write a day of the calendar as year-month-day"),
        ({"start": "2026-02-30"}, "write a day of the calendar"),
        ({"start": None}, "write a day of the calendar"),
        ({"start": "1026-01-05"}, "year from 2000 to 2199"),
        ({"weeks": None}, "either the number of weeks or the day of the exam"),
        ({"exam": "2026-05-01"}, "not both"),
        ({"weeks": None, "exam": "2025-03-02"}, "not after the start, 2026-01-05. Are the two dates exchanged"),
        ({"weeks": None, "exam": "2026-01-15"}, "makes 1 whole weeks; a plan has 2 to 104"),
        ({"weeks": 1}, "2 to 104"),
        ({"weeks": 10**9}, "2 to 104"),
        ({"weeks": -10**9}, "2 to 104"),
        ({"weeks": 8.5}, "whole number"),
        ({"hours_a_week": 0}, "more than 0 and at most 60"),
        ({"hours_a_week": 90}, "at most 60"),
        ({"hours_a_week": 7.1}, "quarters of an hour"),
        ({"hours_a_week": "many"}, "expected a number"),
        ({"hours_a_week": float("nan")}, "expected a number"),
        ({"hours_a_week": True}, "expected a number"),
        ({"weights": {}}, "1 to 40 domains"),
        ({"weights": [5, 3]}, "1 to 40 domains"),
        ({"weights": {"a": 0, "b": 1}}, "Leave a domain out"),
        ({"weights": {"a": -2}}, "not above 0"),
        ({"weights": {"a": float("inf")}}, "expected a number"),
        ({"study_days": []}, "found none; expected some of Mon"),
        ({"study_days": ["Someday"]}, "found Someday"),
        ({"review_weeks": 8}, "at most 7 can be review"),
        ({"review_weeks": -1}, "found -1"),
        ({"mocks": 8}, "at most 7"),
        ({"off": ["2027-01-19"]}, "from 2026-01-05 to 2026-03-01. Is the year right"),
        ({"off": [("2026-01-19", "2026-01-12")]}, "runs backwards"),
        ({"off": [("2026-01-12", "2026-01-13", "2026-01-14")]}, "found 3 days in one entry"),
        ({"off": [("2026-01-05", "2026-02-15")]}, "leave no week in which anything is learned"),
        ({"off": [("2026-02-16", "2026-02-22")]}, "should end with a mock exam is off"),
    ],
)
def test_what_cannot_be_planned_is_said(given: dict, message: str) -> None:
    with pytest.raises(StudyPlanProblem) as problem:
        plan(**given)
    assert message in str(problem.value)
