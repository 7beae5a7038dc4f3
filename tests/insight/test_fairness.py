"""Variants: exact permutation p by counting, calibration on fair classes, power on unfair ones."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from medcoding.insight.fairness import DRAWS, _approximate, fairness, permuted


def test_p_of_a_full_separation_is_its_share_of_all_arrangements() -> None:
    # Five students fail one variant and five pass the other: of 10 over 5 = 252 arrangements 2 are as extreme; 2/252 = 0.0079.
    # With 9,999 draws its standard error is 0.0009.
    shares, variants = np.array([0.0] * 5 + [1.0] * 5), np.array([0] * 5 + [1] * 5)
    (found,) = fairness([(0, shares, variants)])
    assert found.p == pytest.approx(2 / 252, abs=0.004)
    assert [(one.variant, one.harder) for one in found.variants] == [(0, True), (1, False)]
    assert (found.variants[0].share, found.variants[0].siblings) == (0.0, 1.0)


def test_p_agrees_with_counting_every_arrangement() -> None:
    shares, variants = np.array([0.0, 0.2, 0.5, 0.4, 0.1, 1.0, 0.8, 0.3, 0.9, 0.6]), np.array([0] * 5 + [1] * 5)
    seen = abs(shares[:5].sum() - 5 * shares.mean())
    every = [abs(shares[list(one)].sum() - 5 * shares.mean()) for one in combinations(range(10), 5)]
    exact = sum(one >= seen - 1e-9 for one in every) / len(every)
    _, single = permuted(shares, variants, np.array([0, 1]), np.random.default_rng(1))
    assert single == pytest.approx([exact, exact], abs=4 * (exact * (1 - exact) / DRAWS) ** 0.5 + 1e-3)


def test_normal_approximation_of_large_classes_agrees_with_permutation() -> None:
    rng = np.random.default_rng(7)
    shares, variants = rng.choice([0, 0.5, 1], size=400, p=[0.3, 0.2, 0.5]), rng.integers(0, 4, size=400)
    _, single = permuted(shares, variants, np.arange(4), rng)
    assert [_approximate(shares, variants == one) for one in range(4)] == pytest.approx(single, abs=0.05)


def test_fair_classes_are_rarely_flagged() -> None:
    # 60 fair classes with three exercises each: at 5 percent 3 are expected to be flagged; 9 or more would come once in 200 tries
    flagged = 0
    for seed in range(60):
        rng = np.random.default_rng([11, seed])
        scores = [(item, (rng.random(80) < 0.6).astype(float), rng.integers(0, 5, size=80)) for item in range(3)]
        flagged += any(one.harder for one in fairness(scores, seed))
    assert flagged <= 8


@pytest.mark.parametrize("students", [300, 2500])
def test_a_much_harder_variant_is_named_and_no_other(students: int) -> None:
    rng = np.random.default_rng(3)
    variants = rng.integers(0, 6, size=students)
    shares = (rng.random(students) < np.where(variants == 4, 0.25, 0.75)).astype(float)
    (found,) = fairness([(8, shares, variants)])
    assert [one.variant for one in found.harder] == [4]


def test_an_easier_variant_is_not_called_harder() -> None:
    shares, variants = np.array([0.0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]), np.array([0] * 8 + [1] * 8)
    (found,) = fairness([(0, shares, variants)])
    assert [one.variant for one in found.harder] == [0]


@pytest.mark.parametrize(
    ("shares", "variants", "why"),
    [([1.0, 0, 1, 0], [0, 0, 1, 1], "Fewer than two variants"), ([1.0] * 12, [0, 1] * 6, "same score"), ([0.5], [3], "Fewer than two")],
)
def test_where_nothing_can_be_tested_there_is_a_reason(shares: list[float], variants: list[int], why: str) -> None:
    (found,) = fairness([(0, np.array(shares), np.array(variants))])
    assert found.p is None
    assert why in found.reason
    assert not found.harder


def test_same_class_same_p() -> None:
    rng = np.random.default_rng(5)
    scores = [(2, rng.random(50), rng.integers(0, 3, size=50))]
    assert fairness(scores) == fairness(scores)
