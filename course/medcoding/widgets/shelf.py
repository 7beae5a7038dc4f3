"""History and pins of the encoder: one small file for each user of a machine.

A widget's own session would forget them with the kernel, and each notebook would have another list. The file holds codes
and nothing of charts or answers. It is bounded, written whole, and never in the way: one that cannot be read is set aside
under another name, and where nothing can be written the list lives as long as the kernel.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

HISTORY, PINS = 40, 40
"""How many codes each list keeps; the oldest fall out."""

MAX_FILE = 64 << 10
_WAIT = 0.5
_LENGTHS = {"book": 16, "code": 32, "title": 300}

Entry = dict[str, str]
Lists = dict[str, list[Entry]]

_remembered: Lists = {"pins": [], "history": []}
"""What was read or written last, for when the file is out of reach."""


def path() -> Path:
    """The file: in the folder that `MEDCODING_SHELF` names, else in the user's data folder."""
    named = os.environ.get("MEDCODING_SHELF")
    if named:
        return Path(named, "encoder.json")
    from platformdirs import user_data_dir

    return Path(user_data_dir("medcoding", appauthor=False), "encoder.json")


def lists() -> Lists:
    """Both lists, newest first: {"pins": [...], "history": [...]} of {"book", "code", "title"}. Never raises."""
    global _remembered
    try:
        file = path()
        if not file.exists():
            return _copy(_remembered)
        if file.stat().st_size > MAX_FILE:
            raise ValueError("too large")
        _remembered = _sound(json.loads(file.read_text(encoding="utf-8")))
    except OSError:
        pass
    except ValueError:  # no JSON, not of this shape, not even text
        _set_aside(path())
    return _copy(_remembered)


def visited(book: str, code: str, title: str) -> Lists:
    """Put a code at the top of the history."""
    return _change("history", HISTORY, _entry(book, code, title), keep=True)


def pinned(book: str, code: str, title: str, keep: bool) -> Lists:
    """Pin a code, or let it go."""
    return _change("pins", PINS, _entry(book, code, title), keep)


def cleared() -> Lists:
    """Forget the history; pins stay."""
    return _write(lambda known: {**known, "history": []})


def _entry(book: str, code: str, title: str) -> Entry:
    return {"book": book[: _LENGTHS["book"]], "code": code[: _LENGTHS["code"]], "title": title[: _LENGTHS["title"]]}


def _change(name: str, most: int, entry: Entry, keep: bool) -> Lists:
    def changed(known: Lists) -> Lists:
        others = [one for one in known[name] if (one["book"], one["code"]) != (entry["book"], entry["code"])]
        return {**known, name: ([entry, *others] if keep else others)[:most]}

    return _write(changed)


def _write(change: Any) -> Lists:
    """Change the file under a lock; where that is not possible, what is remembered."""
    global _remembered
    try:
        file = path()
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock"), timeout=_WAIT):
            _remembered = change(lists())
            _put(file, json.dumps(_remembered, ensure_ascii=False, indent=1))
    except (OSError, Timeout):
        _remembered = change(_copy(_remembered))
    return _copy(_remembered)


def _put(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=file.stem, suffix=".part", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as part:
            part.write(text)
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _set_aside(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.replace(file.with_name(f"{file.stem}.unreadable-{int(time.time())}.json"))


def _sound(found: object) -> Lists:
    """What was read as lists of entries. Raises `ValueError` for another shape."""
    if not isinstance(found, dict):
        raise ValueError("not an object")
    made: Lists = {}
    for name, most in (("pins", PINS), ("history", HISTORY)):
        entries = found.get(name, [])
        if not isinstance(entries, list):
            raise ValueError(f"{name} is no list")
        for one in entries:
            if not isinstance(one, dict) or any(not isinstance(one.get(key), str) for key in _LENGTHS):
                raise ValueError(f"{name} has something that is no code")
        made[name] = [_entry(one["book"], one["code"], one["title"]) for one in entries[:most]]
    return made


def _copy(known: Lists) -> Lists:
    return {name: [dict(one) for one in entries] for name, entries in known.items()}
