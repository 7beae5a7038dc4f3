"""`medcoding feedback`: feedback pages for a class."""

from __future__ import annotations

import argparse
from typing import Any

from medcoding.cli.common import counting, course_root, fail, process_count, progress_bar


def add(commands: Any) -> None:
    """Add the command to the parser's."""
    feedback = commands.add_parser("feedback", help="make the feedback pages of a class, as nbgrader's generate_feedback does")
    feedback.add_argument("assignment", metavar="ASSIGNMENT", help="a module's number (05) or folder name")
    feedback.add_argument("students", nargs="*", metavar="STUDENT", help="students (default: everybody who has been graded)")
    feedback.add_argument("--force", action="store_true", help="make it anew where it is there already")
    feedback.add_argument("--workers", type=process_count, metavar="N", help="processes (default: by cores and class; 0: this one)")
    feedback.set_defaults(run=_feedback)


def _feedback(options: argparse.Namespace) -> int:
    from sqlalchemy.exc import SQLAlchemyError

    from medcoding.grading.feedbackrun import NoFeedback, feedback_for
    from medcoding.grading.release import ReleaseRefused, Releases
    from medcoding.grading.run import NoWorkers

    try:
        releases = Releases(course_root())
        with progress_bar(None, "Feedback") as bar:
            summary = feedback_for(
                releases, releases.assignment(options.assignment), options.students or None, force=options.force, workers=options.workers,
                progress=counting(bar),
            )
    except (NoFeedback, NoWorkers, ReleaseRefused, ValueError) as error:
        return fail(error)
    except SQLAlchemyError as error:
        return fail(f"The gradebook cannot be read: {str(error).splitlines()[0]}. Back it up, then run 'nbgrader db upgrade' if nbgrader was upgraded.")
    print(summary.to_text())
    return 1 if summary.failed else 0
