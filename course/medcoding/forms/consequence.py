"""What an answer would have done, beside what the key does. Shown, never scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape

TEACHING_BASE = Decimal("7000.00")
"""Dollars for a relative weight of 1.0: a teaching value of the course, no hospital's rate."""

WIDTH = 220


@dataclass(frozen=True)
class Bar:
    """One amount of a small bar chart; `dollars` says whether it is money."""

    label: str
    amount: Decimal
    dollars: bool = False

    @property
    def words(self) -> str:
        """The amount as it is written beside its bar."""
        return money(self.amount) if self.dollars else f"{self.amount:.3f}"


@dataclass(frozen=True)
class Consequence:
    """One sentence, a table of (what, yours, the key's), and bars where there are amounts to compare.

    `telling` names the rows that tell codes of the key; `kept` leaves them out, for a reader who may try again.
    """

    sentence: str
    rows: tuple[tuple[str, str, str], ...] = ()
    bars: tuple[Bar, ...] = ()
    note: str = ""
    telling: tuple[str, ...] = ()

    def kept(self) -> Consequence:
        """The same without the rows that tell codes of the key."""
        return replace(self, rows=tuple(row for row in self.rows if row[0] not in self.telling))

    def to_html(self) -> str:
        """As an HTML fragment, everything escaped; the bars have their amounts in words beside them."""
        head = "<thead><tr><th scope='col'></th><th scope='col'>Yours</th><th scope='col'>The key</th></tr></thead>" if self.rows else ""
        body = "".join(
            f"<tr><th scope='row'>{escape(what)}</th><td>{escape(yours)}</td><td>{escape(keys)}</td></tr>" for what, yours, keys in self.rows
        )
        table = f"<table class='mc-parts'>{head}<tbody>{body}</tbody></table>" if self.rows else ""
        note = f"<p><em>{escape(self.note)}</em></p>" if self.note else ""
        return f"<div class='mc-consequence'><p>{escape(self.sentence)}</p>{table}{drawn(self.bars)}{note}</div>"


def drawn(bars: Sequence[Bar]) -> str:
    """Bars in the color of the text, the longest first in none: in the order given, with their amounts."""
    most = max((bar.amount for bar in bars), default=Decimal(0))
    if most <= 0:
        return ""
    rows = ""
    for number, bar in enumerate(bars):
        width = max(1, round(float(bar.amount / most) * WIDTH))
        fill = "fill='currentColor'" if number else "fill='none' stroke='currentColor' stroke-width='2'"
        rows += (
            f"<tr><th scope='row'>{escape(bar.label)}</th><td><svg aria-hidden='true' focusable='false' width='{WIDTH}' height='12' viewBox='0 0 {WIDTH} 12'>"
            f"<rect x='1' y='1' width='{max(1, width - 2)}' height='10' {fill}/></svg></td><td>{bar.words}</td></tr>"
        )
    return f"<table class='mc-parts'><tbody>{rows}</tbody></table>"


def money(amount: Decimal) -> str:
    """Dollars and cents with commas, the sign in front."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"
