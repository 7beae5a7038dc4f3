"""Feedback pages of a class: `nbgrader generate_feedback` against `medcoding feedback`, same content, in one run.

    python tests/benchmarks/bench_feedback.py [--students 100] [--stock 6] [--module 05]
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
import warnings
from pathlib import Path

from classroom import classroom, submit
from medcoding.grading.feedbackrun import feedback_for
from medcoding.grading.run import grade_assignment

warnings.simplefilter("ignore")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--students", type=int, default=100)
    options.add_argument("--stock", type=int, default=6)
    options.add_argument("--module", default="05")
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-feedback-"))
    try:
        place = folder / "course"
        place.mkdir()
        releases, assignment = classroom(place, chosen.module)
        students = submit(place, assignment, chosen.students)
        grade_assignment(releases, assignment)
        start = time.perf_counter()
        for student in students[: chosen.stock]:
            assert releases.api.generate_feedback(assignment, student, force=True)["success"]
        stock = (time.perf_counter() - start) / chosen.stock
        shutil.move(place / "feedback", folder / "stock")
        print("| way | students | seconds | ms a student | times stock |\n|---|---|---|---|---|")
        print(f"| nbgrader generate_feedback | {chosen.stock} | {stock * chosen.stock:.1f} | {stock * 1e3:.0f} | 1 |", flush=True)
        for workers in dict.fromkeys((1, chosen.workers)):
            start = time.perf_counter()
            summary = feedback_for(releases, assignment, force=True, workers=workers)
            each = (time.perf_counter() - start) / chosen.students
            assert len(summary.made) == chosen.students
            name = f"medcoding feedback, {workers} worker process{'es' if workers > 1 else ''}"
            print(f"| {name} | {chosen.students} | {each * chosen.students:.1f} | {each * 1e3:.0f} | {stock / each:.1f} |", flush=True)
        pages = list((folder / "stock").rglob("*.html"))
        same = sum(page.read_bytes() == (place / "feedback" / page.relative_to(folder / "stock")).read_bytes() for page in pages)
        print(f"\n{same} of {len(pages)} pages that both made are the same byte for byte.")
        if same < len(pages):
            raise SystemExit(1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
