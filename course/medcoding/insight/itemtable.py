"""The table of exercises: how hard each is, how well it tells those who know from those who do not, and what of it to look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medcoding.insight.classical import Complete, Reliability, complete, difficulty, discrimination, reliability
from medcoding.insight.gather import Gathered
from medcoding.insight.measures import Measure, none

EASY, HARD, WEAK = 0.95, 0.30, 0.20
"""Where an exercise is worth a look: p above, p below, discrimination below.

Source of the last: R. L. Ebel, D. A. Frisbie, Essentials of Educational Measurement (5th ed. 1991), ch. 13. The first two are the course's.
"""


@dataclass(frozen=True)
class ItemRow:
    """One exercise. `omitted` gave no answer, `waiting` wait for a grader, `full` earned all points; `looks` are reasons to look at it."""

    exercise: int
    p: Measure
    discrimination: Measure
    without: Measure
    full: int
    omitted: int
    waiting: int
    looks: tuple[str, ...]


@dataclass(frozen=True)
class ItemTable:
    """All exercises, the reliability of the whole, and how many students and exercises that rests on."""

    rows: tuple[ItemRow, ...]
    reliability: Reliability
    students: int
    exercises: int
    left_out: tuple[int, ...]
    """Exercises worth points that half of the class or more still wait for."""


def item_table(gathered: Gathered) -> ItemTable:
    """Difficulty, discrimination and alpha without the exercise, for each."""
    counted = gathered.maxima > 0
    whole = complete(gathered.points, counted)
    found = reliability(whole.points)
    places = {int(column): place for place, column in enumerate(np.flatnonzero(whole.columns))}
    rows = tuple(_row(gathered, whole, found, exercise, places.get(exercise)) for exercise in range(len(gathered.graded.exercises)))
    left_out = tuple(map(int, np.flatnonzero(counted & ~whole.columns)))
    return ItemTable(rows, found, int(whole.rows.sum()), int(whole.columns.sum()), left_out)


def _row(gathered: Gathered, whole: Complete, found: Reliability, exercise: int, place: int | None) -> ItemRow:
    shares = gathered.shares[:, exercise]
    p = difficulty(shares)
    if place is not None:
        mine = whole.points[:, place]
        parts = discrimination(mine, whole.points.sum(axis=1) - mine)
        without = found.deleted[place]
    else:
        reason = "It is worth no points." if not gathered.graded.exercises[exercise].counts else "Half of the class or more wait for a grader here."
        parts = without = none(reason)
    scored = gathered.graded.exercises[exercise].item is not None
    full = int((shares > 1 - 1e-9).sum())
    omitted = int((~gathered.answered[:, exercise]).sum()) if scored else 0
    waiting = int(np.isnan(shares).sum())
    return ItemRow(exercise, p, parts, without, full, omitted, waiting, tuple(_looks(p, parts, without, found)))


def _looks(p: Measure, parts: Measure, without: Measure, found: Reliability) -> list[str]:
    looks = []
    if p.value is not None and p.value > EASY:
        looks.append("nearly everybody is right")
    if p.value is not None and p.value < HARD:
        looks.append("very hard")
    if parts.value is not None and parts.value < 0:
        looks.append("the better students miss it: check the key" if parts.high is not None and parts.high < 0 else "does not tell strong from weak students")
    elif parts.value is not None and parts.value < WEAK and p.value is not None and p.value <= EASY:
        looks.append("hardly tells strong from weak students")
    if without.value is not None and found.alpha.value is not None and without.value > found.alpha.value + 0.01:
        looks.append("alpha is higher without it")
    return looks
