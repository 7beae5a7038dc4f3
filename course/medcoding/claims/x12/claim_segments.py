"""Segments of an 837's claim and line levels as fields of the claim model, each a small function that fills plain data."""

from __future__ import annotations

from typing import Any

from medcoding.claims.x12.elements import ZERO, count, date, dates, money, needed, one_of
from medcoding.claims.x12.procedures import from_x12
from medcoding.claims.x12.segments import Segment

DIAGNOSES = {
    "ABK": "principal", "ABF": "other", "ABJ": "admitting", "APR": "reason", "ABN": "cause",
    "BBR": "procedure", "BBQ": "procedure", "BG": "condition", "BH": "occurrence", "BI": "span", "BE": "value", "DR": "drg",
}  # fmt: skip
ICD9 = frozenset(("BK", "BF", "BJ", "PR", "BN", "BR", "BQ"))
"""Qualifiers of ICD-9, which ended with services of 2015-09-30 (45 CFR 162.1002)."""
PASSED = frozenset(("BP", "BO", "TC", "CAH"))

LETTERS = "ABCDEFGHIJKL"

MOST_CODES = 100
"""Codes of one kind that a claim may have here; the guides allow 25 diagnoses at most."""


def claim(segment: Segment, kind: str) -> dict[str, Any]:
    """CLM: number, charge, place or bill type, assignment, signatures, causes."""
    found: dict[str, Any] = {
        "control_number": needed(segment, 1, "the provider's number of the claim"),
        "stated_total": money(segment, 2, "the charge of the claim"),
        "accept_assignment": one_of(segment, 7, ("A", "B", "C"), "whether assignment is accepted") != "C",
        "signature_on_file": one_of(segment, 8, ("N", "W", "Y"), "whether benefits are assigned") != "N",
        "lines": [],
        "diagnoses": [],
    }
    place = [*segment.parts(5), "", "", ""]
    wanted = "B" if kind == "professional" else "A"
    if not place[0] or place[1] != wanted or not place[2]:
        raise segment.fault(f"place, “{wanted}” and frequency were expected, such as {'11:B:1' if wanted == 'B' else '11:A:1'}.", 5)
    if kind == "professional":
        found["place"], found["frequency"] = place[0], place[2]
        causes = segment.parts(11)
        if causes:
            accident = {"auto": "AA" in causes[:3], "employment": "EM" in causes[:3], "other": "OA" in causes[:3]}
            found["accident"] = {**accident, "state": causes[3] if len(causes) > 3 else ""}
    else:
        found["bill_type"] = f"0{place[0]}{place[2]}"
    return found


def finished(target: dict[str, Any]) -> dict[str, Any]:
    """The claim when its last line is read: a total that the lines add up to need not be stated."""
    target.pop("place", None)
    if sum((line["charge"] for line in target["lines"] if "charge" in line), ZERO) == target["stated_total"]:
        del target["stated_total"]
    return target


def reference(target: dict[str, Any], segment: Segment) -> None:
    """REF of the claim: authorization, the payer's number, CLIA, record number."""
    name = {"G1": "authorization", "F8": "original_reference", "X4": "clia", "EA": "record_number"}.get(segment[1])
    if name == "clia" and "bill_type" in target:
        return
    if name:
        target[name] = needed(segment, 2, "a number")


def claim_date(target: dict[str, Any], segment: Segment, kind: str) -> None:
    """DTP of the claim. An institution's admission may carry its hour, its discharge is an hour alone."""
    qualifier = segment[1]
    if kind == "institutional":
        if qualifier == "434":
            target["start"], target["end"] = (one.isoformat() for one in dates(segment, 2, 3, "the statement period"))
        elif qualifier == "435":
            value = segment[3].strip()
            target["admitted"] = date(segment, 3, "the day of admission", value[:8]).isoformat()
            if one_of(segment, 2, ("D8", "DT"), "the form of the date") == "DT":
                target["admission_hour"] = value[8:10]
        elif qualifier == "096":
            target["discharge_hour"] = needed(segment, 3, "the hour of discharge")[:2]
        return
    name = {"431": "onset", "435": "hospitalized_from", "096": "hospitalized_through"}.get(qualifier)
    if name:
        target[name] = date(segment, 3).isoformat()
    elif qualifier == "439":
        target.setdefault("accident", {})["date"] = date(segment, 3, "the day of the accident").isoformat()


def amount(target: dict[str, Any], segment: Segment) -> None:
    """AMT: what the patient has paid (F5), or another payer (D)."""
    if segment[1] == "F5" and "lines" in target:
        target["patient_paid"] = money(segment, 2)
    elif segment[1] == "D" and "lines" not in target:
        target["paid"] = money(segment, 2)


def information(target: dict[str, Any], segment: Segment, kind: str) -> None:
    """HI: diagnoses, procedures, and an institution's codes with their days and amounts."""
    if not segment[1]:
        raise segment.fault("a qualifier and a code were expected, such as ABK:J189.", 1)
    for number in range(1, len(segment) + 1):
        parts = [one.strip() for one in segment.parts(number)]
        if not parts:
            continue
        qualifier = parts[0]
        if qualifier in ICD9:
            raise segment.fault(f"A{qualifier} or BB{qualifier[-1]} was expected: {qualifier} names ICD-9, which ended on 2015-09-30.", number, 1, qualifier)
        if qualifier in PASSED:
            continue
        name = DIAGNOSES.get(qualifier)
        if name is None or (kind == "professional" and name not in ("principal", "other", "condition")):
            raise segment.fault(f"a qualifier of the {kind} claim was expected.", number, 1, qualifier)
        if len(parts) < 2 or not parts[1]:
            raise segment.fault("a code was expected after its qualifier.", number, 2, segment[number])
        _piece(target, name, parts, segment, number, kind)


def _piece(target: dict[str, Any], name: str, parts: list[str], segment: Segment, number: int, kind: str) -> None:
    code = parts[1]
    if name in ("principal", "other", "cause"):
        entry = {"code": code, "poa": parts[8] if len(parts) > 8 else ""}
        _listed(target, "external_causes" if name == "cause" else "diagnoses", entry, segment, first=name == "principal")
    elif name == "admitting":
        target["admitting_diagnosis"] = code
    elif name == "drg":
        target["drg"] = code
    elif name == "reason":
        _listed(target, "reasons", code, segment)
    elif name == "condition":
        if kind == "institutional":
            _listed(target, "condition_codes", code, segment)
    elif name == "value":
        _listed(target, "values", {"code": code, "amount": _amount(parts, segment, number)}, segment)
    else:
        _dated(target, name, code, parts, segment, number)


def _listed(target: dict[str, Any], name: str, entry: object, segment: Segment, first: bool = False) -> None:
    """One more entry of a list of the claim, at its end or at its front."""
    entries = target.setdefault(name, [])
    if len(entries) >= MOST_CODES:
        raise segment.fault(f"at most {MOST_CODES} codes of one kind were expected in a claim.", 1)
    entries.insert(0 if first else len(entries), entry)


def _amount(parts: list[str], segment: Segment, number: int) -> str:
    value = parts[4] if len(parts) > 4 else ""
    piece = Segment(segment.position, (segment.name, value), segment.component)
    try:
        return str(money(piece, 1))
    except ValueError:
        raise segment.fault("the amount of the value code was expected, such as 4 or 125.00.", number, 5, value) from None


def _dated(target: dict[str, Any], name: str, code: str, parts: list[str], segment: Segment, number: int) -> None:
    text = parts[3] if len(parts) > 3 else ""
    if name == "span":
        first, _, last = text.partition("-")
        entry = {"code": code, "start": date(segment, number, "the first day", first).isoformat(), "end": date(segment, number, "the last day", last).isoformat()}
        _listed(target, "spans", entry, segment)
    else:
        entry = {"code": code, "date": date(segment, number, "the day", text).isoformat()}
        _listed(target, "procedures" if name == "procedure" else "occurrences", entry, segment)


def professional_line(target: dict[str, Any], line: dict[str, Any], segment: Segment) -> None:
    """SV1: service, modifiers, charge, units, place, pointers."""
    parts = segment.parts(1)
    if len(parts) < 2 or not parts[1]:
        raise segment.fault("HC and a procedure code were expected, such as HC:J1100.", 1)
    if parts[0] != "HC":
        raise segment.fault("HC was expected: other code sets have no field in the claim.", 1, 1, parts[0])
    pointers = segment.parts(7)
    if not pointers or any(not (one.isascii() and one.isdigit() and len(one) <= 2 and 1 <= int(one) <= 12) for one in pointers):
        raise segment.fault("pointers from 1 to 12 were expected: the diagnoses of the HI in their order.", 7)
    line.update(
        code=from_x12(parts[1]), modifiers=[one for one in parts[2:6] if one], description=parts[6] if len(parts) > 6 else "",
        charge=money(segment, 2, "the charge of the line"), units=count(segment, 4, "the units"), place=segment[5].strip() or target["place"],
        pointers=[LETTERS[int(one) - 1] for one in pointers], emergency=segment[9] == "Y", epsdt=segment[11] == "Y",
    )  # fmt: skip


def institutional_line(target: dict[str, Any], line: dict[str, Any], segment: Segment) -> None:
    """SV2: revenue code, service, charge, units, noncovered charge."""
    parts = segment.parts(2)
    if parts and (parts[0] not in ("HC", "HP") or len(parts) < 2):
        raise segment.fault("HC and a procedure code were expected, such as HC:J1100, or nothing.", 2)
    line.update(
        revenue=needed(segment, 1, "a revenue code"), code=from_x12(parts[1]) if parts else "", modifiers=[one for one in parts[2:6] if one],
        charge=money(segment, 3, "the charge of the line"), units=count(segment, 5, "the units"),
    )  # fmt: skip
    if segment[7].strip():
        line["noncovered"] = money(segment, 7)


def line_date(line: dict[str, Any], segment: Segment) -> None:
    """DTP 472 of a line: a day or a span."""
    if segment[1] != "472":
        return
    first, last = dates(segment, 2, 3, "the date of service")
    line["date"] = first.isoformat()
    if last != first and "revenue" not in line:
        line["through"] = last.isoformat()


def hyphenated(number: str) -> str:
    """Eleven digits of a drug number as 5-4-2; anything else as it is."""
    return f"{number[:5]}-{number[5:9]}-{number[9:]}" if len(number) == 11 and number.isdigit() else number


def drug_quantity(drug: dict[str, Any], segment: Segment) -> None:
    """CTP: how much of the drug, in which unit."""
    drug["quantity"] = count(segment, 4, "the quantity of the drug")
    drug["unit"] = (segment.parts(5) or [""])[0]
