"""Autograding through nbgrader's own converter: every published cell gets an explicit score, whatever was submitted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import IMPORTS, MiniCourse, code_cell, exercise_cell

Edit = Callable[[Path, Callable[[dict], None]], None]
FULL = {"which-order": 1.0, "heart-of-the-matter": 1.0, "a-shot-in-the-arm": 2.0, "second-notebook-choice": 1.0}
NONE = dict.fromkeys(FULL, 0.0)


def grade_one(course: MiniCourse, student: str = "ada") -> dict[str, float | None]:
    result = course.autograde(student)[student]
    assert result["success"], result.get("log")
    return course.grades(student)


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


def _delete(notebook: dict) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "heart-of-the-matter"]


def _duplicate(notebook: dict) -> None:
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == "heart-of-the-matter"]
    notebook["cells"] += [{**cell, "id": "copy-1"}, {**cell, "id": "copy-2"}]


def _edit(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["id"] == "heart-of-the-matter":
            cell["source"] = "print('full marks')\n1"


def _repoint(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["id"] == "heart-of-the-matter":
            cell["metadata"]["nbgrader"]["points"] = 100
            cell["metadata"]["nbgrader"]["solution"] = True


def _retype(notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["id"] == "heart-of-the-matter":
            cell["cell_type"] = "markdown"
            del cell["outputs"], cell["execution_count"]


def _damage(notebook: dict) -> None:
    for cell in notebook["cells"]:
        cell["metadata"]["nbgrader"] = "nothing"


def _empty(notebook: dict) -> None:
    notebook["cells"] = []


def _reorder(notebook: dict) -> None:
    notebook["cells"].reverse()


@pytest.mark.parametrize("change", [_delete, _duplicate, _edit, _repoint, _retype, _damage, _empty, _reorder])
def test_grades_follow_the_published_cells(released: MiniCourse, edit_submission: Edit, change: Callable[[dict], None]) -> None:
    folder = released.submit("ada")
    edit_submission(folder / "one.ipynb", change)
    assert grade_one(released) == FULL


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"cells": 3}', b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}'])
def test_an_unreadable_notebook_is_graded_by_its_answers(released: MiniCourse, content: bytes) -> None:
    path = released.submit("ada") / "one.ipynb"
    path.chmod(0o644)
    path.write_bytes(content)
    assert grade_one(released) == FULL
    assert "Put back" in released.block("ada", "which-order")


def test_a_missing_notebook_scores_zero(released: MiniCourse) -> None:
    (released.submit("ada") / "two.ipynb").unlink()
    assert grade_one(released) == {**FULL, "second-notebook-choice": 0.0}


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _huge(path: Path) -> None:
    with open(path, "ab") as file:
        file.truncate(100_000_000)


def _text(content: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(content, encoding="utf-8", errors="surrogatepass") and None


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


BROKEN = {
    "truncated": _truncated,
    "huge": _huge,
    "not JSON": _text("hello"),
    "a list": _text("[]"),
    "wrong types": _text('{"schema_version": 1, "answers": []}'),
    "nested": _text('{"schema_version": 1, "answers": ' + "[" * 5000 + "]" * 5000 + "}"),
    "NaN": _text('{"schema_version": 1, "answers": {"which-order": NaN}}'),
    "another schema": _text('{"schema_version": 99, "answers": {}}'),
    "a link": _link,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answers_file_is_that_students_finding_only(released: MiniCourse, name: str) -> None:
    path = released.submit("ada") / "answers.json"
    released.submit("bob")
    BROKEN[name](path)
    results = released.autograde("ada", "bob")
    assert all(result["success"] for result in results.values()), results["ada"].get("log")
    assert released.grades("ada") == NONE
    assert released.grades("bob") == FULL
    block = released.block("ada", "which-order")
    assert "answers.json" in block and "Look again" in block


RECORDS = {
    "unknown item": ("no-such-item", {}, None),
    "unknown publication": ("which-order", {"publication": "0" * 32}, "has not released"),
    "publication of another notebook": ("which-order", {"publication": "two"}, "has not released"),
    "wrong shape": ("which-order", {"answer": {"codes": ["I10"]}}, "not an answer of the form"),
    "wrong types": ("which-order", {"answer": {"chosen": 7}}, "not an answer of the form"),
    "a list": ("which-order", {"answer": [1]}, "cannot be read"),
    "extra field": ("which-order", {"score": 100}, "cannot be read"),
    "forged variant": ("which-order", {"variant": 3}, "no variant 3"),
    "another item": ("which-order", {"item": "heart-of-the-matter"}, "names another item"),
    "too many options": ("which-order", {"answer": {"chosen": ["a"] * 50}}, "not an answer of the form"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_broken_answer_costs_only_itself(released: MiniCourse, name: str) -> None:
    item, changes, words = RECORDS[name]
    path = released.submit("ada") / "answers.json"
    data = json.loads(path.read_text())
    record = data["answers"].get(item, dict(data["answers"]["which-order"], item=item))
    changes = dict(changes)
    if changes.get("publication") == "two":
        changes["publication"] = released.released("two")["publication"]
    data["answers"][item] = {**record, **changes}
    path.write_text(json.dumps(data))
    grades = grade_one(released)
    assert grades == (FULL if words is None else {**FULL, "which-order": 0.0})
    if words:
        assert words in released.block("ada", "which-order")


def test_markup_in_an_answer_is_shown_as_text(released: MiniCourse) -> None:
    script = "<script>alert(1)</script>"
    released.submit("ada", answers={"heart-of-the-matter": {"codes": [script]}})
    grade_one(released)
    block = released.block("ada", "heart-of-the-matter")
    assert "<script" not in block and "&lt;script&gt;" in block


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


def test_a_fifo_in_place_of_answers_does_not_hang(released: MiniCourse) -> None:
    from medcoding.grading.score import read_submission

    folder = released.submit("ada")
    (folder / "answers.json").unlink()
    os.mkfifo(folder / "answers.json")
    submitted = read_submission(folder, "one")
    assert not submitted.answers and "not a plain file" in submitted.notes[0].message
