"""Shapes and words as SVG text. Lengths are in units of the picture's own view box, which the page scales."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from math import cos, degrees, pi, sin

from medcoding.codes.pictures.palette import SOFT, attributes

_NARROW = frozenset("fijlrtI.,:;'|!()[]/- ")
_WIDE = frozenset("mwMW%@")
_AFTER_HYPHEN = re.compile(r"(?<=[a-z]{3}-)(?=[A-Za-z])")
"""Where a word may be broken: "Metatarsal-Phalangeal", but not "J00-J99"."""
_MONO = 0.602
_BOLD = 1.12
"""How much wider bold text is."""


def escaped(text: str) -> str:
    """Text made safe for SVG and HTML: marks escaped, characters that XML does not know replaced."""
    return html.escape("".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text), quote=True)


def width_of(text: str, size: float, mono: bool = False) -> float:
    """About how wide a text will be; rather too wide than too narrow, for the page's font is not known."""
    if mono:
        return len(text) * size * _MONO
    return sum(0.37 if c in _NARROW else 0.95 if c in _WIDE else 0.7 if c.isupper() else 0.64 if c.isdigit() else 0.62 for c in text) * size


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """A text in lines no wider than `width`, broken at spaces and after hyphens of long words; what is still longer is cut, with a hyphen."""
    size *= _BOLD if bold else 1.0
    found: list[str] = []
    held = ""
    for piece in (part for word in text.split() for part in _AFTER_HYPHEN.split(" " + word)):
        if width_of((held + piece).strip(), size) <= width:
            held += piece
            continue
        if held.strip():
            found.append(held.strip())
        held = piece.lstrip()
        while width_of(held, size) > width and len(held) > 1:
            keep = next((n for n in range(len(held) - 1, 1, -1) if width_of(held[:n] + "-", size) <= width), 1)
            found.append(held[:keep] + "-")
            held = held[keep:]
    return [*found, held.strip()] if held.strip() or not found else found


def number(value: float) -> str:
    """A length with one decimal at most."""
    return f"{round(value, 1) + 0.0:g}"


def text(
    x: float, y: float, content: str, size: float = 14, anchor: str = "start",
    bold: bool = False, mono: bool = False, soft: bool = False, turn: float = 0.0,
) -> str:  # fmt: skip
    """One line of text, its baseline at `y`; `turn` rotates it about its place, in degrees."""
    return f"<text {_place(x, y)}{_font(size, anchor, bold, mono, soft)}{_turned(turn, x, y)}>{escaped(content)}</text>"


def lines(
    x: float, y: float, content: Sequence[str], size: float = 14, step: float = 0, anchor: str = "start",
    bold: bool = False, soft: bool = False,
) -> str:  # fmt: skip
    """Lines of text one below the other, the first baseline at `y`."""
    across, leap = f' x="{number(x)}"', f' dy="{number(step or size * 1.3)}"'
    spans = "".join(f"<tspan{across}{leap if n else ''}>{escaped(line)}</tspan>" for n, line in enumerate(content))
    return f"<text {_place(x, y)}{_font(size, anchor, bold, False, soft)}>{spans}</text>"


def box(x: float, y: float, width: float, height: float, radius: float = 4) -> str:
    """A rectangle with round corners."""
    return f'<rect {_place(x, y)} width="{number(width)}" height="{number(height)}" rx="{number(radius)}"/>'


def line(x: float, y: float, to_x: float, to_y: float) -> str:
    """A straight line."""
    return f'<path d="M{number(x)} {number(y)}L{number(to_x)} {number(to_y)}"/>'


def arc(x: float, y: float, inner: float, outer: float, start: float, end: float) -> str:
    """A piece of a ring between two angles (radians, clockwise from twelve o'clock); a whole ring when they are a turn apart."""
    if end - start >= 2 * pi - 1e-6:
        return f'<path fill-rule="evenodd" d="{_circle(x, y, outer)}{_circle(x, y, inner)}"/>'
    large = int(end - start > pi)
    points = [point(x, y, radius, angle) for radius, angle in ((inner, start), (outer, start), (outer, end), (inner, end))]
    a, b, c, d = (f"{number(px)} {number(py)}" for px, py in points)
    far, near = number(outer), number(inner)
    return f'<path d="M{a}L{b}A{far} {far} 0 {large} 1 {c}L{d}A{near} {near} 0 {large} 0 {a}Z"/>'


def point(x: float, y: float, radius: float, angle: float) -> tuple[float, float]:
    """The place at an angle (radians, clockwise from twelve o'clock) around a center."""
    return x + radius * sin(angle), y - radius * cos(angle)


def tangent(angle: float) -> float:
    """How far to turn a text at an angle so that it lies along the ring and is not upside down, in degrees."""
    turn = degrees(angle) % 360
    return turn - 180 if 90 < turn < 270 else turn if turn <= 90 else turn - 360


def painted(look: str, shapes: Iterable[str]) -> str:
    """Shapes in one of the looks of `palette`, or nothing when there are none."""
    joined = "".join(shapes)
    return f"<g {attributes(look)}>{joined}</g>" if joined else ""


def _circle(x: float, y: float, radius: float) -> str:
    r = number(radius)
    return f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 0 {number(2 * radius)} 0a{r} {r} 0 1 0 {number(-2 * radius)} 0Z"


def _place(x: float, y: float) -> str:
    return f'x="{number(x)}" y="{number(y)}"'


def _font(size: float, anchor: str, bold: bool, mono: bool, soft: bool) -> str:
    parts = [f' font-size="{number(size)}"'] if size != 14 else []
    if anchor != "start":
        parts.append(f' text-anchor="{anchor}"')
    if bold:
        parts.append(' font-weight="700"')
    if mono:
        parts.append(' class="mc-p-mono"')
    if soft:
        parts.append(f' fill-opacity="{SOFT}"')
    return "".join(parts)


def _turned(turn: float, x: float, y: float) -> str:
    return f' transform="rotate({number(turn)} {number(x)} {number(y)})"' if abs(turn) > 0.05 else ""
