"""Likeness of answers: chances by hand, planted copies found, honest classes left alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from insight_class import simulated
from medcoding.insight import likeness as module
from medcoding.insight.gather import gather
from medcoding.insight.likeness import LEVEL, agreement, likeness, tail


def weak(students: int, exercises: int, seed: int) -> list[int]:
    """Students by the number of their wrong answers, most first: copies of theirs hold something to find."""
    made = simulated(students, exercises, seed)
    return np.argsort(-gather(made.store, made.graded, made.submissions).wrong.sum(axis=1), kind="stable").tolist()


def compared(students: int, exercises: int, seed: int, copies: dict[int, int] | None = None):
    made = simulated(students, exercises, seed, copies)
    gathered = gather(made.store, made.graded, made.submissions)
    return likeness(gathered.marks, gathered.wrong, gathered.variants)


def test_chance_of_agreement_by_hand() -> None:
    # Three gave a, one b, one c: of 5·4 ordered pairs 3·2 agree
    assert agreement(np.array([7, 7, 7, 8, 9])) == pytest.approx(6 / 20)
    assert agreement(np.array([1, 2])) == 0


def test_tail_by_hand() -> None:
    # At least one of two events with 0.5 and 0.25: 1 - 0.5 · 0.75
    assert tail([0.5, 0.25], 1) == pytest.approx(0.625)
    # 18 or more of 20 common errors with a chance of 1/3 each: (190·4 + 20·2 + 1) / 3^20, the binomial of Bellezza and Bellezza
    assert tail([1 / 3] * 20, 18) == pytest.approx(801 / 3**20)
    assert tail([], 0) == 1


@given(st.lists(st.floats(0, 1), max_size=7), st.integers(0, 8))
def test_tail_agrees_with_counting_every_outcome(chances: list[float], at_least: int) -> None:
    whole = 0.0
    for outcome in range(2 ** len(chances)):
        happened = [outcome >> place & 1 for place in range(len(chances))]
        if sum(happened) >= at_least:
            whole += np.prod([chance if yes else 1 - chance for chance, yes in zip(chances, happened, strict=True)])
    assert tail(chances, at_least) == pytest.approx(whole)


def test_a_small_class_by_hand() -> None:
    # Two students share wrong answer 1 on three exercises; four others gave 2, 3, 4, 5 on each. q = 2·1 / (6·5) = 1/15.
    # All 15 pairs have three common errors; p = (1/15)^3 · 15 = 1/225 = 0.0044, under 0.01.
    marks = np.array([[1] * 3, [1] * 3, [2] * 3, [3] * 3, [4] * 3, [5] * 3])
    found = likeness(marks, np.ones((6, 3), dtype=bool), np.zeros((6, 3), dtype=np.int64))
    (pair,) = found.pairs
    assert (pair.one, pair.other, pair.wrong, pair.same, pair.exercises) == (0, 1, 3, 3, (0, 1, 2))
    assert (pair.expected, pair.p) == pytest.approx((3 / 15, 1 / 225))
    assert found.compared == 15


def test_a_planted_copy_is_found_and_nobody_else() -> None:
    source, copier = weak(80, 40, seed=2)[0], weak(80, 40, seed=2)[-1]
    found = compared(80, 40, seed=2, copies={copier: source})
    assert [{pair.one, pair.other} for pair in found.pairs] == [{source, copier}]
    assert found.pairs[0].same == found.pairs[0].wrong


def test_honest_classes_are_left_alone() -> None:
    # 40 classes of 60; at 1 percent each, 0.4 flagged classes are expected, and 3 or more come once in a hundred tries
    assert sum(bool(compared(60, 30, seed).pairs) for seed in range(100, 140)) <= 2


def test_a_mistake_that_everybody_makes_is_no_likeness() -> None:
    marks = np.ones((30, 10), dtype=np.int64)
    assert likeness(marks, np.ones((30, 10), dtype=bool), np.zeros((30, 10), dtype=np.int64)).pairs == ()


def test_right_answers_and_other_variants_do_not_count() -> None:
    marks = np.array([[1] * 6, [1] * 6] + [[number] * 6 for number in range(2, 20)])
    same = np.zeros((20, 6), dtype=np.int64)
    assert likeness(marks, np.ones((20, 6), dtype=bool), same).pairs
    right = np.ones((20, 6), dtype=bool)
    right[0] = False
    assert likeness(marks, right, same).pairs == ()
    other = same.copy()
    other[0] = 1
    assert likeness(marks, np.ones((20, 6), dtype=bool), other).pairs == ()


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *_, third, fourth = weak(50, 40, seed=9)
    copies = {third: first, fourth: second}
    whole = compared(50, 40, seed=9, copies=copies)
    monkeypatch.setattr(module, "BLOCK", 7)
    assert compared(50, 40, seed=9, copies=copies) == whole
    assert [sorted((pair.one, pair.other)) for pair in whole.pairs] == [[pair.one, pair.other] for pair in whole.pairs]
    assert {frozenset((pair.one, pair.other)) for pair in whole.pairs} == {frozenset(pair) for pair in copies.items()}


def test_every_pair_is_corrected_for_all_that_were_compared() -> None:
    # One p of 1e-6 among 3,160 pairs comes to 3,160 times as much; the 3,160 pairs of 80 students all have common errors here
    marks = np.array([[1] * 5, [1] * 5] + [[number] * 5 for number in range(2, 80)])
    found = likeness(marks, np.ones((80, 5), dtype=bool), np.zeros((80, 5), dtype=np.int64))
    assert found.compared == 3160
    assert [pair.p for pair in found.pairs] == pytest.approx([3160 * (2 / (80 * 79)) ** 5])
    assert found.pairs[0].p < LEVEL


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (1, 5), (5, 0)])
def test_nobody_to_compare(shape: tuple[int, int]) -> None:
    marks = np.ones(shape, dtype=np.int64)
    assert likeness(marks, np.ones(shape, dtype=bool), np.zeros(shape, dtype=np.int64)).pairs == ()
