"""HCPCS Level II, the codes of supplies, drugs, equipment and services outside the procedure set: a book by date.

    book = hcpcs.on("2026-03-01")
    "J3420" in book                 # in force on that date
    book["J3420"].units             # 'up to 1,000 mcg'
    book["J3420"].units_for(1000)   # 1
    hcpcs.modifiers["JW"].plain     # what a modifier tells, in the course's words
    hcpcs.letter_range("J").title

Out of the box it holds a teaching table; with the official CMS file added it holds every code, its dates, coverage and
pricing indicators. Importing this is cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import DateOutOfRange, UnknownCode
from medcoding.codes.hcpcs.entry import Code, Hit, LetterRange, Modifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from medcoding.codes.hcpcs.book import Book, on
    from medcoding.codes.hcpcs.tables import letter_range, letter_ranges

    modifiers: Mapping[str, Modifier]

__all__ = [
    "Book",
    "Code",
    "DateOutOfRange",
    "Hit",
    "LetterRange",
    "Modifier",
    "UnknownCode",
    "letter_range",
    "letter_ranges",
    "modifiers",
    "on",
]

_LATER = {"Book": "book", "on": "book", "letter_range": "tables", "letter_ranges": "tables"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    value: Any
    if name == "modifiers":
        value = import_module(f"{__name__}.tables").teaching_modifiers()
    elif name in _LATER:
        value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value
