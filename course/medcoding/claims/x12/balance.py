"""Whether a remittance adds up, to the cent: its lines, its claims, and its check."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from medcoding.claims.x12.remittance import RemitClaim, Remittance
from medcoding.findings import Finding, Severity

CITATION = "005010X221A1 §1.10.2; X12 RFI 2348"
"""Where the guide and its interpretation say how an 835 balances (paraphrased)."""


def check(remittance: Remittance) -> list[Finding]:
    """What does not add up, claim by claim, then the check. No finding: every balance holds.

    A finding's `codes` are the claim's number and, for a line, the line's place from 1.
    """
    found = [one for claim in remittance.claims for one in check_claim(claim)]
    wanted = remittance.claims_paid - remittance.adjusted
    stated = remittance.amount if remittance.credit else -remittance.amount
    if stated != wanted:
        found.append(
            _finding(
                "check-balance",
                f"The check is {_money(stated)}, but the claims pay {_money(remittance.claims_paid)} and the provider's own adjustments take "
                f"{_money(remittance.adjusted)}: {_money(wanted)} was expected, a difference of {_money(stated - wanted)}.",
                remittance.trace_number,
            )
        )
    return found


def check_claim(claim: RemitClaim) -> list[Finding]:
    """What does not add up within one claim: the rules of each line, of the sum of lines, of the claim, of the patient's share."""
    return list(_claim(claim))


def _claim(claim: RemitClaim) -> Iterator[Finding]:
    for place, line in enumerate(claim.lines, 1):
        taken = sum((one.amount for one in line.adjustments), Decimal("0.00"))
        if line.charge - taken != line.paid:
            yield _finding(
                "line-balance",
                f"Claim {claim.control_number}, line {place}: charge {_money(line.charge)} less adjustments {_money(taken)} is "
                f"{_money(line.charge - taken)}, but {_money(line.paid)} was paid.",
                claim.control_number, str(place),
            )  # fmt: skip
    charged = sum((line.charge for line in claim.lines), Decimal("0.00"))
    if claim.lines and charged != claim.charge:
        yield _finding(
            "claim-charge",
            f"Claim {claim.control_number}: the lines charge {_money(charged)} together, the claim {_money(claim.charge)}.",
            claim.control_number,
        )
    taken = claim.total()
    if claim.charge - taken != claim.paid:
        yield _finding(
            "claim-balance",
            f"Claim {claim.control_number}: charge {_money(claim.charge)} less all adjustments {_money(taken)} is "
            f"{_money(claim.charge - taken)}, but {_money(claim.paid)} was paid.",
            claim.control_number,
        )
    share = claim.total("PR")
    if share != claim.patient_share:
        yield _finding(
            "patient-share",
            f"Claim {claim.control_number}: adjustments of the group PR come to {_money(share)}, but the patient's share is given as "
            f"{_money(claim.patient_share)}.",
            claim.control_number, severity=Severity.WARNING,
        )  # fmt: skip


def _finding(rule: str, message: str, *codes: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(severity=severity, rule=rule, message=message, codes=codes, citation=CITATION)


def _money(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}"
