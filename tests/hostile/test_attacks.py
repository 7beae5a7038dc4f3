"""Every attack on a submission against both doors, in one class each: nobody earns by it, the grader is told in a line, and the class is graded."""

from __future__ import annotations

import csv
import html
import shutil
from pathlib import Path

import pytest
from attacks import ATTACKS, Attack
from attacks.exports import NAMES
from attacks.planted import EARNED, ITEM
from classes import SECRET, course_of_exercises, submit_attacks
from doors import CLASSMATES, DOORS, MEDCODING, NBGRADER, Graded, medcoding, nbgrader
from gradebooks import files
from medcoding.grading.feedbackrun import feedback_for
from medcoding.grading.run import grade_assignment
from minicourse import FULL, MiniCourse

pytestmark = pytest.mark.hostile

RUN = Path("/tmp/medcoding-was-run")
"""What an attack would make if any of its code ran."""


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graded]:
    """One class of attackers between two honest students, graded through each door."""
    RUN.unlink(missing_ok=True)
    folder = tmp_path_factory.mktemp("attacked")
    base = course_of_exercises(MiniCourse(folder / "base"))
    shutil.copytree(base.root, folder / "course")
    course = MiniCourse(folder / "course", copied=True)
    names = [one.name for one in ATTACKS]
    submit_attacks(course, names)
    slow = nbgrader(base, [one.name for one in ATTACKS if one.nbgrader != "untried"], submit_attacks, folder)
    return {MEDCODING: medcoding(course, names), NBGRADER: slow()}


CASES = [pytest.param(door, one, id=f"{door.split()[0]}-{one.name}") for door in DOORS for one in ATTACKS if door == MEDCODING or one.nbgrader != "untried"]


@pytest.mark.parametrize(("door", "one"), CASES)
def test_an_attack_earns_what_was_answered_and_the_grader_is_told(attacked: dict[str, Graded], door: str, one: Attack) -> None:
    graded = attacked[door]
    told = graded.told[one.name]
    ungraded = one.scores is None or (door == NBGRADER and one.nbgrader == "ungraded")
    assert (one.name in graded.failed) == ungraded, told
    if one.scores is not None and not ungraded:
        assert graded.grades(one.name) == one.scores, told
    if door == MEDCODING and ungraded:
        assert not (graded.courses[one.name].root / "autograded" / one.name).exists()
    if door == MEDCODING or not one.nbgrader:
        assert html.escape(one.told) in told or one.told in told, told
    if door == MEDCODING and one.harmless:
        assert told == "", "nothing is told where nothing is to be told"


@pytest.mark.parametrize("door", DOORS)
def test_the_rest_of_the_class_is_graded(attacked: dict[str, Graded], door: str) -> None:
    for course in attacked[door].folders:
        for honest in CLASSMATES:
            assert course.grades(honest) == FULL


def test_nothing_that_was_planted_ran(attacked: dict[str, Graded]) -> None:
    assert attacked and not RUN.exists()


def test_lines_are_single_and_printable(attacked: dict[str, Graded]) -> None:
    summary = attacked[MEDCODING].summary
    assert summary is not None
    assert all(line.isprintable() and len(line) < 500 for line in summary.lines)
    others = [line for line in summary.lines if line.startswith(("ada:", "zoe:"))]
    assert all("hard link" in line for line in others), "no line is put under an honest student's name, but of a file that really has two"
    assert {line.split(":")[0] for line in summary.lines} <= {one.name for one in ATTACKS} | {"zoe"}


def test_autograded_folders_hold_no_links_no_others_files_and_bounded_sizes(attacked: dict[str, Graded]) -> None:
    (course,) = attacked[MEDCODING].folders
    for path in (course.root / "autograded").rglob("*"):
        assert not path.is_symlink() and (path.is_file() or path.is_dir()), path
        assert path.stat().st_size < 30_000_000
    gradebook = (course.root / "gradebook.db").read_bytes()[:4096]
    assert not [name for name, (content, _) in files(course).items() if content[:4096] == gradebook]


def test_keys_do_not_come_back_where_they_are_hidden(attacked: dict[str, Graded], tmp_path: Path) -> None:
    shutil.copytree(attacked[MEDCODING].folders[0].root, tmp_path / "course", symlinks=True, ignore=shutil.ignore_patterns("submitted"))
    course = MiniCourse(tmp_path / "course", copied=True)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('show_keys = "at-once"', 'show_keys = "never"'))
    summary = feedback_for(course.root, course.assignment, workers=2)
    assert not summary.failed and len(summary.made) == len([one for one in ATTACKS if one.scores is not None]) + len(CLASSMATES)
    assert any(SECRET in path.read_text() for path in (course.root / "publications").glob("*.json")), "it is there to be found"
    for path in (course.root / "feedback").rglob("*.html"):
        text = path.read_text()
        assert SECRET not in text, path
        assert "<script>alert(1)" not in text and "onload=alert" not in text and "onerror=alert" not in text.replace("&lt;img src=x onerror=alert", ""), path


def test_hostile_names_of_students_are_graded_shown_and_exported_harmlessly(released: MiniCourse, tmp_path: Path) -> None:
    from medcoding.grading.lms import CsvExport
    from nbgrader.api import Gradebook

    names = list(NAMES.values())
    for name in names:
        released.submit(name)
    summary = grade_assignment(released.root, released.assignment, workers=0)
    assert sorted(summary.graded) == sorted(names) and not summary.ungraded
    assert all(line.isprintable() for line in summary.to_text().splitlines())
    for name in names:
        assert released.grades(name) == FULL
    plugin = CsvExport()
    plugin.to = str(tmp_path / "grades.csv")
    with Gradebook(f"sqlite:///{released.root / 'gradebook.db'}") as gradebook:
        plugin.export(gradebook)
    with open(plugin.to, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {len(rows[0])} and len(rows) == len(names) + 1, "no name makes a column or a line of its own"
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "\t", "\r")) or (cell.startswith("-") and not _is_number(cell))]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_there_are_enough_attacks_and_each_is_told_or_has_a_reason() -> None:
    names = [one.name for one in ATTACKS]
    assert len(set(names)) == len(names) >= 75
    assert {one.theme for one in ATTACKS} == {"answers", "files", "names", "notebook", "metadata", "output"}
    assert all(one.about and bool(one.told) != bool(one.harmless) for one in ATTACKS)
    assert EARNED[ITEM] == 0 and sum(EARNED.values()) == sum(FULL.values()) - 1
