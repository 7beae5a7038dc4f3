"""The claim: what is billed, drawn as its form, checked by edits, carried as X12, and answered by a payer.

    from medcoding.claims import Claim, edits, samples
    claim = samples.sample("office-knee")          # or Claim.load({...})
    edits.check(claim)                             # list[Finding]
    claim.render(edits.review(claim))              # HTML drawn like the form, findings on their boxes
    x12.write837(claim)                            # the file that is sent
    decision = adjudicate(claim)                   # what a teaching payer answers
    statement.statement(decision.remittance)       # the remittance told, reason by reason

Everything is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.claims.adjudication import adjudicate
    from medcoding.claims.model import Claim, ClaimError, Institutional, Professional

__all__ = ["Claim", "ClaimError", "Institutional", "Professional", "adjudicate"]

PARTS = (
    "adjudication",
    "appeal",
    "edits",
    "ledger",
    "model",
    "reasons",
    "render",
    "samples",
    "statement",
    "x12",
)
"""The parts, one a line: `medcoding.claims.<part>`."""


def __getattr__(name: str) -> Any:
    if name in __all__:
        home = "adjudication" if name == "adjudicate" else "model"
        return getattr(import_module(f"medcoding.claims.{home}"), name)
    if name in PARTS:
        return import_module(f"medcoding.claims.{name}")
    raise AttributeError(f"module 'medcoding.claims' has no attribute {name!r}; it offers {', '.join([*__all__, *PARTS])}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *PARTS})
