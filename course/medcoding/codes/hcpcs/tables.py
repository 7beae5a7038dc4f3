"""The public tables of this course: the teaching codes, the modifiers, the letter ranges and what indicators mean."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from medcoding.codes.dates import UnknownCode
from medcoding.codes.hcpcs.entry import Code, LetterRange, Modifier

AS_OF = dt.date(2020, 1, 1)
"""The release that the teaching table was checked against, code by code."""

AS_OF_NOTE = "CMS HCPCS Alpha-Numeric file, January 2020"

SOURCES = {
    "2020-01": AS_OF_NOTE,
    "pfs-2022": "CMS CY2022 Physician Fee Schedule final rule; not in the January 2020 file",
    "pfs-2023": "CMS CY2023 Physician Fee Schedule final rule; not in the January 2020 file",
    "pfs-2024": "CMS CY2024 Physician Fee Schedule final rule; not in the January 2020 file",
}
"""The documents that the tables name by a short key in their column `source`."""


_DATA = Path(__file__).parents[2] / "data"


def _text(name: str) -> str:
    return (_DATA / name).read_text(encoding="utf-8")


def _yaml(name: str) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table: dict[str, Any] = yaml.load(_text(name), Loader=loader)
    return table


@lru_cache(maxsize=1)
def letter_ranges() -> Mapping[str, LetterRange]:
    """Every letter from A to V with what its codes are for."""
    table = _yaml("hcpcs_letters.yaml")
    return MappingProxyType({letter: LetterRange(letter=letter, **row) for letter, row in table.items()})


def letter_range(letter: str) -> LetterRange:
    """What codes with a first letter are for; a whole code may be given.

    Raises `UnknownCode` for what begins with no letter from A to V.
    """
    first = letter.strip()[:1].upper() if isinstance(letter, str) else ""
    found = letter_ranges().get(first)
    if found is None:
        raise UnknownCode(f"HCPCS Level II codes begin with a letter from A to V, not with {first!r}.")
    return found


@lru_cache(maxsize=1)
def indicators() -> dict[str, dict[str, str]]:
    """What the indicators mean: tables "coverage", "pricing" and "actions"."""
    return _yaml("hcpcs_indicators.yaml")


@lru_cache(maxsize=1)
def teaching_modifiers() -> Mapping[str, Modifier]:
    """The modifiers by their two characters, in order."""
    return MappingProxyType({
        code: Modifier(
            code, row["plain"], row["group"], row["who"], row.get("valid_from"), row.get("valid_to"),
            SOURCES[row.get("source", "2020-01")],
        )
        for code, row in _yaml("hcpcs_modifiers.yaml").items()
    })  # fmt: skip


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """Words that people type, and the words of the book that they mean: all words of any one text."""
    table = _yaml("hcpcs_synonyms.yaml")
    return {str(typed): tuple(map(str, meant)) if isinstance(meant, list) else (str(meant),) for typed, meant in table.items()}


@lru_cache(maxsize=1)
def teaching_rows() -> Mapping[str, list[str]]:
    """The rows of the teaching table by code, in order: code, title, unit, valid_from, coverage, pricing, source."""
    rows = csv.reader(_text("hcpcs_codes.csv").splitlines())
    next(rows)
    return {row[0]: row for row in rows}


def teaching_code(code: str) -> Code | None:
    """An entry of the teaching table, or None."""
    row = teaching_rows().get(code)
    if row is None:
        return None
    code, title, unit, start, coverage, pricing, source = row
    return Code(code, title, unit, _day(start), None, coverage, tuple(pricing.split()), SOURCES[source], teaching=True)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
