"""Autograding through nbgrader's own converter: every published cell gets an explicit score, whatever was submitted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from minicourse import FULL, IMPORTS, MiniCourse, code_cell, exercise_cell, grade_one

Edit = Callable[[Path, Callable[[dict], None]], None]
NONE = dict.fromkeys(FULL, 0.0)


def test_key_answers_earn_full_marks_and_an_explanation(released: MiniCourse) -> None:
    released.submit("ada")
    assert grade_one(released) == FULL
    block = released.block("ada", "heart-of-the-matter")
    assert "Full marks: 1 of 1" in block and "E85.4" in block and "asks for the amyloidosis first" in block and "note at I43" in block


def test_silence_scores_an_explicit_zero(released: MiniCourse) -> None:
    released.submit("ada", answers={})
    assert grade_one(released) == NONE
    assert "No answer was recorded" in released.block("ada", "which-order")


def test_partial_credit_reaches_the_gradebook(released: MiniCourse) -> None:
    released.submit("ada", answers={"heart-of-the-matter": {"codes": ["E85.4"]}})
    assert grade_one(released)["heart-of-the-matter"] == 0.6  # set 1/2 of 0.80, lead 0.20


def test_a_distractor_is_named_in_the_feedback(released: MiniCourse) -> None:
    released.submit("ada", answers={"heart-of-the-matter": {"codes": ["E85.4", "I42.9"]}})
    assert grade_one(released)["heart-of-the-matter"] == 0.6
    assert "The cause is documented." in released.block("ada", "heart-of-the-matter")


def test_a_notebook_of_exercises_starts_no_kernel(released: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbgrader.preprocessors import Execute

    def no_kernel(*args: object, **kwargs: object) -> None:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(Execute, "preprocess", no_kernel)
    released.submit("ada")
    assert grade_one(released) == FULL


def test_ordinary_code_cells_still_run_and_grade(mini: MiniCourse) -> None:
    grader = {"cell_type": "code", "grade": False, "grade_id": "sum", "locked": False, "schema_version": 3, "solution": True, "task": False}
    check = {**grader, "grade": True, "grade_id": "sum-check", "locked": True, "points": 3, "solution": False}
    mini.write("two", [
        code_cell("imports", "import os"),
        exercise_cell("second-notebook-choice"),
        code_cell("sum", "### BEGIN SOLUTION\ntotal = 1 + 1\n### END SOLUTION", nbgrader=grader),
        code_cell("sum-check", "assert total == 2", nbgrader=check),
    ])
    mini.releases().release("05")
    mini.submit("ada")
    folder = mini.submit("bob")

    def solve(value: int) -> Callable[[dict], None]:
        def change(notebook: dict) -> None:
            for cell in notebook["cells"]:
                if cell["id"] == "sum":
                    cell["source"] = f"total = {value}"
        return change

    for student, value in (("ada", 2), ("bob", 3)):
        path = mini.root / "submitted" / student / mini.assignment / "two.ipynb"
        notebook = json.loads(path.read_text())
        solve(value)(notebook)
        path.chmod(0o644)
        path.write_text(json.dumps(notebook))
    assert folder.exists()
    results = mini.autograde("ada", "bob")
    assert all(result["success"] for result in results.values()), results
    assert mini.grades("ada")["sum-check"] == 3 and mini.grades("bob")["sum-check"] == 0
    assert mini.grades("ada")["second-notebook-choice"] == 1 == mini.grades("bob")["second-notebook-choice"]


def test_a_missing_notebook_scores_zero(released: MiniCourse) -> None:
    (released.submit("ada") / "two.ipynb").unlink()
    assert grade_one(released) == {**FULL, "second-notebook-choice": 0.0}


def test_the_notebooks_own_copy_counts_where_answers_json_is_missing(released: MiniCourse, edit_submission: Edit) -> None:
    from medcoding.items.answers import MIME

    folder = released.submit("ada")
    records = json.loads((folder / "answers.json").read_text())["answers"]
    (folder / "answers.json").unlink()

    def carry(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if cell["id"] in records:
                cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {MIME: records[cell["id"]]}}]

    edit_submission(folder / "one.ipynb", carry)
    assert grade_one(released) == {**FULL, "second-notebook-choice": 0.0}


def test_answers_json_wins_over_the_notebooks_copy(released: MiniCourse, edit_submission: Edit) -> None:
    from medcoding.items.answers import MIME

    folder = released.submit("ada", answers={"heart-of-the-matter": {"codes": ["I10"]}})
    record = json.loads((folder / "answers.json").read_text())["answers"]["heart-of-the-matter"]

    def carry(notebook: dict) -> None:
        for cell in notebook["cells"]:
            if cell["id"] == "heart-of-the-matter":
                copy = {**record, "answer": {"codes": ["E85.4", "I43"]}}
                cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {MIME: copy}}]

    edit_submission(folder / "one.ipynb", carry)
    assert grade_one(released)["heart-of-the-matter"] == 0


def test_an_answer_is_graded_by_its_own_publication(released: MiniCourse) -> None:
    folder = released.submit("ada")
    released.change_item("codes: [E85.4, I43]\n    lead: E85.4", "codes: [E85.81, I43]\n    lead: E85.81")
    released.releases().update("05")
    assert folder.exists()
    assert grade_one(released) == FULL
    assert "before the exercise was corrected" in released.block("ada", "heart-of-the-matter")


def test_a_manual_grade_survives_regrading(released: MiniCourse) -> None:
    from nbgrader.api import Gradebook

    released.submit("ada", answers={})
    grade_one(released)
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("which-order", "one", released.assignment, "ada")
        grade.manual_score = 0.75
        gradebook.db.commit()
    grade_one(released)
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("which-order", "one", released.assignment, "ada")
        assert (grade.manual_score, grade.score, grade.needs_manual_grade) == (0.75, 0.75, True)


def test_an_item_that_does_not_count_is_explained_and_worth_nothing(mini: MiniCourse) -> None:
    mini.change_item("  title: Second notebook\n", "  title: Second notebook\n  counts: false\n  if_missed: Read module 05 first.\n")
    mini.write("two", [IMPORTS, exercise_cell("second-notebook-choice", 0)])
    mini.releases().release("05")
    mini.submit("ada", answers={})
    assert grade_one(mini)["second-notebook-choice"] == 0
    block = mini.block("ada", "second-notebook-choice", "two")
    assert "counts nothing" in block and "Read module 05 first." in block


def test_a_lost_publication_never_becomes_full_marks(released: MiniCourse) -> None:
    (released.root / "publications" / "current.json").unlink()
    released.submit_raw("ada")
    result = released.autograde("ada")["ada"]
    assert not result["success"] and "Restore that folder from its backup" in result["log"]
    assert set(released.grades("ada").values()) <= {None, 0.0}
