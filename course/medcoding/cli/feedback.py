"""`medcoding feedback`: feedback pages for a class."""

from __future__ import annotations

import argparse
from typing import Any

from medcoding.cli.common import course_root, fail, progress_bar


def add(commands: Any) -> None:
    """Add the command to the parser's."""
    feedback = commands.add_parser("feedback", help="make the feedback pages of a class, as nbgrader's generate_feedback does")
    feedback.add_argument("assignment", metavar="ASSIGNMENT", help="a module's number (05) or folder name")
    feedback.add_argument("students", nargs="*", metavar="STUDENT", help="students (default: everybody who has been graded)")
    feedback.add_argument("--force", action="store_true", help="make it anew where it is there already")
    feedback.add_argument("--workers", type=_count, metavar="N", help="processes (default: by cores and class; 0: this one)")
    feedback.set_defaults(run=_feedback)


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 256:
        raise argparse.ArgumentTypeError(f"{number} processes; choose 0 to 256")
    return number


def _feedback(options: argparse.Namespace) -> int:
    from sqlalchemy.exc import SQLAlchemyError

    from medcoding.grading.feedbackrun import NoFeedback, feedback_for
    from medcoding.grading.release import ReleaseRefused, Releases

    try:
        releases = Releases(course_root())
        with progress_bar(None, "Feedback") as bar:

            def step(done: int, total: int) -> None:
                bar.total = total
                bar.update(1)

            summary = feedback_for(
                releases, releases.assignment(options.assignment), options.students or None, force=options.force, workers=options.workers,
                progress=step,
            )
    except (NoFeedback, ReleaseRefused, ValueError) as error:
        return fail(error)
    except SQLAlchemyError as error:
        return fail(f"The gradebook cannot be read: {str(error).splitlines()[0]}. Back it up, then run 'nbgrader db upgrade' if nbgrader was upgraded.")
    print(summary.to_text())
    return 1 if summary.failed else 0
