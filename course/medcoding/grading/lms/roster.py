"""The roster: who a student of the gradebook is in the LMS. Told by a file, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from medcoding.grading.lms.cells import TableProblem, clean, read_table, shown, unguard

STUDENT = re.compile(r"(?!\.)[^\x00-\x1f\x7f/\\]{1,128}")
"""What nbgrader can keep as a student's id and as a folder's name."""


@dataclass(frozen=True)
class Person:
    """One student: `student` is the id in the gradebook (empty where it is not known), the rest is what LMSs call them."""

    student: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    username: str = ""
    id_number: str = ""
    section: str = ""
    canvas_id: str = ""
    sis_user_id: str = ""
    sis_login_id: str = ""
    moodle_id: str = ""
    org_defined_id: str = ""
    brightspace_id: str = ""
    submitted: str = ""

    @property
    def shown_name(self) -> str:
        """Last name first, as gradebooks sort."""
        return self.name or ", ".join(filter(None, (self.last_name, self.first_name)))


COLUMNS = tuple(one.name for one in fields(Person))
KEYS = ("canvas_id", "moodle_id", "brightspace_id", "org_defined_id", "username", "sis_login_id", "sis_user_id", "id_number", "email")
"""Columns in which a value belongs to one student only."""

LAYOUTS: tuple[tuple[str, frozenset[str], Mapping[str, str], str], ...] = (
    ("roster", frozenset({"student"}), {name: name for name in COLUMNS}, "docs/lms.md"),
    ("Canvas gradebook", frozenset({"ID", "Section"}), {
        "Student": "name", "LastName": "last_name", "FirstName": "first_name", "ID": "canvas_id", "SIS User ID": "sis_user_id",
        "SIS Login ID": "sis_login_id", "Section": "section"}, "instructure/canvas-lms, lib/gradebook_exporter.rb"),
    ("Moodle grading worksheet", frozenset({"Identifier"}), {
        "Identifier": "moodle_id", "Full name": "name", "ID number": "id_number", "Email address": "email", "Username": "username",
        "Last modified (submission)": "submitted"}, "moodle/moodle, mod/assign/feedback/offline/importgradeslib.php"),
    ("Moodle grades", frozenset({"Email address"}), {
        "First name": "first_name", "Last name": "last_name", "Surname": "last_name", "ID number": "id_number", "Username": "username",
        "Email address": "email"}, "docs.moodle.org/en/Grade_export"),
    ("Brightspace grades", frozenset({"OrgDefinedId"}), {
        "OrgDefinedId": "org_defined_id", "Username": "username", "Last Name": "last_name", "First Name": "first_name", "Email": "email"},
        "community.d2l.com/brightspace/kb/articles/3538-importing-grades"),
    ("Brightspace grades", frozenset({"Username", "End-of-Line Indicator"}), {
        "Username": "username", "Last Name": "last_name", "First Name": "first_name", "Email": "email"},
        "community.d2l.com/brightspace/kb/articles/3538-importing-grades"),
    ("Blackboard Grade Center", frozenset({"Username"}), {
        "Username": "username", "Last Name": "last_name", "First Name": "first_name", "Student ID": "id_number"},
        "help.blackboard.com, Work offline with grade data"),
)
"""Layouts that are understood, by the columns that tell them: name, columns, our name of each column, source."""


@dataclass(frozen=True)
class Roster:
    """People of a roster file; `layout` says what kind of file it was, `problems` what of it cannot be used."""

    people: tuple[Person, ...] = ()
    layout: str = ""
    problems: tuple[str, ...] = ()
    _index: dict[str, dict[str, Person]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, key: str, value: str) -> Person | None:
        """The one person with this value (case does not matter in emails), or None."""
        if key not in self._index:
            self._index[key] = {_key(key, getattr(one, key)): one for one in self.people if getattr(one, key)}
        return self._index[key].get(_key(key, value)) if value else None

    def of(self, student: str) -> Person | None:
        """The person whom the gradebook calls so."""
        return self.find("student", student)


def read_roster(path: Path, known: Mapping[str, str] | None = None, base: Roster | None = None) -> Roster:
    """Read a roster: our own table with a column `student`, or a gradebook or worksheet that an LMS gave.

    A file of an LMS has no column `student`. Its people are found by equality alone: with a person of `base` in a key
    (an LMS id, login, number or email); else a login or number that is a gradebook id, or an email that the gradebook has.

    Args:
        known: the gradebook's students, id to email.
        base: the course's own roster, which comes first.

    Raises:
        TableProblem: the file is no table of a known layout.
    """
    rows = read_table(path)
    if not rows:
        raise TableProblem(f"{path} is empty; expected a heading row and one row for each student.")
    header = [clean(cell).strip() for cell in rows[0]]
    fits = [(layout, names) for layout, marks, names, _ in LAYOUTS if marks <= set(header)]
    if not fits:
        found = ", ".join(shown(name, 30) for name in header[:12])
        raise TableProblem(
            f"{path}: no layout that is understood. Found the columns {found}. Expected a column 'student' with any of "
            f"{', '.join(COLUMNS[1:])}; or a Canvas gradebook, a Moodle grading worksheet, a Blackboard or Brightspace grades file."
        )
    layout, names = fits[0]
    people = [_person(dict(zip(header, row, strict=False)), names) for row in rows[1:]]
    people = [one for one in people if "Points Possible" not in one.name and any(getattr(one, key) for key in ("student", *KEYS))]
    if layout != "roster":
        mails: dict[str, set[str]] = {}
        for student, email in (known or {}).items():
            mails.setdefault(email.casefold(), set()).add(student)
        people = [_resolve(one, known or {}, mails, base or Roster()) for one in people]
    return _sound(people, layout, str(path))


def _person(row: Mapping[str, str], names: Mapping[str, str]) -> Person:
    values = {ours: clean(unguard(row[theirs])).strip() for theirs, ours in names.items() if row.get(theirs)}
    if "moodle_id" in values:
        values["moodle_id"] = re.sub(r"^\D+", "", values["moodle_id"])  # "Participant 12345", in any language
    for key in ("org_defined_id", "username"):
        values[key] = values.get(key, "").removeprefix("#")  # Brightspace's guard against spreadsheets
    return Person(**values)


def _resolve(person: Person, known: Mapping[str, str], mails: Mapping[str, set[str]], base: Roster) -> Person:
    for key in KEYS:
        found = base.find(key, getattr(person, key))
        if found is not None:
            mine = {name: getattr(person, name) or getattr(found, name) for name in COLUMNS}
            return Person(**{**mine, "student": found.student})
    logins = {value for value in (person.sis_login_id, person.username, person.id_number, person.sis_user_id, person.org_defined_id) if value in known}
    same = logins | (mails.get(person.email.casefold(), set()) if person.email else set())
    return replace(person, student=same.pop()) if len(same) == 1 else person


def _sound(people: Sequence[Person], layout: str, name: str) -> Roster:
    """Without people whose gradebook id cannot be one, or who share a key; each is a problem."""
    problems: list[str] = []
    bad: set[int] = set()
    for index, person in enumerate(people):
        if person.student and not STUDENT.fullmatch(person.student):
            problems.append(f"{name}: {shown(person.student, 40)!r} cannot be a student's id in the gradebook; the row is passed over.")
            bad.add(index)
    for key in ("student", *KEYS):
        seen: dict[str, int] = {}
        for index, person in enumerate(people):
            value = _key(key, getattr(person, key))
            if value and seen.setdefault(value, index) != index:
                problems.append(f"{name}: two rows have the {key.replace('_', ' ')} {shown(value, 40)}; both are passed over.")
                bad |= {index, seen[value]}
    return Roster(tuple(one for index, one in enumerate(people) if index not in bad), layout, tuple(dict.fromkeys(problems)))


def _key(key: str, value: str) -> str:
    return value.casefold() if key == "email" else value


def course_roster(path: Path) -> Roster:
    """The course's own roster file; a missing one is empty.

    Raises:
        TableProblem: the file is there and is none.
    """
    return read_roster(path) if path.exists() else Roster()


def roster_rows(people: Iterable[Person]) -> list[list[str]]:
    """A roster as rows of our own layout, with the columns that anybody has."""
    listed = sorted(people, key=lambda one: (one.student, one.shown_name))
    used = [name for name in COLUMNS if name != "submitted" and (name == "student" or any(getattr(one, name) for one in listed))]
    return [used, *([getattr(one, name) for name in used] for one in listed)]
