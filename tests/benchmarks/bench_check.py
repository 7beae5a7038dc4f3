"""How long `medcoding check` takes on a bank of 500 items: the course's own items, repeated under other ids.

Run: python tests/benchmarks/bench_check.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
WANTED = 500


def main() -> None:
    items: list[dict] = []
    for path in sorted((ROOT / "course" / "bank").glob("*/*.yaml")):
        if path.name.endswith(".lesson.yaml") or path.name == "blind.yaml":
            continue
        items += yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "05-many"
        folder.mkdir()
        many = [{**items[number % len(items)], "id": f"item-{number}"} for number in range(WANTED)]
        (folder / "many.yaml").write_text(yaml.safe_dump(many, allow_unicode=True, sort_keys=False), encoding="utf-8")
        best = min(run(Path(name)) for _ in range(3))
    print(f"medcoding check of {WANTED} items: {best:.2f} s (process start included; best of 3)")


def run(bank: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "medcoding.cli", "check", "--bank", str(bank), "--no-source"], capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - start
    assert f"{WANTED} items" in done.stdout, done.stdout[-500:] + done.stderr[-500:]
    return took


if __name__ == "__main__":
    main()
