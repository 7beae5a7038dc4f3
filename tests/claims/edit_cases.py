"""For every edit a claim that fails it and one that passes: a sample with other values at some paths."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from medcoding.claims.model import Claim, changed
from medcoding.claims.samples import sample

VISIT, ANKLE, POLYP, THERAPY = "office-knee", "emergency-ankle", "screening-polyp", "therapy-shoulder"
STAY, KNEE, CHEST, DRIP = "stay-pneumonia", "stay-knee-replacement", "outpatient-chest-pain", "outpatient-infusion"


@dataclass(frozen=True)
class Sided:
    """`bad` makes the sample fail the edit at `where`; `good` (by default nothing) makes one that passes. `before` are earlier claims."""

    name: str
    bad: dict[str, Any]
    where: str
    good: dict[str, Any] = field(default_factory=dict)
    before: tuple[tuple[str, dict[str, Any]], ...] = ()
    severity: str = ""

    def failing(self) -> Claim:
        return changed(sample(self.name), self.bad)

    def passing(self) -> Claim:
        return changed(sample(self.name), self.good)

    def history(self) -> list[Claim]:
        return [changed(sample(name), changes) for name, changes in self.before]


def line(code: str, date: str = "2026-03-16", **more: Any) -> dict[str, Any]:
    return {"code": code, "date": date, "pointers": ["A"], "charge": 50, **more}


def dx(*codes: str, poa: str = "") -> list[dict[str, str]]:
    return [{"code": code, "poa": poa} for code in codes]


CASES: dict[str, Sided] = {
    # codes
    "unknown-code": Sided(VISIT, {"diagnoses.1.code": "E11.67"}, "diagnoses.1.code", {"diagnoses.1.code": "E11.65"}),
    "too-long": Sided(VISIT, {"diagnoses.1.code": "I10.0"}, "diagnoses.1.code"),
    "header-code": Sided(VISIT, {"diagnoses.1.code": "E11"}, "diagnoses.1.code", {"diagnoses.1.code": "E11.9"}),
    "not-valid-on-date": Sided(VISIT, {"diagnoses.1.code": "G35"}, "diagnoses.1.code", {"diagnoses.1.code": "G35.A"}),
    "seventh-character": Sided(ANKLE, {"diagnoses.0.code": "S93.401"}, "diagnoses.0.code"),
    "unknown-service": Sided(VISIT, {"lines.1.code": "svc:large-join-injection"}, "lines.1.code"),
    "not-in-table": Sided(VISIT, {"lines.2.code": "J9999", "lines.1.code": "99205"}, "lines.1.code"),
    "licensed-code": Sided(VISIT, {"lines.1.code": "D0" + "120"}, "lines.1.code"),
    "no-diagnosis": Sided(VISIT, {"diagnoses": []}, "diagnoses"),
    "procedure-on-outpatient": Sided(DRIP, {"procedures": [{"code": "3E03329", "date": "2026-03-11"}]}, "procedures.0.code"),
    "service-missing": Sided(CHEST, {"lines.2.code": ""}, "lines.2.code", {"lines.2": {"revenue": "0250", "date": "2026-03-16", "charge": 4}}),
    # conventions
    "duplicate-code": Sided(VISIT, {"diagnoses.1.code": "M17.11"}, "diagnoses.0.code"),
    "excludes1-pair": Sided(VISIT, {"diagnoses": dx("M17.11", "E10.9", "E11.9")}, "diagnoses.2.code", {"diagnoses": dx("M17.11", "E11.9")}),
    "excludes1-conditional": Sided(STAY, {"diagnoses": dx("I61.9", "S06.5X0A", poa="Y")}, "diagnoses.1.code", {"diagnoses": dx("I61.9", "I10", poa="Y")}),
    "manifestation-first": Sided(STAY, {"diagnoses": dx("I43", "E85.4", poa="Y")}, "diagnoses.0.code", {"diagnoses": dx("E85.4", "I43", poa="Y")}),
    "external-cause-first": Sided(ANKLE, {"diagnoses": dx("W10.9XXA", "S93.401A")}, "diagnoses.0.code"),
    "code-first-order": Sided(STAY, {"diagnoses": dx("J18.9", "I43", "E85.4", poa="Y")}, "diagnoses.1.code", {"diagnoses": dx("J18.9", "E85.4", "I43", poa="Y")}),
    "code-first-missing": Sided(STAY, {"diagnoses": dx("J18.9", "I43", poa="Y")}, "diagnoses.1.code", {"diagnoses": dx("E85.4", "I43", poa="Y")}),
    "use-additional-missing": Sided(DRIP, {"diagnoses": dx("N39.0")}, "diagnoses.0.code"),
    # person
    "age-conflict": Sided(STAY, {"diagnoses": dx("J18.9", "O80", poa="Y")}, "diagnoses.1.code", {"diagnoses": dx("J18.9", "O80", poa="Y"), "patient.birth_date": "1996-01-01"}),
    "sex-conflict": Sided(VISIT, {"diagnoses": dx("M17.11", "N40.0")}, "patient.sex", {"diagnoses": dx("M17.11", "N40.0"), "patient.sex": "M"}),
    "birth-after-service": Sided(VISIT, {"patient.birth_date": "2026-03-17"}, "patient.birth_date", {"patient.birth_date": "1950-03-16"}),
    "principal-diagnosis": Sided(STAY, {"diagnoses": dx("Z37.0", "J96.01", poa="Y")}, "diagnoses.0.code", severity="error"),
    # poa
    "poa-missing": Sided(STAY, {"diagnoses": [*dx("J18.9", poa="Y"), *dx("L89.153")]}, "diagnoses.1.poa", {"diagnoses": dx("J18.9", "L89.153", poa="N")}),
    "poa-unknown": Sided(STAY, {"diagnoses.1.poa": "1"}, "diagnoses.1.poa", {"diagnoses.1.poa": "U"}),
    "poa-on-outpatient": Sided(CHEST, {"diagnoses.0.poa": "Y"}, "diagnoses.0.poa"),
    # sides
    "side-conflict": Sided(VISIT, {"lines.1.modifiers": ["LT"]}, "lines.1.modifiers", {"lines.1.modifiers": ["LT"], "diagnoses.0.code": "M17.12"}),
    "side-missing": Sided(VISIT, {"lines.1.modifiers": []}, "lines.1.modifiers", {"lines.1.modifiers": ["50"]}),
    "side-unspecified": Sided(ANKLE, {"diagnoses.0.code": "S93.409A"}, "diagnoses.0.code"),
    # pointers
    "pointer-missing": Sided(VISIT, {"lines.1.pointers": []}, "lines.1.pointers"),
    "pointer-to-nothing": Sided(VISIT, {"lines.1.pointers": ["C"]}, "lines.1.pointers", {"lines.1.pointers": ["A", "B"]}),
    "pointer-number": Sided(VISIT, {"lines.1.pointers": ["1"]}, "lines.1.pointers"),
    "pointer-repeated": Sided(VISIT, {"lines.1.pointers": ["A", "A"]}, "lines.1.pointers"),
    # identifiers
    "npi-missing": Sided(STAY, {"attending.npi": ""}, "attending.npi"),
    "npi-format": Sided(VISIT, {"rendering.npi": "3707070704"}, "rendering.npi"),
    "npi-check-digit": Sided(VISIT, {"billing.npi": "1234567890"}, "billing.npi", {"billing.npi": "1234567893"}),
    "mbi-format": Sided(VISIT, {"coverages.0.member_id": "1EG4-TE5-MK73"}, "coverages.0.member_id", {"coverages.0.filing": "CI", "coverages.0.member_id": "X-1"}),
    "member-missing": Sided(ANKLE, {"coverages.0.member_id": ""}, "coverages.0.member_id"),
    "tax-id-format": Sided(VISIT, {"billing.tax_id": "00999002"}, "billing.tax_id", {"billing.tax_id": "00-9990002"}),
    # billing
    "frequency-unknown": Sided(VISIT, {"frequency": "3"}, "frequency", {"frequency": "7", "original_reference": "X1"}),
    "bill-type-format": Sided(STAY, {"bill_type": "111"}, "bill_type", {"bill_type": "0117", "original_reference": "X1"}),
    "reference-missing": Sided(VISIT, {"frequency": "8"}, "original_reference", {"frequency": "8", "original_reference": "X1"}),
    "reference-on-original": Sided(VISIT, {"original_reference": "X1"}, "original_reference"),
    "interim-status": Sided(STAY, {"bill_type": "0113"}, "status", {"bill_type": "0113", "status": "30"}),
    "status-unknown": Sided(STAY, {"status": "99"}, "status", {"status": "03"}),
    "payer-order": Sided(ANKLE, {"coverages.1": {"payer": {"name": "Second Plan"}, "member_id": "S-1"}, "destination": 1}, "coverages.0.paid",
                         {"coverages.1": {"payer": {"name": "Second Plan"}, "member_id": "S-1"}, "destination": 1, "coverages.0.paid": 0}),
    "total-mismatch": Sided(VISIT, {"stated_total": 301.99}, "stated_total", {"stated_total": 302}),
    # places
    "place-unknown": Sided(VISIT, {"lines.1.place": "43"}, "lines.1.place"),
    "place-not-on-date": Sided(VISIT, {"lines.0.date": "2021-12-31", "lines.0.place": "10"}, "lines.0.place", {"lines.0.date": "2022-01-01", "lines.0.place": "10"}),
    "place-conflict": Sided(VISIT, {"lines.0.place": "21"}, "lines.0.place", {"lines.0.place": "22"}),
    # drugs
    "ndc-format": Sided(VISIT, {"lines.2.drug.ndc": "9875024301"}, "lines.2.drug.ndc", {"lines.2.drug.ndc": "9875-0243-01"}),
    "ndc-unit": Sided(VISIT, {"lines.2.drug.unit": "MG"}, "lines.2.drug.unit"),
    "ndc-other-drug": Sided(VISIT, {"lines.2.drug.ndc": "9875-0111-01"}, "lines.2.drug.ndc"),
    "ndc-missing": Sided(DRIP, {"coverages.0.filing": "MC", "lines.1.drug": None}, "lines.1.drug", {"lines.1.drug": None}),
    # modifiers
    "modifier-unknown": Sided(VISIT, {"lines.1.modifiers": ["RT", "Q"]}, "lines.1.modifiers"),
    "modifier-not-on-date": Sided(VISIT, {"lines.2.date": "2022-12-31"}, "lines.2.modifiers", {"lines.2.date": "2023-01-01"}),
    "modifier-not-in-table": Sided(VISIT, {"lines.2.modifiers": ["ZZ"]}, "lines.2.modifiers"),
    "modifier-misfit": Sided(VISIT, {"lines.1.modifiers": ["25"]}, "lines.1.modifiers"),
    "modifier-repeated": Sided(VISIT, {"lines.1.modifiers": ["RT", "RT"]}, "lines.1.modifiers"),
    "modifier-conflict": Sided(ANKLE, {"lines.1.modifiers": ["26", "TC", "RT"]}, "lines.1.modifiers"),
    "modifier-order": Sided(ANKLE, {"lines.1.modifiers": ["RT", "26"]}, "lines.1.modifiers", {"lines.1.modifiers": ["26", "RT"]}),
    "add-on-alone": Sided(DRIP, {"lines.0.code": "svc:infusion-more-hours"}, "lines.0.code", {"lines.4": {"revenue": "0260", "code": "svc:infusion-more-hours", "date": "2026-03-11", "charge": 9}}),
    # units
    "units-zero": Sided(VISIT, {"lines.2.units": 0}, "lines.2.units"),
    "units-not-whole": Sided(VISIT, {"lines.2.units": "3.5"}, "lines.2.units"),
    "units-over-line-limit": Sided(DRIP, {"lines.1.code": "svc:im-injection", "lines.1.units": 5}, "lines.1.units", {"lines.1.code": "svc:im-injection", "lines.1.units": 4}),
    "units-over-day-limit": Sided(VISIT, {"lines.2.units": 17}, "lines.2.units", {"lines.2.units": 16}),
    # pairs
    "pair-never": Sided(POLYP, {"lines.1": line("svc:colon-scope-look", "2026-03-10", place="24", modifiers=["59"])}, "lines.1.code",
                        {"lines.1": line("svc:colon-scope-look", "2026-03-11", place="24")}),
    "pair-needs-modifier": Sided(POLYP, {"lines.1": line("svc:colon-scope-biopsy", "2026-03-10", place="24")}, "lines.1.modifiers",
                                 {"lines.1": line("svc:colon-scope-biopsy", "2026-03-10", place="24", modifiers=["XS"])}),
    "pair-modifier-column": Sided(THERAPY, {"lines.0.code": "svc:colon-scope-snare", "lines.0.modifiers": ["XS"], "lines.1.code": "svc:colon-scope-biopsy", "lines.1.modifiers": []},
                                  "lines.0.modifiers", {"lines.0.code": "svc:colon-scope-snare", "lines.1.code": "svc:colon-scope-biopsy", "lines.1.modifiers": ["XS"]}, severity="warning"),
    # coverage
    "not-supported": Sided(VISIT, {"lines.1.pointers": ["B"]}, "lines.1.pointers"),
    "denial-expected": Sided(VISIT, {"lines.1.pointers": ["B"], "lines.1.modifiers": ["RT", "GA"]}, "lines.1.modifiers"),
    "too-soon": Sided(POLYP, {"lines.0.code": "G0121", "lines.0.modifiers": [], "lines.0.pointers": ["A"]}, "lines.0.date",
                      {"lines.0.code": "G0121", "lines.0.modifiers": [], "lines.0.pointers": ["A"], "lines.0.date": "2030-01-01", "diagnoses": []},
                      before=((POLYP, {"control_number": "OLD", "lines.0.code": "G0121", "lines.0.date": "2020-01-05"}),)),
    "excluded-service": Sided(VISIT, {"lines.1.code": "A9270", "lines.1.modifiers": []}, "lines.1.code", {"lines.1.code": "A9270", "lines.1.modifiers": ["GY"]}),
    # packages
    "global-visit": Sided(VISIT, {"lines.3": line("svc:office-visit-established", "2026-03-20")}, "lines.3.modifiers", {"lines.3": line("svc:office-visit-established", "2026-03-20", modifiers=["24"])},
                          before=((VISIT, {"control_number": "OLD", "lines.1.code": "svc:knee-replacement", "lines.1.date": "2026-02-02"}),)),
    "global-procedure": Sided(VISIT, {}, "lines.1.modifiers", {"lines.1.modifiers": ["79", "RT"], "lines.0.modifiers": ["24"]},
                              before=((VISIT, {"control_number": "OLD", "lines.1.code": "svc:knee-meniscus-scope", "lines.1.date": "2026-01-20"}),)),
    # filing
    "filed-late": Sided(VISIT, {"submitted": "2027-03-17"}, "submitted", {"submitted": "2027-03-16"}),
    "sent-before-service": Sided(VISIT, {"submitted": "2026-03-15"}, "submitted", {"submitted": "2026-03-16"}),
    "date-order": Sided(VISIT, {"lines.1.through": "2026-03-15"}, "lines.1.through", {"lines.1.through": "2026-03-17"}),
    "date-outside": Sided(STAY, {"lines.1.date": "2026-05-02"}, "lines.1.date", {"lines.1.date": "2026-05-01"}),
    "duplicate-line": Sided(VISIT, {"lines.3": line("svc:large-joint-injection", modifiers=["RT"])}, "lines.3.code", {"lines.3": line("svc:large-joint-injection", modifiers=["RT", "76"])}),
    "duplicate-claim": Sided(VISIT, {}, "lines.0.code", {"frequency": "7", "original_reference": "X1"}, before=((VISIT, {"control_number": "OLD"}),)),
}  # fmt: skip
