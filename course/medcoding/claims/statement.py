"""A remittance told: each line's charge, allowed, paid, patient's share and what is open, with every reason in words."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from medcoding.claims.ledger import Place, destination
from medcoding.claims.reasons import reason, remark, said
from medcoding.claims.x12 import balance
from medcoding.claims.x12.remittance import STATUSES, Adjustment, RemitClaim, RemitLine, Remittance
from medcoding.payment.explanation import NO_MATH

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Split:
    """Where a charge went: charge = paid + patient + written_off + open, where the remittance balances.

    `allowed` is the payer's own word where it gives one, else paid, the patient's shares (reasons 1, 2, 3, 66), what was withheld
    and what earlier payers did.
    """

    charge: Decimal
    allowed: Decimal
    paid: Decimal
    patient: Decimal
    written_off: Decimal
    open: Decimal


def split(decided: RemitClaim | RemitLine) -> Split:
    """How the charge of a claim or a line was shared out."""
    if isinstance(decided, RemitClaim):
        adjustments = [one for _, one in decided.every_adjustment()]
        stated = [line.allowed for line in decided.lines]
        allowed = None if not stated or None in stated or decided.adjustments else sum((one for one in stated if one is not None), ZERO)
    else:
        adjustments, allowed = list(decided.adjustments), decided.allowed
    if allowed is None:
        allowed = decided.paid + sum((one.amount for one in adjustments if _within(one)), ZERO)
    sums = {place: sum((one.amount for one in adjustments if destination(one) is place), ZERO) for place in Place}
    return Split(decided.charge, allowed, decided.paid, sums[Place.PATIENT], sums[Place.WRITTEN_OFF], sums[Place.OPEN])


def _within(adjustment: Adjustment) -> bool:
    kind = reason(adjustment.reason).kind
    return kind in ("withheld", "prior") or (kind == "share" and adjustment.group == "PR")


HEADS = ("Line", "Service", "Charge", "Allowed", "Paid", "Patient", "Written off", "Open", "Why")


@dataclass(frozen=True)
class Statement:
    """What `statement` gives: `.text` to read aloud, HTML as the value of a notebook cell. Everything is escaped."""

    remittance: Remittance

    @property
    def text(self) -> str:
        """The check, then each claim and line in sentences, then what does not add up."""
        paid = self.remittance
        lines = [f"{paid.payer} pays {paid.payee} {_money(paid.amount)} by {paid.trace_number}."]
        for claim in paid.claims:
            lines.append(f"Claim {claim.control_number}, {STATUSES.get(claim.status, claim.status)}. {_sentence(split(claim))}")
            lines += [f"  {why}." for why in _whys(claim.adjustments, claim.remarks)]
            for place, line in enumerate(claim.lines, 1):
                lines.append(f"  Line {place}, {line.code or line.revenue}. {_sentence(split(line))}")
                lines += [f"    {why}." for why in _whys(line.adjustments, line.remarks)]
        for own in paid.provider_adjustments:
            lines.append(f"Outside any claim, {own.reason}: {_money(own.amount)} off the check{f' ({own.reference})' if own.reference else ''}.")
        return "\n".join([*lines, *(f"Does not add up: {one.message}" for one in balance.check(paid))])

    def _repr_html_(self) -> str:
        paid = self.remittance
        head = "".join(f"<th scope='col' style='text-align:{_side(name)};padding:0.2em 0.7em 0.2em 0'>{name}</th>" for name in HEADS)
        parts = [f"<p><strong>{html.escape(paid.payer)}</strong> pays {html.escape(paid.payee)} {_money(paid.amount)} ({html.escape(paid.trace_number)})</p>"]
        for claim in paid.claims:
            name = f"Claim {html.escape(claim.control_number)}: {html.escape(STATUSES.get(claim.status, claim.status))}"
            rows = [_row(str(place), line.code or line.revenue, split(line), _whys(line.adjustments, line.remarks)) for place, line in enumerate(claim.lines, 1)]
            rows.append(_row("All", "", split(claim), _whys(claim.adjustments, claim.remarks)))
            parts.append(
                f"<table style='border-collapse:collapse'><caption style='text-align:left;font-weight:bold'>{name}</caption>"
                f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
            )
        wrong = "".join(f"<li>{html.escape(one.message)}</li>" for one in balance.check(paid))
        return f"<div class='mc-statement {NO_MATH}'>{''.join(parts)}{f'<p><strong>Does not add up:</strong></p><ul>{wrong}</ul>' if wrong else ''}</div>"

    def __str__(self) -> str:
        return self.text


def statement(remittance: Remittance) -> Statement:
    """A remittance told, line by line."""
    return Statement(remittance)


def _sentence(parts: Split) -> str:
    opened = f", still open {_money(parts.open)}" if parts.open else ""
    off = f", written off {_money(parts.written_off)}" if parts.written_off else ""
    return f"Charge {_money(parts.charge)}: allowed {_money(parts.allowed)}, paid {_money(parts.paid)}, patient {_money(parts.patient)}{off}{opened}."


def _whys(adjustments: Iterable[Adjustment], remarks: Sequence[str]) -> list[str]:
    found = [f"{_money(one.amount)}, {said(one.group, one.reason)}" for one in adjustments]
    return found + [f"Remark {code}: {remark(code).plain}" for code in remarks]


def _row(place: str, service: str, parts: Split, whys: Sequence[str]) -> str:
    amounts = (parts.charge, parts.allowed, parts.paid, parts.patient, parts.written_off, parts.open)
    cells = "".join(f"<td style='text-align:right;padding:0.2em 0.7em 0.2em 0'>{_money(one)}</td>" for one in amounts)
    why = "<br>".join(html.escape(one) for one in whys)
    return f"<tr><th scope='row' style='text-align:left'>{html.escape(place)}</th><td>{html.escape(service)}</td>{cells}<td style='text-align:left'>{why}</td></tr>"


def _side(name: str) -> str:
    return "left" if name in ("Line", "Service", "Why") else "right"


def _money(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else ''}${abs(amount):,.2f}"
