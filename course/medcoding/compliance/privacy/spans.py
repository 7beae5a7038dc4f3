"""Passages found in a text, and how those that overlap become one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from medcoding.compliance.privacy.identifiers import identifier


class Candidate(NamedTuple):
    """What one rule proposes: a half-open range of characters, the kind, the rule's name, and what of it may stay.

    `weight` decides whose kind wins where candidates overlap: a label in the text (3) tells more than a shape with its
    context (2), a shape (1) more than a guess (0).
    """

    start: int
    end: int
    kind: str
    rule: str
    weight: int = 1
    keeps: str = ""


@dataclass(frozen=True)
class Span:
    """One identifier in a text: `text` is `source[start:end]`.

    `kind` is one of the 18 (see `identifiers`), `rule` the finding rule that saw it, `keeps` what may stay of it under Safe
    Harbor ("2026" of a date, "937" of a ZIP code, "90 or older" of an age), `citation` where the rule stands.
    """

    kind: str
    start: int
    end: int
    text: str
    citation: str
    rule: str = ""
    keeps: str = ""

    @property
    def mark(self) -> str:
        """What stands in its place in a redacted text: "[name]", "[date 2026]", "[ZIP 454]", "[age 90 or older]"."""
        word = {"zip": "ZIP", "age": "age"}.get(self.rule, identifier(self.kind).mark)
        return f"[{word} {self.keeps}]" if self.keeps else f"[{word}]"


def merged(text: str, candidates: Iterable[Candidate]) -> Iterator[Span]:
    """Spans in order and without overlap: candidates that share a character become one span, of the weightiest's kind.

    The union is taken, so that nothing that a rule saw stays behind; what may stay is told only of a span that is one rule's own.
    """
    group: list[Candidate] = []
    end = 0
    for candidate in sorted(candidates):
        if group and candidate.start >= end:
            yield _one(text, group, end)
            group, end = [], 0
        group.append(candidate)
        end = max(end, candidate.end)
    if group:
        yield _one(text, group, end)


def _one(text: str, group: list[Candidate], end: int) -> Span:
    start = group[0].start
    best = max(group, key=lambda one: (one.weight, one.end - one.start))
    keeps = best.keeps if (best.start, best.end) == (start, end) else ""
    return Span(best.kind, start, end, text[start:end], identifier(best.kind).citation, best.rule, keeps)
