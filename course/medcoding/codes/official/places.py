"""Where added files live.

The folders are those of `MEDCODING_OFFICIAL_STORE` (several are separated as in PATH; an administrator's shared one may
be read-only), by default `official` under `MEDCODING_INDEX` and beside the installed Python, then the user's data folder.
Reading looks through them in order; adding writes into the first that can be written.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from medcoding.codes.indexfile import SUFFIX, shared_folders


def folders() -> list[Path]:
    """Where added files may be, in the order of looking."""
    named = os.environ.get("MEDCODING_OFFICIAL_STORE")
    if named:
        return [Path(part) for part in named.split(os.pathsep) if part]
    from platformdirs import user_data_dir

    shared = [folder / "official" for folder in shared_folders()]
    return [*(folder for folder in shared if folder.is_dir()), Path(user_data_dir("medcoding", appauthor=False), "official")]


def paths(kind: str = "") -> list[Path]:
    """The files that may be releases of a kind (of any without a name), in the order of looking."""
    found: list[Path] = []
    for folder in folders():
        with contextlib.suppress(OSError):
            found += sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and path.name.startswith(kind))
    return found
