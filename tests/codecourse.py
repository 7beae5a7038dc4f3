"""A small course whose second notebook has ordinary graded code cells, and submissions to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from minicourse import FULL, IMPORTS, MiniCourse, code_cell, exercise_cell

SOLUTION = "def total(fees):\n    ### BEGIN SOLUTION\n    return sum(fees)\n    ### END SOLUTION"
HONEST = "def total(fees):\n    return sum(fees)"
WRONG = "def total(fees):\n    return 0"
TESTS = {
    "test-sum": (2, "assert total([80, 120]) == 200\nassert total([]) == 0"),
    "test-partial": (4, "points = 0\nif total([1]) == 1:\n    points += 3\nif total([2, 2]) == 4:\n    points += 1\npoints"),
    "test-last": (1, "assert total([5]) == 5"),
}
EARNED = {"test-sum": 2.0, "test-partial": 4.0, "test-last": 1.0}
NOTHING = dict.fromkeys(EARNED, 0.0)
SECRET = "planted-in-the-key"


def grader(name: str, points: float, *, solution: bool = False) -> dict:
    about = {"cell_type": "code", "grade": not solution, "grade_id": name, "locked": not solution, "schema_version": 3, "solution": solution, "task": False}
    return about if solution else {**about, "points": points}


def release_code(course: MiniCourse, config: str = "", kernelspec: Mapping[str, str] | None = None) -> MiniCourse:
    """Release the small course with a notebook that has an exercise and code."""
    cells = [
        IMPORTS, exercise_cell("second-notebook-choice"), code_cell("fees", "import pandas as pd\nfees = pd.read_csv('fees.csv').fee"),
        code_cell("total", SOLUTION, nbgrader=grader("total", 0, solution=True)),
        *(code_cell(name, source, nbgrader=grader(name, points)) for name, (points, source) in TESTS.items()),
        code_cell("after", "print(total(fees))"),
    ]
    path = course.write("two", cells)
    if kernelspec:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"]["kernelspec"] = dict(kernelspec)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    (course.source / "fees.csv").write_text("code,fee\n99213,80\n99214,120\n", encoding="utf-8")
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.ExecuteCode.preload = ['numpy', 'pandas']\n" + config)
    course.releases().release("05")
    return course


def submit_code(course: MiniCourse, student: str, source: str, *, before: str = "", tags: Mapping[str, list[str]] | None = None) -> Path:
    """A submission with right answers to all exercises and this source as its solution; `before` is a cell of its own ahead of it."""
    path = course.submit(student) / "two.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name == "total":
            cell["source"] = source
        if tags and name in tags:
            cell["metadata"]["tags"] = tags[name]
    if before:
        notebook["cells"].insert(0, code_cell("own", before))
    path.chmod(0o644)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def code_grades(course: MiniCourse, student: str) -> tuple[dict[str, float | None], dict[str, bool]]:
    """Automatic scores of the code cells, and which cells ask for a grader; the exercises must have their full points."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        grades = [grade for notebook in gradebook.find_submission(course.assignment, student).notebooks for grade in notebook.grades]
        scores = {grade.name: grade.auto_score for grade in grades}
        asked = {grade.name: grade.needs_manual_grade for grade in grades if grade.name in EARNED}
    assert {name: scores[name] for name in FULL} == FULL, "answers to exercises are data, and count whatever the code does"
    return {name: scores[name] for name in EARNED}, asked


def shown(course: MiniCourse, student: str, name: str) -> str:
    """All that a cell of the autograded notebook shows, as text."""
    path = course.root / "autograded" / student / course.assignment / "two.ipynb"
    (cell,) = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell.get("id") == name]
    return json.dumps(cell["outputs"])
