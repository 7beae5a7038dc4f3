"""What to practise next, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from learning_support import NOON, pools, remembered
from medcoding.learning.choose import choose, until
from medcoding.learning.schedule import Candidate, Showing
from medcoding.learning.state import PracticeState

DAY = timedelta(days=1)
FOUR = [Candidate("one", "05-01", (1,)), Candidate("two", "05-01", (2,)), Candidate("three", "05-02", (1,)), Candidate("four", "05-02", (2,))]


def chosen(state: PracticeState, pool: list[Candidate] = FOUR) -> tuple[str, str]:
    choice = choose(pool, state, NOON)
    assert choice is not None
    return choice.item, choice.reason


def test_the_most_overdue_comes_first() -> None:
    state = PracticeState(items={"two": remembered(due=NOON - DAY), "four": remembered(due=NOON - 3 * DAY), "one": remembered(due=NOON + DAY)})
    assert chosen(state) == ("four", "Due for 3 days.")
    state = state.model_copy(update={"last": "four"})
    assert chosen(state) == ("two", "Due since yesterday.")


def test_due_at_this_moment_is_due_today() -> None:
    assert chosen(PracticeState(items={"three": remembered(due=NOON)})) == ("three", "Due today.")


def test_then_what_is_new_of_the_weakest_objective() -> None:
    pool = [*FOUR, Candidate("five", "05-02", (2,)), Candidate("six", "05-02", (1,))]
    state = PracticeState(items={
        "three": remembered(due=NOON + DAY, share=0.5), "four": remembered(due=NOON + DAY, share=0.0), "one": remembered(due=NOON + DAY, share=1.0),
    })
    assert chosen(state, pool) == ("five", "New to you, and of your weakest objective of 05-02 (objective 2).")


def test_objective_numbers_of_other_lessons_are_other_objectives() -> None:
    state = PracticeState(items={"one": remembered(due=NOON + DAY, share=0.0)})
    assert chosen(state) == ("two", "New to you: the next in course order.")


def test_an_objective_that_is_known_well_does_not_jump_the_queue() -> None:
    pool = [*FOUR, Candidate("five", "05-02", (2,))]
    state = PracticeState(items={"four": remembered(due=NOON + DAY, last=NOON, share=1.0)})
    assert chosen(state, pool) == ("one", "New to you: the next in course order.")


def test_with_nothing_due_and_nothing_new_the_next_one_comes_early() -> None:
    state = PracticeState(items={one.id: remembered(due=NOON + number * DAY) for number, one in enumerate(FOUR, 1)})
    assert chosen(state) == ("one", "Nothing is due and nothing is new. This one comes next: it is due tomorrow.")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "in a minute"), (10, "in 10 minutes"), (59.5, "later today"), (11 * 60, "later today"), (12 * 60, "tomorrow"), (14 * 1440, "in 14 days")],
)
def test_time_to_come_in_words(minutes: float, words: str) -> None:
    assert until(NOON + timedelta(minutes=minutes), NOON) == words


def test_nothing_to_practise_is_no_choice() -> None:
    assert choose([], PracticeState(items={"one": remembered(due=NOON)}), NOON) is None


def test_a_single_item_may_come_again() -> None:
    assert chosen(PracticeState(last="one"), FOUR[:1])[0] == "one"


@given(pools(), st.sampled_from(["", "item-0", "item-1", "elsewhere"]))
def test_never_twice_running_and_never_what_is_not_released(pool: tuple[list[Candidate], PracticeState], shown: str) -> None:
    found, state = pool
    choice = choose(found, state, NOON, last=shown)
    assert choice is not None and choice.item in {one.id for one in found} and choice.reason.endswith(".")
    assert choice.item != (shown or state.last) or len(found) == 1


@given(pools(), st.randoms())
def test_the_order_of_dictionaries_changes_no_choice(pool: tuple[list[Candidate], PracticeState], random: object) -> None:
    found, state = pool
    items = list(state.items.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert choose(found, PracticeState(items=dict(items), last=state.last), NOON) == choose(found, state, NOON)


@given(pools())
def test_what_is_due_goes_before_all_else(pool: tuple[list[Candidate], PracticeState]) -> None:
    found, state = pool
    choice = choose(found, state, NOON)
    others = [one.id for one in found if one.id != state.last] or [one.id for one in found]
    overdue = {name: state.items[name].due for name in others if name in state.items and state.items[name].due <= NOON}
    assert choice is not None
    if overdue:
        assert overdue[choice.item] == min(overdue.values())
    else:
        assert choice.item not in state.items or all(name in state.items for name in others)


def test_practising_on_reaches_every_item() -> None:
    state, now = PracticeState(), NOON
    for _ in FOUR:
        choice = choose(FOUR, state, now)
        assert choice is not None
        state = state.reviewed(choice.item, Showing(state.items.get(choice.item), now, 1.0))
        now += timedelta(minutes=1)
    assert set(state.items) == {one.id for one in FOUR}
