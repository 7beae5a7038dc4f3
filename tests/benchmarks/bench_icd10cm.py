"""First lookup, memory and search speed of `medcoding.codes.icd10cm`, beside simple-icd-10-cm, in one run.

    python tests/benchmarks/bench_icd10cm.py [rounds]

Each measurement runs in a fresh interpreter; the best of all rounds counts. The index is built beforehand, as an
administrator or the first kernel would. Memory is the growth of the resident set from before the import.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATE = "2026-03-01"

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
{code}
took = time.perf_counter() - start
print(json.dumps([took, resident() - before, title]))
"""
OURS = f"from medcoding.codes import icd10cm; title = icd10cm.on('{DATE}')['E11.65'].title"
THEIRS = "import simple_icd_10_cm; title = simple_icd_10_cm.get_description('E11.65')"


def measure(code: str, rounds: int) -> tuple[float, int]:
    """Best seconds and bytes of `rounds` fresh interpreters that run `code`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "course")}
    results = []
    for _ in range(rounds):
        out = subprocess.run(
            [sys.executable, "-c", MEASURE.format(code=code)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        seconds, size, title = json.loads(out.stdout)
        assert title == "Type 2 diabetes mellitus with hyperglycemia", title
        results.append((seconds, size))
    return min(r[0] for r in results), min(r[1] for r in results)


def search_times() -> list[float]:
    """Seconds of each query of the test list, caches empty at the start."""
    sys.path.insert(0, str(ROOT / "course"))
    from medcoding.codes import icd10cm

    book = icd10cm.on(DATE)
    lines = (ROOT / "tests" / "codes" / "search_queries.txt").read_text(encoding="utf-8").splitlines()
    times = []
    for line in lines:
        if line and not line.startswith("#"):
            start = time.perf_counter()
            book.search(line.split("|")[0].strip())
            times.append(time.perf_counter() - start)
    return sorted(times)


def main(rounds: int) -> None:
    sys.path.insert(0, str(ROOT / "course"))
    from medcoding.codes import icd10cm

    start = time.perf_counter()
    path = icd10cm.build()
    print(f"index ready in {time.perf_counter() - start:.1f} s: {path} ({path.stat().st_size / 1e6:.0f} MB)\n")
    ours, theirs = measure(OURS, rounds), measure(THEIRS, rounds)
    print(f"{'first lookup, fresh process':32}{'seconds':>10}{'memory MB':>12}")
    for name, (seconds, size) in (("medcoding.codes.icd10cm", ours), ("simple-icd-10-cm", theirs)):
        print(f"{name:32}{seconds:>10.3f}{size / 1e6:>12.1f}")
    print(f"{'ratio':32}{theirs[0] / ours[0]:>9.0f}x{theirs[1] / ours[1]:>11.0f}x\n")
    times = search_times()
    print(f"search, {len(times)} queries: p50 {times[len(times) // 2] * 1e3:.1f} ms, ", end="")
    print(f"p95 {times[int(len(times) * 0.95)] * 1e3:.1f} ms, slowest {times[-1] * 1e3:.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
