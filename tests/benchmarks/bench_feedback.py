"""Feedback pages of a class: `nbgrader generate_feedback` against `medcoding feedback`, same content, in one run.

    python tests/benchmarks/bench_feedback.py [--students 100] [--stock 6] [--modules 05 07] [--class 1000]

Whole modules as they are released. Processor time is that of all processes together: other work on the machine makes it no longer.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from classroom import classroom, submit
from medcoding.grading.feedbackrun import feedback_for
from medcoding.grading.run import grade_assignment

warnings.simplefilter("ignore")
KINDS = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


class Clock:
    """Seconds on the wall and of the processor since it was made."""

    def __init__(self) -> None:
        self._started = (time.perf_counter(), self._processor())

    @staticmethod
    def _processor() -> float:
        return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, KINDS))

    def row(self, way: str, students: int, against: tuple[float, float] | None = None) -> tuple[float, float]:
        """Print a row of the table; returns seconds a student, on the wall and of the processor."""
        wall, busy = ((time.perf_counter() - self._started[0]) / students, (self._processor() - self._started[1]) / students)
        times = f"{against[0] / wall:.1f} | {against[1] / busy:.1f}" if against else "1 | 1"
        print(f"| {way} | {students:,} | {wall * 1e3:.0f} | {busy * 1e3:.0f} | {times} |", flush=True)
        return wall, busy


def module(folder: Path, name: str, students: int, stock: int, workers: int) -> None:
    """Measure one module; stops the program where a page is another."""
    place = folder / name
    place.mkdir()
    releases, assignment = classroom(place, name)
    names = submit(place, assignment, students)
    grade_assignment(releases, assignment)
    pages = len(list((place / "release" / assignment).glob("*.ipynb")))
    print(f"\n{assignment}: {pages} notebooks a student\n")
    print("| way | students | ms a student | ms of processor | times stock | by processor |\n|---|---|---|---|---|---|")
    clock = Clock()
    for student in names[:stock]:
        assert releases.api.generate_feedback(assignment, student, force=True)["success"]
    plain = clock.row("nbgrader generate_feedback", stock)
    shutil.move(place / "feedback", place / "stock")
    for count in dict.fromkeys((0, 1, workers)):
        clock = Clock()
        assert len(feedback_for(releases, assignment, force=True, workers=count).made) == students
        clock.row(f"medcoding feedback, {f'{count} worker process' + 'es' * (count > 1) if count else 'in one process'}", students, plain)
    made = list((place / "stock").rglob("*.html"))
    same = sum(page.read_bytes() == (place / "feedback" / page.relative_to(place / "stock")).read_bytes() for page in made)
    print(f"\n{same} of {len(made)} pages that both made are the same byte for byte.", flush=True)
    if same < len(made):
        raise SystemExit(1)


def memory(folder: Path, name: str, students: int, workers: int) -> None:
    """The whole command on a larger class: what a student costs, and the largest process."""
    place = folder / "large"
    place.mkdir()
    releases, assignment = classroom(place, name)
    submit(place, assignment, students)
    grade_assignment(releases, assignment)
    start = time.perf_counter()
    program = "import resource, sys; from medcoding.cli import main; code = main(sys.argv[1:]); " \
        "print(max(resource.getrusage(kind).ru_maxrss for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024); sys.exit(code)"
    done = subprocess.run([sys.executable, "-c", program, "feedback", assignment, "--workers", str(workers)], cwd=place, capture_output=True, text=True, check=True)
    each = (time.perf_counter() - start) / students
    print(f"\n{done.stdout.splitlines()[0]}\n{students:,} students, start to end: {each * 1e3:.0f} ms a student; the largest process had {done.stdout.split()[-1]} MB.")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--students", type=int, default=100)
    options.add_argument("--stock", type=int, default=6)
    options.add_argument("--modules", nargs="+", default=["05", "07"])
    options.add_argument("--class", dest="large", type=int, default=0)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-feedback-"))
    try:
        for name in chosen.modules:
            module(folder, name, chosen.students, chosen.stock, chosen.workers)
        if chosen.large:
            memory(folder, chosen.modules[0], chosen.large, chosen.workers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
