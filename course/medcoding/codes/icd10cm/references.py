"""The codes that a note names: "(E08.-)", "(A40-A41)", "(T36-T50 with fifth or sixth character 5)".

A note that names codes in a way that a code alone decides becomes spans with tests; anything else is *conditional*:
it may apply, and a person must read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CODE = r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![0-9A-Za-z])"
_SPAN = re.compile(rf"(?<![0-9A-Za-z])({_CODE})(?:\.?-?\s*(?:-|\bto\b)\s*({_CODE}))?[.\-]*")
_GROUP = re.compile(r"\(([^()]*)\)?")
_FILLER = re.compile(r"(?:\band\b|\bor\b|\bto\b|[\s,;.\-])+")
_ORDINALS = {"4th": 3, "fourth": 3, "5th": 4, "fifth": 4, "6th": 5, "sixth": 5, "7th": 6, "seventh": 6}
_PLACES = re.compile(
    r"(4th|5th|6th|7th|fourth|fifth|sixth|seventh)[\s-]*(?:(or|to)\s+(\w+))?[\s-]*characters?\s+\.?([0-9A-Z]+)"
)
_SUFFIX = re.compile(r"\.([0-9A-Z]+)(?:\s*-\s*\.([0-9A-Z]+))?")
_FINAL = re.compile(r"final characters?\s+-?([0-9A-Z]+)")


@dataclass(frozen=True)
class Span:
    """Codes from `first` to `last` (keys, both with all that is below them), `tests` being (place, characters) to hold.

    Each test is an alternative: one that holds is enough. No tests: every code in the span.
    """

    first: str
    last: str
    tests: tuple[tuple[int, str], ...] = ()

    def holds(self, key: str) -> bool:
        """Whether a key lies in the span and passes a test."""
        if not (key[: len(self.first)] >= self.first and key[: len(self.last)] <= self.last):
            return False
        return not self.tests or any(key[place:].startswith(wanted) for place, wanted in self.tests)

    @property
    def wide(self) -> bool:
        """Whether it covers more than one category."""
        return self.first[:3] != self.last[:3]


@dataclass(frozen=True)
class Reference:
    """What a note names: `spans` of codes, and whether more than the code decides (`conditional`)."""

    spans: tuple[Span, ...]
    conditional: bool = False

    def holds(self, key: str) -> bool:
        """Whether a key is among the codes named."""
        return any(span.holds(key) for span in self.spans)

    def wide_for(self, key: str) -> bool:
        """Whether a key is reached only by a span over several categories."""
        reached = [span for span in self.spans if span.holds(key)]
        return bool(reached) and all(span.wide for span in reached)


@lru_cache(maxsize=16384)
def parse(text: str) -> Reference:
    """The codes that a note names. No spans: it names none (a heading such as "arthropathy in:", or words only)."""
    spans: list[Span] = []
    conditional = False
    for group in _GROUP.findall(text):
        if _SPAN.search(group):
            named, unclear = _group(group)
            spans += named
            conditional |= unclear
    outside = _GROUP.sub(" ", text)
    if not spans and _SPAN.search(outside):
        at = next(_SPAN.finditer(outside)).start()
        spans, conditional = _group(outside[at:])
    if "sequela" in text.lower():
        spans = [_late(span) for span in spans]
    return Reference(tuple(spans), conditional)


def _late(span: Span) -> Span:
    """Sequelae of an injury are its codes with 7th character S (I.A.5, I.B.10)."""
    return Span(span.first, span.last, ((6, "S"),)) if span.first[0] in "ST" and not span.tests else span


def _group(text: str) -> tuple[list[Span], bool]:
    codes, _, condition = text.partition("with")
    tests: tuple[tuple[int, str], ...] = ()
    unclear = False
    if condition:
        tests = _tests(condition)
        unclear = not tests
    spans = [Span(_key(first), _key(last or first), tests) for first, last in _SPAN.findall(codes)]
    unclear |= bool(_FILLER.sub("", _SPAN.sub("", codes)))
    return spans, unclear


def _tests(condition: str) -> tuple[tuple[int, str], ...]:
    places = _PLACES.search(condition)
    if places:
        place, joint, other, wanted = places.groups()
        tests = [(_ORDINALS[place], wanted)]
        if joint == "or" and other in _ORDINALS:
            tests.append((_ORDINALS[other], wanted))
        return tuple(tests)
    final = _FINAL.search(condition)
    if final:
        return ((4, final[1]),)
    suffix = _SUFFIX.search(condition)
    if suffix:
        return tuple((3, wanted) for wanted in suffix.groups() if wanted)
    return ()


def _key(code: str) -> str:
    return code.replace(".", "")
