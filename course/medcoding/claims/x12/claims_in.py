"""Reads claims (837P 005010X222A1, 837I 005010X223A2) into the claim model. Faults name segment and element.

What the model has no field for (reports, certifications, line prices of other payers, …) is passed over.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from medcoding.claims.x12 import claim_segments as of_claim
from medcoding.claims.x12.elements import date, needed, one_of
from medcoding.claims.x12.parties import ORDER
from medcoding.claims.x12.problems import X12Error
from medcoding.claims.x12.segments import Segment, Transaction, read

if TYPE_CHECKING:
    from medcoding.claims.model import Institutional, Professional

KINDS = {"005010X222": "professional", "005010X223": "institutional"}

PASSED = frozenset(
    ("ST", "SE", "CUR", "PWK", "CN1", "K3", "CR1", "CR2", "CR3", "CRC", "HCP", "MOA", "MIA", "CAS", "SV5", "QTY", "MEA", "PS1", "SVD", "LQ", "FRM", "OI")
)
"""Segments of the guides that hold nothing of the model."""

MOST_CLAIMS = 50_000

ROLES = {
    "85": "billing", "IL": "insured", "PR": "payer", "QC": "patient", "82": "rendering", "DN": "referring", "DK": "referring", "DQ": "referring",
    "77": "facility", "71": "attending", "72": "operating",
}  # fmt: skip
"""Who an NM1 names (NM101), where the model has a place for it."""


def read837(text: str | bytes) -> tuple[Professional | Institutional, ...]:
    """Every claim of a file, in its order.

    Raises:
        X12Error: it is no X12, holds no 837, breaks the structure, or a claim says what no form could hold.
    """
    found = read(text)
    for one in found.transactions:
        if one.kind != "837":
            raise one.segments[0].fault("837 was expected: this reads claims; `x12.read835` reads remittances.", 1)
    if not found.transactions:
        raise X12Error("a transaction (ST to SE) was expected between ISA and IEA; the envelope is empty.")
    return tuple(claim for one in found.transactions for claim in Submission(one).claims())


class Submission:
    """One 837 while it is read: billing provider, then subscribers, then patients, then their claims."""

    def __init__(self, transaction: Transaction) -> None:
        kind = KINDS.get(transaction.version[:10])
        if kind is None:
            raise transaction.segments[0].fault("the guide 005010X222A1 or 005010X223A2 was expected (GS08).", 3, found=transaction.version)
        self.kind = kind
        self.transaction = transaction
        self.submitted: str | None = None
        self.billing: dict[str, Any] = {}
        self.coverage: dict[str, Any] = {}
        self.level = "P"
        self.patient: dict[str, Any] | None = None
        self.insured: dict[str, Any] = {}
        self.party: dict[str, Any] = {}
        self.claim: dict[str, Any] | None = None
        self.start: Segment | None = None
        self.line: dict[str, Any] | None = None
        self.other: dict[str, Any] | None = None
        self.others: list[tuple[str, dict[str, Any]]] = []
        self.made: list[Professional | Institutional] = []

    def claims(self) -> list[Professional | Institutional]:
        for segment in self.transaction.segments:
            reader = _READERS.get(segment.name)
            if reader is not None:
                reader(self, segment)
            elif segment.name not in PASSED:
                raise segment.fault("a segment of the 837 was expected; this one is not of that guide.")
        self._close()
        if not self.made:
            raise self.transaction.segments[-1].fault("at least one claim (CLM) was expected before it.")
        return self.made

    # ---- who

    def bht(self, segment: Segment) -> None:
        if segment[4].strip():
            self.submitted = date(segment, 4, "the day of the transaction").isoformat()

    def hl(self, segment: Segment) -> None:
        self._close()
        level = one_of(segment, 3, ("20", "22", "23"), "the level: billing provider, subscriber, patient")
        if level == "20":
            self.billing = self.party = {}
        elif not self.billing:
            raise segment.fault("a billing provider (HL with level 20) was expected before it.", 3)
        elif level == "22":
            self.coverage, self.insured, self.patient = {}, {}, None
        else:
            if not self.coverage:
                raise segment.fault("a subscriber (HL with level 22) was expected before it.", 3)
            self.patient = {}

    def sbr(self, segment: Segment) -> None:
        level = needed(segment, 1, "who pays in which order (P, S, T, …)")
        values = {"relationship": segment[2].strip(), "group_number": segment[3].strip(), "plan_name": segment[4].strip(), "filing": segment[9].strip()}
        values = {name: value for name, value in values.items() if value}
        if self.claim is None:
            self.level, self.coverage = level, values
        else:
            self.line = None
            self.other = values
            self.others.append((level, values))

    def pat(self, segment: Segment) -> None:
        if self.patient is not None and segment[1].strip():
            self.coverage["relationship"] = segment[1].strip()

    def nm1(self, segment: Segment) -> None:
        role = ROLES.get(segment[1])
        person = segment[2] == "1"
        self.party = party = {} if role is None else self._target(role, segment)
        if role is None:
            return
        if role in ("insured", "patient"):
            names = {"last": segment[3], "first": segment[4], "middle": segment[5]}
        else:
            names = {"name": segment[3], "first": segment[4] if person else ""}
        party.update({name: value.strip() for name, value in names.items() if value.strip()})
        number = segment[9].strip()
        if role == "insured":
            (self.other if self.other is not None else self.coverage)["member_id"] = number
        elif role == "payer":
            party["payer_id"] = number
        elif number and segment[8] == "XX":
            party["npi"] = number

    def _target(self, role: str, segment: Segment) -> dict[str, Any]:
        """The part of the data that an NM1 of this role fills."""
        if role == "billing" and self.claim is None:
            return self.billing
        if self.other is not None:
            return self._part(self.other, role) if role in ("insured", "payer") else {}
        if role in ("insured", "payer") and self.claim is None:
            return self.insured if role == "insured" else self._part(self.coverage, "payer")
        if role == "patient" and self.patient is not None:
            return self.patient
        if self.claim is None or role in ("billing", "insured", "payer", "patient"):
            raise segment.fault("nobody of this role was expected here.", 1)
        if self.line is not None and role == "rendering":
            return self._part(self.line, role)
        if role == "referring":
            self.claim["referring_role"] = segment[1]
        return self._part(self.claim, role)

    @staticmethod
    def _part(data: dict[str, Any], name: str) -> dict[str, Any]:
        part: dict[str, Any] = {}
        data[name] = part
        return part

    def n3(self, segment: Segment) -> None:
        self.party.setdefault("address", {})["street"] = segment[1].strip()

    def n4(self, segment: Segment) -> None:
        zip_code = segment[3].strip()
        if len(zip_code) == 9 and zip_code.isdigit():
            zip_code = f"{zip_code[:5]}-{zip_code[5:]}"
        self.party.setdefault("address", {}).update(city=segment[1].strip(), state=segment[2].strip(), zip=zip_code)

    def dmg(self, segment: Segment) -> None:
        person = self.patient if self.patient is not None else self.insured
        person["birth_date"] = date(segment, 2, "the date of birth").isoformat()
        person["sex"] = one_of(segment, 3, ("F", "M", "U"), "the sex")

    def prv(self, segment: Segment) -> None:
        target = self.billing if segment[1] == "BI" else self.party
        target["taxonomy"] = segment[3].strip()

    def per(self, segment: Segment) -> None:
        phone = segment[4].strip()
        if self.party is self.billing and self.claim is None and segment[3] == "TE" and phone:
            self.billing["phone"] = f"{phone[:3]}-{phone[3:6]}-{phone[6:]}" if len(phone) == 10 else phone

    def ref(self, segment: Segment) -> None:
        value = segment[2].strip()
        if self.claim is None:
            if self.party is self.billing and segment[1] in ("EI", "SY"):
                self.billing["tax_id"], self.billing["tax_id_kind"] = value, segment[1]
        elif self.other is not None and self.line is None:
            if segment[1] == "G1":
                self.other["authorization"] = value
        elif self.line is None:
            of_claim.reference(self.claim, segment)

    # ---- claims

    def clm(self, segment: Segment) -> None:
        self._close()
        if not self.coverage:
            raise segment.fault("a subscriber (HL with level 22 and SBR) was expected before it.")
        if len(self.made) >= MOST_CLAIMS:
            raise segment.fault(f"at most {MOST_CLAIMS:,} claims are read: split the file.")
        self.start = segment
        self.claim = of_claim.claim(segment, self.kind)
        self.party = {}

    def within(self, segment: Segment) -> dict[str, Any]:
        """The claim that a segment belongs to."""
        if self.claim is None:
            raise segment.fault("a claim (CLM) was expected before it.")
        return self.claim

    def dtp(self, segment: Segment) -> None:
        claim = self.within(segment)
        if self.line is not None:
            of_claim.line_date(self.line, segment)
        elif self.other is None:
            of_claim.claim_date(claim, segment, self.kind)

    def amt(self, segment: Segment) -> None:
        claim = self.within(segment)
        if self.line is None:
            of_claim.amount(claim if self.other is None else self.other, segment)

    def cl1(self, segment: Segment) -> None:
        self.within(segment).update(
            admission_type=segment[1].strip(), admission_source=segment[2].strip(), status=needed(segment, 3, "the discharge status")
        )

    def nte(self, segment: Segment) -> None:
        if self.line is None and segment[1] == "ADD":
            self.within(segment)["remarks"] = segment[2].strip()

    def hi(self, segment: Segment) -> None:
        of_claim.information(self.within(segment), segment, self.kind)

    def lx(self, segment: Segment) -> None:
        claim = self.within(segment)
        self.other, self.party = None, {}
        if len(claim["lines"]) >= 999:
            raise segment.fault("at most 999 lines a claim were expected.")
        self.line = {}
        claim["lines"].append(self.line)

    def service(self, segment: Segment) -> None:
        claim = self.within(segment)
        if self.line is None:
            raise segment.fault("a line (LX) was expected before it.")
        reader = of_claim.professional_line if segment.name == "SV1" else of_claim.institutional_line
        if (segment.name == "SV1") != (self.kind == "professional"):
            raise segment.fault(f"the lines of a {self.kind} claim were expected: SV1 in an 837P, SV2 in an 837I.")
        reader(claim, self.line, segment)

    def lin(self, segment: Segment) -> None:
        self.within(segment)
        if self.line is not None and segment[2] == "N4":
            self.line["drug"] = {"ndc": of_claim.hyphenated(needed(segment, 3, "a drug number"))}

    def ctp(self, segment: Segment) -> None:
        if self.line is not None and "drug" in self.line:
            of_claim.drug_quantity(self.line["drug"], segment)

    def _close(self) -> None:
        claim, self.claim, self.line, self.other = self.claim, None, None, None
        others, self.others = self.others, []
        if claim is None or self.start is None:
            return
        from medcoding.claims.model import Claim, ClaimError

        if not claim["lines"]:
            raise self.start.fault("at least one line (LX) was expected in the claim.")
        data = self._assembled(of_claim.finished(claim), others)
        try:
            self.made.append(Claim.load(data))
        except ClaimError as error:
            raise self.start.fault(f"the claim holds what no form could: {error.problems[0]}", 1) from None

    def _assembled(self, claim: dict[str, Any], others: list[tuple[str, dict[str, Any]]]) -> Mapping[str, Any]:
        """The claim with who it is of and who pays in which order."""
        assert self.start is not None
        own = copy.deepcopy(self.coverage)
        patient = copy.deepcopy(self.insured if self.patient is None else self.patient)
        if self.patient is None:
            own["relationship"] = "18"
        else:
            own.setdefault("relationship", "G8")
            own["insured"] = copy.deepcopy(self.insured)
        for _, other in others:
            if other.get("relationship") == "18":
                other.pop("insured", None)
        ranked = sorted([(self.level, own), *others], key=lambda one: (ORDER.find(one[0]) if one[0] in ORDER else len(ORDER), one[0]))
        if len(ranked) > 3:
            raise self.start.fault("at most three payers a claim were expected.", 1)
        if "record_number" in claim:
            patient["record_number"] = claim.pop("record_number")
        return {
            **claim, "kind": self.kind, "billing": copy.deepcopy(self.billing), "patient": patient, "submitted": self.submitted,
            "coverages": [coverage for _, coverage in ranked], "destination": next(n for n, one in enumerate(ranked) if one[1] is own),
        }  # fmt: skip


_READERS: dict[str, Callable[[Submission, Segment], None]] = {
    "BHT": Submission.bht, "HL": Submission.hl, "SBR": Submission.sbr, "PAT": Submission.pat, "NM1": Submission.nm1, "N3": Submission.n3,
    "N4": Submission.n4, "DMG": Submission.dmg, "PRV": Submission.prv, "PER": Submission.per, "REF": Submission.ref, "CLM": Submission.clm,
    "DTP": Submission.dtp, "AMT": Submission.amt, "CL1": Submission.cl1, "NTE": Submission.nte, "HI": Submission.hi, "LX": Submission.lx,
    "SV1": Submission.service, "SV2": Submission.service, "LIN": Submission.lin, "CTP": Submission.ctp,
}  # fmt: skip
