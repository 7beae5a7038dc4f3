"""Files of a class's download from an LMS that would leave their folder, never end, or be something else."""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Archived:
    """Entries in the place of a student's one.ipynb (`{}` stands for the student's folder): name, mode and content; and what the grader is told."""

    about: str
    entries: tuple[tuple[str, int, bytes], ...]
    told: str


def _bomb(size: int) -> bytes:
    return b"[" + b" " * (size - 2) + b"]"


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("one.ipynb", "{}")
    return made.getvalue()


def _one(name: str, mode: int = 0, content: bytes = b"{}") -> tuple[tuple[str, int, bytes], ...]:
    return ((name, mode, content),)


ARCHIVES = {
    "slip": Archived("a name that climbs out of its folder", _one("{}/../../../evil.ipynb"), "climbs out of its folder"),
    "slip-first": Archived("a name that climbs before it begins", _one("../{}/one.ipynb"), "climbs out of its folder"),
    "absolute": Archived("a path from the root", _one("/{}/one.ipynb"), "absolute or foreign path"),
    "drive": Archived("a path with a drive", _one("C:/{}/one.ipynb"), "absolute or foreign path"),
    "backslash": Archived("backslashes that climb", _one("{}/..\\..\\one.ipynb"), "absolute or foreign path"),
    "link": Archived("a link to the system's users", _one("{}/one.ipynb", stat.S_IFLNK | 0o777, b"/etc/passwd"), "is a link"),
    "pipe": Archived("a pipe", _one("{}/one.ipynb", stat.S_IFIFO | 0o666, b""), "device or pipe"),
    "device": Archived("a device", _one("{}/one.ipynb", stat.S_IFCHR | 0o666, b""), "device or pipe"),
    "bomb": Archived("ten megabytes in ten kilobytes", _one("{}/one.ipynb", 0, _bomb(10_000_000)), "like a zip bomb"),
    "giant": Archived("more than is read", _one("{}/one.ipynb", 0, _bomb(21_000_000)), "at most 20,000,000 are read"),
    "nested": Archived("an archive within the archive", _one("{}/work.zip", 0, _zip()), "archive inside the archive"),
    "twice": Archived("one name twice", (("{}/one.ipynb", 0, b"{}"), ("{}/one.ipynb", 0, b"{ }")), "stands twice"),
    "cases": Archived("one name twice but for its case", (("{}/one.ipynb", 0, b"{}"), ("{}/ONE.ipynb", 0, b"{ }")), "stands twice"),
    "escapes": Archived("a terminal's escapes in a name", _one("{}/\x1b[31mone.ipynb"), "cannot be seen"),
    "lines": Archived("a line end in a name", _one("{}/a\nzoe: collected.ipynb"), "cannot be seen"),
    "direction": Archived("a mark that turns the name around", _one("{}/\u202ebnypi.eno.ipynb"), "cannot be seen"),
    "long": Archived("a name of two thousand characters", _one("{}/" + "x" * 2000 + ".ipynb"), "characters"),
}
