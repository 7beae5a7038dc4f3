"""The waterfall picture: where bars stand, what they say, and that no amount is told by color alone."""

from __future__ import annotations

import re
from decimal import Decimal as D

import pytest
from medcoding.payment import rbrvs
from medcoding.payment.steps import PaymentInputError
from medcoding.payment.waterfall import Bar, waterfall

BARS = [Bar("first", D(4), "+4"), Bar("second", D(2), "+2"), Bar("sum", D(0), "6", total=True), Bar("less", D(-3), "−3"), Bar("rest", D(0), "3", total=True)]


def spans(body: str) -> list[tuple[float, float]]:
    """(left, right) of each bar, by the place from top to bottom."""
    found = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', body)
    return [(float(x), float(x) + float(width)) for x, _, width in sorted(found, key=lambda one: float(one[1]))]


def test_each_bar_starts_where_the_last_one_ended() -> None:
    first, second, whole, less, rest = spans(waterfall("t", "c", BARS).body)
    ground, unit = first[0], (first[1] - first[0]) / 4
    assert second == pytest.approx((ground + 4 * unit, ground + 6 * unit), abs=0.2)
    assert whole == pytest.approx((ground, ground + 6 * unit), abs=0.2)
    assert less == pytest.approx((ground + 3 * unit, ground + 6 * unit), abs=0.2)
    assert rest == pytest.approx((ground, ground + 3 * unit), abs=0.2)


def test_bars_that_go_below_nothing_stay_in_the_picture() -> None:
    bars = spans(waterfall("t", "c", [Bar("in", D(2), "+2"), Bar("out", D(-5), "−5"), Bar("sum", D(0), "−3", total=True)]).body)
    assert min(left for left, _ in bars) >= 0 and max(right for _, right in bars) <= 760


def test_words_and_table_say_every_amount() -> None:
    picture = waterfall("Title <b>", "caption", BARS)
    assert picture.table == (("Part", "Amount"), ("first", "+4"), ("second", "+2"), ("sum", "6"), ("less", "−3"), ("rest", "3"))
    assert "<b>" not in picture.html and "Title &lt;b&gt;" in picture.html


def test_nothing_is_not_drawn() -> None:
    with pytest.raises(PaymentInputError, match="at least one bar"):
        waterfall("t", "c", [])


def test_settlement_falls_from_the_charge_to_the_payment() -> None:
    # charge 150, approved 100: 50 may not be billed; deductible 50, coinsurance 10, sequestration 0.80
    table = rbrvs.settle(100, 150, deductible=50).waterfall().table
    assert table[1:] == (
        ("Charge", "$150.00"), ("Nobody may be billed", "−$50.00"), ("Approved amount", "$100.00"), ("Deductible", "−$50.00"),
        ("Coinsurance", "−$10.00"), ("Sequestration", "−$0.80"), ("Medicare pays", "$39.20"),
    )  # fmt: skip


def test_balance_billing_is_a_bar_of_its_own() -> None:
    # not participating, not assigned: approved 95, charge held at 109.25: 14.25 to the patient, 40.75 of 150 to nobody
    table = rbrvs.settle(100, 150, participating=False, assigned=False).waterfall().table
    assert ("Balance billed to the patient", "−$14.25") in table and ("Nobody may be billed", "−$40.75") in table
