"""`make demo`: a simulated class goes through the real nbgrader cycle, in a folder that touches nothing else.

Students differ in ability. Their answers go through the same store that widgets write, and are chosen from
keys, near misses and distractors with a fixed seed.
"""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import statistics
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from medcoding.forms import FORMS
from medcoding.grading.release import Releases
from medcoding.items.answers import AnswerStore
from medcoding.items.bank import bank_folder
from medcoding.items.errata import read_public_items
from medcoding.items.publication import PublicationStore

MARKER = ".medcoding-demo"


class DemoFailed(Exception):
    """A step of nbgrader's cycle failed; the message holds its log."""


@dataclass(frozen=True)
class Student:
    """A simulated student; `ability` in [0, 1] is the chance to know a thing."""

    name: str
    ability: float


def run(root: Path, folder: Path, *, students: int, seed: int, assignment: str) -> int:
    """Play the whole cycle and print the table; returns the exit code."""
    if not 1 <= students <= 500:
        print(f"{students} students were asked for; choose 1 to 500.", file=sys.stderr)
        return 1
    folder = folder.resolve()
    bank = bank_folder().resolve()
    try:
        _prepare(root, folder)
        with _environment(MEDCODING_BANK=str(bank)), contextlib.chdir(folder), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's remarks on nbgrader's own models
            rows = play(folder, roster(students, seed), seed, assignment)
    except DemoFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(table(rows))
    print(f"\nGrades: {folder / 'grades.csv'}\nPicture: {picture(rows, folder / 'scores.png')}")
    return 0


def roster(count: int, seed: int) -> list[Student]:
    """A class whose abilities spread around 0.7."""
    draw = Random(seed)
    return [Student(f"student{number:02d}", min(1.0, max(0.05, draw.betavariate(5, 2.2)))) for number in range(1, count + 1)]


def play(folder: Path, students: Sequence[Student], seed: int, name: str) -> list[dict[str, str]]:
    """Release, fetch, answer, submit, collect, autograde, feedback, export; returns the exported rows."""
    releases = Releases(folder)
    assignment = releases.release(name).assignment
    api, coursedir = releases.api, releases.coursedir
    store = PublicationStore(folder / "publications")
    for student in _progress(students, "Fetch, answer, submit"):
        place = folder / "work" / student.name
        place.mkdir(parents=True, exist_ok=True)
        with _settings(releases, student.name, assignment):
            _do(api.exchange.FetchAssignment, releases, place)
            answer(place / assignment, student, seed, store)
            _do(api.exchange.Submit, releases, place)
    _check(api.collect(assignment), "collect")
    for student in _progress(students, "Autograde"):
        _check(api.autograde(assignment, student.name), f"autograde of {student.name}")
    for student in _progress(students, "Feedback"):
        _check(api.generate_feedback(assignment, student.name), f"feedback of {student.name}")
    _check(api.release_feedback(assignment), "release_feedback")
    return export(folder, coursedir.db_url)


def answer(folder: Path, student: Student, seed: int, store: PublicationStore) -> None:
    """Answer every released exercise as this student would, through the store that widgets write. A few are skipped."""
    answers = AnswerStore(folder)
    for path in sorted((folder / "items").glob("*.json")):
        public = read_public_items(path)
        keyed = store[public.publication]
        for item in public.graded():
            draw = Random(f"{seed}/{student.name}/{item.id}")
            if draw.random() < 0.02 + 0.06 * (1 - student.ability):
                continue
            own = item.own(student.name)
            attempt = FORMS[item.form].attempt(keyed[item.id].variant(own).key, student.ability, draw)
            answers.put(publication=public.publication, item=item.id, answer=attempt, variant=own)


def export(folder: Path, db_url: str) -> list[dict[str, str]]:
    """nbgrader's own CSV export; returns its rows."""
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    plugin = CsvExportPlugin()
    plugin.to = str(folder / "grades.csv")
    with Gradebook(db_url) as gradebook:
        plugin.export(gradebook)
    with open(plugin.to, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def table(rows: Sequence[dict[str, str]]) -> str:
    """Scores by student, best first, with a bar each, and the class in one line."""
    marks = sorted(((float(row["score"]), float(row["max_score"]), row["student_id"]) for row in rows), reverse=True)
    top = max(most for _, most, _ in marks)
    lines = [f"{'student':<12}{'score':>8}  of {top:g}"]
    lines += [f"{name:<12}{score:>8.2f}  {'█' * round(30 * score / most)}" for score, most, name in marks]
    scores = [score for score, _, _ in marks]
    spread = statistics.stdev(scores) if len(scores) > 1 else 0.0
    lines.append(
        f"\n{len(scores)} students: mean {statistics.mean(scores):.2f}, median {statistics.median(scores):.2f}, "
        f"standard deviation {spread:.2f}, from {min(scores):.2f} to {max(scores):.2f} of {top:g}"
    )
    return "\n".join(lines)


def picture(rows: Sequence[dict[str, str]], path: Path) -> Path:
    """The distribution of scores as a PNG; returns its path."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shares = [100 * float(row["score"]) / float(row["max_score"]) for row in rows]
    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.hist(shares, bins=range(0, 101, 5), color="#2f6f8f", edgecolor="white")
    axes.axvline(statistics.mean(shares), color="#8a3b12", linestyle="--", label=f"mean {statistics.mean(shares):.0f} %")
    axes.set(xlabel="score (% of points)", ylabel="students", title=f"{len(shares)} simulated students", xlim=(0, 100))
    axes.legend()
    figure.savefig(path, dpi=110)
    return path


def _prepare(root: Path, folder: Path) -> None:
    """An empty course folder with the real course's configuration and source; an older demonstration makes way."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).is_file():
            raise DemoFailed(f"{folder} is not empty and is no earlier demonstration. Choose another with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("A demonstration class; remove it at will.\n", encoding="utf-8")
    shutil.copy(root / "nbgrader_config.py", folder)
    shutil.copytree(root / "source", folder / "source", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("release", "autograded", "exchange", "work"):
        (folder / name).mkdir()


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (*values, "MEDCODING_DB")}
    os.environ.update(values)
    os.environ.pop("MEDCODING_DB", None)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _settings(releases: Releases, student: str, assignment: str) -> Iterator[None]:
    from nbgrader.utils import temp_attrs

    with temp_attrs(releases.coursedir, student_id=student, assignment_id=assignment):
        yield


def _do(step: Any, releases: Releases, place: Path) -> None:
    from nbgrader.utils import capture_log

    action = step(coursedir=releases.coursedir, authenticator=releases.api.authenticator, parent=releases.api)
    action.assignment_dir = str(place)
    _check(capture_log(action), step.__name__)


def _check(result: dict[str, Any], what: str) -> None:
    if not result["success"]:
        raise DemoFailed(f"{what} failed:\n{result.get('log', '')}\n{result.get('error', '')}")


def _progress(values: Sequence[Student], what: str) -> Any:
    from tqdm import tqdm

    return tqdm(values, desc=what, file=sys.stderr)
