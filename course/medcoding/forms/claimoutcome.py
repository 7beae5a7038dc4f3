"""What a claim would have met: the edits that fire on it as it came, as the student left it, and as the key has it."""

from __future__ import annotations

from typing import Any

from medcoding.findings import Finding, Severity
from medcoding.forms.consequence import Consequence

SHOWN = 6


def claim_consequence(first: Any, own: Any, right: Any) -> Consequence:
    """Edits on the claim before, as answered, and as keyed; and which still fire."""
    before, now, goal = (_fired(claim) for claim in (first, own, right))
    still = [found for found in now if found.severity is not Severity.INFO]
    rows = [("Edits that fire", f"{len(now)} (before: {len(before)})", str(len(goal)))]
    rows += [(f"Edit {number}", found.message[:200], "") for number, found in enumerate(still[:SHOWN], 1)]
    if not now:
        sentence = "No edit stops this claim: it goes to the payer clean."
    elif len(now) < len(before):
        sentence = f"{len(before) - len(now)} of {len(before)} edits are settled; {len(now)} would still stop the claim or draw a denial."
    elif len(now) > len(before):
        sentence = f"{len(now)} edits fire, {len(now) - len(before)} more than before: the changes have made new faults."
    else:
        sentence = f"{len(now)} edit{'' if len(now) == 1 else 's'} fire{'s' if len(now) == 1 else ''} as before."
    if not before and not now:
        sentence = "No edit sees what was wrong here; only the record shows it, and an auditor reads the record."
    return Consequence(sentence, tuple(rows))


def _fired(claim: Any) -> list[Finding]:
    from medcoding.claims import edits

    return list(edits.check(claim))
