"""`medcoding report` of a simulated class of honest students: seconds, memory, and how many pairs are listed as alike, by class size.

    python tests/benchmarks/bench_report.py [--sizes 100 1000] [--module 07]
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from classroom import classroom, submit

warnings.simplefilter("ignore")


def run(place: Path, *arguments: str) -> float:
    """Seconds of one command, process start included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "medcoding.cli", *arguments], cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def measured(place: Path, *arguments: str) -> tuple[float, float]:
    """Seconds, and megabytes at most, in a process that runs nothing else before."""
    script = (
        "import resource, subprocess, sys, time; start = time.perf_counter();"
        "subprocess.run([sys.executable, '-m', 'medcoding.cli', *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3)"
    )
    told = subprocess.run([sys.executable, "-c", script, *arguments], cwd=place, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000])
    options.add_argument("--module", default="07")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-report-"))
    try:
        place = folder / "course"
        place.mkdir()
        _, assignment = classroom(place, chosen.module)
        print("| submissions | exercises | report, s | ms a submission | MB at most | page, kB | pages of students, s | pairs compared | pairs listed |\n|---|---|---|---|---|---|---|---|---|")
        done = 0
        for size in sorted(chosen.sizes):
            submit(place, assignment, size - done, first=done + 1)
            done = size
            run(place, "grade", assignment, "--quiet")
            seconds, most = measured(place, "report", assignment)
            page = (place / "reports" / f"{assignment}.html").read_text(encoding="utf-8")
            pages = run(place, "report", assignment, "--students", "pages")
            pairs = re.search(r"([\d,]+) pairs? were compared", page)
            exercises = re.search(r"([\d,]+) exercises?, ", page)
            listed = len(re.findall(r"student\d+ and student\d+", page))
            print(f"| {size:,} | {exercises[1] if exercises else '?'} | {seconds:.1f} | {seconds / size * 1e3:.1f} | {most:.0f} | {len(page) / 1e3:.0f} | {pages:.1f} "
                  f"| {pairs[1] if pairs else '?'} | {listed} |", flush=True)  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
