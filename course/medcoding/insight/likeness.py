"""Pairs of students who share more wrong answers than chance explains: a reason to look, never a proof.

Error similarity analysis. Only exercises count that both students of a pair answered wrongly, in the same variant: right answers
are alike because they are right. How likely two wrong answers to an exercise are the same one is read off the whole class, so that
a mistake that many make weighs little.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from medcoding.insight.measures import Flags, Floats, Marks, holm

LEVEL = 0.01
"""The chance, under independence, that any pair of the class is listed at all."""

FEWEST = 3
"""Pairs with fewer common errors are not compared."""

MOST = 2_000
"""How many pairs, those that stand out most, have their exact p worked out."""

BLOCK = 256


@dataclass(frozen=True)
class Pair:
    """Two students by row. `wrong` exercises both answered wrongly in the same variant; on `same` of them the answer is the same one,
    where `expected` would be by chance. `p` is corrected for the number of pairs; `exercises` are the columns of the same answers."""

    one: int
    other: int
    wrong: int
    same: int
    expected: float
    p: float
    exercises: tuple[int, ...]


@dataclass(frozen=True)
class Likeness:
    """The pairs listed, the surest first, and how many were compared."""

    pairs: tuple[Pair, ...]
    compared: int

    @property
    def students(self) -> int:
        """How many students stand in the listed pairs."""
        return len({student for pair in self.pairs for student in (pair.one, pair.other)})


def likeness(marks: Marks, wrong: Flags, variants: Marks) -> Likeness:
    """Compare every pair of students.

    Given that two students are both wrong on a set of exercises, and answer independently, the number of identical answers is a sum of
    independent events with the chances of `agreement`: a generalized binomial, whose upper tail is the pair's p. It is corrected by
    Holm's procedure for every pair that has `FEWEST` common errors or more. Listed are those under `LEVEL`.

    Not independent are mistakes that hang together: one misconception that shows in many exercises makes everybody who has it alike.
    Then many students are listed at once, which is itself the sign of it.

    Args:
        marks: students by exercises; equal numbers stand for equal answers.
        wrong: whether an answer was given and did not earn all points.
        variants: which variant was answered.

    Sources: F. S. Bellezza, S. F. Bellezza, Detection of cheating on multiple-choice tests by using error-similarity analysis, Teach.
    Psychol. 16 (1989) 151-155, with a chance of its own for each exercise, as W. J. van der Linden, L. Sotaridona, Detecting answer
    copying when the regular response process follows a known response model, J. Educ. Behav. Stat. 31 (2006) 283-304.
    """
    students, exercises = marks.shape
    chance = np.zeros(marks.shape)
    groups: list[tuple[int, Marks, float]] = []
    for column in range(exercises):
        for variant in np.unique(variants[wrong[:, column], column]):
            members = np.flatnonzero(wrong[:, column] & (variants[:, column] == variant))
            if len(members) < 2:
                continue
            q = agreement(marks[members, column])
            chance[members, column] = q
            groups.append((column, members, q))
    compared = 0
    best: list[tuple[float, int, int]] = []
    for start in range(0, students, BLOCK):
        both, same, expected = _block(start, min(BLOCK, students - start), students, groups, marks)
        compared += int((both >= FEWEST).sum())
        best = _foremost(best, start, both, same, expected)
    return Likeness(tuple(_tested(best, compared, marks, wrong, variants, chance)), compared)


def agreement(answers: Marks) -> float:
    """The chance that two different students of those who are wrong gave the same wrong answer: sum of f(f-1) / (F(F-1)).

    f counts each wrong answer, F all of them. It is the unbiased estimate of the sum of squared shares.

    Source: E. H. Simpson, Measurement of diversity, Nature 163 (1949) 688.
    """
    whole = len(answers)
    _, counts = np.unique(answers, return_counts=True)
    return float((counts * (counts - 1)).sum()) / (whole * (whole - 1))


def tail(chances: Sequence[float] | Floats, at_least: int) -> float:
    """The chance that at least so many of independent events happen, each with its own chance: the generalized binomial's upper tail.

    Worked out exactly, an event at a time. Source: F. M. Lord, M. S. Wingersky, Comparison of IRT true-score and equipercentile
    observed-score "equatings", Appl. Psychol. Meas. 8 (1984) 453-461.
    """
    spread = np.zeros(len(chances) + 1)
    spread[0] = 1.0
    for chance in chances:
        spread[1:] = spread[1:] * (1 - chance) + spread[:-1] * chance
        spread[0] *= 1 - chance
    return float(min(1.0, spread[at_least:].sum()))


Counts = np.ndarray[tuple[int, int], np.dtype[np.int32]]


def _block(start: int, rows: int, students: int, groups: list[tuple[int, Marks, float]], marks: Marks) -> tuple[Counts, Counts, Floats]:
    """Common errors, same errors and their expectation of students start … start + rows - 1 with all who come after each."""
    both = np.zeros((rows, students - start), dtype=np.int32)
    same = np.zeros_like(both)
    expected = np.zeros(both.shape, dtype=np.float64)
    for column, members, q in groups:
        first, last = np.searchsorted(members, [start, start + rows])
        mine, others = members[first:last], members[first:]
        if not len(mine):
            continue
        place = np.ix_(mine - start, others - start)
        both[place] += 1
        same[place] += marks[mine, column][:, None] == marks[others, column][None, :]
        expected[place] += q
    for row in range(rows):
        both[row, : row + 1] = same[row, : row + 1] = 0
    return both, same, expected


def _foremost(best: list[tuple[float, int, int]], start: int, both: Counts, same: Counts, expected: Floats) -> list[tuple[float, int, int]]:
    """The pairs that stand out most so far, by the exponent of Chernoff's bound, which orders candidates only."""
    places = np.argwhere((both >= FEWEST) & (same >= FEWEST) & (same > expected))
    if not len(places):
        return best
    seen, by_chance = same[tuple(places.T)].astype(np.float64), np.maximum(expected[tuple(places.T)], 1e-12)
    weight = seen * np.log(seen / by_chance) - seen + by_chance
    top = np.argsort(-weight, kind="stable")[:MOST]
    found = [(float(weight[one]), int(places[one][0]) + start, int(places[one][1]) + start) for one in top]
    return sorted([*best, *found], key=lambda one: (-one[0], one[1:]))[:MOST]


def _tested(
    best: list[tuple[float, int, int]], compared: int, marks: Marks, wrong: Flags, variants: Marks, chance: Floats
) -> Iterator[Pair]:
    found = []
    for _, one, other in best:
        common = wrong[one] & wrong[other] & (variants[one] == variants[other])
        alike = common & (marks[one] == marks[other])
        chances = chance[one][common]
        p = tail(chances, int(alike.sum()))
        found.append((p, Pair(one, other, int(common.sum()), int(alike.sum()), float(chances.sum()), p, tuple(map(int, np.flatnonzero(alike))))))
    found.sort(key=lambda entry: (entry[0], entry[1].one, entry[1].other))
    corrected = holm([p for p, _ in found], family=compared)
    for (_, pair), p in zip(found, corrected, strict=True):
        if p < LEVEL:
            yield Pair(pair.one, pair.other, pair.wrong, pair.same, pair.expected, p, pair.exercises)
