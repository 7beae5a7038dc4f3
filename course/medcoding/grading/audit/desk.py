"""A grader's desk: the course, its gradebook, who the grader is and what students are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from medcoding.grading.audit.anonymity import Names, names
from medcoding.grading.audit.scores import CellScore, find_assignment, find_score, holders
from medcoding.grading.audit.tables import NoGradebook, engine_of, writing
from medcoding.grading.audit.trail import Refused, grader_of
from medcoding.grading.places import Course


@dataclass(frozen=True)
class Desk:
    """What the commands of graders share. `anonymous` adds to the course's setting, and cannot take from it."""

    course: Course
    anonymous: bool = False

    @property
    def db_url(self) -> str:
        """The address of the gradebook."""
        return str(self.course.coursedir.db_url)

    @property
    def engine(self) -> sa.Engine:
        """The engine of the gradebook."""
        return engine_of(self.db_url)

    @cached_property
    def names(self) -> Names:
        """What students are called."""
        return names(self.engine, self.course.secret, anonymous=self.anonymous or bool(self.course.anonymous))

    def assignment(self, given: str) -> str:
        """The assignment that a name or number means.

        Raises:
            Refused: none, or several.
        """
        with self.engine.connect() as connection:
            return find_assignment(connection, given)

    def score(self, student: str, cell: str, assignment: str | None, notebook: str | None) -> CellScore:
        """A student's grade cell, found in the one assignment that has it where none is named.

        Raises:
            Refused: no such cell, or in several assignments.
        """
        with self.engine.connect() as connection:
            if assignment is None:
                found = holders(connection, student, cell)
                if len(found) != 1:
                    where = f"stands in {', '.join(found)}; say which" if found else "stands in no graded submission of this student; say the assignment"
                    raise Refused(f"{cell[:80]} {where}: --assignment NN")
                assignment = found[0]
            return find_score(connection, student, assignment, cell, notebook)


def desk_at(root: Path, *, anonymous: bool = False) -> Desk:
    """The desk of the course whose `nbgrader_config.py` stands in `root`; the tables are there afterwards.

    Raises:
        NoGradebook: nothing was graded yet.
    """
    from medcoding.grading.release import Releases

    found = Desk(Releases(root).course, anonymous)
    file = found.engine.url.database if found.engine.dialect.name == "sqlite" else None
    if file and not Path(file).exists():
        raise NoGradebook(f"There is no gradebook {file}. Release and grade an assignment first, or set MEDCODING_DB to the gradebook's address.")
    with writing(found.engine):
        return found


def login(given: str | None) -> str:
    """The grader's name: as given, else the login, as nbgrader takes it.

    Raises:
        Refused: not one line of visible characters.
    """
    if given is not None:
        return grader_of(given)
    from nbgrader.utils import get_username

    return grader_of(get_username())
