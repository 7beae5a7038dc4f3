"""Numbers that a word announces: "MRN 5583920", "member ID is HPX-77-40921", "serial number SN-CG5-881207X".

The words stand in the table of identifiers. A value has three digits, or is capitals with a digit and four characters long.
A unique device identifier may stand with its bracketed prefixes: "(01)00885556123456".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medcoding.compliance.privacy.identifiers import identifiers
from medcoding.compliance.privacy.spans import Candidate

_BETWEEN = (
    r"(?:[\s:#=,]|\b(?:is|was|are|reads?|listed|recorded|written|given|of|on|in|the|as|at|no|nr|num|number|numbers|id|file|chart|record|form|"
    r"intake|card|code|template|record|sheet|under|for|ending|last|four|old|new|and|it|patient|her|his|their|this)\b\.?){0,16}"
)
_VALUE = r"(?P<value>(?:\(\d{2}\)[A-Za-z0-9]{1,30}){1,6}|[A-Za-z]{1,3} \d{3,4}(?![\w-])|\d{1,3} [A-Z]{3}(?![\w-])|[A-Za-z0-9](?:[A-Za-z0-9]|[-./#](?=[A-Za-z0-9])){0,30})(?![A-Za-z0-9])"
_LOGIN = re.compile(r"\b(?i:login|user ?name|user ID|screen name|handle|password|passcode|PIN)(?: is| was|:| =)? {0,2}(?P<value>[\w@.#!$%-]{3,40}(?<![.]))")
_PLAIN = re.compile(r"[A-Z0-9./# -]{4,}")


@lru_cache(maxsize=1)
def _announced() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kind and pattern of each identifier that has labels, longest label first."""
    return tuple(
        (entry.kind, re.compile(f"(?:{'|'.join(map(_label, sorted(entry.labels, key=len, reverse=True)))}){_BETWEEN}{_VALUE}"))
        for entry in identifiers() if entry.labels
    )


def _label(label: str) -> str:
    """A label as a pattern: any case between letters' edges; an abbreviation in capitals also at the end of a word ("chartMRN")."""
    stem, _, last = label.rpartition(" ")
    counted = bool(stem) and last == "number"  # "claim number" is also "claim no.", "claim #"
    words = re.escape(stem if counted else label).replace(r"\ ", r"\s{1,3}") + (r"\s{0,3}(?:number|num|nr|no|\#)" if counted else "")
    edge = r"(?![A-Za-z])\.?"
    plain = rf"(?<![A-Za-z])(?i:{words}){edge}"
    return rf"{plain}|(?<![A-Z]){words}{edge}" if label.isupper() else plain


def numbers(text: str) -> Iterator[Candidate]:
    """Candidates of every kind that has labels."""
    for kind, pattern in _announced():
        for found in pattern.finditer(text):
            value = found["value"]
            if _looks_like_a_number(value):
                yield Candidate(*found.span("value"), kind, "labelled", 3)


    for found in _LOGIN.finditer(text):
        if not found["value"].isalpha():
            yield Candidate(*found.span("value"), "other", "labelled", 3)


def _looks_like_a_number(value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    return digits >= 3 or (digits >= 1 and _PLAIN.fullmatch(value) is not None and any(character.isalpha() for character in value))
