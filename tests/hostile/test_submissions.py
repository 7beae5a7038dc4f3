"""Submissions that are damaged or malicious: each is that student's finding only, and nobody earns more than was answered."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from minicourse import FULL, MiniCourse, grade_one

pytestmark = pytest.mark.hostile

Edit = Callable[[Path, Callable[[dict], None]], None]
NONE = dict.fromkeys(FULL, 0.0)


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


def test_a_fifo_in_place_of_answers_does_not_hang(released: MiniCourse) -> None:
    from medcoding.grading.score import read_submission

    folder = released.submit("ada")
    (folder / "answers.json").unlink()
    os.mkfifo(folder / "answers.json")
    submitted = read_submission(folder, "one")
    assert not submitted.answers and "not a plain file" in submitted.notes[0].message
