"""Audits: accuracy, errors, dollars, the line, levels. Every expected number is worked out by hand in a comment."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.compliance import audit
from medcoding.compliance.audit.levels import _chi_square_above
from medcoding.payment.steps import PaymentInputError

# ---- codes and cases -------------------------------------------------------------------------------------


def test_worked_example_of_two_rates() -> None:
    # auditor 200 codes, coder 195: 186 match, 14 missed, 9 extra. 186/200 = 93.0 %; 186/(200 + 9) = 186/209 = 88.995... %
    found = audit.tally(matched=186, missed=14, extra=9)
    assert (found.key, found.reported) == (200, 195)
    assert found.code_over_code == Decimal("0.93")
    assert found.with_extras == Decimal(186) / 209
    assert found.supported == Decimal(186) / 195
    assert [step.shown for step in found.explain().steps] == ["200 codes", "195 codes", "93 %", "89 %", "95.4 %"]
    assert found.explain().lead == "code over code 93 %, with extra codes counted 89 %."


def test_codes_are_compared_without_order_dot_or_case() -> None:
    assert audit.compare(["e1165", "I10", "Z79.4"], ["I10", "E11.65", "N18.4"]) == audit.CodeTally(matched=2, missed=1, extra=1)


def test_a_code_reported_twice_is_once_extra() -> None:
    assert audit.compare(["I10", "I10"], ["I10"]) == audit.CodeTally(1, 0, 1)


@pytest.mark.parametrize("counts", [(-1, 0, 0), (1, True, 0), (1, 0, 0.5)])
def test_counts_that_cannot_be_are_refused(counts: tuple[object, object, object]) -> None:
    with pytest.raises(ValueError, match="a whole number from 0 was expected"):
        audit.tally(*counts)  # type: ignore[arg-type]


CODES = st.lists(st.sampled_from(["E11.65", "I10", "N18.4", "Z79.4", "J18.9", "I50.22"]), max_size=8)


@given(CODES, CODES)
def test_missed_of_one_side_is_extra_of_the_other(one: list[str], other: list[str]) -> None:
    found, turned = audit.compare(one, other), audit.compare(other, one)
    assert (found.matched, found.missed, found.extra) == (turned.matched, turned.extra, turned.missed)
    assert found.key == len(other) and found.reported == len(one)
    assert 0 <= found.with_extras <= found.code_over_code <= 1


def case(reported: str, key: str, *groups: str, change: str = "0") -> audit.Case:
    return audit.Case(reported.split(), key.split(), *groups, weight_change=Decimal(change))


def test_forty_stays_with_three_changed_groups() -> None:
    # 37 of 40 = 92.5 %; two changed to a heavier group, one to a lighter one
    cases = [case("J18.9", "J18.9", "195", "195")] * 37
    cases += [case("J18.9", "J18.9 J96.01", "195", "193", change="0.6")] * 2 + [case("A41.9", "N39.0", "872", "690", change="-0.2")]
    found = audit.review(cases)
    assert found.group_accuracy == Decimal("0.925")
    assert (found.upward, found.downward) == (2, 1)
    assert found.case_over_case == Decimal(37) / 40
    # auditor's codes: 37 + 2 x 2 + 1 = 42; matched: 37 + 2 = 39
    assert found.codes == audit.CodeTally(39, 3, 1)
    assert found.errors == {"missed": 3, "extra": 1}


@pytest.mark.parametrize(
    ("reported", "key", "errors"),
    [
        ("I50.9 I10", "I50.22 I10", ("specificity",)), ("I10", "I10 N18.4", ("missed",)), ("I10 Z87.891", "I10", ("extra",)), ("I10 E11.65", "E11.65 I10", ("sequence",)),
        ("I10", "I10", ()), ("E11.9 E11.40", "E11.65", ("specificity", "extra")), ("", "I10", ("missed",)),
    ],
)  # fmt: skip
def test_errors_of_a_case_are_named(reported: str, key: str, errors: tuple[str, ...]) -> None:
    assert case(reported, key).errors == errors
    assert case(reported, key).right == (errors == ())


def test_right_codes_in_a_wrong_order_after_the_first_are_right() -> None:
    assert case("A41.9 N39.0 I10", "A41.9 I10 N39.0").right


def test_audit_without_a_case_is_refused() -> None:
    with pytest.raises(ValueError, match="No case was given"):
        audit.review([])


def test_kinds_of_error_are_complete_and_named() -> None:
    assert [kind.name for kind in audit.error_kinds()] == ["missed", "extra", "specificity", "sequence", "poa", "modifier", "units", "level"]
    assert {kind.direction for kind in audit.error_kinds()} == {"over", "under", "either"}
    assert len(audit.listed().rows) == 8
    with pytest.raises(audit.UnknownError, match="'typo' is no kind of error"):
        audit.error_kind("typo")


# ---- dollars ---------------------------------------------------------------------------------------------


def test_over_and_under_are_counted_apart() -> None:
    # +40, -25, 0, +10: over 50, under 25, gross 75, net 25; paid 140 + 75 + 100 + 110 = 425; 75/425 = 17.647 %, 25/425 = 5.882 %
    found = audit.dollars([(140, 100), (75, 100), (100, 100), ("110.00", "100")])
    assert (found.over, found.under, found.gross, found.net) == (50, 25, 75, 25)
    assert (found.claims_over, found.claims_under, found.claims) == (2, 1, 4)
    assert found.gross_rate == Decimal(75) / 425 and found.accuracy == 1 - Decimal(75) / 425
    assert [step.shown for step in found.explain().steps] == ["$50.00", "$25.00", "$75.00", "$25.00", "17.6 %", "5.9 %"]


def test_net_of_zero_can_hide_errors() -> None:
    found = audit.dollars([(150, 100), (50, 100)])
    assert found.net == 0 and found.gross == 100 and found.accuracy == Decimal("0.5")


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=20))
def test_paid_less_correct_is_over_less_under(claims: list[tuple[int, int]]) -> None:
    found = audit.dollars(claims)
    assert found.paid - found.correct == found.net
    assert found.gross >= abs(found.net) and min(found.over, found.under) >= 0 and 0 <= found.accuracy <= 1


def test_amounts_that_are_none_are_refused() -> None:
    with pytest.raises(PaymentInputError, match="A payment is 'much'"):
        audit.dollars([("much", 1)])
    with pytest.raises(ValueError, match="No claim was given"):
        audit.dollars([])


# ---- the line --------------------------------------------------------------------------------------------


def test_score_interval_of_eight_in_ten() -> None:
    # z = 1.959964, z² = 3.841459. middle (0.8 + 0.192073)/1.384146 = 0.716741;
    # half 1.416010 × √(0.016 + 0.009604) = 1.416010 × 0.160011 = 0.226577
    lower, upper = audit.wilson(8, 10, confidence=0.95)
    assert lower == pytest.approx(0.490164, abs=2e-6) and upper == pytest.approx(0.943318, abs=2e-6)


@pytest.mark.parametrize(
    ("right", "count", "told", "meets"), [(198, 200, "above", True), (120, 150, "below", False), (19, 20, "cannot tell", True), (46, 50, "cannot tell", False)]
)
def test_rates_against_the_line(right: int, count: int, told: str, meets: bool) -> None:
    found = audit.line(right, count)
    assert (found.told, found.meets) == (told, meets)


def test_error_share_of_the_lesson() -> None:
    # 120 of 150 correct: 30/150 = 20.0 % in error
    assert 1 - audit.line(120, 150).rate == Decimal("0.2")
    assert audit.line(120, 150).explain().lead == "80 % against a line of 95 %: the true rate lies below the line."


@given(st.integers(1, 400).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_interval_holds_the_rate_and_lies_in_zero_to_one(pair: tuple[int, int]) -> None:
    lower, upper = audit.wilson(*pair)
    assert 0 <= lower <= pair[0] / pair[1] + 1e-12 and pair[0] / pair[1] - 1e-12 <= upper <= 1


@pytest.mark.parametrize("pair", [(5, 4), (-1, 4), (0, 0), (1.0, 4), (True, 4)])
def test_impossible_counts_are_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="whole numbers were expected"):
        audit.line(*pair)


def test_line_must_be_a_share() -> None:
    with pytest.raises(ValueError, match="The line is 95: a share above 0 and up to 1"):
        audit.line(1, 2, 95)  # type: ignore[arg-type]


# ---- levels ----------------------------------------------------------------------------------------------

PEERS = {1: 10, 2: 20, 3: 40, 4: 20, 5: 10}


def test_spread_that_chance_explains_is_like_peers() -> None:
    # expected 10 20 40 20 10; seen 5 15 40 25 15: 25/10 + 25/20 + 0 + 25/20 + 25/10 = 7.5
    # four degrees: e^-3.75 × (1 + 3.75) = 0.0235177 × 4.75 = 0.111709
    found = audit.levels({1: 5, 2: 15, 3: 40, 4: 25, 5: 15}, PEERS)
    assert found.chi_square == pytest.approx(7.5)
    assert found.probability == pytest.approx(0.111709, abs=1e-6)
    assert found.leans == "like peers"
    # own mean 0.05 + 0.30 + 1.20 + 1.00 + 0.75 = 3.30, peers 3.00
    assert (found.mean, found.peer_mean) == (Decimal("3.30"), Decimal("3.0"))
    assert found.differences[4] == Decimal("0.05")


def test_the_same_shares_on_ten_times_the_visits_lean_higher() -> None:
    # chi-square grows tenfold to 75
    found = audit.levels({1: 50, 2: 150, 3: 400, 4: 250, 5: 150}, PEERS)
    assert found.chi_square == pytest.approx(75) and found.probability < 1e-13 and found.leans == "higher"
    assert audit.levels({1: 150, 2: 250, 3: 400, 4: 150, 5: 50}, PEERS).leans == "lower"


@pytest.mark.parametrize(("value", "degrees"), [(3.841, 1), (5.991, 2), (7.815, 3), (9.488, 4), (11.070, 5)])
def test_five_percent_points_of_printed_tables(value: float, degrees: int) -> None:
    assert _chi_square_above(value, degrees) == pytest.approx(0.05, abs=2e-5)


def test_level_without_visits_counts_as_zero_and_few_expected_are_told() -> None:
    found = audit.levels({3: 6, 4: 4}, PEERS)
    assert found.counts == (0, 0, 6, 4, 0)
    assert "fewer than 5 visits are expected" in found.explain().notes[1]


@pytest.mark.parametrize(
    ("counts", "peers", "told"),
    [
        ({6: 1}, PEERS, r"Levels \[6\] are not among"), ({}, PEERS, "not all 0"), ({1: -1, 2: 5}, PEERS, "whole numbers from 0"), ({1: 1}, {1: 1}, "at least 2 were expected"),
        ({1: 1}, {1: 0, 2: 1}, "numbers above 0 were expected"),
    ],
)  # fmt: skip
def test_levels_that_cannot_be_compared_are_refused(counts: dict[int, int], peers: dict[int, int], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        audit.levels(counts, peers)


# ---- pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "result",
    [
        audit.tally(1, 1, 1), audit.review([case("I10", "I10")]), audit.dollars([(1, 2)]), audit.line(9, 10), audit.levels({1: 1, 2: 3}, {1: 1, 2: 1}),
        audit.extrapolate([1, 2, 3], 10), audit.sample_for_rate(0.05, 0.03), audit.sample_for_dollars(18, 33.6, 0.25, 500),
    ],
    ids=lambda result: type(result).__name__,
)  # fmt: skip
def test_every_result_explains_itself_for_eye_and_ear(result: object) -> None:
    told = result.explain()  # type: ignore[attr-defined]
    assert told.text.splitlines()[0].endswith(".")
    assert told._repr_html_().count("<th scope='row'") == len(told.steps) >= 1
