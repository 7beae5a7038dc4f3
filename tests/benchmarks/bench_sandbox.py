"""Notebooks with code cells: how many a second nbgrader's Execute runs, and how many our sandbox, on the same two cores.

Both run in two processes at once, as graders do; ours includes starting its warm sandboxes. Run: python tests/benchmarks/bench_sandbox.py [NOTEBOOKS]
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

PROCESSES, ROUNDS = 2, 3
CELLS = [
    ("import pandas as pd\nvisits = pd.DataFrame({'code': ['I10', 'E11.9', 'I10'], 'fee': [80, 120, 95]})", None),
    ("def total(frame, code):\n    return int(frame.loc[frame.code == code, 'fee'].sum())", "solution"),
    ("total(visits, 'I10')", None),
    ("assert total(visits, 'I10') == 175", "test"),
    ("assert total(visits, 'E11.9') == 121", "test"),
    ("visits.groupby('code').fee.mean()", None),
    ("print('done')", None),
]


def notebook() -> Any:
    """A small notebook of the usual kinds of cells, one of which fails."""
    cells = []
    for number, (source, kind) in enumerate(CELLS):
        cell = new_code_cell(source, id=f"c{number}")
        if kind:
            cell.metadata["nbgrader"] = {"grade": kind == "test", "solution": kind == "solution", "locked": kind == "test", "task": False,
                                         "grade_id": f"c{number}", "points": 1, "schema_version": 3, "cell_type": "code"}
        cells.append(cell)
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})


def resources() -> dict[str, Any]:
    return {"nbgrader": {"student": "ada", "assignment": "00-bench", "notebook": "one"}, "metadata": {}, "medcoding": {}}


def serve(ours: bool, count: int, folder: str) -> None:
    """Run `count` notebooks, one after the other, and check each."""
    from medcoding.grading.execute import ExecuteCode
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import Execute
    from nbgrader.utils import determine_grade

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a stock kernel warns at each start
    coursedir = CourseDirectory()
    coursedir.root = folder
    step = (ExecuteCode if ours else Execute)(parent=Autograde(coursedir=coursedir))
    for _ in range(count):
        nb, _ = step.preprocess(notebook(), resources())
        assert [determine_grade(nb.cells[number])[0] for number in (3, 4)] == [1, 0], nb


def run(ours: bool, count: int, folder: str) -> float:
    """Notebooks a second, all processes together."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=serve, args=(ours, count // PROCESSES, folder)) for _ in range(PROCESSES)]
    start = time.perf_counter()
    for one in workers:
        one.start()
    for one in workers:
        one.join()
        assert one.exitcode == 0
    return count / (time.perf_counter() - start)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        rounds = [(run(False, count, folder), run(True, count * 4, folder)) for _ in range(ROUNDS)]
    stock, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"nbgrader's Execute: {stock:.2f} notebooks a second ({PROCESSES} processes, {ROUNDS} rounds of {count}, the middle one)")
    print(f"in the sandbox:     {ours:.2f} notebooks a second ({ROUNDS} rounds of {count * 4}, starting the sandboxes included)")
    print(f"ratio: {statistics.median(mine / theirs for theirs, mine in rounds):.1f} (required: at least 3)")


if __name__ == "__main__":
    main()
