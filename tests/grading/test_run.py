"""`medcoding grade`: the same gradebook and files as nbgrader's autograde, whatever was submitted, and nothing twice."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from gradebooks import files, rows
from medcoding.cli import main
from medcoding.grading.run import GradingUnderWay, NotReleased, grade_assignment
from minicourse import FULL, IMPORTS, MiniCourse, code_cell, exercise_cell
from nbgrader.api import Gradebook

Edit = Callable[[Path, Callable[[dict], None]], None]


def fast(course: MiniCourse, *students: str, **options):
    return grade_assignment(course.root, course.assignment, students or None, workers=0, **options)


def both(course: MiniCourse, tmp_path: Path) -> tuple[MiniCourse, MiniCourse]:
    """The course graded by nbgrader, and a copy of it graded here."""
    shutil.copytree(course.root, tmp_path / "twin", symlinks=True)
    twin = MiniCourse(tmp_path / "twin", copied=True)
    students = [path.name for path in sorted((course.root / "submitted").iterdir())]
    results = course.autograde(*students)
    assert all(result["success"] for result in results.values()), results
    summary = fast(twin)
    assert summary.graded == students and not summary.ungraded
    return course, twin


WORDS = {"cell_type": "markdown", "grade": True, "grade_id": "words", "locked": False, "points": 3, "schema_version": 3, "solution": True, "task": False}


def _with_manual_cells(course: MiniCourse) -> None:
    """A second notebook with a cell that a grader reads and one that wants a comment."""
    words = {"cell_type": "markdown", "id": "words", "metadata": {"nbgrader": WORDS}, "source": ["Say why.\n"]}
    task = {"cell_type": "markdown", "id": "task", "source": ["Draw it.\n"],
            "metadata": {"nbgrader": {**WORDS, "grade": False, "grade_id": "task", "locked": True, "points": 2, "solution": False, "task": True}}}
    course.write("two", [IMPORTS, exercise_cell("second-notebook-choice"), words, task])
    (course.source / "data.csv").write_text("a,b\n1,2\n")


def _edit(path: Path, change: Callable[[dict], None]) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.chmod(0o644)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _write_words(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "words":
            cell["source"] = "Because the note says so."


def _own_cells(notebook: dict) -> None:
    notebook["cells"].append({"cell_type": "code", "execution_count": 7, "id": "mine", "metadata": {"collapsed": True, "tags": ["x"]},
                              "outputs": [{"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}], "source": ["print('ä')\n", "2"]})
    notebook["cells"].append({"cell_type": "raw", "id": "raw", "metadata": {}, "source": "<b>raw</b>"})
    notebook["metadata"] = {"kernelspec": {"name": "other", "display_name": "Other", "language": "r"}, "widgets": {"state": {"a": 1}}}


def _old_format(notebook: dict) -> None:
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        cell.pop("id", None)
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") != "which-order"]


def test_gradebook_and_files_are_those_of_nbgrader(mini: MiniCourse, tmp_path: Path) -> None:
    _with_manual_cells(mini)
    mini.releases().release("05")
    with Gradebook(f"sqlite:///{mini.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(mini.assignment, duedate=datetime(2026, 1, 5))
    config = mini.root / "nbgrader_config.py"
    config.write_text(config.read_text() .replace('penalty_method = "none"', 'penalty_method = "zero"'))
    mini.submit("ada", timestamp="2026-01-04 10:00:00 UTC")
    late = mini.submit("bob", answers={"heart-of-the-matter": {"codes": ["E85.4", "I42.9"]}})
    _edit(late / "two.ipynb", _write_words)
    own = mini.submit("cyd", answers={}, timestamp="2026-01-04 23:59:59 UTC")
    _edit(own / "one.ipynb", _own_cells)
    (own / "notes").mkdir()
    (own / "notes" / "mine.txt").write_text("mine")
    (own / "data.csv").write_text("forged")
    (own / ".~hidden").write_text("ignored")
    (own / "extra.ipynb").write_text("{}")
    gone = mini.submit("dan", timestamp="2026-01-04 10:00:00 UTC")
    (gone / "two.ipynb").unlink()
    old = mini.submit("eve", timestamp="2026-01-04 10:00:00 +0200")
    _edit(old / "one.ipynb", _old_format)
    damaged = mini.submit("fay", timestamp="2026-01-04 10:00:00 UTC")
    (damaged / "one.ipynb").chmod(0o644)
    (damaged / "one.ipynb").write_text("{ not a notebook")
    stock, ours = both(mini, tmp_path)
    assert rows(ours) == rows(stock)
    assert files(ours) == files(stock)


def test_a_regrade_leaves_what_nbgrader_would_leave(released: MiniCourse, tmp_path: Path) -> None:
    released.submit("ada", answers={})
    released.submit("bob")
    fast(released)
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("which-order", "one", released.assignment, "ada")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 0.75, 0.5, False
        gradebook.db.commit()
    for student in ("ada", "bob"):
        (released.root / "submitted" / student / released.assignment / "timestamp.txt").write_text("2026-01-06 10:00:00 UTC")
    stock, ours = both(released, tmp_path)
    assert rows(ours) == rows(stock)
    assert files(ours) == files(stock)


def test_ordinary_code_cells_are_graded_as_nbgrader_grades_them(mini: MiniCourse, tmp_path: Path) -> None:
    solution = {"cell_type": "code", "grade": False, "grade_id": "sum", "locked": False, "schema_version": 3, "solution": True, "task": False}
    check = {**solution, "grade": True, "grade_id": "sum-check", "locked": True, "points": 3, "solution": False}
    mini.write("two", [
        exercise_cell("second-notebook-choice"),
        code_cell("sum", "### BEGIN SOLUTION\ntotal = 1 + 1\n### END SOLUTION", nbgrader=solution),
        code_cell("sum-check", "assert total == 2", nbgrader=check),
    ])
    mini.releases().release("05")
    for student, value in (("ada", 2), ("bob", 3)):
        _edit(mini.submit(student) / "two.ipynb", lambda notebook, value=value: [
            cell.update(source=f"total = {value}") for cell in notebook["cells"] if cell["id"] == "sum"
        ])
    stock, ours = both(mini, tmp_path)
    assert rows(ours) == rows(stock)
    assert ours.grades("ada")["sum-check"] == 3 and ours.grades("bob")["sum-check"] == 0


def test_nothing_is_graded_twice(released: MiniCourse) -> None:
    released.submit("ada")
    released.submit("bob")
    assert fast(released).graded == ["ada", "bob"]
    before = files(released)
    again = fast(released)
    assert (again.graded, again.skipped) == ([], 2)
    assert files(released) == before
    assert fast(released, "ada", force=True).graded == ["ada"]


def test_a_changed_submission_is_graded_again(released: MiniCourse) -> None:
    folder = released.submit("ada", answers={})
    released.submit("bob")
    fast(released)
    shutil.rmtree(folder)
    released.submit("ada")
    summary = fast(released)
    assert (summary.graded, summary.skipped) == (["ada"], 1)
    assert released.grades("ada") == FULL
    assert not summary.moved, "a new submission is no moved score"


def test_a_corrected_key_touches_only_the_affected_item_and_says_whose_score_moved(released: MiniCourse) -> None:
    released.submit("ada")
    released.submit("bob", answers={"heart-of-the-matter": {"codes": ["E85.81", "I43"]}, "which-order": {"chosen": []}})
    fast(released)
    assert released.grades("bob")["heart-of-the-matter"] < 1
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        for item in ("which-order", "heart-of-the-matter"):
            grade = gradebook.find_grade(item, "one", released.assignment, "bob")
            grade.manual_score, grade.needs_manual_grade = 0.5, False
        gradebook.db.commit()
    released.change_item("codes: [E85.4, I43]\n    lead: E85.4", "codes: [E85.81, I43]\n    lead: E85.81")
    released.releases().update("05")
    assert not fast(released).moved, "answers are scored by their own publication until the instructor says otherwise"
    from medcoding.items.corrections import correct

    correct(released.store, released.assignment, "heart-of-the-matter", "The chart speaks of light chains.")
    summary = fast(released)
    assert [(one.student, one.cell, one.after) for one in summary.moved] == [("bob", "heart-of-the-matter", 1.0)]
    assert "bob  heart-of-the-matter: " in summary.to_text()
    with sqlite3.connect(released.root / "gradebook.db") as database:
        trail = database.execute("select kind, student, cell, new_score, reason from medcoding_audit").fetchall()
    assert trail == [("regrade-after-key-correction", "bob", "heart-of-the-matter", 1.0, "The chart speaks of light chains.")]
    assert released.grades("ada") == FULL, "the better score stays"
    assert "The chart speaks of light chains." in released.block("bob", "heart-of-the-matter")
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        found = {item: gradebook.find_grade(item, "one", released.assignment, "bob") for item in ("which-order", "heart-of-the-matter")}
        assert [(one.manual_score, one.needs_manual_grade) for one in found.values()] == [(0.5, False), (0.5, True)]
    assert released.autograde("ada", "bob")["bob"]["success"]
    assert released.grades("bob")["heart-of-the-matter"] == 1.0, "nbgrader's own door follows the correction too"


def test_keep_new_lowers_too(released: MiniCourse) -> None:
    from medcoding.items.corrections import correct

    released.submit("ada")
    fast(released)
    released.change_item("codes: [E85.4, I43]\n    lead: E85.4", "codes: [E85.81, I43]\n    lead: E85.81")
    released.releases().update("05")
    correct(released.store, released.assignment, "heart-of-the-matter", "The chart speaks of light chains.", "new")
    (moved,) = fast(released).moved
    assert (moved.before, moved.after < 1) == (1.0, True)


def test_a_correction_is_refused_where_the_question_changed_or_nothing_did(released: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(released.root)
    assert main(["correct", "05", "heart-of-the-matter", "--reason", "because"]) == 1
    assert "its key is the same in every publication" in capsys.readouterr().err
    released.change_item("Which diagnosis codes, in order?", "Which codes?")
    released.releases().update("05")
    assert main(["correct", "05", "heart-of-the-matter", "--reason", "because"]) == 1
    assert "what students are asked has changed too" in capsys.readouterr().err
    assert main(["correct", "05", "nobody", "--reason", "because"]) == 1
    assert "No exercise 'nobody'" in capsys.readouterr().err


def test_a_submission_that_cannot_be_graded_is_named_and_the_rest_is_graded(released: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    released.submit("ada")
    for path in released.submit("bob").glob("*.ipynb"):
        path.unlink()
    released.submit("cyd")
    (released.root / "submitted" / "dan").mkdir()
    (released.root / "submitted" / "dan" / released.assignment).symlink_to(released.root / "submitted" / "ada" / released.assignment)
    monkeypatch.chdir(released.root)
    assert main(["grade", "05", "--workers", "0"]) == 1
    out = capsys.readouterr().out
    assert "bob: not graded: The submission holds no notebook" in out and "dan: not graded: " in out and "is a link" in out
    assert "4 submissions; 2 graded" in out
    assert released.grades("ada") == FULL == released.grades("cyd")
    assert not (released.root / "autograded" / "bob").exists()


def test_a_student_without_a_submission_is_named(released: MiniCourse) -> None:
    released.submit("ada")
    assert "no submission" in fast(released, "ada", "zoe").ungraded["zoe"]


def test_an_assignment_that_is_not_released_is_refused(released: MiniCourse) -> None:
    with pytest.raises(NotReleased, match="knows no assignment '99-none'; it knows: 05-mini"):
        grade_assignment(released.root, "99-none", workers=0)


def test_worker_processes_give_what_this_process_gives(released: MiniCourse, tmp_path: Path) -> None:
    for number in range(6):
        released.submit(f"student{number}", answers=None if number % 2 else {"heart-of-the-matter": {"codes": ["I43"]}})
    shutil.copytree(released.root, tmp_path / "twin")
    twin = MiniCourse(tmp_path / "twin", copied=True)
    fast(released)
    assert sorted(grade_assignment(twin.root, twin.assignment, workers=2).graded) == [f"student{number}" for number in range(6)]
    assert rows(twin) == rows(released) and files(twin) == files(released)


def test_lines_hold_no_control_characters(released: MiniCourse) -> None:
    folder = released.submit("ada")
    (folder / "evil\x1b[31m\nname").symlink_to("/etc/passwd")
    (line,) = fast(released).lines
    assert line.startswith("ada: evil\\x1b[31m") and "is a link" in line and line.isprintable()


def test_two_runs_at_once_are_refused(released: MiniCourse) -> None:
    released.submit("ada")
    released.submit("bob")

    def schedule(make, tasks):
        with pytest.raises(GradingUnderWay, match="another run"):
            fast(released)
        yield from map(make(), tasks)

    assert grade_assignment(released.root, released.assignment, schedule=schedule).graded == ["ada", "bob"]


def test_an_extension_is_applied_before_late_penalties(released: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    config = released.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('penalty_method = "none"', 'penalty_method = "zero"'))
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(released.assignment, duedate=datetime(2026, 1, 5))
    released.submit("ada")
    released.submit("bob")
    monkeypatch.chdir(released.root)
    assert main(["extend", "bob", "05", "--until", "2026-01-06 00:00", "--reason", "illness"]) == 0
    fast(released)
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        taken = {student: gradebook.find_submission_notebook("one", released.assignment, student).late_submission_penalty for student in ("ada", "bob")}
    assert taken == {"ada": 4.0, "bob": None}
