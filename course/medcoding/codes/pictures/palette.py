"""The few looks that every picture is painted with, made for light and dark pages alike.

Text is always the page's own color (`currentColor`), full or softened. A tint behind text is a middle hue laid thinly
over the page's own paper, so that it stays pale on white and dark on black. What carries data without text on it (bars)
is the middle hue itself, 3:1 against both papers. A page may set `--mc-picture-blue` and the others to hues of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Look(NamedTuple):
    """How a shape is painted: a hue ("ink" is the page's text color) and its strength, a line's width, strength and dashes."""

    hue: str
    fill: float
    line: float = 0.0
    line_strength: float = 1.0
    dashes: str = ""


HUES: Mapping[str, str] = MappingProxyType({"blue": "#2b7bc4", "orange": "#bf6210", "green": "#3b8544"})
"""Middle hues: each at least 3:1 against white and against the near-black of dark pages."""

LOOKS: Mapping[str, Look] = MappingProxyType({
    "faint": Look("ink", 0.05, 0.75, 0.45),  # a sibling, an empty place
    "plain": Look("ink", 0.0, 1.0, 0.6),  # a frame
    "lit": Look("blue", 0.30, 2.5),  # what was chosen
    "held": Look("blue", 0.10, 1.5, 0.7),  # the row that holds what was chosen
    "wrong": Look("orange", 0.22, 1.5, 1.0, "5 3"),  # what does not go together
    "added": Look("orange", 0.30, 2.5, 1.0, "5 3"),  # a zero that was put in
    "first": Look("blue", 0.20, 1.0, 0.6),
    "second": Look("green", 0.20, 1.0, 0.6),
    "third": Look("ink", 0.08, 1.0, 0.6),
    "more": Look("blue", 1.0),  # a bar of what there is, or what came
    "less": Look("orange", 1.0),  # a bar of what went
    "rule": Look("ink", 0.0, 1.0, 0.5),  # a thin line
})
"""Every look by name. "lit", "wrong" and "added" also have their own line, so that color never tells alone."""

BEHIND_TEXT = ("faint", "plain", "lit", "held", "wrong", "added", "first", "second", "third")
"""The looks that text may stand on."""

SOFT = 0.8
"""The strength of softened text."""


def attributes(look: str) -> str:
    """A look as SVG attributes, with a class so that a page's own hue may replace ours."""
    hue, fill, line, line_strength, dashes = LOOKS[look]
    color = "currentColor" if hue == "ink" else HUES[hue]
    parts = [f'fill="{color}"' if fill else 'fill="none"']
    if fill not in (0.0, 1.0):
        parts.append(f'fill-opacity="{fill:g}"')
    if line:
        parts.append(f'stroke="currentColor" stroke-width="{line:g}"')
        if line_strength < 1:
            parts.append(f'stroke-opacity="{line_strength:g}"')
        if dashes:
            parts.append(f'stroke-dasharray="{dashes}"')
    named = f'class="mc-p-{hue}" ' if hue != "ink" else ""
    return named + " ".join(parts)


STYLE = "".join(f".mc-p-{hue}{{fill:var(--mc-picture-{hue},{color})}}" for hue, color in HUES.items())
"""The rules inside every SVG."""
