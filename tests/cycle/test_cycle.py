"""The real nbgrader commands, one after another, as an instructor and a student would type them."""

from __future__ import annotations

import csv
import getpass
import os
import subprocess
from pathlib import Path

import pytest
from medcoding.items.answers import AnswerStore
from minicourse import BIN, MiniCourse

pytestmark = pytest.mark.cycle


def run(course: MiniCourse, *words: str, code: int = 0, **environment: str) -> str:
    """Run a command in the course's folder; returns what it printed."""
    done = subprocess.run(
        [str(BIN / words[0]), *words[1:]], cwd=course.root, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, **environment},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_from_bank_to_gradebook_by_command(mini: MiniCourse) -> None:
    name, student = mini.assignment, getpass.getuser()
    assert "0 faults" in run(mini, "medcoding", "check")
    assert "released" in run(mini, "medcoding", "release", "05")
    assert "nothing has changed" in run(mini, "medcoding", "release", "05")
    run(mini, "nbgrader", "fetch_assignment", name)
    work = mini.root / "work" / name
    assert (work / "one.ipynb").exists() and (work / "items" / "one.json").exists()
    store = AnswerStore(work)
    for item, (publication, answer) in mini.key_answers().items():
        if item != "a-shot-in-the-arm":
            store.put(publication=publication, item=item, answer=answer)
    run(mini, "nbgrader", "submit", name)
    run(mini, "nbgrader", "collect", name)
    run(mini, "nbgrader", "autograde", name)
    assert mini.grades(student) == {"which-order": 1, "heart-of-the-matter": 1, "a-shot-in-the-arm": 0, "second-notebook-choice": 1}
    run(mini, "nbgrader", "generate_feedback", name)
    run(mini, "nbgrader", "release_feedback", name)
    run(mini, "nbgrader", "fetch_feedback", name)
    (page,) = (work / "feedback").rglob("one.html")
    assert "asks for the amyloidosis first" in page.read_text(encoding="utf-8")
    run(mini, "nbgrader", "export", "--to", "grades.csv")
    with open(mini.root / "grades.csv", newline="", encoding="utf-8") as file:
        (row,) = list(csv.DictReader(file))
    assert (row["assignment"], row["student_id"], float(row["score"]), float(row["max_score"])) == (name, student, 3, 5)


def test_generate_assignment_by_command_with_one_notebook(mini: MiniCourse) -> None:
    run(mini, "nbgrader", "generate_assignment", mini.assignment)
    before = mini.released("two")
    run(mini, "nbgrader", "generate_assignment", mini.assignment, "--notebook", "one", "--force")
    assert mini.released("two") == before
    assert len(mini.released("one")["items"]) == 4


def test_validate_proves_completeness_not_rightness(released: MiniCourse) -> None:
    folder = released.root / "release" / released.assignment
    assert "no answer yet" in run(released, "nbgrader", "validate", str(folder / "two.ipynb"))
    store = AnswerStore(folder)
    wrong = next(option["id"] for option in released.released("two")["items"][0]["view"]["options"] if "Wrong" in option["text"])
    store.put(publication=released.released("two")["publication"], item="second-notebook-choice", answer={"chosen": [wrong]})
    assert "Success" in run(released, "nbgrader", "validate", str(folder / "two.ipynb"))


def test_course_makes_ready_twice_and_loses_nothing(mini: MiniCourse) -> None:
    (mini.root / "course" / "calendar.yaml").write_text(f"modules:\n  {mini.assignment}: {{opens: 2026-01-01, due: 2099-12-31}}\n")
    assert f"Open to students: {mini.assignment}" in run(mini, "medcoding", "course")
    run(mini, "nbgrader", "fetch_assignment", mini.assignment)
    store = AnswerStore(mini.root / "work" / mini.assignment)
    store.put(publication=mini.released("one")["publication"], item="which-order", answer={"chosen": ["x"]})
    before = {path: path.read_bytes() for kind in ("work", "release", "exchange", "publications")
              for path in (mini.root / kind).rglob("*") if path.is_file()}
    run(mini, "medcoding", "course")
    after = {path: path.read_bytes() for kind in ("work", "release", "exchange", "publications")
             for path in (mini.root / kind).rglob("*") if path.is_file()}
    assert after == before
    mini.change_item("Which code comes first?", "Which of the codes comes first?")
    assert "medcoding update" in run(mini, "medcoding", "course")


def test_course_mends_what_is_gone_since_its_last_run(mini: MiniCourse) -> None:
    import shutil

    (mini.root / "course" / "calendar.yaml").write_text(f"modules:\n  {mini.assignment}: {{opens: 2026-01-01}}\n")
    first = run(mini, "medcoding", "course")
    outbound = mini.root / "exchange" / "medcoding" / "outbound" / mini.assignment
    shutil.rmtree(outbound)
    assert "Open to students: 05-mini" in first and "Open to students: 05-mini" in run(mini, "medcoding", "course")
    assert (outbound / "one.ipynb").is_file()


def test_a_calendar_with_a_mistake_is_said_clearly(mini: MiniCourse) -> None:
    (mini.root / "course" / "calendar.yaml").write_text("modules:\n  05-mini: {open: tomorrow}\n")
    assert "calendar.yaml" in run(mini, "medcoding", "course", code=1)


def test_a_taken_port_is_said_clearly(mini: MiniCourse) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} is taken" in run(mini, "medcoding", "lab", "--port", str(port), "--no-browser", code=1)


def test_demo_plays_a_class_and_touches_nothing_else(mini: MiniCourse) -> None:
    before = {path: path.stat().st_mtime_ns for path in mini.root.rglob("*") if path.is_file()}
    printed = run(mini, "medcoding", "demo", "--students", "5", "--seed", "3")
    demo = mini.root / "demo"
    assert "5 students: mean" in printed and (demo / "scores.png").stat().st_size > 5_000
    with open(demo / "grades.csv", newline="", encoding="utf-8") as file:
        scores = [float(row["score"]) for row in csv.DictReader(file)]
    assert len(scores) == 5 and len(set(scores)) > 1 and all(0 <= score <= 5 for score in scores)
    assert {path: path.stat().st_mtime_ns for path in mini.root.rglob("*") if path.is_file() and demo not in path.parents} == before


def test_demo_repeats_itself(mini: MiniCourse) -> None:
    first = run(mini, "medcoding", "demo", "--students", "2", "--folder", "one")
    second = run(mini, "medcoding", "demo", "--students", "2", "--folder", "two")
    assert [line for line in first.splitlines() if line.startswith("student")] == [line for line in second.splitlines() if line.startswith("student")]


def test_demo_refuses_a_folder_that_is_not_its_own(mini: MiniCourse, tmp_path: Path) -> None:
    other = tmp_path / "precious"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    assert "not empty" in run(mini, "medcoding", "demo", "--folder", str(other), code=1)
    assert (other / "thesis.txt").read_text() == "mine"


def test_another_database_by_environment(mini: MiniCourse, tmp_path: Path) -> None:
    database = tmp_path / "elsewhere.db"
    run(mini, "nbgrader", "generate_assignment", mini.assignment, MEDCODING_DB=f"sqlite:///{database}")
    assert database.exists() and not (mini.root / "gradebook.db").exists()


def test_the_configuration_fits_one_screen() -> None:
    text = (Path(__file__).resolve().parents[2] / "nbgrader_config.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 45
