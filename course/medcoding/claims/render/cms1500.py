"""The professional form, item by item (CMS-1500 version 02/12; CPM ch. 26 §10)."""

from __future__ import annotations

from typing import Any

from medcoding.claims.edits.tables import places
from medcoding.claims.model import Coverage, Professional, ServiceLine
from medcoding.claims.model.professional import LETTERS
from medcoding.claims.render.boxes import MOST_LINES, Sheet, count, name_of, package, place, shown, table
from medcoding.claims.render.marks import Marks

INSURANCE = {"MB": "Medicare", "MA": "Medicare", "MC": "Medicaid", "CH": "TRICARE", "CI": "commercial", "BL": "Blue Cross", "HM": "managed care", "WC": "workers' compensation", "16": "Medicare Advantage"}
"""What a filing code stands for, in our own words (837 SBR09)."""

RELATIONS = {"18": "self", "01": "spouse", "19": "child", "G8": "other"}
ROLES = {"DN": "referred", "DK": "ordered", "DQ": "supervised"}


def form(claim: Professional, marks: Marks) -> str:
    """The whole form."""
    sheet = Sheet(marks)
    _persons(sheet, claim)
    _illness(sheet, claim)
    above = sheet.close()
    lines = _lines(claim, marks)
    _practice(sheet, claim)
    return f"<p class='y'>{marks.title}</p>{above}{lines}{sheet.close()}"


def _persons(sheet: Sheet, claim: Professional) -> None:
    at = min(claim.destination, len(claim.coverages) - 1)
    coverage, patient, own = claim.coverage, claim.patient, f"coverages.{min(claim.destination, len(claim.coverages) - 1)}"
    insured = coverage.insured
    payer = ", ".join(part for part in (coverage.payer.name, place(coverage.payer.address)) if part)
    sheet.box("", "Payer", payer, 19, f"{own}.payer")
    sheet.box("", "Sent", claim.submitted, 5, "submitted")
    sheet.box("1", "Kind of insurance", INSURANCE.get(coverage.filing, coverage.filing), 16, f"{own}.filing")
    sheet.box("1a", "Insured's number", coverage.member_id, 8, f"{own}.member_id")
    sheet.box("2", "Patient", patient.name, 9, "patient.last", "patient.first", "patient.middle")
    sheet.box("3", "Born, sex", (patient.birth_date, patient.sex), 7, "patient.birth_date", "patient.sex")
    sheet.box("4", "Insured", insured.name if insured else "the patient", 8, f"{own}.insured.last", f"{own}.insured.first")
    sheet.box("5", "Patient's address, phone", "; ".join(filter(None, (place(patient.address), patient.phone))), 9, "patient.address", "patient.phone")
    sheet.box("6", "Patient is", RELATIONS.get(coverage.relationship, coverage.relationship), 7, f"{own}.relationship")
    sheet.box("7", "Insured's address", place(insured.address) if insured else "", 8, f"{own}.insured.address")
    other = next((one for n, one in enumerate(claim.coverages) if n != at), None)
    number = next((n for n in range(len(claim.coverages)) if n != at), None)
    _other(sheet, claim, other, f"coverages.{number}" if number is not None else "")
    sheet.box("11", "Group number", coverage.group_number, 8, f"{own}.group_number")
    sheet.box("9a", "Other number", other.member_id if other else "", 5, *([f"coverages.{number}.member_id"] if other else []))
    sheet.box("9d", "Other plan", (other.plan_name or other.payer.name) if other else "", 4, *([f"coverages.{number}.payer"] if other else []))
    sheet.box("10d", "Condition codes", "", 7)
    born = (insured.birth_date, insured.sex) if insured else ""
    sheet.box("11a", "Insured born, sex", born, 8, f"{own}.insured.birth_date", f"{own}.insured.sex")
    sheet.box("12", "Patient lets records go out", "signature on file" if claim.signature_on_file else "", 9, "signature_on_file")
    sheet.box("13", "Payment to the provider", "signature on file" if claim.signature_on_file else "", 7, "signature_on_file")
    sheet.box("11c", "Plan", coverage.plan_name, 5, f"{own}.plan_name")
    sheet.box("11d", "Another plan", "yes" if other else "no", 3, "destination")


def _other(sheet: Sheet, claim: Professional, other: Coverage | None, path: str) -> None:
    who = (other.insured.name if other.insured else claim.patient.name) if other else ""
    sheet.box("9", "Other insured", who, 9, *([f"{path}.insured", f"{path}.paid"] if path else []))
    accident = claim.accident
    told = [("a", f"work {shown(accident.employment)}", ["accident.employment"]), ("b", f"car {shown(accident.auto)} {accident.state}".rstrip(), ["accident.auto", "accident.state"]), ("c", f"other {shown(accident.other)}", ["accident.other"])]
    sheet.cells("10", "Due to", told, 7)


def _illness(sheet: Sheet, claim: Professional) -> None:
    sheet.box("14", "Began", claim.onset, 8, "onset")
    sheet.box("15", "Accident on", claim.accident.date, 8, "accident.date")
    sheet.box("16", "Off work", "", 8)
    role = f" ({ROLES[claim.referring_role]})" if claim.referring else ""
    sheet.box("17", "Referred by", name_of(claim.referring) + role, 9, "referring.name", "referring_role")
    sheet.box("17b", "NPI", claim.referring.npi if claim.referring else "", 7, "referring.npi")
    stay = (claim.hospitalized_from, claim.hospitalized_through) if claim.hospitalized_from else ""
    sheet.box("18", "In hospital", stay, 8, "hospitalized_from", "hospitalized_through")
    sheet.box("19", "Remarks", claim.remarks, 16, "remarks")
    sheet.box("20", "Outside laboratory", "no", 8)
    diagnoses = [
        (letter, claim.diagnoses[n].code if n < len(claim.diagnoses) else "", [f"diagnoses.{n}.code", f"diagnoses.{n}.poa"] if n < len(claim.diagnoses) else [])
        for n, letter in enumerate(LETTERS)
    ]
    sheet.cells("21", "Diagnoses (ICD 0)", diagnoses, 12, *(() if claim.diagnoses else ("diagnoses",)))
    sheet.box("22", "Kind of claim, payer's number", (claim.frequency, claim.original_reference), 6, "frequency", "original_reference")
    sheet.box("23", "Authorization or CLIA", claim.authorization or claim.clia, 6, "authorization", "clia")


def _lines(claim: Professional, marks: Marks) -> str:
    heads = ("24 Line", "24A From, to", "24B Place", "24C Urgent", "24D Service", "24D Modifiers", "24E Pointers", "24F Charge", "24G Units", "24H Child", "24J Treated by, NPI")
    rows = [_row(claim, n, line) for n, line in enumerate(claim.lines[:MOST_LINES])]
    left = len(claim.lines) - MOST_LINES
    more = f"<p class='q'>{left} further lines are not drawn.</p>" if left > 0 else ""
    return table(marks, "Item 24: services", heads, rows, right=(7, 8)) + more


def _row(claim: Professional, n: int, line: ServiceLine) -> list[tuple[Any, list[str]]]:
    own = f"lines.{n}"
    where = places().get(line.place)
    service = line.code + package(line.drug)
    if line.description:
        service += f" — {line.description}"
    treated = line.rendering or claim.rendering
    paths = [f"{own}.rendering"] if line.rendering else ["rendering.npi"] if n == 0 else []
    return [
        (n + 1, []),
        (shown(line.date) if line.last == line.date else f"{shown(line.date)} – {shown(line.last)}", [f"{own}.date", f"{own}.through"]),
        (f"{line.place} {where.plain}" if where else line.place, [f"{own}.place"]),
        ("yes" if line.emergency else "", [f"{own}.emergency"]),
        (service, [f"{own}.code", f"{own}.drug", f"{own}.description"]),
        (line.modifiers, [f"{own}.modifiers"]),
        (line.pointers, [f"{own}.pointers"]),
        (line.charge, [f"{own}.charge"]),
        (count(line.units), [f"{own}.units"]),
        ("yes" if line.epsdt else "", [f"{own}.epsdt"]),
        (treated.npi if treated else "", paths),
    ]


def _practice(sheet: Sheet, claim: Professional) -> None:
    billing, facility = claim.billing, claim.facility
    sheet.box("25", "Tax number", (billing.tax_id, "employer" if billing.tax_id_kind == "EI" else "person"), 6, "billing.tax_id", "billing.tax_id_kind")
    sheet.box("26", "Account", claim.control_number, 5, "control_number")
    sheet.box("27", "Accepts assignment", claim.accept_assignment, 4, "accept_assignment")
    sheet.box("28", "Total", claim.total_charge, 4, "stated_total", strong=True)
    sheet.box("29", "Paid", claim.patient_paid, 3, "patient_paid")
    sheet.box("30", "(unused)", "", 2)
    sheet.box("31", "Clinician, signed", " ".join(filter(None, (name_of(claim.rendering), shown(claim.signed)))), 7, "rendering.name", "signed")
    sheet.box("32", "Where", "; ".join(filter(None, (name_of(facility), place(facility.address)))) if facility else "", 9, "facility.name", "facility.address")
    sheet.box("33", "Billed by", "; ".join(filter(None, (name_of(billing), place(billing.address), billing.phone))), 8, "billing.name", "billing.address", "billing.phone")
    sheet.box("32a", "Place's NPI", facility.npi if facility else "", 12, "facility.npi")
    sheet.box("33a", "Billing NPI", billing.npi, 6, "billing.npi")
    sheet.box("33b", "Specialty", billing.taxonomy, 6, "billing.taxonomy")
