"""From a denial to the skeleton of an appeal: may it be appealed, until when, to whom, and what the letter must show.

The skeleton holds facts of the remittance and blanks in square brackets; no argument is invented. Levels, days and amounts are
those of Original Medicare (42 CFR part 405 subpart I, `data/appeal_levels.yaml`); other payers' limits stand in contract and notice.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from medcoding.claims.reasons import remark, said
from medcoding.codes.cpt.tables import table
from medcoding.facts import fact
from medcoding.findings import Finding, Severity

if TYPE_CHECKING:
    from medcoding.claims.ledger import Denial
    from medcoding.claims.model import Claim

BLANK = re.compile(r"\[[^\[\]]+\]")
LATE = "29"
MEDICARE = ("MA", "MB")
"""Claim filing indicators of Original Medicare."""


class AppealError(ValueError):
    """A level that there is not, or a date that cannot be counted from."""


@dataclass(frozen=True)
class Level:
    """One level of appeal: its number, name, who decides, days to ask, and the amount that must remain (0 where none must)."""

    number: int
    name: str
    to: str
    days: int
    amount: Decimal
    citation: str
    content: str

    def deadline(self, notice: dt.date) -> dt.date:
        """The last day on which the request may come in: receipt is presumed 5 days after the notice, then the days run.

        A request counts when it is received, not when it is posted (42 CFR 405.942(a)(2), 405.962(a)(2), 405.1002(a)(4)).
        """
        try:
            return notice + dt.timedelta(days=receipt_days() + self.days)
        except OverflowError:
            raise AppealError(f"The notice is dated {notice.isoformat()}: a date before the year 9999 was expected.") from None


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, Any]:
    found: Mapping[str, Any] = table("appeal_levels")
    return found


def receipt_days() -> int:
    """Days after which a notice is presumed received (42 CFR 405.942(a)(1))."""
    return int(_rows()["receipt_days"])


@lru_cache(maxsize=1)
def levels() -> tuple[Level, ...]:
    """The five levels of Original Medicare in their order, with the amounts in force (`medcoding.facts`)."""
    return tuple(
        Level(**{**row, "amount": Decimal(str(fact(row["amount"]).value)) if row["amount"] else Decimal(0)}) for row in _rows()["levels"]
    )


def level(number: int) -> Level:
    """A level by its number. Raises `AppealError`."""
    for one in levels():
        if one.number == number:
            return one
    raise AppealError(f"There is no level {str(number)[:20]}: 1 to {len(levels())} were expected.")


def check(denial: Denial, number: int = 1, on: dt.date | None = None) -> list[Finding]:
    """What speaks against an appeal of this denial at this level on a day (by default the day of the decision).

    Rules: `correct-first` where the reason asks for a corrected claim, `no-appeal-rights` for an unprocessable claim (RARC MA130,
    42 CFR 405.926(s)) and for a late one (405.926(n)), `below-amount` and `too-late` by level.
    """
    step = level(number)
    found: list[Finding] = []
    if "MA130" in denial.remarks:
        message = "The claim was not processed, so there is no decision to appeal: correct it and send a new claim."
        found.append(_finding("no-appeal-rights", message, denial, "RARC MA130; 42 CFR 405.926(s)"))
    elif denial.code == LATE and denial.filing in MEDICARE:
        message = "A late claim is no decision that Medicare lets anybody appeal; only an exception of 42 CFR 424.44(b), with its proof, helps."
        found.append(_finding("no-appeal-rights", message, denial, "42 CFR 405.926(n); Medicare Claims Processing Manual ch. 1 §70"))
    elif denial.reason.kind == "correct":
        message = f"{said(denial.group, denial.code)}. {denial.reason.do[:1].upper()}{denial.reason.do[1:]}; an appeal would only lose time."
        found.append(_finding("correct-first", message, denial, f"CARC {denial.code}"))
    if denial.filing in MEDICARE:
        if denial.amount < step.amount:
            message = f"${denial.amount:,.2f} is in controversy; a {step.name} needs ${step.amount:,.0f}."
            found.append(_finding("below-amount", message, denial, step.citation))
        last = step.deadline(denial.decided) if denial.decided else None
        if last and (on or denial.decided or last) > last:
            message = f"The request had to be there by {last.isoformat()}; after that only good cause helps."
            found.append(_finding("too-late", message, denial, step.citation))
    return found


def _finding(rule: str, message: str, denial: Denial, citation: str) -> Finding:
    return Finding(severity=Severity.ERROR, rule=rule, message=message, codes=(denial.control_number, denial.code), citation=citation)


@dataclass(frozen=True)
class Letter:
    """The skeleton: `text`, the `blanks` in it, the last day to send it (None where unknown), and what speaks against it."""

    text: str
    deadline: dt.date | None
    findings: tuple[Finding, ...]

    @property
    def blanks(self) -> tuple[str, ...]:
        """Every blank that still has to be filled, in order."""
        return tuple(BLANK.findall(self.text))

    def __str__(self) -> str:
        return self.text


def letter(denial: Denial, claim: Claim | None = None, number: int = 1, on: dt.date | None = None) -> Letter:
    """The skeleton of an appeal of this denial, with what a claim adds: names, numbers, the billed lines.

    It holds what a request must have (42 CFR 405.944(b) and its likes: patient's name and number, services, dates, who asks), then
    what must be shown for the reason at hand, a blank each. Raises `AppealError` for a level that there is not.
    """
    step = level(number)
    medicare = denial.filing in MEDICARE
    last = step.deadline(denial.decided) if medicare and denial.decided else None
    day = f"{on:%B} {on.day}, {on.year}" if on else "[date]"
    lines = [day, "", _to(denial, step, medicare), ""]
    lines.append(f"Request for {step.name}" if medicare else "Appeal of a claim decision")
    lines.append("")
    lines += [f"{name}: {value}" for name, value in _facts(denial, claim)]
    if medicare and last:
        lines.append(f"Must be received by: {last.isoformat()} ({step.citation})")
    lines += ["", "To whom it may concern:", ""]
    lines.append(f"We ask you to look again at the decision of {denial.decided.isoformat() if denial.decided else '[date of the notice]'}, which refused ${denial.amount:,.2f}.")
    lines.append(f"Reason given: {said(denial.group, denial.code)}.")
    lines += [f"Remark {code}: {remark(code).plain}." for code in denial.remarks]
    lines += ["", "The record shows:", *(f"- {one}" for one in shows(denial.code)), ""]
    lines.append(f"We ask that you pay ${denial.amount:,.2f} for {_service(denial)}.")
    lines += ["", "Enclosed: [copy of the notice], [pages of the record named above], [the policy or rule]", ""]
    lines += ["[signature]", claim.billing.name if claim else "[name of the provider]", "[name and phone of the person who signs]"]
    return Letter("\n".join(lines), last, tuple(check(denial, number, on)))


def shows(code: str) -> tuple[str, ...]:
    """What a letter must show against a reason, each line with its blanks."""
    rows = _rows()["shows"]
    return tuple(rows.get(code, rows[""]))


def _to(denial: Denial, step: Level, medicare: bool) -> str:
    if medicare:
        return f"To {step.to}" + (f" ({denial.payer})" if step.number == 1 else "")
    return f"To {denial.payer}, appeals; time limit: [days in the contract or on the notice]"


def _facts(denial: Denial, claim: Claim | None) -> list[tuple[str, str]]:
    service = denial.service_date.isoformat() if denial.service_date else "[date of service]"
    if claim is None:
        return [
            ("Patient", "[name]"), ("Member number", "[number]"), ("Provider's claim number", denial.control_number),
            ("Payer's claim number", denial.payer_number or "[number on the remittance]"), ("Service", _service(denial)), ("Date of service", service),
            ("Provider", "[name, NPI]"),
        ]  # fmt: skip
    return [
        ("Patient", claim.patient.name), ("Member number", claim.coverage.member_id or "[number]"), ("Provider's claim number", denial.control_number),
        ("Payer's claim number", denial.payer_number or "[number on the remittance]"), ("Service", _service(denial)), ("Date of service", service),
        ("Diagnoses on the claim", ", ".join(one.code for one in claim.diagnoses)), ("Provider", f"{claim.billing.name}, NPI {claim.billing.npi or '[NPI]'}"),
    ]  # fmt: skip


def _service(denial: Denial) -> str:
    if denial.line:
        return f"line {denial.line}" + (f", {denial.service}" if denial.service else "")
    return "the whole claim"
