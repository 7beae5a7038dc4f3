"""`medcoding feedback`: the pages that `nbgrader generate_feedback` makes, for a whole class at once."""

from __future__ import annotations

import contextlib
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from medcoding.grading.audit import Note, notes_of_assignment
from medcoding.grading.feedback import keys_show
from medcoding.grading.feedbackrun import grades
from medcoding.grading.feedbackrun.maker import Done, Maker, Notes, PlainMaker, Task, has_our_steps
from medcoding.grading.release import Releases
from medcoding.grading.run.place import alone, class_of
from medcoding.grading.run.pool import spread
from medcoding.grading.run.worker import one_line

CHUNK = 200
LIMIT = 300.0
"""Seconds that one student's feedback may take."""
BUSY = "Feedback of {} is being made by another run at this moment. Wait for it, or stop it, then run again."


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
        hint = "Points given by hand in formgrader do not show there until it is made anew: --force." if self.skipped else ""
        return "\n".join([*lines, total, hint]).rstrip()


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
        NoFeedback: nobody has been graded yet, or another run makes this feedback at this moment.
        ValueError: the setting `Course.show_keys` is none that there is.
    """
    started = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        releases = course if isinstance(course, Releases) else Releases(course)
        with contextlib.chdir(releases.root), alone(releases, assignment, "feedback", NoFeedback(BUSY.format(assignment))):
            summary = _run(releases, assignment, students, force, workers, progress)
    summary.seconds = time.monotonic() - started
    return summary


def _run(
    releases: Releases, assignment: str, students: Sequence[str] | None, force: bool, workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> FeedbackSummary:
    summary = FeedbackSummary(assignment)
    coursedir, config = releases.coursedir, releases.config
    there = class_of(coursedir, "autograded_directory", assignment)
    if not there:
        raise NoFeedback(f"Nobody has been graded in {assignment} yet. Run 'medcoding grade {assignment}' first.")
    known = frozenset(there)
    chosen = there if students is None else list(dict.fromkeys(students))
    summary.failed |= {name: "not graded yet" for name in chosen if name not in known}
    graded = [name for name in chosen if name in known]
    notes = notes_of_assignment(coursedir.db_url, assignment)
    todo = [name for name in graded if force or _stale(coursedir, assignment, name, _last(notes.get(name, {})))]
    summary.skipped = len(graded) - len(todo)
    make = partial(_maker, coursedir, config, assignment, keys_show(releases.course, assignment))
    count = min(os.cpu_count() or 1, max(1, len(todo) // 20)) if workers is None else workers
    tasks = _tasks(coursedir, assignment, todo, notes)
    _READY.clear()
    if count > 1:  # forked workers begin with what is ready here
        _READY[assignment] = make()
    try:
        results = map(make(), tasks) if count == 0 else spread(make, tasks, count, _given_up, LIMIT)
        for number, done in enumerate(results, 1):
            if done.failed:
                summary.failed[done.student] = done.failed
            else:
                summary.made.append(done.student)
            if progress:
                progress(number, len(todo))
    finally:
        _READY.clear()
    return summary


_READY: dict[str, Maker | PlainMaker] = {}


def _maker(coursedir: Any, config: Any, assignment: str, show_key: bool) -> Maker | PlainMaker:
    """What makes feedback in this process."""
    if assignment in _READY:
        return _READY[assignment]
    if not has_our_steps(coursedir, config):
        return PlainMaker(coursedir, config, assignment, show_key)
    maker = Maker(coursedir, config, assignment, show_key)
    maker.prepare(Path(coursedir.format_path(coursedir.release_directory, ".", assignment)))
    return maker


def _given_up(student: str, why: str) -> Done:
    return Done(student, f"given up after two attempts: {why}")


def _tasks(coursedir: Any, assignment: str, students: Sequence[str], notes: Mapping[str, Notes]) -> Iterator[Task]:
    """Tasks with grades and notes, read for a few hundred students at a time."""
    names = iter(students)
    while chunk := list(islice(names, CHUNK)):
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook, gradebook.engine.connect() as connection:
            found = grades.read(connection, assignment, chunk)
        for student in chunk:
            yield Task(student, found.get(student, {}), {place: tuple(said) for place, said in notes.get(student, {}).items()})


def _stale(coursedir: Any, assignment: str, student: str, noted: float = 0.0) -> bool:
    """Whether feedback is to be made.

    nbgrader's rule: there is none yet, or what was graded has a later timestamp. Beyond it: what was graded, or the last note on it (`noted`,
    in seconds), is younger than the page; a regrading leaves the timestamp as it was. A time that cannot be read is later.
    """
    source, target = (
        Path(coursedir.format_path(getattr(coursedir, kind), student, assignment)) for kind in ("autograded_directory", "feedback_directory")
    )
    if not target.is_dir():
        return True
    try:
        new, old = coursedir.get_existing_timestamp(str(source)), coursedir.get_existing_timestamp(str(target))
        if new is not None and old is not None and new > old:
            return True
        return any(max(noted, path.stat().st_mtime) > (target / f"{path.stem}.html").stat().st_mtime for path in source.glob("*.ipynb"))
    except (Exception, SystemExit):
        return True


def _last(notes: Mapping[Any, Sequence[Note]]) -> float:
    """When the last of a student's notes was made, in seconds."""
    return max((datetime.fromisoformat(note.at).timestamp() for own in notes.values() for note in own), default=0.0)
