"""From edits to refusals: which lines the teaching payer does not pay, with group, reason and remarks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from medcoding.claims.adjudication.plan import Plan, rules
from medcoding.claims.edits.run import review
from medcoding.findings import Finding, Severity

if TYPE_CHECKING:
    from medcoding.claims.edits.core import Edit
    from medcoding.claims.edits.tables import Tables
    from medcoding.claims.model import Claim

UNPROCESSABLE, NO_APPEAL = "16", "MA130"
WHOLE = -1
"""In place of a line's number: the whole claim."""


@dataclass(frozen=True)
class Refusal:
    """Why a line is not paid: group and reason of the adjustment, remarks, and the edit's own message."""

    group: str
    reason: str
    remarks: tuple[str, ...]
    message: str
    rule: str
    citation: str = ""


def refusals(
    claim: Claim, plan: Plan, history: Iterable[Claim], received: dt.date | None, tables: Tables | None
) -> tuple[dict[int, Refusal], list[Finding]]:
    """The first refusal of each line (from 0), or of the whole claim (`WHOLE`), and every finding of the edits.

    Only findings of severity error refuse, and denials that a modifier announces.
    """
    edits = review(claim, history=history, tables=tables)
    found: dict[int, Refusal] = {}
    for edit in edits:
        for line, refusal in _of(edit):
            found.setdefault(line, refusal)
    for line, refusal in (*_late(claim, plan, received), *_unauthorized(claim, plan)):
        found.setdefault(line, refusal)
    return found, [edit.finding for edit in edits]


def _of(edit: Edit) -> Iterator[tuple[int, Refusal]]:
    finding = edit.finding
    lines = list(dict.fromkeys(int(path.split(".")[1]) for path in edit.fields if path.startswith("lines.")))
    if edit.rule == "denial-expected":
        row = rules()["announced"].get(next((one for one in finding.codes if one in rules()["announced"]), ""))
        if row is not None:
            yield from ((line, _refusal(row, edit, row["group"])) for line in lines)
        return
    row = rules()["edits"].get(edit.rule)
    if finding.severity is not Severity.ERROR or row is None:
        return
    if not lines:
        kind = "procedure" if any(path.startswith("procedures.") for path in edit.fields) else "diagnosis"
        row = row.get(kind, row)
        refusal = _refusal(row, edit, row.get("group", "CO"))
        if refusal.reason == UNPROCESSABLE and NO_APPEAL not in refusal.remarks:
            refusal = Refusal(refusal.group, refusal.reason, (*refusal.remarks, NO_APPEAL), refusal.message, refusal.rule, refusal.citation)
        yield WHOLE, refusal
        return
    which = row.get("which", "all")
    chosen = lines[:1] if which == "first" else lines[1:2] or lines if which == "second" else lines
    yield from ((line, _refusal(row, edit, row.get("group", "CO"))) for line in chosen)


def _refusal(row: Mapping[str, Any], edit: Edit, group: str) -> Refusal:
    return Refusal(group, row["reason"], tuple(row["remarks"]), edit.finding.message, edit.rule, edit.finding.citation)


def _late(claim: Claim, plan: Plan, received: dt.date | None) -> Iterator[tuple[int, Refusal]]:
    """A plan's own limit, counted from the last service to the day the claim came in."""
    last = claim.service_through
    came = received or claim.submitted
    if plan.days_to_file and last and came and (came - last).days > plan.days_to_file:
        message = f"The claim came in {(came - last).days} days after the last service; the contract of {plan.name} gives {plan.days_to_file}."
        yield WHOLE, Refusal("CO", "29", (), message, "plan-limit", "teaching contract")


def _unauthorized(claim: Claim, plan: Plan) -> Iterator[tuple[int, Refusal]]:
    """Services that the plan pays only with a number of its own on the claim."""
    if not plan.authorization or getattr(claim, "authorization", None):
        return
    for number, line in enumerate(claim.lines):
        if line.code in rules()["needs_authorization"]:
            message = f"{line.code} needs an authorization of {plan.name}, and the claim carries no number."
            yield number, Refusal("CO", "197", ("M62",), message, "no-authorization", "teaching contract")
