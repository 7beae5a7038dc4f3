"""`medcoding grade` and `medcoding correct`: grading a class, and a key that was found wrong."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from medcoding.cli.common import counting, course_root, fail, process_count, progress_bar


def add(commands: Any) -> None:
    """Add the commands to the parser's."""
    grade = commands.add_parser("grade", help="grade a class: scores, autograded notebooks, gradebook; goes on where it was stopped")
    grade.add_argument("assignment", metavar="ASSIGNMENT", help="a module's number (05) or folder name")
    grade.add_argument("students", nargs="*", metavar="STUDENT", help="students (default: everybody who has submitted)")
    grade.add_argument("--force", action="store_true", help="grade also what has not changed since it was graded")
    grade.add_argument("--workers", type=process_count, help="processes on this machine (default: by cores and class; 0: in this one)")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="grade on a dask cluster, such as tcp://10.0.0.1:8786")
    grade.add_argument("--unsafe", action="store_true", help="run graded code cells without a sandbox, with your own rights")
    grade.add_argument("--quiet", action="store_true", help="print only the totals")
    grade.set_defaults(run=_grade)

    correct = commands.add_parser("correct", help="have earlier answers to an exercise scored by the key that is released now")
    correct.add_argument("assignment", metavar="ASSIGNMENT", help="a module's number (05) or folder name")
    correct.add_argument("item", metavar="ITEM", help="the exercise's id")
    correct.add_argument("--reason", required=True, help="why; students read it in their feedback")
    correct.add_argument("--keep", choices=("better", "new"), default="better", help="which score counts: the better of both (default) or the new one")
    correct.set_defaults(run=_correct)


def _grade(options: argparse.Namespace) -> int:
    from medcoding.grading.extensions import ExtensionProblem
    from medcoding.grading.release import ReleaseRefused, Releases
    from medcoding.grading.run import GradingUnderWay, NotReleased, NoWorkers, grade_assignment
    from medcoding.items.corrections import CorrectionRefused

    root = course_root()
    if options.unsafe:
        os.environ["MEDCODING_UNSAFE_CODE"] = "1"
        print("UNSAFE: code cells of students run without a sandbox, with your rights, beside keys and gradebook.", file=sys.stderr)
    schedule = None
    if options.scheduler:
        from medcoding.grading.run.cluster import ClusterMissing, on_cluster

        try:
            schedule = on_cluster(options.scheduler)
        except ClusterMissing as missing:
            return fail(missing)
    try:
        releases = Releases(root)
        with progress_bar(None, "Grading") as bar:
            summary = grade_assignment(
                releases, releases.assignment(options.assignment), options.students or None, force=options.force, workers=options.workers, schedule=schedule, progress=counting(bar)
            )
    except (ExtensionProblem, GradingUnderWay, NotReleased, NoWorkers, ReleaseRefused, CorrectionRefused) as error:
        return fail(error)
    print(summary.to_text().splitlines()[-1] if options.quiet and not summary.moved else summary.to_text())
    return 1 if summary.ungraded else 0


def _correct(options: argparse.Namespace) -> int:
    from medcoding.grading.release import ReleaseRefused, Releases
    from medcoding.items.corrections import CorrectionRefused, correct

    releases = Releases(course_root())
    try:
        made = correct(releases.course.store, releases.assignment(options.assignment), options.item, options.reason, options.keep)
    except (CorrectionRefused, ReleaseRefused) as refusal:
        return fail(refusal)
    print(f"{made.item}: answers under {len(made.was)} earlier publication{'' if len(made.was) == 1 else 's'} are scored by {made.now} from now on. "
          f"Run 'medcoding grade {options.assignment}' to regrade.")
    return 0
