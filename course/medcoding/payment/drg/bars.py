"""A small bar chart of the relative weights of an MS-DRG and its siblings, as a table that needs no colors to be read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from medcoding.payment.drg import weights

if TYPE_CHECKING:
    from medcoding.payment.drg.grouping import Grouping
    from medcoding.payment.drg.weights import Row

WIDTH, HEIGHT = 240, 12
"""Of the longest bar, in pixels."""

_LEFT, _RIGHT = "text-align:left;padding-right:1em", "text-align:right;padding-right:1em"


def bars(grouping: Grouping) -> str:
    """The weights of the siblings as HTML; empty where the weights of the year are not installed.

    The bars are drawn in the color of the text, the stay's own is filled and the others are outlined, and the words
    "this stay" stand beside it. For a screen reader the bars are hidden: the weights are in the table.
    """
    rows = weights.family(grouping.drg) if grouping.weight is not None else ()
    if not rows:
        return ""
    most = max((row.weight or 0 for row in rows), default=0)
    body = "".join(_line(row, row.drg == grouping.drg, float(row.weight or 0) / float(most or 1)) for row in rows)
    caption = "Relative weight" if len(rows) == 1 else "Relative weight of this MS-DRG and its siblings"
    head = "".join(f'<th scope="col" style="{_RIGHT if name == "Weight" else _LEFT}">{name}</th>' for name in ("MS-DRG", "Severity", "Weight", "Drawn"))
    return f"<table class='mc-drg-bars'><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _line(row: Row, own: bool, share: float) -> str:
    width = max(round(share * WIDTH, 1), 1)
    fill = 'fill="currentColor"' if own else 'fill="none" stroke="currentColor"'
    drawing = (
        f'<svg aria-hidden="true" focusable="false" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect x="0.5" y="0.5" width="{max(width - 1, 1):g}" height="{HEIGHT - 1}" {fill}/></svg>'
    )
    words = escape(row.tier.lower().replace("cc", "CC").replace("mCC", "MCC")) or "not split"
    return (
        f'<tr><th scope="row" style="{_LEFT}">{row.drg:03d}{" (this stay)" if own else ""}</th>'
        f'<td style="{_LEFT}">{words}</td><td style="{_RIGHT}">{row.weight}</td><td>{drawing}</td></tr>'
    )
