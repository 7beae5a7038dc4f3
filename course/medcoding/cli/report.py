"""`medcoding report`: the picture of a graded assignment, for graders, and a page for each student."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medcoding.cli.common import course_root, fail, progress_bar

if TYPE_CHECKING:
    from medcoding.insight.records import Submission


def add(commands: Any) -> None:
    """Add the command to the parser's."""
    report = commands.add_parser(
        "report", help="the picture of a graded assignment: scores, items, missed codes, fairness, likeness; or a page for each student"
    )
    report.add_argument("assignment", help="the assignment's folder or its number, such as 05")
    report.add_argument("--to", type=Path, metavar="FILE", help="where to write the page (default: reports/ASSIGNMENT.html in the course's folder)")
    report.add_argument("--students", type=Path, metavar="DIR", help="write a page for each student into this folder instead")
    report.add_argument("--anonymous", action="store_true", default=None, help="show students by pseudonym (default: as the course's configuration says)")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from medcoding.insight.report import make_report, open_course, shown_names
    from medcoding.insight.results import NoResults, read_class

    root = course_root()
    course = open_course(root)
    out = options.students or options.to
    if out is not None and options.students is not None and options.to is not None:
        return fail("--to names the page of the class, --students the folder of the students' pages. Give one of them.")
    refusal = _reachable(course, out) if out is not None else None
    if refusal:
        return fail(refusal)
    try:
        graded = read_class(course, options.assignment)
    except NoResults as problem:
        return fail(problem)
    names = shown_names(course, graded, options.anonymous)
    if options.students is not None:
        return _students(options.students, course, graded, names)
    report = make_report(course, graded, names, _watch)
    path = report.save(options.to or root / "reports" / f"{graded.assignment}.html")
    n = report.analysis.distribution.n
    print(f"{path}: {n} graded submission{'' if n == 1 else 's'} of {graded.assignment}.")
    return 0


def _students(folder: Path, course: Any, graded: Any, names: dict[str, str]) -> int:
    from medcoding.insight.mastery import write_pages

    written = write_pages(course, graded, names, folder, _watch)
    print(f"{folder}: {written} page{'' if written == 1 else 's'}, one for each student.")
    return 0


def _watch(stream: Iterable[Submission], total: int) -> Iterator[Submission]:
    with progress_bar(total, "Reading submissions") as bar:
        for one in stream:
            yield one
            bar.update(1)


def _reachable(course: Any, out: Path) -> str | None:
    """Why a page may not stand where it was asked for: students could reach it there."""
    place = out.resolve()
    coursedir, exchange = course.coursedir, str(course.config.Exchange.root) if "root" in course.config.Exchange else ""
    closed = [course.root / coursedir.release_directory, course.root / coursedir.source_directory, *([Path(exchange)] if exchange else [])]
    for folder in closed:
        if place.is_relative_to(folder.resolve()):
            return f"{out} lies in {folder}, which students can reach or which is released to them. Choose another place."
    return None
