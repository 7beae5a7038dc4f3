"""Fifty real `kill -9` of a grading run and its workers, then one run to the end: the gradebook must be that of an undisturbed run.

    python tests/benchmarks/bench_kills.py [--kills 50] [--submissions 3000]
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from random import Random
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from classroom import classroom, submit
from gradebooks import files, rows, runs_at
from medcoding.grading.run import grade_assignment

warnings.simplefilter("ignore")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--submissions", type=int, default=3000)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-kills-"))
    try:
        place = folder / "course"
        place.mkdir()
        _, assignment = classroom(place, "05", keep=("02-tabular-notes",))
        submit(place, assignment, chosen.submissions)
        whole = folder / "whole"
        shutil.copytree(place, whole)
        grade_assignment(whole, assignment, workers=0)
        draw = Random(2026)
        hit = 0
        while hit < chosen.kills:
            process = subprocess.Popen([sys.executable, "-m", "medcoding.cli", "grade", assignment, "--workers", "2"], cwd=place,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(draw.uniform(0.5, 4.5))  # from before the first submission to a few dozen more
            if process.poll() is not None:
                raise SystemExit(f"The class was graded after {hit} kills: give it more --submissions.")
            hit += 1
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        done = len(runs_at(f"sqlite:///{place / 'gradebook.db'}"))
        last = grade_assignment(place, assignment, workers=0)
        ours, theirs = SimpleNamespace(root=place), SimpleNamespace(root=whole)
        same = rows(ours) == rows(theirs), files(ours) == files(theirs)
        runs = set(runs_at(f"sqlite:///{place / 'gradebook.db'}").values())
        print(f"{hit} runs killed while they worked; {done} of {chosen.submissions} submissions graded by then, {len(last.graded)} by the last run.")
        print(f"Gradebook equal to that of an undisturbed run: {same[0]}; files equal: {same[1]}; times a submission was graded: {sorted(runs)}.")
        if not all(same) or runs != {1}:
            raise SystemExit(1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
