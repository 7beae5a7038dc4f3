"""The functions that variants may compute with, against values worked out by hand or read in the books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.items.computing import FUNCTIONS, ComputeProblem, call

ON = dt.date(2026, 3, 16)


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("codes.title", ["icd10cm", "I10"], "Essential (primary) hypertension"),
        ("pcs.title", ["0DTJ4ZZ"], "Resection of Appendix, Percutaneous Endoscopic Approach"),
        ("hcpcs.units", ["J1885", "60"], 4),
        ("hcpcs.units", ["J1885", "61"], 5),
        ("ndc.billing_units", [132, 10], 14),
        ("ndc.quantity", [30, 15], Decimal(2)),
        ("ndc.to_11", ["1234-5678-90"], "01234567890"),
        ("payment.fee", [1, 1, 1, 1, 1, 1, "33.4009"], Decimal("100.20")),
        ("payment.drg_base", ["6500", "0.7231"], Decimal("4700.15")),
        ("claims.allowed", ["100", 0, "90"], Decimal("90.00")),
        ("claims.patient", ["100", "50"], Decimal("60.00")),  # 50 of the deductible and a fifth of the rest
        ("claims.paid", ["100", "50"], Decimal("39.20")),  # 40 less 2 %
        ("claims.last_filing_day", ["2026-03-16"], "2027-03-16"),
        ("claims.last_filing_day", ["2024-02-29"], "2025-02-28"),
        ("math.add", ["0.1", "0.2"], Decimal("0.3")),
        ("math.subtract", [10, 3, 2], Decimal(5)),
        ("math.multiply", ["1.5", "1.5"], Decimal("2.25")),
        ("math.divide", ["1", "4"], Decimal("0.25")),
        ("math.round", ["2.345", 2], Decimal("2.35")),
        ("math.round", ["2.5"], Decimal(3)),
        ("text.dollars", ["1234.5"], "$1,234.50"),
        ("text.join", ["S72.02", 1, "A"], "S72.021A"),
        ("text.lower", ["Displaced fracture of Le Fort"], "displaced fracture of Le Fort"),
        ("text.when", ["left", "right", "1", "left", "2"], "2"),
    ],
)
def test_value(name: str, args: list[Any], expected: object) -> None:
    assert call(name, args, ON) == expected


def test_stay_is_grouped_and_paid_by_the_engine() -> None:
    from medcoding.payment import drg

    own = drg.group(principal="I21.4", secondary=["J96.01"], age=70, sex="F", on="2026-03-16")
    stay = {"principal": "I21.4", "secondary": "J96.01", "age": "70", "sex": "F"}
    assert call("payment.drg", stay, ON) == str(own.drg) == "280"
    assert call("payment.drg_title", stay, ON) == own.title
    assert call("payment.drg_weight", ["280"], ON) == own.weight
    assert call("payment.drg_payment", {"base": "6500", **stay}, ON) == own.payment(base=6500).total


def test_risk_score_is_the_engines() -> None:
    from medcoding.payment.hcc import risk

    assert call("payment.hcc", ["E11.9,I50.9", 70, "F"], ON) == Decimal(str(risk(["E11.9", "I50.9"], 70, "F").score))


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("eval", ["1"], "is no function here; expected one of claims.allowed"),
        ("math.divide", [1, 0], "divided by 0"),
        ("math.add", ["one"], "'one' is no number"),
        ("math.add", ["NaN"], "no finite number"),
        ("math.divide", [1], "missing a required argument: 'second'; it takes first, second"),
        ("codes.title", ["icd9", "I10"], "'icd9' is no book"),
        ("codes.title", ["icd10cm", "I11"], "category"),
        ("hcpcs.units", ["J9999x", 1], "hcpcs.units"),
        ("claims.last_filing_day", ["soon"], "'soon' is no date"),
        ("text.when", ["x", "a", "b"], "'x' is none of a"),
        ("text.when", ["x", "a"], "expected pairs"),
        ("payment.drg", {"principal": "Z99.999"}, "payment.drg of principal Z99.999"),
        ("payment.drg_weight", ["1.5"], "no whole number"),
    ],
)
def test_problem_is_told(name: str, args: Any, said: str) -> None:
    with pytest.raises(ComputeProblem) as told:
        call(name, args, ON)
    assert said in str(told.value)


@given(name=st.sampled_from(sorted(FUNCTIONS)), args=st.lists(st.one_of(st.text(max_size=8), st.integers(-999, 999), st.decimals()), max_size=4))
def test_any_arguments_give_a_value_or_a_problem(name: str, args: list[Any]) -> None:
    try:
        assert isinstance(call(name, args, ON), str | int | Decimal)
    except ComputeProblem as problem:
        assert str(problem)
