"""nbgrader's preprocessors over one notebook, in its order, without files and without the database.

The lists are those of the configuration. The few steps that ask the gradebook get from `Released` what they would ask
for; all others run as they are. What would be written to the gradebook is gathered instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
)

from medcoding.findings import Finding, Score
from medcoding.grading.claims import claims
from medcoding.grading.exporter import UNREADABLE, Unreadable
from medcoding.grading.restore import NOTES, Published, RestoreCells, notes, restore
from medcoding.grading.run.formats import Formats, outputs_text
from medcoding.grading.run.memo import Memo
from medcoding.grading.run.released import Notebook, Released, Shelf
from medcoding.grading.score import (
    EXERCISE,
    Graded,
    ReadAnswers,
    SaveScores,
    ScoreAnswers,
    Submitted,
    cell_note,
    cell_output,
    cell_points,
    drop_forged,
    grade,
    score_by_key,
    unpublished,
    with_copies,
)
from medcoding.items.answers import Answer
from medcoding.items.publication import Publication

TOLD = frozenset({"unknown-publication", "unknown-variant", "malformed-answer"})
"""Why an answer earned nothing that a grader should know of: no honest form records such an answer."""

SCORES_KEPT = 2_000
TEXT_KEPT = 8_000_000
"""Bytes of feedback that a process remembers."""


@dataclass
class Marked:
    """One grade or comment as the gradebook will hold it. `waits`: a grader must read it."""

    notebook: str
    cell: str
    kind: str
    """grade, comment, or missing: the grade of a notebook that was not handed in"""
    score: float | None = None
    waits: bool = False
    comment: str | None = None


@dataclass
class Sheet:
    """What grading one notebook came to."""

    text: str
    marks: list[Marked] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)
    """By exercise, a digest-able text of its outputs."""


class _Cells:
    """The published cells of a notebook, asked as nbgrader's gradebook is asked."""

    def __init__(self, cells: tuple[Published, ...]) -> None:
        self._cells = {cell.name: cell for cell in cells}

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> Published:
        try:
            return self._cells[name]
        except KeyError:
            raise MissingEntry(name) from None

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> Any:
        return _WithMaximum(self.find_source_cell(name, notebook, assignment).points)


@dataclass(frozen=True)
class _WithMaximum:
    max_score: float


class _Restore(RestoreCells):
    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        run: _Run = resources["run"]
        run.sheet_lines += claims(nb, run.notebook.cells)
        restore(nb, list(run.notebook.cells))
        run.sheet_lines += [f"{name}: {note}" for name, note in notes(nb).items()]
        return nb, resources


class _Kernelspec(OverwriteKernelspec):  # type: ignore[misc]
    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        if resources["run"].notebook.kernelspec:
            nb.metadata["kernelspec"] = nbformat.from_dict(resources["run"].notebook.kernelspec)
        return nb, resources


class _Overwrite(OverwriteCells):  # type: ignore[misc]
    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        self.notebook_id = resources["nbgrader"]["notebook"]
        self.assignment_id = resources["nbgrader"]["assignment"]
        self.gradebook = _Cells(resources["run"].notebook.cells)
        return NbGraderPreprocessor.preprocess(self, nb, resources)  # type: ignore[no-any-return]


class _CheckMetadata(CheckCellMetadata):  # type: ignore[misc]
    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        resources["run"].formats.grader.validate_nb(nb)
        return nb, resources


class _Read(ReadAnswers):
    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        run = resources["run"]
        resources["medcoding"] = {"exercises": run.exercises, "current": run.current, "submitted": run.submitted, "files": run.files}
        return nb, resources


class _Score(ScoreAnswers):
    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        run: _Run = resources["run"]
        for number, cell in enumerate(nb.cells):
            if utils.is_grade(cell) and cell.metadata["nbgrader"]["grade_id"] in run.exercises:
                self._exercise(run, number, cell)
            elif utils.is_grade(cell) and EXERCISE.match(cell.source):
                raise unpublished(cell.metadata["nbgrader"]["grade_id"], "the publications of this course")
            else:
                cell.metadata.pop(NOTES, None)
                drop_forged(cell)
        return nb, resources

    @staticmethod
    def _exercise(run: _Run, number: int, cell: Any) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        about = [cell_note(text) for text in cell.metadata.pop(NOTES, [])]
        done = grade(
            name, run.current, run.submitted, run.grader.shelf, about, run.student, run.grader.released.variant_policy,
            run.grader.released.corrections, run.grader.scored,
        )
        maximum = float(cell.metadata["nbgrader"]["points"])
        run.texts[number] = run.records[name] = run.grader.output_text(done, maximum)
        run.lines_of(name, (*done.notes, *(found for found in done.score.findings if found.rule in TOLD)))
        cell.outputs = []
        run.points[name] = (float(f"{cell_points(done, maximum):g}"), done.score.manual)  # as nbgrader reads it from the output


class _Save(SaveScores):
    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        run: _Run = resources["run"]
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if utils.is_grade(cell):
                if name in run.points:
                    points, waits = run.points[name]
                    run.marks.append(Marked(run.notebook.name, name, "grade", None if waits else points, waits))
                else:
                    score, _ = utils.determine_grade(cell, self.log)
                    waits = name in resources["medcoding"].get("waits", ())
                    run.marks.append(Marked(run.notebook.name, name, "grade", None if score is None or waits else float(score), waits))
            if utils.is_solution(cell) or utils.is_task(cell):
                same = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell) and not utils.is_task(cell)
                run.marks.append(Marked(run.notebook.name, name, "comment", comment="No response." if same else None))
        return nb, resources


class _Nothing(AssignLatePenalties):  # type: ignore[misc]
    """Penalties are worked out by the writer, which has the gradebook."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return nb, resources


INSTEAD: dict[type, type] = {
    RestoreCells: _Restore,
    OverwriteKernelspec: _Kernelspec,
    OverwriteCells: _Overwrite,
    CheckCellMetadata: _CheckMetadata,
    ReadAnswers: _Read,
    ScoreAnswers: _Score,
    SaveScores: _Save,
    AssignLatePenalties: _Nothing,
}


@dataclass
class _Run:
    """What the steps of one notebook share."""

    grader: Grader
    notebook: Notebook
    student: str
    current: Publication
    submitted: Submitted
    exercises: frozenset[str]
    files: dict[str, bytes] | None
    texts: dict[int, str] = field(default_factory=dict)
    points: dict[str, tuple[float, bool]] = field(default_factory=dict)
    marks: list[Marked] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)
    sheet_lines: list[str] = field(default_factory=list)

    @property
    def formats(self) -> Formats:
        return self.grader.formats

    def lines_of(self, name: str, found: tuple[Finding, ...]) -> None:
        whole = {note.message for note in self.submitted.notes}
        self.sheet_lines += [f"{name}: {note.message}" for note in found if note.rule != "cell-restored" and note.message not in whole]


class Grader:
    """Grades notebooks of one released assignment. One for each process; remembers what many students share."""

    def __init__(self, released: Released, parent: Any) -> None:
        """`parent` is nbgrader's Autograde converter, which gives the steps and their configuration."""
        self.released = released
        self.formats = Formats()
        self.shelf = Shelf(released.publications)
        self._scores: Memo[Score] = Memo(SCORES_KEPT)
        self._texts: Memo[bytes] = Memo(TEXT_KEPT, len)  # a quarter to half of what str takes
        self._sanitize = [self._step(step, parent) for step in parent.sanitize_preprocessors]
        self._autograde = [self._step(step, parent) for step in parent.autograde_preprocessors]

    @staticmethod
    def _step(step: Any, parent: Any) -> Any:
        made = INSTEAD.get(step, step)(parent=parent, config=parent.config)
        return made if made.enabled or isinstance(made, NbGraderPreprocessor) else None

    def scored(self, publication: Publication, answer: Answer) -> Score:
        """What an answer earns; remembered by the answer itself."""
        key = (publication.name, answer.item, answer.variant, repr(answer.answer))
        return self._scores.get(key, lambda: score_by_key(publication, answer))

    def output_text(self, done: Graded, maximum: float) -> str:
        """The output of an exercise cell as JSON text; remembered by all that it shows."""
        said = tuple((found.rule, found.message) for found in (*done.notes, *done.score.findings))
        key = (done.publication, done.item.id, done.variant, repr(done.raw), maximum, done.score.points, said)
        return self._texts.get(key, lambda: outputs_text([cell_output(done, maximum)]).encode(errors="surrogatepass")).decode(errors="surrogatepass")

    def grade(
        self, notebook: Notebook, content: bytes | str, submitted: Submitted, student: str, files: dict[str, bytes] | None = None
    ) -> Sheet:
        """Grade one submitted notebook, given as bytes or, where it cannot be read, the reason in words.

        Raises:
            Exception: what nbgrader's steps raise; the submission then stays ungraded.
        """
        lines: list[str] = []
        nb = self._read(content, lines)
        run = _Run(
            grader=self, notebook=notebook, student=student, submitted=with_copies(submitted, nb.cells),
            current=self.shelf[self.released.current[notebook.name]] if notebook.name in self.released.current else _no_publication(self.released, notebook),
            exercises=frozenset(), files=files,
        )
        run.exercises = frozenset(item.id for item in run.current.items if item.use == "graded")
        resources: dict[str, Any] = {
            "unique_key": notebook.name,
            "output_files_dir": f"{notebook.name}_files",
            "nbgrader": {"student": student, "assignment": self.released.assignment, "notebook": notebook.name, "db_url": self.released.db_url},
            "metadata": {"name": notebook.name, "path": str(Path.cwd())},
            "run": run,
        }
        for step in self._sanitize:
            nb, resources = step(nb, resources) if step else (nb, resources)
        with utils.setenv(NBGRADER_EXECUTION="autograde"):
            for step in self._autograde:
                nb, resources = step(nb, resources) if step else (nb, resources)
        lines += run.sheet_lines + resources["medcoding"].get("lines", [])
        return Sheet(self.formats.write(nb, run.texts), run.marks, lines, run.records)

    def _read(self, content: bytes | str, lines: list[str]) -> Any:
        reason = content if isinstance(content, str) else None
        if isinstance(content, bytes):
            try:
                return self.formats.read(content)
            except Unreadable as problem:
                reason = str(problem)
        empty = nbformat.v4.new_notebook()
        empty.metadata[UNREADABLE] = reason
        lines.append(f"{reason}.")
        return empty


def _no_publication(released: Released, notebook: Notebook) -> Publication:
    """A notebook without exercises has no publication."""
    return Publication(assignment=released.assignment, notebook=notebook.name, salt="", items=())


def steps(parent: Any) -> Iterator[str]:
    """The names of the configured steps, for the digest of settings."""
    for step in [*parent.sanitize_preprocessors, *parent.autograde_preprocessors]:
        yield f"{step.__module__}.{step.__qualname__}" if isinstance(step, type) else str(step)
