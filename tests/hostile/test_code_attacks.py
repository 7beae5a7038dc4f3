"""Every attack of code against both doors, in one class each: it earns no more than the code is worth, the grader is told, and nothing leaves the sandbox."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from classes import CODE, SECRET, course_of_code, submit_code_attacks
from codecourse import EARNED, code_grades, shown
from doors import CLASSMATES, DOORS, MEDCODING, NBGRADER, Graded, medcoding, nbgrader
from minicourse import MiniCourse
from sandboxed import needs_sandbox, processes_named

pytestmark = pytest.mark.hostile

CASES = [pytest.param(door, name, id=f"{door.split()[0]}-{name}") for door in DOORS for name in CODE]


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graded]:
    """One class of attackers between two honest students, graded through each door."""
    needs_sandbox()
    folder = tmp_path_factory.mktemp("coded")
    course = course_of_code(MiniCourse(folder / "course"))
    shutil.copytree(course.root, folder / "twin")
    submit_code_attacks(course, CODE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADERS_TOKEN", "planted")
        slow = nbgrader(MiniCourse(folder / "twin", copied=True), list(CODE), submit_code_attacks, folder)
        return {MEDCODING: medcoding(course, list(CODE)), NBGRADER: slow()}


@pytest.mark.parametrize(("door", "name"), CASES)
def test_code_earns_what_it_is_worth_and_the_grader_is_told(attacked: dict[str, Graded], door: str, name: str) -> None:
    one, graded = CODE[name], attacked[door]
    course, told = graded.courses[name], graded.told[name]
    assert name not in graded.failed, told
    scores, asked = code_grades(course, name)
    assert scores == one.scores, told
    assert asked == {cell: score is None for cell, score in one.scores.items()}, "a grader is asked where there are no points yet, and only there"
    if one.told and (door == MEDCODING or not one.files):
        assert any(words in told for words in one.told.split("|")), told
    if one.harmless and door == MEDCODING:
        assert told == "", "nothing is told where nothing is to be told"
    path = course.root / "autograded" / name / course.assignment / "two.ipynb"
    assert path.stat().st_size < 3_000_000
    text = shown(course, name, "total")
    assert not [mark for mark in one.marks if re.search(rf"\b{mark}\b", text)], "it found what it must not find"
    assert SECRET not in path.read_text() and "vnd.medcoding.score" not in "".join(shown(course, name, cell) for cell in ("total", *EARNED))


@pytest.mark.parametrize("door", DOORS)
def test_classmates_have_their_points_and_nothing_is_said_of_them(attacked: dict[str, Graded], door: str) -> None:
    for course in attacked[door].folders:
        for classmate in CLASSMATES:
            assert code_grades(course, classmate) == (EARNED, dict.fromkeys(EARNED, False))
    summary = attacked[door].summary
    assert summary is None or not [name for name in CLASSMATES if summary.found.get(name)]


@pytest.mark.parametrize("door", DOORS)
def test_nothing_outside_was_written_and_nothing_lives_on(attacked: dict[str, Graded], door: str) -> None:
    assert processes_named("sleep 65432.1") == []
    for course in attacked[door].folders:
        found = [path for folder in ("submitted", "autograded") for path in (course.root / folder).rglob("*") if path.is_file() and path.suffix != ".ipynb"]
        assert found and not any(word in path.read_bytes() for path in found for word in (b"overwritten", b"spoiled"))
        assert any(SECRET in path.read_text() for path in (course.root / "publications").rglob("*.json")), "it is there to be found"


def test_lines_are_single_and_printable(attacked: dict[str, Graded]) -> None:
    summary = attacked[MEDCODING].summary
    assert summary is not None
    assert all(line.isprintable() and len(line) < 500 for line in summary.lines)
    assert {line.split(":")[0] for line in summary.lines} <= set(CODE)


def test_each_attack_of_code_is_told_or_has_a_reason() -> None:
    assert len(CODE) >= 60
    assert all(one.about and bool(one.told) != bool(one.harmless) for one in CODE.values())
    assert json.dumps([one.source for one in CODE.values()])
