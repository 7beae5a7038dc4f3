"""What nbgrader's `GetGrades` asks of the gradebook for each cell, asked once for many students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nbgrader import api
from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection


@dataclass
class Notebook:
    """The grades of one submitted notebook. Points by cell are (score, maximum)."""

    score: float = 0.0
    max_score: float = 0.0
    late_penalty: float | None = None
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)


def read(connection: Connection, assignment: str, students: Sequence[str]) -> dict[str, dict[str, Notebook]]:
    """Grades of some students (a few hundred at most), by student and notebook."""
    grade, comment, cell = api.Grade.__table__, api.Comment.__table__, api.BaseCell.__table__
    notebook, submitted, submission = api.Notebook.__table__, api.SubmittedNotebook.__table__, api.SubmittedAssignment.__table__
    whole, graded, task = api.Assignment.__table__, api.GradeCell.__table__, api.TaskCell.__table__
    mine = (whole.c.name == assignment, submission.c.student_id.in_(students))
    joined = (
        submitted.join(submission, submission.c.id == submitted.c.assignment_id)
        .join(whole, whole.c.id == submission.c.assignment_id)
        .join(notebook, notebook.c.id == submitted.c.notebook_id)
    )
    found: dict[str, dict[str, Notebook]] = {}
    for row in connection.execute(
        select(submission.c.student_id, notebook.c.name, submitted.c.late_submission_penalty).select_from(joined).where(*mine)
    ):
        found.setdefault(row.student_id, {})[row.name] = Notebook(late_penalty=row.late_submission_penalty)
    most = func.coalesce(graded.c.max_score, task.c.max_score, 0.0)
    extra = func.coalesce(grade.c.extra_credit, 0.0)
    score = case((grade.c.manual_score.is_not(None), grade.c.manual_score + extra), (grade.c.auto_score.is_not(None), grade.c.auto_score + extra), else_=0.0)
    for row in connection.execute(
        select(submission.c.student_id, notebook.c.name.label("notebook"), cell.c.name.label("cell"), score.label("score"), most.label("most"))
        .select_from(
            joined.join(grade, grade.c.notebook_id == submitted.c.id)
            .join(cell, cell.c.id == grade.c.cell_id)
            .outerjoin(graded, graded.c.id == cell.c.id)
            .outerjoin(task, task.c.id == cell.c.id)
        )
        .where(*mine)
    ):
        one = found[row.student_id][row.notebook]
        one.points[row.cell] = (row.score, row.most)
        one.score += row.score
        one.max_score += row.most
    said = case((comment.c.manual_comment.is_not(None), comment.c.manual_comment), else_=comment.c.auto_comment)
    for row in connection.execute(
        select(submission.c.student_id, notebook.c.name.label("notebook"), cell.c.name.label("cell"), said.label("comment"))
        .select_from(joined.join(comment, comment.c.notebook_id == submitted.c.id).join(cell, cell.c.id == comment.c.cell_id))
        .where(*mine)
    ):
        found[row.student_id][row.notebook].comments[row.cell] = row.comment
    return found
