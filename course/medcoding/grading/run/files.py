"""The folder of an autograded submission: whole or not at all, with what nbgrader puts there."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.utils import find_all_files


class Folders:
    """Where submissions stand and where autograded ones go, as the configuration says."""

    def __init__(self, converter: object, assignment: str) -> None:
        """`converter` is nbgrader's Autograde converter."""
        self._converter = converter
        self._coursedir = converter.coursedir  # type: ignore[attr-defined]
        self.assignment = assignment
        self.permissions = int(str(converter.permissions), 8)  # type: ignore[attr-defined]
        source = Path(self._path("source_directory", "."))
        left = {str(source / name) for name in converter.exclude_overwriting.get(assignment, [])}  # type: ignore[attr-defined]
        found = find_all_files(str(source), [*self._coursedir.ignore, "*.ipynb"])
        self.source = {Path(name).relative_to(source): Path(name) for name in sorted(found) if name not in left}

    def _path(self, kind: str, student: str) -> str:
        path: str = self._coursedir.format_path(getattr(self._coursedir, kind), student, self.assignment)
        return os.path.normpath(path)

    def submitted(self, student: str) -> Path:
        """The folder of a student's submission."""
        return Path(self._path("submitted_directory", student))

    def autograded(self, student: str) -> Path:
        """The folder of a student's autograded submission."""
        return Path(self._path("autograded_directory", student))

    def write(self, student: str, notebooks: dict[str, str], others: Sequence[str]) -> None:
        """Make the autograded folder, in place of an earlier one. A kill leaves the earlier one, the new one, or none."""
        target, source = self.autograded(student), self.submitted(student)
        with replacing(target) as fresh:
            for name in others:
                if not any(part.endswith(".ipynb") or self._ignored(part) for part in Path(name).parts):
                    copy_plain(source / name, fresh / name, os.O_NOFOLLOW)
            for relative, path in self.source.items():
                _make_room(fresh, relative)
                copy_plain(path, fresh / relative)
            for name, text in notebooks.items():
                (fresh / f"{name}.ipynb").write_text(text, encoding="utf-8")
            for path in fresh.rglob("*"):
                if path.is_file():
                    path.chmod(self.permissions)
        if self._coursedir.groupshared:
            self._converter.set_permissions(self.assignment, student)  # type: ignore[attr-defined]

    def _ignored(self, name: str) -> bool:
        """Whether nbgrader's configuration ignores files or folders of that name; as a shell reads patterns."""
        return any(
            fnmatch.fnmatchcase(name, pattern) and (pattern.startswith(".") or not name.startswith(".")) for pattern in self._coursedir.ignore
        )


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the target's place at the end. Where that is not reached, the target stays as it was."""
    fresh = target.with_name(f".{target.name}.new")
    old = target.with_name(f".{target.name}.old")
    target.parent.mkdir(parents=True, exist_ok=True)
    for stale in (fresh, old):
        remove(stale)
    fresh.mkdir()
    try:
        yield fresh
    except Exception:
        remove(fresh)
        raise
    if os.path.lexists(target):
        target.rename(old)
    fresh.rename(target)
    remove(old)


def _make_room(folder: Path, relative: Path) -> None:
    """Remove what stands in a released file's place: one of its name, a folder of its name, or a file where a folder of its path must be."""
    for part in (*reversed(relative.parents), relative):
        place = folder / part
        if place.is_file():
            place.unlink()
        elif part == relative and place.is_dir():
            shutil.rmtree(place)


def copy_plain(source: Path, target: Path, flags: int = 0) -> None:
    """Copy a plain file with its mode; what is no longer one is passed over."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(source, os.O_RDONLY | os.O_NONBLOCK | flags)
    except OSError:
        return
    with open(handle, "rb") as read:
        if stat.S_ISREG(os.fstat(read.fileno()).st_mode):
            with open(target, "wb") as written:
                shutil.copyfileobj(read, written)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, or the link that stands in its place."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
