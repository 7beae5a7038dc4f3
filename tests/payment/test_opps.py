"""Outpatient hospital payment: packaging, composites and reductions, with the arithmetic beside each expectation."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import cpt
from medcoding.codes.hcpcs import on as hcpcs_on
from medcoding.payment import opps
from medcoding.payment.opps import Line, PaymentInputError


def T(rate: float, **more: object) -> Line:
    return Line(f"t{rate}", status="T", rate=rate, **more)  # type: ignore[arg-type]


def fates(lines: list, **options: object) -> list[tuple[str, str]]:
    return [(line.fate, str(line.amount)) for line in opps.price(lines, **options).lines]  # type: ignore[arg-type]


# ---- rates and wages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weight", "factor", "wage", "amount"),
    [
        (12.0, None, 1.10, "1162.80"),  # 12 × 91.415 = 1096.98; × (0.6 × 1.10 + 0.4) = 1.06: 1162.7988
        (12.0, None, 1, "1096.98"),
        (12.0, None, 0.8, "965.34"),  # × (0.48 + 0.4) = 0.88: 965.3424
        (1, 100, 1.5, "130.00"),  # 0.9 + 0.4
        (0, None, 1.2, "0.00"),
    ],
)
def test_rate_is_weight_times_factor_with_sixty_percent_moved_by_wages(weight, factor, wage, amount) -> None:
    assert opps.rate(weight, factor, wage).amount == D(amount)


# ---- T, S, N, J1 ----------------------------------------------------------------------------------------------------

LESSON = [T(800), T(400), Line("three", status="S", rate=150), Line("four", status="N", rate=60)]


def test_the_lessons_claim_halves_the_second_procedure_and_packages_n() -> None:
    # 800 + 200 + 150 + 0
    assert fates(LESSON) == [("paid", "800.00"), ("half", "200.00"), ("paid", "150.00"), ("packaged", "0")]
    assert opps.price(LESSON).amount == D("1150.00")


def test_a_comprehensive_service_takes_in_the_rest() -> None:
    bill = opps.price([*LESSON, Line("five", status="J1", rate=5000)])
    assert bill.amount == D("5000.00") and [line.fate for line in bill.lines] == ["packaged"] * 4 + ["paid"]


def test_of_two_comprehensive_services_the_dearer_is_paid() -> None:
    # teaching rates: meniscus scope 3,200, knee replacement 13,000
    assert fates(["svc:knee-meniscus-scope", "svc:knee-replacement"]) == [("packaged", "0"), ("paid", "13000.00")]


def test_pass_through_and_services_apart_are_paid_beside_a_comprehensive_one() -> None:
    # J9271: 55.00 × 1.06 × 2 = 116.60; a flu vaccine 45.00; a drug of status K is taken in
    lines = ["svc:cataract-lens", ("J9271", 2), "G0008", "J9035", "A0428"]
    assert fates(lines) == [("paid", "2300.00"), ("paid", "116.60"), ("paid", "45.00"), ("packaged", "0"), ("elsewhere", "0")]


@pytest.mark.parametrize(
    ("lines", "amount"),
    [
        ([T(800)], "800.00"),
        ([T(400), T(800), T(400)], "1200.00"),  # 800 + 200 + 200; the order does not matter
        ([T(300, units=3)], "600.00"),  # 300 + 150 + 150
        ([T(300, modifiers=("50",))], "450.00"),  # both sides: 300 + 150
        ([T(300, units=2), T(500)], "800.00"),  # 500 + 150 + 150
        ([T(800, modifiers=("73",))], "400.00"),  # stopped before anesthesia
        ([T(800, modifiers=("74",))], "800.00"),  # stopped after anesthesia began
        ([T(800, modifiers=("52",)), T(300)], "700.00"),  # 400 + 300: half once, and the other is the dearest that ran
        ([Line("a", status="S", rate=200), Line("b", status="S", rate=200)], "400.00"),  # S is never halved
        ([Line("a", status="S", rate=200, modifiers=("52",))], "100.00"),
        ([Line("a", status="J1", rate=2000, modifiers=("73",))], "1000.00"),
    ],
)
def test_several_and_stopped_procedures(lines, amount) -> None:
    assert opps.price(lines).amount == D(amount)


# ---- conditional packaging --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["svc:chest-film"], [("paid", "90.00")]),  # Q1 alone
        (["svc:chest-film", "G0463"], [("packaged", "0"), ("paid", "130.00")]),  # Q1 beside V
        (["svc:chest-film", "svc:iv-push"], [("packaged", "0"), ("paid", "210.00")]),  # Q1 beside S
        (["svc:chest-film", "svc:exercise-stress-test"], [("packaged", "0"), ("paid", "300.00")]),  # of two Q1 the dearer
        (["svc:tissue-study"], [("paid", "50.00")]),  # Q2 alone
        (["svc:tissue-study", "G0463"], [("paid", "50.00"), ("paid", "130.00")]),  # Q2 beside V stays
        (["svc:tissue-study", "svc:skin-biopsy-punch"], [("packaged", "0"), ("paid", "400.00")]),  # Q2 beside T
        (["svc:blood-count", "svc:blood-draw"], [("elsewhere", "0"), ("elsewhere", "0")]),  # laboratory alone
        (["svc:blood-count", "G0463"], [("packaged", "0"), ("paid", "130.00")]),
        (["svc:chest-film", "svc:blood-count"], [("paid", "90.00"), ("packaged", "0")]),
        (["J1885", "C1713"], [("packaged", "0"), ("packaged", "0")]),
        (["svc:therapeutic-exercise", "svc:cosmetic-eyelid-lift"], [("elsewhere", "0"), ("not paid", "0")]),
        (["svc:cesarean-package", "G0463"], [("not paid", "0"), ("not paid", "0")]),  # inpatient procedure
    ],
)
def test_status_decides_what_becomes_of_a_line(lines, expected) -> None:
    assert fates(lines) == expected


# ---- composites ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["svc:head-ct"], [("paid", "110.00")]),
        (["svc:lumbar-mri", "svc:knee-mri"], [("composite", "480.00"), ("packaged", "0")]),
        ([("svc:belly-ultrasound", 2)], [("composite", "290.00")]),
        # with and without contrast in one session: the composite with contrast
        (["svc:head-ct", "svc:abdomen-ct-contrast"], [("composite", "470.00"), ("packaged", "0")]),
        # two families: each alone
        (["svc:head-ct", "svc:knee-mri"], [("paid", "110.00"), ("paid", "240.00")]),
        # a composite makes a Q1 packaged, as an S would
        (["svc:lumbar-mri", "svc:knee-mri", "svc:ekg"], [("composite", "480.00"), ("packaged", "0"), ("packaged", "0")]),
    ],
)
def test_images_of_one_family_are_one_payment(lines, expected) -> None:
    assert fates(lines) == expected


def test_eight_hours_of_observation_with_a_visit_are_one_payment() -> None:
    lines = ["svc:emergency-visit", ("G0378", 8), "svc:head-ct", "svc:blood-count", "J2405"]
    assert fates(lines) == [("composite", "2700.00")] + [("packaged", "0")] * 4


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # seven hours: the visit is a visit, observation is packaged
        (["svc:emergency-visit", ("G0378", 7)], [("paid", "280.00"), ("packaged", "0")]),
        # no visit
        ([("G0378", 20)], [("packaged", "0")]),
        # a T procedure: 280 + 200
        (["svc:emergency-visit", ("G0378", 12), "svc:simple-repair"], [("paid", "280.00"), ("packaged", "0"), ("paid", "200.00")]),
        # sent straight to observation
        (["G0379", ("G0378", 9)], [("composite", "2700.00"), ("packaged", "0")]),
        # hours on two lines count together
        (["G0463", ("G0378", 5), ("G0378", 4)], [("composite", "2700.00"), ("packaged", "0"), ("packaged", "0")]),
        # a comprehensive procedure stands first
        (["svc:emergency-visit", ("G0378", 12), "svc:appendix-scope-removal"], [("packaged", "0"), ("packaged", "0"), ("paid", "5600.00")]),
    ],
)
def test_observation_needs_its_hours_a_visit_and_no_procedure(lines, expected) -> None:
    assert fates(lines) == expected


def test_critical_care_takes_in_what_belongs_to_it() -> None:
    # critical care 850; film, tracing and breathing tube belong to it; a chest tube (T) does not: 640
    lines = ["svc:critical-care-first", ("svc:critical-care-more", 2), "svc:chest-film", "svc:ekg", "svc:breathing-tube", "svc:chest-tube"]
    assert fates(lines) == [("paid", "850.00"), *[("packaged", "0")] * 4, ("paid", "640.00")]
    assert fates(["svc:breathing-tube"]) == [("paid", "220.00")]


# ---- drugs, devices, wages, patient ---------------------------------------------------------------------------------------


def test_drugs_pay_their_sales_price_and_six_percent_and_wages_do_not_move_them() -> None:
    # 10 × 40.00 × 1.06 = 424.00; infusion 215 × (0.6 × 1.2 + 0.4) = 215 × 1.12 = 240.80
    assert fates([("J1745", 10), "svc:infusion-first-hour"], wage_index=1.2) == [("paid", "424.00"), ("paid", "240.80")]


def test_a_pass_through_device_pays_its_cost() -> None:
    assert fates([Line("C1889", cost=1234.5), "svc:hip-replacement"], wage_index=2) == [("paid", "1234.50"), ("paid", "20800.00")]  # 13000 × 1.6


def test_wages_move_what_is_left_after_halving() -> None:
    # 800 × 0.88 = 704; 200 × 0.88 = 176; 150 × 0.88 = 132
    assert fates(LESSON, wage_index=0.8) == [("paid", "704.00"), ("half", "176.00"), ("paid", "132.00"), ("packaged", "0")]


def test_patient_pays_a_fifth_up_to_the_cap() -> None:
    bill = opps.price(LESSON)
    assert (bill.patient, bill.medicare) == (D("230.00"), D("920.00"))  # 160 + 40 + 30
    capped = opps.price(["svc:knee-replacement"], copay_cap=1700)
    assert (capped.patient, capped.medicare) == (D("1700.00"), D("11300.00"))


# ---- table ------------------------------------------------------------------------------------------------------------------


def test_table_is_of_the_size_promised_and_names_what_is_known() -> None:
    assert len(opps.teaching()) >= 40
    book = hcpcs_on("2026-03-01")
    for code, row in opps.teaching().items():
        assert code in cpt.services() if code.startswith("svc:") else code in book, code
        assert row.status in opps.indicators() and (not row.otherwise or row.otherwise in opps.indicators())
    assert {"J1", "J2", "N", "Q1", "Q2", "Q3", "S", "T", "V", "K", "G"} <= {row.status for row in opps.teaching().values()} | {
        row.otherwise for row in opps.teaching().values()
    }


def test_every_row_can_be_priced_alone() -> None:
    for code, row in opps.teaching().items():
        line = Line(code, cost=100) if row.status == "H" else Line(code)
        (outcome,) = opps.price([line]).lines
        paid = outcome.fate in ("paid", "half", "composite")
        assert paid == (opps.indicators()[row.status].pays in ("own", "cost")) == (outcome.amount > 0), code


def test_every_indicator_cites_a_rule() -> None:
    assert all(one.plain and one.rule for one in opps.indicators().values())


# ---- bad input ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["svc:kne-film"], "svc:knee-film"),
        (["nothing"], "not in the teaching table"),
        ([("G0378", 0)], "1 to 9,999"),
        ([("G0378", "8")], "is no line"),
        ([Line("x", status="Z9", rate=5)], "one of A, B, C"),
        ([Line("x", status="T")], "not in the teaching table"),
        ([Line("J1885", status="T")], "none is given"),
        ([Line("x", status="T", rate=-5)], "0 or more"),
        (["C1889"], "give its `cost`"),
        ([Line("J1885", status="K")], "has no price"),
        ([], "0 lines"),
    ],
)
def test_claims_that_cannot_be_priced_are_refused_with_what_to_do(lines, words) -> None:
    with pytest.raises(PaymentInputError, match=words):
        opps.price(lines)


@pytest.mark.parametrize("wage", [0, -1, 9, "high", None])
def test_a_wage_index_is_a_plausible_number(wage) -> None:
    with pytest.raises(PaymentInputError, match="wage_index"):
        opps.price(["G0463"], wage_index=wage)


# ---- laws -----------------------------------------------------------------------------------------------------------------------

codes = st.sampled_from(sorted(code for code, row in opps.teaching().items() if row.status != "H"))
claims = st.lists(codes, min_size=1, max_size=8)
rates = st.lists(st.decimals(min_value=1, max_value=9000, places=2), min_size=1, max_size=6)


@given(claims, st.randoms())
def test_the_order_of_lines_does_not_change_the_claim(lines: list[str], seed) -> None:
    again = list(lines)
    seed.shuffle(again)
    assert opps.price(again).amount == opps.price(lines).amount


@given(rates)
def test_procedures_pay_between_the_dearest_and_the_sum(given_rates: list[D]) -> None:
    lines = [Line(f"t{n}", status="T", rate=rate) for n, rate in enumerate(given_rates)]
    assert max(given_rates) <= opps.price(lines).amount <= sum(given_rates)


@given(claims)
def test_packaged_supplies_never_change_a_claim(lines: list[str]) -> None:
    assert opps.price([*lines, "J1885", "C1713"]).amount == opps.price(lines).amount


@given(claims, st.sampled_from(["0.7", "1", "1.3"]))
def test_patient_and_medicare_pay_the_whole(lines: list[str], wage: str) -> None:
    bill = opps.price(lines, wage_index=wage)
    assert bill.patient + bill.medicare == bill.amount == sum((line.amount for line in bill.lines), D(0)) and bill.patient >= 0
    assert all(line.amount == 0 for line in bill.lines if line.fate in ("packaged", "elsewhere", "not paid"))


# ---- telling -----------------------------------------------------------------------------------------------------------------------


def test_explain_says_of_every_line_what_became_of_it_and_why() -> None:
    text = opps.price(["svc:emergency-visit", "svc:chest-film", "J1885"]).explain().text
    assert "svc:emergency-visit (J2, here V): Rate: group “emergency visit of the middle level”; clinic or emergency visit = $280.00." in text
    assert "svc:chest-film (Q1): Packaged: no payment of its own: beside an S, T or V service = $0.00. Rule: 42 CFR 419.2(b)" in text
    assert "invented teaching values" in text


def test_what_a_caller_wrote_is_escaped() -> None:
    page = opps.price([Line("<b>x</b>", status="S", rate=1)])._repr_html_()
    assert "<b>x" not in page and "&lt;b&gt;x" in page
