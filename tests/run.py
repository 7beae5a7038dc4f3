"""`make test`: every suite in turn, then a table of what passed, what was skipped and why, and what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SLOW = "cycle or hostile or scale or browser or package"


@dataclass
class Outcome:
    """What a suite came to. `minutes` is wall time; `budget` is what CONTRIBUTING.md grants it."""

    name: str
    budget: float
    minutes: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: dict[str, int] = field(default_factory=dict)


def python(*words: str) -> list[str]:
    return [sys.executable, "-m", *words]


def tests(expression: str, *words: str) -> list[str]:
    return python("pytest", "tests", "-q", "-m", expression, *words)


SUITES: list[tuple[str, float, list[str]]] = [
    ("style", 0.5, python("ruff", "check", "course", "tests", "nbgrader_config.py")),
    ("types", 1.5, python("mypy")),
    ("bank", 1, python("medcoding.cli", "check")),
    ("unit", 8, tests(f"not ({SLOW})", "-n", "2")),
    ("notebooks", 4, python("pytest", "source", "-q", "--nbval-lax", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider")),
    ("cycle", 4, tests("cycle")),
    ("hostile", 4, tests("hostile", "-n", "2", "--dist", "loadfile")),
    ("scale", 4, tests("scale", "-n", "2", "--dist", "loadfile")),
    ("package", 2, tests("package")),
    ("browser", 8, tests("browser")),
]


BESIDE = ("cycle", "package")
"""Suites of one process that run beside those from `hostile` on, which wait for other processes most of the time."""
FROM = "hostile"


def run(name: str, budget: float, command: list[str], folder: Path, told: Path | None = None) -> Outcome:
    """Run one suite; pytest suites report through a JUnit file. What it prints goes to `told` where that is given."""
    if told is None:
        print(f"\n── {name} " + "─" * (60 - len(name)), flush=True)
    outcome = Outcome(name, budget)
    report = folder / f"{name}.xml"
    if "pytest" in command:
        command = [*command, f"--junitxml={report}"]
    start = time.monotonic()
    if told is None:
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
    else:
        with open(told, "wb") as file:
            code = subprocess.run(command, cwd=ROOT, check=False, stdout=file, stderr=subprocess.STDOUT).returncode
    outcome.minutes = (time.monotonic() - start) / 60
    if report.is_file():
        for case in ElementTree.parse(report).iter("testcase"):
            skip = case.find("skipped")
            if skip is not None:
                reason = skip.get("message", "no reason")
                outcome.skipped[reason] = outcome.skipped.get(reason, 0) + 1
            elif case.find("failure") is not None or case.find("error") is not None:
                outcome.failed += 1
            else:
                outcome.passed += 1
        if code and not outcome.failed:
            outcome.failed += 1
    else:
        outcome.passed, outcome.failed = (1, 0) if code == 0 else (0, 1)
    return outcome


def source_state() -> dict[str, bytes]:
    """Every file of source/ with its content."""
    return {str(path): path.read_bytes() for path in sorted((ROOT / "source").rglob("*")) if path.is_file()}


def run_all(suites: list[tuple[str, float, list[str]]], folder: Path) -> list[Outcome]:
    """Run suites in their order; those of `BESIDE` at the same time as the ones from `FROM` on, and show what they printed afterwards."""
    beside = [suite for suite in suites if suite[0] in BESIDE]
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(1) as other:
        waiting: list[Future[Outcome]] = []
        for suite in suites:
            if suite[0] == FROM:
                waiting = [other.submit(run, *one, folder, folder / f"{one[0]}.txt") for one in beside]
            if suite[0] not in BESIDE:
                outcomes.append(run(*suite, folder))
        if waiting:
            for future, suite in zip(waiting, beside, strict=True):
                outcomes.append(future.result())
                print(f"\n── {suite[0]} (beside others) " + "─" * (42 - len(suite[0])), flush=True)
                print((folder / f"{suite[0]}.txt").read_text(encoding="utf-8", errors="replace"), flush=True)
        else:
            outcomes += [run(*suite, folder) for suite in beside]
    return outcomes


def main() -> int:
    wanted = sys.argv[1:]
    before = source_state()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MEDCODING_TEST_REPORTS"] = folder
        outcomes = run_all([suite for suite in SUITES if not wanted or suite[0] in wanted], Path(folder))
    tree = Outcome("tree", 0.1)
    tree.passed, tree.failed = (1, 0) if source_state() == before else (0, 1)
    if tree.failed:
        print("\nsource/ was changed by the tests; it must not be.", file=sys.stderr)
    outcomes.append(tree)

    print(f"\n{'suite':<10} {'passed':>7} {'failed':>7} {'skipped':>8} {'minutes':>8} {'budget':>7}")
    for outcome in outcomes:
        late = "  over budget" if outcome.minutes > outcome.budget else ""
        print(
            f"{outcome.name:<10} {outcome.passed:>7} {outcome.failed:>7} {sum(outcome.skipped.values()):>8} "
            f"{outcome.minutes:>8.1f} {outcome.budget:>7.1f}{late}"
        )
    for outcome in outcomes:
        for reason, count in outcome.skipped.items():
            print(f"skipped in {outcome.name}: {count} × {reason}")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    skipped = sum(sum(o.skipped.values()) for o in outcomes)
    print(f"\nAll suites together took {(time.monotonic() - start) / 60:.1f} minutes.")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
