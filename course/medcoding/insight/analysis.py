"""Everything that a report tells of a class, worked out from one pass over its submissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from medcoding.insight.choicetable import ChoiceRow, choice_table
from medcoding.insight.distribution import Distribution, distribution
from medcoding.insight.fairness import ItemFairness, fairness
from medcoding.insight.gather import Gathered
from medcoding.insight.itemtable import ItemTable, item_table
from medcoding.insight.likeness import Likeness, likeness
from medcoding.insight.misstable import MissRow, most_missed
from medcoding.insight.profile import GroupRow, PartRow, domains, group_rows, objectives, part_rows
from medcoding.insight.timing import Timing, timing
from medcoding.items.bank import Lesson


@dataclass(frozen=True)
class SameText:
    """Students by row who handed in the same written text."""

    exercise: int
    students: tuple[int, ...]


@dataclass(frozen=True)
class Analysis:
    """A class, analysed. Exercises and students are named by their places in `gathered`."""

    gathered: Gathered
    distribution: Distribution
    items: ItemTable
    choices: tuple[ChoiceRow, ...]
    missed: tuple[MissRow, ...]
    parts: tuple[PartRow, ...]
    objectives: tuple[GroupRow, ...]
    domains: tuple[GroupRow, ...]
    timing: Timing
    fairness: tuple[ItemFairness, ...]
    likeness: Likeness
    same_texts: tuple[SameText, ...]


def analyse(gathered: Gathered, lessons: Mapping[str, Lesson]) -> Analysis:
    """Work out every figure.

    Args:
        lessons: lessons by id, for the words of their objectives; may be empty.
    """
    exercises = gathered.graded.exercises
    texts = np.array([one.form == "text" for one in exercises], dtype=bool)
    return Analysis(
        gathered,
        distribution(gathered.percents),
        item_table(gathered),
        choice_table(gathered),
        most_missed(gathered),
        part_rows(gathered),
        group_rows(gathered, objectives(exercises, lessons)),
        group_rows(gathered, domains(exercises)),
        timing(gathered),
        tuple(fairness(_variants(gathered))),
        likeness(gathered.marks, gathered.wrong & ~texts[None, :], gathered.variants),
        tuple(_same_texts(gathered)),
    )


def _variants(gathered: Gathered) -> list[tuple[int, np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.int64]]]]:
    """For each exercise with variants: the shares of those who answered their own, and which that was."""
    found = []
    for exercise in range(len(gathered.graded.exercises)):
        rows = (gathered.variants[:, exercise] >= 0) & gathered.own[:, exercise] & gathered.answered[:, exercise]
        rows &= ~np.isnan(gathered.shares[:, exercise])
        if rows.any():
            found.append((exercise, gathered.shares[rows, exercise], gathered.variants[rows, exercise]))
    return found


def _same_texts(gathered: Gathered) -> list[SameText]:
    found = []
    for exercise, one in enumerate(gathered.graded.exercises):
        if one.form != "text":
            continue
        marks = gathered.marks[:, exercise]
        for mark in np.unique(marks[marks != 0]):
            rows = np.flatnonzero(marks == mark)
            if len(rows) > 1:
                found.append(SameText(exercise, tuple(map(int, rows))))
    return found
