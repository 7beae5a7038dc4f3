"""A claim drawn as its form: boxes where the paper has them, their numbers, our own short labels, findings on the boxes.

    render.render(claim)                              # one HTML fragment, no script, nothing loaded from elsewhere
    render.render(claim, edits.review(claim))         # findings marked by border, sign and word, and listed beneath

The layout follows the places of the boxes; no text of a form is copied. Every value of the claim is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable

from medcoding.claims.edits.core import Edit
from medcoding.claims.model import Claim, Institutional, Professional
from medcoding.claims.render import cms1500, ub04
from medcoding.claims.render.marks import Marks
from medcoding.claims.render.style import STYLE
from medcoding.findings import Finding

__all__ = ["render"]


def render(claim: Claim, found: Iterable[Edit | Finding] = ()) -> str:
    """The claim as one HTML fragment of at most some 40 kB; a claim of very many lines is drawn up to a limit and says so.

    `found` are edits, which know their fields, or findings whose `codes` are paths of fields; each is numbered, marked on
    its boxes and listed beneath the form. Raises `TypeError` for what is no claim.
    """
    marks = Marks(claim, found)
    if isinstance(claim, Professional):
        form = cms1500.form(claim, marks)
    elif isinstance(claim, Institutional):
        form = ub04.form(claim, marks)
    else:
        raise TypeError(f"{type(claim).__name__} is no claim: give a Professional or an Institutional.")
    return f"<section class='mc-claim' aria-label='{marks.title}'><style>{STYLE}</style>{form}{marks.listed()}</section>"
