"""Filling the gradebook file that an LMS gave: its rows and columns stay, the assignment's column gets our grades."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from medcoding.grading.lms.cells import carried, clean, number, shown, unguard
from medcoding.grading.lms.grades import Grades
from medcoding.grading.lms.roster import Person, Roster
from medcoding.grading.lms.tables import Options, Sheet, cell, waiting

BESIDE_TITLE: Mapping[str, re.Pattern[str]] = {
    "canvas": re.compile(r"\s*\(\d+\)$"),
    "blackboard": re.compile(r"\s*\[Total Pts:[^\]]*\]\s*(?:\|\d+)?$"),
    "brightspace": re.compile(r"\s+Points Grade\b.*$"),
    "moodle": re.compile(r"\s*\((?:Real|Percentage|Letter)\)$"),
}
"""What an LMS writes behind an assignment's title in a column's heading."""

KEYS: Mapping[str, Mapping[str, str]] = {
    "canvas": {"ID": "canvas_id", "SIS User ID": "sis_user_id", "SIS Login ID": "sis_login_id"},
    "blackboard": {"Username": "username"},
    "brightspace": {"OrgDefinedId": "org_defined_id", "Username": "username"},
    "moodle": {"ID number": "id_number", "Email address": "email", "Username": "username"},
}
"""The columns that tell whose row it is, by our names."""

NO_GRADE_GOES_HERE = ("EX", "N/A")
"""Canvas: excused, and not assigned to this student (lib/gradebook_exporter.rb); such a cell stays."""


class TemplateProblem(ValueError):
    """A template cannot be filled. The message says what was found and what was expected."""


def fill(rows: Sequence[Sequence[str]], lms: str, grades: Grades, roster: Roster, options: Options) -> Sheet:
    """The template's rows with the grades put in.

    Args:
        rows: the template as read, heading first.
        roster: the template's own people, resolved to gradebook ids.

    Raises:
        TemplateProblem: the heading has no column for an assignment, or two.
    """
    header = [clean(text).strip() for text in rows[0]]
    places = {column.assignment: _place(header, lms, options.title(column.assignment)) for column in grades.columns}
    by_student = {row.student: row for row in grades.rows}
    out: list[list[str]] = [[carried(text) for text in rows[0]]]
    left = waiting(grades)
    met: set[str] = set()
    for raw in rows[1:]:
        row = [*raw, *([""] * (len(header) - len(raw)))]
        if "Points Possible" in row[0]:
            left += _other_points(row, places, grades)
            out.append(["    Points Possible", *map(carried, row[1:])])
            continue
        written = [carried(text) for text in row]
        person = _person(dict(zip(header, row, strict=False)), lms, roster)
        student = person.student if person else ""
        if student in by_student:
            met.add(student)
            for assignment, place in places.items():
                grade = cell(by_student[student].results.get(assignment), options)
                if row[place].strip() in NO_GRADE_GOES_HERE:
                    left += [f"{student}: {assignment} stays {row[place].strip()}, as in the template."] if grade else []
                elif grade:
                    written[place] = grade
        elif person is not None or any(row[:2]):
            who = person.shown_name if person else unguard(row[0])
            left.append(f"{shown(who, 40) or 'a row without name'}: is nobody whom the roster or the gradebook knows; the row stays as it was.")
        out.append(written)
    left += [f"{student}: has no row in the template." for student in by_student if student not in met]
    return Sheet(out, left)


def _place(header: Sequence[str], lms: str, title: str) -> int:
    beside = BESIDE_TITLE[lms]
    exact = [index for index, name in enumerate(header) if name == title]
    found = exact or [index for index, name in enumerate(header) if beside.search(name) and beside.sub("", name) == title]
    if len(found) == 1:
        return found[0]
    there = ", ".join(shown(name, 50) for name in header if beside.search(name)) or "none that holds points"
    raise TemplateProblem(
        f"The template has {'no column' if not found else f'{len(found)} columns'} called {title!r}. Its columns: {there}. "
        "Say which one is meant: --column 'ASSIGNMENT=heading of the column'."
    )


def _person(row: Mapping[str, str], lms: str, roster: Roster) -> Person | None:
    for heading, key in KEYS[lms].items():
        value = clean(unguard(row.get(heading, ""))).strip().removeprefix("#")
        found = roster.find(key, value)
        if found is not None:
            return found
    return None


def _other_points(row: Sequence[str], places: Mapping[str, int], grades: Grades) -> list[str]:
    lines = []
    for column in grades.columns:
        theirs = row[places[column.assignment]].strip()
        if theirs and theirs != number(column.possible) and theirs != f"{column.possible:.2f}":
            lines.append(f"{column.assignment}: has {shown(theirs, 20)} possible points there and {number(column.possible)} here; points are not converted.")
    return lines
