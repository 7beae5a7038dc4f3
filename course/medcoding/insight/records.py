"""The score records of a submission: what was answered, what it earned by key, when. Everything here comes from students and is checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from medcoding.findings import Score
from medcoding.grading.exporter import Unreadable, notebook_bytes
from medcoding.grading.places import Course
from medcoding.grading.safe import SCORE_MIME
from medcoding.grading.score import read_submission
from medcoding.insight.results import Exercise, GradedClass, Standing
from medcoding.items.answers import FILE_NAME, Answer, AnswersProblem, read_answers

MOST_BYTES = 60_000_000
"""Of one autograded notebook; a submitted one has at most a third of it."""


@dataclass(frozen=True, slots=True)
class Given:
    """One scored exercise of a submission. `exercise` is its place in the class; `share` what its key gives, 0 to 1.

    `answer` is plain data in the shape of its form, or None where nothing sound was answered. `at` (UTC) and `revision` are those
    of the last change, as the student's machine wrote them; None where they are not known.
    """

    exercise: int
    publication: str
    variant: int | None
    answer: Any
    share: float
    manual: bool
    parts: tuple[tuple[str, float], ...]
    own: bool = True
    """Whether it is the student's own variant."""
    at: datetime | None = None
    revision: int | None = None


@dataclass(frozen=True)
class Submission:
    """One submission: its standing, its scored exercises, and what could not be read, in words."""

    standing: Standing
    given: tuple[Given, ...]
    problems: tuple[str, ...] = ()


def submissions(course: Course, graded: GradedClass) -> Iterator[Submission]:
    """The submissions of a class, one after the other, read as they are asked for. None of them ends the run."""
    for standing in graded.standings:
        yield read_records(course, graded, standing)


def read_records(course: Course, graded: GradedClass, standing: Standing) -> Submission:
    """The score records of one submission, from its autograded notebooks."""
    places = {(one.notebook, one.cell): place for place, one in enumerate(graded.exercises) if one.item is not None}
    folder = course.folder("autograded", graded.assignment, standing.student)
    recorded = _recorded(folder)
    found: list[Given] = []
    problems: list[str] = []
    for notebook in dict.fromkeys(notebook for notebook, _ in places):
        try:
            cells = _cells(folder / f"{notebook}.ipynb")
        except Unreadable as problem:
            problems.append(f"{notebook}: {str(problem).replace('submitted', 'autograded')}")
            continue
        answers = recorded or read_submission(course.folder("submitted", graded.assignment, standing.student), notebook).answers
        for cell, record in _records(cells):
            place = places.pop((notebook, cell), None)
            if place is None:
                continue
            given = _given(record, place, graded.exercises[place], answers.get(cell))
            if given is None:
                problems.append(f"{notebook}: the score record of {cell} cannot be read")
            else:
                found.append(given)
    return Submission(standing, tuple(found), tuple(problems))


def _cells(path: Path) -> list[Any]:
    try:
        cells = json.loads(notebook_bytes(path, MOST_BYTES, graded=True))["cells"]
    except Unreadable:
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable("the autograded notebook is no notebook") from None
    if not isinstance(cells, list):
        raise Unreadable("the autograded notebook is no notebook")
    return cells


def _records(cells: list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(grade cell, record) of each grade cell that has one; of other cells' outputs nothing is believed."""
    for cell in cells:
        try:
            grader = cell["metadata"]["nbgrader"]
            if not (grader["grade"] and grader["locked"]):
                continue
            outputs = [output["data"][SCORE_MIME] for output in cell["outputs"] if SCORE_MIME in output.get("data", {})]
            if outputs and isinstance(outputs[-1], dict) and outputs[-1]["item"] == grader["grade_id"]:
                yield str(grader["grade_id"]), outputs[-1]
        except (KeyError, TypeError, AttributeError):
            continue


def _given(record: Mapping[str, Any], place: int, exercise: Exercise, recorded: Answer | None) -> Given | None:
    """A record as plain data; None where it has another shape."""
    try:
        score = Score.model_validate(record["score"])
        variant = record.get("variant")
        answer = record["answer"]
        publication = str(record["publication"])
        rules = {str(note["rule"]) for note in record["notes"]}
    except (ValidationError, KeyError, TypeError, RecursionError):
        return None
    same = recorded is not None and answer is not None
    return Given(
        place, publication, variant if isinstance(variant, int) else None, answer if isinstance(answer, dict) else None,
        score.share, score.manual, tuple((part.name, part.earned / part.possible) for part in score.parts if part.possible > 0),
        "other-variant" not in rules, instant(recorded.at) if recorded is not None and same else None, recorded.revision if recorded is not None and same else None,
    )  # fmt: skip


def _recorded(folder: Path) -> Mapping[str, Answer]:
    """The recorded answers with their times, as they were when they were graded; none where there is no sound file."""
    try:
        return read_answers(folder / FILE_NAME)[0]
    except AnswersProblem:
        return {}


def instant(text: str) -> datetime | None:
    """A time as an answers file tells it, in UTC without zone; None where it is none of this century."""
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None
    return at if 2000 <= at.year < 2100 else None
