"""A student's own results on an assignment: points, objectives, domains, and what to practise next. Nothing of anybody else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from medcoding.grading.places import Course
from medcoding.insight.profile import SAFE, Group, domains, objectives
from medcoding.insight.records import Submission, submissions
from medcoding.insight.results import GradedClass
from medcoding.items.bank import Lesson
from medcoding.items.models import Item
from medcoding.items.publication import write_atomic

MOST_NEXT, MOST_PRACTICE = 5, 6
LONGEST_NAME = 80


@dataclass(frozen=True)
class OwnExercise:
    """One exercise: `earned` is None while a grader is waited for; `answered` None where that is not known (a plain cell)."""

    title: str
    notebook: str
    earned: float | None
    possible: float
    answered: bool | None


@dataclass(frozen=True)
class OwnGroup:
    """Points of one objective or domain, over exercises that are scored; `possible` is 0 where none is."""

    name: str
    lesson: str
    earned: float
    possible: float
    exercises: int

    @property
    def share(self) -> float | None:
        """The share of the points, or None where nothing is scored."""
        return min(1.0, self.earned / self.possible) if self.possible else None


@dataclass(frozen=True)
class Next:
    """An objective to practise, the lesson that teaches it, and exercises of practice that serve it, by title."""

    group: OwnGroup
    lesson: str
    notebook: str
    practice: tuple[str, ...]


@dataclass(frozen=True)
class Mastery:
    """What a student's page tells. `waiting` counts exercises that a grader must read first."""

    student: str
    assignment: str
    submitted: datetime | None
    exercises: tuple[OwnExercise, ...]
    objectives: tuple[OwnGroup, ...]
    domains: tuple[OwnGroup, ...]
    next: tuple[Next, ...]
    earned: float
    possible: float
    extra: float
    penalty: float
    waiting: int

    @property
    def score(self) -> float:
        """The points that count: earned and extra credit, less what lateness took, never below 0."""
        return max(0.0, self.earned + self.extra - self.penalty)


@dataclass(frozen=True)
class Teaching:
    """What is the same for everybody: groups of exercises, lessons, and the practice items of the assignment."""

    objectives: tuple[Group, ...]
    domains: tuple[Group, ...]
    lessons: Mapping[str, Lesson]
    practice: tuple[Item, ...]


def teaching(course: Course, graded: GradedClass, lessons: Mapping[str, Lesson]) -> Teaching:
    """Read what pages for students need besides their results."""
    notebooks = dict.fromkeys(one.notebook for one in graded.exercises)
    publications = [course.store.current(graded.assignment, notebook) for notebook in notebooks]
    practice = tuple(item for one in publications if one for item in one.items if item.use == "practice")
    return Teaching(tuple(objectives(graded.exercises, lessons)), tuple(domains(graded.exercises)), lessons, practice)


def mastery(graded: GradedClass, taught: Teaching, submission: Submission, name: str) -> Mastery:
    """A student's results.

    Args:
        name: what the student is called on the page.
    """
    standing = submission.standing
    answered = {given.exercise: given.answer is not None for given in submission.given}
    rows = tuple(
        OwnExercise(one.title, one.notebook, earned, one.maximum, answered.get(place, False) if one.item else None)
        for place, (one, earned) in enumerate(zip(graded.exercises, standing.points, strict=True))
    )
    groups = tuple(_own(rows, group) for group in taught.objectives)
    earned = sum(row.earned or 0.0 for row in rows)
    waiting = sum(row.earned is None for row in rows)
    return Mastery(
        name, graded.assignment, standing.submitted, rows, groups, tuple(_own(rows, group) for group in taught.domains),
        tuple(_next(taught, groups)), earned, graded.possible, standing.extra, standing.penalty, waiting,
    )  # fmt: skip


def _own(rows: Sequence[OwnExercise], group: Group) -> OwnGroup:
    mine = [rows[place] for place in group.exercises if rows[place].earned is not None]
    return OwnGroup(group.name, group.lesson, sum(row.earned or 0.0 for row in mine), sum(row.possible for row in mine), len(group.exercises))


def _next(taught: Teaching, groups: Sequence[OwnGroup]) -> list[Next]:
    """The objectives below `SAFE` that cost the most points."""
    weak = [(group, place) for place, group in enumerate(groups) if group.share is not None and group.share < SAFE - 1e-9]
    weak.sort(key=lambda entry: (entry[0].earned - entry[0].possible, entry[1]))
    found = []
    for group, place in weak[:MOST_NEXT]:
        number = taught.objectives[place].number
        lesson = taught.lessons.get(group.lesson)
        practice = [item.title for item in taught.practice if item.lesson == group.lesson and number in item.objectives]
        found.append(Next(group, lesson.title if lesson else group.lesson, lesson.notebook if lesson else "", tuple(practice[:MOST_PRACTICE])))
    return found


def write_pages(
    course: Course, graded: GradedClass, names: Mapping[str, str], folder: Path,
    watch: Callable[[Iterable[Submission], int], Iterable[Submission]] = lambda stream, total: stream,
) -> int:
    """Write a page for each graded student, readable by its owner only; returns how many. A file there before is replaced.

    Args:
        names: what each student is called; the file's name is made from it.
    """
    from medcoding.insight.page.studentpage import student_page
    from medcoding.insight.report import lessons

    folder.mkdir(parents=True, exist_ok=True)
    taught = teaching(course, graded, lessons(course))
    made = datetime.now(UTC).replace(tzinfo=None)
    written = 0
    for submission in watch(submissions(course, graded), len(graded.standings)):
        if not submission.given and all(one is None for one in submission.standing.points):
            continue
        name = names[submission.standing.student]
        page = student_page(mastery(graded, taught, submission, name), made)
        write_atomic(folder / f"{file_name(name)}.html", page.encode(), mode=0o600)
        written += 1
    return written


def file_name(name: str) -> str:
    """A name for a student's file: plain letters, digits and . _ @ -; where that changes the name, or case alone could make two names one
    on some systems, a part of its hash tells them apart."""
    bare = re.sub(r"[^a-z0-9._@-]", "_", name.casefold())[:LONGEST_NAME].lstrip(".") or "student"
    return bare if bare == name else f"{bare}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
