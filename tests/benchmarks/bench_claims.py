"""How many claims, and how many edits, are checked in a second, and how long a form takes to draw.

    python tests/benchmarks/bench_claims.py [seconds]

The eight sample claims and the failing claim of each edit are checked in turn until the time is up, in one process, the
books open. An edit is one rule of the table asked about one claim. Loading, the first check of a fresh process and each
family by itself are told apart.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "course"), str(ROOT / "tests")]

FIRST = (
    "import time; start = time.perf_counter()\n"
    "from medcoding.claims import edits, samples\n"
    "claim = samples.sample('office-knee'); loaded = time.perf_counter(); edits.check(claim); done = time.perf_counter()\n"
    "print((loaded - start) * 1e3, (done - loaded) * 1e3)\n"
)


def per_second(work: list[object], do: object, seconds: float) -> float:
    """How often a second `do` is done on the things in turn."""
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        do(work[done % len(work)])  # type: ignore[operator]
        done += 1
    return done / spent


def main(seconds: float) -> None:
    from claims.edit_cases import CASES
    from medcoding.claims import edits, samples
    from medcoding.claims.edits.run import FAMILIES
    from medcoding.claims.model import Claim

    out = [
        subprocess.run([sys.executable, "-c", FIRST], env={"PYTHONPATH": str(ROOT / "course"), "HOME": str(Path.home())}, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(5)
    ]
    best = min(out, key=lambda one: sum(map(float, one)))
    print(f"fresh process, best of 5: import and sample {float(best[0]):.0f} ms, first check {float(best[1]):.0f} ms")
    clean, failing = list(samples.samples().values()), [case.failing() for case in CASES.values()]
    for claim in (*clean, *failing):
        edits.check(claim)
    for name, work in (("sample claims", clean), ("failing claims", failing)):
        rate = per_second(work, edits.check, seconds)
        print(f"{name:16}{rate:>9,.0f} claims a second{rate * len(edits.rules()):>12,.0f} edits a second")
    plain = [claim.plain() for claim in clean]
    print(f"{'load from data':16}{per_second(plain, Claim.load, seconds):>9,.0f} claims a second")
    found = [(claim, edits.review(claim)) for claim in failing]
    print(f"{'draw':16}{per_second(found, lambda one: one[0].render(one[1]), seconds):>9,.0f} forms a second")
    print("\nmilliseconds a claim by family, sample claims")
    for family in FAMILIES:
        rate = per_second(clean, lambda claim, family=family: edits.check(claim, families=[family]), seconds / 8)
        print(f"  {family:16}{1e3 / rate:>7.3f}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 4)
