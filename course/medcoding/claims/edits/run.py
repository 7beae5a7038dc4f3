"""Runs every edit over a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from medcoding.claims.edits import (
    billing,
    codes,
    conventions,
    coverage,
    drugs,
    filing,
    global_period,
    identifiers,
    modifiers,
    pairs,
    person,
    places_of_service,
    poa,
    pointers,
    sides,
    units,
)
from medcoding.claims.edits.case import Case
from medcoding.claims.edits.core import Edit
from medcoding.claims.edits.tables import Tables, teaching
from medcoding.claims.model import Claim
from medcoding.findings import Finding, Severity

FAMILIES: dict[str, Callable[[Case], Iterator[Edit]]] = {
    "identifiers": identifiers.edits,
    "billing": billing.edits,
    "filing": filing.edits,
    "codes": codes.edits,
    "conventions": conventions.edits,
    "person": person.edits,
    "poa": poa.edits,
    "places": places_of_service.edits,
    "pointers": pointers.edits,
    "sides": sides.edits,
    "drugs": drugs.edits,
    "modifiers": modifiers.edits,
    "units": units.edits,
    "pairs": pairs.edits,
    "global_period": global_period.edits,
    "coverage": coverage.edits,
}
"""The families in the order of a payer's own steps: who and when, codes, then lines, then policy."""

_RANK = {severity: -place for place, severity in enumerate(Severity)}


def review(
    claim: Claim, *, history: Iterable[Claim] = (), tables: Tables | None = None, families: Iterable[str] | None = None
) -> list[Edit]:
    """Every edit that a claim fails, with the fields it speaks of; hard errors first, else in the order of the families.

    `history` are earlier claims, of which those of the same patient count (duplicates, packages, frequency). `tables` are
    the course's teaching tables unless others are given; `families` runs some of them only (names of `FAMILIES`).
    """
    case = Case(claim, tables or teaching(), tuple(history))
    found: list[Edit] = []
    for name in FAMILIES if families is None else families:
        if name not in FAMILIES:
            raise KeyError(f"No family of edits is called {name!r}; there are {', '.join(FAMILIES)}.")
        found += FAMILIES[name](case)
    return sorted(dict.fromkeys(found), key=lambda one: _RANK[one.finding.severity])


def check(
    claim: Claim, *, history: Iterable[Claim] = (), tables: Tables | None = None, families: Iterable[str] | None = None
) -> list[Finding]:
    """The findings of `review`; none for a clean claim."""
    return [one.finding for one in review(claim, history=history, tables=tables, families=families)]
