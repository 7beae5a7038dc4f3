"""Puts a mark in place of each identifier: "[name]", "[date 2026]", "[ZIP 454]", "[age 90 or older]"."""

from __future__ import annotations

from medcoding.compliance.page import Page, Passage
from medcoding.compliance.privacy.finding import find
from medcoding.compliance.privacy.identifiers import identifier, identifiers

MOST_ROUNDS = 12
"""A mark may free the words beside it for another rule, so a text is read again until nothing is found."""

LIMITS = (
    "Rules see what a word or a shape announces. A bare name, a nickname, a town without a verb, or a rare job stays unseen: a person reads after them.",
    "Names of providers need not go under Safe Harbor, for the rule speaks of the individual, relatives, employers and household members; the rules cannot tell them apart and mark them too.",
    "Safe Harbor also asks that nobody knows a way to identify the person with what is left (45 CFR 164.514(b)(2)(ii)).",
)


def redact(text: str, *, year: int | None = None) -> str:
    """The text with a mark for each identifier. What may stay is kept in the mark. Redacting twice changes nothing. `year`: see `find`."""
    if not isinstance(text, str):
        return ""
    for _ in range(MOST_ROUNDS):
        spans = find(text, year=year)
        if not spans:
            break
        parts, place = [], 0
        for span in spans:
            parts += [text[place : span.start], span.mark]
            place = span.end
        text = "".join([*parts, text[place:]])
    return text


def explain(text: str, *, year: int | None = None) -> Page:
    """What was found in a text, why, and what may stay, with the text before and after."""
    spans = find(text, year=year)
    kinds = {span.kind for span in spans}
    rows = tuple((span.text, identifier(span.kind).title, span.keeps or "nothing", span.citation) for span in spans)
    count = f"{len(spans)} passage{'' if len(spans) == 1 else 's'} of {len(kinds)} of the {len(identifiers())} identifiers found."
    lead = count if spans else "No identifier found."
    shown = text if isinstance(text, str) else ""
    before = Passage("Before", shown, tuple((span.start, span.end) for span in spans))
    return Page("Identifiers", lead, ("Passage", "Identifier", "What may stay", "Rule"), rows, LIMITS, (before, Passage("After", redact(shown, year=year))))
