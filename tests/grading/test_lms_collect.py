"""Collecting from LMS archives: each LMS's names, hostile archives, what is replaced, and the grades that come of it."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lms_archives import CLASS, member, roster, work, zip_of
from medcoding.grading.lms.archive import Archive, ArchiveProblem, Limits
from medcoding.grading.lms.collect import collect
from medcoding.grading.lms.manifest import read_manifest
from medcoding.grading.lms.names import blackboard, brightspace, canvas, moodle
from medcoding.grading.lms.roster import Person, Roster, course_roster
from minicourse import BIN, FULL, MiniCourse

NOBODY = Roster()


@pytest.fixture
def course(released: MiniCourse) -> MiniCourse:
    """The released small course with a roster of ada (101, 201) and bob (102, 202), due on 4 January 2026."""
    roster(released, *CLASS)
    released.releases().set_due(released.assignment, datetime(2026, 1, 4, 23, 59, 59))
    return released


def there(course: MiniCourse, student: str) -> dict[str, bytes]:
    folder = course.root / "submitted" / student / course.assignment
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}


def stamp(course: MiniCourse, student: str) -> str:
    return there(course, student)["timestamp.txt"].decode()[:19]


def prefixed(prefix: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {prefix + name: content for name, content in files.items()}


# names


@pytest.mark.parametrize(
    ("name", "user", "file", "version", "late"),
    [
        ("lovelaceada_101_67890_one.ipynb", "101", "one.ipynb", 67890, False),
        ("lovelaceada_LATE_101_67890_one-1.ipynb", "101", "one-1.ipynb", 67890, True),
        ("ada_101_67890_05_one.ipynb", "101", "05_one.ipynb", 67890, False),
        ("ada_101_67890_102_7_one.ipynb", "101", "102_7_one.ipynb", 67890, False),
        ("x_102_101_67890_one.ipynb", "102", "67890_one.ipynb", 101, False),
        ("101_67890_one.ipynb", "101", "one.ipynb", 67890, False),
        ("anon_aB12c_67890_one.ipynb", "anon_aB12c", "one.ipynb", 67890, False),
    ],
)
def test_canvas_name_is_read_as_canvas_reads_it(name: str, user: str, file: str, version: int, late: bool) -> None:
    found = canvas(name, NOBODY)
    assert found is not None
    assert (found.key, found.value, found.file, found.version, found.late) == ("canvas_id", user, file, version, late)
    assert found.prefix + found.file == name


@pytest.mark.parametrize("name", ["ada_101_text.html", "ada_101_link.html", "one.ipynb", "ada_one_two_x.ipynb", "ada_٧٧_٨٨_one.ipynb"])
def test_what_is_no_upload_of_canvas_is_not_read_as_one(name: str) -> None:
    assert canvas(name, NOBODY) is None


@pytest.mark.parametrize(
    ("name", "user", "file"),
    [
        ("Ada Lovelace_201_assignsubmission_file/one.ipynb", "201", "one.ipynb"),
        ("Ada Lovelace_201_assignsubmission_file_/one.ipynb", "201", "one.ipynb"),
        ("Ada Lovelace_201_assignsubmission_file_one.ipynb", "201", "one.ipynb"),
        ("Participant_201_assignsubmission_file_/sub/one.ipynb", "201", "sub/one.ipynb"),
        ("a_201_assignsubmission_file_/b_202_assignsubmission_file_/one.ipynb", "201", "b_202_assignsubmission_file_/one.ipynb"),
        ("Class/Ada_201_assignsubmission_file_/one.ipynb", "201", "one.ipynb"),
    ],
)
def test_moodle_name_is_read_by_its_outermost_part(name: str, user: str, file: str) -> None:
    found = moodle(name, NOBODY)
    assert found is not None
    assert (found.value, found.file, found.prefix) == (user, file, name[: -len(file)])


@pytest.mark.parametrize("name", ["Ada_201_assignsubmission_onlinetext_/onlinetext.html", "Ada_x_assignsubmission_file_/one.ipynb", "one.ipynb"])
def test_other_parts_of_a_moodle_download_are_not_files(name: str) -> None:
    assert moodle(name, NOBODY) is None


def test_blackboard_user_is_the_one_of_the_roster_that_fits() -> None:
    people = Roster((Person(student="bob", username="b_ob"), Person(student="eve", username="eve")))
    found = blackboard("HW_1_b_ob_attempt_2026-01-30-15-00-00_one.ipynb", people)
    assert found is not None and (found.value, found.file, found.local) == ("b_ob", "one.ipynb", datetime(2026, 1, 30, 15))
    two = Roster((*people.people, Person(student="ob", username="ob")))
    doubtful = blackboard("HW_1_b_ob_attempt_2026-01-30-15-00-00_one.ipynb", two)
    assert doubtful is not None and two.find("username", doubtful.value) is None
    assert blackboard("HW_eve_attempt_2026-01-30-15-00-00.txt", people) is None


def test_brightspace_folder_tells_user_and_time() -> None:
    found = brightspace("301-77 - Ada - B - Lovelace - Sep 4, 2026 926 PM/one.ipynb", NOBODY)
    assert found is not None
    assert (found.value, found.name, found.file, found.local) == ("301", "Ada - B - Lovelace", "one.ipynb", datetime(2026, 9, 4, 21, 26))
    assert brightspace("301-77 - Ada - Sep 4, 2026 1000 AM/one.ipynb", NOBODY).local == datetime(2026, 9, 4, 10, 0)  # type: ignore[union-attr]
    assert brightspace("index.html", NOBODY) is None


# the whole way


@pytest.mark.parametrize(
    ("lms", "prefix"),
    [
        ("canvas", "lovelaceada_101_{n}_"), ("moodle", "Ada Lovelace_201_assignsubmission_file/"), ("moodle", "Ada Lovelace_201_assignsubmission_file_"),
        ("blackboard", "HW_ada_attempt_2026-01-03-10-00-00_"), ("brightspace", "301-5 - Ada Lovelace - Jan 3, 2026 1000 AM/"),
    ],
)
@pytest.mark.parametrize("copies", [False, True])
def test_download_of_each_lms_is_collected_and_earns_what_it_is_worth(
    course: MiniCourse, run: Callable, lms: str, prefix: str, copies: bool
) -> None:
    files = work(course, copies=copies)
    archive = zip_of(course.root / "class.zip", {prefix.format(n=500 + n) + name: content for n, (name, content) in enumerate(files.items())})
    code, said = run("collect", archive, "05", "--from", lms)
    assert code == 0, said
    assert {name: content for name, content in there(course, "ada").items() if name != "timestamp.txt"} == files
    assert "1 collected" in said
    assert course.autograde("ada")["ada"]["success"]
    assert course.grades("ada") == FULL


def test_timestamp_is_on_time_unless_marked_late_and_then_just_late(course: MiniCourse, run: Callable) -> None:
    files = {**prefixed("a_101_1_", work(course)), **prefixed("b_LATE_102_2_", work(course))}
    _, said = run("collect", zip_of(course.root / "c.zip", files), "05", "--from", "canvas")
    assert stamp(course, "ada") == "2026-01-04 23:59:59", "the archive is of the 5th; not marked late, so in by the due date"
    assert stamp(course, "bob") == "2026-01-05 00:00:59"
    assert "bob: late by the LMS's mark" in said


def test_moodle_worksheet_tells_who_and_when(course: MiniCourse, run: Callable) -> None:
    roster(course, "ada,ada@example.org", "bob,bob@example.org", header="student,email")
    sheet = course.root / "worksheet.csv"
    sheet.write_text(
        "\ufeffIdentifier,\"Full name\",\"Email address\",Status,Grade,\"Last modified (submission)\",\"Last modified (grade)\"\n"
        "\"Participant 201\",\"Ada Lovelace\",Ada@Example.org,Submitted,,\"Monday, 5 January 2026, 10:00 AM\",-\n"
        "\"Participant 202\",\"Bob Ross\",bob@example.org,Submitted,,\"Sunday, January 4, 2026, 9:30 PM\",-\n"
        "\"Participant 203\",\"No One\",no@example.org,\"No submission\",,-,-\n",
        encoding="utf-8",
    )
    files = {**prefixed("Ada_201_assignsubmission_file_/", work(course)), **prefixed("Bob_202_assignsubmission_file_/", work(course))}
    code, said = run("collect", zip_of(course.root / "m.zip", files), "05", "--from", "moodle", "--roster", sheet, "--times", sheet, "--zone", "America/Chicago")
    assert code == 0, said
    assert (stamp(course, "ada"), stamp(course, "bob")) == ("2026-01-05 16:00:00", "2026-01-05 03:30:00")


def test_canvas_gradebook_serves_as_roster_by_equality_alone(course: MiniCourse, run: Callable) -> None:
    (course.root / "course" / "roster.csv").unlink()
    course.submit("ada"), course.autograde("ada")
    gradebook = course.root / "canvas.csv"
    gradebook.write_text("Student,ID,SIS User ID,SIS Login ID,Section,X (1)\n    Points Possible,,,,,5\n\"L, A\",101,,ada,A,\n\"R, B\",102,,bobby,A,\n")
    files = {**prefixed("la_101_900_", work(course, copies=True)), **prefixed("rb_102_901_", work(course))}
    code, said = run("collect", zip_of(course.root / "c.zip", files), "05", "--from", "canvas", "--roster", gradebook)
    assert code == 1 and "rb (102): is nobody whom the roster knows" in said
    assert not (course.root / "submitted" / "bobby").exists() and not (course.root / "submitted" / "102").exists()


def test_roster_command_makes_the_table_that_collect_needs(course: MiniCourse, run: Callable) -> None:
    path = course.root / "course" / "roster.csv"
    path.unlink()
    gradebook = course.root / "canvas.csv"
    gradebook.write_text("Student,ID,SIS User ID,SIS Login ID,Section\n\"L, A\",101,,ada,A\n\"=1+1\",102,,bob,A\n\"Evil\",103,,../eve,A\n")
    assert run("roster", gradebook)[0] == 1 and not path.exists(), "the gradebook knows none of them yet"
    _code, _said = run("roster", gradebook, "--student", "sis_login_id")
    people = {one.student: one for one in course_roster(path).people}
    assert (people["ada"].canvas_id, people["bob"].name) == ("101", "=1+1")
    assert "../eve" not in {one.student for one in course_roster(path).people}


def test_without_a_roster_nothing_is_collected(course: MiniCourse, run: Callable) -> None:
    (course.root / "course" / "roster.csv").unlink()
    code, said = run("collect", zip_of(course.root / "c.zip", prefixed("a_101_1_", work(course))), "05", "--from", "canvas")
    assert code == 1 and "--roster" in said and not (course.root / "submitted").exists()


def test_dry_run_tells_everything_and_changes_nothing(course: MiniCourse, run: Callable) -> None:
    archive = zip_of(course.root / "c.zip", prefixed("a_101_1_", work(course)))
    before = sorted(path for path in course.root.rglob("*"))
    code, said = run("collect", archive, "05", "--from", "canvas", "--dry-run")
    assert code == 0 and "1 collected" in said and "dry run" in said
    assert sorted(path for path in course.root.rglob("*")) == before


# what is there already


def changed(files: dict[str, bytes]) -> dict[str, bytes]:
    notebook = json.loads(files["one.ipynb"])
    notebook["metadata"]["again"] = True
    return {**files, "one.ipynb": json.dumps(notebook).encode()}


def test_only_a_newer_upload_replaces_what_is_there(course: MiniCourse, run: Callable) -> None:
    first, second = work(course), changed(work(course))
    old = zip_of(course.root / "old.zip", prefixed("a_101_10_", first), (2026, 1, 3, 10, 0, 0))
    new = zip_of(course.root / "new.zip", prefixed("a_101_11_", second), (2026, 1, 4, 10, 0, 0))
    assert "1 collected" in run("collect", old, "05", "--from", "canvas")[1]
    assert "1 as before" in run("collect", old, "05", "--from", "canvas")[1]
    assert "1 replaced" in run("collect", new, "05", "--from", "canvas")[1]
    assert there(course, "ada")["one.ipynb"] == second["one.ipynb"]
    _code, said = run("collect", old, "05", "--from", "canvas")
    assert "1 kept what is there" in said and "not newer" in said
    assert there(course, "ada")["one.ipynb"] == second["one.ipynb"]
    assert not list((course.root / ".medcoding" / "lms").glob("taking-*"))


def test_submission_that_came_otherwise_is_replaced_only_where_times_tell(course: MiniCourse, run: Callable) -> None:
    course.submit("ada", timestamp="2026-01-02 10:00:00 UTC")
    mine = there(course, "ada")
    archive = zip_of(course.root / "c.zip", prefixed("a_101_10_", changed(work(course))))
    _code, said = run("collect", archive, "05", "--from", "canvas")
    assert "cannot be told" in said and there(course, "ada") == mine
    times = course.root / "times.csv"
    times.write_text("student,submitted\nada,2026-01-02T09:00\n")
    assert "not newer" in run("collect", archive, "05", "--from", "canvas", "--times", times)[1] and there(course, "ada") == mine
    times.write_text("student,submitted\nada,2026-01-02T11:00-06:00\n")
    assert "1 replaced" in run("collect", archive, "05", "--from", "canvas", "--times", times)[1]
    assert stamp(course, "ada") == "2026-01-02 17:00:00"


def test_run_killed_between_two_renames_loses_no_submission(course: MiniCourse, run: Callable) -> None:
    course.submit("bob")
    mine = there(course, "bob")
    place = course.root / ".medcoding" / "lms" / "taking-killed"
    place.mkdir(parents=True)
    dest = course.root / "submitted" / "bob" / course.assignment
    (place / "whose").write_text(str(dest))
    dest.rename(place / "old")
    run("collect", zip_of(course.root / "c.zip", prefixed("a_101_1_", work(course))), "05", "--from", "canvas")
    assert there(course, "bob") == mine and not place.exists()


def test_failure_while_writing_leaves_the_old_submission(course: MiniCourse, monkeypatch: pytest.MonkeyPatch, run: Callable) -> None:
    run("collect", zip_of(course.root / "o.zip", prefixed("a_101_1_", work(course)), (2026, 1, 2, 0, 0, 0)), "05", "--from", "canvas")
    before = there(course, "ada")
    rename = Path.rename

    def failing(self: Path, target: Any) -> Path:
        if self.name == "new":
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    code, _said = run("collect", zip_of(course.root / "n.zip", prefixed("a_101_2_", changed(work(course)))), "05", "--from", "canvas")
    monkeypatch.undo()
    assert code == 1 and there(course, "ada") == before


@pytest.mark.parametrize(
    ("name", "state"),
    [("one-1.ipynb", "taken as one.ipynb"), ("one (1).ipynb", "taken as one.ipynb"), ("uno.ipynb", "is no notebook of this assignment (one.ipynb, two.ipynb)")],
)
def test_name_given_by_canvas_or_a_browser_is_taken_others_are_told(course: MiniCourse, run: Callable, name: str, state: str) -> None:
    files = work(course)
    files[name] = files.pop("one.ipynb")
    assert f"ada: {name}: {state}" in run("collect", zip_of(course.root / "c.zip", prefixed("a_101_1_", files)), "05", "--from", "canvas")[1]


def test_last_upload_of_a_file_counts(course: MiniCourse, run: Callable) -> None:
    first, second = work(course), changed(work(course))
    files = {"a_101_20_one-1.ipynb": second["one.ipynb"], "a_101_10_one.ipynb": first["one.ipynb"]}
    run("collect", zip_of(course.root / "c.zip", files), "05", "--from", "canvas")
    assert there(course, "ada")["one.ipynb"] == second["one.ipynb"]


def test_files_of_the_last_attempt_alone_count(course: MiniCourse, run: Callable) -> None:
    first, second = work(course), changed(work(course, copies=True))
    files = {**prefixed("HW_ada_attempt_2026-01-03-10-00-00_", first), **prefixed("HW_ada_attempt_2026-01-03-11-00-00_", second)}
    run("collect", zip_of(course.root / "c.zip", files), "05", "--from", "blackboard", "--zone", "America/Chicago")
    assert set(there(course, "ada")) == {"one.ipynb", "two.ipynb", "timestamp.txt"}
    assert stamp(course, "ada") == "2026-01-03 17:00:00"


def test_lone_notebook_without_answers_is_told(course: MiniCourse, run: Callable) -> None:
    files = {"a_101_1_one.ipynb": work(course)["one.ipynb"]}
    assert "no notebook carries recorded answers" in run("collect", zip_of(course.root / "c.zip", files), "05", "--from", "canvas")[1]


def test_answers_without_a_notebook_are_told(course: MiniCourse, run: Callable) -> None:
    code, said = run("collect", zip_of(course.root / "c.zip", {"a_101_1_answers.json": b"{}"}), "05", "--from", "canvas")
    assert code == 1 and "answers.json came without its notebook" in said


# hostile archives: bob is always collected


def bomb(size: int) -> bytes:
    return b"[" + b" " * (size - 2) + b"]"


def nested(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


ATTACKS: dict[str, tuple[list[tuple[str, int, bytes]], str]] = {
    "zip-slip": ([("A_201_assignsubmission_file_/../../../evil.ipynb", 0, b"x")], "climbs out of its folder"),
    "slip before the name": ([("../A_201_assignsubmission_file_/one.ipynb", 0, b"x")], "climbs out of its folder"),
    "absolute": ([("/A_201_assignsubmission_file_/one.ipynb", 0, b"x")], "absolute or foreign path"),
    "drive": ([("C:/A_201_assignsubmission_file_/one.ipynb", 0, b"x")], "absolute or foreign path"),
    "backslashes": ([("A_201_assignsubmission_file_/..\\..\\one.ipynb", 0, b"x")], "absolute or foreign path"),
    "dot": ([("A_201_assignsubmission_file_/./one.ipynb", 0, b"x")], "climbs out of its folder"),
    "link": ([("A_201_assignsubmission_file_/one.ipynb", stat.S_IFLNK | 0o777, b"/etc/passwd")], "is a link"),
    "device": ([("A_201_assignsubmission_file_/one.ipynb", stat.S_IFCHR | 0o666, b"")], "device or pipe"),
    "pipe": ([("A_201_assignsubmission_file_/one.ipynb", stat.S_IFIFO | 0o666, b"")], "device or pipe"),
    "bomb by ratio": ([("A_201_assignsubmission_file_/one.ipynb", 0, bomb(10_000_000))], "like a zip bomb"),
    "bomb by size": ([("A_201_assignsubmission_file_/one.ipynb", 0, bomb(21_000_000))], "at most 20,000,000 are read"),
    "nested": ([("A_201_assignsubmission_file_/work.zip", 0, nested({"one.ipynb": b"{}"}))], "archive inside the archive"),
    "nested twice named": ([("A_201_assignsubmission_file_/one.ipynb.zip", 0, b"PK")], "archive inside the archive"),
    "twice": ([("A_201_assignsubmission_file_/one.ipynb", 0, b"{}"), ("A_201_assignsubmission_file_/one.ipynb", 0, b"{ }")], "stands twice"),
    "twice but for case": ([("A_201_assignsubmission_file_/one.ipynb", 0, b"{}"), ("A_201_assignsubmission_file_/ONE.ipynb", 0, b"{ }")], "stands twice"),
    "escape in the name": ([("A_201_assignsubmission_file_/\x1b[31mone.ipynb", 0, b"{}")], "cannot be seen"),
    "newline in the name": ([("A_201_assignsubmission_file_/a\nb.ipynb", 0, b"{}")], "cannot be seen"),
    "direction mark": ([("A_201_assignsubmission_file_/\u202egnp.ipynb", 0, b"{}")], "cannot be seen"),
    "long name": ([("A_201_assignsubmission_file_/" + "x" * 2000 + ".ipynb", 0, b"{}")], "characters"),
    "notebook is a folder": ([("A_201_assignsubmission_file_/one.ipynb/", stat.S_IFDIR | 0o755, b"x")], "folder"),
    "nobody's": ([("Eve_999_assignsubmission_file_/one.ipynb", 0, b"{}")], "nobody whom the roster knows"),
    "no form": ([("one.ipynb", 0, b"{}")], "not the form that Moodle gives"),
}


def attack(path: Path, entries: list[tuple[str, int, bytes]], honest: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, mode, content in entries:
            archive.writestr(member(name, mode=mode), content)
        for name, content in prefixed("Bob_202_assignsubmission_file_/", honest).items():
            archive.writestr(member(name), content)
    return path


def assert_bob_alone(course: MiniCourse, before: set[Path]) -> None:
    assert set(there(course, "bob")) == {"one.ipynb", "two.ipynb", "answers.json", "timestamp.txt"}
    new = set(course.root.rglob("*")) - before
    allowed = (course.root / "submitted", course.root / ".medcoding")
    assert not [path for path in new if not any(path == place or place in path.parents for place in allowed)]
    assert not [path for path in course.root.rglob("*") if path.is_symlink()]
    assert {path.name for path in (course.root / "submitted").iterdir()} <= {"ada", "bob"}


@pytest.mark.hostile
@pytest.mark.parametrize("kind", ATTACKS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_file_is_one_line_and_the_rest_is_collected(course: MiniCourse, run: Callable, kind: str) -> None:
    entries, said = ATTACKS[kind]
    archive = attack(course.root / "m.zip", entries, work(course))
    before = set(course.root.rglob("*"))
    code, out = run("collect", archive, "05", "--from", "moodle")
    lines = [line for line in out.splitlines() if said in line]
    assert code == 1 and lines, out
    assert "\x1b" not in out and "\u202e" not in out
    assert_bob_alone(course, before)
    assert there(course, "ada") == {}


@pytest.mark.hostile
def test_encrypted_file_is_told(course: MiniCourse, run: Callable) -> None:
    archive = attack(course.root / "m.zip", [("A_201_assignsubmission_file_/one.ipynb", 0, b"{}")], work(course))
    content = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        struct.pack_into("<H", content, at + offset, struct.unpack_from("<H", content, at + offset)[0] | 1)
    archive.write_bytes(content)
    before = set(course.root.rglob("*"))
    code, out = run("collect", archive, "05", "--from", "moodle")
    assert code == 1 and "it is encrypted" in out
    assert_bob_alone(course, before)


@pytest.mark.hostile
@pytest.mark.parametrize("what", ["size", "checksum", "name"])
def test_file_that_is_not_what_the_archive_says_is_told(course: MiniCourse, run: Callable, what: str) -> None:
    archive = attack(course.root / "m.zip", [("A_201_assignsubmission_file_/one.ipynb", 0, b"{}" * 500)], work(course))
    content = bytearray(archive.read_bytes())
    at = content.find(b"PK\x01\x02")
    if what == "size":
        struct.pack_into("<I", content, at + 24, 500)
    elif what == "checksum":
        struct.pack_into("<I", content, at + 16, 12345)
    else:
        content[content.find(b"A_201")] = ord("B")
    archive.write_bytes(content)
    before = set(course.root.rglob("*"))
    code, out = run("collect", archive, "05", "--from", "moodle")
    assert code == 1 and ("damaged" in out or "not what the archive says" in out)
    assert_bob_alone(course, before)


@pytest.mark.hostile
def test_all_files_together_are_bounded(course: MiniCourse) -> None:
    archive = attack(course.root / "m.zip", [("A_201_assignsubmission_file_/one.ipynb", 0, os.urandom(60_000))], work(course))
    limits = Limits(total=50_000)
    summary = collect(course.releases().course, course.assignment, archive, "moodle", course_roster(course.root / "course" / "roster.csv"), limits=limits)
    states = {one.student: (one.state, " ".join(one.findings)) for one in summary.outcomes}
    assert states["bob"][0] == "collected" and "more than 50,000 bytes" in states["ada"][1]


@pytest.mark.hostile
def test_giant_counts_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "many.zip", {f"x_{n}_1_a.txt": b"" for n in range(50)})
    with pytest.raises(ArchiveProblem, match="50 files"):
        Archive(archive, Limits(members=40))
    with pytest.raises(ArchiveProblem, match="Download the class in groups"):
        Archive(archive, Limits(directory=1000))
    content = bytearray(archive.read_bytes())
    struct.pack_into("<I", content, len(content) - 22 + 12, 4_000_000_000)
    archive.write_bytes(content)
    with pytest.raises(ArchiveProblem, match="4,000,000,000 bytes"):
        Archive(archive)


@pytest.mark.hostile
@pytest.mark.parametrize("kind", ["empty", "text", "cut", "folder", "pipe", "missing"])
def test_what_is_no_zip_is_refused_whole(course: MiniCourse, run: Callable, kind: str) -> None:
    path = course.root / "x.zip"
    if kind == "cut":
        zip_of(path, prefixed("a_101_1_", work(course)))
        path.write_bytes(path.read_bytes()[:-100])
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind != "missing":
        path.write_bytes(b"" if kind == "empty" else b"hello")
    code, said = run("collect", path, "05", "--from", "canvas")
    assert code == 1 and str(path) in said and not (course.root / "submitted").exists()


@pytest.mark.hostile
def test_student_cannot_pass_for_another_by_a_file_name_in_canvas(course: MiniCourse, run: Callable) -> None:
    forged = {f"lovelaceada_101_500_102_501_{name}": content for name, content in changed(work(course)).items()}
    honest = prefixed("rossbob_102_400_", work(course))
    _code, said = run("collect", zip_of(course.root / "c.zip", {**forged, **honest}), "05", "--from", "canvas")
    assert there(course, "bob")["one.ipynb"] == honest["rossbob_102_400_one.ipynb"]
    assert "ada: 102_501_one.ipynb: is no notebook of this assignment" in said and there(course, "ada") == {}


@pytest.mark.hostile
def test_place_of_a_submission_that_is_a_link_is_left_alone(course: MiniCourse, run: Callable, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (course.root / "submitted" / "ada").mkdir(parents=True)
    (course.root / "submitted" / "ada" / course.assignment).symlink_to(outside)
    code, said = run("collect", zip_of(course.root / "c.zip", prefixed("a_101_1_", work(course))), "05", "--from", "canvas")
    assert code == 1 and "is no folder" in said and not list(outside.iterdir())


def test_manifest_keeps_the_names_under_which_feedback_goes_back(course: MiniCourse, run: Callable) -> None:
    run("collect", zip_of(course.root / "c.zip", prefixed("a_LATE_101_7_", work(course))), "05", "--from", "canvas")
    kept = read_manifest(course.root, course.assignment, "canvas").students["ada"]
    assert (kept.lms_id, kept.late, kept.version) == ("101", True, 7)
    assert {one.name: one.member for one in kept.files} == {name: f"a_LATE_101_7_{name}" for name in ("one.ipynb", "two.ipynb", "answers.json")}
    assert kept.as_of == datetime(2026, 1, 5, 12, 0, tzinfo=UTC).replace(tzinfo=None)


def test_names_in_utf8_without_the_flag_are_read(course: MiniCourse, run: Callable) -> None:
    archive = zip_of(course.root / "c.zip", prefixed("Zoë Ångström_201_assignsubmission_file_/", work(course)))
    content = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            struct.pack_into("<H", content, at + offset, struct.unpack_from("<H", content, at + offset)[0] & ~0x800)
            at = content.find(mark, at + 4)
    archive.write_bytes(content)
    code, said = run("collect", archive, "05", "--from", "moodle")
    assert code == 0 and "Zoë Ångström (201)" in said


@pytest.mark.cycle
@pytest.mark.parametrize(("plugin", "prefix"), [("CanvasCollector", "a_101_7_"), ("MoodleCollector", "Ada_201_assignsubmission_file/")])
def test_nbgraders_zip_collect_takes_the_plugins(course: MiniCourse, plugin: str, prefix: str) -> None:
    place = course.root / "downloaded" / course.assignment / "archive"
    place.mkdir(parents=True)
    files = {**prefixed(prefix, work(course)), "../../evil.ipynb": b"{}", "b_999_9_one.ipynb": b"{}"}
    zip_of(place / "class.zip", files)
    done = subprocess.run(
        [str(BIN / "nbgrader"), "zip_collect", course.assignment, f"--collector=medcoding.grading.lms.{plugin}", "--extractor=medcoding.grading.lms.SafeExtractor"],
        cwd=course.root, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stderr
    assert there(course, "ada") == work(course)
    assert not list(course.root.rglob("evil.ipynb")) and "climbs out" in done.stderr
    assert {path.name for path in (course.root / "submitted").iterdir()} == {"ada"}
