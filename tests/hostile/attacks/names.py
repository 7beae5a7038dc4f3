"""Names of files that speak to a terminal, a shell or a log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attacks.planted import attack


@attack("file names with escapes, line ends and options", "holds characters that cannot be seen", nbgrader="untold")
def _file_names(course: Any, folder: Path) -> None:
    for name in ("-rf", "ada: graded\nbob", "\x1b[31mred", "..\\..\\x", "$(touch x)", "`id`", "a;b", "%s%n"):
        (folder / name).write_text("x")


@attack("a link with a name that looks like a line of the log", "is a link", nbgrader="untold")
def _log_injection(course: Any, folder: Path) -> None:
    (folder / "x\nzoe: not graded: cheated\x1b[1A").symlink_to("/etc/passwd")


@attack("a path that climbs out, in folders named like it", "holds characters that cannot be seen", nbgrader="untold")
def _path_tricks(course: Any, folder: Path) -> None:
    for name in ("..%2f..%2fsource", "C:\\con", "...", "a\u202ecod.ipynb"):
        (folder / name).mkdir()
        (folder / name / "answers.json").write_text("{}")
