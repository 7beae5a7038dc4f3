"""Table 6K, the complete list of CC exclusions: beside which principal diagnoses a CC or MCC does not count.

A secondary diagnosis that is closely related to the principal one adds nothing to its severity. Table 6K of the IPPS final
rule names, for each CC and MCC, the collection of principal diagnoses that exclude it (Definitions Manual, Appendix C,
part 1). The table of FY 2026 comes with the package `drg`; the grouper has its own copy, for every version, and decides.
"""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from medcoding.codes.indexfile import home_of

YEAR = 2026


@dataclass(frozen=True)
class Collection:
    """The PDX collection of one CC or MCC: its number in Table 6K and the principal diagnoses in it, without dots."""

    number: str
    principals: tuple[str, ...]


@lru_cache(maxsize=256)
def collection(key: str) -> Collection | None:
    """The collection of principal diagnoses that exclude a CC or MCC; None for other codes, and without the package `drg`.

    `key` is the undotted code. The file of 17 MB is mapped, not read: a question takes about 10 ms.
    """
    path = _path()
    if path is None:
        return None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        line = re.search(rb"\n " + re.escape(key.encode("ascii")) + rb" +(?:CC|MCC) +(\d{4}):", text)
        if line is None:
            return None
        number: bytes = line[1]
        start = text.find(b"\nPDX collection " + number, line.end())
        if start < 0:
            return None
        end = text.find(b"\nPDX collection ", start + 1)
        block = text[start : end if end > 0 else len(text)]
    principals = re.findall(rb"\n  ([0-9A-Z]+)", block)
    return Collection(number.decode("ascii"), tuple(code.decode("ascii") for code in principals))


def excludes(principal: str, key: str) -> Collection | None:
    """The collection of `key` when the principal diagnosis stands in it, else None. Both without dots."""
    found = collection(key)
    return found if found is not None and principal in found.principals else None


@lru_cache(maxsize=1)
def _path() -> Path | None:
    home = home_of("drg")
    path = home / "data" / "cms" / "cc_exclusions.txt" if home else None
    return path if path is not None and path.is_file() else None
