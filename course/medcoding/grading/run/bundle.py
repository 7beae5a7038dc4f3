"""A submission as a bundle of bytes: what grading reads of it, bounded, following no link. Travels to workers."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from medcoding.grading.exporter import Unreadable, notebook_bytes
from medcoding.items.answers import FILE_NAME, AnswersProblem, read_plain_file

MOST_FILES = 2_000
DEEPEST = 20
LARGEST_FILE = 50_000_000
LARGEST_SUBMISSION = 200_000_000
PASSING = frozenset({*sys.stdlib_module_names, "conftest", "ipython_config", "medcoding", "nbformat", "nbgrader", "nbgrader_config", "numpy", "pandas"})
"""Names of files by which a module or a configuration of ours could be meant."""
OWN = frozenset({"course_secret.txt", "gradebook.db"})


@dataclass(frozen=True)
class Bundle:
    """One student's submission.

    `notebooks` and `answers` hold content, or in words why there is none; `others` are the paths of its other plain
    files; `notes` say what was left out; `digest` is of everything that was read.
    """

    student: str
    notebooks: dict[str, bytes | str] = field(default_factory=dict)
    answers: bytes | str | None = None
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    digest: str = ""
    files: dict[str, bytes] | None = None
    """What graded code finds beside it, where the submission's folder is out of reach; None where it is at hand."""


def read_bundle(folder: Path, student: str, notebooks: frozenset[str], largest_notebook: int) -> Bundle:
    """Read a submission's folder. Never raises because of what a student put there."""
    digest = hashlib.sha256()
    content: dict[str, bytes | str] = {}
    others: list[str] = []
    notes: list[str] = []
    answers: bytes | str | None = None
    total = 0
    passing: list[str] = []
    for number, (relative, info) in enumerate(_walk(folder, notes)):
        if number >= MOST_FILES:
            notes.append(f"More than {MOST_FILES:,} files; the rest were left out.")
            break
        name = str(relative)
        if stat.S_ISREG(info.st_mode) and info.st_nlink > 1:
            notes.append(f"{name} has another name elsewhere (a hard link); its content may be another's.")
        if not name.isprintable() and stat.S_ISREG(info.st_mode):
            notes.append(f"The name {name!a} holds characters that cannot be seen.")
        if _passes(relative):
            passing.append(name)
        digest.update(f"{name}\0{stat.S_IFMT(info.st_mode)}\0".encode(errors="surrogateescape"))
        if len(relative.parts) == 1 and relative.suffix == ".ipynb":
            if relative.stem in notebooks:
                content[relative.stem] = _notebook(folder / relative, largest_notebook)
                digest.update(_bytes(content[relative.stem]))
            continue
        if name == FILE_NAME:
            answers = _answers(folder / relative)
            digest.update(_bytes(answers))
        if not stat.S_ISREG(info.st_mode):
            notes.append(f"{name} is {_kind(info.st_mode)}, no plain file; it was left out.")
        elif info.st_size > LARGEST_FILE or total + info.st_size > LARGEST_SUBMISSION:
            notes.append(f"{name} has {info.st_size:,} bytes, more than is taken; it was left out.")
        else:
            total += info.st_size
            others.append(name)
            if name != FILE_NAME:
                digest.update(_content(folder / relative))
    for stem in sorted(notebooks - set(content)):
        if (folder / f"{stem}.ipynb").is_dir():
            content[stem] = _notebook(folder / f"{stem}.ipynb", largest_notebook)
            digest.update(_bytes(content[stem]))
    if passing:
        more = f" and {len(passing) - 4} more" if len(passing) > 4 else ""
        notes.append(f"Named like what grading itself uses: {', '.join(passing[:4])}{more}. Nothing of the kind is read or run.")
    if answers is None and (folder / FILE_NAME).is_dir():
        answers = f"{FILE_NAME} is not a plain file."
    return Bundle(student, content, answers, tuple(others), tuple(notes), digest.hexdigest()[:32])


def _passes(relative: Path) -> bool:
    """Whether a file or a package would stand for one that grading uses, were it looked for in the submission."""
    top = relative.parts[0]
    return top in OWN or (Path(top).suffix == ".py" and Path(top).stem in PASSING) or (len(relative.parts) == 2 and relative.name == "__init__.py" and top in PASSING)


def _walk(folder: Path, notes: list[str]) -> list[tuple[Path, os.stat_result]]:
    """Everything below a folder that is no folder, sorted by path; folders that are links are not entered."""
    found: list[tuple[Path, os.stat_result]] = []
    todo = [folder]
    left = False
    while todo and len(found) <= MOST_FILES:
        here = todo.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            notes.append(f"{here.relative_to(folder)} cannot be read: {error.strerror}.")
            continue
        for entry in entries:
            path = Path(entry.path)
            relative = path.relative_to(folder)
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError as error:  # a path longer than a path may be
                notes.append(f"{error.strerror}, so it was left out: {relative}")
                continue
            if not stat.S_ISDIR(info.st_mode):
                found.append((relative, info))
            elif len(relative.parts) < DEEPEST:
                todo.append(path)
            else:
                left = True
    if left:
        notes.append(f"Folders are nested more than {DEEPEST} deep; what lies deeper was left out.")
    return sorted(found, key=lambda pair: (len(pair[0].parts) > 1, pair[0]))  # what lies at the top comes first, whatever else there is


def _notebook(path: Path, limit: int) -> bytes | str:
    try:
        return notebook_bytes(path, limit)
    except Unreadable as problem:
        return str(problem)


def _answers(path: Path) -> bytes | str | None:
    try:
        return read_plain_file(path)
    except AnswersProblem as problem:
        return str(problem)


def _bytes(content: bytes | str | None) -> bytes:
    return content.encode(errors="surrogateescape") if isinstance(content, str) else content or b""


def _content(path: Path) -> bytes:
    """The SHA-256 of a plain file; an empty one where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError:
        return b""
    return digest.digest()


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
    return kinds.get(stat.S_IFMT(mode), "something else")
