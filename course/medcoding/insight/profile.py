"""Points by objective, by exam domain and by part of a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from medcoding.insight.gather import Gathered
from medcoding.insight.measures import Floats, Measure, none
from medcoding.insight.results import Exercise
from medcoding.items.bank import Lesson
from medcoding.items.domains import domain_name

SAFE = 0.7
"""The share of points from which on an objective or domain counts as held: near the pass marks of the exams."""


@dataclass(frozen=True)
class Group:
    """What exercises have in common: objective `number` of a lesson, or a domain (then 0). `exercises` are their places in the class."""

    name: str
    lesson: str
    exercises: tuple[int, ...]
    number: int = 0


@dataclass(frozen=True)
class GroupRow:
    """One group over the class: the mean share of its points, and how many of the students with a score hold less than `SAFE`."""

    group: Group
    possible: float
    share: Measure
    below: int


@dataclass(frozen=True)
class PartRow:
    """One part of the scores of a form, such as the pointers of encounters: its mean share over all answers."""

    form: str
    part: str
    answers: int
    share: Measure


def objectives(exercises: Sequence[Exercise], lessons: Mapping[str, Lesson]) -> list[Group]:
    """The objectives that exercises worth points serve, by lesson and number, in the words of the lesson where it is known."""
    found: dict[tuple[str, int], list[int]] = {}
    for place, one in enumerate(exercises):
        for number in one.item.objectives if one.item and one.counts else ():
            found.setdefault((one.item.lesson, number), []).append(place)  # type: ignore[union-attr]
    return [Group(_objective(lessons.get(lesson), number), lesson, tuple(found[lesson, number]), number) for lesson, number in sorted(found)]


def _objective(lesson: Lesson | None, number: int) -> str:
    if lesson is not None and number <= len(lesson.objectives):
        return lesson.objectives[number - 1]
    return f"Objective {number}"


def domains(exercises: Sequence[Exercise]) -> list[Group]:
    """The exam domains that exercises worth points serve, by exam and number."""
    found: dict[str, list[int]] = {}
    for place, one in enumerate(exercises):
        for name in one.item.domains if one.item and one.counts else ():
            found.setdefault(name, []).append(place)
    order = sorted(found, key=lambda name: (name[:1], int(name[1:]) if name[1:].isdigit() else 99))
    return [Group(domain_name(name), "", tuple(found[name])) for name in order]


def shares(points: Floats, maxima: Floats, group: Group) -> Floats:
    """Each student's share of the points of a group, over exercises that are scored; NaN where none is."""
    columns = list(group.exercises)
    known = ~np.isnan(points[:, columns])
    possible = np.where(known, maxima[columns], 0.0).sum(axis=1)
    earned = np.nansum(points[:, columns], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(possible > 0, np.clip(earned / possible, 0, 1), np.nan)


def group_rows(gathered: Gathered, groups: Sequence[Group]) -> tuple[GroupRow, ...]:
    """Groups over the class."""
    rows = []
    for group in groups:
        own = shares(gathered.points, gathered.maxima, group)
        known = own[~np.isnan(own)]
        share = Measure(float(known.mean()), len(known)) if len(known) else none("Everybody waits for a grader here.")
        rows.append(GroupRow(group, float(gathered.maxima[list(group.exercises)].sum()), share, int((known < SAFE - 1e-9).sum())))
    return tuple(rows)


def part_rows(gathered: Gathered) -> tuple[PartRow, ...]:
    """Parts of scores, of forms that have more than one part."""
    several = {form for form, _ in gathered.parts if sum(other == form for other, _ in gathered.parts) > 1}
    return tuple(
        PartRow(form, part, tally.n, none("No answers.") if tally.mean is None else Measure(tally.mean, tally.n))
        for (form, part), tally in sorted(gathered.parts.items(), key=lambda entry: entry[0][0])
        if form in several
    )
