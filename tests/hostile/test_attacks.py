"""Every attack against both doors, in one class each: nobody earns by it, the grader is told in a line, and the class is graded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from attacks import ATTACKS, Attack
from gradebooks import files
from medcoding.grading.feedbackrun import feedback_for
from medcoding.grading.run import Summary, grade_assignment
from minicourse import FULL, MiniCourse

pytestmark = pytest.mark.hostile

SECRET = "planted-in-the-key"
RUN = Path("/tmp/medcoding-was-run")
"""What an attack would make if any of its code ran."""
DOORS = ("medcoding grade", "nbgrader autograde")


class Graded:
    """A class graded through one door."""

    def __init__(self, course: MiniCourse, told: dict[str, str], summary: Summary | None) -> None:
        self.course, self.told, self.summary = course, told, summary


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graded]:
    """One class of attackers between two honest students, graded through each door."""
    RUN.unlink(missing_ok=True)
    base = MiniCourse(tmp_path_factory.mktemp("attacked") / "course")
    base.change_item("rationale: The note at the manifestation says code first.", f"rationale: The note says code first. {SECRET}")
    base.releases().release("05")
    graded = {}
    for door in DOORS:
        folder = tmp_path_factory.mktemp(door.split()[0]) / "course"
        shutil.copytree(base.root, folder)
        course = MiniCourse(folder, copied=True)
        for honest in ("ada", "zoe"):
            course.submit(honest)
        for one in _of(door):
            one.plant(course, course.submit(one.name))
        graded[door] = _medcoding(course) if door == DOORS[0] else _nbgrader(course, door)
    return graded


def _of(door: str) -> list[Attack]:
    return [one for one in ATTACKS if one.nbgrader or door == DOORS[0]]


def _medcoding(course: MiniCourse) -> Graded:
    summary = grade_assignment(course.root, course.assignment, workers=2)
    told = {name: "\n".join(summary.found.get(name, []) + ([summary.ungraded[name]] if name in summary.ungraded else [])) for name in
            {*summary.found, *summary.ungraded}}
    return Graded(course, told, summary)


def _nbgrader(course: MiniCourse, door: str) -> Graded:
    told = {}
    for name in ("ada", *(one.name for one in _of(door)), "zoe"):
        result = course.autograde(name)[name]
        blocks = [course.block(name, item) for item in ("which-order", "heart-of-the-matter")] if _has(course, name) else []
        told[name] = "\n".join([result.get("log", ""), *blocks]) if result["success"] else f"FAILED {result.get('log')}"
    return Graded(course, told, None)


def _has(course: MiniCourse, name: str) -> bool:
    return (course.root / "autograded" / name / course.assignment / "one.ipynb").is_file()


CASES = [pytest.param(door, one, id=f"{door.split()[0]}-{one.name}") for door in DOORS for one in _of(door)]


@pytest.mark.parametrize(("door", "one"), CASES)
def test_an_attack_earns_what_was_answered_and_the_grader_is_told(attacked: dict[str, Graded], door: str, one: Attack) -> None:
    graded = attacked[door]
    assert not graded.told.get(one.name, "").startswith("FAILED"), graded.told[one.name]
    if one.scores is None:
        assert graded.summary is not None and one.name in graded.summary.ungraded
        assert not (graded.course.root / "autograded" / one.name).exists()
    else:
        assert graded.course.grades(one.name) == one.scores, graded.told.get(one.name)
    if one.told:
        assert one.told in graded.told.get(one.name, ""), graded.told.get(one.name)


@pytest.mark.parametrize("door", DOORS)
def test_the_rest_of_the_class_is_graded(attacked: dict[str, Graded], door: str) -> None:
    for honest in ("ada", "zoe"):
        assert attacked[door].course.grades(honest) == FULL


def test_nothing_that_was_planted_ran(attacked: dict[str, Graded]) -> None:
    assert attacked and not RUN.exists()


def test_lines_are_single_and_printable(attacked: dict[str, Graded]) -> None:
    summary = attacked[DOORS[0]].summary
    assert summary is not None
    assert all(line.isprintable() and len(line) < 500 for line in summary.lines)
    others = [line for line in summary.lines if line.startswith(("ada:", "zoe:"))]
    assert all("hard link" in line for line in others), "no line is put under an honest student's name, but of a file that really has two"
    assert {line.split(":")[0] for line in summary.lines} <= {one.name for one in ATTACKS} | {"zoe"}


def test_autograded_folders_hold_no_links_no_others_files_and_bounded_sizes(attacked: dict[str, Graded]) -> None:
    course = attacked[DOORS[0]].course
    for path in (course.root / "autograded").rglob("*"):
        assert not path.is_symlink() and (path.is_file() or path.is_dir()), path
        assert path.stat().st_size < 30_000_000
    gradebook = (course.root / "gradebook.db").read_bytes()[:4096]
    assert not [name for name, (content, _) in files(course).items() if content[:4096] == gradebook]


def test_keys_do_not_come_back_where_they_are_hidden(attacked: dict[str, Graded], tmp_path: Path) -> None:
    shutil.copytree(attacked[DOORS[0]].course.root, tmp_path / "course", symlinks=True, ignore=shutil.ignore_patterns("submitted"))
    course = MiniCourse(tmp_path / "course", copied=True)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('show_keys = "at-once"', 'show_keys = "never"'))
    summary = feedback_for(course.root, course.assignment, workers=0)
    assert not summary.failed and len(summary.made) > 40
    assert any(SECRET in path.read_text() for path in (course.root / "publications").glob("*.json")), "it is there to be found"
    for path in (course.root / "feedback").rglob("*.html"):
        text = path.read_text()
        assert SECRET not in text, path
        assert "<script>alert(1)" not in text and "onerror=alert" not in text.replace("&lt;img src=x onerror=alert", ""), path


def test_hostile_names_of_students_are_graded_shown_and_exported_harmlessly(released: MiniCourse, tmp_path: Path) -> None:
    import csv

    from medcoding.grading.lms import CsvExport
    from nbgrader.api import Gradebook

    names = ["=cmd|'C calc'!A1", "<script>alert(1)</script>"[:8] + "x", "\x1b[2Jeve", "eve'; DROP TABLE grade;--", "@SUM(1)", "e\u202eve"]
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
        cells = [cell for row in csv.reader(file) for cell in row]
    assert cells and not [cell for cell in cells if cell.startswith(("=", "@", "+", "\t", "\r")) or (cell.startswith("-") and not cell[1:2].isdigit())]


def test_there_are_enough_attacks_of_each_theme() -> None:
    themes = {one.theme for one in ATTACKS}
    assert themes == {"answers", "files", "names", "notebook"} and len({one.name for one in ATTACKS}) == len(ATTACKS) >= 60
    assert all(one.about for one in ATTACKS)
