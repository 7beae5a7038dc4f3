"""`medcoding export | roster | collect | feedback-zip | extend | extensions`: between the gradebook and an LMS."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medcoding.cli.common import columns, course_root, fail, progress_bar

if TYPE_CHECKING:
    from medcoding.grading.release import Releases

LISTED = 50


def add(commands: Any) -> None:
    """Add the commands to the parser's."""
    export = commands.add_parser("export", help="write grades as an LMS imports them, as CSV or as an Excel workbook")
    export.add_argument("format", choices=["canvas", "moodle", "blackboard", "brightspace", "csv", "excel"])
    export.add_argument("--assignment", action="append", default=[], metavar="NN", help="only this assignment (may be given again)")
    export.add_argument("--student", action="append", default=[], help="only this student (may be given again)")
    export.add_argument("--to", type=Path, metavar="FILE", help="file to write (default: grades-FORMAT in the current folder)")
    export.add_argument("--roster", type=Path, metavar="FILE", help="who is who in the LMS (default: course/roster.csv)")
    export.add_argument("--template", type=Path, metavar="FILE", help="the gradebook file that the LMS gave; its column is filled")
    export.add_argument("--column", action="append", default=[], metavar="NN=HEADING", help="the heading that an assignment has in the LMS")
    export.add_argument("--missing", choices=["blank", "zero"], default="blank", help="what stands for work not handed in")
    export.add_argument("--provisional", action="store_true", help="also export results that still wait for a grader")
    export.set_defaults(run=_export)

    roster = commands.add_parser("roster", help="write course/roster.csv from a gradebook file or worksheet that the LMS gave")
    roster.add_argument("file", type=Path)
    roster.add_argument("--student", metavar="COLUMN", help="take the gradebook id from this column (sis_login_id, username, email, id_number, …)")
    roster.set_defaults(run=_roster)

    collect = commands.add_parser("collect", help="take submissions from the zip that the LMS gives under 'download all'")
    collect.add_argument("archive", type=Path)
    collect.add_argument("assignment", metavar="NN")
    collect.add_argument("--from", dest="lms", required=True, choices=["canvas", "moodle", "blackboard", "brightspace"])
    collect.add_argument("--roster", type=Path, metavar="FILE", help="who is who in the LMS (default: course/roster.csv)")
    collect.add_argument("--times", type=Path, metavar="FILE", help="times of submission: Moodle's grading worksheet, or columns student,submitted")
    collect.add_argument("--zone", default="UTC", help="the zone of times without one, such as America/Chicago (default: UTC)")
    collect.add_argument("--dry-run", action="store_true", help="say what would be done and change nothing")
    collect.set_defaults(run=_collect)

    feedback = commands.add_parser("feedback-zip", help="write the feedback as the zip that the LMS takes back")
    feedback.add_argument("assignment", metavar="NN")
    feedback.add_argument("file", type=Path)
    feedback.add_argument("--to", dest="lms", required=True, choices=["canvas", "moodle"])
    feedback.set_defaults(run=_feedback)

    extend = commands.add_parser("extend", help="give a student more time, in course/extensions.yaml")
    extend.add_argument("student")
    extend.add_argument("assignment", metavar="NN", help="a module's number or folder name; '*' for all (with --extra)")
    much = extend.add_mutually_exclusive_group(required=True)
    much.add_argument("--until", default="", metavar="TIME", help="2026-02-03 (its last second), or 2026-02-03T17:00-06:00; UTC without zone")
    much.add_argument("--extra", default="", metavar="TIME", help="2d, 12h, 90m, 1w; or of the time from opening to due date 25%% or 1.5x")
    extend.add_argument("--reason", default="", help="why; only instructors see it")
    extend.set_defaults(run=_extend)

    listing = commands.add_parser("extensions", help="list who has more time, and what of it is in the gradebook")
    listing.add_argument("--assignment", metavar="NN", help="only this assignment")
    listing.add_argument("--apply", action="store_true", help="bring them into the gradebook now (grading does it too)")
    listing.set_defaults(run=_extensions)


def _releases() -> Releases:
    from medcoding.grading.release import Releases

    return Releases(course_root())


def _export(options: argparse.Namespace) -> int:
    from nbgrader.api import Gradebook
    from traitlets.config import Config

    from medcoding.grading.lms import EXPORTERS
    from medcoding.grading.release import ReleaseRefused

    releases = _releases()
    try:
        titles = {}
        for pair in options.column:
            name, equals, heading = pair.partition("=")
            if not equals:
                return fail(f"--column {pair!r}: expected the assignment, '=' and its heading in the LMS, such as 05='Module 5 (12345)'.")
            titles[releases.assignment(name)] = heading
        asked = [releases.assignment(name) for name in options.assignment]
        config = Config(releases.config)
        exporter = EXPORTERS[options.format](parent=_parent(releases.coursedir, config), config=config)
        for name in ("to", "roster", "template"):
            if getattr(options, name):
                setattr(exporter, name, str(getattr(options, name)))
        exporter.assignment, exporter.student = asked or exporter.assignment, options.student or exporter.student
        exporter.columns = {**exporter.columns, **titles}
        exporter.missing = options.missing if options.missing != "blank" else exporter.missing
        exporter.provisional = options.provisional or exporter.provisional
        exporter.log = logging.getLogger("medcoding.grading.lms.quiet")
        exporter.log.setLevel(logging.CRITICAL)  # what it would warn of is listed below
        with Gradebook(releases.coursedir.db_url, releases.coursedir.course_id) as gradebook:
            exporter.export(gradebook)
    except (ValueError, ReleaseRefused, OSError) as error:
        return fail(error)
    _list(exporter.sheet.left_out)
    print(f"{exporter.path}: {exporter.count(exporter.sheet)} rows.")
    return 0


def _roster(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from medcoding.grading.lms.cells import guard, table_bytes
    from medcoding.grading.lms.roster import COLUMNS, course_roster, read_roster, roster_rows
    from medcoding.items.publication import write_atomic

    releases = _releases()
    path = releases.root / releases.course.roster
    try:
        base = course_roster(path)
        found = read_roster(options.file, _known(releases), base)
    except (ValueError, OSError) as error:
        return fail(error)
    if options.student and options.student not in COLUMNS:
        return fail(f"--student {options.student}: expected one of {', '.join(COLUMNS[1:])}.")
    people = [replace(one, student=getattr(one, options.student)) if options.student and not one.student else one for one in found.people]
    named = {one.student: one for one in base.people} | {one.student: one for one in people if one.student}
    if not named:
        _list(f"{one.shown_name or one.email}: is nobody whom the gradebook knows." for one in people)
        return fail("Nobody was found. Say which column holds the gradebook's id, such as --student sis_login_id.")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, table_bytes([guard(cell) for cell in row] for row in roster_rows(named.values())), 0o600)
    unknown = [one for one in people if not one.student]
    _list([*found.problems, *(f"{one.shown_name or one.email}: is nobody whom the gradebook knows; add the row by hand." for one in unknown)])
    print(f"{path}: {len(named)} students, from a {found.layout}; {len(unknown)} not known.")
    return 1 if unknown or found.problems else 0


def _collect(options: argparse.Namespace) -> int:
    from medcoding.grading.lms.cells import shown
    from medcoding.grading.lms.collect import Times, collect
    from medcoding.grading.lms.roster import course_roster, read_roster
    from medcoding.grading.lms.times import read_times, zone_of
    from medcoding.grading.release import ReleaseRefused

    releases = _releases()
    try:
        assignment = releases.assignment(options.assignment)
        base = course_roster(releases.root / releases.course.roster)
        known = _known(releases)
        roster = read_roster(options.roster, known, base) if options.roster else base
        zone = zone_of(options.zone)
        moments, problems = read_times(options.times, zone, known, roster) if options.times else ({}, [])
        with progress_bar(None, "Collecting") as bar:
            summary = collect(
                releases.course, assignment, options.archive, options.lms, roster,
                times=Times(zone, moments), dry_run=options.dry_run, progress=lambda done, total: bar.update(1),
            )
    except (ValueError, ReleaseRefused, OSError) as error:
        return fail(error)
    rows = [["student", "in the LMS", "what", "files", "submitted (UTC)", ""]]
    for one in summary.outcomes:
        when = f"{one.submitted:%Y-%m-%d %H:%M}" if one.submitted else ""
        rows.append([shown(one.student, 30) or "?", shown(f"{one.name} ({one.lms_id})", 40), one.state, ", ".join(one.files), when, "late" if one.late else ""])
    print(columns(rows))
    lines = [f"{shown(one.student or f'{one.name} ({one.lms_id})', 40)}: {finding}" for one in summary.outcomes for finding in one.findings]
    _list([*problems, *summary.findings, *lines], limit=None)
    states = list(dict.fromkeys(one.state for one in summary.outcomes))
    counts = ", ".join(f"{summary.count(state)} {state}" for state in states) or "nobody in the archive"
    print(f"{assignment}: {counts}; {summary.others} other files passed over.{' Nothing was changed (dry run).' if options.dry_run else ''}")
    if not options.times and options.lms in ("canvas", "moodle"):
        print(f"An archive of {options.lms.title()} does not say when work was handed in; what is not marked late counts as on time. --times tells more.")
    return 0 if summary.complete else 1


def _feedback(options: argparse.Namespace) -> int:
    from medcoding.grading.lms.feedbackzip import write_feedback_zip
    from medcoding.grading.release import ReleaseRefused

    releases = _releases()
    try:
        assignment = releases.assignment(options.assignment)
        sent = write_feedback_zip(releases, assignment, options.lms, options.file)
    except (ValueError, ReleaseRefused, OSError) as error:
        return fail(error)
    _list(sent.left_out)
    if not sent.files:
        return fail(f"No feedback of {assignment} is ready; {options.file} was not written.")
    print(f"{options.file}: feedback for {len(sent.files)} students, {sum(map(len, sent.files.values()))} files.")
    return 1 if sent.left_out else 0


def _extend(options: argparse.Namespace) -> int:
    from pydantic import ValidationError

    from medcoding.grading.extensions import ALL, Extension, ExtensionProblem, extend
    from medcoding.grading.release import ReleaseRefused

    releases = _releases()
    try:
        assignment = ALL if options.assignment == ALL else releases.assignment(options.assignment)
        entry = Extension(student=options.student, assignment=assignment, until=options.until, extra=options.extra, reason=options.reason)
        path = releases.root / releases.course.extensions
        replaced = extend(path, entry)
    except ValidationError as error:
        return fail(error.errors()[0]["msg"].removeprefix("Value error, "))
    except (ExtensionProblem, ReleaseRefused, OSError) as problem:
        return fail(problem)
    print(f"{path}: {options.student} has {(options.until and f'until {options.until}') or f'{options.extra} more'} for {assignment}"
          f"{' (in place of the earlier entry)' if replaced else ''}. It counts when the submission is next graded, or at once with 'medcoding extensions --apply'.")
    if options.student not in _known(releases):
        print(f"The gradebook does not know {options.student} yet; mind the spelling.", file=sys.stderr)
    return 0


def _extensions(options: argparse.Namespace) -> int:
    from nbgrader.api import Gradebook, MissingEntry

    from medcoding.grading.extensions import ALL, ExtensionProblem, opening_in, read_extensions
    from medcoding.grading.lateness import apply_to
    from medcoding.grading.lms.cells import shown
    from medcoding.grading.release import ReleaseRefused

    releases = _releases()
    rows = [["student", "assignment", "more time", "until (UTC)", "in the gradebook", "reason"]]
    problems: list[str] = []
    try:
        only = releases.assignment(options.assignment) if options.assignment else None
        entries = [one for one in read_extensions(releases.root / releases.course.extensions) if only is None or one.assignment in (only, ALL)]
        with Gradebook(releases.coursedir.db_url, releases.coursedir.course_id) as gradebook:
            names = [one.name for one in gradebook.assignments]
        if options.apply:
            for name in names if only is None else [only]:
                problems += apply_to(releases.course, name).problems
        with Gradebook(releases.coursedir.db_url, releases.coursedir.course_id) as gradebook:
            for entry in entries:
                until = stored = ""
                name = entry.assignment if entry.assignment != ALL else only
                if name is not None:
                    try:
                        due = gradebook.find_assignment(name).duedate
                        until = f"{due + entry.beyond(due, opening_in(releases.root, name)):%Y-%m-%d %H:%M}" if due else "no due date"
                        stored = str(gradebook.find_submission(name, entry.student).extension or "not yet")
                    except MissingEntry:
                        stored = "no submission"
                    except ExtensionProblem as problem:
                        problems.append(str(problem))
                rows.append([shown(one, 40) for one in (entry.student, entry.assignment, entry.extra or entry.until, until, stored, entry.reason)])
    except (ValueError, ReleaseRefused) as error:
        return fail(error)
    if len(rows) > 1:
        print(columns(rows))
    else:
        print(f"Nobody has more time. 'medcoding extend' writes {releases.course.extensions}.")
    _list(dict.fromkeys(problems))
    return 1 if problems else 0


def _known(releases: Releases) -> dict[str, str]:
    """The gradebook's students, id to email."""
    from nbgrader.api import Gradebook

    from medcoding.grading.lms.grades import known_students

    with Gradebook(releases.coursedir.db_url, releases.coursedir.course_id) as gradebook:
        return known_students(gradebook)


def _list(lines: Iterable[str], limit: int | None = LISTED) -> None:
    from medcoding.grading.lms.cells import shown

    listed = list(lines)
    for line in listed[:limit]:
        print(shown(line, 300), file=sys.stderr)
    if limit is not None and len(listed) > limit:
        print(f"… and {len(listed) - limit} more.", file=sys.stderr)


def _parent(coursedir: Any, config: Any) -> Any:
    """What an exporter expects of nbgrader's application: the course's folders."""
    from traitlets.config import Configurable

    parent = Configurable(config=config)
    parent.coursedir = coursedir
    return parent
