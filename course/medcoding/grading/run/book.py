"""Writing grades into nbgrader's gradebook: a transaction a submission, by the rules of nbgrader's own steps.

Scores and comments that a human gave are never touched. Rules taken over: `Autograde.init_assignment` (student,
submission, missing notebooks), `SaveAutoGrades` (scores, comments, what must be looked at again), `AssignLatePenalties`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.engine import Connection

from medcoding.grading.run import ledger
from medcoding.grading.run.pipeline import Marked

STUDENT, SUBMISSION = api.Student.__table__, api.SubmittedAssignment.__table__
NOTEBOOK, GRADE, COMMENT = api.SubmittedNotebook.__table__, api.Grade.__table__, api.Comment.__table__


@dataclass(frozen=True)
class Moved:
    """A score that is another than at the grading before."""

    student: str
    notebook: str
    cell: str
    before: float | None
    after: float | None


@dataclass
class _Submitted:
    """A submission's rows: ids by notebook, grades and comments by (notebook, cell)."""

    id: str
    extension: Any
    notebooks: dict[str, str]
    grades: dict[tuple[str, str], Any]
    comments: dict[tuple[str, str], Any]


class Book:
    """The gradebook of one assignment. Close it after use, or use it as a context."""

    def __init__(self, db_url: str, course_id: str, assignment: str, penalties: AssignLatePenalties) -> None:
        """`penalties` is nbgrader's step with its configuration; its plugin is asked.

        Raises:
            nbgrader.api.MissingEntry: no such assignment.
        """
        self._gradebook = api.Gradebook(db_url, course_id)
        self._engine = self._gradebook.engine
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _patient)
            self._engine.dispose()
        ledger.prepare(self._engine)
        self._course_id = course_id
        self._penalties = penalties
        penalties.init_plugin()
        self.assignment = assignment
        with self._gradebook.db() as session:
            found = session.query(api.Assignment).filter(api.Assignment.name == assignment).one_or_none()
            if found is None:
                raise api.MissingEntry(f"No such assignment: {assignment}")
            self._assignment_id, self._due = found.id, found.duedate
            self._notebooks = {one.id: one.name for one in found.notebooks}
            cells = [(one, cell) for one in found.notebooks for cell in one._base_cells]
            self._cells = {cell.id: (one.name, cell.name) for one, cell in cells}
            self._grade_cells = [(one.id, cell.id) for one, cell in cells if isinstance(cell, (api.GradeCell, api.TaskCell))]
            self._comment_cells = [(one.id, cell.id) for one, cell in cells if isinstance(cell, (api.SolutionCell, api.TaskCell))]
        self._connection = self._engine.connect()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the database back."""
        self._connection.close()
        self._gradebook.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction: all of it, or nothing."""
        with self._connection.begin():
            yield self._connection

    def entries(self, students: list[str]) -> dict[str, ledger.Entry]:
        """What the ledger holds of some students."""
        with self.transaction() as connection:
            return ledger.read(connection, self.assignment, students)

    def write(
        self, student: str, timestamp: datetime | None, marks: Iterable[Marked], graded: Iterable[str], entry: ledger.Entry,
        only: set[tuple[str, str]] | None = None,
    ) -> list[Moved]:
        """Write one graded submission and its ledger entry in one transaction; returns the scores that moved.

        Args:
            timestamp: when it was submitted, in UTC without zone; None leaves what is there.
            graded: the notebooks that were graded, for which a late penalty is worked out.
            only: the cells to write, where the same submission is graded again; None writes all.
        """
        with self.transaction() as connection:
            rows = self._rows(connection, student, timestamp)
            moved = self._marks(connection, student, rows, marks, only)
            self._late(connection, student, rows, timestamp, graded)
            ledger.write(connection, self.assignment, entry)
        return moved

    def _rows(self, connection: Connection, student: str, timestamp: datetime | None) -> _Submitted:
        if connection.execute(select(STUDENT.c.id).where(STUDENT.c.id == student)).first() is None:
            connection.execute(insert(STUDENT).values(id=student))
        found = connection.execute(
            select(SUBMISSION.c.id, SUBMISSION.c.extension).where(
                SUBMISSION.c.assignment_id == self._assignment_id, SUBMISSION.c.student_id == student
            )
        ).first()
        if found is None:
            return self._new_rows(connection, student, timestamp)
        if timestamp is not None:
            connection.execute(update(SUBMISSION).where(SUBMISSION.c.id == found.id).values(timestamp=timestamp))
        notebooks = {
            row.id: self._notebooks[row.notebook_id]
            for row in connection.execute(select(NOTEBOOK.c.id, NOTEBOOK.c.notebook_id).where(NOTEBOOK.c.assignment_id == found.id))
        }
        grades = connection.execute(select(GRADE).where(GRADE.c.notebook_id.in_(notebooks)))
        comments = connection.execute(select(COMMENT).where(COMMENT.c.notebook_id.in_(notebooks)))
        return _Submitted(
            found.id, found.extension, {name: key for key, name in notebooks.items()},
            {self._cells[row.cell_id]: row for row in grades}, {self._cells[row.cell_id]: row for row in comments},
        )

    def _new_rows(self, connection: Connection, student: str, timestamp: datetime | None) -> _Submitted:
        mine = _id()
        connection.execute(insert(SUBMISSION).values(id=mine, assignment_id=self._assignment_id, student_id=student, timestamp=timestamp))
        ids = {notebook: _id() for notebook in self._notebooks}
        connection.execute(
            insert(NOTEBOOK), [{"id": key, "notebook_id": notebook, "assignment_id": mine, "flagged": False} for notebook, key in ids.items()]
        )
        grades = [
            {"id": _id(), "cell_id": cell, "notebook_id": ids[notebook], "auto_score": None, "manual_score": None, "extra_credit": None,
             "needs_manual_grade": True}
            for notebook, cell in self._grade_cells
        ]
        comments = [
            {"id": _id(), "cell_id": cell, "notebook_id": ids[notebook], "auto_comment": None, "manual_comment": None}
            for notebook, cell in self._comment_cells
        ]
        for table, rows in ((GRADE, grades), (COMMENT, comments)):
            if rows:
                connection.execute(insert(table), rows)
        return _Submitted(
            mine, None, {self._notebooks[notebook]: key for notebook, key in ids.items()},
            {self._cells[row["cell_id"]]: _Row(row) for row in grades}, {self._cells[row["cell_id"]]: _Row(row) for row in comments},
        )

    def _marks(
        self, connection: Connection, student: str, rows: _Submitted, marks: Iterable[Marked], only: set[tuple[str, str]] | None
    ) -> list[Moved]:
        moved: list[Moved] = []
        scores: list[dict[str, Any]] = []
        comments: list[dict[str, Any]] = []
        for mark in marks:
            place = (mark.notebook, mark.cell)
            if only is not None and place not in only:
                continue
            if mark.kind == "comment":
                row = rows.comments[place]
                if row.auto_comment != mark.comment:
                    comments.append({"row": row.id, "comment": mark.comment})
                continue
            row = rows.grades[place]
            again = mark.kind != "missing" and (row.manual_score is not None or mark.score is None)
            if (row.auto_score, row.needs_manual_grade) != (mark.score, again):
                scores.append({"row": row.id, "score": mark.score, "again": again})
            if row.auto_score != mark.score:
                moved.append(Moved(student, *place, row.auto_score, mark.score))
            rows.grades[place] = _Row({**row._mapping, "auto_score": mark.score, "needs_manual_grade": again})
        if scores:
            connection.execute(
                update(GRADE).where(GRADE.c.id == bindparam("row")).values(auto_score=bindparam("score"), needs_manual_grade=bindparam("again")),
                scores,
            )
        if comments:
            connection.execute(update(COMMENT).where(COMMENT.c.id == bindparam("row")).values(auto_comment=bindparam("comment")), comments)
        return moved

    def _late(self, connection: Connection, student: str, rows: _Submitted, timestamp: datetime | None, graded: Iterable[str]) -> None:
        due = self._due + rows.extension if self._due is not None and rows.extension is not None else self._due
        if timestamp is None:
            timestamp = connection.execute(select(SUBMISSION.c.timestamp).where(SUBMISSION.c.id == rows.id)).scalar()
        late = max(0.0, (timestamp - due).total_seconds()) if timestamp is not None and due is not None else 0.0
        for name in graded:
            penalty = None
            if late > 0:
                score = sum(_score(row) for (notebook, _), row in rows.grades.items() if notebook == name)
                penalty = self._penalties.plugin_inst.late_submission_penalty(student, score, late)
                if penalty is not None:
                    penalty = min(max(penalty, 0), score)
            connection.execute(update(NOTEBOOK).where(NOTEBOOK.c.id == rows.notebooks[name]).values(late_submission_penalty=penalty))


class _Row:
    """A row as it was just written, read like one that was fetched."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._mapping = values

    def __getattr__(self, name: str) -> Any:
        return self._mapping[name]


def _score(row: Any) -> float:
    """nbgrader's `Grade.score`."""
    given = row.manual_score if row.manual_score is not None else row.auto_score
    return 0.0 if given is None else float(given) + float(row.extra_credit or 0.0)


def _id() -> str:
    return uuid.uuid4().hex


def _patient(connection: Any, record: object) -> None:
    """SQLite waits for another's lock (formgrader's, say) instead of failing."""
    connection.execute("PRAGMA busy_timeout = 60000")
