"""Safe Harbor, expert determination, limited data set, minimum necessary: what each removes and asks for. 45 CFR 164.514."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from medcoding.compliance.page import Page
from medcoding.compliance.privacy.identifiers import identifier
from medcoding.compliance.tables import table

METHODS = ("safe-harbor", "expert-determination", "limited-data-set", "minimum-necessary")
"""The names of the methods."""


@dataclass(frozen=True)
class Method:
    """A way to give out less: what it removes, what it asks for, which agreement it needs, and what the result is."""

    name: str
    title: str
    removes: str
    asks: str
    agreement: str
    result: str
    citation: str


@lru_cache(maxsize=1)
def _methods() -> dict[str, Method]:
    return {row["name"]: Method(**row) for row in table("privacy_methods")}


def method(name: str) -> Method:
    """The method of that name, one of `METHODS`. Raises `ValueError` for another."""
    try:
        return _methods()[name]
    except KeyError:
        raise ValueError(f"{name!r} is no method. They are {', '.join(METHODS)}.") from None


def may_keep(name: str, kind: str) -> str:
    """What a method may keep of one of the 18 identifiers, in words; empty where nothing stays.

    Raises `ValueError` for an unknown method, `UnknownKind` for an unknown identifier. Source: 45 CFR 164.514(b)(2)(i), (e)(2).
    """
    wanted = method(name)
    found = identifier(kind)
    if wanted.name == "safe-harbor":
        return found.keeps
    if wanted.name == "limited-data-set":
        return found.limited
    return "what the expert finds safe" if wanted.name == "expert-determination" else "what the purpose needs"


def methods() -> Page:
    """The four methods side by side."""
    rows = tuple((one.title, one.removes, one.asks, one.agreement, one.result, one.citation) for one in _methods().values())
    return Page(
        "Four ways to give out less",
        "Two of them make data that the privacy rule no longer protects; the other two do not.",
        ("Method", "Removes", "Asks for", "Agreement", "Result", "Rule"),
        rows,
    )
