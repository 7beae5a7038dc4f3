"""The teaching example of value-based payment, each expectation with its arithmetic."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.payment import value
from medcoding.payment.value import PaymentInputError

# ---- the panel -------------------------------------------------------------------------------------------------------


def counted(column: str) -> Counter[str]:
    with value.file().open(newline="", encoding="utf-8") as file:
        return Counter(row[column] for row in csv.DictReader(file))


def test_panel_is_120_invented_patients_in_three_practices() -> None:
    assert counted("practice") == {"A": 40, "B": 40, "C": 40}
    assert len({one.patient for one in value.patients()}) == 120 == len(value.patients())
    assert all(65 <= one.age <= 90 and one.spent_now > 0 and one.risk_now > 0 for one in value.patients())


def test_quality_counts_the_good_answers_of_those_who_belong() -> None:
    rates = {rate.measure.name: rate for rate in value.quality().rates}
    for name, good in (("sugar_controlled", "yes"), ("pressure_controlled", "yes"), ("screened", "yes"), ("readmitted", "no")):
        answers = counted(name)
        assert (rates[name].good, rates[name].patients) == (answers[good], answers["yes"] + answers["no"])


def test_quality_score_is_the_mean_of_points_against_targets() -> None:
    # 30/48 = 0.625 of 0.80: 0.7813 (0.78125); 65/90 = 0.72222 of 0.80: 0.9028; 29/37 = 0.78378 of 0.85: 0.9221; 24/28 = 0.85714 of 0.90: 0.9524
    assert [rate.points for rate in value.quality().rates] == [D("0.7813"), D("0.9028"), D("0.9221"), D("0.9524")]
    assert value.quality().score == D("0.8897")  # 3.5586 / 4 = 0.88965


def test_quality_of_one_practice_and_of_nobody_concerned() -> None:
    practice = [one for one in value.patients() if one.practice == "B"]
    assert [(rate.good, rate.patients) for rate in value.quality(practice).rates] == [(10, 19), (16, 31), (9, 13), (5, 6)]
    without = [one for one in value.patients() if not (one.sugar_controlled or one.pressure_controlled or one.screened or one.readmitted)]
    assert without and value.quality(without).score == 0


def test_means_are_those_of_the_file() -> None:
    # 1,555,540 / 120 and 1,573,710 / 120
    assert (value.mean_spending(now=False), value.mean_spending()) == (D("12962.83"), D("13114.25"))
    assert value.mean_spending([value.patients()[0]]) == D("6040.00")


@pytest.mark.parametrize("panel", [[], ["P001"]])
def test_an_empty_panel_is_refused(panel) -> None:
    with pytest.raises(PaymentInputError, match="panel"):
        value.quality(panel)


# ---- benchmark ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spending", "options", "amount"),
    [
        ([10000, 11000, 12000], {}, "11500.00"),  # 1000 + 3300 + 7200
        ([10000, 11000, 12000], {"trend": 1.05}, "12075.00"),
        ([12000], {"risk_before": 1.0, "risk_now": 1.02}, "12240.00"),
        ([12000], {"risk_before": 1.0, "risk_now": 1.20}, "12360.00"),  # a rise counts up to 3 %
        ([12000], {"risk_before": 1.0, "risk_now": 0.90}, "10800.00"),  # a fall counts in full
        ([100, 200], {"weights": (0.5, 0.5)}, "150.00"),
    ],
)
def test_benchmark_is_the_weighted_past_moved_by_trend_and_risk(spending, options, amount) -> None:
    assert value.benchmark(spending, **options).amount == D(amount)


# ---- shared savings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beneficiaries", "rate"),
    [(5000, "0.039"), (5500, "0.0375"), (6000, "0.036"), (10000, "0.030"), (12500, "0.0285"), (15000, "0.027"), (60000, "0.020"), (500000, "0.020")],
)
def test_minimum_savings_rate_falls_with_the_number_of_people(beneficiaries, rate) -> None:
    assert value.minimum_savings_rate(beneficiaries) == D(rate)


@pytest.mark.parametrize(
    ("benchmark", "spent", "people", "quality", "options", "amount"),
    [
        # 120 million − 114 million = 6 million, 5 % of the benchmark, above 3 %; half of it
        (12000, 11400, 10000, 0.9, {}, "3000000.00"),
        # 2 % is under the minimum of 3 %
        (12000, 11760, 10000, 0.9, {}, "0"),
        # exactly 3 %: 3.6 million count from the first dollar
        (12000, 11640, 10000, 0.9, {}, "1800000.00"),
        # quality 0.6 is under the standard of 0.7: 50 % × 0.6 = 30 %
        (12000, 11400, 10000, 0.6, {}, "1800000.00"),
        (12000, 11400, 10000, 0, {}, "0.00"),
        (12000, 11400, 10000, 0.9, {"sharing_rate": 0.75}, "4500000.00"),
        # 30 % saved: 18 million, limited to 10 % of 120 million
        (12000, 8400, 10000, 1, {}, "12000000.00"),
        # a small teaching panel with a minimum of its own: 120 × 600 = 72,000; half
        (12000, 11400, 120, 0.9, {"minimum_rate": 0.02}, "36000.00"),
        # a loss of 5 %: one-sided nothing, two-sided 30 % of 6 million
        (12000, 12600, 10000, 0.9, {}, "0.00"),
        (12000, 12600, 10000, 0.9, {"loss_rate": 0.3}, "-1800000.00"),
        (12000, 12000, 10000, 0.9, {}, "0"),
    ],
)
def test_savings_are_shared_above_the_minimum_by_quality(benchmark, spent, people, quality, options, amount) -> None:
    assert value.shared_savings(benchmark, spent, people, quality, **options).amount == D(amount)


def test_savings_under_the_minimum_say_so() -> None:
    assert "2 % is under the minimum of 3 %: nothing is shared" in value.shared_savings(12000, 11760, 10000, 0.9).explain().text


# ---- a score that moves payment ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "options", "share"),
    [
        (75, {}, "0"),
        (100, {}, "0.09"),
        (87.5, {}, "0.045"),  # half way
        (83, {}, "0.0288"),  # 9 % × 8 / 25
        (100, {"scaling": 0.25}, "0.0225"),
        (60, {}, "-0.018"),  # 9 % × 15 / 75
        (30, {}, "-0.054"),  # 9 % × 45 / 75
        (18.75, {}, "-0.09"),  # a quarter of the threshold
        (0, {}, "-0.09"),
        (50, {"threshold": 60, "largest": 0.04}, "-0.0067"),  # 4 % × 10 / 60
    ],
)
def test_adjustment_follows_two_straight_lines_from_the_threshold(score, options, share) -> None:
    assert value.mips(score, **options).share == D(share)


def test_adjustment_moves_a_payment() -> None:
    assert value.mips(83).of(1000).amount == D("1028.80")
    assert value.mips(60).of(1000).amount == D("982.00")


def test_final_score_weighs_four_categories() -> None:
    assert value.final_score(80, 60, 100, 90) == D("79.50")  # 24 + 18 + 15 + 22.5
    assert value.final_score(100, 100, 100, 100) == 100


# ---- bad input, laws, telling --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: value.benchmark([]), "a list of one number"),
        (lambda: value.benchmark([1, 2]), "one weight a year"),
        (lambda: value.benchmark([1, 2, 3], weights=[0.5, 0.5, 0.5]), "together 1"),
        (lambda: value.benchmark([1], risk_before=0), "risk_before"),
        (lambda: value.minimum_savings_rate(4999), "from 5,000"),
        (lambda: value.shared_savings(12000, 11000, 120, 0.9), "give `minimum_rate`"),
        (lambda: value.shared_savings(0, 11000, 10000, 0.9), "benchmark is 0"),
        (lambda: value.shared_savings(12000, 11000, 10000, 90), "1 or less"),
        (lambda: value.shared_savings(12000, 11000, 0, 0.9, minimum_rate=0), "from 1"),
        (lambda: value.mips(101), "100 or less"),
        (lambda: value.mips(50, scaling=4), "3 or less"),
        (lambda: value.final_score(1, 2, 3, "x"), "interoperability"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(call, words) -> None:
    with pytest.raises(PaymentInputError, match=words):
        call()


@given(st.integers(5000, 100000), st.integers(5000, 100000))
def test_more_people_never_need_a_higher_saving(one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert D("0.02") <= value.minimum_savings_rate(many) <= value.minimum_savings_rate(few) <= D("0.039")


@given(score=st.decimals(0, 100, places=1), other=st.decimals(0, 100, places=1), scaling=st.sampled_from(["0", "0.3", "1", "3"]))
def test_a_higher_score_never_pays_less(score: D, other: D, scaling: str) -> None:
    low, high = sorted((score, other))
    assert value.mips(low, scaling=scaling).share <= value.mips(high, scaling=scaling).share


@given(spent=st.integers(6000, 18000), quality=st.decimals(0, 1, places=2), rate=st.sampled_from(["0.3", "0.5", "0.75"]), loss=st.sampled_from(["0", "0.3"]))
def test_what_is_shared_stays_within_savings_and_limits(spent: int, quality: D, rate: str, loss: str) -> None:
    paid = value.shared_savings(12000, spent, 10000, quality, sharing_rate=rate, loss_rate=loss).amount
    saved = D(12000 - spent) * 10000
    assert min(saved, D(0)) <= paid <= max(saved, D(0)) and abs(paid) <= D(12_000_000)


def test_every_answer_says_that_it_teaches() -> None:
    told = [value.quality().explain(), value.benchmark([1]).explain(), value.shared_savings(12000, 11000, 10000, 1).explain(), value.mips(80).explain()]
    assert all("invented" in one.text or "teaching example" in one.text for one in told)
    assert all("<table" in one._repr_html_() and "color:" not in one._repr_html_() for one in told)
