"""The course's own outpatient groups and rates, invented for lessons, and CMS's status indicators in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from medcoding.codes.cpt.service_table import normal
from medcoding.payment.steps import PaymentInputError
from medcoding.payment.tables import read

LABEL = "Groups and rates are invented teaching values of this course, not CMS's."


@dataclass(frozen=True)
class Indicator:
    """A status indicator: its letter, what it means, how it pays ("own", "cost", "elsewhere", "packaged", "never"), and its rule."""

    letter: str
    plain: str
    pays: str
    wage: bool
    rule: str


@dataclass(frozen=True)
class Entry:
    """One code of the teaching table. `otherwise` is the indicator that holds when the condition of J2 or Q3 does not."""

    code: str
    status: str
    group: str
    rate: Decimal | None = None
    asp: Decimal | None = None
    otherwise: str = ""
    family: str = ""
    visit: bool = False
    critical: bool = False
    apart: bool = False


@dataclass(frozen=True)
class Composite:
    """One payment for several services: its group, its rate and its rule."""

    name: str
    group: str
    rate: Decimal
    rule: str


@lru_cache(maxsize=1)
def indicators() -> Mapping[str, Indicator]:
    """Every status indicator by its letter."""
    return MappingProxyType({letter: Indicator(letter, **row) for letter, row in read("opps_status").items()})


@lru_cache(maxsize=1)
def teaching() -> Mapping[str, Entry]:
    """Every code of the teaching table: service keys and HCPCS codes. Rates are invented; `LABEL` says so wherever they are used."""
    return MappingProxyType({code: Entry(code, **{name: _value(name, one) for name, one in row.items()}) for code, row in read("opps_teaching")["codes"].items()})


@lru_cache(maxsize=1)
def composites() -> Mapping[str, Composite]:
    """Every composite by its name."""
    return MappingProxyType(
        {name: Composite(name, row["group"], Decimal(str(row["rate"])), row["rule"]) for name, row in read("opps_teaching")["composites"].items()}
    )


def entry(code: str) -> Entry:
    """The row of a service key or HCPCS code. Raises `PaymentInputError` naming the nearest ones."""
    name = normal(code)
    found = teaching().get(name) or teaching().get(name.upper())
    if found is None:
        import difflib

        near = ", ".join(difflib.get_close_matches(name, [key.lower() for key in teaching()], n=3, cutoff=0.6))
        hint = f"near: {near}" if near else "opps.teaching() lists those that are, or give `status` and `rate`"
        raise PaymentInputError(f"{str(code)[:60]!r} is not in the teaching table: {hint}.")
    return found


def _value(name: str, value: Any) -> Any:
    return Decimal(str(value)) if name in ("rate", "asp") else value
