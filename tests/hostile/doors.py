"""A class of attackers between two honest students, graded through each of the two doors."""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from medcoding.grading.run import Summary, grade_assignment
from minicourse import MiniCourse

MEDCODING, NBGRADER = "medcoding grade", "nbgrader autograde"
DOORS = (MEDCODING, NBGRADER)
CLASSMATES = ("ada", "zoe")
"""The honest ones: one is graded before and one after all attackers, as names are sorted."""


@dataclass
class Graded:
    """A class graded through one door: which course holds a student's grades, what a grader was told of each, and whom nbgrader failed at."""

    courses: dict[str, MiniCourse]
    told: dict[str, str]
    failed: set[str] = field(default_factory=set)
    summary: Summary | None = None

    @property
    def folders(self) -> list[MiniCourse]:
        return list({id(course): course for course in self.courses.values()}.values())

    def grades(self, student: str) -> dict[str, float | None]:
        return self.courses[student].grades(student)


def medcoding(course: MiniCourse, students: Sequence[str]) -> Graded:
    """By `medcoding grade`, two worker processes."""
    summary = grade_assignment(course.root, course.assignment, workers=2)
    told = {name: "\n".join([*summary.found.get(name, []), *([summary.ungraded[name]] if name in summary.ungraded else [])]) for name in students}
    return Graded(dict.fromkeys((*students, *CLASSMATES), course), told, set(summary.ungraded), summary)


def nbgrader(course: MiniCourse, students: Sequence[str], submit: Callable[[MiniCourse, Collection[str]], None], folder: Path) -> Callable[[], Graded]:
    """By nbgrader's own autograde, one submission after the other; half of the class in a course of its own, in a process each.

    They have begun when this returns; what it returns waits for them. Meanwhile the other door can be gone through, for attacks by code spend their time.
    """
    halves = [list(students)[::2], list(students)[1::2]]
    courses = []
    for number, half in enumerate(halves):
        shutil.copytree(course.root, folder / f"half{number}")
        courses.append(MiniCourse(folder / f"half{number}", copied=True))
        submit(courses[-1], half)
    pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    begun = [pool.submit(autograded, str(one.root), [CLASSMATES[0], *half, CLASSMATES[1]]) for one, half in zip(courses, halves, strict=True)]

    def finish() -> Graded:
        with pool:
            results = [one.result() for one in begun]
        told = {name: said for result in results for name, (_, said) in result.items()}
        failed = {name for result in results for name, (success, _) in result.items() if not success}
        placed = {name: courses[number] for number, half in enumerate(halves) for name in (*half, *CLASSMATES)}
        return Graded(placed, told, failed)

    return finish


def autograded(root: str, students: Sequence[str]) -> dict[str, tuple[bool, str]]:
    """For each student: whether nbgrader graded the submission, and what it said, with the feedback blocks that a grader sees."""
    warnings.simplefilter("ignore")
    course = MiniCourse(Path(root), copied=True)
    found = {}
    for name in students:
        result = course.autograde(name)[name]
        said = [str(result.get("log") or result.get("error"))]
        if (course.root / "autograded" / name / course.assignment / "one.ipynb").is_file() and result["success"]:
            said += [re.sub("<style>.*?</style>", "", course.block(name, item), flags=re.DOTALL) for item in ("which-order", "heart-of-the-matter")]
        found[name] = (bool(result["success"]), "\n".join(said))
    return found
