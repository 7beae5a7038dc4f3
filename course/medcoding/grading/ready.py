"""Whether `medcoding course` has anything to do, told without starting nbgrader (whose import takes seconds)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from medcoding.items.publication import write_atomic

READY = "ready.json"


def state(root: Path, bank: Path, open_now: Sequence[str]) -> str:
    """A digest of all that a course is made ready from: bank, source, calendar, configuration, and what is open today."""
    digest = hashlib.sha256("\n".join((os.environ.get("MEDCODING_DB", ""), *open_now)).encode())
    files = [root / "nbgrader_config.py", root / "course" / "calendar.yaml"]
    for folder in (bank, root / "source"):
        files += sorted(path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts)
    for path in files:
        digest.update(str(path).encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def summary_if_ready(root: Path, now: str) -> str | None:
    """What the last run said, if nothing has changed since and all that it released is still there; else None."""
    try:
        last = json.loads((root / "publications" / READY).read_bytes())
        if last["state"] == now and all(Path(path).exists() for path in last["there"]):
            return str(last["summary"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def note_ready(root: Path, now: str, there: Sequence[Path], summary: str) -> None:
    """Remember that the course is ready in this state, and which files and folders that rests on."""
    folder = root / "publications"
    folder.mkdir(exist_ok=True)
    content = {"state": now, "there": [str(path) for path in there], "summary": summary}
    write_atomic(folder / READY, (json.dumps(content, indent=1) + "\n").encode())
