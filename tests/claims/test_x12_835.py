"""Remittances in and out: amounts by hand, faults by element, written files judged by pyx12."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from claims.remits import BODY, HEAD, accepted, file, placeless, remittances
from hypothesis import given, settings
from medcoding.claims.x12 import (
    Adjustment,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    WriteError,
    X12Error,
    balance,
    read835,
    write835,
)

D = Decimal


def test_worked_remittance_is_read_whole() -> None:
    (found,) = read835(file())
    line = RemitLine(
        D("300.00"), D("144.00"), "J1100", ("JZ",), units=D(2), start=dt.date(2026, 2, 2), end=dt.date(2026, 2, 2), allowed=D("180.00"),
        adjustments=(Adjustment("CO", "45", D("120.00")), Adjustment("PR", "2", D("36.00"))), remarks=("N115",), position=16,
    )  # fmt: skip
    claim = RemitClaim(
        "ACCT-7", "1", D("300.00"), D("144.00"), D("36.00"), "MB", "ICN77", "11", "1", last="DOE", first="JANE", member_id="1EG4TE5MK73",
        start=dt.date(2026, 2, 2), remarks=("MA01",), lines=(line,), position=12,
    )  # fmt: skip
    assert found == Remittance(
        "TEACHING PAYER", "EXAMPLE CLINIC", D("144.00"), "CK-1001", dt.date(2026, 3, 1), (claim,), payee_npi="1234567893"
    )
    assert balance.check(found) == []


def test_file_that_we_hold_for_good_is_good_for_pyx12_too() -> None:
    assert accepted(file()) == []


@pytest.mark.parametrize(
    ("change", "element", "expected"),
    [
        (("CLP*ACCT-7*1*300*", "CLP*ACCT-7*1*3O0*"), "CLP03", "the charge of the claim"),
        (("*300*144*36*MB", "*300*$144*36*MB"), "CLP04", "the payment of the claim"),
        (("*300*144*36*MB", "*300*1.445*36*MB"), "CLP04", "2 decimals"),
        (("CLP*ACCT-7*1*", "CLP*ACCT-7*9*"), "CLP02", "what became of the claim"),
        (("CLP*ACCT-7*1*", "CLP**1*"), "CLP01", "the provider's number"),
        (("CAS*CO*45*120~", "CAS*CX*45*120~"), "CAS01", "CO, CR, OA, PI, PR"),
        (("CAS*CO*45*120~", "CAS*CO*45~"), "CAS03", "amount of the adjustment"),
        (("CAS*CO*45*120~", "CAS*CO**120~"), "CAS02", "number of a reason"),
        (("CAS*CO*45*120~", "CAS*CO~"), "CAS02", "one to six reasons"),
        (("CAS*CO*45*120~", "CAS*CO*45*120**50~"), "CAS06", "amount of the adjustment"),
        (("DTM*472*20260202~", "DTM*472*20260230~"), "DTM02", "YYYYMMDD"),
        (("DTM*472*20260202~", "DTM*472*2026-02-02~"), "DTM02", "YYYYMMDD"),
        (("SVC*HC:J1100:JZ*", "SVC*J1100*"), "SVC01", "HC:J1100"),
        (("**2~\nDTM", "**two~\nDTM"), "SVC05", "units"),
        (("BPR*I*144*C", "BPR*I*144*X"), "BPR03", "C, D"),
        (("LQ*HE*N115~", "LQ*HE~"), "LQ02", "remark number"),
        (("N1*PR*", "N1*ZZ*"), "N101", "payer or payee"),
        (("ST*835*1234~", "ST*999*1234~"), "ST01", "835 was expected"),
        (("LX*1~\nCLP", "LX*1~\nCAS*CO*45*1~\nCLP"), "", "a claim (CLP) was expected before it"),
        (("LX*1~\nCLP", "LX*1~\nSVC*HC:J1100*1*1~\nCLP"), "", "a claim (CLP) was expected before it"),
        (("LX*1~", "CLM*1~"), "", "not of that guide"),
        (("LQ*HE*N115~", "LQ*HE*N115~\nBPR*I*1*C*CHK~"), "", "before the first claim"),
        (("LQ*HE*N115~", "LQ*HE*N115~\nPLB*123*20261231*WO*x~"), "PLB04", "amount of the adjustment"),
        (("TRN*1*CK-1001*1999999999~\n", ""), "", "TRN"),
        (("N1*PR*TEACHING PAYER~\n", ""), "", "N1*PR"),
    ],
)
def test_fault_names_its_element_and_what_was_expected(change: tuple[str, str], element: str, expected: str) -> None:
    assert change[0] in BODY
    with pytest.raises(X12Error) as caught:
        read835(file(BODY.replace(*change, 1)))
    assert caught.value.element == element
    assert expected in str(caught.value)
    assert caught.value.position > 0


def test_claim_file_is_refused_with_the_other_reader_named() -> None:
    with pytest.raises(X12Error, match="read837") as caught:
        read835(file().replace("ST*835", "ST*837"))
    assert (caught.value.segment, caught.value.element, caught.value.found) == ("ST", "ST01", "837")


def test_other_guide_is_refused() -> None:
    with pytest.raises(X12Error, match="005010X221A1"):
        read835(file().replace("005010X221A1", "004010X091A1"))


def test_empty_envelope_is_told() -> None:
    with pytest.raises(X12Error, match="the envelope is empty"):
        read835(HEAD + "GE*0*1~\nIEA*1*000000905~")


def test_six_reasons_in_one_segment_and_several_segments_are_all_read() -> None:
    body = BODY.replace("CAS*CO*45*120~\nCAS*PR*2*36~", "CAS*CO*45*100**253*2.88*1*50*17.12~\nCAS*PR*1*30**2*6~")
    line = read835(file(body))[0].claims[0].lines[0]
    assert line.adjustments == (
        Adjustment("CO", "45", D("100.00")), Adjustment("CO", "253", D("2.88"), D(1)), Adjustment("CO", "50", D("17.12")),
        Adjustment("PR", "1", D("30.00")), Adjustment("PR", "2", D("6.00")),
    )  # fmt: skip


def test_revenue_lines_and_inpatient_remarks_are_read() -> None:
    body = BODY.replace("MOA***MA01~", "MIA*0****MA01*************** ~".replace("* ", "*MA07")).replace("SVC*HC:J1100:JZ*300*144**2~", "SVC*NU:0120*300*144**2~")
    claim = read835(file(body))[0].claims[0]
    assert claim.remarks == ("MA01", "MA07")
    assert (claim.lines[0].revenue, claim.lines[0].code) == ("0120", "")


def test_provider_adjustments_are_read() -> None:
    body = BODY.replace("*144*C*CHK", "*130.5*C*CHK") + "PLB*1234567893*20261231*WO:ICN12*15*L6*-1.5~\n"
    (found,) = read835(file(body))
    assert found.provider_adjustments == (
        ProviderAdjustment("WO", D("15.00"), "ICN12", "1234567893", dt.date(2026, 12, 31)),
        ProviderAdjustment("L6", D("-1.50"), "", "1234567893", dt.date(2026, 12, 31)),
    )
    assert balance.check(found) == []  # 144.00 less 15.00 plus 1.50 is 130.50


@pytest.mark.parametrize(
    ("change", "rules", "difference"),
    [
        (("CAS*CO*45*120~", "CAS*CO*45*119.99~"), ["line-balance", "claim-balance"], "is $144.01, but $144.00 was paid"),
        (("*300*144*36*MB", "*300*143*36*MB"), ["claim-balance", "check-balance"], "$143.00"),
        (("*300*144*36*MB", "*301*145*36*MB"), ["claim-charge", "check-balance"], "$301.00"),
        (("*300*144*36*MB", "*300*144*35*MB"), ["patient-share"], "$35.00"),
        (("BPR*I*144*", "BPR*I*144.01*"), ["check-balance"], "a difference of $0.01"),
    ],
)
def test_each_imbalance_is_found_to_the_cent(change: tuple[str, str], rules: list[str], difference: str) -> None:
    assert change[0] in BODY
    (found,) = read835(file(BODY.replace(*change, 1)))
    findings = balance.check(found)
    assert [one.rule for one in findings] == rules
    assert any(difference in one.message for one in findings)


# ---- writing


def small() -> Remittance:
    return placeless(read835(file())[0])


@settings(max_examples=60, deadline=None)
@given(remittances())
def test_what_is_written_is_read_back_the_same_and_balances(given: Remittance) -> None:
    (found,) = read835(write835(given))
    assert placeless(found) == given
    assert balance.check(found) == []


@settings(max_examples=40, deadline=None)
@given(remittances())
def test_pyx12_accepts_what_is_written(given: Remittance) -> None:
    assert accepted(write835(given)) == []


def test_two_remittances_share_one_file() -> None:
    other = dataclasses.replace(small(), trace_number="CK-1002")
    text = write835([small(), other])
    assert accepted(text) == []
    assert [placeless(one) for one in read835(text)] == [small(), other]


def test_inpatient_stay_with_its_group_is_accepted() -> None:
    claim = dataclasses.replace(small().claims[0], drg="193", place="11", remarks=("MA01", "MA07"))
    given = dataclasses.replace(small(), claims=(claim,))
    text = write835(given)
    assert "MIA*0****MA01" in text and accepted(text) == []
    assert placeless(read835(text)[0]) == given


def test_nothing_paid_is_a_notice_without_a_check() -> None:
    line = dataclasses.replace(small().claims[0].lines[0], paid=D("0.00"), allowed=None, adjustments=(Adjustment("CO", "50", D("300.00")),))
    claim = dataclasses.replace(small().claims[0], status="4", paid=D("0.00"), patient_share=D("0.00"), lines=(line,))
    text = write835(dataclasses.replace(small(), amount=D("0.00"), method="NON", claims=(claim,)))
    assert "BPR*H*0*C*NON" in text and accepted(text) == []


def test_service_key_travels_as_a_marked_code_or_as_its_licensed_number() -> None:
    line = dataclasses.replace(small().claims[0].lines[0], code="svc:im-injection")
    given = dataclasses.replace(small(), claims=(dataclasses.replace(small().claims[0], lines=(line,)),))
    assert "SVC*HC:SVC.IM-INJECTION:JZ*" in write835(given)
    assert placeless(read835(write835(given))[0]) == given
    assert "SVC*HC:12345:JZ*" in write835(given, numbers={"svc:im-injection": "12345"})


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"amount": D("-1.00")}, "BPR02"), ({"method": "ACH"}, "BPR04"), ({"payee_npi": ""}, "N104"), ({"payer": "A*B"}, "N102"),
        ({"payer": "A~ISA"}, "N102"), ({"payer": "支払"}, "N102"), ({"trace_number": "x" * 51}, "TRN02"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_names_its_element(changes: dict[str, object], element: str) -> None:
    with pytest.raises(WriteError) as caught:
        write835(dataclasses.replace(small(), **changes))  # type: ignore[arg-type]
    assert caught.value.element == element


def test_marks_over_letters_are_left_out() -> None:
    claim = dataclasses.replace(small().claims[0], last="Núñez", first="Zoë")
    assert "NM1*QC*1*Nunez*Zoe*" in write835(dataclasses.replace(small(), claims=(claim,)))


def test_more_than_six_provider_adjustments_take_another_segment() -> None:
    own = tuple(ProviderAdjustment("L6", D("-1.00"), f"R{n}", "1234567893", dt.date(2026, 12, 31)) for n in range(8))
    given = dataclasses.replace(small(), amount=D("152.00"), provider_adjustments=own)
    text = write835(given)
    assert text.count("PLB*") == 2
    assert placeless(read835(text)[0]) == given and balance.check(given) == []


def test_adjustment_of_nothing_is_not_written() -> None:
    line = dataclasses.replace(small().claims[0].lines[0], adjustments=(*small().claims[0].lines[0].adjustments, Adjustment("OA", "94", D("0.00"))))
    text = write835(dataclasses.replace(small(), claims=(dataclasses.replace(small().claims[0], lines=(line,)),)))
    assert "CAS*OA" not in text and accepted(text) == []
