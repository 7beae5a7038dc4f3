"""The scores of nbgrader's grade cells: read, and set by hand as formgrader sets them, but compared first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import sqlalchemy as sa
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)

from medcoding.findings import format_points
from medcoding.grading.audit.trail import Refused


class Conflict(Refused):
    """Somebody else changed the score meanwhile; nothing was written."""


@dataclass(frozen=True)
class CellScore:
    """One grade cell of a submission. `automatic` and `manual` are None where there is none; `waits` says that a grader is asked for."""

    grade: str
    student: str
    assignment: str
    notebook: str
    cell: str
    automatic: float | None
    manual: float | None
    extra: float | None
    maximum: float
    waits: bool

    @property
    def counted(self) -> float | None:
        """The points that count, without extra credit: a grader's before the automatic ones."""
        return self.automatic if self.manual is None else self.manual


def scores(
    connection: sa.Connection, assignment: str, *, student: str | None = None, cell: str | None = None, notebook: str | None = None
) -> list[CellScore]:
    """Grade cells of the submissions of an assignment, by student, notebook and cell."""
    grade, base, graded, task = Grade.__table__, BaseCell.__table__, GradeCell.__table__, TaskCell.__table__
    part, whole, name, top = SubmittedNotebook.__table__, SubmittedAssignment.__table__, Notebook.__table__, Assignment.__table__
    query = (
        sa.select(
            grade.c.id, whole.c.student_id, top.c.name, name.c.name, base.c.name, grade.c.auto_score, grade.c.manual_score,
            grade.c.extra_credit, sa.func.coalesce(graded.c.max_score, task.c.max_score, 0.0), grade.c.needs_manual_grade,
        )
        .select_from(grade)
        .join(part, part.c.id == grade.c.notebook_id)
        .join(whole, whole.c.id == part.c.assignment_id)
        .join(top, top.c.id == whole.c.assignment_id)
        .join(name, name.c.id == part.c.notebook_id)
        .join(base, base.c.id == grade.c.cell_id)
        .outerjoin(graded, graded.c.id == base.c.id)
        .outerjoin(task, task.c.id == base.c.id)
        .where(top.c.name == assignment)
        .order_by(whole.c.student_id, name.c.name, base.c.name)
    )
    for column, value in ((whole.c.student_id, student), (base.c.name, cell), (name.c.name, notebook)):
        if value is not None:
            query = query.where(column == value)
    rows: list[Any] = list(connection.execute(query))
    return [CellScore(*row) for row in rows]


def find_score(connection: sa.Connection, student: str, assignment: str, cell: str, notebook: str | None = None) -> CellScore:
    """One grade cell of one submission.

    Raises:
        Refused: there is none, or there are several.
    """
    found = scores(connection, assignment, student=student, cell=cell, notebook=notebook)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"{cell} stands in the notebooks {', '.join(one.notebook for one in found)}; say which: --notebook NAME")
    others = scores(connection, assignment, student=student)
    if not others:
        raise Refused(f"The gradebook has no submission of this student to {assignment}. Grade it first: medcoding grade {assignment}")
    names = ", ".join(one.cell for one in others[:30])
    raise Refused(f"{assignment} has no grade cell {cell[:80]!r}{f' in notebook {notebook}' if notebook else ''}; it has: {names}.")


def assignments(connection: sa.Connection) -> list[str]:
    """The names of all assignments, sorted."""
    return [str(name) for name in connection.execute(sa.select(Assignment.__table__.c.name).order_by(Assignment.__table__.c.name)).scalars()]


def find_assignment(connection: sa.Connection, given: str) -> str:
    """The assignment that a name means: the whole name, or its number such as 05.

    Raises:
        Refused: none, or several.
    """
    known = assignments(connection)
    found = [name for name in known if given in (name, name.split("-")[0])]
    if len(found) != 1:
        raise Refused(f"No single assignment is called {given[:80]!r}. The gradebook knows: {', '.join(known) or 'none'}.")
    return found[0]


def holders(connection: sa.Connection, student: str, cell: str) -> list[str]:
    """The assignments in which a student's submission has a grade cell of that name."""
    return [name for name in assignments(connection) if scores(connection, name, student=student, cell=cell)]


def set_points(connection: sa.Connection, was: CellScore, points: float | None) -> CellScore:
    """Set a grader's points, as formgrader does: the cell then waits for nobody. None takes them back. Nothing else changes.

    Raises:
        Refused: the points are not in [0, maximum].
        Conflict: the scores are no longer as `was` says.
    """
    if points is not None and not (isfinite(points) and 0 <= points <= was.maximum):
        raise Refused(
            f"{points:g} points were given; {was.cell} takes 0 to {format_points(was.maximum)}. Extra credit is given in formgrader."
        )
    grade = Grade.__table__
    unchanged = [_same(grade.c.manual_score, was.manual), _same(grade.c.auto_score, was.automatic)]
    done = connection.execute(
        sa.update(grade)
        .where(grade.c.id == was.grade, *unchanged)
        .values(manual_score=points, needs_manual_grade=points is None and was.automatic is None)
    )
    if done.rowcount != 1:
        now = find_score(connection, was.student, was.assignment, was.cell, was.notebook)
        raise changed_meanwhile(was.cell, was.counted, now.counted)
    return find_score(connection, was.student, was.assignment, was.cell, was.notebook)


def changed_meanwhile(cell: str, seen: float | None, now: float | None) -> Conflict:
    """The error of a score that is another than the grader saw."""
    return Conflict(
        f"{cell} had {shown(seen)} when it was looked at and has {shown(now)} now: somebody else changed it meanwhile. "
        "Nothing was written. Look at it again with 'medcoding regrade show', then decide."
    )


def shown(points: float | None) -> str:
    """Points in words."""
    return "no points yet" if points is None else f"{format_points(points)} {'point' if points == 1 else 'points'}"


def _same(column: Any, value: float | None) -> Any:
    return column.is_(None) if value is None else column == value


def students(connection: sa.Connection) -> list[str]:
    """The ids of the whole class, sorted."""
    from nbgrader.api import Student

    column = Student.__table__.c.id
    found: Iterable[Any] = connection.execute(sa.select(column).order_by(column)).scalars()
    return [str(one) for one in found]
