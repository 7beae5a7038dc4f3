"""Edits: what a payer, a clearinghouse or a good biller finds in a claim before it is paid.

    edits.check(claim)                       # list[Finding], hard errors first
    edits.review(claim, history=earlier)     # list[Edit]: each finding with the fields it speaks of
    claim.render(edits.review(claim))        # the form, with findings on their boxes
    edits.rules()["pair-never"]              # what an edit looks at, how bad it is, where the rule stands

Edits are rows of `data/claim_edits.yaml`; code pairs, unit limits, policies, places, frequencies and modifier conflicts are
tables beside it. Those of pairs and limits are invented for teaching: `edits.official` reads CMS's own files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.claims.edits.core import Edit, Rule, rules
    from medcoding.claims.edits.identifiers import check_digit
    from medcoding.claims.edits.official import read_limits, read_pairs
    from medcoding.claims.edits.policy_table import Policy, policies, policy
    from medcoding.claims.edits.run import FAMILIES, check, review
    from medcoding.claims.edits.tables import Limit, Pair, TableError, Tables, frequencies, places, teaching

__all__ = [
    "FAMILIES",
    "Edit",
    "Limit",
    "Pair",
    "Policy",
    "Rule",
    "TableError",
    "Tables",
    "check",
    "check_digit",
    "frequencies",
    "places",
    "policies",
    "policy",
    "read_limits",
    "read_pairs",
    "review",
    "rules",
    "teaching",
]

_HOME = {
    **dict.fromkeys(("Edit", "Rule", "rules"), "core"),
    **dict.fromkeys(("FAMILIES", "check", "review"), "run"),
    **dict.fromkeys(("Policy", "policies", "policy"), "policy_table"),
    **dict.fromkeys(("Limit", "Pair", "TableError", "Tables", "frequencies", "places", "teaching"), "tables"),
    **dict.fromkeys(("read_limits", "read_pairs"), "official"),
    "check_digit": "identifiers",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
