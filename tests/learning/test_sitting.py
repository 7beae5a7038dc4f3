"""A sitting: time, pauses, answers, handing in; the laws of its reducer."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_support import NOON
from medcoding.learning.blueprints import blueprint
from medcoding.learning.paper import Card, Paper, draw
from medcoding.learning.sitting import (
    Answered,
    Event,
    Flagged,
    Go,
    HandIn,
    NotNow,
    Paused,
    Resumed,
    Sitting,
    Taken,
    Tick,
    advance,
    begin,
    instant,
    replay,
    step,
)

SECOND, MINUTE = 1000, 60_000
START = instant(NOON)


def paper(**more: Any) -> Paper:
    """Three seats in six minutes; two pauses of two minutes."""
    plan = blueprint({"domains": {"P13": 3}, "minutes": 6, "pass": 70, "pauses": {"count": 2, "minutes": 2}, **more})
    return draw(plan, [Card(f"item-{number}", ("P13",)) for number in range(3)], 1)


PAPER = paper()


def run(*events: Event, of: Paper = PAPER) -> Sitting:
    sitting = begin(of, START)
    for event in events:
        sitting = step(sitting, event)
    return sitting


def at(seconds: float) -> int:
    return START + int(seconds * SECOND)


# What happens in a sitting: mostly forward in time, now and then a clock set back or a long sleep.
passing = st.one_of(st.integers(0, 20 * SECOND), st.integers(0, 20 * SECOND), st.integers(-MINUTE, 4 * MINUTE))
answers = st.dictionaries(st.sampled_from(["text", "chosen"]), st.one_of(st.text(max_size=4), st.lists(st.text(max_size=2), max_size=2)), max_size=2)


@st.composite
def events(draw_: st.DrawFn, forward: bool = False) -> list[Event]:
    now = START
    found: list[Event] = []
    for _ in range(draw_(st.integers(0, 14))):
        now += abs(draw_(passing)) if forward else draw_(passing)
        seat = draw_(st.integers(-1, 3))
        found.append(draw_(st.sampled_from([
            Go(now, seat), Answered(now, seat, draw_(answers)), Flagged(now, seat, draw_(st.booleans())), Paused(now), Resumed(now), Tick(now), HandIn(now), Taken(now),
        ])))  # fmt: skip
    return found


@settings(deadline=None)
@given(events(), st.integers(0, 14))
def test_events_replayed_give_the_same_sitting_also_through_the_file_and_cut_anywhere(found: list[Event], cut: int) -> None:
    whole = replay(PAPER, START, found)
    half = replay(PAPER, START, found[:cut])
    rest = Sitting.model_validate_json(half.dump())
    assert rest == half
    for event in found[cut:]:
        try:
            rest = step(rest, event)
        except NotNow:
            rest = advance(rest, event.at)
    assert rest == whole


@settings(deadline=None)
@given(events(), st.lists(st.integers(0, 3 * MINUTE), max_size=6))
def test_time_passes_the_same_in_one_step_or_in_many(found: list[Event], steps: list[int]) -> None:
    before = replay(PAPER, START, found)
    once, many, now = advance(before, before.at + sum(steps)), before, before.at
    for one in steps:
        now += one
        many = advance(many, now)
    assert many == once


@settings(deadline=None)
@given(events())
def test_time_on_seats_adds_up_and_never_exceeds_the_limit(found: list[Event]) -> None:
    sitting = replay(PAPER, START, found)
    assert sitting.spent == sum(seat.spent for seat in sitting.seats) <= sitting.limit
    assert sitting.pauses <= 2 and (sitting.handed is not None) >= (sitting.spent == sitting.limit)


@settings(deadline=None)
@given(events(forward=True))
def test_time_used_and_time_paused_make_up_the_time_since_the_start(found: list[Event]) -> None:
    sitting = replay(PAPER, START, found)
    stopped = sitting.at - START - sitting.spent
    assert 0 <= stopped <= sitting.pauses * 2 * MINUTE


@settings(deadline=None)
@given(events(), events())
def test_nothing_but_the_mark_of_practice_changes_after_handing_in(before: list[Event], after: list[Event]) -> None:
    handed = replay(PAPER, START, [*before, HandIn(START + 60 * MINUTE)])
    sitting = handed
    for event in after:
        with contextlib.suppress(NotNow):
            sitting = step(sitting, event)
    assert sitting.model_copy(update={"taken": handed.taken}) == handed


@settings(deadline=None)
@given(events())
def test_the_last_answer_that_was_taken_is_the_one_kept(found: list[Event]) -> None:
    sitting, last = begin(PAPER, START), {}
    for event in found:
        try:
            sitting = step(sitting, event)
            if isinstance(event, Answered):
                last[event.seat] = event.answer
        except NotNow:
            sitting = advance(sitting, event.at)
    assert {number: seat.answer for number, seat in enumerate(sitting.seats) if seat.answer is not None} == last


def test_time_counts_for_the_seat_that_is_looked_at() -> None:
    sitting = run(Go(at(10), 2), Answered(at(15), 0, {"a": 1}), Go(at(40), 1), Tick(at(45)))
    assert [seat.spent for seat in sitting.seats] == [10 * SECOND, 5 * SECOND, 30 * SECOND] and sitting.left == 6 * MINUTE - 45 * SECOND


def test_a_sleep_of_the_computer_counts() -> None:
    assert run(Tick(at(300))).left == MINUTE


def test_a_sleep_through_the_end_hands_in_at_the_end() -> None:
    sitting = run(Answered(at(5), 0, {"a": 1}), Tick(at(90_000)))
    assert sitting.handed is not None and (sitting.handed.by, sitting.handed.at) == ("time", at(360))
    assert sitting.seats[0].answer == {"a": 1} and sitting.spent == 6 * MINUTE


def test_a_pause_stops_the_clock_and_a_sleep_in_it_counts_from_its_end_on() -> None:
    paused = run(Paused(at(60)), Tick(at(150)))
    assert (paused.spent, paused.pause_left, paused.pauses_left) == (MINUTE, 30 * SECOND, 1)
    assert step(paused, Resumed(at(150))).spent == MINUTE
    slept = step(paused, Tick(at(60 + 120 + 33)))
    assert (slept.paused, slept.spent) == (None, MINUTE + 33 * SECOND)


def test_a_pause_that_is_slept_through_hands_in_when_the_time_is_over() -> None:
    sitting = run(Paused(at(60)), Tick(at(90_000)))
    assert sitting.handed is not None and sitting.handed.at == at(60 + 120 + 300)


def test_pauses_are_counted() -> None:
    sitting = run(Paused(at(1)), Resumed(at(2)), Paused(at(3)), Resumed(at(4)))
    with pytest.raises(NotNow, match="allows 2 pauses; none is left"):
        step(sitting, Paused(at(5)))
    with pytest.raises(NotNow, match="allows no pause"):
        step(begin(paper(pauses={}), START), Paused(at(5)))


@pytest.mark.parametrize("event", [Go(at(2), 1), Answered(at(2), 0, {}), Flagged(at(2), 0, True), HandIn(at(2)), Paused(at(2))])
def test_while_paused_only_going_on_is_possible(event: Event) -> None:
    with pytest.raises(NotNow, match="paused"):
        step(run(Paused(at(1))), event)


def test_a_clock_set_back_takes_nothing_off_and_gives_nothing_back() -> None:
    back = run(Tick(at(100)), Tick(at(-3000)))
    assert back.spent == 100 * SECOND and step(back, Tick(at(-2990))).spent == 110 * SECOND


@pytest.mark.parametrize("year", [1980, 2300])
def test_a_clock_of_another_age_is_said(year: int) -> None:
    wrong = instant(NOON.replace(year=year))
    with pytest.raises(NotNow, match="clock of this machine"):
        begin(PAPER, wrong)
    with pytest.raises(NotNow, match="clock of this machine"):
        step(run(), Tick(wrong))
    assert advance(run(), wrong) == run()


def test_an_answer_after_the_end_is_refused() -> None:
    with pytest.raises(NotNow, match="The time is up"):
        step(run(), Answered(at(361), 0, {"a": 1}))
    with pytest.raises(NotNow, match="handed in already"):
        step(run(HandIn(at(9))), Answered(at(10), 0, {"a": 1}))


def test_flags_and_revisions() -> None:
    sitting = run(Flagged(at(1), 1, True), Answered(at(2), 1, {"a": 1}), Answered(at(3), 1, {"a": 1}), Answered(at(4), 1, {"a": 2}))
    assert (sitting.seats[1].flagged, sitting.seats[1].revision) == (True, 2)
    assert not step(sitting, Flagged(at(5), 1, False)).seats[1].flagged


@pytest.mark.parametrize("seat", [-1, 3, True, "0", None, 1.0])
def test_a_seat_that_is_not_there_is_refused(seat: Any) -> None:
    with pytest.raises(NotNow, match="no seat"):
        step(run(), Go(at(1), seat))


def test_an_endless_answer_is_refused() -> None:
    with pytest.raises(NotNow, match="too long"):
        step(run(), Answered(at(1), 0, {"text": "x" * 60_001}))


def test_a_paper_without_seats_cannot_begin() -> None:
    with pytest.raises(NotNow, match="no seats"):
        begin(draw(PAPER.blueprint, [], 1), START)


@pytest.mark.parametrize(
    "change",
    [
        {"current": 3}, {"spent": 6 * MINUTE}, {"spent": 7 * MINUTE}, {"spent": -1}, {"pauses": 3}, {"paused": 5}, {"pauses": 1, "paused": 2 * MINUTE + 1},
        {"seats": []}, {"at": 0}, {"handed": {"at": START, "by": "nobody"}}, {"schema_version": 2}, {"more": 1},
    ],
)  # fmt: skip
def test_a_sitting_that_cannot_be_is_not_read(change: dict[str, Any]) -> None:
    data = json.loads(run().dump())
    with pytest.raises(ValueError):
        Sitting.model_validate({**data, **change})
