"""What an importer declares, and the table of all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from medcoding.codes.official.reading import Source

MODULES = (
    "medcoding.codes.official.icd10pcs",
    "medcoding.codes.official.icd10cm_aids",
    "medcoding.codes.official.hcpcs",
    "medcoding.codes.official.ndc",
)
"""The modules that declare importers, each in a list named KINDS. A new importer is one more line here."""

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Head:
    """The beginning of a file, unpacked: enough to recognise it.

    `name` is the file's own name in lower case, without folders and without .gz (in a zip, the member's name);
    `data` its first bytes (at most 16 KiB); `text` the same as text, one character for each byte.
    """

    name: str
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode("latin-1")

    @property
    def is_xml(self) -> bool:
        """Whether it begins as XML does."""
        return self.data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


@dataclass(frozen=True)
class Release:
    """What a loader found: the release's name ("2026"), its dates in force (both included) and its counts.

    `last_date` is None when no end is known. `counts` are for people: {"tables": 914, "codes": 79115}.
    """

    name: str
    first_date: dt.date
    last_date: dt.date | None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One official file format.

    `load(source, database, progress)` creates its tables in `database` (empty but for a table `meta`; a transaction
    is open, do not commit) and returns the `Release`. It raises `OfficialFileError` through `source.error(...)` for
    content that is not as it should be; a `ValueError`, `KeyError` and the like that escapes is reported as such an
    error too. `progress` need not be called: reading is reported by itself.
    """

    name: str
    title: str
    code_set: str
    publisher: str
    matches: Callable[[Head], bool]
    load: Callable[[Source, sqlite3.Connection, Progress], Release]
    schema: int = 1
    """Raised when the tables that `load` makes change: files of an older schema are no longer listed."""
    forget: str = ""
    """"package.module:function" to call after a file was added, if the module is loaded: it drops open books."""
    limit: int = 256 << 20
    """The largest unpacked size in bytes that is read."""

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher})"


@lru_cache(maxsize=1)
def known_kinds() -> Mapping[str, Kind]:
    """Every known kind by its name, in the order in which files are tried."""
    return {kind.name: kind for module in MODULES for kind in import_module(module).KINDS}


def fiscal_year(year: int) -> tuple[dt.date, dt.date]:
    """First and last day of a federal fiscal year: 2026 runs from 2025-10-01 to 2026-09-30."""
    return dt.date(year - 1, 10, 1), dt.date(year, 9, 30)
