"""The 18 identifiers of Safe Harbor as data: what each is, where the rule stands, what of it may stay.

Source: 45 CFR 164.514(b)(2)(i)(A) to (R); the list of a limited data set is 45 CFR 164.514(e)(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from medcoding.compliance.page import Page
from medcoding.compliance.tables import table

RULE = "45 CFR 164.514(b)(2)(i)"


@dataclass(frozen=True)
class Identifier:
    """One of the 18. `letter` is its paragraph in the rule, `mark` its word in a redacted text, `keeps` what may stay.

    `limited` is what a limited data set may keep of it, empty where it must go there too; `labels` are the words that announce
    such a number in a chart.
    """

    kind: str
    letter: str
    title: str
    mark: str
    keeps: str
    limited: str
    labels: tuple[str, ...]
    examples: tuple[str, ...]

    @property
    def citation(self) -> str:
        """Where the rule stands: "45 CFR 164.514(b)(2)(i)(A)"."""
        return f"{RULE}({self.letter})"


class UnknownKind(KeyError):
    """No identifier of that kind; the message lists the 18."""

    def __str__(self) -> str:
        return str(self.args[0])


@lru_cache(maxsize=1)
def identifiers() -> tuple[Identifier, ...]:
    """The 18 in the order of the rule, A to R."""
    return tuple(
        Identifier(**{**row, "labels": tuple(row.get("labels", ())), "examples": tuple(row["examples"])}) for row in table("privacy_identifiers")
    )


@lru_cache(maxsize=1)
def _by_kind() -> dict[str, Identifier]:
    return {entry.kind: entry for entry in identifiers()}


def identifier(kind: str) -> Identifier:
    """The identifier of that kind: "name", "geographic", "date", ... Raises `UnknownKind`."""
    try:
        return _by_kind()[kind]
    except KeyError:
        raise UnknownKind(f"{kind!r} is none of the 18 identifiers. They are {', '.join(_by_kind())}.") from None


def listed() -> Page:
    """The 18 identifiers as a page: what each is, what may stay, what a limited data set may keep, and where the rule stands."""
    rows = tuple((entry.title, entry.keeps or "nothing", entry.limited or "nothing", entry.citation) for entry in identifiers())
    return Page(
        "The 18 identifiers",
        "Safe Harbor removes them for the person, relatives, employers and household members, and asks that nobody knows a way back to the person.",
        ("Identifier", "What may stay under Safe Harbor", "What a limited data set may keep", "Rule"),
        rows,
        ("The other way is expert determination: an expert finds the risk very small and writes down how (45 CFR 164.514(b)(1)).",),
    )
