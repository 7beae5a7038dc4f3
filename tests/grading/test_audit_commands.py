"""The commands of graders: regrade, audit, anonymity, mark, agreement. What they print names nobody where the course is anonymous."""

from __future__ import annotations

import argparse
import csv
import re
import shlex
from pathlib import Path

import pytest
from medcoding.cli import main, regrade
from minicourse import ROOT, MiniCourse

ITEM = "ask-the-attending"


@pytest.fixture
def course(graded_class: MiniCourse, monkeypatch: pytest.MonkeyPatch) -> MiniCourse:
    monkeypatch.chdir(graded_class.root)
    return graded_class


class Terminal:
    """Runs commands and gives what they printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *line: str, code: int = 0) -> str:
        self.capsys.readouterr()
        assert main(line) == code
        printed = self.capsys.readouterr()
        return printed.out + printed.err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], course: MiniCourse) -> Terminal:
    return Terminal(capsys)


def anonymous(course: MiniCourse) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "\nc.Course.anonymous = True\n", encoding="utf-8")


def hand_in(course: MiniCourse, student: str, text: str) -> None:
    (course.root / "submitted" / student / course.assignment / "regrade.yaml").write_text(text, encoding="utf-8")


def test_a_request_from_file_to_decision(course: MiniCourse, run: Terminal) -> None:
    hand_in(course, "ada", "heart-of-the-matter: The chart names it.\n")
    listed = run("regrade", "list", "05")
    assert "heart-of-the-matter" in listed and "The chart names it." in listed and "05-mini: 1 open request, 1 of them new." in listed
    shown = run("regrade", "show", "ada", "heart-of-the-matter")
    for words in ("What was answered", "Key", "I42.9", "E85.4", "Parts of the score", "Findings", "The cause is documented.", "asks for the amyloidosis first", "Sources: note at I43", "request 1 handed in: The chart names it."):
        assert words in shown
    (hint,) = [line for line in shown.splitlines() if line.startswith("To change it:")]
    was = hint.split("--was ")[1].split()[0]
    refused = run("regrade", "override", "ada", "05", "heart-of-the-matter", "--points", "2", "--accept", "--reason", "Right so.", "--grader", "ann", code=1)
    assert "takes 0 to 1" in refused
    done = run("regrade", "override", "ada", "05", "heart-of-the-matter", "--points", "1", "--accept", "--was", was, "--reason", "Right so.", "--grader", "ann")
    assert f"{was} points before, 1 point now" in done
    assert "0 open requests" in run("regrade", "list", "05") and "accepted" in run("regrade", "list", "05", "--all")
    assert "request 1 accepted by ann" in run("regrade", "show", "ada", "heart-of-the-matter")
    again = run("regrade", "override", "ada", "05", "heart-of-the-matter", "--points", "0", "--was", was, "--reason", "No, not so.", code=1)
    assert "somebody else changed it meanwhile" in again


def test_a_request_written_down_and_rejected(course: MiniCourse, run: Terminal) -> None:
    assert "Request 1 is recorded" in run("regrade", "request", "bob", "05", "which-order", "--reason", "He asked by mail.")
    assert "still open" in run("regrade", "override", "bob", "05", "which-order", "--points", "0.5", "--reason", "Half of it.")
    assert "0.5 points before, 0.5 points now" in run("regrade", "override", "bob", "05", "which-order", "--reject", "--reason", "It stays.")
    assert "Say the new points" in run("regrade", "override", "bob", "05", "which-order", "--reason", "What now?", code=1)
    assert "1 point now" in run("regrade", "override", "bob", "05", "which-order", "--automatic", "--reason", "As it was.")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("regrade", "list", "77"), "No single assignment is called '77'. The gradebook knows: 05-mini"),
        (("regrade", "show", "eve", "which-order"), "Nobody in the gradebook is called 'eve'"),
        (("regrade", "show", "ada", "nothing"), "stands in no graded submission"),
        (("regrade", "show", "ada", "nothing", "--assignment", "05"), "it has: a-shot-in-the-arm"),
        (("mark", "05", "which-order", "--export", "x.csv"), "of the form 'choice'"),
        (("agreement", "05"), "No two graders have marked the same answers of 05-mini; marked so far by: nobody"),
    ],
)
def test_what_cannot_be_is_told(run: Terminal, line: tuple[str, ...], told: str) -> None:
    assert told in run(*line, code=1)


def test_nothing_is_made_where_nothing_was_graded(mini: MiniCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(mini.root)
    assert main(["audit"]) == 1
    assert "Release and grade an assignment first" in capsys.readouterr().err and not (mini.root / "gradebook.db").exists()


def test_the_trail_is_shown_written_and_verified(course: MiniCourse, run: Terminal, tmp_path: Path) -> None:
    run("regrade", "override", "ada", "05", "which-order", "--points", "0.5", "--reason", "=1+1 is two", "--grader", "ann")
    run("regrade", "override", "bob", "05", "which-order", "--points", "0.25", "--reason", "Not quite.", "--grader", "ben")
    shown = run("audit", "05", "--student", "ada")
    assert "override by ann, 1 point to 0.5 points: =1+1 is two" in shown and "1 entry shown" in shown and "ben" not in shown
    assert "2 entries." in run("audit", "--csv", str(tmp_path / "trail.csv"))
    with open(tmp_path / "trail.csv", newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["grader"], row["old score"], row["new score"]) for row in rows] == [("ann", "1", "0.5"), ("ben", "1", "0.25")]
    assert rows[0]["reason"] == "'=1+1 is two"
    assert "2 entries, 0 faults" in run("audit", "--verify") and "0 faults" in run("audit", "--verify", "--head", rows[0]["hash"])
    assert "written anew" in run("audit", "--verify", "--head", "f" * 64, code=1)


def test_an_anonymous_course_names_nobody_to_graders(course: MiniCourse, run: Terminal, tmp_path: Path) -> None:
    anonymous(course)
    hand_in(course, "ada", "heart-of-the-matter: The chart names it.\n")
    hand_in(course, "bob", "{")
    printed = [run("regrade", "list", "05")]
    name = next(line.split()[1] for line in printed[0].splitlines() if "heart-of-the-matter" in line)
    printed += [
        run("regrade", "show", name, "heart-of-the-matter"),
        run("regrade", "override", name, "05", "heart-of-the-matter", "--points", "1", "--accept", "--reason", "Right so."),
        run("regrade", "request", name, "05", "which-order", "--reason", "Once more."),
        run("regrade", "show", "S-ZZZZ", "heart-of-the-matter", code=1),
        run("regrade", "override", name, "05", "nothing", "--points", "1", "--reason", "Right so.", code=1),
        run("audit"),
        run("mark", "05", ITEM, "--grader", "ann", "--export", str(tmp_path / "sheet.csv")),
        (tmp_path / "sheet.csv").read_text(encoding="utf-8-sig"),
        run("audit", "--csv", str(tmp_path / "trail.csv")),
        (tmp_path / "trail.csv").read_text(encoding="utf-8-sig"),
        run("mark", "05", ITEM, "--settle", "agreed"),
    ]
    for text in printed:
        assert not any(f"{before}{student}{after}" in text for student in ("ada", "bob", "cyd", "dee") for before in " \"'\n/" for after in " \"',:;.\n/"), text
    revealed = run("anonymity", "reveal", name)
    assert revealed.split() == ["pseudonym", "student", name, "ada"]
    assert f"Looked up {name}" in run("audit", "--kind", "reveal")
    assert len(run("anonymity", "reveal").splitlines()) == 5


def test_one_command_may_be_anonymous_where_the_course_is_not(course: MiniCourse, run: Terminal) -> None:
    hand_in(course, "ada", "heart-of-the-matter: The chart names it.\n")
    assert "ada" in run("regrade", "list", "05") and "ada" not in run("regrade", "list", "05", "--anonymous")


def test_two_graders_mark_agree_and_settle(course: MiniCourse, run: Terminal, tmp_path: Path) -> None:
    marks = {"ann": [("3", "1"), ("2", "0"), ("0", "1")], "ben": [("3", "1"), ("1", "0"), ("0", "1")]}
    for grader, given in marks.items():
        path = tmp_path / f"{grader}.csv"
        assert f"3 answers for {grader}" in run("mark", "05", ITEM, "--grader", grader, "--export", str(path))
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
        for row, points in zip(rows[1:], given, strict=True):
            row[3:] = points
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        assert f"3 answers marked by {grader}, 3 of them new or changed; 0 not marked yet." in run("mark", "05", ITEM, "--grader", grader, "--csv", str(path))
    told = run("agreement", "05")
    first = next(line for line in told.splitlines() if "Cites the values" in line)
    # marks 3-3, 2-1, 0-0: observed 2/3, chance 1/9 + 1/9 = 2/9, kappa 4/7
    assert "67%" in first and "0.57" in first
    assert "points" in told and "all criteria" in told
    settled = run("mark", "05", ITEM, "--settle", "agreed")
    assert "2 answers settled, 1 left as they are" in settled and "the graders differ: 2 of 4 (ann) and 1 of 4 (ben)" in settled
    assert "1 answer settled, 0 left" in run("mark", "05", ITEM, "--settle", "mean", "--reason", "The rubric allows both readings.")
    assert "Marked by 2 graders independently" in run("audit", "05", "--kind", "override")


def test_terminal_escapes_of_students_never_reach_the_terminal(course: MiniCourse, run: Terminal) -> None:
    hand_in(course, "cyd", "which-order: look \x1b]0;owned\x07 here\u202e\n")
    printed = run("regrade", "list", "05") + run("regrade", "show", "cyd", ITEM) + run("audit")
    assert "<script>alert(1)</script>" in printed, "text is text"
    assert not set(printed) & set("\x1b\x07\u202e")


def test_every_command_of_the_docs_is_one() -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    regrade.add(parser.add_subparsers())
    lines = re.findall(r"^ *medcoding ((?:regrade|audit|anonymity|mark|agreement) .+)$", (ROOT / "docs" / "regrading.md").read_text(encoding="utf-8"), re.M)
    assert len(lines) >= 15
    for line in lines:
        assert callable(parser.parse_args(shlex.split(line, comments=True)).run)
