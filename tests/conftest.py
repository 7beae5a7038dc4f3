"""Fixtures that every suite shares."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from minicourse import MiniCourse
from postgres import Postgres, postgres_bin, postgres_server


@pytest.fixture
def mini(tmp_path: Path) -> MiniCourse:
    """A small course, not released yet."""
    return MiniCourse(tmp_path / "course")


@pytest.fixture(scope="session")
def _released_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = MiniCourse(tmp_path_factory.mktemp("template") / "course")
    course.releases().release("05")
    return course.root


@pytest.fixture
def released(_released_once: Path, tmp_path: Path) -> MiniCourse:
    """A small course whose assignment is released."""
    shutil.copytree(_released_once, tmp_path / "course")
    return MiniCourse(tmp_path / "course", copied=True)


@pytest.fixture
def edit_submission() -> Callable[[Path, Callable[[dict], None]], None]:
    """Change a submitted notebook as a student's editor (or malice) would."""

    def edit(path: Path, change: Callable[[dict], None]) -> None:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        change(notebook)
        path.chmod(0o644)
        path.write_text(json.dumps(notebook), encoding="utf-8")

    return edit


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A private PostgreSQL server."""
    if postgres_bin() is None and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database of a private PostgreSQL server."""
    name = f"t{secrets.token_hex(6)}"
    yield postgres.create(name)
    postgres.drop(name)
