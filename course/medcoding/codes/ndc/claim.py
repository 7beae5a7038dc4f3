"""How a drug number stands on a claim: qualifier, eleven digits, unit, quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from medcoding.codes.ndc.dose import Number, amount
from medcoding.codes.ndc.numbers import NdcError, to_11

QUALIFIER = "N4"
"""Says that an NDC follows (CMS-1500 item 24, shaded line; 837 loop 2410 LIN02)."""


@dataclass(frozen=True)
class Unit:
    """In what the quantity beside an NDC is counted."""

    code: str
    title: str
    plain: str

    def __str__(self) -> str:
        return f"{self.code} ({self.title}): {self.plain}"


def _units() -> Mapping[str, Unit]:
    import yaml

    text = (Path(__file__).parents[2] / "data" / "ndc_units.yaml").read_text(encoding="utf-8")
    return MappingProxyType({code: Unit(code, **row) for code, row in yaml.safe_load(text).items()})


UNITS: Mapping[str, Unit] = _units()
"""The five unit qualifiers of an NDC quantity."""


def claim_string(number: str, unit: str, count: Number, space: str = " ") -> str:
    """The paper form's shaded line: N4, eleven digits, unit qualifier, quantity, in this order.

    "98765-432-10", "ML", "2.5" gives "N498765043210 ML2.5". Payers differ in the space between number and unit; give
    theirs as `space`. The electronic claim holds the parts in separate elements, quantity before unit (loop 2410).
    Raises `NdcError` for the number or the unit, `DoseError` for the quantity.
    """
    problem = unit_problem(unit)
    if problem:
        raise NdcError(problem)
    shown = f"{amount(count, 'quantity').quantize(Decimal('0.001')).normalize():f}"
    return f"{QUALIFIER}{to_11(number)}{space}{unit.upper()}{shown}"


def unit_problem(unit: str) -> str:
    """What is wrong with a unit qualifier, in words; empty when nothing is."""
    if isinstance(unit, str) and unit.strip().upper() in UNITS:
        return ""
    known = ", ".join(f"{one.code} {one.title}" for one in UNITS.values())
    return f"{str(unit)[:8]!r} is no unit of an NDC quantity. The five are: {known}."
