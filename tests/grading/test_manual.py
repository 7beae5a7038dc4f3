"""Writing waits for a grader: no automatic score, rubric and hints in the cell, and a grader's points survive regrading."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest
from minicourse import FULL, IMPORTS, WRITING_ITEM, MiniCourse, code_cell, exercise_cell
from nbgrader.api import Gradebook

WRITTEN = {"ask-the-attending": {"text": "Would you add an MCC? <script>alert(1)</script>"}}


@pytest.fixture
def writing(mini: MiniCourse) -> MiniCourse:
    mini.items_file.write_text(mini.items_file.read_text() + WRITING_ITEM, encoding="utf-8")
    mini.write("one", [IMPORTS, exercise_cell("which-order"), exercise_cell("heart-of-the-matter"), exercise_cell("a-shot-in-the-arm", 2),
                       exercise_cell("ask-the-attending", 4)])
    mini.write("three", [IMPORTS, code_cell("try", 'practice("try-a-code")')])
    mini.releases().release("05")
    return mini


def grade(course: MiniCourse, student: str = "ada") -> tuple[float | None, float | None, bool]:
    """(automatic score, score, whether a grader is asked for) of the text."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        found = gradebook.find_grade("ask-the-attending", "one", course.assignment, student)
        return found.auto_score, found.score, found.needs_manual_grade


def test_text_has_no_automatic_score_and_asks_for_a_grader(writing: MiniCourse) -> None:
    writing.submit("ada", answers=WRITTEN)
    assert writing.autograde("ada")["ada"]["success"]
    assert grade(writing) == (None, 0.0, True)
    block = writing.block("ada", "ask-the-attending")
    assert "A grader reads this: up to 4 points" in block and "Cites the values" in block and "up to 0.75" in block
    assert "Payment has no place here." in block and "Please document the condition" in block, "hints and the model answer"
    assert "<script>alert" not in block


def test_silence_has_its_zero_and_asks_for_nobody(writing: MiniCourse) -> None:
    writing.submit("ada", answers={})
    assert writing.autograde("ada")["ada"]["success"]
    assert grade(writing) == (0.0, 0.0, False)


def test_points_of_a_grader_survive_regrading(writing: MiniCourse) -> None:
    writing.submit("ada", answers=WRITTEN)
    writing.autograde("ada")
    with Gradebook(f"sqlite:///{writing.root / 'gradebook.db'}") as gradebook:
        found = gradebook.find_grade("ask-the-attending", "one", writing.assignment, "ada")
        found.manual_score = 2.5
        found.needs_manual_grade = False
        gradebook.db.commit()
    assert writing.autograde("ada")["ada"]["success"]
    assert grade(writing)[:2] == (None, 2.5)


def test_other_items_of_the_notebook_keep_their_scores_and_export_counts_what_is_graded(writing: MiniCourse) -> None:
    writing.submit("ada")
    assert writing.autograde("ada")["ada"]["success"]
    scores = writing.grades("ada")
    assert {name: scores[name] for name in FULL} == FULL and scores["ask-the-attending"] is None
    done = subprocess.run([sys.executable, "-m", "nbgrader", "export", "--to", "grades.csv"], cwd=writing.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with open(writing.root / "grades.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert float(row["score"]) == sum(FULL.values()) and float(row["max_score"]) == sum(FULL.values()) + 4


def test_feedback_shows_the_text_and_no_score_of_a_machine(writing: MiniCourse) -> None:
    writing.submit("ada", answers=WRITTEN)
    writing.autograde("ada")
    assert writing.releases().api.generate_feedback(writing.assignment, "ada")["success"]
    (page,) = (writing.root / "feedback" / "ada" / writing.assignment).glob("one.html")
    html = page.read_text(encoding="utf-8")
    assert "A grader reads this" in html and "No credit: 0 of 4" not in html
