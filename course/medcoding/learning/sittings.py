"""Where a sitting is kept: one small file beside the practice record, replaced whole at every change, read as hostile data.

A change is on disk before it is said to be saved, so neither a kernel nor a browser that dies loses anything. A file that
cannot be read is moved aside and never deleted.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from pydantic import ValidationError

from medcoding.items.answers import AnswersProblem, parse_bounded, read_plain_file
from medcoding.items.publication import write_atomic
from medcoding.learning.sitting import Event, NotNow, Sitting, advance, step

LOCK_NAME = ".mock.lock"
_WAIT = 5


class SittingProblem(ValueError):
    """A sitting cannot be read or written. The message says what was found and what to do."""


def file_name(paper: str, seed: int) -> str:
    """The name of the file of one paper and seed."""
    return f"mock-{paper}-{seed}.json"


def read_sitting(path: Path) -> Sitting | None:
    """Read a file that may be hostile; None where there is none.

    Raises:
        SittingProblem: it cannot be read; the file is left as it is.
    """
    try:
        content = read_plain_file(path)
        if content is None:
            return None
        return Sitting.model_validate(parse_bounded(content, path.name))
    except AnswersProblem as problem:
        raise SittingProblem(str(problem)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))[:80]
        raise SittingProblem(f"{path.name} has not the expected shape: {place + ': ' if place else ''}{first['msg'][:120]}.") from None


class Keeper(Protocol):
    """What keeps a sitting."""

    def load(self) -> tuple[Sitting | None, str]: ...
    def start(self, sitting: Sitting) -> tuple[Sitting, str]: ...
    def apply(self, held: Sitting, event: Event) -> tuple[Sitting, str]: ...


class SittingStore:
    """The file of one paper and seed. Safe when two kernels write: each change is made to what the file holds."""

    def __init__(self, folder: str | Path, paper: str, seed: int) -> None:
        self.folder = Path(folder)
        self.path = self.folder / file_name(paper, seed)

    def load(self) -> tuple[Sitting | None, str]:
        """The sitting, and in words why it could not be read. Never raises for what a file holds."""
        try:
            return read_sitting(self.path), ""
        except SittingProblem as problem:
            return None, f"Your earlier sitting cannot be read: {problem} When you start anew, that file is kept aside, unchanged."

    def start(self, sitting: Sitting) -> tuple[Sitting, str]:
        """Keep a new sitting; where the file holds one already, that one goes on. Returns it, and what became of an unreadable file.

        Raises:
            SittingProblem: nothing could be written.
        """
        with self._locked():
            known, told = self._read()
            if known is None:
                self._write(sitting)
            return known or sitting, told

    def apply(self, held: Sitting, event: Event) -> tuple[Sitting, str]:
        """Take up an event. `held` is what goes on where the file is gone or cannot be read. Returns the sitting and what is to be told.

        Raises:
            NotNow: it cannot be done; the time that passed is kept.
            SittingProblem: nothing could be written.
        """
        with self._locked():
            known, told = self._read()
            before = known or held
            try:
                after = step(before, event)
            except NotNow:
                later = advance(before, event.at)
                if later.handed != before.handed:
                    self._write(later)
                raise
            if after != known:
                self._write(after)
            return after, told

    def _locked(self) -> _Lock:
        return _Lock(self.folder / LOCK_NAME)

    def _read(self) -> tuple[Sitting | None, str]:
        try:
            return read_sitting(self.path), ""
        except SittingProblem as problem:
            aside = self._move_aside()
            return None, f"{problem} It was moved to {aside.name}, unchanged; the sitting is kept in a new file from now on."

    def _write(self, sitting: Sitting) -> None:
        content = sitting.dump()
        try:
            parse_bounded(content, "the sitting")
        except AnswersProblem as problem:
            raise SittingProblem(f"Your last change is not saved, since it could not be read again: {problem}") from None
        write_atomic(self.path, content)

    def _move_aside(self) -> Path:
        number = 1
        while os.path.lexists(aside := self.folder / f"{self.path.name}.unreadable-{number}"):
            number += 1
        os.replace(self.path, aside)
        return aside


class _Lock:
    """The lock of a folder; what keeps a sitting from being written becomes a `SittingProblem` in words."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(str(path), timeout=_WAIT)

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            raise SittingProblem("Your last change is not saved: another program holds this exam. Close other copies of this notebook.") from None
        except OSError as error:
            raise self._words(error) from None

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        self._lock.release()
        if isinstance(error, OSError):
            raise self._words(error) from None

    @staticmethod
    def _words(error: OSError) -> SittingProblem:
        return SittingProblem(f"Your last change is not saved: {error.strerror or error}. Check that this folder can be written to and has room.")


class KernelKeeper:
    """A sitting that lives as long as the kernel: an author's, who writes nothing."""

    def __init__(self) -> None:
        self._sitting: Sitting | None = None

    def load(self) -> tuple[Sitting | None, str]:
        return self._sitting, ""

    def start(self, sitting: Sitting) -> tuple[Sitting, str]:
        self._sitting = self._sitting or sitting
        return self._sitting, ""

    def apply(self, held: Sitting, event: Event) -> tuple[Sitting, str]:
        before = self._sitting or held
        try:
            self._sitting = step(before, event)
        except NotNow:
            self._sitting = advance(before, event.at)
            raise
        return self._sitting, ""
