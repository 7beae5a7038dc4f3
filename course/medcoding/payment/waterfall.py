"""A waterfall picture: how amounts add up, one bar a step, each starting where the last one ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from medcoding.payment.steps import ZERO, PaymentInputError

if TYPE_CHECKING:
    from medcoding.codes.pictures.picture import Picture

_LEFT, _LABEL = 262.0, 250.0
_SIZE, _LEAP, _BAR = 13.0, 16.0, 18.0


@dataclass(frozen=True)
class Bar:
    """One bar: its label, what it adds (negative: takes away), the amount as it is written.

    A `total` stands on the ground line and restates the sum so far; its `change` is not used.
    """

    label: str
    change: Decimal
    shown: str
    total: bool = False


def waterfall(title: str, caption: str, bars: Sequence[Bar], sentence: str = "") -> Picture:
    """The bars from top to bottom as a picture with its words. Amounts carry their sign, so that color never tells alone.

    Raises `PaymentInputError` without a bar.
    """
    from medcoding.codes.pictures.drawing import box, line, lines, painted, text, width_of, wrap
    from medcoding.codes.pictures.picture import WIDTH, Picture

    if not bars:
        raise PaymentInputError("There is nothing to draw: a waterfall needs at least one bar.")
    ends = _ends(bars)
    low, high = min(ZERO, *(min(pair) for pair in ends)), max(ZERO, *(max(pair) for pair in ends))
    room = WIDTH - _LEFT - max(width_of(bar.shown, 14) for bar in bars) - 16
    scale = room / float(high - low or 1)

    def place(value: Decimal) -> float:
        return _LEFT + float(value - low) * scale

    shapes: dict[str, list[str]] = {"more": [], "less": [], "lit": [], "rule": []}
    words: list[str] = []
    top = 0.0
    for number, (bar, (start, end)) in enumerate(zip(bars, ends, strict=True)):
        label = wrap(bar.label, _LABEL - 8, _SIZE, bold=bar.total)
        height = max(_BAR + 6, _LEAP * len(label) + 8)
        middle = top + height / 2
        left, right = sorted((place(start), place(end)))
        look = "lit" if bar.total else "more" if end >= start else "less"
        shapes[look].append(box(left, middle - _BAR / 2, max(right - left, 1.5), _BAR, radius=1.5))
        words.append(lines(4, middle + 4.5 - _LEAP * (len(label) - 1) / 2, label, size=_SIZE, step=_LEAP, bold=bar.total))
        words.append(text(right + 8, middle + 5, bar.shown, bold=bar.total))
        top += height
        if number + 1 < len(bars):
            shapes["rule"].append(line(place(end), middle + _BAR / 2, place(end), top + 3))
    body = "".join(painted(look, parts) for look, parts in shapes.items()) + "".join(words)
    said = sentence or f"{len(bars)} bars from top to bottom; the last one is {bars[-1].label}, {bars[-1].shown}."
    rows = tuple((bar.label, bar.shown) for bar in bars)
    return Picture(title, caption, said, body, top + 6, (said,), (("Part", "Amount"), *rows))


def _ends(bars: Sequence[Bar]) -> list[tuple[Decimal, Decimal]]:
    """Where each bar starts and ends."""
    found, reached = [], ZERO
    for bar in bars:
        found.append((ZERO, reached) if bar.total else (reached, reached + bar.change))
        reached = reached if bar.total else reached + bar.change
    return found
