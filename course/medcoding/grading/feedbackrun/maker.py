"""One student's feedback folder: what nbgrader's `generate_feedback` puts there, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import capture_log, find_all_files, temp_attrs

from medcoding.grading.audit import Note
from medcoding.grading.exporter import Unreadable, notebook_bytes
from medcoding.grading.feedback import ShowFeedback
from medcoding.grading.feedbackrun.grades import Notebook
from medcoding.grading.feedbackrun.pages import Change, Pages
from medcoding.grading.places import Course
from medcoding.grading.run.files import copy_plain, remove, replacing
from medcoding.grading.run.formats import Formats
from medcoding.grading.run.worker import one_line
from medcoding.grading.safe import SafeCells, make_safe, safe_highlight, safe_markdown

STEPS = [ShowFeedback, GetGrades, CSSHTMLHeaderPreprocessor]
LARGEST = 100_000_000
"""Bytes of an autograded notebook; it holds what was handed in and what grading wrote into it."""

Notes = Mapping[tuple[str, str], Sequence[Note]]


class NotGraded(ValueError):
    """A notebook and the gradebook do not agree; the message says what is missing."""


@dataclass(frozen=True)
class Task:
    """One student's feedback to make."""

    student: str
    grades: dict[str, Notebook] = field(default_factory=dict)
    notes: Notes = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """A task done. `failed` says in one line why it was not."""

    student: str
    failed: str = ""


def has_our_steps(coursedir: Any, config: Any) -> bool:
    """Whether nbgrader's converter is configured to do what `Maker` does, and nothing else."""
    converter = GenerateFeedback(coursedir=coursedir, config=config)
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    kinds = {type(step) for step in exporter._preprocessors}
    return (
        list(converter.preprocessors) == STEPS
        and SafeCells in kinds
        and kinds <= {SafeCells, CSSHTMLHeaderPreprocessor}
        and (exporter.template_name, exporter.filters) == ("feedback", {"markdown2html": safe_markdown, "highlight_code": safe_highlight})
        and converter.pre_convert_hook is None
        and converter.post_convert_hook is None
        and coursedir.notebook_id == "*"
    )


class Maker:
    """Makes feedback in one process, as nbgrader's converter is configured."""

    def __init__(self, coursedir: Any, config: Any, assignment: str, show_key: bool) -> None:
        self._converter = GenerateFeedback(coursedir=coursedir, config=config)
        self._converter.log = _quiet()
        self._course = Course(coursedir, config=config)
        self._coursedir, self._assignment, self._show_key = coursedir, assignment, show_key
        self._formats = Formats()
        self._permissions = int(str(self._converter.permissions), 8)
        self._show = ShowFeedback(parent=self._converter)
        exporter = self._converter.exporter_class(parent=self._converter, config=self._converter.config)
        exporter.log = _quiet()
        # cells are made safe before feedback is put into them, so not when the exporter sees them
        exporter._preprocessors = [step for step in exporter._preprocessors if not isinstance(step, SafeCells)]
        exporter.register_preprocessor(CSSHTMLHeaderPreprocessor)
        self._pages = Pages(exporter)
        self._extension = exporter.file_extension

    def __call__(self, task: Task) -> Done:
        """Make a student's feedback; whatever there is in the way, there is a result. As with nbgrader, what failed leaves no feedback."""
        try:
            with contextlib.chdir(self._coursedir.root):
                self._make(task)
        except (Unreadable, NotGraded) as problem:
            failed = f"{one_line(str(problem)).rstrip('.')}. Grade it again with 'medcoding grade --force {one_line(self._assignment)} {one_line(task.student)}'."
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            failed = f"{type(error).__name__}: {one_line(str(error))} ({last.name}, line {last.lineno})"
        else:
            return Done(task.student)
        with contextlib.suppress(OSError), contextlib.chdir(self._coursedir.root):
            remove(self._path("feedback_directory", task.student))
        return Done(task.student, failed)

    def prepare(self, release: Path) -> None:
        """Render what students share beforehand, from the released notebooks. What cannot be is left until it is needed."""
        for path in sorted(release.glob("*.ipynb")):
            with contextlib.suppress(Exception):
                notebook = self._formats.read(notebook_bytes(path, LARGEST, graded=True))
                notebook.cells = [cell for cell in notebook.cells if "nbgrader" not in cell.metadata]
                self._pages.remember(notebook, *self._given(path, notebook, Task("."), Notebook()))

    def _make(self, task: Task) -> None:
        source, target = (self._path(kind, task.student) for kind in ("autograded_directory", "feedback_directory"))
        with replacing(target) as fresh:
            for name in find_all_files(str(source), [*self._coursedir.ignore, "*.ipynb"]):
                copy_plain(Path(name), fresh / Path(name).relative_to(source), os.O_NOFOLLOW)
            for path in sorted(source.glob("*.ipynb")):
                page = self._page(path, task)
                (fresh / f"{path.stem}{self._extension}").write_text(page, encoding="utf-8")
            for path in fresh.rglob("*"):
                if path.is_file():
                    path.chmod(self._permissions)
        if self._coursedir.groupshared:
            self._converter.set_permissions(self._assignment, task.student)

    def _page(self, path: Path, task: Task) -> str:
        try:
            notebook = self._formats.read(notebook_bytes(path, LARGEST, graded=True))
        except Unreadable as problem:
            raise Unreadable(f"{path.name}: {str(problem).replace('submitted', 'graded')}") from None
        graded = task.grades.get(path.stem)
        if graded is None:
            raise NotGraded(f"{path.name}: the gradebook has no such notebook of this student")
        return self._pages.page(notebook, *self._given(path, notebook, task, graded))

    def _given(self, path: Path, notebook: Any, task: Task, graded: Notebook) -> tuple[dict[str, Any], list[str], Change]:
        """What `Pages.page` needs besides the notebook, into whose cells scores and comments are put."""
        notebook.metadata.clear()  # nothing of it shows, so what differs there need not be rendered apart
        keys: list[str] = []
        notes: list[Sequence[Note]] = []
        for cell in notebook.cells:
            self._add_grades(cell, graded, path.name)
            notes.append(task.notes.get((path.stem, str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))), ()))
            keys.append("\n".join([json.dumps(cell, sort_keys=True), *(note.finding.model_dump_json() for note in notes[-1])]))

        def show(cell: Any, place: int) -> None:
            make_safe(cell)
            self._show.show(cell, self._course, self._show_key, notes[place])

        penalty = graded.late_penalty or 0
        resources = {
            "unique_key": path.stem,
            "output_files_dir": f"{path.stem}_files",
            "nbgrader": {
                "student": task.student, "assignment": self._assignment, "notebook": path.stem, "db_url": self._coursedir.db_url,
                "score": graded.score - penalty, "max_score": graded.max_score, "late_penalty": penalty,
            },
            "metadata": {"name": path.stem, "path": str(path.parent)},
        }
        return resources, keys, show

    @staticmethod
    def _add_grades(cell: Any, graded: Notebook, where: str) -> None:
        """What `GetGrades` adds to a cell."""
        about = cell.metadata.get("nbgrader", {})
        name = about.get("grade_id", "")
        try:
            if about.get("solution") or about.get("task"):
                about["comment"] = graded.comments[name]
            if about.get("grade") or about.get("task"):
                about["score"], about["points"] = graded.points[name]
        except KeyError:
            raise NotGraded(f"{where}: the gradebook has nothing on the cell {one_line(str(name), 60)}") from None

    def _path(self, kind: str, student: str) -> Path:
        return Path(os.path.normpath(self._coursedir.format_path(getattr(self._coursedir, kind), student, self._assignment)))


class PlainMaker:
    """nbgrader's own converter, for a configuration with other steps than this course's."""

    def __init__(self, coursedir: Any, config: Any, assignment: str, show_key: bool) -> None:
        self._coursedir, self._config, self._assignment = coursedir, config, assignment

    def __call__(self, task: Task) -> Done:
        """Make a student's feedback."""
        with temp_attrs(self._coursedir, assignment_id=self._assignment, student_id=task.student):
            converter = GenerateFeedback(coursedir=self._coursedir, config=self._config)
            converter.force = True
            result = capture_log(converter)
        said = [line for line in result.get("log", "").splitlines() if "ERROR" in line]
        return Done(task.student, "" if result["success"] else one_line([*said, result.get("error") or "nbgrader failed"][0]))


def _quiet() -> logging.Logger:
    log = logging.getLogger("medcoding.grading.quiet")
    log.setLevel(logging.CRITICAL)
    return log
