"""How the set is built: categories, sections and their number ranges, symbols, two-digit modifiers. Facts, no descriptors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from medcoding.codes.cpt.tables import table

_SHAPES = {
    "I": re.compile(r"[0-9]{5}"),
    "II": re.compile(r"[0-9]{4}F"),
    "III": re.compile(r"[0-9]{4}T"),
    "PLA": re.compile(r"[0-9]{4}U"),
    "MAAA": re.compile(r"[0-9]{4}M"),
}


@dataclass(frozen=True)
class Category:
    """A kind of number: its shape and what it is for. `paid`: whether it can carry a payment."""

    name: str
    shape: str
    plain: str
    paid: bool


@dataclass(frozen=True)
class Section:
    """A part of the book with the number ranges that it holds (both ends included)."""

    key: str
    title: str
    ranges: tuple[tuple[str, str], ...]
    plain: str

    def __str__(self) -> str:
        return f"{self.title} ({', '.join(f'{first}–{last}' for first, last in self.ranges)})"


@dataclass(frozen=True)
class Modifier:
    """A two-digit modifier: what it tells, in the course's words. `add_on`: whether it may stand on an add-on."""

    code: str
    plain: str
    group: str
    citation: str
    add_on: bool = True

    def __str__(self) -> str:
        return f"{self.code} {self.plain}"


@lru_cache(maxsize=1)
def structure() -> Mapping[str, Any]:
    """The whole table: "categories", "sections" (in the order of the book), "series", "symbols" and "rules"."""
    return MappingProxyType(table("cpt_structure"))


@lru_cache(maxsize=1)
def sections() -> tuple[Section, ...]:
    """The sections in the order of the printed book."""
    return tuple(
        Section(key, row["title"], tuple((first, last) for first, last in row["ranges"]), row["plain"])
        for key, row in structure()["sections"].items()
    )


@lru_cache(maxsize=1)
def modifiers() -> Mapping[str, Modifier]:
    """The two-digit modifiers by their digits."""
    return MappingProxyType({code: Modifier(code, **row) for code, row in table("cpt_modifiers").items()})


def category_of(number: str) -> Category | None:
    """The category whose shape a number has, or None; whether the number exists only a licensed file can tell."""
    text = shape_of(number)
    for name, shape in _SHAPES.items():
        if shape.fullmatch(text):
            return Category(name, **structure()["categories"][name])
    return None


def section_of(number: str) -> Section | None:
    """The section whose range a five-digit number falls in; None for one between the ranges and for other shapes.

    The four anesthesia numbers that stand inside the range of medicine are anesthesia.
    """
    text = shape_of(number)
    if not _SHAPES["I"].fullmatch(text):
        return None
    found = [(int(last) - int(first), section) for section in sections() for first, last in section.ranges if first <= text <= last]
    return min(found, key=lambda one: one[0])[1] if found else None


def shape_of(number: object) -> str:
    """A number as it is written, without surrounding space; "" for what is too long or no plain text."""
    if not isinstance(number, str) or len(number) > 32:
        return ""
    text = number.strip().upper()
    return text if len(text) == 5 and text.isascii() else ""
