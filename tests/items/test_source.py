"""Mistakes in source notebooks and around them: each is found with its file, cell and words that help."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from medcoding.items.bank import Bank, Fault
from medcoding.items.check import check
from medcoding.items.notebooks import named_items, tidy_text

MODULE = "05-sample"
ITEMS = """\
- id: pressure
  lesson: 05-01
  form: codes
  title: Pressure
  points: 2
  objectives: [1]
  question: Essential hypertension?
  key: {codes: [I10]}
  distractors: [{code: I15.9, feedback: It is not secondary.}]
  rationale: Complete at three characters.
  citations: [{index: Hypertension}]
- id: try-pressure
  lesson: 05-01
  form: codes
  use: practice
  title: Try pressure
  objectives: [1]
  question: Essential hypertension?
  key: {codes: [I10]}
  distractors: [{code: I15.9, feedback: It is not secondary.}]
  rationale: Complete at three characters.
  citations: [{index: Hypertension}]
- id: placement
  lesson: 05-01
  form: codes
  counts: false
  title: Placement
  objectives: [1]
  question: Essential hypertension?
  key: {codes: [I10]}
  distractors: [{code: I15.9, feedback: It is not secondary.}]
  rationale: Complete at three characters.
  citations: [{index: Hypertension}]
"""


def code(name: str, source: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": [source], "outputs": [], "execution_count": None}


def graded(item: str, points: float) -> dict[str, Any]:
    grader = {"cell_type": "code", "grade": True, "grade_id": item, "locked": True, "points": points, "schema_version": 3,
              "solution": False, "task": False}
    return code(item, f'exercise("{item}")', nbgrader=grader)


NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "id": "aim", "metadata": {}, "source": ["# Aim\n", "\n", "One sentence.\n", "Another one."]},
        code("imports", "from medcoding import exercise, practice"),
        graded("pressure", 2),
        code("try", 'practice("try-pressure")'),
        graded("placement", 0),
    ]
}


class Course:
    """A bank of one module and its source folder."""

    def __init__(self, root: Path) -> None:
        self.bank, self.source = root / "bank", root / "source"
        self.folder = self.source / MODULE
        for folder in (self.bank / MODULE, self.folder):
            folder.mkdir(parents=True)
        (self.bank / MODULE / "items.yaml").write_text(ITEMS, encoding="utf-8")
        self.write(NOTEBOOK)

    def write(self, notebook: Any, name: str = "one", text: str | None = None) -> Path:
        path = self.folder / f"{name}.ipynb"
        path.write_text(text if text is not None else tidy_text(notebook), encoding="utf-8")
        return path

    def faults(self) -> list[Fault]:
        return check(Bank(self.bank, strict=False), self.source)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def test_sound_notebook_has_no_fault(course: Course) -> None:
    assert course.faults() == []


def change(number: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][number].update(fields)


def grader(number: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][number]["metadata"]["nbgrader"].update(fields)


def drop(number: int) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"].pop(number)


def add(*cells: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"].extend(cells)


FAULTY = {
    "exercise of an unknown item": (add(graded("presure", 1)), "cell 6", "exercise('presure'): the bank has no such item"),
    "practice of an unknown item": (add(code("more", 'practice("none")')), "cell 6", "practice('none'): the bank has no such item"),
    "exercise outside a grade cell": (change(2, metadata={}), "cell 3", "must stand in a locked grade cell (run 'medcoding tidy')"),
    "grade cell that is not locked": (grader(2, locked=False), "cell 3", "must stand in a locked grade cell"),
    "grade cell that is a solution too": (grader(2, solution=True), "cell 3", "must stand in a locked grade cell"),
    "another grade_id": (grader(2, grade_id="pressures"), "cell 3", "grade_id is 'pressures'; it must equal the item's id"),
    "other points": (grader(2, points=1), "cell 3", "the cell is worth 1; the item is worth 2"),
    "points of an item that does not count": (grader(4, points=1), "cell 5", "the cell is worth 1; the item is worth 0"),
    "points that are no number": (grader(2, points="many"), "cell 3", "the cell is worth many; the item is worth 2"),
    "no points": (grader(2, points=None), "cell 3", "the cell is worth None; the item is worth 2"),
    "more than the exercise line": (change(2, source='x = 1\nexercise("pressure")'), "cell 3", "holds only the exercise line"),
    "exercise of a practice item": (add(graded("try-pressure", 1)), "cell 6", "names a practice item; use practice()"),
    "practice of a graded item": (add(code("more", 'practice("pressure")')), "cell 6", "its key would be released"),
    "item used twice": (add({**graded("pressure", 2), "id": "again"}), "cell 6", "the exercise stands already in cell 3"),
    "unnamed cell id": (change(1, id="8b7c6d5e"), "cell 2", "its id '8b7c6d5e' is no name"),
    "cell id with capitals": (change(1, id="Imports"), "cell 2", "is no name (lower case words with hyphens)"),
    "no cell id": (lambda notebook: notebook["cells"][1].pop("id"), "cell 2", "its id '' is no name"),
    "cell id twice": (change(1, id="aim"), "cell 2", "its id 'aim' stands twice"),
    "two sentences on a line": (change(0, source="One sentence. Another one."), "cell 1", "one sentence a line: 'One sentence. Another one.'"),
}


@pytest.mark.parametrize("mistake", FAULTY)
def test_mistake_in_a_cell_is_found(course: Course, mistake: str) -> None:
    spoil, where, words = FAULTY[mistake]
    notebook = copy.deepcopy(NOTEBOOK)
    spoil(notebook)
    course.write(notebook)
    faults = course.faults()
    found = [fault for fault in faults if fault.where == where and words in fault.message]
    assert found, "\n".join(map(str, faults)) or "no fault at all"
    assert found[0].file.endswith("one.ipynb")
    if found[0].item:
        assert found[0].line > 1


UNTIDY = {
    "outputs": (lambda raw: raw["cells"][1]["outputs"].append({"output_type": "stream", "name": "stdout", "text": "x"}), "cell 2", "has outputs"),
    "execution count": (lambda raw: raw["cells"][1].update(execution_count=7), "cell 2", "has an execution count"),
    "stray metadata": (lambda raw: raw["metadata"].update(widgets={}), "notebook", "is not in its tidy form"),
    "stray cell metadata": (lambda raw: raw["cells"][1]["metadata"].update(collapsed=True), "notebook", "is not in its tidy form"),
    "another kernel": (lambda raw: raw["metadata"]["kernelspec"].update(name="conda"), "notebook", "is not in its tidy form"),
}


@pytest.mark.parametrize("mistake", UNTIDY)
def test_untidy_notebook_is_found(course: Course, mistake: str) -> None:
    spoil, where, words = UNTIDY[mistake]
    raw = json.loads(tidy_text(NOTEBOOK))
    spoil(raw)
    course.write(None, text=json.dumps(raw, indent=1, sort_keys=True) + "\n")
    assert [fault for fault in course.faults() if fault.where == where and words in fault.message]


def test_unsorted_metadata_is_found(course: Course) -> None:
    tidy = json.loads(tidy_text(NOTEBOOK))
    backwards = {name: tidy[name] for name in sorted(tidy, reverse=True)}
    course.write(None, text=json.dumps(backwards, indent=1) + "\n")
    (found,) = course.faults()
    assert (found.where, "sorted metadata" in found.message) == ("notebook", True)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b'{"cells": [\n\n,]}', 3, "is not JSON"),
        ('{"cells": ["Übelkeit"]}'.encode("latin-1"), 1, "is not UTF-8"),
        (b"[]", 1, "is not a notebook"),
        (b'{"cells": {}}', 1, "is not a notebook"),
        (b'{"cells": ["words"]}', 1, "is not a notebook"),
        (b'{"cells": [{"source": "x"}]}', 1, "is not a notebook"),
        (b"", 1, "is not JSON"),
    ],
)
def test_file_that_is_no_notebook(course: Course, content: bytes, line: int, words: str) -> None:
    (course.folder / "two.ipynb").write_bytes(content)
    (found,) = course.faults()
    assert (found.file.endswith("two.ipynb"), found.line, found.where) == (True, line, "notebook")
    assert words in found.message


def test_item_used_in_two_notebooks_of_one_assignment_is_found(course: Course) -> None:
    course.write({"cells": [graded("pressure", 2)]}, name="two")
    (found,) = course.faults()
    assert found.file.endswith("two.ipynb")
    assert (found.item, found.where) == ("pressure", "cell 1")
    assert "stands already in" in found.message and "one.ipynb" in found.message


def test_practice_may_stand_in_two_notebooks(course: Course) -> None:
    course.write({"cells": [code("try-again", 'practice("try-pressure")')]}, name="two")
    assert course.faults() == []


EXAM = ITEMS.split("- id: placement")[0].split("- id: try-pressure")[1].replace("use: practice", "use: exam").replace("Try pressure", "Under time")


@pytest.fixture
def exam(course: Course) -> Course:
    """The course with an exam item, in the lesson of a notebook "two"."""
    folder = course.bank / MODULE
    (folder / "02.yaml").write_text("- id: under-time" + EXAM.replace("05-01", "05-02"), encoding="utf-8")
    for number, notebook in (("01", "one"), ("02", "two")):
        text = f"{{id: 05-{number}, notebook: {notebook}, title: Lesson {number}, minutes: 60, objectives: [Do.]}}"
        (folder / f"{number}.lesson.yaml").write_text(text, encoding="utf-8")
    return course


def test_an_exam_item_goes_with_the_notebook_of_its_lesson_that_calls_mock(exam: Course) -> None:
    exam.write({"cells": [code("sit", 'from medcoding import mock\nmock("cpc", 1)')]}, name="two")
    assert exam.faults() == []
    bank = Bank(exam.bank)
    for name, items in (("two", ["under-time"]), ("one", ["pressure", "try-pressure", "placement"])):
        assert named_items(json.loads((exam.folder / f"{name}.ipynb").read_text()), bank, exam.folder / f"{name}.ipynb") == items


def test_an_exam_item_that_nobody_is_asked_is_found(exam: Course) -> None:
    (found,) = exam.faults()
    assert found.item == "under-time" and "calls mock()" in found.message


@pytest.mark.parametrize("cell", [code("show", 'practice("under-time")'), {**graded("under-time", 1)}])
def test_an_exam_item_is_shown_by_no_cell(exam: Course, cell: dict[str, Any]) -> None:
    exam.write({"cells": [code("sit", 'mock("cpc", 1)'), cell]}, name="two")
    assert [fault.message for fault in exam.faults() if "only mock() asks" in fault.message]


def test_item_that_no_notebook_uses_is_found_in_the_bank(course: Course) -> None:
    notebook = copy.deepcopy(NOTEBOOK)
    drop(4)(notebook)
    course.write(notebook)
    (found,) = course.faults()
    assert found.file.endswith("items.yaml")
    assert (found.line, found.where, found.item) == (23, "id", "placement")
    assert found.message == "no notebook of its module uses this item"


def test_answers_and_items_have_no_place_in_source(course: Course) -> None:
    (course.folder / "answers.json").write_text("{}", encoding="utf-8")
    (course.folder / "items").mkdir()
    found = {fault.where: fault for fault in course.faults()}
    assert found["file"].file.endswith("answers.json") and "released to every student" in found["file"].message
    assert found["folder"].file.endswith("items") and "released notebooks only" in found["folder"].message


def test_item_that_is_itself_faulty_is_told_once(course: Course) -> None:
    (course.bank / MODULE / "items.yaml").write_text(ITEMS.replace("points: 2", "points: 0"), encoding="utf-8")
    (found,) = course.faults()
    assert (found.item, found.where) == ("pressure", "points")


def test_checkpoints_are_not_notebooks_of_the_course(course: Course) -> None:
    (course.source / ".ipynb_checkpoints").mkdir()
    (course.source / ".ipynb_checkpoints" / "one.ipynb").write_text("{", encoding="utf-8")
    assert course.faults() == []
