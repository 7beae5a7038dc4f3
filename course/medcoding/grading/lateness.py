"""Lateness: extensions brought into the gradebook, where nbgrader, formgrader and our own grader all look, and late penalties."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, inspect, select, update
from sqlalchemy.engine import Connection, Engine
from traitlets import Enum
from traitlets import Float as FloatTrait

from medcoding.grading.extensions import ExtensionProblem, Extensions, opening_in, read_extensions
from medcoding.grading.places import Course, course_of

GRANTED = Table(
    "medcoding_extension",
    MetaData(),
    Column("assignment", String(255), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("seconds", Float, nullable=False),
)
"""What this module has written into nbgrader's own `extension`, so that one granted by hand is told from ours."""


@dataclass(frozen=True)
class Applied:
    """What was brought into the gradebook: time beyond the due date by student, and what could not be used."""

    extensions: dict[str, timedelta]
    changed: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def apply_extensions(root: Path, assignment: str, students: Iterable[str] | None = None) -> Applied:
    """Bring the extensions of the course in `root` into its gradebook; call it before grading.

    nbgrader keeps an extension with each submission (`SubmittedAssignment.extension`), and lateness is reckoned from it
    everywhere. A student's row is made where a submission waits in `submitted/` and has none yet. An extension that was
    granted otherwise (`Gradebook.grant_extension`) stays where it is longer; what this function gave before is taken
    back when its entry has gone. Penalties of work that is graded already follow at once, as grading it again would have them.

    Raises:
        ExtensionProblem: the file cannot be read. An entry that cannot be used is a problem in the result instead.
    """
    from medcoding.grading.release import Releases

    return apply_to(Releases(root).course, assignment, students)


def apply_to(course: Course, assignment: str, students: Iterable[str] | None = None, *, reckon: bool = True) -> Applied:
    """As `apply_extensions`, for a course that is loaded. `reckon`: penalties of graded work are reckoned anew where an extension changed."""
    extensions = read_extensions(course.root / course.extensions)
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as gradebook:
        known = inspect(gradebook.engine).has_table(GRANTED.name)
        if not extensions.entries and not known:
            return Applied({})
        if not known:
            GRANTED.create(gradebook.engine, checkfirst=True)
        try:
            due = gradebook.find_assignment(assignment).duedate
        except MissingEntry:
            return Applied({}, problems=(f"{assignment}: nbgrader knows no such assignment; release it first.",))
        wanted, problems = _wanted(course, extensions, assignment, due, students)
        _make_rows(course, gradebook, assignment, wanted)
        changed = _write(gradebook.engine, assignment, wanted, None if students is None else set(students))
        if reckon and changed:
            gradebook.db.expire_all()
            _reckon(course, gradebook, assignment, changed)
    return Applied(wanted, tuple(changed), tuple(problems))


def _wanted(
    course: Course, extensions: Extensions, assignment: str, due: Any, students: Iterable[str] | None
) -> tuple[dict[str, timedelta], list[str]]:
    chosen = extensions.students(assignment)
    if students is not None:
        chosen = [student for student in chosen if student in set(students)]
    if due is None:
        return {}, [f"{assignment} has no due date, so nobody is late and {len(chosen)} extensions wait."] if chosen else []
    wanted: dict[str, timedelta] = {}
    problems: list[str] = []
    opens = None
    for student in chosen:
        entry = extensions.of(student, assignment)
        assert entry is not None
        try:
            if entry.extra.endswith(("%", "x")) and opens is None:
                opens = opening_in(course.root, assignment)
            wanted[student] = entry.model_copy(update={"assignment": assignment}).beyond(due, opens)
        except ExtensionProblem as problem:
            problems.append(f"{assignment}: {problem}")
    return wanted, problems


def _make_rows(course: Course, gradebook: Gradebook, assignment: str, wanted: dict[str, timedelta]) -> None:
    for student in wanted:
        if not course.folder("submitted", assignment, student).is_dir():
            continue
        try:
            gradebook.find_submission(assignment, student)
        except MissingEntry:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student)


def _write(engine: Engine, assignment: str, wanted: dict[str, timedelta], only: set[str] | None) -> list[str]:
    """Write what differs, in one transaction; returns whose extension changed."""
    submission, assignments, student = SubmittedAssignment.__table__, Assignment.__table__, Student.__table__
    changed: list[str] = []
    with engine.begin() as connection:
        ours = {row.student: row.seconds for row in connection.execute(select(GRANTED).where(GRANTED.c.assignment == assignment))}
        rows = connection.execute(
            select(submission.c.id, student.c.id.label("student"), submission.c.extension)
            .join(assignments, assignments.c.id == submission.c.assignment_id)
            .join(student, student.c.id == submission.c.student_id)
            .where(assignments.c.name == assignment, student.c.id.in_({*wanted, *ours}))
        ).all()
        for row in rows:
            if only is not None and row.student not in only:
                continue
            stored = row.extension
            by_us = stored is not None and ours.get(row.student) == stored.total_seconds()
            by_hand = None if by_us else stored
            new = max(filter(None, (wanted.get(row.student), by_hand)), default=None)
            if new != stored:
                connection.execute(update(submission).where(submission.c.id == row.id).values(extension=new))
                changed.append(row.student)
            _remember(connection, assignment, row.student, None if new is None or new == by_hand else new.total_seconds())
    return changed


def _remember(connection: Connection, assignment: str, student: str, seconds: float | None) -> None:
    connection.execute(delete(GRANTED).where(GRANTED.c.assignment == assignment, GRANTED.c.student == student))
    if seconds is not None:
        connection.execute(insert(GRANTED).values(assignment=assignment, student=student, seconds=seconds))


def _reckon(course: Course, gradebook: Gradebook, assignment: str, students: list[str]) -> None:
    """Late penalties of graded notebooks anew, by nbgrader's step and the plugin that is configured."""
    step = AssignLatePenalties(config=course.config)
    step.init_plugin()
    for student in students:
        submission = gradebook.find_submission(assignment, student)
        late = submission.total_seconds_late
        for notebook in submission.notebooks:
            if all(grade.auto_score is None and grade.manual_score is None for grade in notebook.grades):
                continue
            penalty = step.plugin_inst.late_submission_penalty(student, notebook.score, late) if late > 0 else None
            notebook.late_submission_penalty = None if penalty is None else step._check_late_penalty(notebook, penalty)
    gradebook.db.commit()


class LatePenalty(LateSubmissionPlugin):  # type: ignore[misc]
    """nbgrader's late penalties, after extensions, and one more method: a share of the points earned for each day begun.

    Plugged in by `AssignLatePenalties.plugin_class`. nbgrader makes the plugin before it reckons lateness, and that is
    when the student's extension is brought into the gradebook, for `nbgrader autograde` and formgrader's button.
    """

    penalty_method = Enum(
        ("none", "zero", "per-day"),
        default_value="none",
        help="What late work loses: none (nothing), zero (everything), per-day (`per_day` percent of the points earned, each day begun).",
    ).tag(config=True)
    per_day = FloatTrait(10.0, min=0, max=100, help="Percent of the points earned that each day begun takes off, with 'per-day'.").tag(config=True)
    at_most = FloatTrait(100.0, min=0, max=100, help="Percent of the points earned that 'per-day' takes off at most.").tag(config=True)
    grace_minutes = FloatTrait(0.0, min=0, help="Minutes after the due date, or after the extension, that 'per-day' forgives.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        assignment, student = (getattr(self.parent, name, None) for name in ("assignment_id", "student_id"))
        if isinstance(assignment, str) and isinstance(student, str) and assignment and student:
            for problem in apply_to(course_of(self), assignment, [student], reckon=False).problems:
                self.log.error("%s", problem)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Points to take off a notebook; None takes nothing."""
        if self.penalty_method != "per-day":
            kept: float | None = super().late_submission_penalty(student_id, score, total_seconds_late)
            return kept
        late = total_seconds_late - self.grace_minutes * 60
        if late <= 0:
            return None
        penalty: float = round(score * min(self.at_most, self.per_day * math.ceil(late / 86400)) / 100, 4)
        return penalty
