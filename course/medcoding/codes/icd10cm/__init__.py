"""ICD-10-CM, the diagnosis codes: the book on a date of service, its notes, its conventions, and a search.

    book = icd10cm.on("2026-03-01")
    "E11.65" in book                # reportable on that date
    book["E11.65"].excludes1        # own notes and inherited ones
    book.problem("E11")             # what is wrong with a code, or None

Importing this is cheap; the index is opened, and if need be built, on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medcoding.codes.icd10cm.book import Book, on
from medcoding.codes.icd10cm.entry import Ancestor, Code, DateOutOfRange, Note, UnknownCode
from medcoding.codes.icd10cm.notation import normalise
from medcoding.codes.icd10cm.store import IndexUnavailable, build

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.rules import conventions, never_first
    from medcoding.codes.icd10cm.search import Hit

__all__ = [
    "Ancestor",
    "Book",
    "Code",
    "DateOutOfRange",
    "Hit",
    "IndexUnavailable",
    "Note",
    "UnknownCode",
    "build",
    "conventions",
    "never_first",
    "normalise",
    "on",
]

_LATER = {"Hit": "search", "conventions": "rules", "never_first": "rules"}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
