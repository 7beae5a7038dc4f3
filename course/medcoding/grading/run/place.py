"""A run's place in the course: the folders of a class, and the lock by which one run at a time works on an assignment."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from typing import Any

from filelock import FileLock, Timeout

from medcoding.grading.release import Releases


@contextlib.contextmanager
def alone(releases: Releases, assignment: str, what: str, problem: Exception) -> Iterator[None]:
    """Hold the assignment's lock for a kind of work ("grading"), which goes with the process that holds it. `problem` is raised where another holds it."""
    folder = releases.root / releases.course.publications
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(assignment.encode()).hexdigest()[:16]
    lock = FileLock(str(folder / f".{what}-{name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise problem from None
    try:
        yield
    finally:
        lock.release()


def class_of(coursedir: Any, directory: str, assignment: str) -> list[str]:
    """Everybody who has something for the assignment in one of nbgrader's directories ("submitted_directory"), sorted; those whom the course excludes left out."""
    placed = os.path.normpath(coursedir.format_path(getattr(coursedir, directory), "\x01", assignment))
    before, after = placed.split("\x01", 1)
    excluded = set(coursedir.student_id_exclude.split(",")) if coursedir.student_id_exclude else set()
    try:
        names = sorted(entry.name for entry in os.scandir(before) if not entry.name.startswith("."))
    except FileNotFoundError:
        return []
    return [name for name in names if name not in excluded and os.path.lexists(f"{before}{name}{after}")]
