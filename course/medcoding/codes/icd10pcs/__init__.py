"""ICD-10-PCS, the hospital procedure codes: the book on a date of discharge, its seven axes, its tables and a search.

    book = icd10pcs.on("2026-03-01")
    "0SRB04A" in book               # valid on that date
    book.next_axis("0SR9")          # {value: label} the next axis may take
    book.problem("0SRB0ZZ")         # what is wrong with a code, or None
    icd10pcs.operations("0")        # the root operations, with definitions and guidelines

Importing this is cheap; the index is opened, and if need be built, on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import DateOutOfRange, UnknownCode
from medcoding.codes.icd10pcs.book import Book, on
from medcoding.codes.icd10pcs.entry import Axis, Code
from medcoding.codes.icd10pcs.notation import normalise
from medcoding.codes.icd10pcs.rows import Row
from medcoding.codes.icd10pcs.store import IndexUnavailable, build

if TYPE_CHECKING:
    from medcoding.codes.icd10pcs.search import Hit
    from medcoding.codes.icd10pcs.terms import Term, approaches, body_part_key, device_key, operations

__all__ = [
    "Axis",
    "Book",
    "Code",
    "DateOutOfRange",
    "Hit",
    "IndexUnavailable",
    "Row",
    "Term",
    "UnknownCode",
    "approaches",
    "body_part_key",
    "build",
    "device_key",
    "normalise",
    "on",
    "operations",
]

_LATER = {
    "Hit": "search",
    "Term": "terms",
    "approaches": "terms",
    "body_part_key": "terms",
    "device_key": "terms",
    "operations": "terms",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
