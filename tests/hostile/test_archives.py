"""A class's download from an LMS with every hostile file in it: the honest are collected and graded, and each of the others is a line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from attacks.archives import ARCHIVES
from lms_archives import member, roster, work
from medcoding.cli import main
from medcoding.grading.run import grade_assignment
from minicourse import FULL, MiniCourse

pytestmark = pytest.mark.hostile

HONEST = {"ada": 1, "zoe": 900}
ATTACKERS = {name: number for number, name in enumerate(ARCHIVES, 100)}


def download(course: MiniCourse, path: Path) -> Path:
    """The zip that Moodle gives: attackers between two honest students."""
    folders = {name: f"{name.title()}_{number}_assignsubmission_file_" for name, number in {**HONEST, **ATTACKERS}.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name in (*ATTACKERS, *HONEST):
            if name in HONEST:
                for file, content in work(course).items():
                    archive.writestr(member(f"{folders[name]}/{file}"), content)
            else:
                for entry, mode, content in ARCHIVES[name].entries:
                    archive.writestr(member(entry.format(folders[name]), mode=mode), content)
    return path


def test_hostile_downloads_are_lines_and_the_class_is_graded(released: MiniCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    roster(released, *(f"{name},{name.title()},{number},{number},{name},{number},{name}@example.org" for name, number in {**HONEST, **ATTACKERS}.items()))
    before = set(tmp_path.rglob("*"))
    monkeypatch.chdir(released.root)
    path = download(released, tmp_path / "class.zip")
    assert main(["collect", str(path), "05", "--from", "moodle"]) == 1, "not everything was taken"
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    assert all(line.isprintable() for line in lines)
    for name, one in ARCHIVES.items():
        assert [line for line in lines if one.told in line and (name.title() in line or name in line)], (name, lines)
    new = {path for path in set(tmp_path.rglob("*")) - before if released.root / "submitted" not in path.parents and released.root / ".medcoding" not in path.parents}
    assert new <= {path, released.root / "submitted", released.root / ".medcoding"}, "nothing was written elsewhere"
    assert not [found for found in released.root.rglob("*") if found.is_symlink()]
    summary = grade_assignment(released.root, released.assignment, workers=0)
    assert set(HONEST) <= set(summary.graded)
    assert all(released.grades(name) == FULL for name in HONEST)
    for name in set(summary.graded) - set(HONEST):
        assert sum(released.grades(name).values()) == 0
