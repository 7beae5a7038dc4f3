"""NDC, the numbers of drug packages: their layouts, what a claim needs, and doses.

    ndc.to_11("0002-1433-80")               # '00002143380'
    ndc.to_12("98765-4321-0")               # '098765432100', the format of 2033
    ndc.waste(132, per=10, container=150)   # 14 units given, 1 wasted
    ndc.on("2026-03-01").search("ketorolac")

Out of the box the book is a teaching table whose numbers are fictional; FDA's product and package files can be added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import DateOutOfRange, UnknownCode
from medcoding.codes.ndc.numbers import (
    LAYOUTS,
    TWELVE_DIGITS_FROM,
    NdcError,
    from_12,
    hyphenated,
    ten_digit_forms,
    to_11,
    to_12,
)

if TYPE_CHECKING:
    from medcoding.codes.ndc.book import Book, Hit, Product, on
    from medcoding.codes.ndc.claim import UNITS, Unit, claim_string, unit_problem
    from medcoding.codes.ndc.dose import DoseError, Waste, billing_units, quantity, waste

__all__ = [
    "LAYOUTS",
    "TWELVE_DIGITS_FROM",
    "UNITS",
    "Book",
    "DateOutOfRange",
    "DoseError",
    "Hit",
    "NdcError",
    "Product",
    "Unit",
    "UnknownCode",
    "Waste",
    "billing_units",
    "claim_string",
    "from_12",
    "hyphenated",
    "on",
    "quantity",
    "ten_digit_forms",
    "to_11",
    "to_12",
    "unit_problem",
    "waste",
]

_LATER = {
    **dict.fromkeys(("Book", "Hit", "Product", "on"), "book"),
    **dict.fromkeys(("UNITS", "Unit", "claim_string", "unit_problem"), "claim"),
    **dict.fromkeys(("DoseError", "Waste", "billing_units", "quantity", "waste"), "dose"),
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value
