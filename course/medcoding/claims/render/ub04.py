"""The institutional form, locator by locator (UB-04, CMS-1450; CPM ch. 25 §75)."""

from __future__ import annotations

from typing import Any

from medcoding.claims.model import Institutional, RevenueLine
from medcoding.claims.model.fields import letter_of
from medcoding.claims.render.boxes import MOST_LINES, Sheet, count, name_of, package, place, shown, table
from medcoding.claims.render.cms1500 import INSURANCE, RELATIONS
from medcoding.claims.render.marks import Marks


def form(claim: Institutional, marks: Marks) -> str:
    """The whole form."""
    sheet = Sheet(marks)
    _head(sheet, claim)
    above = sheet.close()
    lines = _lines(claim, marks)
    payers = _payers(claim, marks)
    _coding(sheet, claim)
    return f"<p class='y'>{marks.title}</p>{above}{lines}{payers}{sheet.close()}"


def _head(sheet: Sheet, claim: Institutional) -> None:
    billing, patient = claim.billing, claim.patient
    sheet.box("1", "Facility", "; ".join(filter(None, (name_of(billing), place(billing.address), billing.phone))), 10, "billing.name", "billing.address", "billing.phone")
    sheet.box("3a", "Account", claim.control_number, 5, "control_number")
    sheet.box("3b", "Record", patient.record_number, 5, "patient.record_number")
    sheet.box("4", "Bill type", claim.bill_type, 4, "bill_type", strong=True)
    sheet.box("5", "Tax number", billing.tax_id, 6, "billing.tax_id")
    sheet.box("6", "From, through", f"{shown(claim.start)} – {shown(claim.end)}", 12, "start", "end")
    sheet.box("7", "(unused)", "", 6)
    sheet.box("8", "Patient", patient.name, 10, "patient.last", "patient.first", "patient.middle")
    sheet.box("9", "Patient's address", place(patient.address), 14, "patient.address")
    sheet.box("10", "Born", patient.birth_date, 4, "patient.birth_date")
    sheet.box("11", "Sex", patient.sex, 2, "patient.sex")
    sheet.box("12", "Admitted", claim.admitted, 4, "admitted")
    sheet.box("13", "Hour", claim.admission_hour, 2, "admission_hour")
    sheet.box("14", "Type", claim.admission_type, 3, "admission_type")
    sheet.box("15", "Source", claim.admission_source, 3, "admission_source")
    sheet.box("16", "Out at", claim.discharge_hour, 3, "discharge_hour")
    sheet.box("17", "Status", claim.status, 3, "status")
    sheet.box("18–28", "Conditions", claim.condition_codes, 24, "condition_codes")
    events = [(one.code, one.date, [f"occurrences.{n}"]) for n, one in enumerate(claim.occurrences)]
    sheet.cells("31–34", "Events", events, 8)
    spans = [(one.code, f"{shown(one.start)} – {shown(one.end)}", [f"spans.{n}"]) for n, one in enumerate(claim.spans)]
    sheet.cells("35–36", "Spans", spans, 8)
    values = [(one.code, one.amount, [f"values.{n}"]) for n, one in enumerate(claim.values)]
    sheet.cells("39–41", "Values", values, 8)


def _lines(claim: Institutional, marks: Marks) -> str:
    heads = ("42 Revenue", "43 Description", "44 Service, modifiers", "45 Date", "46 Units", "47 Charge", "48 Not covered")
    rows = [_row(n, line) for n, line in enumerate(claim.lines[:MOST_LINES])]
    noncovered = claim.noncovered or None
    total: list[tuple[Any, list[str]]] = [("0001", []), ("total", []), ("", []), ("", []), ("", []), (claim.total_charge, ["stated_total"]), (noncovered, [])]
    left = len(claim.lines) - MOST_LINES
    more = f"<p class='q'>{left} further lines are not drawn; the total counts them.</p>" if left > 0 else ""
    return table(marks, "FL 42 to 48: charges", heads, [*rows, total], right=(4, 5, 6)) + more


def _row(n: int, line: RevenueLine) -> list[tuple[Any, list[str]]]:
    own = f"lines.{n}"
    words = line.description + package(line.drug)
    return [
        (line.revenue, [f"{own}.revenue"]),
        (words, [f"{own}.description", f"{own}.drug"]),
        (" ".join(filter(None, (line.code, *line.modifiers))), [f"{own}.code", f"{own}.modifiers"]),
        (line.date, [f"{own}.date"]),
        (count(line.units), [f"{own}.units"]),
        (line.charge, [f"{own}.charge"]),
        (line.noncovered, [f"{own}.noncovered"]),
    ]


def _payers(claim: Institutional, marks: Marks) -> str:
    heads = ("50 Payer", "51 Number", "52 Records", "53 Payment", "54 Paid before", "58 Insured", "59 Patient is", "60 Insured's number", "61 Plan", "62 Group", "63 Authorization")
    rows: list[list[tuple[Any, list[str]]]] = []
    for n, one in enumerate(claim.coverages):
        own, sent = f"coverages.{n}", n == min(claim.destination, len(claim.coverages) - 1)
        payer = f"{chr(65 + n)} {one.payer.name} ({INSURANCE.get(one.filing, one.filing)}){', billed here' if sent else ''}"
        rows.append([
            (payer, [f"{own}.payer.name", f"{own}.filing", *(["destination"] if sent else [])]),
            (one.payer.payer_id, [f"{own}.payer.payer_id"]),
            (claim.signature_on_file, ["signature_on_file"] if sent else []),
            (claim.accept_assignment, ["accept_assignment"] if sent else []),
            (one.paid, [f"{own}.paid"]),
            (one.insured.name if one.insured else "the patient", [f"{own}.insured"]),
            (RELATIONS.get(one.relationship, one.relationship), [f"{own}.relationship"]),
            (one.member_id, [f"{own}.member_id"]),
            (one.plan_name, [f"{own}.plan_name"]),
            (one.group_number, [f"{own}.group_number"]),
            (one.authorization or (claim.authorization if sent else ""), [f"{own}.authorization", *(["authorization"] if sent else [])]),
        ])  # fmt: skip
    return table(marks, "FL 50 to 63: payers in their order", heads, rows, right=(4,))


def _coding(sheet: Sheet, claim: Institutional) -> None:
    sheet.box("56", "NPI", claim.billing.npi, 8, "billing.npi")
    sheet.box("64", "Payer's number", claim.original_reference, 10, "original_reference")
    sheet.box("66", "ICD version", "0", 6)
    diagnoses = [
        (f"67{letter_of(n)}", " ".join(filter(None, (one.code, one.poa and f"POA {one.poa}"))), [f"diagnoses.{n}.code", f"diagnoses.{n}.poa"])
        for n, one in enumerate(claim.diagnoses)
    ]
    sheet.cells("67", "Diagnoses, principal first", diagnoses, 24, *(() if claim.diagnoses else ("diagnoses",)))
    sheet.box("69", "Admitting", claim.admitting_diagnosis, 5, "admitting_diagnosis")
    sheet.box("70", "Reasons for the visit", claim.reasons, 6, "reasons")
    sheet.box("71", "DRG", claim.drg, 3, "drg")
    causes = [(chr(97 + n), " ".join(filter(None, (one.code, one.poa and f"POA {one.poa}"))), [f"external_causes.{n}.code", f"external_causes.{n}.poa"]) for n, one in enumerate(claim.external_causes)]
    sheet.cells("72", "Causes", causes, 10)
    procedures = [
        (f"74{letter_of(n).lower()}", " ".join(filter(None, (one.code, shown(one.date)))), [f"procedures.{n}.code", f"procedures.{n}.date"])
        for n, one in enumerate(claim.procedures)
    ]
    sheet.cells("74", "Procedures, principal first", procedures, 24)
    for number, label, who, path in (("76", "Attending", claim.attending, "attending"), ("77", "Operating", claim.operating, "operating")):
        sheet.box(number, label, name_of(who), 7, f"{path}.name")
        sheet.box(f"{number}", "NPI", who.npi if who else "", 5, f"{path}.npi")
    sheet.box("80", "Remarks", claim.remarks, 12, "remarks")
    sheet.box("81", "Specialty", claim.billing.taxonomy, 7, "billing.taxonomy")
    sheet.box("", "Sent", claim.submitted, 5, "submitted")
