"""Small JSON files beside the store: what was fetched, with its checksum. Written in one step; a broken one is set aside."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

MAX_LEDGER = 1 << 20


class Ledger:
    """What was fetched, by name: address, sha256, size, date, and what the server said of the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str, address: str) -> dict[str, Any]:
        """The last fetch of a name from that address, empty without one."""
        row = read_json(self._path).get(name)
        if not isinstance(row, dict) or row.get("address") != address or not isinstance(row.get("size"), int):
            return {}
        return row if all(isinstance(row.get(field), str) for field in ("sha256", "fetched")) else {}

    def put(self, name: str, row: dict[str, Any]) -> None:
        """Note a fetch. Raises `OSError` when the folder cannot be written."""
        from filelock import FileLock

        with FileLock(f"{self._path}.lock"):
            write_json(self._path, {**read_json(self._path), name: row})


def read_json(path: Path) -> dict[str, Any]:
    """What a file holds, empty without one; one that is no such file is set aside under another name."""
    try:
        if path.stat().st_size > MAX_LEDGER:
            raise ValueError
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    except OSError:
        return {}
    except (ValueError, RecursionError):
        pass
    with contextlib.suppress(OSError):
        path.replace(path.with_name(path.name + ".broken"))
    return {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a file in one step. Raises `OSError`."""
    handle, name = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
