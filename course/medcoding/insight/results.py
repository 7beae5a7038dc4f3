"""The gradebook's side of a graded assignment: exercises, and for each submission its points and times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from nbgrader import api

from medcoding.grading.places import Course
from medcoding.items.models import Item

SUBMITTED, NOTEBOOK, GRADE = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__, api.Grade.__table__


class NoResults(ValueError):
    """An assignment has nothing to report. The message says what was found and what to do."""


@dataclass(frozen=True)
class Exercise:
    """One cell of an assignment that is worth points or scored. `item` is the exercise as released last; None for a plain nbgrader cell."""

    notebook: str
    cell: str
    maximum: float
    item: Item | None = None

    @property
    def title(self) -> str:
        """What it is called on the page."""
        return self.item.title if self.item else self.cell

    @property
    def form(self) -> str:
        """How it is answered."""
        return self.item.form if self.item else "other"

    @property
    def counts(self) -> bool:
        """Whether it is worth points."""
        return self.maximum > 0


@dataclass(frozen=True)
class Standing:
    """One submission in the gradebook. `points` by exercise, a grader's before the automatic ones; None waits for a grader.

    Times are UTC without zone. `extra` is extra credit, `penalty` what lateness took off.
    """

    student: str
    submitted: datetime | None
    due: datetime | None
    points: tuple[float | None, ...]
    extra: float = 0.0
    penalty: float = 0.0


@dataclass(frozen=True)
class GradedClass:
    """An assignment's exercises, in the order of its notebooks, and its submissions by student. `enrolled` counts the whole class."""

    assignment: str
    due: datetime | None
    exercises: tuple[Exercise, ...]
    standings: tuple[Standing, ...]
    enrolled: int

    @property
    def possible(self) -> float:
        """The points of the whole assignment."""
        return sum(one.maximum for one in self.exercises)


def read_class(course: Course, assignment: str) -> GradedClass:
    """The graded class of an assignment, by its folder's name or number.

    Raises:
        NoResults: there is no gradebook, no such assignment, or nothing was submitted.
    """
    engine = _engine(course)
    try:
        with engine.connect() as connection:
            return _read(connection, course, assignment)
    except sa.exc.DBAPIError as error:
        raise NoResults(f"The gradebook cannot be read: {str(error.orig)[:200]}. Grade an assignment first: medcoding grade {assignment[:80]}") from None
    finally:
        engine.dispose()


def _engine(course: Course) -> Any:
    url = sa.engine.make_url(course.coursedir.db_url)
    if url.drivername.startswith("sqlite") and url.database and not (course.root / url.database).is_file():
        raise NoResults(f"There is no gradebook at {url.database}. Grade an assignment first: medcoding grade ASSIGNMENT")
    return sa.create_engine(url)


def _read(connection: Any, course: Course, given: str) -> GradedClass:
    table = api.Assignment.__table__
    known = {str(row.name): row for row in connection.execute(sa.select(table.c.id, table.c.name, table.c.duedate))}
    found = [name for name in sorted(known) if given in (name, name.split("-")[0])]
    if len(found) != 1:
        raise NoResults(f"No single assignment is called {given[:80]!r}. The gradebook knows: {', '.join(sorted(known)) or 'none'}.")
    row = known[found[0]]
    exercises, places = _exercises(connection, course, row.name, row.id)
    standings = tuple(_standings(connection, row.id, row.duedate, places, len(exercises)))
    if not standings:
        raise NoResults(f"{row.name} has no graded submissions. Collect and grade it first: medcoding grade {row.name}")
    enrolled = connection.execute(sa.select(sa.func.count()).select_from(api.Student.__table__)).scalar_one()
    return GradedClass(row.name, row.duedate, exercises, standings, int(enrolled))


def _exercises(connection: Any, course: Course, assignment: str, key: str) -> tuple[tuple[Exercise, ...], dict[str, int]]:
    """The exercises, in the order of notebooks and of their publications, and the place of each by the id of its cell."""
    name, base, graded, task = api.Notebook.__table__, api.BaseCell.__table__, api.GradeCell.__table__, api.TaskCell.__table__
    maximum = sa.func.coalesce(graded.c.max_score, task.c.max_score)
    query = (
        sa.select(base.c.id, base.c.name, name.c.name.label("notebook"), maximum.label("maximum"))
        .select_from(base)
        .join(name, name.c.id == base.c.notebook_id)
        .outerjoin(graded, graded.c.id == base.c.id)
        .outerjoin(task, task.c.id == base.c.id)
        .where(name.c.assignment_id == key, maximum.is_not(None))
    )
    items: dict[tuple[str, str], Item] = {}
    order: dict[tuple[str, str], int] = {}
    cells = list(connection.execute(query))
    for notebook in sorted({cell.notebook for cell in cells}):
        current = course.store.current(assignment, notebook)
        for item in current.items if current else ():
            items[notebook, item.id] = item
            order[notebook, item.id] = len(order)
    cells.sort(key=lambda cell: (cell.notebook, order.get((cell.notebook, cell.name), len(order)), cell.name))
    exercises = tuple(Exercise(cell.notebook, cell.name, float(cell.maximum), items.get((cell.notebook, cell.name))) for cell in cells)
    return exercises, {cell.id: place for place, cell in enumerate(cells)}


def _standings(connection: Any, assignment: str, due: datetime | None, places: dict[str, int], width: int) -> Iterator[Standing]:
    """Submissions by student; rows of grades are streamed."""
    penalties = sa.select(NOTEBOOK.c.assignment_id, sa.func.sum(NOTEBOOK.c.late_submission_penalty)).group_by(NOTEBOOK.c.assignment_id)
    late = {key: float(taken or 0.0) for key, taken in connection.execute(penalties)}
    about = connection.execute(
        sa.select(SUBMITTED.c.id, SUBMITTED.c.student_id, SUBMITTED.c.timestamp, SUBMITTED.c.extension)
        .where(SUBMITTED.c.assignment_id == assignment).order_by(SUBMITTED.c.student_id)
    ).all()
    points: dict[str, list[float | None]] = {row.id: [None] * width for row in about}
    extra: dict[str, float] = {}
    rows = connection.execution_options(yield_per=20_000).execute(
        sa.select(NOTEBOOK.c.assignment_id, GRADE.c.cell_id, GRADE.c.auto_score, GRADE.c.manual_score, GRADE.c.extra_credit)
        .select_from(GRADE).join(NOTEBOOK, NOTEBOOK.c.id == GRADE.c.notebook_id)
        .join(SUBMITTED, SUBMITTED.c.id == NOTEBOOK.c.assignment_id).where(SUBMITTED.c.assignment_id == assignment)
    )
    for submission, cell, automatic, manual, credit in rows:
        if cell in places:
            given = automatic if manual is None else manual
            points[submission][places[cell]] = None if given is None else float(given)
            extra[submission] = extra.get(submission, 0.0) + float(credit or 0.0)
    for row in about:
        own_due = due + row.extension if due is not None and row.extension is not None else due
        yield Standing(
            str(row.student_id), row.timestamp, own_due, tuple(points[row.id]), extra.get(row.id, 0.0), late.get(row.id, 0.0)
        )
