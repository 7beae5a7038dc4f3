"""Posting remittances: amounts by hand, and charge = paid + written off + patient + open for any remittance."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from claims.remits import BODY, claims, file, remittances
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.claims import samples
from medcoding.claims.ledger import Ledger, LedgerError, Place, post
from medcoding.claims.model import changed
from medcoding.claims.reasons import KINDS, groups, reason, reasons, remark, remarks, said
from medcoding.claims.statement import split, statement
from medcoding.claims.x12 import Adjustment, RemitClaim, RemitLine, Remittance, read835

D = Decimal


def worked() -> Remittance:
    return read835(file())[0]


def decided(*adjustments: tuple[str, str, str], charge: str = "300.00", number: str = "ACCT-7", trace: str = "T1", status: str = "1") -> Remittance:
    """A remittance of one line with these adjustments; what they leave is paid."""
    taken = tuple(Adjustment(group, code, D(amount)) for group, code, amount in adjustments)
    paid = D(charge) - sum((one.amount for one in taken), D(0))
    share = sum((one.amount for one in taken if one.group == "PR"), D("0.00"))
    line = RemitLine(D(charge), paid, "J1100", start=dt.date(2026, 2, 2), adjustments=taken, remarks=("N115",))
    claim = RemitClaim(number, status, D(charge), paid, share, "MB", "ICN77", lines=(line,))
    return Remittance("TEACHING PAYER", "EXAMPLE CLINIC", paid if paid >= 0 else D(0), trace, dt.date(2026, 3, 1), (claim,), credit=True)


def reversed_of(given: Remittance, trace: str) -> Remittance:
    """The same decision taken back: every amount with its sign turned."""
    def turn(claim: RemitClaim) -> RemitClaim:
        lines = tuple(
            dataclasses.replace(line, charge=-line.charge, paid=-line.paid, adjustments=tuple(dataclasses.replace(one, amount=-one.amount) for one in line.adjustments))
            for line in claim.lines
        )
        return dataclasses.replace(claim, status="22", charge=-claim.charge, paid=-claim.paid, patient_share=-claim.patient_share, lines=lines)

    return dataclasses.replace(given, trace_number=trace, amount=given.claims_paid, credit=False, provider_adjustments=(), claims=tuple(turn(one) for one in given.claims))


def places(ledger: Ledger, number: str = "ACCT-7") -> tuple[Decimal, Decimal, Decimal, Decimal]:
    account = ledger[number]
    return account.paid, account.written_off, account.patient, account.open


def test_worked_remittance_is_posted() -> None:
    # charge 300, contract takes 120, the patient owes 20 % of 180 = 36, paid 144
    ledger, findings = post([worked()])
    assert findings == []
    assert places(ledger) == (D("144.00"), D("120.00"), D("36.00"), D("0.00"))
    assert ledger.received == D("144.00") and ledger.denials == []


def test_denial_stays_open_until_somebody_works_it() -> None:
    ledger, findings = post([decided(("CO", "50", "300.00"))])
    assert findings == [] and places(ledger) == (D("0.00"), D("0.00"), D("0.00"), D("300.00"))
    (denial,) = ledger.denials
    assert (denial.code, denial.amount, denial.line, denial.service, denial.remarks) == ("50", D("300.00"), 1, "J1100", ("N115",))
    assert "medically necessary" in str(denial) and "appeal" in str(denial)
    ledger.write_off("ACCT-7", D("300.00"), "the record does not meet the policy")
    assert places(ledger) == (D("0.00"), D("300.00"), D("0.00"), D("0.00")) and ledger.denials == []


def test_denial_to_the_patient_is_the_patients_debt() -> None:
    ledger, _ = post([decided(("PR", "96", "300.00"))])
    assert places(ledger) == (D("0.00"), D("0.00"), D("300.00"), D("0.00")) and ledger.denials == []


def test_sequestration_is_written_off_and_never_the_patients() -> None:
    # allowed 180, patient 36, Medicare 144 less 2 % = 2.88: paid 141.12
    ledger, _ = post([decided(("CO", "45", "120.00"), ("PR", "2", "36.00"), ("CO", "253", "2.88"))])
    assert places(ledger) == (D("141.12"), D("122.88"), D("36.00"), D("0.00"))
    assert ledger["ACCT-7"].withheld == D("2.88")


def test_second_payer_pays_the_patients_share() -> None:
    ledger, first = post([decided(("CO", "45", "120.00"), ("PR", "2", "36.00"))])
    second = ledger.post(decided(("OA", "23", "264.00"), trace="T2", status="2"))  # pays 36
    assert first == second == []
    assert places(ledger) == (D("180.00"), D("120.00"), D("0.00"), D("0.00"))


def test_second_payer_leaves_a_part_to_the_patient() -> None:
    ledger, _ = post([decided(("CO", "45", "120.00"), ("PR", "1", "36.00"))])
    assert ledger.post(decided(("OA", "23", "264.00"), ("PR", "3", "10.00"), trace="T2", status="2")) == []  # pays 26
    assert places(ledger) == (D("170.00"), D("120.00"), D("10.00"), D("0.00"))


def test_second_decision_without_reversal_or_earlier_payer_is_refused() -> None:
    ledger, _ = post([worked()])
    again = dataclasses.replace(worked(), trace_number="OTHER")
    assert [one.rule for one in ledger.post(again)] == ["decided-twice"]
    assert places(ledger) == (D("144.00"), D("120.00"), D("36.00"), D("0.00"))


def test_same_check_is_posted_once() -> None:
    ledger, _ = post([worked()])
    with pytest.raises(LedgerError, match="posted before"):
        ledger.post(worked())
    assert ledger.received == D("144.00")


def test_reversal_and_correction_replace_a_decision() -> None:
    ledger, _ = post([worked()])
    assert ledger.post(reversed_of(worked(), "T2")) == []
    assert places(ledger) == (D("0.00"), D("0.00"), D("0.00"), D("300.00")) and ledger.received == D("0.00")
    assert ledger.post(decided(("CO", "50", "300.00"), trace="T3")) == []
    assert ledger["ACCT-7"].open == D("300.00") and len(ledger.denials) == 1


def test_reversal_of_nothing_is_refused() -> None:
    back = reversed_of(worked(), "T2")
    ledger, findings = post([back])
    assert [one.rule for one in findings] == ["reversal-of-nothing"] and "ACCT-7" not in ledger
    ledger, _ = post([worked(), back])
    assert [one.rule for one in ledger.post(dataclasses.replace(back, trace_number="T9"))] == ["reversal-of-nothing"]


def test_claim_out_of_balance_is_not_posted_and_others_are() -> None:
    bad = dataclasses.replace(decided(("CO", "45", "10.00")).claims[0], control_number="BAD", paid=D("291.00"))
    both = dataclasses.replace(worked(), claims=(bad, *worked().claims), amount=D("435.00"))
    ledger, findings = post([both])
    assert [one.rule for one in findings] == ["claim-balance"]
    assert "BAD" not in ledger and ledger["ACCT-7"].paid == D("144.00")


def test_other_charge_than_billed_is_not_posted() -> None:
    claim = changed(samples.professional(), {"control_number": "ACCT-7"})
    ledger = Ledger()
    ledger.bill(claim)
    findings = ledger.post(worked())
    assert [one.rule for one in findings] == ["charge-differs"] and "$302.00" in findings[0].message
    assert ledger["ACCT-7"].open == D("302.00")


def test_copayment_at_the_desk_counts_against_the_patients_share() -> None:
    claim = changed(samples.professional(), {"patient_paid": "20.00"})
    ledger = Ledger()
    ledger.bill(claim)
    assert places(ledger, "BHO-1001") == (D("20.00"), D("0.00"), D("-20.00"), D("302.00"))
    assert ledger.post(decided(("CO", "45", "102.00"), ("PR", "3", "40.00"), charge="302.00", number="BHO-1001")) == []
    assert places(ledger, "BHO-1001") == (D("180.00"), D("102.00"), D("20.00"), D("0.00"))  # 160 + 20 paid, 20 still owed
    ledger.collect("BHO-1001", D("20.00"))
    assert places(ledger, "BHO-1001") == (D("200.00"), D("102.00"), D("0.00"), D("0.00"))


@pytest.mark.parametrize("amount", ["0.00", "36.01", "-1.00"])
def test_no_more_is_collected_than_is_owed(amount: str) -> None:
    ledger, _ = post([worked()])
    with pytest.raises(LedgerError, match=r"\$36.00"):
        ledger.collect("ACCT-7", D(amount))
    with pytest.raises(LedgerError, match="cannot be written off"):
        ledger.write_off("ACCT-7", D("1.00"), "")


def test_unknown_account_and_second_bill_are_told() -> None:
    ledger = Ledger()
    with pytest.raises(LedgerError, match="No account"):
        ledger["X"]
    ledger.bill(samples.professional())
    with pytest.raises(LedgerError, match="open already"):
        ledger.bill(samples.professional())


def test_provider_adjustments_are_kept_apart() -> None:
    (found,) = read835(file(BODY.replace("*144*C*CHK", "*130.5*C*CHK") + "PLB*1234567893*20261231*WO:ICN12*15*L6*-1.5~\n"))
    ledger, findings = post([found])
    assert findings == [] and ledger.received == D("130.50") and ledger.provider_adjusted == D("13.50")
    assert ledger["ACCT-7"].paid == D("144.00")


def test_check_that_does_not_add_up_is_told_and_its_claims_are_posted() -> None:
    ledger, findings = post([dataclasses.replace(worked(), amount=D("150.00"))])
    assert [one.rule for one in findings] == ["check-balance"] and ledger["ACCT-7"].paid == D("144.00")


# ---- laws


def whole(ledger: Ledger) -> bool:
    return all(one.charge == one.paid + one.written_off + one.patient + one.open for one in ledger)


@settings(max_examples=150, deadline=None)
@given(remittances())
def test_every_charge_is_accounted_for_and_only_refusals_stay_open(given: Remittance) -> None:
    ledger, findings = post([given])
    assert findings == [] and whole(ledger)
    assert ledger.received == given.amount
    for claim in given.claims:
        account = ledger[claim.control_number]
        assert account.paid == claim.paid and account.patient == claim.patient_share
        kept = [one for _, one in claim.every_adjustment() if one.group != "PR" and reason(one.reason).kind not in ("contract", "withheld")]
        assert account.open == sum((one.amount for one in kept), D("0.00"))
        assert sum((one.amount for one in account.denials), D("0.00")) <= account.open
        parts = split(claim)
        assert parts.charge == parts.paid + parts.patient + parts.written_off + parts.open
        assert (parts.paid, parts.patient, parts.written_off, parts.open) == (account.paid, account.patient, account.written_off, account.open)


@settings(max_examples=60, deadline=None)
@given(remittances())
def test_reversal_brings_everything_back(given: Remittance) -> None:
    ledger, _ = post([given])
    assert ledger.post(reversed_of(given, "BACK")) == []
    assert whole(ledger) and all(one.open == one.charge for one in ledger)
    assert ledger.denials == []


@settings(max_examples=60, deadline=None)
@given(claims(), st.integers(1, 999))
def test_one_cent_off_is_never_posted(claim: RemitClaim, cents: int) -> None:
    wrong = dataclasses.replace(claim, paid=claim.paid + D(cents).scaleb(-2))
    ledger, findings = post([Remittance("P", "E", wrong.paid, "T", None, (wrong,))])
    assert "claim-balance" in [one.rule for one in findings] and list(ledger) == []


# ---- telling


def test_split_of_the_worked_line() -> None:
    line = worked().claims[0].lines[0]
    parts = split(line)
    assert (parts.allowed, parts.paid, parts.patient, parts.written_off, parts.open) == (D("180.00"), D("144.00"), D("36.00"), D("120.00"), D("0.00"))
    assert split(dataclasses.replace(line, allowed=None)).allowed == D("180.00")  # 144 + 36


def test_statement_says_every_reason_in_words() -> None:
    text = statement(worked()).text
    assert "Charge $300.00: allowed $180.00, paid $144.00, patient $36.00, written off $120.00." in text
    assert "$120.00, CO 45: charge above the schedule or the contract" in text and "the patient may not be billed" in text
    assert "Remark N115: decided by a local coverage determination (LCD)." in text
    assert "Does not add up" not in text
    assert "Does not add up" in statement(dataclasses.replace(worked(), amount=D("1.00"))).text


def test_statement_escapes_what_a_file_says() -> None:
    given = dataclasses.replace(worked(), payer="<script>alert(1)</script>")
    page = statement(given)._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page and page.count("<table") == 1


# ---- the table


def test_table_of_reasons_is_large_and_whole() -> None:
    assert len(reasons()) >= 60 and len(remarks()) >= 30
    for one in reasons().values():
        assert one.kind in KINDS and one.plain and one.do and set(one.groups) <= set(groups()), one.code
        assert (one.kind == "share") == (one.groups == ("PR",)) or one.kind != "share", one.code


def test_remarks_are_in_force() -> None:
    import xml.etree.ElementTree as ElementTree
    from importlib.resources import files

    root = ElementTree.fromstring(files("pyx12").joinpath("map/codes.xml").read_text(encoding="utf-8"))
    known = {code.text for part in root.iter("codeset") if part.findtext("id") == "remark_code" for code in part.iter("code")}
    assert set(remarks()) - known == set()


def test_meanings_lead_to_what_a_coder_does() -> None:
    assert reason("16").needs_remark and reason("16").kind == "correct" and "nothing to appeal" in reason("16").do
    assert reason("50").kind == "judge" and reason("45").kind == "contract" and reason("253").kind == "withheld"
    assert reason("2").groups == ("PR",) and reason("23").groups == ("OA",)
    assert remark("MA01").alert and not remark("M76").alert


def test_unknown_number_is_never_written_off_unread() -> None:
    assert reason("999").kind == "judge" and "not in the course's table" in said("CO", "999")
    ledger, _ = post([decided(("CO", "999", "300.00"))])
    assert ledger["ACCT-7"].open == D("300.00") and len(ledger.denials) == 1


def test_totals_over_accounts() -> None:
    ledger, _ = post([worked(), decided(("CO", "50", "100.00"), charge="100.00", number="B2", trace="T2")])
    assert (ledger.total(Place.PAID), ledger.total(Place.OPEN)) == (D("144.00"), D("100.00"))
