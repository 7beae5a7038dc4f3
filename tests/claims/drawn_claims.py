"""Claims drawn by hypothesis: complete enough for an 837, and limited to what an 837 can carry."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from medcoding.claims.model import Claim, Institutional, Professional

CODES = ["J18.9", "E11.65", "I10", "M17.11", "S72.001A", "Z79.4", "N39.0", "R07.9", "J44.9", "K21.9", "F32.A", "Z87.891"]
SERVICES = ["svc:office-visit-established", "svc:knee-film", "J1100", "J3301", "A4253", "G0008"]
WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", min_size=2, max_size=15)
NUMBERS = st.text("ABCDEFGHJKMNPQRSTUVWXYZ0123456789-", min_size=2, max_size=18).filter(lambda text: text.strip("-") == text)
CHARGES = st.integers(0, 999_999).map(lambda n: f"{n // 100}.{n % 100:02d}")
DAYS = st.dates(dt.date(2025, 10, 1), dt.date(2026, 9, 30))
ADDRESSES = st.builds(
    lambda street, city, state, zip_code: {"street": f"{street} Street", "city": city, "state": state, "zip": zip_code},
    WORDS, WORDS, st.sampled_from(["OH", "IL", "CA"]), st.sampled_from(["00099", "00099-0123"]),
)  # fmt: skip
BILLING_ADDRESSES = ADDRESSES.map(lambda one: {**one, "zip": "00099-0001"})


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "last": draw(WORDS), "first": draw(WORDS), "middle": draw(st.sampled_from(["", "Q"])), "address": draw(ADDRESSES),
        "birth_date": draw(st.dates(dt.date(1930, 1, 1), dt.date(2025, 9, 30))), "sex": draw(st.sampled_from(["F", "M", "U"])),
    }  # fmt: skip


@st.composite
def coverages(draw: st.DrawFn, own: bool, other: bool = False) -> dict[str, Any]:
    relationship = "18" if own else draw(st.sampled_from(["01", "19", "G8"]))
    insured = None if own else draw(people())
    if insured and other:
        insured = {**insured, "birth_date": None, "sex": ""}  # loop 2330A has no place for them
    return {
        "payer": {"name": draw(WORDS), "payer_id": draw(NUMBERS)}, "filing": draw(st.sampled_from(["MB", "MA", "CI", "MC", "BL", "16"])),
        "member_id": draw(NUMBERS), "group_number": draw(st.sampled_from(["", "GRP-9"])), "plan_name": draw(st.sampled_from(["", "Maple"])),
        "relationship": relationship, "insured": insured, "paid": draw(CHARGES) if other else None,
    }  # fmt: skip


@st.composite
def shared(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(1, 3))
    destination = draw(st.integers(0, count - 1))
    return {
        "control_number": draw(NUMBERS),
        "billing": {
            "name": draw(WORDS), "npi": "2101010108", "tax_id": "009990001", "taxonomy": draw(st.sampled_from(["", "207Q00000X"])),
            "phone": draw(st.sampled_from(["", "555-010-0110"])), "address": draw(BILLING_ADDRESSES),
        },
        "patient": {**draw(people()), "record_number": draw(st.sampled_from(["", "MR-1"]))},
        "coverages": [draw(coverages(draw(st.booleans()), other=n != destination)) for n in range(count)],
        "destination": destination,
        "accept_assignment": draw(st.booleans()), "signature_on_file": draw(st.booleans()),
        "original_reference": draw(st.sampled_from(["", "ICN-77"])), "authorization": draw(st.sampled_from(["", "AUTH-5"])),
        "submitted": draw(DAYS), "remarks": draw(st.sampled_from(["", "see the note"])),
    }  # fmt: skip


DRUGS = st.none() | st.builds(
    lambda quantity, unit: {"ndc": "09875-0243-01", "quantity": quantity, "unit": unit}, st.integers(1, 90), st.sampled_from(["ML", "UN", "GR", "F2", "ME"])
)
MODIFIERS = st.lists(st.sampled_from(["25", "59", "RT", "LT", "JZ", "76"]), max_size=4, unique=True)


@st.composite
def professional(draw: st.DrawFn) -> Professional:
    diagnoses = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=12, unique=True))
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        day = draw(DAYS)
        pointers = draw(st.lists(st.sampled_from("ABCDEFGHIJKL"[: len(diagnoses)]), min_size=1, max_size=4, unique=True))
        lines.append({
            "code": draw(st.sampled_from(SERVICES)), "modifiers": draw(MODIFIERS), "date": day, "place": draw(st.sampled_from(["11", "22", "23"])),
            "through": draw(st.sampled_from([None, day + dt.timedelta(days=3)])), "pointers": pointers, "charge": draw(CHARGES),
            "units": draw(st.sampled_from(["1", "2", "2.5", "40"])), "emergency": draw(st.booleans()), "epsdt": draw(st.booleans()),
            "drug": draw(DRUGS), "description": draw(st.sampled_from(["", "unlisted drug"])),
            "rendering": draw(st.sampled_from([None, {"name": "Marsh", "first": "Ida", "npi": "2606060608", "taxonomy": "207Q00000X"}])),
        })  # fmt: skip
    accident = draw(st.sampled_from([{}, {"auto": True, "state": "OH", "date": "2026-01-05"}, {"employment": True, "other": True}]))
    doctor = {"name": draw(WORDS), "first": draw(WORDS), "npi": "2707070704"}
    return Claim.load({  # type: ignore[return-value]
        **draw(shared()), "kind": "professional", "diagnoses": [{"code": one} for one in diagnoses], "lines": lines, "accident": accident,
        "frequency": draw(st.sampled_from(["1", "7", "8"])), "rendering": draw(st.sampled_from([None, doctor])),
        "referring": draw(st.sampled_from([None, doctor])), "referring_role": "DN",
        "facility": draw(st.none() | ADDRESSES.map(lambda one: {"name": "Dogwood", "npi": "2404040406", "address": one})),
        "onset": draw(st.none() | DAYS), "hospitalized_from": draw(st.none() | DAYS), "clia": draw(st.sampled_from(["", "99D9999999"])),
        "patient_paid": draw(st.none() | CHARGES),
    })  # fmt: skip


@st.composite
def institutional(draw: st.DrawFn) -> Institutional:
    start = draw(DAYS)
    diagnoses = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=12, unique=True))
    lines = [
        {
            "revenue": draw(st.sampled_from(["0120", "0250", "0450", "0636"])), "code": draw(st.sampled_from(["", *SERVICES])), "charge": draw(CHARGES),
            "units": draw(st.integers(1, 30)), "date": draw(st.none() | st.just(start)), "noncovered": draw(st.none() | CHARGES), "drug": draw(DRUGS),
        }
        for _ in range(draw(st.integers(1, 8)))
    ]  # fmt: skip
    for line in lines:
        line["modifiers"] = draw(MODIFIERS) if line["code"] else []
    admitted = draw(st.none() | st.just(start))
    doctor = {"name": draw(WORDS), "first": draw(WORDS), "npi": "2707070704"}
    return Claim.load({  # type: ignore[return-value]
        **draw(shared()), "kind": "institutional", "bill_type": draw(st.sampled_from(["0111", "0131", "0117", "0211"])), "start": start,
        "end": start + dt.timedelta(days=draw(st.integers(0, 20))), "admitted": admitted,
        "admission_hour": draw(st.sampled_from(["", "07", "23"])) if admitted else "", "admission_type": draw(st.sampled_from(["1", "3"])),
        "admission_source": draw(st.sampled_from(["", "1"])), "discharge_hour": draw(st.sampled_from(["", "11"])), "status": "01",
        "diagnoses": [{"code": one, "poa": draw(st.sampled_from(["", "Y", "N", "U", "W"]))} for one in diagnoses],
        "admitting_diagnosis": draw(st.sampled_from(["", "R07.9"])), "reasons": draw(st.sampled_from([[], ["R07.9", "I10"]])),
        "external_causes": draw(st.sampled_from([[], [{"code": "W10.9XXA", "poa": "Y"}, {"code": "Y92.018"}]])),
        "procedures": draw(st.sampled_from([[], [{"code": "0SRC0J9", "date": start}], [{"code": "0SRC0J9", "date": start}, {"code": "3E0T3BZ", "date": start}]])),
        "drg": draw(st.sampled_from(["", "470"])), "condition_codes": draw(st.sampled_from([[], ["44", "C5"]])),
        "occurrences": draw(st.sampled_from([[], [{"code": "11", "date": start}]])),
        "spans": draw(st.sampled_from([[], [{"code": "74", "start": start, "end": start + dt.timedelta(days=2)}]])),
        "values": draw(st.sampled_from([[], [{"code": "80", "amount": "4"}, {"code": "A1", "amount": "12.50"}]])),
        "attending": draw(st.sampled_from([None, {**doctor, "taxonomy": "207Q00000X"}])), "operating": draw(st.sampled_from([None, doctor])), "lines": lines,
    })  # fmt: skip
