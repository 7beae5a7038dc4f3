"""The physician fee schedule: published examples and hand arithmetic, written out beside each expectation."""

from __future__ import annotations

import re
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import cpt
from medcoding.payment import rbrvs
from medcoding.payment.rbrvs import PaymentInputError

money = st.decimals(min_value=1, max_value=20000, places=2)

# ---- the formula ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("work", "pe", "mp", "gpci", "factor", "amount"),
    [
        # 1.5 + 1.2 + 0.1 = 2.8; 2.8 × 33.4009 = 93.52252
        (1.5, 1.2, 0.1, (1.0, 1.0, 1.0), 33.4009, "93.52"),
        # 1.30 + 1.45 × 0.95 = 1.3775 + 0.10 × 0.80 = 0.08: 2.7575 × 33.4009 = 92.10298…
        (1.30, 1.45, 0.10, (1.00, 0.95, 0.80), 33.4009, "92.10"),
        # office: 1.92 × 1.02 = 1.9584, 2.10 × 0.98 = 2.058, 0.15 × 0.75 = 0.1125: 4.1289 × 33.4009 = 137.90897…
        (1.92, 2.10, 0.15, (1.02, 0.98, 0.75), 33.4009, "137.91"),
        # facility: 1.9584 + 0.80 × 0.98 = 0.784 + 0.1125 = 2.8549; × 33.4009 = 95.35622…
        (1.92, 0.80, 0.15, (1.02, 0.98, 0.75), 33.4009, "95.36"),
        # qualifying participants: 2.8 × 33.5675 = 93.989
        (1.5, 1.2, 0.1, (1, 1, 1), "33.5675", "93.99"),
        # 1 unit at exactly half a cent rounds up: 0.125 × 1
        (0, "0.125", 0, (1, 1, 1), 1, "0.13"),
        (0, 0, 0, (1, 1, 1), 33.4009, "0.00"),
    ],
)
def test_fee_is_units_by_place_times_factor(work, pe, mp, gpci, factor, amount) -> None:
    assert rbrvs.fee(work, pe, mp, gpci, factor).amount == D(amount)


def test_factors_of_2026_are_taken_when_none_is_given() -> None:
    assert rbrvs.fee(1, 0, 0).amount == D("33.40")  # 33.4009
    assert rbrvs.fee(1, 0, 0, qualifying=True).amount == D("33.57")  # 33.5675
    assert rbrvs.conversion_factor() == D("33.4009") and rbrvs.conversion_factor(True) == D("33.5675")


def test_efficiency_adjustment_takes_two_and_a_half_percent_off_work_alone() -> None:
    assert rbrvs.efficient(4.80) == D("4.68")  # 4.80 × 0.975
    # (4.68 + 2 + 0.5) × 10
    assert rbrvs.fee(4.80, 2, 0.5, factor=10, efficiency=True).amount == D("71.80")
    assert rbrvs.fee(4.80, 2, 0.5, factor=10, efficiency=True).steps[0].name == "Efficiency adjustment"


# ---- several procedures, scopes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "together"),
    [
        ([900, 500, 300], "1300.00"),  # 900 + 250 + 150
        ([300, 900, 500], "1300.00"),  # the order of the claim does not matter
        ([1000], "1000.00"),
        ([400, 400], "600.00"),  # equals: one in full
        ([100, 100, 100, 100, 100], "300.00"),  # 100 + 4 × 50
        (["333.33", "0.01"], "333.34"),  # half a cent rounds up
    ],
)
def test_several_procedures_pay_the_highest_in_full_and_half_of_the_others(amounts, together) -> None:
    assert rbrvs.multiple(amounts).amount == D(together)


def test_beyond_the_fifth_procedure_the_step_says_that_the_contractor_decides() -> None:
    steps = rbrvs.multiple([100] * 6).steps
    assert "by report" in steps[5].formula and "by report" not in steps[4].formula


def test_scopes_of_one_family_pay_the_others_less_the_look() -> None:
    # Published in a coders' forum with Medicare's rule for shoulder scopes: base 200.00; 310.02 + 75.12 + 70.13 = 455.27
    priced = rbrvs.scopes([310.02, 275.12, 270.13], look=200.00)
    assert [step.amount for step in priced.steps] == [D("310.02"), D("75.12"), D("70.13"), D("455.27")]


# ---- modifiers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modifiers", "options", "amount"),
    [
        (["50"], {}, "1500.00"),  # 150 %
        (["62"], {}, "625.00"),  # each of two surgeons 62.5 %
        (["80"], {}, "160.00"),  # 16 %
        (["82"], {}, "160.00"),
        (["AS"], {}, "136.00"),  # 85 % of 16 %
        (["80", "AS"], {}, "136.00"),  # AS stands beside 80 on a claim
        (["50", "80"], {}, "240.00"),  # 1500 × 16 %
        (["54"], {"split": ("0.10", "0.69", "0.21")}, "790.00"),  # before and during: 0.10 + 0.69
        (["55"], {"split": ("0.10", "0.69", "0.21")}, "210.00"),
        (["56"], {"split": ("0.10", "0.69", "0.21")}, "100.00"),
        (["78"], {"split": ("0.10", "0.69", "0.21")}, "690.00"),  # the surgery alone
        (["50", "54"], {"split": ("0.1", "0.7", "0.2")}, "1200.00"),  # 1500 × 0.8
        (["53"], {"stopped": 0.5}, "500.00"),
        (["52"], {"share": 0.6}, "600.00"),
        (["66"], {"share": 0.7}, "700.00"),
        (["25"], {}, "1000.00"),
        (["rt"], {}, "1000.00"),
        ([], {}, "1000.00"),
    ],
)
def test_a_modifier_pays_its_share_of_a_thousand_dollars(modifiers, options, amount) -> None:
    assert rbrvs.adjust(1000, *modifiers, **options).amount == D(amount)


def test_a_modifier_without_effect_is_said_to_have_none() -> None:
    assert rbrvs.adjust(100, "59").notes == ("59 does not change the price.",)
    assert "22 asks the contractor for more" in rbrvs.adjust(100, "22").notes[1]


@pytest.mark.parametrize(
    ("modifiers", "words"),
    [
        (["80", "62"], "do not go together"),
        (["54", "55"], "do not go together"),
        (["26", "TC"], "the whole service"),
        (["52"], "contractor decides by report"),
        (["53"], "contractor decides by report"),
        (["66"], "contractor decides by report"),
        (["54"], "splits a global package"),
        (["5"], "no modifier"),
        (["500"], "no modifier"),
    ],
)
def test_modifiers_that_cannot_be_priced_are_refused_with_what_to_do(modifiers, words) -> None:
    with pytest.raises(PaymentInputError, match=words):
        rbrvs.adjust(1000, *modifiers)


def test_every_modifier_rule_cites_where_it_stands() -> None:
    assert {one for one, rule in rbrvs.rules().items() if not re.search(r"ch\. 12 §\d|42 CFR|42 U\.S\.C", rule.citation)} == set()


# ---- anesthesia -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "minutes", "modifier", "options", "units", "amount"),
    [
        # ASA, Anesthesia Payment Basics: 7 base units, 129 minutes are 8.6 time units, 15.6 in all; × 20.4976 = 319.76256
        (7, 129, "AA", {}, "15.6", "319.76"),
        # NGS Medicare: 95 minutes are 6.3 units; 4 + 6.3 = 10.3 × 20.4976 = 211.12528
        (4, 95, "AA", {}, "10.3", "211.13"),
        # 117 minutes are 7.8 units; (5 + 7.8) × 20.4976 = 262.36928; directed: half
        (5, 117, "QK", {}, "12.8", "131.19"),
        (5, 117, "QX", {}, "12.8", "131.19"),
        (5, 117, "QY", {}, "12.8", "131.19"),
        (5, 117, "QZ", {}, "12.8", "262.37"),
        (5, 117, "AA", {"qualifying": True}, "12.8", "263.68"),  # × 20.5998 = 263.67744
        (5, 117, "AA", {"factor": 20}, "12.8", "256.00"),
        (6, 600, "AD", {}, "3", "61.49"),  # supervision: 3 × 20.4976 = 61.4928
        (6, 600, "AD", {"present": True}, "4", "81.99"),  # 4 × 20.4976 = 81.9904
    ],
)
def test_anesthesia_is_base_and_time_units_times_its_own_factor(base, minutes, modifier, options, units, amount) -> None:
    priced = rbrvs.anesthesia(base, minutes, modifier, **options)
    assert priced.amount == D(amount)
    assert D(units) in [step.amount for step in priced.steps]


def test_anesthesia_needs_to_know_who_gave_it() -> None:
    with pytest.raises(PaymentInputError, match="AA, QZ, QY, QK, QX or AD"):
        rbrvs.anesthesia(4, 60, "P3")


# ---- who pays what ----------------------------------------------------------------------------------------------


def test_settlement_is_the_contractors_published_example() -> None:
    # First Coast Service Options: approved 100.00, 50.00 to the deductible; 40.00 less 2 % = 39.20; the patient 50 + 10
    paid = rbrvs.settle(100, deductible=50)
    assert (paid.amount, paid.coinsurance, paid.withheld, paid.patient) == (D("39.20"), D("10.00"), D("0.80"), D("60.00"))


@pytest.mark.parametrize(
    ("fee", "options", "medicare", "patient", "limit"),
    [
        (100, {}, "78.40", "20.00", None),  # 80 less 2 %
        (100, {"sequestration": False}, "80.00", "20.00", None),
        (100, {"charge": 250}, "78.40", "20.00", None),  # 150 is written off
        (100, {"charge": 60}, "47.04", "12.00", None),  # the lower charge counts: 48 × 0.98
        (100, {"deductible": 300}, "0.00", "100.00", None),
        # not participating, assigned: 95; 76 × 0.98 = 74.48; patient 19
        (100, {"participating": False}, "74.48", "19.00", None),
        # not assigned: 95 × 1.15 = 109.25; patient 19 + 14.25 above the approved amount
        (100, {"participating": False, "assigned": False}, "74.48", "33.25", "109.25"),
        (100, {"participating": False, "assigned": False, "charge": 400}, "74.48", "33.25", "109.25"),
        (100, {"participating": False, "assigned": False, "charge": 100}, "74.48", "24.00", "109.25"),
    ],
)
def test_medicare_and_patient_share_the_approved_amount(fee, options, medicare, patient, limit) -> None:
    paid = rbrvs.settle(fee, **options)
    assert (paid.amount, paid.patient) == (D(medicare), D(patient))
    assert paid.limiting_charge == (D(limit) if limit else None)


def test_a_participating_supplier_cannot_refuse_assignment() -> None:
    with pytest.raises(PaymentInputError, match="takes assignment"):
        rbrvs.settle(100, assigned=False)


@given(fee=money, charge=money, deductible=st.decimals(min_value=0, max_value=500, places=2), participating=st.booleans(), assigned=st.booleans())
def test_every_cent_of_the_charge_has_a_place(fee: D, charge: D, deductible: D, participating: bool, assigned: bool) -> None:
    paid = rbrvs.settle(fee, charge, participating=participating, assigned=assigned or participating, deductible=deductible)
    assert paid.amount + paid.withheld + paid.patient + paid.written_off == charge
    assert min(paid.amount, paid.withheld, paid.patient, paid.written_off) >= 0


# ---- claims with the course's own units --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "setting", "amounts"),
    [
        # 1.30 + 1.45 + 0.10 = 2.85 × 33.4009 = 95.192565
        (["svc:office-visit-established"], "office", ["95.19"]),
        # facility expense 0.55: 1.95 × 33.4009 = 65.131755
        (["svc:office-visit-established"], "facility", ["65.13"]),
        # knee film: whole 0.18 + 0.92 + 0.03 = 1.13; reading 0.18 + 0.08 + 0.01 = 0.27; technical 0.84 + 0.02 = 0.86
        (["svc:knee-film", ("svc:knee-film", "26"), ("svc:knee-film", "TC")], "office", ["37.74", "9.02", "28.72"]),
        # both knees on film: each in full: 37.74 × 2
        ([("svc:knee-film", "50")], "office", ["75.48"]),
        # joint injection 0.80 + 1.00 + 0.12 = 1.92 × 33.4009 = 64.129728; both sides 64.13 × 1.5 = 96.195
        ([("svc:large-joint-injection", "50")], "office", ["96.20"]),
        # hernia 15.7 × 33.4009 = 524.39413; gallbladder 19.6 = 654.65764: the dearer in full, the other 262.195
        (["svc:inguinal-hernia-repair", "svc:gallbladder-scope-removal"], "facility", ["262.20", "654.66"]),
        # both groins 524.39 × 1.5 = 786.585 is now the dearer; gallbladder 327.33
        ([("svc:inguinal-hernia-repair", "50"), "svc:gallbladder-scope-removal"], "facility", ["786.59", "327.33"]),
        # one scope family: snare 7.55 = 252.18 in full; biopsy 6.05 = 202.08 less the look 5.5 = 183.70
        (["svc:colon-scope-biopsy", "svc:colon-scope-snare"], "facility", ["18.38", "252.18"]),
        # with another scope (stomach 4.25 = 141.95, second: 70.975) the family stays first
        (["svc:colon-scope-biopsy", "svc:stomach-scope-biopsy", "svc:colon-scope-snare"], "facility", ["18.38", "70.98", "252.18"]),
        # an add-on is never reduced: punch 3.64 = 121.579276, next 1.60 = 53.44144 × 2 units of the exact fee
        (["svc:skin-biopsy-punch", rbrvs.Line("svc:skin-biopsy-punch-next", units=2)], "office", ["121.58", "106.88"]),
        # knee replacement 37.3 × 33.4009 = 1245.85357: assistant 16 % of 1245.85 = 199.336; AS 13.6 % = 169.4356
        ([("svc:knee-replacement", "RT", "80")], "facility", ["199.34"]),
        ([("svc:knee-replacement", "RT", "AS")], "facility", ["169.44"]),
        ([("svc:knee-replacement", "RT", "62")], "facility", ["778.66"]),  # 1245.85 × 0.625 = 778.65625
        ([("svc:knee-replacement", "54")], "facility", ["996.68"]),  # 10 % + 70 %
        ([("svc:knee-replacement", "55")], "facility", ["249.17"]),
        ([("svc:knee-replacement", "78")], "facility", ["872.10"]),  # 70 % of 1245.85 = 872.095
        # a stopped look: 5.5 = 183.70 × 50 %
        ([("svc:colon-scope-look", "53")], "facility", ["91.85"]),
        # anesthesia 4 base units, 60 minutes: 8 × 20.4976 = 163.9808, directed 81.99
        ([rbrvs.Line("svc:anesthesia-knee-scope", ("QK",), 60)], "facility", ["81.99"]),
        # laboratory amounts know no place
        (["svc:blood-draw", "svc:hemoglobin-a1c"], "office", ["9.00", "9.70"]),
    ],
)
def test_claim_lines_are_priced_by_the_rules_in_their_order(lines, setting, amounts) -> None:
    bill = rbrvs.price(lines, setting)
    assert [line.amount for line in bill.lines] == [D(amount) for amount in amounts]
    assert bill.amount == sum(map(D, amounts))


def test_several_units_of_a_ranked_procedure_are_ranked_too() -> None:
    # trigger point 0.65 + 0.90 + 0.08 = 1.63 × 33.4009 = 54.443467: 54.44 + 27.22
    assert rbrvs.price([rbrvs.Line("svc:trigger-point-injection", units=2)]).amount == D("81.66")


def test_a_nurse_practitioner_has_85_percent() -> None:
    # 95.19 × 0.85 = 80.9115
    assert rbrvs.price("svc:office-visit-established", clinician="nonphysician").amount == D("80.91")
    assert rbrvs.price([("svc:knee-replacement", "AS")], "facility", clinician="nonphysician").amount == D("169.44")  # in AS already


def test_places_and_factor_reach_every_line() -> None:
    # 1.30 × 1.1 + 1.45 × 1.2 + 0.10 × 0.5 = 1.43 + 1.74 + 0.05 = 3.22 × 30
    assert rbrvs.price("svc:office-visit-established", gpci=(1.1, 1.2, 0.5), factor=30).amount == D("96.60")


@pytest.mark.parametrize(
    ("lines", "setting", "words"),
    [
        (["svc:kne-film"], "office", "svc:knee-film"),
        (["99999"], "office", "no teaching units"),
        (["svc:emergency-visit"], "office", "not priced in the setting 'office'"),
        (["svc:knee-film"], "facility", r"reading alone \(26\)"),
        ([("svc:office-visit-new", "26")], "office", "no technical and professional part"),
        ([("svc:knee-film", "TC")], "facility", "the hospital bills"),
        ([("svc:office-visit-new", "50")], "office", "has no sides"),
        ([("svc:large-joint-injection", "80")], "office", "no assistant"),
        ([("svc:cataract-lens", "62")], "facility", "no second surgeon"),
        ([("svc:office-visit-new", "54")], "office", "has none"),
        ([rbrvs.Line("svc:knee-film", units=0)], "office", "1 to 9,999"),
        ([("svc:knee-film", 26)], "office", "is no line"),
        ([], "office", "0 lines"),
        (["svc:knee-film"], "moon", "'office' or 'facility'"),
    ],
)
def test_claims_that_cannot_be_priced_are_refused_with_what_to_do(lines, setting, words) -> None:
    with pytest.raises(PaymentInputError, match=words):
        rbrvs.price(lines, setting)


# ---- the teaching table -------------------------------------------------------------------------------------------


def test_teaching_table_covers_the_services_and_says_that_it_is_invented() -> None:
    assert len(rbrvs.teaching()) >= 40 and set(rbrvs.teaching()) <= set(cpt.services())
    assert "invented teaching values" in rbrvs.price("svc:ekg").notes[-1]


def test_every_row_can_be_priced_somewhere() -> None:
    for key, row in rbrvs.teaching().items():
        setting = "office" if row.office is not None or row.laboratory or row.base else "facility"
        assert rbrvs.price([rbrvs.Line(key, units=30 if row.base else 1)], setting).amount > 0, key


def test_parts_make_the_whole_and_splits_make_one() -> None:
    for row in rbrvs.teaching().values():
        if row.reading_pe is not None:
            whole, reading, technical = (row.units("office", part) for part in ((), ("26",), ("TC",)))
            assert (reading.pe + technical.pe, reading.mp + technical.mp) == (whole.pe, whole.mp), row.key
        assert row.parts is None or sum(row.parts.values()) == 1


# ---- laws ---------------------------------------------------------------------------------------------------------

LESS = ["52", "53", "54", "55", "56", "62", "66", "78", "80", "81", "82", "AS", "25", "59", "LT"]


@given(amount=money, first=st.sampled_from(LESS), second=st.sampled_from(LESS))
def test_one_more_reduction_never_raises_the_fee(amount: D, first: str, second: str) -> None:
    def of(*modifiers: str) -> D:
        return rbrvs.adjust(amount, *modifiers, split=("0.1", "0.7", "0.2"), stopped=0.5, share=0.8).amount

    try:
        both = of(first, second)
    except PaymentInputError as problem:
        assert "do not go together" in str(problem)
        return
    assert both <= min(of(first), of(second)) <= amount


@given(amounts=st.lists(money, min_size=1, max_size=8))
def test_several_procedures_pay_between_the_highest_and_the_sum(amounts: list[D]) -> None:
    together = rbrvs.multiple(amounts).amount
    assert max(amounts) <= together <= sum(amounts)
    assert together == rbrvs.multiple(list(reversed(amounts))).amount


@given(units=st.lists(st.decimals(min_value=0, max_value=50, places=2), min_size=3, max_size=3), more=st.integers(0, 2))
def test_more_units_never_pay_less(units: list[D], more: int) -> None:
    richer = [*units]
    richer[more] += 1
    assert rbrvs.fee(*richer).amount > rbrvs.fee(*units).amount


@given(lines=st.lists(st.sampled_from(sorted(k for k, row in rbrvs.teaching().items() if row.facility is not None)), min_size=1, max_size=6))
def test_a_claim_never_pays_more_than_its_lines_alone(lines: list[str]) -> None:
    bill = rbrvs.price(lines, "facility")
    assert bill.amount <= sum(rbrvs.price(line, "facility").amount for line in lines)
    assert bill.amount == sum(line.amount for line in bill.lines)


# ---- bad numbers, explaining ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "many", None, True, [1]])
def test_what_is_no_number_is_refused(value) -> None:
    with pytest.raises(PaymentInputError, match="expected"):
        rbrvs.fee(value, 1, 1)


@pytest.mark.parametrize("gpci", [(1, 1), (1, 1, 0), "1,1", 5, None])
def test_gpci_is_three_positive_numbers(gpci) -> None:
    with pytest.raises(PaymentInputError, match="expected"):
        rbrvs.fee(1, 1, 1, gpci)


def test_explain_reads_aloud_and_renders_the_same_steps() -> None:
    told = rbrvs.fee(1.30, 1.45, 0.10, (1.00, 0.95, 0.80), 33.4009).explain()
    assert told.text.startswith("Fee schedule amount: $92.10.")
    assert "2. Practice expense: 1.45 units × 0.95 for the place = 1.3775 units. Rule: 42 CFR 414.22, 414.26." in told.text
    page = told._repr_html_()
    assert page.count("<th scope='row'") == 5 and "color:" not in page and "<script" not in page


def test_explain_escapes_what_a_caller_wrote() -> None:
    page = rbrvs.fee(1, 1, 1, title="<img src=x>")._repr_html_()
    assert "<img" not in page and "&lt;img" in page


def test_a_price_reads_as_money_and_as_a_number() -> None:
    priced = rbrvs.fee(1000, 0, 0)
    assert str(priced) == "$33,400.90" and float(priced) == 33400.9
