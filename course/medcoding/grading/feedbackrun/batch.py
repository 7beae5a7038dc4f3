"""`medcoding feedback`: the pages that `nbgrader generate_feedback` makes, for a whole class at once."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import find_all_files

from medcoding.grading.audit import Note, notes_of_assignment
from medcoding.grading.feedback import ShowFeedback, keys_show
from medcoding.grading.feedbackrun import grades
from medcoding.grading.feedbackrun.pages import Pages
from medcoding.grading.places import Course
from medcoding.grading.release import Releases
from medcoding.grading.run.formats import Formats
from medcoding.grading.run.pool import spread
from medcoding.grading.run.worker import one_line
from medcoding.grading.safe import SafeCells, make_safe

CHUNK = 200
STEPS = [ShowFeedback, GetGrades, CSSHTMLHeaderPreprocessor]

Notes = dict[tuple[str, str], list[Note]]


class NoFeedback(ValueError):
    """Feedback cannot be made; the message says why and what to do."""


@dataclass
class FeedbackSummary:
    """What a run did."""

    assignment: str
    made: list[str] = field(default_factory=list)
    skipped: int = 0
    """Students whose feedback is there and not older than what was graded."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why, by student."""
    seconds: float = 0.0

    def to_text(self) -> str:
        """The summary for a terminal."""
        rate = f", {len(self.made) / self.seconds:,.1f} a second" if self.made and self.seconds else ""
        lines = [f"{one_line(student, 60)}: no feedback: {why}" for student, why in sorted(self.failed.items())]
        total = f"{self.assignment}: {len(self.made)} given feedback, {self.skipped} had it already, {len(self.failed)} failed ({self.seconds:.1f} s{rate})."
        return "\n".join([*lines, total])


@dataclass(frozen=True)
class Task:
    """One student's feedback to make."""

    student: str
    grades: dict[str, grades.Notebook] = field(default_factory=dict)
    notes: Notes = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """A task done. `failed` says in one line why it was not."""

    student: str
    failed: str = ""


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
        # those of the template add styles; cells are made safe before they are shown, and must not be afterwards
        exporter._preprocessors = [step for step in exporter._preprocessors if not isinstance(step, SafeCells)]
        self._pages = Pages(exporter)
        self._extension = exporter.file_extension

    def __call__(self, task: Task) -> Done:
        """Make a student's feedback; whatever there is in the way, there is a result."""
        try:
            with contextlib.chdir(self._coursedir.root):
                self._make(task)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            return Done(task.student, f"{type(error).__name__}: {one_line(str(error))} ({last.name}, line {last.lineno})")
        return Done(task.student)

    def _make(self, task: Task) -> None:
        source, target = (Path(self._path(kind, task.student)) for kind in ("autograded_directory", "feedback_directory"))
        fresh = target.with_name(f".{target.name}.new")
        old = target.with_name(f".{target.name}.old")
        for stale in (fresh, old):
            _remove(stale)
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.mkdir()
        for name in find_all_files(str(source), [*self._coursedir.ignore, "*.ipynb"]):
            to = fresh / Path(name).relative_to(source)
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(Path(name).read_bytes())
        for path in sorted(source.glob("*.ipynb")):
            page = self._page(path, task)
            (fresh / f"{path.stem}{self._extension}").write_text(page, encoding="utf-8")
        for path in fresh.rglob("*"):
            if path.is_file():
                path.chmod(self._permissions)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        _remove(old)
        if self._coursedir.groupshared:
            self._converter.set_permissions(self._assignment, task.student)

    def _page(self, path: Path, task: Task) -> str:
        notebook = self._formats.read(path.read_bytes())
        notebook.metadata.pop("widgets", None)
        graded = task.grades.get(path.stem)
        if graded is None:
            raise MissingEntry(f"No such notebook: {path.stem} in {self._assignment} for {task.student}")
        own: dict[int, list[Note]] = {}
        keys = []
        for cell in notebook.cells:
            about = cell.metadata.get("nbgrader", {})
            name = about.get("grade_id", "")
            if about.get("solution") or about.get("task"):
                about["comment"] = graded.comments[name]
            if about.get("grade") or about.get("task"):
                about["score"], about["points"] = graded.points[name]
            own[id(cell)] = task.notes.get((path.stem, name), [])
            keys.append(json.dumps(cell, sort_keys=True) + "".join(note.finding.model_dump_json() for note in own[id(cell)]))
        notes = dict(zip(keys, own.values(), strict=True))
        keyed = iter(keys)
        for cell in notebook.cells:
            cell["medcoding_key"] = next(keyed)  # carried through copies, taken off before rendering

        def show(cell: Any) -> None:
            regraded = notes[cell.pop("medcoding_key")]
            make_safe(cell)
            self._show.show(cell, self._course, self._show_key, regraded)

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
        return self._pages.page(notebook, resources, keys, show)

    def _path(self, kind: str, student: str) -> str:
        path: str = self._coursedir.format_path(getattr(self._coursedir, kind), student, self._assignment)
        return os.path.normpath(path)


class PlainMaker:
    """nbgrader's own converter, for a configuration with other steps than this course's."""

    def __init__(self, coursedir: Any, config: Any, assignment: str, show_key: bool) -> None:
        self._coursedir, self._config, self._assignment = coursedir, config, assignment

    def __call__(self, task: Task) -> Done:
        """Make a student's feedback."""
        from nbgrader.utils import capture_log, temp_attrs

        with temp_attrs(self._coursedir, assignment_id=self._assignment, student_id=task.student):
            converter = GenerateFeedback(coursedir=self._coursedir, config=self._config)
            converter.force = True
            result = capture_log(converter)
        return Done(task.student, "" if result["success"] else one_line(result.get("error", "nbgrader failed").splitlines()[-1]))


def feedback_for(
    course: Path | Releases,
    assignment: str,
    students: Sequence[str] | None = None,
    *,
    force: bool = False,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FeedbackSummary:
    """Make the feedback of an assignment's students whose graded work is newer than their feedback.

    Args:
        course: the course folder, or its releases where they are at hand.
        students: whose; None is everybody who has been graded.
        force: make it anew for all.
        workers: processes; 0 works in this one. By default as many as there are cores, fewer for a small class.

    Raises:
        NoFeedback: nobody has been graded yet.
        ValueError: the setting `Course.show_keys` is none that there is.
    """
    started = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        releases = course if isinstance(course, Releases) else Releases(course)
        with contextlib.chdir(releases.root):
            summary = _run(releases, assignment, students, force, workers, progress)
    summary.seconds = time.monotonic() - started
    return summary


def _run(
    releases: Releases, assignment: str, students: Sequence[str] | None, force: bool, workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> FeedbackSummary:
    summary = FeedbackSummary(assignment)
    coursedir = releases.coursedir
    there = _graded(coursedir, assignment)
    if not there:
        raise NoFeedback(f"Nobody has been graded in {assignment} yet. Run 'medcoding grade {assignment}' first.")
    chosen = there if students is None else list(dict.fromkeys(students))
    summary.failed |= {name: "not graded yet" for name in chosen if name not in set(there)}
    todo = []
    for student in chosen:
        if student in set(there) and (force or _stale(coursedir, assignment, student)):
            todo.append(student)
    summary.skipped = len([name for name in chosen if name in set(there)]) - len(todo)
    converter = GenerateFeedback(coursedir=coursedir, config=releases.config)
    ours = list(converter.preprocessors) == STEPS and list(releases.config.HTMLExporter.get("preprocessors", [])) == [SafeCells]
    make = partial(Maker if ours else PlainMaker, coursedir, releases.config, assignment, keys_show(releases.course, assignment))
    count = min(os.cpu_count() or 1, max(1, len(todo) // 20)) if workers is None else workers
    tasks = _tasks(coursedir, assignment, todo)
    results = map(make(), tasks) if count == 0 else spread(make, tasks, count, lambda student, why: Done(student, f"given up twice: {why}"))
    for number, done in enumerate(results, 1):
        if done.failed:
            summary.failed[done.student] = done.failed
        else:
            summary.made.append(done.student)
        if progress:
            progress(number, len(todo))
    return summary


def _tasks(coursedir: Any, assignment: str, students: Sequence[str]) -> Iterator[Task]:
    """Tasks with grades and notes, read for a few hundred students at a time."""
    names = iter(students)
    notes = notes_of_assignment(coursedir.db_url, assignment)
    while chunk := list(islice(names, CHUNK)):
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook, gradebook.engine.connect() as connection:
            found = grades.read(connection, assignment, chunk)
        for student in chunk:
            own: Notes = {place: list(said) for place, said in notes.get(student, {}).items()}
            yield Task(student, found.get(student, {}), own)


def _graded(coursedir: Any, assignment: str) -> list[str]:
    """Everybody whose work is autograded, sorted."""
    placed = os.path.normpath(coursedir.format_path(coursedir.autograded_directory, "\x01", assignment))
    before, after = placed.split("\x01", 1)
    excluded = set(coursedir.student_id_exclude.split(",")) if coursedir.student_id_exclude else set()
    try:
        names = sorted(entry.name for entry in os.scandir(before) if not entry.name.startswith("."))
    except FileNotFoundError:
        return []
    return [name for name in names if name not in excluded and Path(f"{before}{name}{after}").is_dir()]


def _stale(coursedir: Any, assignment: str, student: str) -> bool:
    """nbgrader's rule: no feedback yet, or what was graded has a later timestamp than the feedback."""
    source, target = (
        coursedir.format_path(getattr(coursedir, kind), student, assignment) for kind in ("autograded_directory", "feedback_directory")
    )
    if not Path(target).is_dir():
        return True
    new, old = coursedir.get_existing_timestamp(source), coursedir.get_existing_timestamp(target)
    return new is not None and old is not None and new > old


def _remove(folder: Path) -> None:
    import shutil

    if folder.exists():
        shutil.rmtree(folder)


def _quiet() -> logging.Logger:
    log = logging.getLogger("medcoding.grading.quiet")
    log.setLevel(logging.CRITICAL)
    return log


