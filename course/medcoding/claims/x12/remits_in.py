"""Reads remittances (835, guide 005010X221A1) into `Remittance`s. Amounts are exact; faults name segment and element."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from medcoding.claims.x12.elements import ZERO, count, date, maybe_money, money, needed, one_of
from medcoding.claims.x12.problems import X12Error
from medcoding.claims.x12.procedures import from_x12
from medcoding.claims.x12.remittance import (
    GROUPS,
    STATUSES,
    Adjustment,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
)
from medcoding.claims.x12.segments import Segment, Transaction, read

GUIDE = "005010X221A1"
GROUP_CODES = (*GROUPS, "CR")
"""CR (a correction) is no longer written in version 005010, but older payers still send it."""

PASSED = frozenset(("ST", "SE", "CUR", "N2", "N3", "N4", "PER", "RDM", "LX", "TS3", "TS2", "QTY"))
"""Segments of the guide that hold nothing of what is read here."""


def read835(text: str | bytes) -> tuple[Remittance, ...]:
    """Every remittance of a file, in its order.

    Raises:
        X12Error: it is no X12, holds no 835, or breaks the structure; the error names segment and element.
    """
    found = read(text)
    payments = [one for one in found.transactions if one.kind == "835"]
    if len(payments) != len(found.transactions) or not payments:
        other = next((one for one in found.transactions if one.kind != "835"), None)
        if other is None:
            raise X12Error("a transaction (ST to SE) was expected between ISA and IEA; the envelope is empty.")
        raise other.segments[0].fault("835 was expected: this reads remittances; `x12.read837` reads claims.", 1)
    return tuple(_Remit().read(one) for one in payments)


@dataclass(slots=True)
class _Line:
    segment: Segment
    values: dict[str, object]
    adjustments: list[Adjustment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Claim:
    segment: Segment
    values: dict[str, object]
    adjustments: list[Adjustment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    lines: list[RemitLine] = field(default_factory=list)


class _Remit:
    """One transaction while it is read. Segments of a claim belong to the last CLP, those of a line to the last SVC."""

    def __init__(self) -> None:
        self.head: dict[str, object] = {}
        self.party = ""
        self.claims: list[RemitClaim] = []
        self.provider: list[ProviderAdjustment] = []
        self.claim: _Claim | None = None
        self.line: _Line | None = None
        self.ended = False

    def read(self, transaction: Transaction) -> Remittance:
        if not transaction.version.startswith("005010X221"):
            raise transaction.segments[0].fault(f"the guide {GUIDE} was expected (GS08).", 3, found=transaction.version)
        for segment in transaction.segments:
            reader = _READERS.get(segment.name)
            if reader is not None:
                reader(self, segment)
            elif segment.name not in PASSED:
                raise segment.fault("a segment of the 835 was expected; this one is not of that guide.")
        self._close_claim()
        last = transaction.segments[-1]
        for name, what in (("amount", "BPR, the payment"), ("trace_number", "TRN, the number of the check or transfer"), ("payer", "N1*PR, the payer"), ("payee", "N1*PE, the payee")):  # fmt: skip
            if name not in self.head:
                raise last.fault(f"{what}, was expected before the end of the transaction.")
        return Remittance(claims=tuple(self.claims), provider_adjustments=tuple(self.provider), **self.head)  # type: ignore[arg-type]

    # ---- header

    def bpr(self, segment: Segment) -> None:
        self._before_claims(segment)
        self.head["amount"] = money(segment, 2, "the sum that is paid")
        self.head["credit"] = one_of(segment, 3, ("C", "D"), "credit or debit") == "C"
        self.head["method"] = needed(segment, 4, "how it is paid (CHK, ACH, NON, …)")
        self.head["payment_date"] = date(segment, 16, "the day of payment") if segment[16].strip() else None

    def trn(self, segment: Segment) -> None:
        if self.claim is None:
            self.head["trace_number"] = needed(segment, 2, "the number of the check or transfer")

    def n1(self, segment: Segment) -> None:
        self._before_claims(segment)
        self.party = one_of(segment, 1, ("PR", "PE"), "payer or payee")
        name = needed(segment, 2, "a name") if self.party == "PR" else segment[2].strip()
        self.head["payer" if self.party == "PR" else "payee"] = name
        number = segment[4].strip()
        if self.party == "PE" and segment[3] == "XX":
            self.head["payee_npi"] = number
        elif self.party == "PE" and segment[3] == "FI":
            self.head["payee_tax_id"] = number

    def _before_claims(self, segment: Segment) -> None:
        if self.claim is not None:
            raise segment.fault("this segment stands before the first claim (CLP).")

    # ---- claims

    def clp(self, segment: Segment) -> None:
        self._open(segment)
        self._close_claim()
        self.claim = _Claim(
            segment,
            {
                "control_number": needed(segment, 1, "the provider's number of the claim"),
                "status": one_of(segment, 2, frozenset(STATUSES), "what became of the claim"),
                "charge": money(segment, 3, "the charge of the claim"),
                "paid": money(segment, 4, "the payment of the claim"),
                "patient_share": maybe_money(segment, 5, "the patient's share") or ZERO,
                "filing": segment[6].strip(),
                "payer_number": segment[7].strip(),
                "place": segment[8].strip(),
                "frequency": segment[9].strip(),
                "drg": segment[11].strip(),
            },
        )

    def nm1(self, segment: Segment) -> None:
        claim = self._within(segment)
        if segment[1] == "QC":
            claim.values["last"], claim.values["first"] = segment[3].strip(), segment[4].strip()
            claim.values["member_id"] = segment[9].strip()
        elif segment[1] == "82" and segment[8] == "XX":
            claim.values["rendering_npi"] = segment[9].strip()

    def outcome(self, segment: Segment) -> None:
        """MIA (inpatient) and MOA (outpatient): the remark numbers of the whole claim."""
        claim = self._within(segment)
        places = (3, 4, 5, 6, 7) if segment.name == "MOA" else (5, 20, 21, 22, 23)
        claim.remarks.extend(segment[place].strip() for place in places if segment[place].strip())

    def svc(self, segment: Segment) -> None:
        claim = self._within(segment)
        self._close_line()
        parts = segment.parts(1)
        if len(parts) < 2 or not parts[1].strip():
            raise segment.fault("a kind of code and a code were expected, such as HC:J1100.", 1)
        revenue = segment[4].strip()
        code = from_x12(parts[1])
        if parts[0] == "NU":
            revenue, code = code, ""
        billed = segment.parts(6)
        self.line = _Line(
            segment,
            {
                "qualifier": "HC" if parts[0] == "NU" else parts[0],
                "code": code,
                "modifiers": tuple(one for one in parts[2:6] if one),
                "charge": money(segment, 2, "the charge of the line"),
                "paid": money(segment, 3, "the payment of the line"),
                "revenue": revenue,
                "units": count(segment, 5, "the units that are paid") if segment[5].strip() else Decimal(1),
                "billed_code": from_x12(billed[1]) if len(billed) > 1 else "",
            },
        )
        if len(claim.lines) >= 999:
            raise segment.fault("at most 999 lines a claim were expected.")

    def cas(self, segment: Segment) -> None:
        claim = self._within(segment)
        target = self.line.adjustments if self.line is not None else claim.adjustments
        group = one_of(segment, 1, GROUP_CODES, "an adjustment group")
        if not 2 <= len(segment) <= 19:
            raise segment.fault("one to six reasons were expected, each with an amount and perhaps a quantity.", 2)
        for place in range(2, len(segment) + 1, 3):
            reason = segment[place].strip()
            if not reason:
                if segment[place + 1].strip() or segment[place + 2].strip():
                    raise segment.fault("the number of a reason was expected before its amount.", place)
                continue
            amount = money(segment, place + 1, "the amount of the adjustment")
            quantity = count(segment, place + 2, "a quantity") if segment[place + 2].strip() else None
            target.append(Adjustment(group, reason, amount, quantity))

    def dtm(self, segment: Segment) -> None:
        kind = segment[1]
        if self.claim is None:
            if kind == "405":
                self.head["produced"] = date(segment, 2)
            return
        name = {"150": "start", "151": "end", "472": "both", "232": "start", "233": "end", "050": "received"}.get(kind)
        if name is None:
            return
        day = date(segment, 2)
        target = self.line.values if self.line is not None else self.claim.values
        if name == "both":
            target["start"] = target["end"] = day
        elif not (name == "received" and self.line is not None):
            target[name] = day

    def ref(self, segment: Segment) -> None:
        if self.line is not None and segment[1] == "6R":
            self.line.values["control_number"] = segment[2].strip()
        elif self.claim is None and segment[1] == "TJ" and self.party == "PE":
            self.head["payee_tax_id"] = segment[2].strip()
        elif self.claim is None and segment[1] == "2U" and self.party == "PR":
            self.head["payer_id"] = segment[2].strip()

    def amt(self, segment: Segment) -> None:
        self._within(segment)
        amount = money(segment, 2)
        if self.line is not None and segment[1] == "B6":
            self.line.values["allowed"] = amount

    def lq(self, segment: Segment) -> None:
        self._within(segment)
        if self.line is None:
            raise segment.fault("a service line (SVC) was expected before the remarks of a line.")
        if segment[1] == "HE":
            self.line.remarks.append(needed(segment, 2, "a remark number"))

    def plb(self, segment: Segment) -> None:
        self._close_claim()
        self.ended = True
        provider = needed(segment, 1, "the provider's number")
        period = date(segment, 2, "the end of the provider's year")
        if not 4 <= len(segment) <= 14:
            raise segment.fault("one to six adjustments were expected, each a reason with an amount.", 3)
        for place in range(3, len(segment) + 1, 2):
            parts = segment.parts(place)
            if not parts or not parts[0]:
                raise segment.fault("the reason of the adjustment was expected, such as WO.", place)
            amount = money(segment, place + 1, "the amount of the adjustment")
            self.provider.append(ProviderAdjustment(parts[0], amount, parts[1] if len(parts) > 1 else "", provider, period))

    # ---- closing

    def _open(self, segment: Segment) -> None:
        if self.ended:
            raise segment.fault("no claim follows the provider's own adjustments (PLB).")

    def _within(self, segment: Segment) -> _Claim:
        if self.claim is None:
            raise segment.fault("a claim (CLP) was expected before it.")
        return self.claim

    def _close_line(self) -> None:
        line, self.line = self.line, None
        if line is not None and self.claim is not None:
            made = RemitLine(
                adjustments=tuple(line.adjustments), remarks=tuple(line.remarks), position=line.segment.position, **line.values  # type: ignore[arg-type]
            )
            self.claim.lines.append(made)

    def _close_claim(self) -> None:
        self._close_line()
        claim, self.claim = self.claim, None
        if claim is not None:
            made = RemitClaim(
                adjustments=tuple(claim.adjustments), remarks=tuple(claim.remarks), lines=tuple(claim.lines),
                position=claim.segment.position, **claim.values,  # type: ignore[arg-type]
            )  # fmt: skip
            self.claims.append(made)


_READERS: dict[str, Callable[[_Remit, Segment], None]] = {
    "BPR": _Remit.bpr, "TRN": _Remit.trn, "N1": _Remit.n1, "CLP": _Remit.clp, "NM1": _Remit.nm1, "MIA": _Remit.outcome,
    "MOA": _Remit.outcome, "SVC": _Remit.svc, "CAS": _Remit.cas, "DTM": _Remit.dtm, "REF": _Remit.ref, "AMT": _Remit.amt,
    "LQ": _Remit.lq, "PLB": _Remit.plb,
}  # fmt: skip
