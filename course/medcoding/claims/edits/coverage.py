"""Medical necessity and frequency by policy, and services that are no benefit (42 U.S.C. 1395y(a); CPM ch. 30 §50)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit, listed
from medcoding.claims.edits.policy_table import Policy
from medcoding.claims.edits.tables import modifier_groups

_WHO_PAYS = {
    "GA": "a required notice is signed, so the patient may be billed",
    "GX": "a voluntary notice was given",
    "GY": "it is no benefit, and the patient may be billed",
    "GZ": "no notice was signed, so the provider bears it",
}


def edits(case: Case) -> Iterator[Edit]:
    """Each line against the policies for its code that bind the payer."""
    medicare = case.claim.coverage.medicare
    for placed in case.coded_lines:
        for policy in case.tables.policies:
            if placed.code in policy.services and policy.holds_for(medicare):
                yield from _line(case, placed, policy)


def _line(case: Case, placed: Placed, policy: Policy) -> Iterator[Edit]:
    liability = [one for one in placed.line.modifiers if one in modifier_groups()["liability"]]
    if policy.excluded:
        if "GY" in liability:
            yield _announced(placed, policy, "GY")
        else:
            message = f"{placed.code} is no benefit ({policy.title.lower()}). If the patient wants a denial for another insurer, report it with GY; else do not bill it here."
            yield edit("excluded-service", message, [placed.at("code"), placed.at("modifiers")], [placed.code], citation=policy.citation)
        return
    supporting = case.supporting(placed)
    if policy.supports and supporting and not any(policy.supported_by(code) for _, code in supporting):
        if liability:
            yield _announced(placed, policy, liability[0])
        else:
            yield _unsupported(case, placed, policy, supporting)
    if policy.months:
        yield from _too_soon(case, placed, policy)


def _announced(placed: Placed, policy: Policy, modifier: str) -> Edit:
    message = f"{placed.code} with {modifier}: a denial under “{policy.title}” is expected; {_WHO_PAYS[modifier]}."
    return edit("denial-expected", message, [placed.at("modifiers")], [placed.code, modifier], citation=policy.citation)


def _unsupported(case: Case, placed: Placed, policy: Policy, supporting: tuple[tuple[str, str], ...]) -> Edit:
    codes = list(dict.fromkeys(code for _, code in supporting))
    elsewhere = [code for _, code in case.diagnoses if code not in codes and policy.supported_by(code)]
    hint = f" {listed(elsewhere)} on this claim would support it: see whether the pointer is right." if elsewhere else ""
    kind = "The teaching policy" if policy.teaching else "The policy"
    shown = ", ".join(policy.written[:8]) + (", …" if len(policy.written) > 8 else "")
    message = (
        f"{kind} “{policy.title}” does not support {placed.code} with {listed(codes, 'and')}; it names {shown}.{hint} "
        "Read the note again, or ask; never change a diagnosis to fit a policy."
    )
    fields = [placed.at("pointers" if case.professional else "code"), *(path for path, _ in supporting)]
    return edit("not-supported", message, fields, [placed.code, *codes], citation=policy.citation)


def _too_soon(case: Case, placed: Placed, policy: Policy) -> Iterator[Edit]:
    date = case.date_of(placed)
    before = [
        day
        for claim in case.earlier
        for line in claim.lines
        if line.code in policy.services and (day := line.date or claim.service_from) is not None and date is not None and day < date
    ]
    if not before or date is None:
        return
    last = max(before)
    if _months(last, date) <= policy.months:
        message = (
            f"{placed.code} was done on {last} and again on {date}: {policy.months} full months must lie between the two months "
            f"(“{policy.title}”). Payment is refused unless a notice was signed (GA)."
        )
        yield edit("too-soon", message, [placed.at("date"), placed.at("code")], [placed.code], citation=policy.citation)


def _months(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
