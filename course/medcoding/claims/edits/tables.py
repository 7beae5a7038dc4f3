"""The tables that edits ask: code pairs, unit limits, coverage policies, places, frequencies, modifier conflicts.

The course's own are teaching tables; a lesson may pass other ones, and an institution the official files of a quarter
(`read_pairs`, `read_limits`).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from medcoding.claims.edits.policy_table import Policy, policies
from medcoding.codes.cpt.tables import table

_DATA = Path(__file__).parents[2] / "data"


class TableError(ValueError):
    """A table cannot be read: the message says which line, what was found and what was expected."""


@dataclass(frozen=True)
class Pair:
    """Two codes that are not paid side by side. `first` is column 1, which is paid, `second` column 2, which is denied.

    `indicator`: 0 no modifier helps, 1 a justified one does, 9 the edit was deleted. `end` is the last day, None while it holds.
    """

    first: str
    second: str
    indicator: str
    start: dt.date
    end: dt.date | None
    rationale: str
    quarter: str
    source: str

    def in_force(self, date: dt.date) -> bool:
        """Whether the pair holds on a date of service; indicator 9 never does."""
        return self.indicator != "9" and self.start <= date and (self.end is None or date <= self.end)


@dataclass(frozen=True)
class Limit:
    """The most units of a code: `indicator` 1 on a line, 2 (policy) and 3 (clinical) on a day, over all lines."""

    code: str
    units: int
    indicator: str
    rationale: str
    source: str


@dataclass(frozen=True)
class Place:
    """A place of service in our own words. `facility`: Medicare pays the facility amount there. Dates are those of use."""

    code: str
    plain: str
    facility: bool
    start: dt.date | None = None
    end: dt.date | None = None

    def in_force(self, date: dt.date) -> bool:
        """Whether the code may be used for a date of service."""
        return (self.start is None or self.start <= date) and (self.end is None or date <= self.end)


@dataclass(frozen=True)
class Frequency:
    """One frequency of a claim: on which kinds it may stand, whether it names an earlier claim, and the status it needs."""

    code: str
    plain: str
    kinds: tuple[str, ...]
    reference: bool
    status: str
    citation: str


@dataclass(frozen=True)
class Conflict:
    """Modifiers of which only one may stand on a line, and why."""

    modifiers: frozenset[str]
    why: str
    citation: str


@dataclass(frozen=True)
class Tables:
    """All of them. `with_pairs` and its like give a copy with other rows, as an exercise with invented edits needs."""

    pair_rows: tuple[Pair, ...]
    limit_rows: tuple[Limit, ...]
    policies: tuple[Policy, ...]

    @cached_property
    def pairs(self) -> Mapping[frozenset[str], tuple[Pair, ...]]:
        """The pairs by their two codes."""
        found: dict[frozenset[str], list[Pair]] = {}
        for pair in self.pair_rows:
            found.setdefault(frozenset((pair.first, pair.second)), []).append(pair)
        return MappingProxyType({key: tuple(rows) for key, rows in found.items()})

    @cached_property
    def limits(self) -> Mapping[str, Limit]:
        """The limits by code."""
        return MappingProxyType({limit.code: limit for limit in self.limit_rows})

    def with_pairs(self, pairs: Iterable[Pair]) -> Tables:
        return replace(self, pair_rows=tuple(pairs))

    def with_limits(self, limits: Iterable[Limit]) -> Tables:
        return replace(self, limit_rows=tuple(limits))

    def with_policies(self, rows: Iterable[Policy]) -> Tables:
        return replace(self, policies=tuple(rows))


@lru_cache(maxsize=1)
def teaching() -> Tables:
    """The course's own tables."""
    return Tables(tuple(_pairs("ncci_teaching.csv")), tuple(_limits("mue_teaching.csv")), tuple(policies().values()))


@lru_cache(maxsize=1)
def places() -> Mapping[str, Place]:
    """The places of service by their two digits."""
    rows = table("place_of_service")["places"]
    return MappingProxyType({code: Place(code, **row) for code, row in rows.items()})


@lru_cache(maxsize=1)
def settings() -> Mapping[str, tuple[str, ...]]:
    """For each setting that a service of the course's table names, the places where it may be given."""
    return MappingProxyType({name: tuple(codes) for name, codes in table("place_of_service")["settings"].items()})


@lru_cache(maxsize=1)
def frequencies() -> Mapping[str, Frequency]:
    """The frequencies by their character."""
    return MappingProxyType({
        code: Frequency(code, row["plain"], tuple(row["kinds"]), row.get("reference", False), row.get("status", ""), row["citation"])
        for code, row in table("claim_frequency").items()
    })  # fmt: skip


@lru_cache(maxsize=1)
def conflicts() -> tuple[Conflict, ...]:
    """The modifiers that exclude each other."""
    return tuple(Conflict(frozenset(row["modifiers"]), row["why"], row["citation"]) for row in table("claim_modifiers")["conflicts"])


@lru_cache(maxsize=1)
def modifier_groups() -> Mapping[str, frozenset[str]]:
    """Groups of modifiers that edits ask about: "pricing", "pair", "places", "repeat", "liability"."""
    return MappingProxyType({name: frozenset(codes) for name, codes in table("claim_modifiers")["groups"].items()})


def _rows(name: str) -> Iterable[dict[str, str]]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader(line for line in lines if not line.startswith("#"))


def _pairs(name: str) -> Iterable[Pair]:
    for row in _rows(name):
        end = dt.date.fromisoformat(row["deleted"]) if row["deleted"] else None
        start = dt.date.fromisoformat(row["effective"])
        yield Pair(row["column1"], row["column2"], row["indicator"], start, end, row["rationale"], row["quarter"], row["source"])


def _limits(name: str) -> Iterable[Limit]:
    for row in _rows(name):
        yield Limit(row["code"], int(row["units"]), row["indicator"], row["rationale"], row["source"])
