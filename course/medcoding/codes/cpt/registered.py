"""The few numbers that the course may show, each with its section, source and first date of use. Never a descriptor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from medcoding.codes.cpt.tables import table


@dataclass(frozen=True)
class Registered:
    """One registered number."""

    number: str
    section: str
    source: str
    valid_from: dt.date
    valid_to: dt.date | None = None

    def in_force(self, date: dt.date) -> bool:
        """Whether the course may use the number for a date of service."""
        return self.valid_from <= date and (self.valid_to is None or date <= self.valid_to)


@lru_cache(maxsize=1)
def registry() -> Mapping[str, Registered]:
    """Every registered number."""
    return MappingProxyType({row["number"]: Registered(**row) for row in table("cpt_registry")})
