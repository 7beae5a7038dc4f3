"""The grades that go out: each student's result in each assignment, read from nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from nbgrader.api import Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import case, func, select


class GradesProblem(ValueError):
    """What was asked for is not in the gradebook. The message says what there is."""


@dataclass(frozen=True)
class Result:
    """One student's result in one assignment, in points; `score` is what counts: `raw` less `penalty`, not below 0."""

    raw: float
    penalty: float
    possible: float
    submitted: datetime | None = None
    waits: bool = False
    """Whether a part still waits for a grader."""

    @property
    def score(self) -> float:
        return max(0.0, self.raw - self.penalty)


@dataclass(frozen=True)
class Column:
    """One assignment: its name, its possible points and its due date (UTC without zone)."""

    assignment: str
    possible: float
    due: datetime | None = None


@dataclass(frozen=True)
class Row:
    """One student of the gradebook with results by assignment; without an entry nothing was handed in."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    results: Mapping[str, Result] = field(default_factory=dict)


@dataclass(frozen=True)
class Grades:
    """What is exported: columns in nbgrader's order, rows by name."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def read_grades(gradebook: Gradebook, assignments: Collection[str] = (), students: Collection[str] = ()) -> Grades:
    """The grades of some assignments and students; none named means all.

    Raises:
        GradesProblem: an assignment or a student is named that is not there.
    """
    columns = [Column(one.name, float(one.max_score or 0), one.duedate) for one in gradebook.assignments]
    _there("assignment", assignments, [one.assignment for one in columns])
    people = gradebook.db.execute(select(Student.id, Student.first_name, Student.last_name, Student.email)).all()
    _there("student", students, [one.id for one in people])
    columns = [one for one in columns if not assignments or one.assignment in assignments]
    results: dict[str, dict[str, Result]] = {}
    for column in columns:
        for student, result in _results(gradebook, column):
            results.setdefault(student, {})[column.assignment] = result
    rows = [
        Row(one.id, one.first_name or "", one.last_name or "", one.email or "", results.get(one.id, {}))
        for one in people
        if not students or one.id in students
    ]
    return Grades(tuple(columns), tuple(sorted(rows, key=lambda row: (row.last_name.casefold(), row.first_name.casefold(), row.student))))


def known_students(gradebook: Gradebook) -> dict[str, str]:
    """Every student of the gradebook, id to email."""
    return {one.id: one.email or "" for one in gradebook.db.execute(select(Student.id, Student.email))}


def _results(gradebook: Gradebook, column: Column) -> Iterator[tuple[str, Result]]:
    """Every result in one assignment, by three queries: nbgrader's own properties ask the database once for each student and number."""
    within = SubmittedAssignment.assignment.has(name=column.assignment)
    waits = case((Grade.needs_manual_grade, 1), else_=0)
    raw = {
        row[0]: row[1:]
        for row in gradebook.db.execute(
            select(SubmittedNotebook.assignment_id, func.sum(Grade.score), func.max(waits))
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .where(within)
            .group_by(SubmittedNotebook.assignment_id)
        )
    }
    penalties = dict(
        gradebook.db.execute(
            select(SubmittedNotebook.assignment_id, func.sum(SubmittedNotebook.late_submission_penalty))
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .where(within)
            .group_by(SubmittedNotebook.assignment_id)
        ).all()
    )
    for one in gradebook.db.execute(select(SubmittedAssignment.id, SubmittedAssignment.student_id, SubmittedAssignment.timestamp).where(within)):
        score, waiting = raw.get(one.id, (0.0, 0))
        yield one.student_id, Result(float(score or 0), float(penalties.get(one.id) or 0), column.possible, one.timestamp, bool(waiting))


def _there(what: str, asked: Collection[str], there: list[str]) -> None:
    missing = sorted(set(asked) - set(there))
    if missing:
        known = ", ".join(there[:30]) + (" …" if len(there) > 30 else "") or "none"
        raise GradesProblem(f"No {what} {', '.join(missing)} in the gradebook. There are: {known}.")
