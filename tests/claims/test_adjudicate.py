"""The teaching payer: amounts worked by hand, refusals by edit, and remittances that always add up and are accepted."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from claims.drawn_claims import institutional, professional
from claims.remits import accepted, placeless
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.claims import adjudicate, edits, samples
from medcoding.claims.adjudication import Plan, PlanError, plan, plans, reversal
from medcoding.claims.adjudication.plan import rules
from medcoding.claims.appeal import check as check_appeal
from medcoding.claims.ledger import Ledger, post
from medcoding.claims.model import Claim, changed
from medcoding.claims.reasons import reasons, remarks
from medcoding.claims.x12 import Adjustment, balance, read835, write835
from medcoding.payment.steps import PaymentInputError

D = Decimal
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
FEES = {"svc:office-visit-established": 100, "svc:large-joint-injection": 80, "J3301": "6.25"}


def knee(**changes: object) -> Claim:
    return changed(samples.professional("office-knee"), changes)


def amounts(line: object) -> list[tuple[str, str, str]]:
    return [(one.group, one.reason, f"{one.amount:.2f}") for one in line.adjustments]  # type: ignore[attr-defined]


def test_first_payer_by_hand() -> None:
    # visit: 150 charged, 100 allowed; 60 of the deductible; 20 % of 40 = 8; 2 % of 32 = 0.64; paid 31.36
    # injection: 120 charged, 80 allowed; 20 % = 16; 2 % of 64 = 1.28; paid 62.72
    # drug: 4 units at 6.25 = 25 allowed of 32; 20 % = 5; 2 % of 20 = 0.40; paid 19.60
    found = adjudicate(samples.professional(), fees=FEES, deductible=60)
    assert [amounts(line) for line in found.lines] == [
        [("CO", "45", "50.00"), ("PR", "1", "60.00"), ("PR", "2", "8.00"), ("CO", "253", "0.64")],
        [("CO", "45", "40.00"), ("PR", "2", "16.00"), ("CO", "253", "1.28")],
        [("CO", "45", "7.00"), ("PR", "2", "5.00"), ("CO", "253", "0.40")],
    ]
    assert [line.paid for line in found.lines] == [D("31.36"), D("62.72"), D("19.60")]
    assert (found.charge, found.allowed, found.paid, found.patient) == (D("302.00"), D("205.00"), D("113.68"), D("89.00"))
    assert found.findings == () and found.refused == ()


def test_commercial_plan_asks_one_copayment_then_coinsurance() -> None:
    # the visit at 120 of 410 charged: 30 copayment, paid 90; the films at 40 of 45: 10 % = 4, paid 36; nothing is withheld
    found = adjudicate(samples.professional("emergency-ankle"), fees={"svc:emergency-visit": 120, "svc:ankle-film": 40})
    assert [amounts(line) for line in found.lines] == [[("CO", "45", "290.00"), ("PR", "3", "30.00")], [("CO", "45", "5.00"), ("PR", "2", "4.00")]]
    assert [line.paid for line in found.lines] == [D("90.00"), D("36.00")]


def test_fee_above_the_charge_allows_the_charge() -> None:
    found = adjudicate(samples.professional(), fees=FEES | {"svc:office-visit-established": 500})
    assert found.lines[0].allowed == D("150.00") and amounts(found.lines[0])[0] == ("PR", "2", "30.00")


def test_teaching_fee_is_that_of_the_fee_schedule() -> None:
    # svc:office-visit-established has 1.30 + 1.45 + 0.10 = 2.85 teaching units: 2.85 × 33.4009 = 95.19
    assert adjudicate(samples.professional()).lines[0].allowed == D("95.19")
    # drugs have no teaching fee: 80 % of the charge of 32
    assert adjudicate(samples.professional()).lines[2].allowed == D("25.60")


def test_hospital_day_is_paid_by_its_outpatient_rates_and_packages_the_rest() -> None:
    found = adjudicate(samples.institutional("outpatient-chest-pain"))
    assert [line.allowed > 0 for line in found.lines] == [True, False, False, False, False]
    assert amounts(found.lines[1]) == [("CO", "234", "410.00")] and found.lines[1].remarks == ("M15",)


def test_rate_above_the_charge_stands_and_is_adjusted_below_zero() -> None:
    found = adjudicate(samples.institutional("outpatient-infusion"))
    assert found.lines[0].allowed > found.lines[0].charge
    assert found.lines[0].adjustments[0] == Adjustment("CO", "94", found.lines[0].charge - found.lines[0].allowed)


def test_stay_is_paid_as_a_whole_by_its_group() -> None:
    found = adjudicate(samples.institutional("stay-pneumonia"), deductible=1736)
    claim = found.remittance.claims[0]
    assert (claim.drg, claim.lines, claim.place) == ("193", (), "11")
    # 16,505.50 charged; the patient owes the deductible alone; 2 % of the rest is withheld
    assert found.patient == D("1736.00")
    assert found.paid == found.allowed - D("1736.00") - ((found.allowed - D("1736.00")) * D("0.02")).quantize(D("0.01"))
    assert accepted(found.x12()) == []


@pytest.mark.parametrize(
    ("changes", "reason", "remarks"),
    [
        ({"patient.birth_date": None}, "A8", ()),
        ({"status": "99"}, "16", ("MA43", "MA130")),
        ({"diagnoses.0.code": "I43"}, "16", ("MA63", "MA130")),
        ({"procedures": ({"code": "ZZZZZZZ", "date": "2026-04-28"},)}, "16", ("MA66", "MA130")),
    ],
)
def test_stay_that_cannot_be_grouped_or_processed_is_refused_whole(changes: dict[str, object], reason: str, remarks: tuple[str, ...]) -> None:
    found = adjudicate(changed(samples.institutional("stay-pneumonia"), changes))
    assert [amounts(line) for line in found.lines] == [[("CO", reason, "16505.50")]] and found.lines[0].remarks == remarks
    assert found.paid == 0 and found.remittance.claims[0].status == "4" and accepted(found.x12()) == []


# ---- refusals


@pytest.mark.parametrize(
    ("changes", "refused", "group", "reason", "remark"),
    [
        ({"lines.1.pointers": ("D",)}, [1], "CO", "16", "M76"),
        ({"lines.1.code": "svc:no-such-thing"}, [1], "CO", "181", "N56"),
        ({"diagnoses.0.code": "M17"}, [0, 1, 2], "CO", "16", "MA130"),
        ({"rendering.npi": "2707070705"}, [0, 1, 2], "CO", "208", ""),
        ({"coverages.0.member_id": "1EG4TE5MK7O"}, [0, 1, 2], "CO", "31", "N382"),
        ({"lines.1.units": 0}, [1], "CO", "16", "M53"),
        ({"lines.2.drug.unit": "XX"}, [2], "CO", "16", "M119"),
        ({"submitted": "2027-03-17"}, [0, 1, 2], "CO", "29", ""),
        ({"frequency": "7"}, [0, 1, 2], "CO", "16", "M47"),
        ({"lines.0.place": "88"}, [0], "CO", "16", "M77"),
    ],
)
def test_failed_edit_becomes_a_refusal(changes: dict[str, object], refused: list[int], group: str, reason: str, remark: str) -> None:
    found = adjudicate(knee(**changes), fees=FEES)
    assert [place for place, line in enumerate(found.lines) if line.refusal] == refused
    line = found.lines[refused[0]]
    assert amounts(line) == [(group, reason, f"{line.charge:.2f}")] and line.paid == line.allowed == 0
    assert not remark or remark in line.remarks
    assert balance.check(found.remittance) == []
    assert found.remittance.claims[0].status == ("4" if len(refused) == 3 else "1")


def test_one_refused_line_leaves_the_others_paid() -> None:
    clean, broken = adjudicate(samples.professional(), fees=FEES), adjudicate(knee(**{"lines.1.pointers": ("D",)}), fees=FEES)
    assert [line.paid for line in broken.lines] == [clean.lines[0].paid, D(0), clean.lines[2].paid]


def test_second_code_of_a_pair_is_refused() -> None:
    pairs = [pair for some in edits.teaching().pairs.values() for pair in some if pair.indicator == "0" and pair.in_force(dt.date(2026, 3, 16))]
    pair = next(one for one in pairs if one.first.startswith("svc:") and one.second.startswith("svc:"))
    line = {"date": "2026-03-16", "place": "11", "pointers": ("A",), "charge": "50.00"}
    claim = knee(lines=({**line, "code": pair.second}, {**line, "code": pair.first}))
    found = adjudicate(claim, fees={pair.first: 40, pair.second: 40})
    assert found.lines[0].refusal is not None and found.lines[0].refusal.rule == "pair-never"
    assert amounts(found.lines[0]) == [("CO", "236", "50.00")]
    assert found.lines[1].refusal is None or found.lines[1].refusal.rule != "pair-never"


def test_duplicate_of_an_earlier_claim_is_refused_as_such() -> None:
    first = samples.professional()
    found = adjudicate(changed(first, {"control_number": "AGAIN"}), history=[first], fees=FEES)
    assert [amounts(line)[0][:2] for line in found.lines] == [("OA", "18")] * 3 and found.paid == 0


def test_announced_denial_says_who_owes() -> None:
    policy = next(one for one in edits.policies().values() if one.excluded and one.holds_for(True))
    code = sorted(policy.services)[0]
    line = {"code": code, "modifiers": ("GY",), "date": "2026-03-16", "place": "11", "pointers": ("A",), "charge": "50.00"}
    found = adjudicate(knee(lines=(line,)))
    assert [one.rule for one in found.findings if one.severity == "error"] == []
    assert amounts(found.lines[0]) == [("PR", "96", "50.00")] and found.patient == D("50.00")


def test_missing_authorization_is_refused_by_the_plans_that_ask_for_it() -> None:
    claim = samples.professional("therapy-shoulder")
    assert adjudicate(claim).refused == ()
    without = adjudicate(changed(claim, {"authorization": ""}))
    assert [amounts(line)[0][:2] for line in without.refused] == [("CO", "197")] * 3
    assert adjudicate(changed(claim, {"authorization": ""}), plan("medicare")).refused == ()


def test_plans_own_limit_counts_to_the_day_of_receipt() -> None:
    claim = samples.professional("therapy-shoulder")  # last service 2026-03-19; 180 days later is 2026-09-15
    assert adjudicate(claim, received=dt.date(2026, 9, 15)).refused == ()
    late = adjudicate(claim, received=dt.date(2026, 9, 16))
    assert [one.reason for line in late.lines for one in line.adjustments] == ["29"] * 3


# ---- later payers


def secondary(paid: str | None) -> Claim:
    plan_b = {"payer": {"name": "Maple Health Plan", "payer_id": "TEACH03"}, "filing": "CI", "member_id": "MHP-1"}
    first = {"payer": {"name": "Medicare Part B", "payer_id": "TEACH01"}, "filing": "MB", "member_id": "1EG4TE5MK73", "paid": paid}
    return knee(coverages=(first, plan_b), destination=1)


def test_later_payer_pays_what_is_left_of_its_allowance() -> None:
    # allowed 100 + 80 + 25 = 205; earlier payers paid 113.68; 91.32 is left, and its own benefit is more
    found = adjudicate(secondary("113.68"), dataclasses.replace(plan("commercial"), visit_copay=D(0), coinsurance=D(0)), fees=FEES)
    assert found.paid == D("91.32") and found.patient == D("0.00")
    assert [one.reason for line in found.lines for one in line.adjustments] == ["23"] * 3
    assert found.remittance.claims[0].status == "2" and balance.check(found.remittance) == []


def test_later_payer_pays_nothing_where_enough_was_paid() -> None:
    found = adjudicate(secondary("205.00"), fees=FEES)
    assert found.paid == 0 and found.patient == 0 and found.remittance.method == "NON"
    assert accepted(found.x12()) == []


def test_two_payers_in_the_ledger() -> None:
    ledger = Ledger()
    ledger.bill(samples.professional())
    first = adjudicate(samples.professional(), fees=FEES)
    assert ledger.post(first.remittance) == []
    after_first = ledger["BHO-1001"].patient
    second = adjudicate(secondary(str(first.paid)), fees=FEES)
    assert ledger.post(second.remittance) == []
    account = ledger["BHO-1001"]
    assert account.paid == first.paid + second.paid and account.patient < after_first
    assert account.charge == account.paid + account.written_off + account.patient + account.open


def test_secondary_before_the_first_payer_is_refused() -> None:
    found = adjudicate(secondary(None), fees=FEES)
    assert "payer-order" in [one.rule for one in found.findings]
    assert {one.reason for line in found.lines for one in line.adjustments} == {"22"}


# ---- what follows


def test_refusal_leads_to_the_right_work() -> None:
    wrong, judged = adjudicate(knee(**{"lines.1.units": 0}), fees=FEES), adjudicate(knee(submitted="2027-03-17"), fees=FEES)
    ledger, _ = post([wrong.remittance])
    (denial,) = ledger.denials
    assert [one.rule for one in check_appeal(denial)] == ["correct-first"]
    late, _ = post([judged.remittance])
    assert all(one.code == "29" for one in late.denials) and check_appeal(late.denials[0])[0].rule == "no-appeal-rights"


def test_reversal_takes_back_and_a_replacement_pays_again() -> None:
    broken = adjudicate(knee(**{"lines.1.pointers": ("D",)}), fees=FEES)
    back = reversal(broken.remittance)
    assert accepted(write835(back)) == [] and balance.check(back) == []
    ledger, findings = post([broken.remittance, back])
    assert findings == [] and ledger["BHO-1001"].open == D("302.00")
    mended = adjudicate(knee(frequency="7", original_reference="ICN-BHO-1001"), fees=FEES)
    again = dataclasses.replace(mended.remittance, trace_number="T3")
    assert ledger.post(again) == [] and ledger["BHO-1001"].open == 0 and ledger["BHO-1001"].paid == mended.paid


def test_void_is_told_what_to_do() -> None:
    with pytest.raises(PlanError, match="reversal"):
        adjudicate(knee(frequency="8", original_reference="ICN1"))


@pytest.mark.parametrize(("name", "value"), [("fees", {"J3301": "-1"}), ("fees", {"J3301": "x"}), ("deductible", -5), ("deductible", "much")])
def test_amounts_that_are_none_are_refused(name: str, value: object) -> None:
    with pytest.raises(PaymentInputError):
        adjudicate(samples.professional(), **{name: value})  # type: ignore[arg-type]


def test_terms_are_checked_and_names_listed() -> None:
    with pytest.raises(PlanError, match="medicare, commercial"):
        plan("gold")
    for name, value in (("coinsurance", D(2)), ("fee_share", D(-1)), ("visit_copay", D(-1))):
        with pytest.raises(PlanError):
            dataclasses.replace(plan("medicare"), **{name: value})


def test_explanation_tells_every_step_and_says_that_it_teaches() -> None:
    found = adjudicate(samples.professional(), fees=FEES, deductible=60).explain()
    assert "charge $302.00, allowed $205.00, paid $113.68, the patient owes $89.00" in found.text
    assert "Coinsurance: ($100.00 − $60.00) × 20 % = $8.00" in found.text and "A teaching payer with invented fees" in found.text
    assert "<table" in found._repr_html_()


def test_same_claim_same_answer() -> None:
    assert adjudicate(samples.professional()) == adjudicate(samples.professional())
    assert adjudicate(samples.institutional()).x12() == adjudicate(samples.institutional()).x12()


@pytest.mark.parametrize("name", list(samples.samples()))
def test_answer_to_each_sample_is_accepted_read_back_and_posted(name: str) -> None:
    found = adjudicate(samples.sample(name))
    assert found.refused == () and found.paid > 0
    text = found.x12()
    assert accepted(text) == [] and placeless(read835(text)[0]) == found.remittance
    ledger, findings = post([found.remittance])
    assert findings == [] and ledger[found.claim.control_number].open == 0


# ---- laws


def holds(found: object, claim: Claim) -> None:
    assert balance.check(found.remittance) == []  # type: ignore[attr-defined]
    assert found.charge == claim.charge  # type: ignore[attr-defined]
    assert 0 <= found.paid <= found.allowed  # type: ignore[attr-defined]
    for line in found.lines:  # type: ignore[attr-defined]
        assert line.charge == line.paid + sum((one.amount for one in line.adjustments), D(0)) and line.paid >= 0 and line.patient >= 0
        assert not line.refusal or line.paid == 0


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(professional(), st.integers(0, 50_000).map(lambda n: D(n).scaleb(-2)))
def test_every_professional_decision_adds_up(claim: Claim, deductible: Decimal) -> None:
    if claim.frequency_code != "8":
        holds(adjudicate(claim, deductible=deductible), claim)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(institutional())
def test_every_institutional_decision_adds_up(claim: Claim) -> None:
    if claim.frequency_code != "8":
        holds(adjudicate(claim), claim)


CENTS = st.integers(0, 300_000).map(lambda n: D(n).scaleb(-2))


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(list(samples.samples())), st.lists(CENTS, min_size=6, max_size=6), st.lists(CENTS, min_size=6, max_size=6), CENTS, st.booleans())
def test_clean_claims_of_any_charge_and_fee_add_up(name: str, charges: list[Decimal], fees: list[Decimal], deductible: Decimal, own: bool) -> None:
    claim = samples.sample(name)
    claim = changed(claim, {f"lines.{n}.charge": charge for n, charge in enumerate(charges[: len(claim.lines)])})
    given_fees = {line.code: fee for line, fee in zip(claim.lines, fees, strict=False) if line.code} if own else None
    found = adjudicate(claim, fees=given_fees, deductible=deductible)
    holds(found, claim)
    assert found.refused == ()
    assert found.patient <= max(found.allowed, claim.charge)
    assert sum((one.amount for line in found.lines for one in line.adjustments if one.reason == "1"), D(0)) <= deductible
    ledger, findings = post([found.remittance])
    assert findings == [] and ledger[claim.control_number].open == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40_000), st.integers(0, 40_000))
def test_larger_deductible_never_pays_more(first: int, second: int) -> None:
    small, large = sorted((D(first).scaleb(-2), D(second).scaleb(-2)))
    claim = samples.professional()
    assert adjudicate(claim, fees=FEES, deductible=large).paid <= adjudicate(claim, fees=FEES, deductible=small).paid


# ---- the table


def test_table_of_rules_names_edits_reasons_and_remarks_that_there_are() -> None:
    rows = {**rules()["edits"], **{f"announced {one}": row for one, row in rules()["announced"].items()}}
    nested = [row[kind] for row in rows.values() for kind in ("diagnosis", "procedure") if kind in row]
    assert set(rules()["edits"]) <= set(edits.rules())
    for row in (*rows.values(), *nested):
        assert row["reason"] in reasons() and set(row["remarks"]) <= set(remarks())
        assert row.get("group", "CO") in reasons()[row["reason"]].groups
        assert reasons()[row["reason"]].needs_remark <= bool(row["remarks"])


def test_every_edit_that_is_an_error_refuses() -> None:
    hard = {name for name, rule in edits.rules().items() if rule.severity == "error"}
    assert hard - set(rules()["edits"]) == set()


def test_plans_are_named_as_teaching() -> None:
    assert all(isinstance(one, Plan) and "Teaching" in one.name for one in plans().values())
