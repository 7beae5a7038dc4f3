"""Grading a class: stock nbgrader, its own loop with this course's steps, and `medcoding grade`; cost and memory by class size.

    python tests/benchmarks/bench_grade.py [--submissions 10000] [--stock 12]

One notebook of 15 exercises. The stock notebook has the same lesson text, 15 answer cells and 15 test cells.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import psutil
from classroom import ROOT, classroom, submit

warnings.simplefilter("ignore")
LESSON, EXERCISES = "02-tabular-notes", 15


def fifteen(source: Path) -> None:
    """Cut the lesson after its first exercises."""
    path = source / f"{LESSON}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    graded = [number for number, cell in enumerate(notebook["cells"]) if cell["metadata"].get("nbgrader")]
    notebook["cells"] = notebook["cells"][: graded[EXERCISES - 1] + 1]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def stock(folder: Path, text: list[dict], students: int) -> float:
    """Seconds a submission of nbgrader as it comes: a kernel a notebook."""
    place = folder / "stock"
    (place / "source" / "ps").mkdir(parents=True)
    (place / "exchange").mkdir()
    (place / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(place)!r}\nc.CourseDirectory.course_id = 'stock'\nc.Exchange.root = 'exchange'\n",
        encoding="utf-8",
    )
    grader = {"schema_version": 3, "task": False}
    cells = [cell for cell in text if cell["cell_type"] == "markdown"]
    for number in range(EXERCISES):
        cells.append(_code(f"answer{number}", f"### BEGIN SOLUTION\ncodes{number} = ['E85.4', 'I43']\n### END SOLUTION",
                           {**grader, "grade": False, "solution": True, "locked": False, "grade_id": f"answer{number}"}))
        cells.append(_code(f"test{number}", f"assert codes{number} == ['E85.4', 'I43']",
                           {**grader, "grade": True, "solution": False, "locked": True, "points": 1, "grade_id": f"test{number}"}))
    notebook = {"cells": cells, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
                "nbformat": 4, "nbformat_minor": 5}
    (place / "source" / "ps" / "lesson.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    from medcoding.grading.release import Releases

    api = Releases(place).api
    made = api.generate_assignment("ps")
    assert made["success"], made
    for number in range(students):
        target = place / "submitted" / f"student{number:03d}" / "ps"
        shutil.copytree(place / "release" / "ps", target)
        path = target / "lesson.ipynb"
        path.chmod(0o644)
        done = json.loads(path.read_text())
        for cell in done["cells"]:
            if cell["id"].startswith("answer"):
                cell["source"] = f"codes{cell['id'].removeprefix('answer')} = ['E85.4', 'I43']"
        path.write_text(json.dumps(done))
    start = time.perf_counter()
    for number in range(students):
        assert api.autograde("ps", f"student{number:03d}")["success"]
    return (time.perf_counter() - start) / students


def _code(name: str, source: str, grader: dict) -> dict:
    return {"cell_type": "code", "id": name, "source": source, "metadata": {"nbgrader": {**grader, "cell_type": "code"}}, "outputs": [], "execution_count": None}


def ours(place: Path, assignment: str, workers: int) -> tuple[float, float]:
    """Seconds and megabytes (proportional, all processes together, at most) of one `medcoding grade`."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "medcoding.cli", "grade", assignment, "--workers", str(workers), "--quiet"], cwd=place,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0.0
    tree = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            most = max(most, sum(_pss(one) for one in [tree, *tree.children(recursive=True)]) / 1e6)
        time.sleep(0.25)
    assert process.returncode == 0
    return time.perf_counter() - start, most


def estimate(releases, assignment: str, count: int, clean: Path) -> str:
    """What a million submissions would take, from the processor time that the writer and the workers here spend on each beyond what starting costs."""
    from medcoding.grading.run import grade_assignment

    students = sorted(path.name for path in (releases.root / "submitted").iterdir())[:count]
    spent = []
    for some in (students[: count // 10], students):
        shutil.rmtree(releases.root / "autograded")
        shutil.copy(clean, releases.root / "gradebook.db")
        before = os.times()
        grade_assignment(releases, assignment, some, workers=2)
        after = os.times()
        spent.append((after.user + after.system - before.user - before.system,
                      after.children_user + after.children_system - before.children_user - before.children_system))
    writer, worker = ((more - less) / (count - count // 10) for less, more in zip(*spent, strict=True))
    rows = [f"| {cores:,} | {max((worker + writer) / cores, writer) * 1e6 / 3600:.1f} |" for cores in (2, 16, 64, 256)]
    return (
        f"\nProcessor time a submission, over {count:,}: writer {writer * 1e3:.1f} ms, worker {worker * 1e3:.1f} ms. On paper, a million submissions of this "
        f"notebook take, with one writer that has a core to itself as soon as it needs one:\n\n| cores | hours |\n|---|---|\n" + "\n".join(rows)
    )


def _pss(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.Error:
        return 0


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--submissions", type=int, default=10_000)
    options.add_argument("--stock", type=int, default=12)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-grade-"))
    try:
        place = folder / "ours"
        place.mkdir()
        releases, assignment = classroom(place, "05", keep=(LESSON,), change=fifteen)
        shutil.copy(place / "gradebook.db", folder / "clean.db")
        lesson = json.loads((place / "source" / assignment / f"{LESSON}.ipynb").read_text())["cells"]
        print(f"{EXERCISES} exercises, {len(lesson)} cells, {chosen.workers} worker processes; text from {ROOT.name}/source/{assignment}/{LESSON}.ipynb\n")
        plain = stock(folder, lesson, chosen.stock)
        print("| way | submissions | seconds | ms a submission | times stock | MB at most |\n|---|---|---|---|---|---|")
        print(f"| stock nbgrader, a kernel a notebook | {chosen.stock} | {plain * chosen.stock:.1f} | {plain * 1e3:.1f} | 1 | |", flush=True)
        loop = submit(place, assignment, 20)
        start = time.perf_counter()
        for student in loop:
            assert releases.api.autograde(assignment, student)["success"]
        looped = (time.perf_counter() - start) / len(loop)
        print(f"| nbgrader's loop with this course's steps | {len(loop)} | {looped * len(loop):.1f} | {looped * 1e3:.1f} | {plain / looped:.1f} | |", flush=True)
        for count in (100, 1000, chosen.submissions):
            for old in ("submitted", "autograded"):
                shutil.rmtree(place / old, ignore_errors=True)
            shutil.copy(folder / "clean.db", place / "gradebook.db")
            submit(place, assignment, count)
            seconds, memory = ours(place, assignment, chosen.workers)
            each = seconds / count
            print(f"| medcoding grade, start to end | {count:,} | {seconds:.1f} | {each * 1e3:.1f} | {plain / each:.0f} | {memory:.0f} |", flush=True)
        print(estimate(releases, assignment, min(count, 3000), folder / "clean.db"))
        print(f"\n{looped / each:.0f} times nbgrader's loop with this course's steps, {plain / each:.0f} times stock, at {count:,} submissions.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
