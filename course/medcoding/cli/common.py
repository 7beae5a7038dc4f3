"""What every command shares: the course folder, a sentence of failure, progress, counts and columns."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def fail(message: object) -> int:
    print(message, file=sys.stderr)
    return 1


def course_root() -> Path:
    """The course folder: the nearest folder upwards that holds nbgrader_config.py."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "nbgrader_config.py").is_file():
            return folder
    raise SystemExit(f"No nbgrader_config.py in {here} or above it. Run this command in the course's folder.")


def progress_bar(total: int | None, what: str) -> Any:
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread beside the one that works

    return tqdm(total=total, desc=what, leave=False, file=sys.stderr, disable=not sys.stderr.isatty() and total is None)


def step(bar: Any) -> Callable[[float, str], None]:
    def step(share: float, what: str) -> None:
        bar.set_postfix_str(what, refresh=False)
        bar.n = min(100, int(share * 100))
        bar.refresh()

    return step


def counting(bar: Any) -> Callable[[int, int], None]:
    """What is told how many are done, of how many, and moves the bar by one."""

    def step(done: int, total: int) -> None:
        bar.total = total
        bar.update(1)

    return step


def process_count(text: str) -> int:
    """A number of worker processes, from the command line."""
    number = int(text)
    if not 0 <= number <= 256:
        raise argparse.ArgumentTypeError(f"{number} processes; choose 0 to 256")
    return number


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as left-aligned columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows)
