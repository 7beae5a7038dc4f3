"""Variants by the real commands: release, fetch, answer in the notebook's own way, submit, grade; two students, one with another's variant."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys

import pytest
from medcoding.forms import FORMS
from medcoding.items.answers import AnswerStore
from minicourse import BIN, IMPORTS, MiniCourse, exercise_cell
from variant_items import FRACTURE

pytestmark = pytest.mark.cycle
NAME = "a-broken-leg"


def run(course: MiniCourse, *words: str) -> str:
    done = subprocess.run([str(BIN / words[0]), *words[1:]], cwd=course.root, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_two_students_answer_variants_of_their_own(mini: MiniCourse) -> None:
    mini.items_file.write_text(mini.items_file.read_text(encoding="utf-8") + FRACTURE, encoding="utf-8")
    mini.write("one", [IMPORTS, exercise_cell(NAME)])
    run(mini, "medcoding", "release", "05")
    run(mini, "nbgrader", "fetch_assignment", mini.assignment)
    publication = mini.store.current(mini.assignment, "one")
    item, student = publication[NAME], getpass.getuser()
    own = publication.own_variant(NAME, student)
    work = mini.root / "work" / mini.assignment
    answer = FORMS[item.form].key_answer(item.variants[own].key)
    program = f"from medcoding import exercise\nexercise({NAME!r}, answer={answer['codes']!r})"
    environment = {name: value for name, value in os.environ.items() if name != "JUPYTERHUB_USER"}
    done = subprocess.run([sys.executable, "-c", program], cwd=work, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert AnswerStore(work).get(NAME).variant == own
    run(mini, "nbgrader", "submit", mini.assignment)
    run(mini, "nbgrader", "collect", mini.assignment)
    # a classmate hands in the same file
    other = next(f"s{number}" for number in range(99) if publication.own_variant(NAME, f"s{number}") != own)
    folder = mini.submit_raw(other)
    (folder / "answers.json").write_bytes((work / "answers.json").read_bytes())
    run(mini, "nbgrader", "autograde", mini.assignment)
    assert mini.grades(student)[NAME] == 1 == mini.grades(other)[NAME]
    rules = {}
    for name in (student, other):
        (output,) = mini.cell(name, NAME)["outputs"]
        rules[name] = [note["rule"] for note in output["data"]["application/vnd.medcoding.score+json"]["notes"]]
    assert rules == {student: [], other: ["other-variant"]}
    run(mini, "nbgrader", "generate_feedback", mini.assignment)
    (page,) = (mini.root / "feedback" / student).rglob("one.html")
    text = page.read_text(encoding="utf-8")
    assert item.variants[own].values["told"] in text and item.variants[own].key.codes[0].code in text


def test_released_file_tells_no_key(mini: MiniCourse) -> None:
    mini.items_file.write_text(mini.items_file.read_text(encoding="utf-8") + FRACTURE, encoding="utf-8")
    mini.write("one", [IMPORTS, exercise_cell(NAME)])
    run(mini, "medcoding", "release", "05")
    released = json.dumps(mini.released("one"))
    item = mini.store.current(mini.assignment, "one")[NAME]
    assert len(item.variants) == 24
    assert not [one.key.codes[0].code for one in item.variants if one.key.codes[0].code in released]
