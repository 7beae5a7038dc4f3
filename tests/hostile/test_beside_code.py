"""Files that stand beside graded code: whatever a submission brings along, honest code earns its points, and the grader is told in few lines."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from codecourse import EARNED, HONEST, code_grades, release_code, submit_code
from medcoding.grading.run import Summary, grade_assignment
from minicourse import MiniCourse
from sandboxed import needs_sandbox

pytestmark = pytest.mark.hostile


def _nested(folder: Path, name: str, times: int) -> None:
    here = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(times):
            os.mkdir(name)
            os.chdir(name)
        Path("bottom").touch()
    finally:
        os.chdir(here)


def _deep_folders(folder: Path) -> None:
    _nested(folder, "d", 100)


def _long_path(folder: Path) -> None:
    """Longer than a path may be."""
    _nested(folder, "d" * 240, 18)


def _no_utf8(folder: Path) -> None:
    with open(os.fsencode(folder) + b"/\xff\xfe.txt", "w") as file:
        file.write("x")


def _long_and_odd_names(folder: Path) -> None:
    for name in ("n" * 250, "a\nb", "..\\..\\x", "-rf", "$(id)"):
        (folder / name).write_text("x")


def _many(folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(1000):
        (folder / "many" / str(number)).touch()


def _large(folder: Path) -> None:
    for name in ("one", "two", "three"):
        with open(folder / f"{name}.bin", "wb") as file:
            file.truncate(49_000_000)


def _folder_for_data(folder: Path) -> None:
    (folder / "fees.csv").unlink()
    (folder / "fees.csv").mkdir()
    (folder / "fees.csv" / "mine").write_text("x")


def _file_for_folder(folder: Path) -> None:
    (folder / "more" / "rates.csv").unlink()
    (folder / "more").rmdir()
    (folder / "more").write_text("x")


def _link_for_data(folder: Path) -> None:
    (folder / "fees.csv").unlink()
    (folder / "fees.csv").symlink_to("/etc/passwd")


def _forged_data(folder: Path) -> None:
    (folder / "fees.csv").chmod(0o644)
    (folder / "fees.csv").write_text("code,fee\n1,no number\n")


def _shadowed_modules(folder: Path) -> None:
    for name in ("pandas", "numpy", "IPython", "ipykernel", "json", "sitecustomize", "zmq", "asyncio"):
        (folder / f"{name}.py").write_text("raise SystemExit(0)\n")


PLANTED: dict[str, tuple[Callable[[Path], None], str]] = {
    "deep-folders": (_deep_folders, "nested more than 20 deep"),
    "long-path": (_long_path, "File name too long, so it was left out"),
    "no-utf8": (_no_utf8, "holds characters that cannot be seen"),
    "long-and-odd-names": (_long_and_odd_names, "holds characters that cannot be seen"),
    "many": (_many, "Code ran without many/"),
    "large": (_large, "Code ran without one.bin and 2 more"),
    "folder-for-data": (_folder_for_data, ""),
    "file-for-folder": (_file_for_folder, ""),
    "link-for-data": (_link_for_data, "fees.csv is a link, no plain file; it was left out."),
    "forged-data": (_forged_data, ""),
    "shadowed-modules": (_shadowed_modules, "Named like what grading itself uses: "),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[MiniCourse, Summary]:
    """Honest code, with something planted beside it, in one class between two who planted nothing."""
    needs_sandbox()
    course = MiniCourse(tmp_path_factory.mktemp("beside") / "course")
    (course.source / "more").mkdir()
    (course.source / "more" / "rates.csv").write_text("99213,1\n")
    release_code(course, "c.ExecuteCode.timeout = 10\n")
    for honest in ("ada", "zoe"):
        submit_code(course, honest, HONEST)
    for name, (plant, _) in PLANTED.items():
        plant(submit_code(course, name, HONEST).parent)
    return course, grade_assignment(course.root, course.assignment, workers=2)


@pytest.mark.parametrize("name", PLANTED)
def test_what_lies_beside_code_changes_nothing(graded: tuple[MiniCourse, Summary], name: str) -> None:
    course, summary = graded
    told = summary.found.get(name, [])
    assert name not in summary.ungraded, summary.ungraded
    assert code_grades(course, name) == (EARNED, dict.fromkeys(EARNED, False)), told
    assert any(PLANTED[name][1] in line for line in told) or not PLANTED[name][1], told
    assert len(told) <= 3 and all(line.isprintable() for line in told), "a few lines, however many files"


def test_autograded_folders_hold_what_was_released(graded: tuple[MiniCourse, Summary]) -> None:
    course, _ = graded
    for name in ("ada", "zoe", *PLANTED):
        folder = course.root / "autograded" / name / course.assignment
        assert (folder / "fees.csv").read_text() == "code,fee\n99213,80\n99214,120\n"
        assert (folder / "more" / "rates.csv").read_text() == "99213,1\n"
    assert not list((course.root / "autograded").glob("*/.*")), "nothing half-written"


def test_classmates_are_told_nothing(graded: tuple[MiniCourse, Summary]) -> None:
    course, summary = graded
    assert set(summary.found) & {"ada", "zoe"} == set()
    for honest in ("ada", "zoe"):
        assert code_grades(course, honest) == (EARNED, dict.fromkeys(EARNED, False))
