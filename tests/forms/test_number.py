"""number: full within tolerance; half where only the rounding, unit or scale is wrong; else 0."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.number import NotANumber, Number, NumberKey, read_number, written
from pydantic import ValidationError

FORM = Number()
ON = date(2026, 3, 16)
DENIALS = {"value": "7.0", "decimals": "1", "unit": "%", "near": [{"value": "14.3", "feedback": "Claims over denials, not denials over claims."}]}
FEE = {"value": "245.97432", "decimals": "2", "unit": "$", "accept_units": ["US dollars"]}
VIAL = {"value": "13.2", "decimals": "0", "rounding": "up", "unit": "units", "near": [{"value": "13", "feedback": "A part of a unit counts as one."}]}


def key(raw: dict[str, Any]) -> NumberKey:
    return NumberKey.model_validate(raw)


def mark(raw: dict[str, Any], text: str, points: float = 1) -> Score:
    return FORM.score(key(raw), FORM.parse_answer({"text": text}), Context(on=ON, points=points))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,234.50", "1234.50", ""),
        ("$1,234.50", "1234.50", "$"),
        (" $ 1,234.50 ", "1234.50", "$"),
        ("12.5 %", "12.5", "%"),
        ("12.5%", "12.5", "%"),
        ("−3", "-3", ""),
        ("–3", "-3", ""),
        ("-$3", "-3", "$"),
        ("$-3", "-3", "$"),
        ("+3", "3", ""),
        (".5", "0.5", ""),
        ("5.", "5", ""),
        ("1000000", "1000000", ""),
        ("14 units", "14", "units"),
        ("2.5 mg/mL", "2.5", "mg/ml"),
        ("7  US  dollars", "7", "us dollars"),
        ("007", "7", ""),
        ("12\u00a0%", "12", "%"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, value: str, unit: str) -> None:
    read = read_number(text)
    assert (read.value, read.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "No number is entered yet"),
        ("   ", "No number is entered yet"),
        ("seven", "write it in digits"),
        ("nan", "write it in digits"),
        ("-", "write it in digits"),
        (".", "write it in digits"),
        ("$", "write it in digits"),
        ("12,5", "write decimals with a point and thousands with commas"),
        ("1,23,456", "write decimals with a point and thousands with commas"),
        ("12 34", "write one number only"),
        ("1.2.3", "write one number only"),
        ("1e5", "write one number only"),
        ("--3", "write one number only"),
        ("14 and 1", "write one number only"),
        ("$5 USD", "two units"),
        ("٣", "write it in digits"),
    ],
)
def test_what_cannot_be_read_gets_a_hint_and_no_points(text: str, hint: str) -> None:
    with pytest.raises(NotANumber, match=hint):
        read_number(text)
    assert hint in (FORM.missing(FORM.parse_answer({"text": text})) or "")
    assert mark(FEE, text).points == 0


@pytest.mark.parametrize(
    ("raw", "text", "expected"),
    [
        (DENIALS, "7", 1), (DENIALS, "7.0 %", 1), (DENIALS, "7.00 percent", 1),
        (DENIALS, "0.07", 0.5), (DENIALS, "700%", 0.5), (DENIALS, "7 $", 0.5), (DENIALS, "$0.07", 0), (DENIALS, "7.1", 0), (DENIALS, "-7", 0),
        (FEE, "$245.97", 1), (FEE, "245.97 US Dollars", 1), (FEE, "245.97 USD", 1), (FEE, "245.970", 1),
        (FEE, "245.98", 0.5),  # rounded upwards
        (FEE, "245.9743", 0.5), (FEE, "246", 0.5), (FEE, "246.0", 0.5), (FEE, "245.97 %", 0.5),
        (FEE, "245.96", 0), (FEE, "24597", 0), (FEE, "246 %", 0), (FEE, "245", 0),
        (VIAL, "14", 1), (VIAL, "14 units", 1), (VIAL, "13", 0.5), (VIAL, "13.2", 0.5), (VIAL, "14 mg", 0.5), (VIAL, "132", 0),
        ({"value": "1.339", "tolerance": "0.001"}, "1.338", 1), ({"value": "1.339", "tolerance": "0.001"}, "1.34", 1),
        ({"value": "1.339", "tolerance": "0.001"}, "1.3399999", 1), ({"value": "1.339", "tolerance": "0.001"}, "1.3", 0.5),
        ({"value": "1.339", "tolerance": "0.001"}, "1.3400000000000000000000000000000001", 0),
        ({"value": "45"}, "45", 1), ({"value": "45"}, "45 minutes", 0.5), ({"value": "45"}, "45.5", 0), ({"value": "0"}, "-0", 1),
        ({"value": "0.07"}, "7%", 0.5), ({"value": "0.07"}, "0", 0), ({"value": "0.35", "decimals": "1"}, "0.4", 1),
        ({"value": "0.35", "decimals": "1"}, "0.3", 0.5), ({"value": "0.6", "decimals": "1"}, "1", 0),
        ({"value": "-2.5", "decimals": "0", "rounding": "down"}, "-3", 1), ({"value": "-2.5", "decimals": "0", "rounding": "down"}, "-2", 0.5),
    ],
)
def test_points_of_a_number(raw: dict[str, Any], text: str, expected: float) -> None:
    assert mark(raw, text).points == expected


def test_findings_name_the_mistake() -> None:
    def said(raw: dict[str, Any], text: str) -> list[tuple[str, str]]:
        return [(f.rule, f.message) for f in mark(raw, text).findings]

    assert said(DENIALS, "7") == []
    assert said(DENIALS, "14.3 %") == [("distractor", "14.3 %: Claims over denials, not denials over claims.")]
    assert said(VIAL, "13") == [("distractor", "13: A part of a unit counts as one.")]
    assert said(DENIALS, "0.07") == [("close", "Right but for a factor of 100: a share of 0.07 is 7 %.")]
    assert said(FEE, "246") == [("close", "Reached rightly, but not rounded as asked to 2 decimal places.")]
    assert said(VIAL, "13.2") == [("close", "Reached rightly, but not rounded as asked to 0 decimal places, upwards.")]
    assert said(VIAL, "14 mg") == [("close", "The number fits, the unit “mg” does not: the question asks for units.")]
    assert [rule for rule, _ in said(FEE, "1")] == ["wrong-number"]
    assert [rule for rule, _ in said(FEE, "")] == ["no-answer"]
    assert [rule for rule, _ in said(FEE, "x")] == ["not-a-number"]


def test_public_tells_unit_and_decimals_only() -> None:
    assert FORM.public(key(VIAL), "s") == {"unit": "units", "decimals": 0}
    assert FORM.public(key({"value": "3", "tolerance": "0.5"}), "s") == {"unit": "", "decimals": None}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"value": "x"}, "no number for a key"),
        ({"value": "1,000"}, "no number for a key"),
        ({"value": "NaN"}, "no number for a key"),
        ({"value": "1e9"}, "no number for a key"),
        ({"value": "0.1234567"}, "at most 6 decimals"),
        ({"value": True}, "value"),
        ({"value": "1", "tolerance": "0.1", "decimals": "1"}, "an item has one of them"),
        ({"value": "1", "tolerance": "-1"}, "greater than or equal to 0"),
        ({"value": "1", "rounding": "up"}, "needs 'decimals'"),
        ({"value": "1", "accept_units": ["mg"]}, "without a 'unit'"),
        ({"value": "1.04", "decimals": "1", "near": [{"value": "1", "feedback": "f"}]}, "is also right"),
        ({"value": "1", "near": [{"value": "2", "feedback": "f"}, {"value": "2.0", "feedback": "f"}]}, "twice"),
        ({"value": "1", "near": [{"value": "2"}]}, "feedback"),
        ({"value": "1", "unit": "5 mg"}, "unit"),
    ],
)
def test_inconsistent_keys_are_refused(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        key(raw)


def test_float_of_a_key_file_is_taken_by_its_digits() -> None:
    assert key({"value": 245.97, "tolerance": 0.01}).fields[0].right == Decimal("245.97")


@pytest.mark.parametrize("value", ["0.000001", "-0.000000", "999999999999999.999999", "7.0", "100"])
def test_key_is_the_same_after_a_publication_has_kept_it(value: str) -> None:
    kept = key({"value": value, "near": [{"value": "5.000001", "feedback": "f"}]})
    again = NumberKey.model_validate_json(kept.model_dump_json())
    assert again == kept and str(again.fields[0].value) == str(kept.fields[0].value) == value


def test_key_without_near_values_is_a_problem() -> None:
    assert [problem.split(":")[0] for problem in FORM.problems(key(FEE), Context(on=ON, points=1))] == ["key.near"]
    assert list(FORM.problems(key(VIAL), Context(on=ON, points=1))) == []


def test_key_answer_is_written_as_one_writes_it() -> None:
    assert FORM.key_answer(key({**FEE, "value": "1245.974"})) == {"text": "$1,245.97"}
    assert FORM.key_answer(key(DENIALS)) == {"text": "7.0%"}
    assert FORM.key_answer(key(VIAL)) == {"text": "14 units"}
    assert written(Decimal("-1234.5"), "$") == "-$1,234.5"


def test_describe_shows_what_was_written_and_asked() -> None:
    assert FORM.describe(FORM.parse_answer({"text": "<b>7"}), key(DENIALS)) == [("Number", "<b>7"), ("Asked in", "%")]
    assert FORM.describe(FORM.parse_answer({"text": "7"}), None, {"unit": ""}) == [("Number", "7")]
    assert FORM.describe(FORM.parse_answer({}), key(DENIALS)) == []


@pytest.mark.parametrize("raw", [None, [], 7, "7", {"text": 7}, {"text": "7" * 41}, {"value": "7"}])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem, match="not an answer of the form 'number'"):
        FORM.parse_answer(raw)


# ---- laws -------------------------------------------------------------------------------------------------

# ---- identifiers and several numbers --------------------------------------------------------------------

NDC = {"identifier": True, "value": "09876543210", "near": [{"value": "98765432100", "feedback": "The zero goes to the short segment."}]}
FUTURE = {"identifier": True, "hyphens": True, "value": "098765-4321-00", "near": [{"value": "98765-4321-000", "feedback": "At the front."}]}


@pytest.mark.parametrize(
    ("raw", "text", "points", "rule"),
    [
        (NDC, "09876543210", 1, None),
        (NDC, " 0987 6543 210", 1, None),
        (NDC, "9876543210", 0, "wrong-number"),  # the leading zero counts
        (NDC, "09876-5432-10", 0.5, "close"),
        (NDC, "98765432100", 0, "distractor"),
        (NDC, "09876543210.0", 0, "not-a-number"),
        (NDC, "", 0, "no-answer"),
        (FUTURE, "098765-4321-00", 1, None),
        (FUTURE, "098765‑4321‑00", 1, None),  # the hyphen that does not break
        (FUTURE, "098765432100", 0.5, "close"),
        (FUTURE, "0987654-321-00", 0.5, "close"),
        (FUTURE, "98765-4321-000", 0, "distractor"),
    ],
)  # fmt: skip
def test_identifier_is_compared_digit_by_digit(raw: dict[str, Any], text: str, points: float, rule: str | None) -> None:
    score = mark(raw, text)
    assert score.points == points and [finding.rule for finding in score.findings] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"identifier": True, "value": "09876-5432-10"}, "hyphens"),
        ({"identifier": True, "value": "0987654321X"}, "pattern"),
        ({"identifier": True, "value": "123", "near": [{"value": "1-23", "feedback": "f"}]}, "also right"),
        ({"fields": [{"label": "a", "value": "1"}, {"value": "2"}]}, "label each"),
        ({"fields": [{"label": "a", "value": "1"}, {"label": "a", "value": "2"}]}, "label each"),
        ({"fields": []}, "at least 1"),
    ],
)
def test_unsound_fields_are_refused(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        key(raw)


WASTE = {
    "fields": [
        {"label": "Units given", "value": "13.2", "decimals": 0, "rounding": "up", "near": [{"value": "13", "feedback": "Part units round up."}]},
        {"label": "Units wasted", "value": "1", "decimals": 0},
    ]
}


@pytest.mark.parametrize(
    ("texts", "points"), [(["14", "1"], 1), (["14", "2"], 0.5), (["13", "1"], 0.75), (["14"], 0.5), (["1", "14"], 0), ([], 0), (["14", "1", "9"], 1)]
)
def test_several_numbers_have_equal_weight(texts: list[str], points: float) -> None:
    score = FORM.score(key(WASTE), FORM.parse_answer({"texts": texts}), Context(on=ON, points=1))
    assert score.points == points and [part.name for part in score.parts] == ["Units given", "Units wasted"]


def test_a_finding_names_its_field_and_a_simulated_student_fills_every_one() -> None:
    score = FORM.score(key(WASTE), FORM.parse_answer({"texts": ["13", "1"]}), Context(on=ON, points=1))
    assert score.findings[0].message.startswith("Units given: ")
    assert FORM.key_answer(key(WASTE)) == {"texts": ["14", "1"]} == FORM.attempt(key(WASTE), 1.0, Random(3))
    assert FORM.public(key(WASTE), "s") == {
        "fields": [{"label": "Units given", "unit": "", "decimals": 0}, {"label": "Units wasted", "unit": "", "decimals": 0}]
    }
    assert FORM.public(key(NDC), "s") == {"identifier": True, "hyphens": False}
    assert FORM.describe(FORM.parse_answer({"texts": ["14", ""]}), key(WASTE)) == [("Units given", "14")]
    assert FORM.missing(FORM.parse_answer({"texts": ["14", ""]})) == "Number 2: No number is entered yet."
    assert FORM.missing(FORM.parse_answer({"text": "098765-4321-00"})) is None


VALUES = st.decimals(-10**6, 10**6, places=4, allow_nan=False, allow_infinity=False)


@st.composite
def keys(draw: st.DrawFn) -> dict[str, Any]:
    raw: dict[str, Any] = {"value": f"{draw(VALUES):f}", "unit": draw(st.sampled_from(["", "$", "%", "units"]))}
    if draw(st.booleans()):
        raw |= {"decimals": draw(st.integers(0, 4)), "rounding": draw(st.sampled_from(["half-up", "up", "down"]))}
    else:
        raw["tolerance"] = f"{draw(st.decimals(0, 2, places=3)):f}"
    return raw


@settings(max_examples=150, deadline=None)
@given(raw=keys(), data=st.data(), points=st.sampled_from([0.5, 1, 3]))
def test_laws(raw: dict[str, Any], data: st.DataObject, points: float) -> None:
    model = key(raw)
    field = model.fields[0]
    assert all(mark(raw, full["text"], points).full for full in FORM.full_answers(model))
    assert mark(raw, FORM.attempt(model, 1.0, Random(1))["text"], points).full
    assert not mark(raw, FORM.attempt(model, 0.0, Random(1))["text"], points).full
    off = data.draw(st.decimals(-5, 5, places=5))
    given_value = field.right + off
    before = mark(raw, f"{given_value:f}", points)
    assert 0 <= before.points <= points and sum(part.possible for part in before.parts) == pytest.approx(1)
    assert before.full == (abs(off) <= (field.tolerance or 0))
    assert mark(raw, f"{given_value:f} furlongs", points).points <= before.points, "a wrong unit never helps"
    for unit in ("", "$", "%", "units"):
        assert read_number(written(given_value, unit)).value == given_value


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.one_of(st.sampled_from("0123456789.,$%-+− eE"), st.characters(exclude_categories=["Cs"])), max_size=40))
def test_any_text_is_read_or_hinted_at(text: str) -> None:
    score = mark(FEE, text)
    assert score.points in (0, 0.5, 1)
    assert (FORM.missing(FORM.parse_answer({"text": text})) is None) == (not any(f.rule in ("not-a-number", "no-answer") for f in score.findings))


def test_identifier_that_is_no_row_of_digits_is_told_so_and_not_how_to_write_decimals() -> None:
    view = {"identifier": True, "hyphens": False}
    answer = FORM.parse_answer({"text": "1,25"})
    assert FORM.missing(answer, view) == "“1,25” is not written like this number: digits alone."
    assert FORM.missing(FORM.parse_answer({"text": "09876543210"}), view) is None
    assert FORM.missing(answer, {"unit": "", "decimals": 2}) == FORM.missing(answer) != FORM.missing(answer, view)
    both = FORM.parse_answer({"texts": ["14", "x"]})
    assert FORM.missing(both, {"fields": [{"unit": "mg", "decimals": 0}, {"identifier": True, "hyphens": True}]}) == "Number 2: “x” is not written like this number: digits and hyphens."


@pytest.mark.parametrize("text", ["", "ten", "1.2.3"])
def test_what_cannot_be_read_is_not_ready_to_be_judged(text: str) -> None:
    assert FORM.unready(FORM.parse_answer({"text": text}), {}) is not None
    assert FORM.unready(FORM.parse_answer({"text": "12"}), {}) is None
