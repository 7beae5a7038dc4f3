"""`medcoding grade`: a whole class through sanitising, scoring and the gradebook, resumable at every moment."""

from __future__ import annotations

import contextlib
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SQLAlchemyError

from medcoding.grading.execute import how_code_runs
from medcoding.grading.exporter import ForgivingExporter
from medcoding.grading.lateness import apply_to
from medcoding.grading.release import Releases
from medcoding.grading.run.book import Book, Moved
from medcoding.grading.run.files import Folders
from medcoding.grading.run.ledger import Entry
from medcoding.grading.run.pipeline import steps
from medcoding.grading.run.place import alone, class_of
from medcoding.grading.run.pool import FolderWorker, Task, here, processes
from medcoding.grading.run.released import NotReleased, Released, read_released, scorer_version
from medcoding.grading.run.worker import Result, one_line

CHUNK = 400
LONGEST_NAME = 128
"""Characters of a student's id in nbgrader's tables; PostgreSQL refuses more."""
SECTIONS = ("ClearOutput", "DeduplicateIds", "OverwriteCells", "IgnorePattern", "LimitOutput", "ClearMetadataPreprocessor", "Autograde", "Execute",
            "ExecuteCode", "Course", "ForgivingExporter")
"""The parts of nbgrader's configuration that a score may depend on."""

Schedule = Callable[[Callable[[], FolderWorker], Iterable[Task]], Iterator[Result]]


@dataclass
class Summary:
    """What a run did."""

    assignment: str
    graded: list[str] = field(default_factory=list)
    skipped: int = 0
    """Submissions that the ledger had already."""
    ungraded: dict[str, str] = field(default_factory=dict)
    """Why, by student."""
    found: dict[str, list[str]] = field(default_factory=dict)
    """What the grader should know of a submission, by student; each a line without control characters."""
    moved: list[Moved] = field(default_factory=list)
    """Scores that are others than before, of submissions that had not changed themselves."""
    problems: list[str] = field(default_factory=list)
    """What is wrong with the course's own settings, such as an extension that cannot be used."""
    seconds: float = 0.0

    @property
    def lines(self) -> list[str]:
        """One line a finding, sorted by student."""
        both = {student: [*self.found.get(student, []), *([f"not graded: {self.ungraded[student]}"] if student in self.ungraded else [])]
                for student in sorted({*self.found, *self.ungraded})}
        return [f"{one_line(student, 60)}: {line}" for student, lines in both.items() for line in lines]

    def to_text(self) -> str:
        """The summary for a terminal."""
        every = len(self.graded) + self.skipped + len(self.ungraded)
        rate = f", {len(self.graded) / self.seconds:,.1f} a second" if self.graded and self.seconds else ""
        head = [f"{self.assignment}: {every} submission{'' if every == 1 else 's'}; {len(self.graded)} graded, {self.skipped} had not changed, "
                f"{len(self.ungraded)} not graded ({self.seconds:.1f} s{rate})."]
        if self.moved:
            head.append(f"{len(self.moved)} score{'' if len(self.moved) == 1 else 's'} of unchanged submissions moved:")
            head += [f"  {one_line(one.student, 60)}  {one.cell}: {_points(one.before)} → {_points(one.after)}" for one in self.moved]
        return "\n".join([*self.problems, *self.lines, *head])


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"


def grade_assignment(
    course: Path | Releases,
    assignment: str,
    students: Sequence[str] | None = None,
    *,
    force: bool = False,
    workers: int | None = None,
    schedule: Schedule | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Grade the submissions of an assignment that have not been graded yet, or have changed since.

    Args:
        course: the course folder, with nbgrader_config.py, or its releases where they are at hand.
        students: whose; None is everybody who has submitted.
        force: grade also what the ledger has.
        workers: processes on this machine; 0 grades in this one. By default as many as there are cores, fewer for a small class.
        schedule: how tasks become results; by default by `workers`.
        progress: called with how many submissions are done, of how many.

    Raises:
        NotReleased: nbgrader knows no such assignment.
        CorrectionRefused: the file of corrections cannot be read.
        ExtensionProblem: the file of extensions cannot be read.
        GradingUnderWay: another run grades this assignment at this moment.
    """
    started = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's remarks on nbgrader's own models
        releases = course if isinstance(course, Releases) else Releases(course)
        with contextlib.chdir(releases.root), alone(releases, assignment, "grading", GradingUnderWay(assignment)):
            run = Run(releases, assignment)
            with run.book:
                summary = run.grade(students, force=force, workers=workers, schedule=schedule, progress=progress)
    summary.seconds = time.monotonic() - started
    return summary


class GradingUnderWay(RuntimeError):
    """Another run grades the same assignment; the message says so."""

    def __init__(self, assignment: str) -> None:
        super().__init__(f"{assignment} is being graded by another run at this moment. Wait for it, or stop it, then run again.")


class Run:
    """One run over an assignment."""

    def __init__(self, releases: Releases, assignment: str) -> None:
        self.coursedir, self.config = releases.coursedir, releases.config
        self.converter = Autograde(coursedir=self.coursedir, config=self.config)
        self.converter.log = logging.getLogger("medcoding.grading.quiet")
        self.converter.log.setLevel(logging.CRITICAL)
        self.released: Released = read_released(releases.course, assignment, _settings(self.config, self.converter))
        if self.released.has_code:
            self.released = replace(self.released, settings={**self.released.settings, "code": how_code_runs(releases.course)})
        self.folders = Folders(self.converter, assignment)
        self.extensions = apply_to(releases.course, assignment)
        self.book = Book(self.coursedir.db_url, self.coursedir.course_id, assignment, AssignLatePenalties(parent=self.converter, config=self.config))
        self.reasons = {one.item: one.reason for one in self.released.corrections.made}
        self.key = (self.released.digest, scorer_version())

    def grade(
        self, students: Sequence[str] | None, *, force: bool, workers: int | None, schedule: Schedule | None,
        progress: Callable[[int, int], None] | None,
    ) -> Summary:
        """See `grade_assignment`."""
        summary = Summary(self.released.assignment, problems=[one_line(problem) for problem in self.extensions.problems])
        there = class_of(self.coursedir, "submitted_directory", self.released.assignment)
        chosen = there if students is None else list(dict.fromkeys(students))
        for name in sorted(set(chosen) - set(there)):
            summary.ungraded[name] = f"no submission in {self.folders.submitted(name).parent.parent.name}/"
        for name in chosen:
            if problem := _no_name(name):
                summary.ungraded[name] = problem
        todo = [name for name in chosen if name not in summary.ungraded]
        entries: dict[str, Entry] = {}
        make = partial(FolderWorker, self.released, self.config, str(self.coursedir.root), ForgivingExporter(config=self.config).max_notebook_bytes)
        for done, result in enumerate((schedule or self._schedule(workers, len(todo)))(make, self._tasks(todo, entries, force)), 1):
            try:
                self._take(result, entries.pop(result.student, None), summary)
            except SQLAlchemyError:
                raise
            except Exception as error:  # whatever a submission brings about is that student's
                summary.ungraded[result.student] = f"what was graded could not be written: {type(error).__name__}: {one_line(str(error))}"
            if progress:
                progress(done, len(todo))
        return summary

    @staticmethod
    def _schedule(workers: int | None, submissions: int) -> Schedule:
        count = min(os.cpu_count() or 1, max(1, submissions // 25)) if workers is None else workers
        return here if count == 0 else partial(processes, count=count)

    def _tasks(self, students: Sequence[str], entries: dict[str, Entry], force: bool) -> Iterator[Task]:
        """Tasks, with what the ledger has; a few hundred are read ahead."""
        names = iter(students)
        while chunk := list(islice(names, CHUNK)):
            entries |= self.book.entries(chunk)
            for student in chunk:
                entry = entries.get(student)
                current = entry is not None and entry.key[1:] == self.key and not force and self.folders.autograded(student).is_dir()
                yield Task(student, str(self.folders.submitted(student)), entry.submission if entry is not None and current else "")

    def _take(self, result: Result, before: Entry | None, summary: Summary) -> None:
        """Write a result down: files first, then grades and ledger together."""
        student = result.student
        if result.same and before is not None:
            summary.skipped += 1
            if before.lines:
                summary.found[student] = list(before.lines)
            return
        if not result.failed:
            timestamp, problem = self._timestamp(student)
            result.lines += [problem] if problem else []
        if result.lines:
            summary.found[student] = result.lines
        if result.failed:
            summary.ungraded[student] = result.failed
            return
        results = _results(result)
        again = before is not None and before.submission == result.submission
        only = _changed(before.results, results) if before is not None and again else None
        entry = Entry(student, result.submission, *self.key, results, tuple(result.lines), before.runs + 1 if before else 1)
        if only is None or only or not self.folders.autograded(student).is_dir():
            self.folders.write(student, result.notebooks, result.others)
        moved = self.book.write(student, timestamp, result.marks, result.notebooks, entry, only, self.reasons)
        summary.moved += moved if again else []
        summary.graded.append(student)

    def _timestamp(self, student: str) -> tuple[datetime | None, str]:
        """When a submission was made; and a line where its timestamp cannot be read."""
        path = self.folders.submitted(student) / "timestamp.txt"
        try:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > 200:
                return None, "timestamp.txt is no plain small file; the submission counts as having no time." if os.path.lexists(path) else ""
            text = path.read_text(encoding="utf-8").strip()
            return (parse_utc(text) if text else None), "" if text else "timestamp.txt is empty; the submission counts as having no time."
        except (OSError, ValueError, OverflowError):
            return None, "timestamp.txt holds no time that can be read; the submission counts as having none."


def _no_name(student: str) -> str:
    """Why a folder's name can be no student's in a gradebook; empty if it can."""
    try:
        student.encode()
    except UnicodeEncodeError:
        return "the folder's name is no UTF-8, so no gradebook can hold it; rename the folder"
    if len(student) > LONGEST_NAME:
        return f"the folder's name has {len(student)} characters, and a gradebook holds at most {LONGEST_NAME}; rename the folder"
    return ""


def _results(result: Result) -> dict[str, dict[str, list[Any]]]:
    """A result as the ledger keeps it."""
    kept: dict[str, dict[str, list[Any]]] = {}
    for mark in result.marks:
        if mark.kind != "comment":
            kept.setdefault(mark.notebook, {})[mark.cell] = [mark.score, mark.waits, result.outputs.get(mark.notebook, {}).get(mark.cell, "")]
    return kept


def _changed(before: dict[str, dict[str, list[Any]]], after: dict[str, dict[str, list[Any]]]) -> set[tuple[str, str]]:
    """The cells whose results are others than before."""
    return {
        (notebook, cell)
        for notebook in {*before, *after}
        for cell in {*before.get(notebook, {}), *after.get(notebook, {})}
        if before.get(notebook, {}).get(cell) != after.get(notebook, {}).get(cell)
    }


def _settings(config: Any, converter: Any) -> dict[str, Any]:
    """The configuration that scores may depend on, as plain data."""
    chosen = {name: {key: repr(value) for key, value in sorted(config[name].items())} for name in SECTIONS if name in config}
    return {**chosen, "steps": list(steps(converter))}


__all__ = ["GradingUnderWay", "Moved", "NotReleased", "Summary", "grade_assignment"]
