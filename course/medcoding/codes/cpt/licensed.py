"""An institution's own licensed file (CPT or CDT): read, kept on this machine alone, shown from there.

The store is one file in the user's data folder, or in the folder that `MEDCODING_LICENSED` names, readable by its owner
only. Nothing here writes anywhere else: descriptors go into no release, answer, feedback or repository.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from medcoding.codes.cpt.service_table import PREFIX, normal, services

MAX_FILE = 64 << 20
MAX_ROWS = 200_000
MAX_DESCRIPTOR = 4000
SHAPES = {"cpt": re.compile(r"[0-9]{5}|[0-9]{4}[FTUM]"), "cdt": re.compile(r"D[0-9]{4}")}

_COLUMNS = {
    "code": ("code", "cpt code", "cpt", "cdt code", "cdt", "procedure code", "number"),
    "descriptor": ("descriptor", "description", "long description", "long descriptor", "medium descriptor", "short descriptor",
                   "consumer descriptor", "nomenclature"),
    "service": ("service", "service key", "service_key", "medcoding service"),
}  # fmt: skip


class LicensedFileError(ValueError):
    """A licensed file cannot be taken, or its store cannot be used; nothing was changed."""


@dataclass(frozen=True)
class Entry:
    """One row: a number, its descriptor, and the service key that it is mapped to, if any."""

    number: str
    descriptor: str
    service: str = ""


@dataclass(frozen=True)
class Licensed:
    """A licensed file as read: its code set ("cpt" or "cdt") and its rows by number."""

    code_set: str
    entries: Mapping[str, Entry]

    @property
    def mapped(self) -> int:
        """How many numbers are mapped to a service key."""
        return sum(bool(entry.service) for entry in self.entries.values())

    def __str__(self) -> str:
        return f"{self.code_set.upper()}: {len(self.entries):,} numbers, {self.mapped:,} mapped to service keys"


def read_licensed(path: str | Path) -> Licensed:
    """Read a delimited text file (comma, tab, semicolon or bar) whose first line names its columns. Writes nothing.

    Needs a column of codes and one of descriptors; one of service keys ("service") may map numbers to this course's keys,
    several numbers to one key. Raises `LicensedFileError`, which says the line and what to do.
    """
    file = Path(path)
    text = _text(file)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.split("\n", 1)[0]))
    try:
        header = next(rows, [])
        at = _columns(file, header)
        entries: dict[str, Entry] = {}
        sets: set[str] = set()
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            entry, code_set = _entry(file, rows.line_num, row, at)
            if entry.number in entries:
                raise _error(file, f"{entry.number} is there twice. Keep one row for each number.", rows.line_num)
            entries[entry.number] = entry
            sets.add(code_set)
            if len(sets) > 1:
                raise _error(file, "it holds numbers of CPT and of CDT. Give each set as a file of its own.", rows.line_num)
            if len(entries) > MAX_ROWS:
                raise _error(file, f"it has more than {MAX_ROWS:,} rows.", rows.line_num)
    except csv.Error as error:
        raise _error(file, f"this row cannot be read: {error}.", rows.line_num) from error
    if not entries:
        raise _error(file, "it has no rows below its first line.")
    return Licensed(sets.pop(), entries)


def install_licensed(path: str | Path) -> Licensed:
    """Read a licensed file and keep it on this machine for its owner, in place of an earlier one of the same set.

    Raises `LicensedFileError`; nothing has changed then.
    """
    found = read_licensed(path)
    target = store_path(found.code_set)
    inside = _repository(target)
    if inside is not None:
        raise LicensedFileError(f"The store {target} lies inside the repository {inside}: a licensed file must stay out of it. Set MEDCODING_LICENSED.")
    rows = [[entry.number, entry.descriptor, entry.service] for entry in found.entries.values()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=target.stem, suffix=".part", dir=target.parent)  # made with mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"code_set": found.code_set, "rows": rows}, file, ensure_ascii=False)
            os.chmod(name, 0o600)
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise LicensedFileError(f"The licensed file could not be stored in {target.parent} ({error.strerror}). Set MEDCODING_LICENSED.") from error
    _stored.cache_clear()
    return found


def remove_licensed(code_set: str = "cpt") -> bool:
    """Forget the licensed file of a set; whether there was one."""
    try:
        store_path(code_set).unlink()
    except OSError:
        return False
    finally:
        _stored.cache_clear()
    return True


def descriptor(number: str, code_set: str = "cpt") -> str | None:
    """The descriptor of a number from the licensed file on this machine, or None. Never store what it returns."""
    entry = stored(code_set).get(_number(number))
    return entry.descriptor if entry else None


def service_of(number: str, code_set: str = "cpt") -> str:
    """The service key that the licensed file maps a number to, or ""."""
    entry = stored(code_set).get(_number(number))
    return entry.service if entry else ""


def numbers_of(service: str, code_set: str = "cpt") -> tuple[str, ...]:
    """The numbers that the licensed file maps to a service key, in order; empty without one."""
    key = normal(service)
    return tuple(sorted(entry.number for entry in stored(code_set).values() if entry.service == key)) if key else ()


def alike(one: str, other: str, code_set: str = "cpt") -> bool:
    """Whether two answers name the same service: the same text, or a key and a number that is mapped to it."""
    first, second = _named(one, code_set), _named(other, code_set)
    return bool(first) and first == second


def stored(code_set: str = "cpt") -> Mapping[str, Entry]:
    """The entries of the licensed file on this machine by number; empty without one or when it cannot be read."""
    path = store_path(code_set)
    try:
        status = path.stat()
    except OSError:
        return {}
    return _stored(path, status.st_mtime_ns, status.st_size)


def store_path(code_set: str) -> Path:
    """Where the licensed file of a set is kept. Raises `LicensedFileError` for another set than "cpt" and "cdt"."""
    if code_set not in SHAPES:
        raise LicensedFileError(f"{code_set!r} is no licensed set: cpt or cdt.")
    named = os.environ.get("MEDCODING_LICENSED")
    if named:
        return Path(named).expanduser() / f"{code_set}.json"
    from platformdirs import user_data_dir

    return Path(user_data_dir("medcoding", appauthor=False), "licensed", f"{code_set}.json")


@lru_cache(maxsize=4)
def _stored(path: Path, changed: int, size: int) -> dict[str, Entry]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return {number: Entry(number, text, service) for number, text, service in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _named(text: object, code_set: str) -> str:
    number = _number(text)
    return service_of(number, code_set) or number if number else normal(text)


def _number(text: object) -> str:
    if not isinstance(text, str) or len(text) > 32:
        return ""
    found = text.strip().upper()
    return found if any(shape.fullmatch(found) for shape in SHAPES.values()) else ""


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_FILE:
            raise _error(file, f"it is larger than {MAX_FILE:,} bytes.")
        data = file.read_bytes()
    except OSError as error:
        raise _error(file, f"it cannot be read: {error.strerror}.") from error
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\x00" in text:
        raise _error(file, "it is no text file. Save it as delimited text (CSV) first.")
    return text


def _delimiter(first: str) -> str:
    counts = {mark: first.count(mark) for mark in "\t|;,"}
    return max(counts, key=lambda mark: counts[mark])


def _columns(file: Path, header: list[str]) -> dict[str, int]:
    names = [re.sub(r"\s+", " ", cell.strip().lower()) for cell in header]
    at = {}
    for column, known in _COLUMNS.items():
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            at[column] = place
    missing = [column for column in ("code", "descriptor") if column not in at]
    if missing:
        wanted = "; ".join(f"{column}: {', '.join(_COLUMNS[column][:4])}" for column in missing)
        raise _error(file, f"its first line names no column for the {' and the '.join(missing)} (known names: {wanted}).", 1)
    return at


def _entry(file: Path, line: int, row: list[str], at: Mapping[str, int]) -> tuple[Entry, str]:
    cells = {column: row[place].strip() if place < len(row) else "" for column, place in at.items()}
    number = cells["code"].upper()
    code_set = next((name for name, shape in SHAPES.items() if shape.fullmatch(number)), None)
    if code_set is None:
        raise _error(file, f"{cells['code'][:12]!r} is neither a CPT number nor a CDT code.", line)
    if not cells["descriptor"] or len(cells["descriptor"]) > MAX_DESCRIPTOR:
        raise _error(file, f"the descriptor of {number} is empty or longer than {MAX_DESCRIPTOR:,} characters.", line)
    service = normal(cells.get("service", ""))
    if service and service not in services():
        raise _error(file, f"{service[:40]!r} is no service key of this course; they begin with {PREFIX!r}, see cpt.services().", line)
    return Entry(number, cells["descriptor"], service), code_set


def _repository(target: Path) -> Path | None:
    return next((parent for parent in target.absolute().parents if (parent / ".git").exists()), None)


def _error(file: Path, message: str, line: int | None = None) -> LicensedFileError:
    where = f"{file.name}, line {line}" if line else file.name
    return LicensedFileError(f"{where}: {message}")
