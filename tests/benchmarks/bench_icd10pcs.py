"""First lookup, memory, search speed and build time of `medcoding.codes.icd10pcs`, in one run.

    python tests/benchmarks/bench_icd10pcs.py [rounds]

First lookups run in fresh interpreters; the best and the median of all rounds are shown. Memory is the growth of the
resident set from before the import. Search and axis walks are timed in this process with caches empty at the start.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATE = "2026-03-01"
sys.path.insert(0, str(ROOT / "course"))
sys.path.insert(0, str(ROOT / "tests"))

MEASURE = """
import json, time
def resident():
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before, start = resident(), time.perf_counter()
from medcoding.codes import icd10pcs
book = icd10pcs.on('2026-03-01')
title = book['0SRB04A'].title
took = time.perf_counter() - start
axes = [axis.label for axis in book['0SRB04A'].axes]
print(json.dumps([took, time.perf_counter() - start, resident() - before, title]))
"""


def first_lookups(rounds: int) -> list[tuple[float, float, int]]:
    """(seconds to a title, seconds to title and axes, bytes) of fresh interpreters."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "course")}
    results = []
    for _ in range(rounds):
        out = subprocess.run([sys.executable, "-c", MEASURE], env=environment, check=True, capture_output=True, text=True)
        title, axes, size, text = json.loads(out.stdout)
        assert text.startswith("Replacement of Left Hip Joint"), text
        results.append((title, axes, size))
    return results


def timed(calls) -> list[float]:
    """Milliseconds of each call, sorted."""
    times = []
    for call in calls:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)


def shown(times: list[float]) -> str:
    return f"p50 {times[len(times) // 2]:.2f} ms, p95 {times[int(len(times) * 0.95)]:.2f} ms, slowest {times[-1]:.2f} ms"


def main(rounds: int) -> None:
    from medcoding.codes import icd10pcs
    from search_sets import query_sets

    asked = [query.text for queries in query_sets("pcs_queries.txt").values() for query in queries]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        path = icd10pcs.build(folder=folder)
        print(f"build: {time.perf_counter() - start:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
    icd10pcs.build()
    found = first_lookups(rounds)
    for name, column, unit in (("title", 0, 1e3), ("title and axes", 1, 1e3), ("memory", 2, 1e-6)):
        values = [row[column] * unit for row in found]
        what = "MB" if name == "memory" else "ms"
        print(f"first lookup, fresh process, {name}: best {min(values):.1f} {what}, median {statistics.median(values):.1f} {what}")
    book = icd10pcs.on(DATE)
    print(f"search, {len(asked)} queries: {shown(timed([lambda q=q: book.search(q) for q in asked]))}")
    typed = [query[:length] for query in asked[::3] for length in range(3, len(query) + 1)]
    print(f"search as typed, {len(typed)} starts of them: {shown(timed([lambda q=q: book.search(q) for q in typed]))}")
    codes = [code.code for number, code in enumerate(book) if number % 80 == 0]
    print(f"title, {len(codes)} codes: {shown(timed([lambda c=c: book[c].title for c in codes]))}")
    walks = [code[:length] for code in codes for length in range(7)]
    print(f"next axis, {len(walks)} starts: {shown(timed([lambda w=w: book.next_axis(w) for w in walks]))}")
    tables = sorted({code[:3] for code in codes})
    print(f"table, {len(tables)} tables: {shown(timed([lambda t=t: book.table(t) for t in tables]))}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
