"""data: numbers within tolerance; lists and tables by the share that is right, whatever their order unless it is asked for."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.data import Data, DataKey
from pydantic import ValidationError

FORM = Data()
CONTEXT = Context(on=date(2026, 3, 16), points=1)
NUMBER = {"number": "20.5", "tolerance": "0.05", "near": [{"value": "19", "feedback": "That is the median."}]}
LIST = {"list": ["A00", "B01.1", "7"]}
TABLE = {"table": {"columns": ["payer", "rate"], "rows": [["A", 7], ["B", 15.5]]}, "by": ["payer"], "tolerance": "0.1"}


def mark(raw: dict[str, Any], answer: Any) -> Score:
    return FORM.score(DataKey.model_validate(raw), FORM.parse_answer(answer), CONTEXT)


def rules(score: Score) -> list[str]:
    return [finding.rule for finding in score.findings]


@pytest.mark.parametrize(
    ("text", "points", "rule"),
    [("20.5", 1, None), ("20.55", 1, None), ("$20.45", 1, None), ("20.56", 0, "wrong-number"), ("19.02", 0, "distractor"), ("many", 0, "not-a-number"), ("", 0, "no-answer")],
)
def test_number_within_tolerance(text: str, points: float, rule: str | None) -> None:
    score = mark(NUMBER, {"number": text})
    assert score.points == points and rules(score) == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("entries", "points"),
    [(["A00", "B01.1", "7"], 1), (["7.0", "b01.1", " a00 "], 1), (["A00", "B01.1"], 0.67), (["A00", "A00", "7"], 0.67), (["A00", "B01.1", "7", "8"], 0.75), (["x"], 0)],
)
def test_list_is_a_multiset_where_order_is_not_asked(entries: list[str], points: float) -> None:
    assert mark(LIST, {"list": entries}).points == points


def test_ordered_list_is_compared_place_by_place() -> None:
    raw = {**LIST, "ordered": True}
    assert mark(raw, {"list": ["A00", "B01.1", "7"]}).full
    score = mark(raw, {"list": ["B01.1", "A00", "7"]})
    assert score.points == 0.33 and "other-order" in rules(score)


@pytest.mark.parametrize(
    ("columns", "rows", "points"),
    [
        (["payer", "rate"], [["A", "7"], ["B", "15.5"]], 1),
        (["Rate", " PAYER "], [["15.45", "b"], ["7.0", "a"]], 1),  # columns and rows in any order, case and space free
        (["payer", "rate"], [["A", "7"], ["B", "16"]], 0.75),
        (["payer", "rate"], [["A", "7"]], 0.5),
        (["payer", "rate"], [["A", "7"], ["B", "15.5"], ["C", "1"]], 0.67),  # four of six cells
        (["payer", "share"], [["A", "7"], ["B", "15.5"]], 0.5),
        (["payer", "rate", "n"], [["A", "7", "1"], ["B", "15.5", "2"]], 0.67),
        (["x"], [["1"]], 0),
        (["payer", "rate"], [], 0),
    ],
)
def test_table_is_the_share_of_right_cells(columns: list[str], rows: list[list[str]], points: float) -> None:
    assert mark(TABLE, {"table": {"columns": columns, "rows": rows}}).points == points


def test_rows_without_a_key_column_are_sorted_and_with_order_compared_in_place() -> None:
    free = {name: value for name, value in TABLE.items() if name != "by"}
    swapped = {"table": {"columns": ["payer", "rate"], "rows": [["B", "15.5"], ["A", "7"]]}}
    assert mark(free, swapped).full and mark({**free, "ordered": True}, swapped).points == 0


def test_order_of_columns_counts_only_where_it_is_asked() -> None:
    turned = {"table": {"columns": ["rate", "payer"], "rows": [["7", "A"], ["15.5", "B"]]}}
    assert mark(TABLE, turned).full
    assert mark({**TABLE, "columns_ordered": True}, turned).points == 0


def test_missing_and_needless_columns_are_told_by_count_and_own_name() -> None:
    score = mark(TABLE, {"table": {"columns": ["payer", "extra"], "rows": [["A", "1"]]}})
    assert {"missing-column", "extra-column", "other-length"} <= set(rules(score))
    assert "rate" not in " ".join(finding.message for finding in score.findings)


def test_another_kind_of_value_is_said_and_earns_nothing() -> None:
    score = mark(NUMBER, {"list": ["20.5"]})
    assert score.points == 0 and rules(score) == ["other-kind"]


@pytest.mark.parametrize(
    "raw",
    [
        {}, {"number": "1", "list": ["a"]}, {"list": ["a"], "near": [{"value": "1", "feedback": "f"}]}, {"number": "1", "near": [{"value": "1.0", "feedback": "f"}]},
        {"table": {"columns": ["a", "A"], "rows": []}}, {"table": {"columns": ["a"], "rows": [["x", "y"]]}}, {**TABLE, "by": ["zebra"]}, {**TABLE, "ordered": True},
    ],
)  # fmt: skip
def test_unsound_keys_are_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DataKey.model_validate(raw)


@pytest.mark.parametrize(
    "raw",
    [{"number": 7}, {"list": "abc"}, {"list": ["x" * 201]}, {"list": ["x"] * 2001}, {"table": {"columns": [], "rows": []}}, {"table": {"columns": ["a"], "rows": [["x", "y"]]}}, {"value": 1}],
)
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem):
        FORM.parse_answer(raw)


@pytest.mark.parametrize("raw", [NUMBER, LIST, TABLE])
def test_key_survives_a_publication_and_its_own_answer_is_full(raw: dict[str, Any]) -> None:
    key = DataKey.model_validate(raw)
    assert DataKey.model_validate_json(key.model_dump_json()) == key
    assert FORM.score(key, FORM.parse_answer(FORM.key_answer(key)), CONTEXT).full
    assert FORM.score(key, FORM.parse_answer(FORM.attempt(key, 1.0, Random(2))), CONTEXT).full
    assert not FORM.score(key, FORM.parse_answer(FORM.attempt(key, 0.0, Random(2))), CONTEXT).full
    assert set(FORM.public(key, "s")) == {"kind", "unit", "ordered"}


def test_key_without_a_foreseen_slip_is_a_fault_for_numbers() -> None:
    assert [problem.split(":")[0] for problem in FORM.problems(DataKey.model_validate({"number": "1"}), CONTEXT)] == ["key.near"]


CELLS = st.one_of(st.sampled_from(["A", "B", "7", "15.5", "15.4", ""]), st.text(max_size=6))


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=6), data=st.data())
def test_laws(rows: list[list[str]], data: st.DataObject) -> None:
    answer = {"table": {"columns": ["payer", "rate"], "rows": rows}}
    score = mark(TABLE, answer)
    assert 0 <= score.points <= 1
    if len({row[0] for row in rows}) == len(rows):
        assert mark(TABLE, {"table": {"columns": ["payer", "rate"], "rows": data.draw(st.permutations(rows))}}).points == score.points


def test_a_list_names_what_is_not_asked_for_and_counts_what_is_right() -> None:
    key = DataKey.model_validate({"list": ["Q98.0", "Q99.8"]})
    score = FORM.score(key, FORM.parse_answer({"list": ["Q89.0", "Q99.8"]}), CONTEXT)
    assert [finding.message for finding in score.findings] == ["Not among what is asked for: Q89.0.", "1 of 2 entries are right."]


def test_a_number_that_cannot_be_read_is_told_before_it_is_judged() -> None:
    assert FORM.unready(FORM.parse_answer({"number": "may"})) is not None
    assert FORM.unready(FORM.parse_answer({"number": "12.5"})) is None and FORM.unready(FORM.parse_answer({})) is not None
