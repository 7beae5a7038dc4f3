"""Recognises an official file and takes it in: verified first, then put in place in one step."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from medcoding.codes.indexfile import SUFFIX, opened, write_whole
from medcoding.codes.official import store as _store
from medcoding.codes.official.kinds import Kind, Progress, known_kinds
from medcoding.codes.official.places import folders
from medcoding.codes.official.reading import OfficialFileError, Source, head_of, shown, sources

_RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9. _-]{0,39}")


@dataclass(frozen=True)
class Added:
    """What a call of `add` put in place: usually one release, several when a zip holds several known files."""

    installed: tuple[_store.Installed, ...]

    def __str__(self) -> str:
        return "; ".join(
            f"{one.title}, release {one.release}: " + ", ".join(f"{count:,} {what}" for what, count in one.counts.items())
            for one in self.installed
        )


def recognise(path: str | Path) -> Kind:
    """What kind of official file this is; the first known one when a zip holds several.

    Raises `OfficialFileError` when it cannot be read, or is none that is known.
    """
    return _recognised(Path(path))[0][0]


def add(path: str | Path, progress: Progress | None = None, kinds: Collection[str] | None = None) -> Added:
    """Take in one official file: recognise it, read and verify all of it, then put it in place in one step.

    `progress` is called with the share done (0 to 1) and a few words. The same release added again replaces the
    earlier one. `kinds` names the only kinds that are taken; all without it. Raises `OfficialFileError`, which says where
    the file broke or why it is refused; nothing has changed then.
    """
    file = Path(path)
    report = progress or (lambda share, what: None)
    found = _wanted(file, _recognised(file), kinds)
    digest = _digest(file)
    folder = writable_folder()
    parts: list[tuple[Kind, Path]] = []
    try:
        for number, (kind, member) in enumerate(found):
            share = _shares(report, number, len(found), f"reading {kind.title}")
            parts.append((kind, _load(file, member, kind, digest, folder, share)))
        places = _put(parts, folder)
    finally:
        for _, part in parts:
            with contextlib.suppress(OSError):
                part.unlink()
    for kind, _ in parts:
        _forget(kind)
    report(1.0, "done")
    return Added(tuple(one for one in _store.installed() if one.path in places))


def _recognised(path: Path) -> list[tuple[Kind, str | None]]:
    found: list[tuple[Kind, str | None]] = []
    for member in sources(path):
        head = head_of(path, member)
        kind = next((kind for kind in known_kinds().values() if kind.matches(head)), None)
        if kind is not None and kind.name not in [known.name for known, _ in found]:
            found.append((kind, member))
    if not found:
        known = "; ".join(str(kind) for kind in known_kinds().values())
        raise OfficialFileError(f"is not one of the official files that are known here: {known}.", shown(path.name))
    return found


def _wanted(
    path: Path, found: list[tuple[Kind, str | None]], kinds: Collection[str] | None
) -> list[tuple[Kind, str | None]]:
    chosen = [pair for pair in found if kinds is None or pair[0].name in kinds]
    if not chosen:
        names = known_kinds()
        wanted = "; ".join(names[kind].title if kind in names else kind for kind in kinds or ())
        raise OfficialFileError(f"is {', '.join(kind.title for kind, _ in found)}, where {wanted} was expected.", shown(path.name))
    return chosen


def _load(
    path: Path, member: str | None, kind: Kind, digest: str, folder: Path, progress: Progress
) -> Path:
    """The release as a finished SQLite file under a temporary name."""
    source = Source(path, member, kind.limit, lambda share: progress(0.95 * share, ""))
    part = folder / f"{kind.name}.{os.getpid()}.{digest[:8]}.new"

    def fill(database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        release = kind.load(source, database, progress)
        if not _RELEASE.fullmatch(release.name):
            raise source.error(f"{shown(release.name)!r} is not the name of a release")
        facts = {
            "schema": str(kind.schema),
            "release": release.name,
            "first": release.first_date.isoformat(),
            "last": release.last_date.isoformat() if release.last_date else "",
            "counts": json.dumps(dict(release.counts)),
            "source": path.name,
            "sha256": digest,
            "added": dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
        }
        database.executemany("INSERT INTO meta VALUES (?,?)", facts.items())

    try:
        write_whole(part, fill)
    except OfficialFileError:
        raise
    except OSError as error:
        raise OfficialFileError(
            f"could not be stored in {folder} ({error}). Set MEDCODING_OFFICIAL_STORE to a folder you may write in.",
            source.name,
        ) from error
    except Exception as error:
        raise source.error(f"is not laid out as {kind.title} should be ({type(error).__name__}: {shown(str(error))})") from error
    return part


def _put(parts: list[tuple[Kind, Path]], folder: Path) -> set[Path]:
    from filelock import FileLock

    places = set()
    try:
        with FileLock(folder / "official.lock"):
            for kind, part in parts:
                store = opened(part, kind.schema)
                if store is None:
                    raise OSError(f"{part.name} was not written whole")
                release, digest = store.meta["release"], store.meta["sha256"]
                store.connection.close()
                start = f"{kind.name}~{release}~"
                target = folder / f"{start}{digest[:8]}{SUFFIX}"
                part.replace(target)
                places.add(target)
                for older in folder.glob(f"{kind.name}~*{SUFFIX}"):
                    if older.name.startswith(start) and older != target:
                        with contextlib.suppress(OSError):  # open in another kernel, on Windows
                            older.unlink()
    except OSError as error:
        raise OfficialFileError(f"could not be stored in {folder} ({error})") from error
    return places


def writable_folder() -> Path:
    """The first folder of the store that can be written, made if need be. Raises `OfficialFileError`."""
    refused = ""
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            refused = refused or f"{folder} ({error.strerror})"
            continue
        if os.access(folder, os.W_OK):
            return folder
        refused = refused or f"{folder} (not writable)"
    raise OfficialFileError(
        f"No folder to store official files can be written: {refused}. Set MEDCODING_OFFICIAL_STORE to one that can."
    )


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise OfficialFileError(f"cannot be read: {error.strerror}", path.name) from error


def _shares(report: Progress, number: int, count: int, what: str) -> Progress:
    return lambda share, words: report((number + share) / count * 0.98, words or what)


def _forget(kind: Kind) -> None:
    """Let open books of the code set go, so that the next use sees the new file."""
    module, _, name = kind.forget.partition(":")
    if module in sys.modules:
        forget: Callable[[], None] = getattr(sys.modules[module], name)
        forget()
