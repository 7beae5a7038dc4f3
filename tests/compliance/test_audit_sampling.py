"""Samples: quantiles against printed tables, the projection and sample sizes with the arithmetic written out, and laws."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.compliance import audit


@pytest.mark.parametrize(
    ("probability", "degrees", "printed"),
    [
        (0.95, 1, 6.3138), (0.95, 2, 2.9200), (0.95, 4, 2.1318), (0.95, 9, 1.8331), (0.95, 29, 1.6991), (0.95, 99, 1.6604), (0.95, 120, 1.6577),
        (0.90, 9, 1.3830), (0.90, 29, 1.3114), (0.975, 10, 2.2281), (0.995, 5, 4.0321), (0.995, 1, 63.6567), (0.05, 9, -1.8331), (0.5, 7, 0.0),
    ],
)  # fmt: skip
def test_student_t_is_that_of_printed_tables(probability: float, degrees: int, printed: float) -> None:
    assert audit.t_quantile(probability, degrees) == pytest.approx(printed, abs=5.1e-5)


def test_student_t_of_one_and_two_degrees_is_that_of_its_closed_form() -> None:
    # one degree: tan(pi (p - 1/2)); two degrees: (2p - 1) √(2 / (4 p (1 - p)))
    for probability in (0.6, 0.75, 0.9, 0.95, 0.99):
        assert audit.t_quantile(probability, 1) == pytest.approx(math.tan(math.pi * (probability - 0.5)), rel=1e-9)
        closed = (2 * probability - 1) * math.sqrt(2 / (4 * probability * (1 - probability)))
        assert audit.t_quantile(probability, 2) == pytest.approx(closed, rel=1e-9)


@settings(max_examples=50)
@given(st.floats(0.51, 0.999), st.integers(1, 400))
def test_student_t_falls_toward_the_normal_as_the_sample_grows(probability: float, degrees: int) -> None:
    assert audit.t_quantile(probability, degrees) > audit.t_quantile(probability, degrees + 50) > audit.normal_quantile(probability) - 1e-9


def test_normal_quantile_of_printed_tables() -> None:
    assert audit.normal_quantile(0.95) == pytest.approx(1.644854, abs=1e-6)
    assert audit.normal_quantile(0.975) == pytest.approx(1.959964, abs=1e-6)


# ---- projection ------------------------------------------------------------------------------------------


def test_projection_of_five_claims() -> None:
    # mean 150/5 = 30; squares of distances 400 + 100 + 0 + 100 + 400 = 1,000; /4 = 250; s = 15.811388
    # point 100 × 30 = 3,000
    # standard error 100 × 15.811388/√5 × √(1 - 5/100) = 100 × 7.0710678 × 0.9746794 = 689.2024
    # t(0.95; 4) = 2.131847: 2.131847 × 689.2024 = 1,469.274; limits 1,530.726 and 4,469.274
    # t(0.90; 4) = 1.533206: 1.533206 × 689.2024 = 1,056.689; one-sided lower limit 1,943.311
    found = audit.extrapolate([10, 20, 30, 40, 50], frame=100)
    assert found.mean == 30 and found.point == 3000
    assert found.deviation == pytest.approx(15.811388, abs=1e-6)
    assert found.standard_error == pytest.approx(689.2024, abs=1e-4)
    assert found.t == pytest.approx(2.131847, abs=1e-6)
    assert found.lower == pytest.approx(1530.726, abs=2e-3)
    assert found.upper == pytest.approx(4469.274, abs=2e-3)
    assert found.one_sided_lower == pytest.approx(1943.311, abs=2e-3)
    assert found.precision == pytest.approx(1469.274 / 3000, abs=1e-6)


def test_projection_where_few_claims_are_in_error_may_show_nothing() -> None:
    # ten claims, three in error: sum 180, mean 18; squares 10,000 + 2,500 + 900 - 10 × 324 = 10,160; /9 = 1,128.889; s = 33.598942
    # standard error 500 × 33.598942/√10 × √(1 - 10/500) = 500 × 10.624918 × 0.9899495 = 5,259.066
    # t(0.95; 9) = 1.833113: 9,640.46; lower limit 9,000 - 9,640.46 = -640.46
    found = audit.extrapolate([0, 0, 0, 100, 0, 0, 50, 0, 0, 30], frame=500)
    assert found.point == pytest.approx(9000)
    assert found.standard_error == pytest.approx(5259.066, abs=5e-3)
    assert found.lower == pytest.approx(-640.46, abs=2e-2)
    notes = found.explain().notes
    assert "The lower limit is below zero: this sample does not show that too much was paid in all." in notes
    assert "A sample of 10 is small: where few claims are in error, the limits are rough." in notes


def test_projection_is_told_step_by_step() -> None:
    told = audit.extrapolate([10, 20, 30, 40, 50], frame=100).explain()
    assert told.lead == "point estimate $3,000.00, lower limit $1,530.73."
    assert [step.shown for step in told.steps] == ["$30.00", "$15.81", "$3,000.00", "$689.20", "$1,530.73", "$4,469.27", "$1,943.31"]
    assert "two-sided 90 %" in told.steps[4].name


AMOUNTS = st.lists(st.integers(-500, 2000).map(float), min_size=2, max_size=30)


@given(AMOUNTS)
def test_a_sample_of_all_claims_is_exact(errors: list[float]) -> None:
    found = audit.extrapolate(errors, frame=len(errors))
    assert found.standard_error == 0
    assert found.lower == found.upper == pytest.approx(sum(errors), abs=1e-6)


@given(AMOUNTS, st.integers(0, 5000))
def test_limits_stand_in_order(errors: list[float], more: int) -> None:
    found = audit.extrapolate(errors, frame=len(errors) + more)
    assert found.lower <= found.one_sided_lower + 1e-6 <= found.point + 2e-6 <= found.upper + 3e-6


@given(AMOUNTS, st.integers(1, 5000), st.integers(2, 9))
def test_projection_grows_with_the_amounts(errors: list[float], more: int, times: int) -> None:
    one, other = audit.extrapolate(errors, len(errors) + more), audit.extrapolate([times * value for value in errors], len(errors) + more)
    assert other.lower == pytest.approx(times * one.lower, rel=1e-9, abs=1e-6)


@given(AMOUNTS, st.randoms())
def test_projection_does_not_depend_on_the_order(errors: list[float], draw: object) -> None:
    mixed = list(errors)
    draw.shuffle(mixed)  # type: ignore[attr-defined]
    assert audit.extrapolate(mixed, 1000).lower == pytest.approx(audit.extrapolate(errors, 1000).lower, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("errors", "frame", "told"),
    [
        ([5], 10, "at least 2 were expected"), ([1, 2, 3], 2, "at least the 3 of the sample"), ([1, "x"], 10, "an amount in dollars was expected"),
        ([1, float("nan")], 10, "a finite amount"), ([1, True], 10, "a finite amount"), ([1, 2], 10.5, "a whole number of claims"),
    ],
)  # fmt: skip
def test_samples_that_cannot_be_projected_are_refused(errors: list[float], frame: int, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        audit.extrapolate(errors, frame)


@pytest.mark.parametrize("confidence", [0, 1, 90])
def test_confidence_must_be_a_share(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"a share between 0 and 1 was expected, such as 0.90"):
        audit.extrapolate([1, 2], 10, confidence)


# ---- sample size -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "margin", "frame", "confidence", "count"),
    [
        # 1.644854² × 0.05 × 0.95 / 0.03² = 2.705543 × 0.0475 / 0.0009 = 142.79
        (0.05, 0.03, None, 0.90, 143),
        # 142.79 / (1 + 142.79/1,000) = 124.95
        (0.05, 0.03, 1000, 0.90, 125),
        # 1.959964² × 0.25 / 0.0025 = 384.15; / (1 + 0.38415) = 277.53
        (0.5, 0.05, None, 0.95, 385), (0.5, 0.05, 1000, 0.95, 278),
    ],
)  # fmt: skip
def test_sample_for_a_rate(expected: float, margin: float, frame: int | None, confidence: float, count: int) -> None:
    assert audit.sample_for_rate(expected, margin, frame, confidence).count == count


def test_sample_for_dollars_from_a_probe() -> None:
    # (1.644854 × 33.6 / (0.25 × 18))² = (55.267094/4.5)² = 12.281576² = 150.84; for a frame of 500: 150.84/1.30167 = 115.88
    assert audit.sample_for_dollars(18, 33.6, 0.25).count == 151
    assert audit.sample_for_dollars(18, 33.6, 0.25, frame=500).count == 116


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.5), st.integers(1, 100_000))
def test_sample_is_never_larger_than_the_frame_or_than_without_one(expected: float, margin: float, frame: int) -> None:
    limited, free = audit.sample_for_rate(expected, margin, frame).count, audit.sample_for_rate(expected, margin).count
    assert 1 <= limited <= min(frame, free)


@pytest.mark.parametrize(("expected", "margin"), [(0, 0.1), (1, 0.1), (5, 0.1), (0.1, 0), (0.1, 3)])
def test_shares_outside_zero_to_one_are_refused(expected: float, margin: float) -> None:
    with pytest.raises(ValueError, match="a share between 0 and 1 was expected"):
        audit.sample_for_rate(expected, margin)


@pytest.mark.parametrize(("mean", "deviation", "precision", "frame"), [(0, 1, 0.25, None), (1, -1, 0.25, None), (1, 1, 25, None), (1, 1, 0.25, 0), (math.nan, 1, 0.25, None)])
def test_probes_that_tell_nothing_are_refused(mean: float, deviation: float, precision: float, frame: int | None) -> None:
    with pytest.raises(ValueError, match="expected"):
        audit.sample_for_dollars(mean, deviation, precision, frame)
