"""`medcoding mark | agreement`: several graders' marks of the same written answers, how far they agree, and what they come to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medcoding.cli.common import columns, course_root, fail

if TYPE_CHECKING:
    from medcoding.grading.audit.desk import Desk

Run = Callable[[argparse.Namespace], int]


def add(commands: Any) -> None:
    """Add the commands to the parser's."""
    mark = commands.add_parser("mark", help="one grader's marks of a written exercise, on a sheet of anonymous answers")
    mark.add_argument("assignment", metavar="ASSIGNMENT")
    mark.add_argument("item", metavar="ITEM")
    mark.add_argument("--notebook", metavar="NAME", help="where an exercise of that name stands in several")
    mark.add_argument("--grader", metavar="NAME", help="whose marks (default: the login)")
    what = mark.add_mutually_exclusive_group(required=True)
    what.add_argument("--export", type=Path, metavar="FILE", help="write the sheet to fill in: CSV, an answer a row, a criterion a column")
    what.add_argument("--csv", type=Path, metavar="FILE", help="take in a filled-in sheet; rows without marks are passed over")
    what.add_argument("--settle", choices=("agreed", "mean", "higher"), help="give the points that two or more graders' marks come to")
    mark.add_argument("--reason", default="", help="with --settle: why, as students will read it")
    mark.add_argument("--anonymous", action="store_true", help="name students by pseudonyms (sheets always do)")
    mark.set_defaults(run=guarded(_mark))

    agreement = commands.add_parser("agreement", help="how far graders agree who marked the same answers: Cohen's kappa")
    agreement.add_argument("assignment", metavar="ASSIGNMENT")
    agreement.add_argument("item", metavar="ITEM", nargs="?")
    agreement.set_defaults(run=guarded(_agreement))


def guarded(run: Run) -> Run:
    """A command whose refusals become a sentence and the exit code 1."""

    def guarded(options: argparse.Namespace) -> int:
        from sqlalchemy.exc import OperationalError

        from medcoding.grading.audit.tables import NoGradebook
        from medcoding.grading.audit.trail import Refused

        try:
            return run(options)
        except (Refused, NoGradebook) as refusal:
            return fail(refusal)
        except OperationalError as error:
            return fail(f"The gradebook cannot be used now: {str(error.orig).splitlines()[0]}. Nothing was written; try again.")

    return guarded


def desk(options: argparse.Namespace) -> Desk:
    """The desk of the course that the command is run in."""
    from medcoding.grading.audit.desk import desk_at

    return desk_at(course_root(), anonymous=getattr(options, "anonymous", False))


def short(text: str, most: int = 60) -> str:
    """Text as one line of at most `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _mark(options: argparse.Namespace) -> int:
    from medcoding.grading.audit.desk import login
    from medcoding.grading.audit.marks import marks_of, save_marks, settle, written_answers
    from medcoding.grading.audit.sheet import read_sheet, write_sheet

    own = desk(options)
    grader, assignment = login(options.grader), own.assignment(options.assignment)
    answers = written_answers(own.course, own.engine, assignment, options.item, options.notebook)
    names = own.names.by_student
    if options.export is not None:
        with own.engine.connect() as connection:
            marked = marks_of(connection, assignment, grader=grader, cell=options.item)
        try:
            write_sheet(options.export, answers, names, marked)
        except OSError as error:
            return fail(f"{options.export}: the sheet could not be written: {error.strerror}")
        print(f"{options.export}: {_answers(len(answers))} for {grader}. Fill in the columns of the criteria, save as CSV, and take it in: "
              f"medcoding mark {assignment} {options.item} --grader {grader} --csv {options.export}")  # fmt: skip
        return 0
    if options.csv is not None:
        rows = read_sheet(options.csv, answers, names)
        changed = save_marks(own.engine, grader, assignment, rows)
        print(f"{_answers(len(rows))} marked by {grader}, {changed} of them new or changed; {len(answers) - len(rows)} not marked yet.")
        return 0
    done = settle(own.engine, grader=grader, answers=answers, policy=options.settle, reason=options.reason)
    for student, why in done.left:
        print(f"{own.names.shown(student)}: {why}", file=sys.stderr)
    print(f"{options.item}: {_answers(len(done.written))} settled, {len(done.left)} left as they are.")
    if done.written:
        print(f"To show it to the students: medcoding feedback {assignment}")
    return 0


def _answers(count: int) -> str:
    return f"{count} answer{'' if count == 1 else 's'}"


def _agreement(options: argparse.Namespace) -> int:
    from medcoding.grading.audit.agreement import agreements, table
    from medcoding.grading.audit.marks import marks_of

    own = desk(options)
    assignment = own.assignment(options.assignment)
    with own.engine.connect() as connection:
        marked = marks_of(connection, assignment, cell=options.item)
    found = agreements(marked)
    if not found:
        graders = ", ".join(sorted({one.grader for one in marked})) or "nobody"
        return fail(f"No two graders have marked the same answers of {assignment}{f', {options.item}' if options.item else ''}; marked so far by: {graders}. "
                    "Each grader takes in a sheet of their own with 'medcoding mark'.")  # fmt: skip
    print(columns(table(found)))
    print("\nkappa: agreement beyond chance, all disagreements alike; linear and quadratic: by their distance in points. 95 % confidence\n"
          "intervals by the large-sample standard error of Fleiss, Cohen and Everitt (1969): rough below some 30 answers. – where all marks are one.")  # fmt: skip
    return 0
