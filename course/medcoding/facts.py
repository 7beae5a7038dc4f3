"""Dated figures of the course: each with its value, source and as-of date.

Lessons read every number that can grow old from here: ``fact("icd10cm-billable").value``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

import yaml


class UnknownFact(KeyError):
    """No fact of that name; the message lists those whose names are near."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Fact:
    """One dated figure. `status` says how it was established: computed, read or recheck."""

    name: str
    value: int | float | str
    unit: str
    as_of: date
    source: str
    status: str

    def __str__(self) -> str:
        shown = f"{self.value:,}" if isinstance(self.value, int) else str(self.value)
        return f"{shown} {self.unit} ({self.source}, as of {self.as_of.isoformat()})"


@lru_cache(maxsize=1)
def facts() -> dict[str, Fact]:
    """Every fact by name."""
    text = files("medcoding").joinpath("data/facts.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, object]] = yaml.safe_load(text)
    return {name: Fact(name=name, **row) for name, row in table.items()}  # type: ignore[arg-type]


def fact(name: str) -> Fact:
    """The fact called `name`.

    Raises:
        UnknownFact: no such fact; the message lists near names.
    """
    table = facts()
    if name in table:
        return table[name]
    import difflib

    near = difflib.get_close_matches(name, table, n=3, cutoff=0.4)
    raise UnknownFact(f"No fact is called {name!r}. Near: {', '.join(near) or 'none'}.")
