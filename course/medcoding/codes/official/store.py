"""What was added: one read-only SQLite file for each kind and release, in the folders of `places`."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from medcoding.codes.indexfile import Store, opened
from medcoding.codes.official.kinds import known_kinds
from medcoding.codes.official.places import folders, paths

__all__ = ["Installed", "folders", "in_force", "installed", "paths", "remove"]


@dataclass(frozen=True)
class Installed:
    """One release of one official file on this machine; `source` is the name of the file that was given."""

    kind: str
    title: str
    code_set: str
    publisher: str
    release: str
    first_date: dt.date
    last_date: dt.date | None
    counts: dict[str, int]
    source: str
    sha256: str
    added: str
    path: Path

    def covers(self, date: dt.date) -> bool:
        """Whether the release is in force on a date."""
        return self.first_date <= date and (self.last_date is None or date <= self.last_date)


def installed(kind: str | None = None) -> list[Installed]:
    """All added files (of one kind when named), by kind and date; a damaged or outdated one is left out."""
    found: dict[tuple[str, str], Installed] = {}
    for each, _ in _stores(kind):
        known = found.get((each.kind, each.release))
        if known is None or (each.path.parent == known.path.parent and each.added > known.added):
            found[each.kind, each.release] = each
    order = list(known_kinds())
    return sorted(found.values(), key=lambda one: (order.index(one.kind), one.first_date, one.release))


def in_force(kind: str, date: dt.date, nearest: bool = False) -> Store | None:
    """The open file of the release in force on a date.

    With `nearest`, when none is: the last one before that date, or else the first one after it. None when there is none.
    """
    listed = installed(kind)
    covering = [one for one in listed if one.covers(date)]
    if not covering and nearest:
        covering = [one for one in listed if one.first_date <= date] or listed[:1]
    return opened(covering[-1].path, known_kinds()[kind].schema) if covering else None


def remove(kind: str, release: str) -> bool:
    """Forget an added release; whether there was one that could be removed."""
    gone = False
    for one, _ in _stores(kind):
        if one.release == release:
            with contextlib.suppress(OSError):
                one.path.unlink()
                gone = True
    return gone


def _stores(wanted: str | None) -> Iterator[tuple[Installed, Store]]:
    import json

    known = known_kinds()
    for path in paths(wanted or ""):
        name = next((name for name in known if path.name.startswith(name + "~")), None)
        store = opened(path, known[name].schema) if name and wanted in (None, name) else None
        if name is None or store is None:
            continue
        with contextlib.suppress(KeyError, ValueError, AttributeError):
            kind, meta = known[name], store.meta
            yield Installed(
                name, kind.title, kind.code_set, kind.publisher, meta["release"], dt.date.fromisoformat(meta["first"]),
                dt.date.fromisoformat(meta["last"]) if meta["last"] else None, json.loads(meta["counts"]),
                meta["source"], meta["sha256"], meta["added"], path,
            ), store  # fmt: skip
