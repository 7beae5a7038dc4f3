"""`RestoreCells`: the cells of a submission follow the published list, not the ones that survived."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from medcoding.grading.claims import claims
from medcoding.grading.exporter import UNREADABLE

NOTES = "medcoding_notes"


@dataclass(frozen=True)
class Published:
    """One cell that nbgrader recorded at release."""

    name: str
    cell_type: str
    source: str
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float
    checksum: str = ""

    def metadata(self) -> dict[str, Any]:
        """The cell's nbgrader metadata as it was released."""
        grader = {
            "cell_type": self.cell_type, "grade": self.grade, "grade_id": self.name, "locked": self.locked,
            "schema_version": 3, "solution": self.solution, "task": self.task,
        }
        if self.grade or self.task:
            grader["points"] = self.points
        return grader


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Drops duplicates and forged metadata, and puts back deleted cells in their place. Runs before DeduplicateIds."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        about = resources["nbgrader"]
        published = published_cells(about["db_url"], about["notebook"], about["assignment"])
        for line in claims(nb, published):
            self.log.warning("%s, %s: %s", about["student"], about["notebook"], line)
        restore(nb, published)
        for name, note in notes(nb).items():
            self.log.warning("%s: %s", name, note)
        return nb, resources


def published_cells(db_url: str, notebook: str, assignment: str) -> list[Published]:
    """The cells of a notebook as released, in their order."""
    with Gradebook(db_url) as gradebook:
        found = gradebook.find_notebook(notebook, assignment)
        grades = {cell.name: float(cell.max_score) for cell in found.grade_cells}
        tasks = {cell.name: float(cell.max_score) for cell in found.task_cells}
        solutions = {cell.name for cell in found.solution_cells}
        return [
            Published(
                name=cell.name, cell_type=cell.cell_type, source=cell.source, locked=cell.locked,
                grade=cell.name in grades, solution=cell.name in solutions, task=cell.name in tasks,
                points=grades.get(cell.name, tasks.get(cell.name, 0.0)), checksum=cell.checksum or "",
            )
            for cell in found.source_cells
        ]


def restore(nb: Any, published: list[Published]) -> None:
    """Bring a submitted notebook's graded cells into agreement with the published list, in place.

    What was done to a cell is noted in its metadata under `medcoding_notes`, for the feedback of its grade.
    """
    unreadable = nb.metadata.pop(UNREADABLE, None)
    known = {cell.name: cell for cell in published}
    last: dict[str, int] = {}
    count: dict[str, int] = {}
    for number, cell in enumerate(nb.cells):
        cell.metadata.pop(NOTES, None)
        grader = cell.metadata.pop("nbgrader", None)
        name = grader.get("grade_id") if isinstance(grader, dict) else None
        if isinstance(name, str) and name in known:
            last[name] = number
            count[name] = count.get(name, 0) + 1
    at = {number: name for name, number in last.items()}
    for number, name in at.items():
        cell, was = nb.cells[number], known[name]
        cell.metadata["nbgrader"] = nbformat.NotebookNode(was.metadata())
        if count[name] > 1:
            _note(cell, f"This cell stood {count[name]} times in the submission; one counts.")
        if was.locked and (cell.source != was.source or cell.cell_type != was.cell_type):
            _note(cell, "This locked cell was changed in the submission; it was put back as released.")
    _insert_missing(nb, published, at, unreadable)


def _insert_missing(nb: Any, published: list[Published], at: dict[int, str], unreadable: str | None) -> None:
    place = {name: number for number, name in at.items()}
    taken = {cell.get("id") for cell in nb.cells}
    cells = list(nb.cells)
    after: dict[int, list[Any]] = {}
    previous = -1
    for was in published:
        if was.name in place:
            previous = place[was.name]
            continue
        make = nbformat.v4.new_code_cell if was.cell_type == "code" else nbformat.v4.new_markdown_cell
        cell = make(was.source)
        if (nb.get("nbformat", 4), nb.get("nbformat_minor", 5)) < (4, 5):
            cell.pop("id", None)  # cells have had names since 4.5
        else:
            cell["id"] = _free_id(was.name, taken)
        cell.metadata["nbgrader"] = nbformat.NotebookNode(was.metadata())
        _note(cell, f"Put back: {unreadable}." if unreadable else "This cell was missing from the submission and was put back.")
        after.setdefault(previous, []).append(cell)
    nb.cells = after.get(-1, []) + [part for number, cell in enumerate(cells) for part in (cell, *after.get(number, []))]


def _free_id(name: str, taken: set[str]) -> str:
    """A cell id made from the cell's name, the same each time, and none that is taken."""
    free = name if re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) else hashlib.sha256(name.encode()).hexdigest()[:8]
    while free in taken:
        free = hashlib.sha256(free.encode()).hexdigest()[:8]
    taken.add(free)
    return free


def _note(cell: Any, text: str) -> None:
    cell.metadata.setdefault(NOTES, []).append(text)


def notes(nb: Any) -> dict[str, str]:
    """What was noted of each graded cell."""
    return {cell.metadata["nbgrader"]["grade_id"]: " ".join(cell.metadata[NOTES]) for cell in nb.cells if cell.metadata.get(NOTES)}
