"""A chart as lines of plain text: what is shown, what can be marked, and where a passage stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

_HEADER = re.compile(r"^([A-Z][A-Za-z0-9 /&()'.-]{0,40}):\s+(\S.*)$")
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+\S")
MOST_OCCURRENCES = 200


@dataclass(frozen=True)
class Line:
    """One line as it is read: a header field ("Age: 54"), a heading, a list item or a paragraph. `text` has single spaces."""

    kind: Literal["field", "heading", "item", "text"]
    text: str
    name: str = ""

    @property
    def shown(self) -> str:
        """The whole line, the name of a field before its value."""
        return f"{self.name}: {self.text}" if self.name else self.text


@dataclass(frozen=True)
class Place:
    """Characters `start` to `end` (not included) of line `line`, counted from 0."""

    line: int
    start: int
    end: int


@lru_cache(maxsize=256)
def lines(chart: str) -> tuple[Line, ...]:
    """The lines of a chart: `Name: value` lines at its top are fields, `## ` lines headings, `- ` lines items, blocks paragraphs.

    A line that begins with a number (`1. `) stands by itself, and so does what follows it without being indented.
    """
    rest = chart.strip().splitlines() if chart.strip() else []
    found: list[Line] = []
    while rest and (field := _HEADER.match(rest[0].strip())):
        found.append(Line("field", _single(field[2]), field[1]))
        rest.pop(0)
    block: list[str] = []
    kind: Literal["item", "text"] = "text"
    numbered = False

    def close() -> None:
        nonlocal kind, numbered
        numbered = False
        if block:
            found.append(Line(kind, _single(" ".join(block))))
            block.clear()
        kind = "text"

    for raw in rest:
        line = raw.strip()
        if line.startswith("#"):
            close()
            found.append(Line("heading", _single(line.lstrip("#"))))
        elif line.startswith("- "):
            close()
            kind = "item"
            block.append(line[2:])
        elif not line:
            close()
        elif _NUMBERED.match(line):
            close()
            numbered = True
            block.append(line)
        elif (kind == "item" or numbered) and raw[:1] not in " \t":
            close()
            block.append(line)
        else:
            block.append(line)
    close()
    return tuple(found)


def _single(text: str) -> str:
    return " ".join(text.split())


def occurrences(chart: str, passage: str) -> Iterator[Place]:
    """Where a passage stands, in reading order, case and spaces as shown; never over the end of a line."""
    wanted = _single(passage)
    count = 0
    for number, line in enumerate(lines(chart)):
        start = line.shown.find(wanted) if wanted else -1
        while start >= 0 and count < MOST_OCCURRENCES:
            yield Place(number, start, start + len(wanted))
            count += 1
            start = line.shown.find(wanted, start + 1)


def characters(chart: str, place: Place) -> frozenset[tuple[int, int]]:
    """The letters and digits of a place, as (line, column): spaces and punctuation never count."""
    shown = lines(chart)[place.line].shown
    return frozenset((place.line, column) for column in range(place.start, place.end) if shown[column].isalnum())


def whole_words(chart: str, place: Place) -> Place:
    """A place widened to the words that it touches: a selection cannot be finer than that."""
    shown = lines(chart)[place.line].shown
    start, end = place.start, place.end
    while start > 0 and not shown[start - 1].isspace():
        start -= 1
    while end < len(shown) and not shown[end].isspace():
        end += 1
    return Place(place.line, start, end)
