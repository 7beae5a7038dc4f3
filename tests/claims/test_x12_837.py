"""Claims in and out: pyx12 judges what is written, reading gives back what was sent, faults name their element."""

from __future__ import annotations

import datetime as dt

import pytest
from claims.drawn_claims import institutional, professional
from claims.remits import accepted
from claims.remits import file as remittance_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.claims import samples
from medcoding.claims.model import Claim, Institutional, Professional, changed
from medcoding.claims.x12 import Envelope, WriteError, X12Error, read837, write837
from pyx12.errors import EngineError

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(professional())
def test_pyx12_accepts_every_professional_claim_and_reading_gives_it_back(claim: Professional) -> None:
    text = write837(claim)
    assert accepted(text) == []
    assert read837(text) == (claim,)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(institutional())
def test_pyx12_accepts_every_institutional_claim_and_reading_gives_it_back(claim: Institutional) -> None:
    text = write837(claim)
    assert accepted(text) == []
    assert read837(text) == (claim,)


@pytest.mark.parametrize("name", list(samples.samples()))
def test_pyx12_accepts_each_sample(name: str) -> None:
    text = write837(samples.sample(name))
    assert accepted(text) == []
    (found,) = read837(text)
    sent = samples.sample(name)
    assert (found.charge, found.diagnoses, found.coverages) == (sent.charge, sent.diagnoses, sent.coverages)
    assert [(one.code, one.modifiers, one.units, one.charge) for one in found.lines] == [(one.code, one.modifiers, one.units, one.charge) for one in sent.lines]


def test_judge_refuses_what_x12sdk_alone_would_write() -> None:
    text = write837(samples.professional())
    with pytest.raises(EngineError, match="X222A2"):
        accepted(text.replace("005010X222A1", "005010X222A2"))
    assert accepted(text.replace("HI*ABK:", "HI*AXK:")) != []


def segments(text: str, name: str) -> list[str]:
    return [one for one in text.replace("\n", "").split("~") if one.split("*")[0] == name]


def test_guide_and_qualifiers_are_those_adopted_for_icd_10() -> None:
    text = write837(samples.professional())
    assert segments(text, "GS")[0].endswith("*X*005010X222A1") and segments(text, "ST") == ["ST*837*0001*005010X222A1"]
    assert segments(text, "HI") == ["HI*ABK:M1711*ABF:I10"]
    stay = write837(samples.institutional("stay-knee-replacement"))
    assert segments(stay, "ST") == ["ST*837*0001*005010X223A2"]
    assert segments(stay, "HI")[0] == "HI*ABK:M1711:::::::Y"
    assert "HI*BBR:0SRC0J9:D8:20260302" in segments(stay, "HI")


def test_lines_carry_service_charge_units_place_and_pointers() -> None:
    text = write837(samples.professional("office-knee"))
    assert segments(text, "SV1") == [
        "SV1*HC:SVC.OFFICE-VISIT-ESTABLISHED:25*150*UN*1***2",
        "SV1*HC:SVC.LARGE-JOINT-INJECTION:RT*120*UN*1***1",
        "SV1*HC:J3301:JZ*32*UN*4***1",
    ]
    assert segments(text, "CLM") == ["CLM*BHO-1001*302***11:B:1*Y*A*Y*Y"]
    assert segments(text, "LIN") == ["LIN**N4*09875024301"] and segments(text, "CTP") == ["CTP****1*ML"]


def test_child_stands_below_the_insured_parent() -> None:
    text = write837(samples.professional("emergency-ankle"))
    assert segments(text, "HL") == ["HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*0"]
    assert segments(text, "PAT") == ["PAT*19"]
    assert [one.split("*")[3] for one in segments(text, "NM1") if one.split("*")[1] in ("IL", "QC")] == ["Rivers", "Rivers"]


def test_licensed_number_takes_the_place_of_a_service_key() -> None:
    text = write837(samples.professional(), numbers={"svc:large-joint-injection": "12345"})
    assert "SV1*HC:12345:RT*120*UN*1***1" in segments(text, "SV1")


def test_minutes_of_anesthesia_are_marked() -> None:
    claim = changed(samples.professional(), {"lines.0.code": "svc:anesthesia-knee", "lines.0.units": 95})
    found = segments(write837(claim), "SV1")[0]
    assert ("*MJ*95*" in found) == ("anesthesia" in found.casefold() and _is_anesthesia("svc:anesthesia-knee"))
    code = next(key for key in _services() if _is_anesthesia(key))
    assert "*MJ*95*" in segments(write837(changed(claim, {"lines.0.code": code})), "SV1")[0]


def _services() -> list[str]:
    from medcoding.codes import cpt

    return list(cpt.services())


def _is_anesthesia(key: str) -> bool:
    from medcoding.codes import cpt

    return key in cpt.services() and cpt.services()[key].kind == "anesthesia"


def test_supervising_and_ordering_providers_have_their_own_loops() -> None:
    referring = {"referring": {"name": "Marsh", "first": "Ida", "npi": "2606060608"}}
    for role, count in (("DQ", 1), ("DK", 3)):  # the orderer stands on each of the three lines
        claim = changed(samples.professional(), {**referring, "referring_role": role})
        text = write837(claim)
        assert text.count(f"NM1*{role}*1*Marsh*Ida") == count and accepted(text) == []
        (found,) = read837(text)
        assert isinstance(found, Professional) and found.referring_role == role and found.referring is not None


def test_many_claims_make_one_file_in_order() -> None:
    given = [samples.professional(name) for name in ("office-knee", "emergency-ankle", "screening-polyp")]
    text = write837(given)
    assert accepted(text) == []
    assert [one.control_number for one in read837(text)] == ["BHO-1001", "DEP-1002", "CVD-1003"]


def test_stated_total_that_the_lines_do_not_add_up_to_is_kept() -> None:
    claim = changed(samples.professional(), {"stated_total": "303.00"})
    (found,) = read837(write837(claim))
    assert str(found.stated_total) == "303.00" and str(found.charge) == "302.00"


@pytest.mark.parametrize(
    ("path", "value", "element"),
    [
        ("diagnoses", (), "HI01"), ("lines.0.pointers", ("H",), "SV107"), ("lines.0.pointers", (), "SV107"), ("lines.0.code", "", "SV101-2"),
        ("coverages.0.member_id", "", "NM109"), ("coverages.0.payer.payer_id", "", "NM109"), ("patient.birth_date", None, "DMG02"),
        ("patient.last", "", "NM103"), ("patient.last", "Smith*Jones", "NM103"), ("patient.last", "O~Brien", "NM103"), ("patient.first", "名", "NM104"),
        ("billing.tax_id", "", "REF02"), ("billing.address.street", "", "N301"), ("lines.2.drug.ndc", "123", "LIN03"),
        ("lines.2.drug.unit", "XX", "CTP05-1"), ("coverages.0.relationship", "19", "NM103"), ("control_number", "", "CLM01"),
        ("control_number", "X" * 39, "CLM01"), ("coverages.0.filing", "", "SBR09"), ("billing.name", "N" * 80, "NM103"),
        ("lines.0.place", "", "CLM05-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_names_its_element(path: str, value: object, element: str) -> None:
    with pytest.raises(WriteError) as caught:
        write837(changed(samples.professional(), {path: value}))
    assert caught.value.element == element
    assert caught.value.expected


@pytest.mark.parametrize(("path", "value", "element"), [("bill_type", "111", "CLM05-1"), ("status", "", "CL103"), ("admission_type", "", "CL101"), ("diagnoses", (), "HI01"), ("lines.0.revenue", "", "SV201")])
def test_what_an_institution_cannot_send_names_its_element(path: str, value: object, element: str) -> None:
    with pytest.raises(WriteError) as caught:
        write837(changed(samples.institutional(), {path: value}))
    assert caught.value.element == element


def test_kinds_are_not_mixed_and_nothing_is_no_file() -> None:
    with pytest.raises(WriteError, match="one kind"):
        write837([samples.professional(), samples.institutional()])
    with pytest.raises(WriteError, match="one transaction or more"):
        write837([])


def test_envelope_is_checked() -> None:
    with pytest.raises(WriteError, match="ISA06"):
        write837(samples.professional(), envelope=Envelope(sender="A*B"))
    with pytest.raises(WriteError, match="ISA13"):
        write837(samples.professional(), envelope=Envelope(control_number=0))
    text = write837(samples.professional(), envelope=Envelope("CLINIC", "PAYER", dt.datetime(2026, 5, 4, 13, 7), 42, test=False))
    assert text.splitlines()[0].endswith("*ZZ*CLINIC         *ZZ*PAYER          *260504*1307*^*00501*000000042*0*P*:~")
    assert accepted(text) == []


# ---- reading

SENT = write837(samples.professional())


@pytest.mark.parametrize(
    ("change", "element", "expected"),
    [
        (("HI*ABK:M1711", "HI*BK:M1711"), "HI01-1", "names ICD-9"),
        (("HI*ABK:M1711", "HI*XYZ:M1711"), "HI01-1", "a qualifier of the professional claim"),
        (("HI*ABK:M1711", "HI*ABK"), "HI01-2", "a code was expected"),
        (("*302***11:B:1*", "*3o2***11:B:1*"), "CLM02", "the charge of the claim"),
        (("*302***11:B:1*", "*302***11:A:1*"), "CLM05", "11:B:1"),
        (("*302***11:B:1*Y*A*", "*302***11:B:1*Y*Q*"), "CLM07", "assignment"),
        (("SV1*HC:J3301:JZ*32*UN*4***1", "SV1*HC:J3301:JZ*32*UN*four***1"), "SV104", "the units"),
        (("SV1*HC:J3301:JZ*32*UN*4***1", "SV1*HC:J3301:JZ*32*UN*4***13"), "SV107", "1 to 12"),
        (("SV1*HC:J3301:JZ*32*UN*4***1", "SV1*HC:J3301:JZ*32*UN*4***00199"), "SV107", "1 to 12"),
        (("SV1*HC:J3301:JZ*32*UN*4***1", "SV1*J3301*32*UN*4***1"), "SV101", "HC and a procedure code"),
        (("SV1*HC:J3301", "SV2*HC:J3301"), "", "SV1 in an 837P"),
        (("DTP*472*D8*20260316", "DTP*472*D8*20261316"), "DTP03", "YYYYMMDD"),
        (("DTP*472*D8*20260316", "DTP*472*RD8*20260316"), "DTP03", "two dates"),
        (("DTP*472*D8*20260316", "DTP*472*TT*20260316"), "DTP02", "the form of the date"),
        (("DMG*D8*19530514*F", "DMG*D8*1953-05-14*F"), "DMG02", "date of birth"),
        (("DMG*D8*19530514*F", "DMG*D8*19530514*X"), "DMG03", "the sex"),
        (("HL*2*1*22*0", "HL*2*1*21*0"), "HL03", "the level"),
        (("ST*837*", "ST*999*"), "ST01", "837 was expected"),
        (("REF*EI*", "ZZZ*EI*"), "", "not of that guide"),
        (("CLM*BHO-1001*", "CLM**"), "CLM01", "the provider's number"),
        (("CTP****1*ML", "CTP****x*ML"), "CTP04", "the quantity of the drug"),
    ],
)
def test_fault_names_its_element_and_what_was_expected(change: tuple[str, str], element: str, expected: str) -> None:
    assert change[0] in SENT
    with pytest.raises(X12Error) as caught:
        read837(SENT.replace(*change, 1))
    assert caught.value.element == element
    assert expected in str(caught.value)


def test_flood_of_codes_is_refused() -> None:
    lines = SENT.splitlines()
    at = next(n for n, one in enumerate(lines) if one.startswith("HI*"))
    flood = ["HI*" + "*".join(["ABK:I10"] * 12) + "~"] * 400
    body = [*lines[: at + 1], *flood, *lines[at + 1 :]]
    last = next(n for n, one in enumerate(body) if one.startswith("SE*"))
    body[last] = f"SE*{last - 1}*0001~"
    with pytest.raises(X12Error, match="at most 100 codes"):
        read837("\n".join(body))


def test_remittance_is_refused_with_the_other_reader_named() -> None:
    with pytest.raises(X12Error, match="read835"):
        read837(remittance_file())


def test_claim_that_no_form_could_hold_names_the_claim() -> None:
    with pytest.raises(X12Error, match="holds what no form could") as caught:
        read837(SENT.replace("NM1*IL*1*Winter*Clara", "NM1*IL*1*" + "W" * 100 + "*Clara"))
    assert caught.value.segment == "CLM"


def test_subscriber_without_a_billing_provider_is_refused() -> None:
    lines = SENT.splitlines()
    start, end = lines.index("HL*1**20*1~"), lines.index("HL*2*1*22*0~")
    kept = [*lines[:start], *lines[end:]]
    last = next(n for n, one in enumerate(kept) if one.startswith("SE*"))
    kept[last] = f"SE*{last - 1}*0001~"
    with pytest.raises(X12Error, match="billing provider") as caught:
        read837("\n".join(kept))
    assert (caught.value.segment, caught.value.element) == ("HL", "HL03")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_gives_claims_or_the_documented_error(data: st.DataObject) -> None:
    text = write837(samples.institutional()) if data.draw(st.booleans()) else SENT
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(106, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 8)))
        text = text[:start] + data.draw(st.text("*~:^-.0159ABCDHILMNRSTV \x00é", max_size=6)) + text[end:]
    try:
        found = read837(text)
    except X12Error as error:
        assert error.expected
    else:
        assert all(isinstance(one, Claim) for one in found)
