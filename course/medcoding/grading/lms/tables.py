"""Grades as the table that each LMS imports: its heading, its keys, its rules. Pure; writing is in `exports`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from medcoding.grading.lms.cells import clean, guard, number, safe
from medcoding.grading.lms.grades import Column, Grades, Result, Row
from medcoding.grading.lms.roster import Person, Roster


@dataclass(frozen=True)
class Options:
    """How grades are shown: `missing` is "blank" or "zero" for what was not handed in, `provisional` gives results that still
    wait for a grader, `titles` the heading that an assignment has in the LMS."""

    missing: str = "blank"
    provisional: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)

    def title(self, assignment: str) -> str:
        return clean(self.titles.get(assignment, assignment))


@dataclass
class Sheet:
    """A finished table. Numbers stand as text; `left_out` says which students have no row or no grade, and why."""

    rows: list[list[str]]
    left_out: list[str] = field(default_factory=list)


def cell(result: Result | None, options: Options) -> str:
    """A grade as a number, or blank."""
    if result is None:
        return "0" if options.missing == "zero" else ""
    return "" if result.waits and not options.provisional else number(result.score)


def people(grades: Grades, roster: Roster) -> tuple[list[tuple[Row, Person]], list[str]]:
    """Each row with who it is in the LMS. Without a roster a gradebook id is the login; with one, who is not in it is left out."""
    found: list[tuple[Row, Person]] = []
    left: list[str] = []
    for row in grades.rows:
        person = roster.of(row.student)
        if person is None and roster.people:
            left.append(f"{row.student}: is not in the roster.")
            continue
        person = person or Person(student=row.student, username=row.student, sis_login_id=row.student)
        mine = {"first_name": row.first_name, "last_name": row.last_name, "email": row.email}
        found.append((row, replace(person, **{name: value for name, value in mine.items() if not getattr(person, name)})))
    return found, left + waiting(grades)


def waiting(grades: Grades) -> list[str]:
    """Results that still wait for a grader, one line an assignment."""
    lines = []
    for column in grades.columns:
        names = [row.student for row in grades.rows if column.assignment in row.results and row.results[column.assignment].waits]
        if names:
            lines.append(f"{column.assignment}: {len(names)} wait for a grader ({', '.join(names[:5])}{' …' if len(names) > 5 else ''}).")
    return lines


def key(text: str) -> str:
    """A value by which the LMS finds a student: as it is, or nothing where it would be taken for a formula or cannot be seen."""
    return text if text and text == clean(text) == guard(text) else ""


def _keyed(
    found: Sequence[tuple[Row, Person]], keys: Sequence[str], left: list[str], what: str
) -> list[tuple[Row, Person]]:
    """People with the keys that are safe to write, and at least one of them."""
    kept = []
    for row, person in found:
        sound = replace(person, **{name: key(getattr(person, name)) for name in keys})
        if any(getattr(sound, name) for name in keys):
            kept.append((row, sound))
        else:
            given = any(getattr(person, name) for name in keys)
            why = "begins like a formula or holds what cannot be seen; enter this grade by hand" if given else "is not known; name it in the roster"
            left.append(f"{row.student}: {what} {why}.")
    return kept


def canvas(grades: Grades, roster: Roster, options: Options) -> Sheet:
    """Canvas: Student, ID, SIS User ID, SIS Login ID, Section, then `Title (id)`; the row of Points Possible comes first.

    Canvas finds a student by ID, then SIS User ID, then SIS Login ID, and an assignment by the number in brackets, else by
    its title. Sources: Instructor Guide, "How do I import grades in the Gradebook?" (community.canvaslms.com);
    instructure/canvas-lms, lib/gradebook_importer.rb (update_column_count, parse_assignments, process_student, process_pp).
    """
    found, left = people(grades, roster)
    kept = _keyed(found, ("canvas_id", "sis_user_id", "sis_login_id"), left, "the Canvas id or login")
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(safe(options.title(one.assignment)) for one in grades.columns)],
        ["    Points Possible", "", "", "", "", *(number(one.possible) for one in grades.columns)],
    ]
    for row, person in kept:
        who = [safe(person.shown_name or row.student), person.canvas_id, person.sis_user_id, person.sis_login_id, safe(person.section)]
        rows.append(who + _cells(row, grades.columns, options))
    return Sheet(rows, left)


def moodle(grades: Grades, roster: Roster, options: Options) -> Sheet:
    """Moodle: names, then the columns that identify a student (map one of them), then a column an assignment.

    Moodle maps one column to idnumber, email or username and stops the whole import at a student whom it does not know. A
    blank in the mapped column would give the grade to the student of the line before, so an identifying column is written only
    if every student has it. Sources: docs.moodle.org/en/Grade_import; moodle/moodle, grade/import/csv/classes/load_data.php.
    """
    keys = ("id_number", "email", "username")
    headings = {"id_number": "ID number", "email": "Email address", "username": "Username"}
    found, left = people(grades, roster)
    kept = _keyed(found, keys, left, "the ID number, email or user name")
    counts = {name: sum(bool(getattr(person, name)) for _, person in kept) for name in keys}
    best = max(keys, key=lambda name: counts[name])
    for row, person in kept:
        if not getattr(person, best):
            left.append(f"{row.student}: has no {headings[best]}, by which most are found; name it in the roster.")
    kept = [(row, person) for row, person in kept if getattr(person, best)]
    used = [name for name in keys if kept and all(getattr(person, name) for _, person in kept)] or [best]
    rows = [["First name", "Last name", *(headings[name] for name in used), *(safe(options.title(one.assignment)) for one in grades.columns)]]
    for row, person in kept:
        who = [safe(person.first_name), safe(person.last_name), *(getattr(person, name) for name in used)]
        rows.append(who + _cells(row, grades.columns, options))
    return Sheet(rows, left)


def blackboard(grades: Grades, roster: Roster, options: Options) -> Sheet:
    """Blackboard: Last Name, First Name, Username, Student ID, then a column an assignment.

    A student is found by Username, a column by the id behind the bar in "Title [Total Pts: 5 Score] |123"; one without id
    makes a new column, of text and without points. Source: Blackboard Help, "Upload or download Grade Center items for working
    offline" (library.blackboard.com … grade_center_upload_download.htm).
    """
    found, left = people(grades, roster)
    kept = _keyed(found, ("username",), left, "the Blackboard user name")
    rows = [["Last Name", "First Name", "Username", "Student ID", *(safe(options.title(one.assignment)) for one in grades.columns)]]
    for row, person in kept:
        who = [safe(person.last_name), safe(person.first_name), person.username, safe(person.id_number)]
        rows.append(who + _cells(row, grades.columns, options))
    return Sheet(rows, left)


def brightspace(grades: Grades, roster: Roster, options: Options) -> Sheet:
    """Brightspace: OrgDefinedId, Username, then `Item Points Grade`, and an End-of-Line Indicator of "#" in every row.

    One of the two keys is needed. Brightspace itself puts "#" before both, so that spreadsheets keep leading zeros, and does
    not count it as data. Sources: community.d2l.com/brightspace/kb/articles/3538-importing-grades; kb.wisc.edu/page.php?id=4330.
    """
    found, left = people(grades, roster)
    kept = _keyed(found, ("org_defined_id", "username"), left, "the OrgDefinedId or user name")
    titles = (_points_grade(options.title(one.assignment)) for one in grades.columns)
    rows = [["OrgDefinedId", "Username", *(safe(title) for title in titles), "End-of-Line Indicator"]]
    for row, person in kept:
        who = [f"#{text}" if text else "" for text in (person.org_defined_id, person.username)]
        rows.append([*who, *_cells(row, grades.columns, options), "#"])
    return Sheet(rows, left)


def plain(grades: Grades, roster: Roster, options: Options) -> Sheet:
    """One row a student and assignment, in the columns of nbgrader's own CSV export, and whether a grader is still to read it."""
    rows = [[
        "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
        "late_submission_penalty", "score", "max_score", "needs_manual_grade",
    ]]
    for column in grades.columns:
        for row in grades.rows:
            result = row.results.get(column.assignment)
            scores = ["", "", cell(None, options)] if result is None else [number(result.raw), number(result.penalty), number(result.score)]
            rows.append([
                safe(column.assignment), str(column.due or ""), str(result.submitted or "") if result else "", safe(row.student),
                safe(row.last_name), safe(row.first_name), safe(row.email), *scores, number(column.possible),
                "yes" if result and result.waits else "no",
            ])
    return Sheet(rows, waiting(grades))


TABLES: Mapping[str, Callable[[Grades, Roster, Options], Sheet]] = {
    "canvas": canvas, "moodle": moodle, "blackboard": blackboard, "brightspace": brightspace, "csv": plain,
}


def _cells(row: Row, columns: Sequence[Column], options: Options) -> list[str]:
    return [cell(row.results.get(one.assignment), options) for one in columns]


def _points_grade(title: str) -> str:
    return title if " Points Grade" in title else f"{title} Points Grade"
