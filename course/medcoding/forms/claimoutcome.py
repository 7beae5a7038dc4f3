"""What a claim would have met: the edits that fire on it, and what a teaching payer would pay, before, as answered, and as keyed."""

from __future__ import annotations

from typing import Any

from medcoding.findings import Finding, Severity
from medcoding.forms.consequence import Bar, Consequence, money

SHOWN = 6
NOTE = "Paid by the course's teaching payer, at teaching fees; no real payer decides like this."


def claim_consequence(first: Any, own: Any, right: Any) -> Consequence:
    """Edits and payment of the claim before, as answered, and as keyed."""
    before, now, goal = (_fired(claim) for claim in (first, own, right))
    still = [found for found in now if found.severity is not Severity.INFO]
    rows = [("Edits that fire", f"{len(now)} (before: {len(before)})", str(len(goal)))]
    rows += [(f"Edit {number}", found.message[:200], "") for number, found in enumerate(still[:SHOWN], 1)]
    mine, theirs = _decided(own), _decided(right)
    if mine is None or theirs is None:
        return Consequence(_sentence(len(before), len(now)), tuple(rows))
    rows.append(("Paid", money(mine.paid), money(theirs.paid)))
    rows.append(("Lines refused", _refused(mine), _refused(theirs)))
    gap = mine.paid - theirs.paid
    said = "" if not gap else f" The payer would pay {money(abs(gap))} {'more' if gap > 0 else 'less'} than on the key's claim."
    bars = (Bar("Yours", mine.paid, dollars=True), Bar("The key", theirs.paid, dollars=True))
    return Consequence(_sentence(len(before), len(now)) + said, tuple(rows), bars, NOTE)


def _sentence(before: int, now: int) -> str:
    if not before and not now:
        return "No edit sees what was wrong here; only the record shows it, and an auditor reads the record."
    if not now:
        return "No edit stops this claim: it goes to the payer clean."
    if now < before:
        return f"{before - now} of {before} edits are settled; {now} would still stop the claim or draw a denial."
    if now > before:
        return f"{now} edits fire, {now - before} more than before: the changes have made new faults."
    return f"{now} edit{'' if now == 1 else 's'} fire{'s' if now == 1 else ''} as before."


def _fired(claim: Any) -> list[Finding]:
    from medcoding.claims import edits

    return list(edits.check(claim))


def _decided(claim: Any) -> Any:
    """The teaching payer's decision; None for a claim that it does not decide, such as a void."""
    from medcoding.claims.adjudication import PlanError, adjudicate
    from medcoding.payment.steps import PaymentInputError

    try:
        return adjudicate(claim)
    except (PlanError, PaymentInputError):
        return None


def _refused(decision: Any) -> str:
    """Refused lines with the numbers of group and reason."""
    told = [f"{line.code or 'line'} ({line.refusal.group} {line.refusal.reason})" for line in decision.refused]
    return ", ".join(told)[:200] or "none"
