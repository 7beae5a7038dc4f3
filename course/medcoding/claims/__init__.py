"""The claim: what is billed, drawn as its form, checked by edits, carried as X12, and answered by a payer.

    from medcoding.claims import Claim, edits, samples
    claim = samples.sample("office-knee")          # or Claim.load({...})
    edits.check(claim)                             # list[Finding]
    claim.render(edits.review(claim))              # HTML drawn like the form, findings on their boxes

Everything is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.claims.model import Claim, ClaimError, Institutional, Professional

__all__ = ["Claim", "ClaimError", "Institutional", "Professional"]

PARTS = (
    "adjudicate",
    "edits",
    "model",
    "render",
    "samples",
    "x12",
)
"""The parts, one a line: `medcoding.claims.<part>`."""


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("medcoding.claims.model"), name)
    if name in PARTS:
        return import_module(f"medcoding.claims.{name}")
    raise AttributeError(f"module 'medcoding.claims' has no attribute {name!r}; it offers {', '.join([*__all__, *PARTS])}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *PARTS})
