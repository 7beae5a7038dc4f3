"""Minimum necessary: whether the standard applies to a use, disclosure or request, and what it then means. 45 CFR 164.502(b)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from medcoding.compliance.page import Page
from medcoding.compliance.tables import table


@dataclass(frozen=True)
class Situation:
    """A row of the table: who asks for what, whether the standard `applies`, what to `give`, an example, and the rule."""

    name: str
    situation: str
    applies: bool
    give: str
    example: str
    citation: str


@dataclass(frozen=True)
class Decision:
    """What is to be done in a situation. As a notebook's value it shows as a page."""

    situation: Situation

    @property
    def applies(self) -> bool:
        """Whether only the minimum necessary may be given."""
        return self.situation.applies

    def explain(self) -> Page:
        """The decision as a page."""
        row = self.situation
        lead = "The minimum necessary standard applies." if row.applies else "The minimum necessary standard does not apply."
        return Page(row.situation, lead, ("What to give", "For example", "Rule"), ((row.give, row.example, row.citation),))

    def __str__(self) -> str:
        return self.explain().text

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()


class UnknownSituation(KeyError):
    """No situation of that name; the message lists those of the table."""

    def __str__(self) -> str:
        return str(self.args[0])


@lru_cache(maxsize=1)
def _situations() -> dict[str, Situation]:
    return {row["name"]: Situation(**row) for row in table("privacy_necessity")}


def necessary(name: str) -> Decision:
    """The decision in a situation: "treatment", "payment", "coding", ... Raises `UnknownSituation`."""
    try:
        return Decision(_situations()[name])
    except KeyError:
        raise UnknownSituation(f"{name!r} is no situation of the table. They are {', '.join(_situations())}.") from None


def situations() -> Page:
    """The whole table: where the standard does not apply first, as the rule lists it, then where it does."""
    rows = tuple((row.situation, "applies" if row.applies else "does not apply", row.give, row.citation) for row in _situations().values())
    return Page(
        "Minimum necessary",
        "Use, give out and ask for no more than the purpose needs, except in six cases that the rule names.",
        ("Situation", "The standard", "What to give", "Rule"),
        rows,
    )
