"""`report`: an assignment's picture as one page, in a file or in a notebook."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from medcoding.grading.places import Course
from medcoding.insight.analysis import Analysis, analyse
from medcoding.insight.gather import gather
from medcoding.insight.page.classpage import class_page
from medcoding.insight.page.document import framed
from medcoding.insight.records import Submission, submissions
from medcoding.insight.results import GradedClass, read_class
from medcoding.items.bank import BankError, Lesson
from medcoding.items.publication import write_atomic

Watch = Callable[[Iterable[Submission], int], Iterable[Submission]]


@dataclass(frozen=True)
class Report:
    """A class's picture. The last value of a notebook cell shows it; `save` writes it; `analysis` holds every figure."""

    analysis: Analysis
    page: str = field(repr=False)

    def save(self, path: str | Path) -> Path:
        """Write the page, readable by its owner only: it holds results of students and keys."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, self.page.encode(), mode=0o600)
        return path

    def _repr_html_(self) -> str:
        return framed(f"Report on {self.analysis.gathered.graded.assignment}", self.page)


def report(assignment: str, root: str | Path | None = None, *, anonymous: bool | None = None) -> Report:
    """The report on an assignment, by its folder's name or number, for a notebook or a program.

    Args:
        root: the course's folder; by default the nearest one upwards that holds nbgrader_config.py.
        anonymous: whether students show by pseudonym; by default as the course's configuration says.

    Raises:
        FileNotFoundError: no course folder.
        NoResults: nothing was graded; the message says what to do.
    """
    course = open_course(Path(root) if root is not None else None)
    graded = read_class(course, assignment)
    return make_report(course, graded, shown_names(course, graded, anonymous))


def make_report(course: Course, graded: GradedClass, names: Mapping[str, str], watch: Watch = lambda stream, total: stream) -> Report:
    """The report on a graded class.

    Args:
        names: what each student is called.
        watch: passes the stream of submissions on, and may count it.
    """
    gathered = gather(course.store, graded, watch(submissions(course, graded), len(graded.standings)))
    analysis = analyse(gathered, lessons(course))
    page = class_page(analysis, lambda student: names.get(student, "?"), datetime.now(UTC).replace(tzinfo=None))
    return Report(analysis, page)


def open_course(root: Path | None = None) -> Course:
    """The course whose folder is `root`, or the one that the working folder is in.

    Raises:
        FileNotFoundError: there is none.
    """
    from medcoding.grading.release import Releases

    here = (root or Path.cwd()).resolve()
    for folder in (here,) if root else (here, *here.parents):
        if (folder / "nbgrader_config.py").is_file():
            with chdir(folder):
                return Releases(folder).course
    raise FileNotFoundError(f"No nbgrader_config.py in {here}{'' if root else ' or above it'}. Give the course's folder, as in report('05', root='/srv/course').")


def shown_names(course: Course, graded: GradedClass, anonymous: bool | None = None) -> dict[str, str]:
    """What each student of a class is called: the id, or the course's pseudonym where graders read anonymously."""
    ids = [one.student for one in graded.standings]
    if not (course.anonymous if anonymous is None else anonymous):
        return {student: student for student in ids}
    from nbgrader.api import Gradebook

    from medcoding.grading.audit.anonymity import pseudonyms

    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as gradebook:
        return pseudonyms(gradebook.engine, course.secret, ids)


def lessons(course: Course) -> dict[str, Lesson]:
    """The lessons of the course's bank, for the words of objectives; none where there is no bank here."""
    from medcoding.items.bank import Bank, bank_folder

    own = course.root / "course" / "bank"
    try:
        return Bank(own if own.is_dir() and not os.environ.get("MEDCODING_BANK") else bank_folder(), strict=False).lessons
    except BankError:
        return {}
