"""Feedback back to the LMS: the names that it takes, the content that a student may see, and what is not ready."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from lms_archives import CLASS, roster, work, zip_of
from medcoding.grading.lms.names import canvas, moodle
from medcoding.grading.lms.roster import Roster
from minicourse import MiniCourse
from nbgrader.api import Gradebook


@pytest.fixture
def course(released: MiniCourse) -> MiniCourse:
    roster(released, *CLASS)
    return released


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def graded(course: MiniCourse, run: Callable, lms: str, prefixes: dict[str, str], feedback: bool = True) -> None:
    files = {prefix + name: content for prefix in prefixes.values() for name, content in work(course).items()}
    assert run("collect", zip_of(course.root / "c.zip", files), "05", "--from", lms)[0] == 0
    for student in prefixes:
        assert course.autograde(student)[student]["success"]
        if feedback:
            assert course.releases().api.generate_feedback(course.assignment, student)["success"]


FOLDER, FLAT = "Ada Lovelace_201_assignsubmission_file/", "Ross_202_assignsubmission_file_"


def test_moodle_zip_has_each_page_under_the_name_of_the_download(course: MiniCourse, run: Callable) -> None:
    graded(course, run, "moodle", {"ada": FOLDER, "bob": FLAT})
    code, said = run("feedback-zip", "05", "f.zip", "--to", "moodle")
    assert code == 0 and "2 students, 4 files" in said
    found = contents(course.root / "f.zip")
    assert set(found) == {FOLDER + "one.html", FOLDER + "two.html", FLAT + "one.html", FLAT + "two.html"}
    assert b"asks for the amyloidosis first" in found[FOLDER + "one.html"], "the page that nbgrader made"
    assert {moodle(name, Roster()).value for name in found} == {"201", "202"}  # type: ignore[union-attr]


def test_canvas_zip_has_notebooks_under_the_very_names_of_the_download(course: MiniCourse, run: Callable) -> None:
    graded(course, run, "canvas", {"ada": "lovelaceada_LATE_101_77_"}, feedback=False)
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("which-order", "one", course.assignment, "ada").manual_score = 0.5
        gradebook.db.commit()
    assert run("feedback-zip", "05", "f.zip", "--to", "canvas")[0] == 0
    found = contents(course.root / "f.zip")
    assert set(found) == {"lovelaceada_LATE_101_77_one.ipynb", "lovelaceada_LATE_101_77_two.ipynb"}
    assert {(one.value, one.version) for name in found if (one := canvas(name, Roster()))} == {("101", 77)}
    notebook = nbformat.reads(found["lovelaceada_LATE_101_77_one.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    assert "Score: **3.5 of 4**" in notebook.cells[0].source
    assert "**0.5 of 1**" in "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = found["lovelaceada_LATE_101_77_one.ipynb"].decode()
    assert "asks for the amyloidosis first" in text and "application/vnd.medcoding.score+json" not in text


def test_key_that_may_not_show_is_not_in_the_notebook(course: MiniCourse, run: Callable) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('show_keys = "at-once"', 'show_keys = "never"'))
    graded(course, run, "canvas", {"ada": "a_101_77_"}, feedback=False)
    run("feedback-zip", "05", "f.zip", "--to", "canvas")
    text = b"".join(contents(course.root / "f.zip").values()).decode()
    assert "What was answered" in text and "asks for the amyloidosis first" not in text


def test_students_own_markdown_and_comments_cannot_break_out(course: MiniCourse, run: Callable) -> None:
    graded(course, run, "canvas", {"ada": "a_101_77_"}, feedback=False)
    path = course.root / "autograded" / "ada" / course.assignment / "one.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][1]["metadata"]["nbgrader"]["comment"] = "x"
    notebook["cells"][1]["metadata"]["medcoding"] = {"private": "SENTINEL"}
    path.chmod(0o644)
    path.write_text(json.dumps(notebook))
    run("feedback-zip", "05", "f.zip", "--to", "canvas")
    assert b"SENTINEL" not in b"".join(contents(course.root / "f.zip").values())


def test_what_is_not_ready_is_told_and_the_rest_is_sent(course: MiniCourse, run: Callable) -> None:
    graded(course, run, "moodle", {"ada": FOLDER})
    files = {f"{FLAT}{name}": content for name, content in work(course).items()}
    run("collect", zip_of(course.root / "b.zip", files), "05", "--from", "moodle")
    code, said = run("feedback-zip", "05", "f.zip", "--to", "moodle")
    assert code == 1 and "bob: one.ipynb is not graded yet." in said
    assert {name.split("_")[1] for name in contents(course.root / "f.zip")} == {"201"}


def test_feedback_older_than_the_grading_is_not_sent(course: MiniCourse, run: Callable) -> None:
    import os

    graded(course, run, "moodle", {"ada": FOLDER})
    for page in (course.root / "feedback" / "ada" / course.assignment).glob("*.html"):
        os.utime(page, (1, 1))
    code, said = run("feedback-zip", "05", "f.zip", "--to", "moodle")
    assert code == 1 and "older than the grading" in said and not (course.root / "f.zip").exists()


def test_nothing_collected_is_said_with_what_to_do(course: MiniCourse, run: Callable) -> None:
    code, said = run("feedback-zip", "05", "f.zip", "--to", "canvas")
    assert code == 1 and "Run 'medcoding collect' first" in said and not (course.root / "f.zip").exists()


def test_damaged_record_is_said(course: MiniCourse, run: Callable) -> None:
    place = course.root / ".medcoding" / "lms"
    place.mkdir(parents=True)
    (place / f"{course.assignment}.canvas.json").write_text("{")
    code, said = run("feedback-zip", "05", "f.zip", "--to", "canvas")
    assert code == 1 and "collect the archive again" in said


def test_feedback_of_the_same_grades_is_the_same_zip(course: MiniCourse, run: Callable) -> None:
    graded(course, run, "canvas", {"ada": "a_101_77_"}, feedback=False)
    run("feedback-zip", "05", "a.zip", "--to", "canvas")
    run("feedback-zip", "05", "b.zip", "--to", "canvas")
    assert (course.root / "a.zip").read_bytes() == (course.root / "b.zip").read_bytes()


def test_late_penalty_is_said(course: MiniCourse, run: Callable) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('penalty_method = "none"', 'penalty_method = "zero"'))
    course.releases().set_due(course.assignment, datetime(2026, 1, 1))
    graded(course, run, "canvas", {"ada": "a_LATE_101_77_"}, feedback=False)
    run("feedback-zip", "05", "f.zip", "--to", "canvas")
    assert b"Score: **0 of 4** (4 taken off as late)" in contents(course.root / "f.zip")["a_LATE_101_77_one.ipynb"]


def test_hidden_tests_of_a_code_cell_are_left_out(course: MiniCourse, run: Callable) -> None:
    graded(course, run, "canvas", {"ada": "a_101_77_"}, feedback=False)
    path = course.root / "autograded" / "ada" / course.assignment / "one.ipynb"
    notebook = json.loads(path.read_text())
    cell = next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "which-order")
    cell["source"] = "assert 1\n### BEGIN HIDDEN TESTS\nassert SECRET == 2\n### END HIDDEN TESTS\nassert 3"
    cell["outputs"] = [{"output_type": "error", "ename": "NameError", "evalue": "SECRET", "traceback": ["SECRET"]}]
    path.chmod(0o644)
    path.write_text(json.dumps(notebook))
    run("feedback-zip", "05", "f.zip", "--to", "canvas")
    text = contents(course.root / "f.zip")["a_101_77_one.ipynb"].decode()
    assert "SECRET" not in text and "NameError in a hidden test" in text and "assert 3" in text


def test_one_damaged_notebook_does_not_keep_the_feedback_of_the_class(course: MiniCourse, run: Callable) -> None:
    graded(course, run, "canvas", {"ada": "a_101_77_", "bob": "b_102_78_"}, feedback=False)
    path = course.root / "autograded" / "ada" / course.assignment / "one.ipynb"
    path.chmod(0o644)
    path.write_text("{")
    code, said = run("feedback-zip", "05", "f.zip", "--to", "canvas")
    assert code == 1 and "ada: no feedback could be made of one.ipynb" in said
    assert set(contents(course.root / "f.zip")) == {"a_101_77_two.ipynb", "b_102_78_one.ipynb", "b_102_78_two.ipynb"}
