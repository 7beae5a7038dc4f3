"""Writing grades into nbgrader's gradebook: a transaction a submission, by the rules of nbgrader's own steps.

Scores and comments that a human gave are never touched. Rules taken over: `Autograde.init_assignment` (student,
submission, missing notebooks), `SaveAutoGrades` (scores, comments, what must be looked at again), `AssignLatePenalties`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from nbgrader import api
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.engine import Connection

from medcoding.grading.audit.changes import Cell, ScoreChange, record_changes
from medcoding.grading.run import ledger
from medcoding.grading.run.pipeline import Marked

STUDENT, SUBMISSION = api.Student.__table__, api.SubmittedAssignment.__table__
NOTEBOOK, GRADE, COMMENT = api.SubmittedNotebook.__table__, api.Grade.__table__, api.Comment.__table__


@dataclass(frozen=True)
class Moved:
    """A score that is another than at the grading before. `by_hand`: a grader's points stand in its place."""

    student: str
    notebook: str
    cell: str
    before: float | None
    after: float | None
    by_hand: bool = False


@dataclass
class _Submitted:
    """A submission's rows as plain dicts: notebooks by name, grades and comments by (notebook, cell). `new` ones are not in the database yet."""

    row: dict[str, Any]
    new: bool
    notebooks: dict[str, dict[str, Any]]
    grades: dict[tuple[str, str], dict[str, Any]]
    comments: dict[tuple[str, str], dict[str, Any]]


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
        only: set[tuple[str, str]] | None = None, reasons: Mapping[str, str] | None = None,
    ) -> list[Moved]:
        """Write one graded submission and its ledger entry in one transaction; returns the scores that moved.

        Args:
            timestamp: when it was submitted, in UTC without zone; None leaves what is there.
            graded: the notebooks that were graded, for which a late penalty is worked out.
            only: the cells to write, where the same submission is graded again; None writes all. Given, scores that move
                go into the audit trail.
            reasons: why, by exercise, where a key was corrected.
        """
        with self.transaction() as connection:
            rows = self._rows(connection, student)
            if timestamp is not None:
                rows.row["timestamp"] = timestamp
            scores, comments, moved = self._marks(student, rows, marks, only)
            penalties = self._late(student, rows, graded)
            if rows.new:
                self._insert(connection, rows)
            else:
                self._update(connection, rows, scores, comments, penalties)
            ledger.write(connection, self.assignment, entry)
            if only is not None and moved:
                record_changes(connection, [self._change(one, reasons or {}) for one in moved])
        return moved

    def _change(self, one: Moved, reasons: Mapping[str, str]) -> ScoreChange:
        kind: Literal["regrade-after-key-correction", "autograde-change"] = (
            "regrade-after-key-correction" if one.cell in reasons else "autograde-change"
        )
        cell = Cell(one.student, self.assignment, one.notebook, one.cell)
        return ScoreChange(cell, one.before, one.after, reasons.get(one.cell, ""), kind, one.by_hand)

    def _rows(self, connection: Connection, student: str) -> _Submitted:
        found = connection.execute(
            select(SUBMISSION).where(SUBMISSION.c.assignment_id == self._assignment_id, SUBMISSION.c.student_id == student)
        ).first()
        if found is None:
            if connection.execute(select(STUDENT.c.id).where(STUDENT.c.id == student)).first() is None:
                connection.execute(insert(STUDENT).values(id=student))
            return self._new_rows(student)
        notebooks = connection.execute(select(NOTEBOOK).where(NOTEBOOK.c.assignment_id == found.id)).mappings().all()
        ids = [row["id"] for row in notebooks]
        grades = connection.execute(select(GRADE).where(GRADE.c.notebook_id.in_(ids))).mappings()
        comments = connection.execute(select(COMMENT).where(COMMENT.c.notebook_id.in_(ids))).mappings()
        return _Submitted(
            dict(found._mapping), False, {self._notebooks[row["notebook_id"]]: dict(row) for row in notebooks},
            {self._cells[row["cell_id"]]: dict(row) for row in grades}, {self._cells[row["cell_id"]]: dict(row) for row in comments},
        )

    def _new_rows(self, student: str) -> _Submitted:
        """The rows that nbgrader makes for a new submission."""
        mine = _id()
        ids = {notebook: _id() for notebook in self._notebooks}
        grades = {"auto_score": None, "manual_score": None, "extra_credit": None, "needs_manual_grade": True}
        comments = {"auto_comment": None, "manual_comment": None}
        return _Submitted(
            {"id": mine, "assignment_id": self._assignment_id, "student_id": student, "timestamp": None, "extension": None}, True,
            {name: {"id": ids[key], "notebook_id": key, "assignment_id": mine, "flagged": False, "late_submission_penalty": None}
             for key, name in self._notebooks.items()},
            {self._cells[cell]: {"id": _id(), "cell_id": cell, "notebook_id": ids[key], **grades} for key, cell in self._grade_cells},
            {self._cells[cell]: {"id": _id(), "cell_id": cell, "notebook_id": ids[key], **comments} for key, cell in self._comment_cells},
        )

    @staticmethod
    def _marks(
        student: str, rows: _Submitted, marks: Iterable[Marked], only: set[tuple[str, str]] | None
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Moved]]:
        """Put marks into the rows; returns the changed grades and comments, and the scores that moved."""
        moved: list[Moved] = []
        scores: list[dict[str, Any]] = []
        comments: list[dict[str, Any]] = []
        for mark in marks:
            place = (mark.notebook, mark.cell)
            if only is not None and place not in only:
                continue
            if mark.kind == "comment":
                row = rows.comments[place]
                if row["auto_comment"] != mark.comment:
                    row["auto_comment"] = mark.comment
                    comments.append(row)
                continue
            row = rows.grades[place]
            again = mark.kind != "missing" and (row["manual_score"] is not None or mark.score is None)
            if row["auto_score"] != mark.score:
                moved.append(Moved(student, *place, row["auto_score"], mark.score, row["manual_score"] is not None))
            if (row["auto_score"], row["needs_manual_grade"]) != (mark.score, again):
                row |= {"auto_score": mark.score, "needs_manual_grade": again}
                scores.append(row)
        return scores, comments, moved

    def _late(self, student: str, rows: _Submitted, graded: Iterable[str]) -> list[dict[str, Any]]:
        """Work out late penalties; returns the notebooks whose penalty changed."""
        timestamp, extension = rows.row["timestamp"], rows.row["extension"]
        due = self._due + extension if self._due is not None and extension is not None else self._due
        late = max(0.0, (timestamp - due).total_seconds()) if timestamp is not None and due is not None else 0.0
        changed = []
        for name in graded:
            penalty = None
            if late > 0:
                score = sum(_score(row) for (notebook, _), row in rows.grades.items() if notebook == name)
                penalty = self._penalties.plugin_inst.late_submission_penalty(student, score, late)
                if penalty is not None:
                    penalty = min(max(penalty, 0), score)
            if rows.notebooks[name]["late_submission_penalty"] != penalty:
                rows.notebooks[name]["late_submission_penalty"] = penalty
                changed.append(rows.notebooks[name])
        return changed

    @staticmethod
    def _insert(connection: Connection, rows: _Submitted) -> None:
        connection.execute(insert(SUBMISSION), rows.row)
        for table, new in ((NOTEBOOK, rows.notebooks), (GRADE, rows.grades), (COMMENT, rows.comments)):
            if new:
                connection.execute(insert(table), list(new.values()))

    @staticmethod
    def _update(
        connection: Connection, rows: _Submitted, scores: list[dict[str, Any]], comments: list[dict[str, Any]], penalties: list[dict[str, Any]]
    ) -> None:
        connection.execute(update(SUBMISSION).where(SUBMISSION.c.id == rows.row["id"]).values(timestamp=rows.row["timestamp"]))
        changed = ((GRADE, scores, ("auto_score", "needs_manual_grade")), (COMMENT, comments, ("auto_comment",)), (NOTEBOOK, penalties, ("late_submission_penalty",)))
        for table, new, columns in changed:
            if new:
                connection.execute(
                    update(table).where(table.c.id == bindparam("row")).values({name: bindparam(f"new_{name}") for name in columns}),
                    [{"row": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in new],
                )


def _score(row: dict[str, Any]) -> float:
    """nbgrader's `Grade.score`."""
    given = row["manual_score"] if row["manual_score"] is not None else row["auto_score"]
    return 0.0 if given is None else float(given) + float(row["extra_credit"] or 0.0)


def _id() -> str:
    return uuid.uuid4().hex


def _patient(connection: Any, record: object) -> None:
    """SQLite waits for another's lock (formgrader's, say) instead of failing."""
    connection.execute("PRAGMA busy_timeout = 60000")
