"""A private copy of a submission for its code to run beside: plain files only, bounded, packed into memory."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

MOST_FILES = 500
MOST_BYTES = 32_000_000
DEEPEST = 8


def gather(folders: Iterable[Path], notes: list[str]) -> dict[str, bytes]:
    """The plain files of some folders by relative path; a later folder's stand for an earlier one's of the same name.

    Notebooks, links, pipes and devices are left out, and what goes beyond the bounds, which is noted.
    """
    found: dict[str, bytes] = {}
    without: list[str] = []
    total = 0
    for folder in folders:
        if folder.is_symlink() or not folder.is_dir():
            continue
        for path in _plain(folder):
            name = str(path.relative_to(folder))
            content = _read(path, MOST_BYTES - total)
            if content is None or len(found) >= MOST_FILES:
                without.append(name)
                continue
            total += len(content) - len(found.get(name, b""))
            found[name] = content
    if without:
        more = f" and {len(without) - 1} more" if len(without) > 1 else ""
        notes.append(f"Code ran without {without[0]}{more}: at most {MOST_FILES} files of {MOST_BYTES:,} bytes together are given to it.")
    return found


def pack(files: Mapping[str, bytes]) -> int:
    """Files in memory, as a descriptor open for reading: eight bytes of length, an index as JSON, and the contents.

    Raises:
        ValueError: a name leaves the folder.
    """
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
            raise ValueError(f"{name!r} is no path within a folder.")
    index = json.dumps([[name, len(content)] for name, content in files.items()]).encode()
    descriptor = os.memfd_create("submission", os.MFD_CLOEXEC)
    with open(descriptor, "wb", closefd=False) as packed:
        packed.write(len(index).to_bytes(8, "big") + index)
        for content in files.values():
            packed.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _plain(folder: Path) -> list[Path]:
    found: list[Path] = []
    todo = [folder]
    while todo and len(found) < 4 * MOST_FILES:
        try:
            entries = sorted(os.scandir(todo.pop()), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if len(path.relative_to(folder).parts) < DEEPEST:
                    todo.append(path)
            elif entry.is_file(follow_symlinks=False) and path.suffix != ".ipynb":
                found.append(path)
    return sorted(found)


def _read(path: Path, most: int) -> bytes | None:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_size > most:
                return None
            content = file.read(most + 1)
            return content if len(content) <= most else None
    except OSError:
        return None
