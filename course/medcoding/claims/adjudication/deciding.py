"""Decides a claim as the teaching payer and writes the remittance."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from medcoding.claims.adjudication.plan import LABEL, Plan, PlanError, plan_of
from medcoding.claims.adjudication.pricing import line_fees, stay
from medcoding.claims.adjudication.refusing import UNPROCESSABLE, WHOLE, Refusal, refusals
from medcoding.claims.adjudication.sharing import Purse, Share, after_earlier, packaged, share
from medcoding.claims.reasons import said
from medcoding.claims.x12.remittance import DENIED, REVERSAL, Adjustment, RemitClaim, RemitLine, Remittance
from medcoding.findings import Finding
from medcoding.payment.steps import ZERO, Number, Step, cents, dollars, exact

if TYPE_CHECKING:
    from medcoding.claims.edits.tables import Tables
    from medcoding.claims.model import Claim
    from medcoding.payment.explanation import Explanation

DAYS_TO_DECIDE = 14
"""Days from the receipt of a claim to its payment, where no day is given."""

FILING = {"CI": "12", "BL": "12"}
"""Kinds of insurance that the 837 knows and the 835 does not, as the 835 says them (CLP06)."""


@dataclass(frozen=True)
class LineDecision:
    """What became of one line, or of a stay as a whole: allowed, paid, adjustments with remarks, and the steps to them."""

    code: str
    charge: Decimal
    allowed: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...] = ()
    steps: tuple[Step, ...] = field(default=(), repr=False)
    refusal: Refusal | None = None

    @property
    def patient(self) -> Decimal:
        """What the patient owes of it."""
        return sum((one.amount for one in self.adjustments if one.group == "PR"), ZERO)


@dataclass(frozen=True)
class Decision:
    """A claim decided. `findings` are what the edits said, `lines` the decisions in the order of the claim (one for a stay)."""

    claim: Claim
    plan: Plan
    lines: tuple[LineDecision, ...]
    findings: tuple[Finding, ...]
    remittance: Remittance

    @property
    def charge(self) -> Decimal:
        return sum((one.charge for one in self.lines), ZERO)

    @property
    def allowed(self) -> Decimal:
        return sum((one.allowed for one in self.lines), ZERO)

    @property
    def paid(self) -> Decimal:
        """What this payer pays."""
        return sum((one.paid for one in self.lines), ZERO)

    @property
    def patient(self) -> Decimal:
        """What the patient owes."""
        return sum((one.patient for one in self.lines), ZERO)

    @property
    def refused(self) -> tuple[LineDecision, ...]:
        """The lines that were refused."""
        return tuple(one for one in self.lines if one.refusal is not None)

    def x12(self) -> str:
        """The remittance as an 835."""
        from medcoding.claims.x12 import write835

        return write835(self.remittance)

    def explain(self) -> Explanation:
        """Every step, line by line: `.text` to read aloud, HTML as the value of a notebook cell."""
        from medcoding.payment.explanation import Explanation

        steps = [dataclasses.replace(step, name=f"{_name(place, line)}: {step.name}") for place, line in enumerate(self.lines, 1) for step in line.steps]
        lead = f"charge {dollars(self.charge)}, allowed {dollars(self.allowed)}, paid {dollars(self.paid)}, the patient owes {dollars(self.patient)}."
        return Explanation(f"{self.plan.name} decides claim {self.claim.control_number}", lead, tuple(steps), (LABEL,))

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()


def adjudicate(
    claim: Claim,
    plan: Plan | None = None,
    *,
    fees: Mapping[str, Number] | None = None,
    deductible: Number = 0,
    history: Iterable[Claim] = (),
    received: dt.date | None = None,
    paid_on: dt.date | None = None,
    tables: Tables | None = None,
) -> Decision:
    """Decide a claim: edits, fees, the patient's share, withholding, earlier payers. The answer depends on nothing else.

    Args:
        claim: the claim, sent to one of its coverages (`destination`).
        plan: the terms; by default those that `data/payer_rules.yaml` gives for the kind of insurance.
        fees: dollars a unit by code, before the course's own teaching fees.
        deductible: what the patient has still to meet, in dollars.
        history: the patient's earlier claims, for duplicates, packages and frequencies.
        received: the day the claim came in, by default the day it was sent; a plan's own filing limit counts to it.
        paid_on: the day of payment, by default 14 days after receipt.
        tables: the tables of the edits, by default the course's.

    Raises:
        PlanError: a claim that voids another (take the earlier decision back with `reversal`), or a fee or deductible below zero.
        PaymentInputError: a fee or deductible that is no number.
    """
    if claim.frequency_code == "8":
        raise PlanError("The claim voids an earlier one: take that decision back with `reversal(decision.remittance)`.")
    terms = plan or plan_of(claim)
    given = {code: cents(exact(fee, f"the fee of {code}")) for code, fee in fees.items()} if fees else None
    purse = Purse(cents(exact(deductible, "deductible")), terms.visit_copay)
    refused, findings = refusals(claim, terms, history, received, tables)
    lines = _stay(claim, terms, refused, purse) if _is_stay(claim) else _lines(claim, terms, refused, given, purse)
    remittance = _remittance(claim, terms, lines, refused.get(WHOLE), received, paid_on)
    return Decision(claim, terms, tuple(lines), tuple(findings), remittance)


def reversal(remittance: Remittance) -> Remittance:
    """An earlier decision taken back: status 22, every amount with its sign turned, and the money carried forward (PLB FB)."""
    from medcoding.claims.x12.remittance import ProviderAdjustment

    claims = tuple(
        dataclasses.replace(
            one, status=REVERSAL, charge=-one.charge, paid=-one.paid, patient_share=-one.patient_share, adjustments=_turned(one.adjustments),
            lines=tuple(
                dataclasses.replace(line, charge=-line.charge, paid=-line.paid, allowed=None, adjustments=_turned(line.adjustments)) for line in one.lines
            ),
        )
        for one in remittance.claims
    )  # fmt: skip
    owed = sum((one.paid for one in claims), ZERO)
    carried = (ProviderAdjustment("FB", owed, remittance.trace_number, remittance.payee_npi, None),) if owed else ()
    return dataclasses.replace(remittance, claims=claims, amount=ZERO, method="NON", trace_number=f"R{remittance.trace_number}"[:50], provider_adjustments=carried)


def _turned(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    return tuple(dataclasses.replace(one, amount=-one.amount) for one in adjustments)


def _is_stay(claim: Claim) -> bool:
    from medcoding.claims.model import Institutional

    return isinstance(claim, Institutional) and claim.inpatient


def _lines(claim: Claim, plan: Plan, refused: Mapping[int, Refusal], fees: Mapping[str, Decimal] | None, purse: Purse) -> list[LineDecision]:
    from medcoding.codes import cpt

    whole = refused.get(WHOLE)
    barred = {place: whole or refused[place] for place in range(len(claim.lines)) if whole or place in refused}
    allowed = line_fees(claim, plan, fees, tuple(barred))
    shares: dict[int, Share] = {}
    for place, fee in allowed.items():
        line = claim.lines[place]
        if fee.packaged:
            shares[place] = packaged(line.charge, fee.steps)
            continue
        service = cpt.services().get(line.code)
        noncovered = min(getattr(line, "noncovered", None) or ZERO, line.charge)
        made = share(line.charge, fee.amount, plan, purse, visit=service is not None and service.kind == "visit", noncovered=noncovered, prospective=fee.prospective)
        made.steps = [*fee.steps, *made.steps]
        made.remarks = ("N130",) if noncovered else ()
        shares[place] = made
    prior = _prior(claim)
    if prior is not None:
        order = list(shares)
        later = after_earlier([claim.lines[place].charge for place in order], [shares[place] for place in order], prior)
        shares = dict(zip(order, later, strict=True))
    return [
        _refused(line.code or getattr(line, "revenue", ""), line.charge, barred[place]) if place in barred else _decided(line.code or getattr(line, "revenue", ""), line.charge, shares[place])
        for place, line in enumerate(claim.lines)
    ]  # fmt: skip


def _prior(claim: Claim) -> Decimal | None:
    """What the payers before this one have paid together; None for the first payer."""
    place = min(claim.destination, len(claim.coverages) - 1)
    return sum((one.paid_or_zero for one in claim.coverages[:place]), ZERO) if place else None


def _decided(code: str, charge: Decimal, made: Share) -> LineDecision:
    return LineDecision(code, charge, made.allowed, made.paid, tuple(made.adjustments), made.remarks, tuple(made.steps))


def _refused(code: str, charge: Decimal, refusal: Refusal) -> LineDecision:
    step = Step("Refused", f"{said(refusal.group, refusal.reason)}: {refusal.message}", ZERO, citation=refusal.citation)
    adjustments = (Adjustment(refusal.group, refusal.reason, charge),) if charge else ()
    return LineDecision(code, charge, ZERO, ZERO, adjustments, refusal.remarks, (step,), refusal)


def _stay(claim: Claim, plan: Plan, refused: Mapping[int, Refusal], purse: Purse) -> list[LineDecision]:
    """A stay is decided as a whole: one allowance for its MS-DRG."""
    from medcoding.claims.model import Institutional

    assert isinstance(claim, Institutional)
    refusal = refused.get(WHOLE) or next((refused[place] for place in sorted(refused)), None)
    priced = stay(claim, plan) if refusal is None else None
    if priced is not None and priced.problem:
        refusal = Refusal("CO", "A8", (), priced.problem, "ungroupable", "42 CFR 412.60(c)")
    if priced is None or refusal is not None:
        assert refusal is not None
        return [_refused("stay", claim.charge, refusal)]
    made = share(claim.charge, priced.amount, plan, purse, noncovered=min(claim.noncovered, claim.charge), prospective=True, as_stay=True)
    made.remarks = ("N130",) if claim.noncovered else ()
    made.steps = [*priced.steps, *made.steps]
    prior = _prior(claim)
    if prior is not None:
        (made,) = after_earlier([claim.charge], [made], prior)
    return [_decided(f"MS-DRG {priced.drg}", claim.charge, made)]


def _remittance(
    claim: Claim, plan: Plan, lines: list[LineDecision], whole: Refusal | None, received: dt.date | None, paid_on: dt.date | None
) -> Remittance:
    came = received or claim.submitted or claim.service_through
    day = paid_on or (came + dt.timedelta(days=DAYS_TO_DECIDE) if came and came.year < 9999 else came)
    paid = sum((one.paid for one in lines), ZERO)
    own = min(claim.destination, len(claim.coverages) - 1)
    nothing = all(one.refusal is not None for one in lines)
    decided = RemitClaim(
        claim.control_number, DENIED if nothing else str(own + 1), sum((one.charge for one in lines), ZERO), paid, sum((one.patient for one in lines), ZERO),
        FILING.get(claim.coverage.filing, claim.coverage.filing), f"ICN{claim.control_number}", _place(claim), claim.frequency_code,
        lines[0].code.removeprefix("MS-DRG ") if lines[0].code.startswith("MS-DRG ") else "",
        claim.patient.last, claim.patient.first, claim.coverage.member_id, _rendering(claim), claim.service_from, claim.service_through, came,
        adjustments=lines[0].adjustments if _is_stay(claim) else (),
        remarks=_claim_remarks(lines, whole, _is_stay(claim)),
        lines=() if _is_stay(claim) else tuple(_remit_line(claim, place, one) for place, one in enumerate(lines)),
    )  # fmt: skip
    return Remittance(
        plan.name, claim.billing.name, paid, f"TP{claim.control_number}", day, (decided,), method="CHK" if paid else "NON",
        payer_id=claim.coverage.payer.payer_id, payee_npi=claim.billing.npi, payee_tax_id=claim.billing.tax_id.replace("-", ""), produced=day,
    )  # fmt: skip


def _place(claim: Claim) -> str:
    from medcoding.claims.model import Institutional, Professional

    if isinstance(claim, Institutional):
        return claim.bill_type[1:3]
    return claim.lines[0].place if isinstance(claim, Professional) else ""


def _rendering(claim: Claim) -> str:
    provider = getattr(claim, "rendering", None)
    return provider.npi if provider else ""


def _claim_remarks(lines: list[LineDecision], whole: Refusal | None, as_stay: bool) -> tuple[str, ...]:
    """Remarks of the whole claim: those of a stay; the right to appeal, unless nothing was processed; none without a decision."""
    own = lines[0].remarks if as_stay else ()
    unprocessed = whole is not None and whole.reason == UNPROCESSABLE
    return tuple(dict.fromkeys((*own, *(("MA130",) if unprocessed else ("MA01",)))))


def _remit_line(claim: Claim, place: int, decided: LineDecision) -> RemitLine:
    line = claim.lines[place]
    start = line.date or claim.service_from
    return RemitLine(
        decided.charge, decided.paid, line.code, line.modifiers if line.code else (), revenue=getattr(line, "revenue", ""), units=line.units,
        start=start, end=getattr(line, "through", None) or start, control_number=str(place + 1), allowed=decided.allowed if decided.allowed else None,
        adjustments=decided.adjustments, remarks=decided.remarks,
    )  # fmt: skip


def _name(place: int, line: LineDecision) -> str:
    return line.code if line.code.startswith("MS-DRG") or line.code == "stay" else f"Line {place}, {line.code}"
