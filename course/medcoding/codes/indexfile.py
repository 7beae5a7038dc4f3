"""One local SQLite file made of installed data: found, built once, and opened read-only.

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
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SUFFIX = ".sqlite3"

Progress = Callable[[float, str], None]


class IndexUnavailable(RuntimeError):
    """No usable index was found and none could be built."""


class Store:
    """One open index file: read-only, with a connection for each thread and process."""

    def __init__(self, path: Path, schema: int) -> None:
        self.path = path
        self._local = threading.local()
        self.meta: dict[str, str] = dict(self.rows("SELECT name, value FROM meta"))
        if self.meta.get("schema") != str(schema):
            raise sqlite3.DatabaseError(f"{path} has schema {self.meta.get('schema')}, not {schema}")

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
                f"The code index {self.path} is damaged ({error}). Delete the file, run “medcoding codes build”, "
                "and start the kernel again."
            ) from error


@dataclass(frozen=True)
class Index:
    """How the index of one code set is named, made and found.

    `fingerprint` gives eight hexadecimal digits of the sources, or None when they are not installed; `missing` is the
    sentence that says so and what to do. `write` builds the file at a path.
    """

    name: str
    title: str
    missing: str
    schema: Callable[[], int]
    fingerprint: Callable[[], str | None]
    write: Callable[[Path, Progress], None]
    cache: Callable[[], Path]

    def folders(self) -> Iterator[Path]:
        """Where the index may be, in the order of looking."""
        yield from shared_folders()
        yield self.cache()

    def open(self) -> Store:
        """The first healthy index, built into the user's cache when there is none.

        Raises `IndexUnavailable` when none is found and none can be built.
        """
        fingerprint = self.fingerprint()
        if fingerprint is None:
            return self._any()
        for folder in self.folders():
            store = self._healthy(folder / f"{self.name}-{fingerprint}{SUFFIX}")
            if store is not None:
                return store
        return Store(self.build(folder=self.cache()), self.schema())

    def build(self, progress: Progress | None = None, folder: str | Path | None = None) -> Path:
        """Build the index of the installed sources unless it is there already, and return its path.

        `progress` is called with the share done (0 to 1) and a few words. `folder` is where the file goes: by default
        the one that `MEDCODING_INDEX` names if it can be written, else the user's cache. Several processes may call
        this at once: one builds, the others wait for it. Raises `IndexUnavailable` when the sources are not installed
        or the folder cannot be written.
        """
        from filelock import FileLock

        fingerprint = self.fingerprint()
        if fingerprint is None:
            raise IndexUnavailable(self.missing)
        where = Path(folder) if folder is not None else self._writable()
        target = where / f"{self.name}-{fingerprint}{SUFFIX}"
        report = progress or (lambda share, what: None)
        try:
            where.mkdir(parents=True, exist_ok=True)
            with FileLock(where / f"{self.name}-build.lock"):
                if self._healthy(target) is None:
                    self.write(target, report)
                    self._tidy(where, target)
                else:
                    report(1.0, "already there")
        except OSError as error:
            raise IndexUnavailable(
                f"The {self.title} index could not be written in {where} ({error}). Set MEDCODING_INDEX to a folder "
                "that holds a ready index, or XDG_CACHE_HOME to a folder you may write in."
            ) from error
        return target

    def _writable(self) -> Path:
        shared = os.environ.get("MEDCODING_INDEX")
        if shared:
            place = Path(shared)
            probe = place if place.exists() else place.parent
            if os.access(probe, os.W_OK):
                return place
        return self.cache()

    def _healthy(self, path: Path) -> Store | None:
        return opened(path, self.schema())

    def _any(self) -> Store:
        for folder in self.folders():
            with contextlib.suppress(OSError):
                for path in sorted(folder.glob(f"{self.name}-*{SUFFIX}"), reverse=True):
                    store = self._healthy(path)
                    if store is not None:
                        return store
        raise IndexUnavailable(
            f"No {self.title} index was found. {self.missing}, or set MEDCODING_INDEX to a folder that holds a ready "
            "index."
        )

    def _tidy(self, folder: Path, keep: Path) -> None:
        """Remove indexes of earlier sources; one that another kernel has open on Windows stays until next time."""
        for path in folder.glob(f"{self.name}-*{SUFFIX}"):
            if path != keep:
                with contextlib.suppress(OSError):
                    path.unlink()


def shared_folders() -> Iterator[Path]:
    """The folders of an administrator: what `MEDCODING_INDEX` names, then one beside the installed Python."""
    shared = os.environ.get("MEDCODING_INDEX")
    if shared:
        yield Path(shared)
    installed = Path(sys.prefix, "share", "medcoding")
    if installed.is_dir():
        yield installed


def cache_folder() -> Path:
    """The user's own cache folder for this course."""
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("medcoding", appauthor=False))


def opened(path: Path, schema: int) -> Store | None:
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
        return Store(path, schema)
    except (OSError, sqlite3.Error, IndexUnavailable):
        return None


def write_whole(target: Path, fill: Callable[[sqlite3.Connection], None], finish: str = "") -> None:
    """Write a SQLite file in one step: readers see the old file or the new one, and a failure leaves nothing behind.

    `fill` makes tables and rows inside one transaction; `finish` is run after it. Raises `OSError` when the folder
    cannot be written, and whatever `fill` raises.
    """
    import tempfile

    handle, name = tempfile.mkstemp(prefix=target.stem, suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        with contextlib.closing(sqlite3.connect(name, isolation_level=None)) as database:
            database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;")
            database.execute("BEGIN")
            fill(database)
            database.execute("COMMIT")
            if finish:
                database.executescript(finish)
        part.chmod(0o644)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def sample(path: Path) -> bytes:
    """A file's name, size and thirty-two evenly spaced pieces: what a fingerprint is made of.

    Reading it costs well under a millisecond and does not depend on file times.
    """
    size = path.stat().st_size
    parts = [path.name.encode(), str(size).encode()]
    with path.open("rb") as file:
        if size <= 1 << 16:
            parts.append(file.read())
        else:
            for step in range(32):
                file.seek((size - 1024) * step // 31)
                parts.append(file.read(1024))
    return b"\0".join(parts)


def home_of(package: str) -> Path | None:
    """The folder of an installed package, found without importing it; None when it is not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent
