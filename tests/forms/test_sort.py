"""sort: right placements / items."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Claim, Context
from medcoding.forms.match import text_id
from medcoding.forms.sort import Sort, SortKey
from pydantic import ValidationError

FORM = Sort()
ON = date(2026, 3, 16)
LEAVES = {
    "bins": ["leaf", "header", "neither"],
    "items": [
        {"text": "`I10`", "bin": "leaf", "codes": ["I10"], "feedback": "Complete at three characters."},
        {"text": "`E11.2`", "bin": "header", "codes": [{"code": "E11.2", "status": "header"}]},
        {"text": "`J45.41`", "bin": "leaf", "alternatives": ["neither"]},
    ],
}
RIGHT = {"`I10`": "leaf", "`E11.2`": "header", "`J45.41`": "leaf"}


def key(raw: dict[str, Any]) -> SortKey:
    return SortKey.model_validate(raw)


def answer(placed: dict[str, str]) -> dict[str, Any]:
    return {"placed": {text_id(item): text_id(name) if name else "" for item, name in placed.items()}}


def mark(raw: dict[str, Any], placed: dict[str, str], points: float = 1) -> Score:
    return FORM.score(key(raw), FORM.parse_answer(answer(placed)), Context(on=ON, points=points))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0),
        ({"`J45.41`": "neither"}, 1.0),
        ({"`I10`": "header"}, 0.67),
        ({"`I10`": ""}, 0.67),
        ({"`I10`": "no such bin"}, 0.67),
        ({"stranger": "leaf"}, 1.0),
        (dict.fromkeys(RIGHT, "neither"), 0.33),
        (dict.fromkeys(RIGHT, ""), 0.0),
    ],
)
def test_right_placements_of_all_items(change: dict[str, str], expected: float) -> None:
    assert mark(LEAVES, {**RIGHT, **change}).points == expected


def test_findings_name_the_mistake() -> None:
    def said(change: dict[str, str]) -> list[tuple[str, str]]:
        return [(f.rule, f.message) for f in mark(LEAVES, {**RIGHT, **change}).findings]

    assert said({}) == [("right-option", "“I10”: Complete at three characters.")]
    assert said({"`I10`": "header"}) == [("wrong-option", "“I10” was placed in “header”: Complete at three characters.")]
    assert said({"`E11.2`": "leaf"})[0] == ("wrong-option", "“E11.2” was placed in “leaf”: it belongs to “header”.")
    assert said({"`I10`": ""}) == [("left-out", "Left without a place: 1.")]
    assert said({"x": "leaf"})[0] == ("unknown-option", "Something was placed that is an entry this question does not have.")
    assert [f.rule for f in mark(LEAVES, {}).findings] == ["no-answer"]


def test_claimed_codes_are_handed_to_the_check_with_their_status() -> None:
    assert list(FORM.claims(key(LEAVES))) == [
        Claim("key.items.0.codes", "I10", "valid"), Claim("key.items.1.codes", "E11.2", "header")]


def test_bins_stay_in_the_authors_order_and_items_in_one_that_knows_no_key() -> None:
    view = FORM.public(key(LEAVES), "seed")
    assert [entry["text"] for entry in view["bins"]] == ["leaf", "header", "neither"]
    other = {**LEAVES, "items": [{"text": item["text"], "bin": name} for item, name in zip(LEAVES["items"][::-1], ["leaf", "leaf", "header"], strict=True)]}
    assert FORM.public(key(other), "seed") == view
    assert len({str(FORM.public(key(LEAVES), f"seed {n}")) for n in range(30)}) == 6


def test_missing_counts_what_the_form_shows_as_open() -> None:
    assert FORM.missing(FORM.parse_answer({})) == "Nothing is placed yet."
    assert FORM.missing(FORM.parse_answer(answer({"`I10`": "leaf", "`E11.2`": ""}))) == "Not placed yet: 1 of 2."
    assert FORM.missing(FORM.parse_answer(answer(RIGHT))) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bins": ["leaf", "leaf"]}, "same name"),
        ({"bins": ["leaf", "neither"]}, "is no bin; expected one of leaf, neither"),
        ({"bins": list("abcdefg")}, "at most 6"),
        ({"items": [{"text": "a", "bin": "leaf"}, {"text": "a", "bin": "header"}]}, "same text"),
        ({"items": [{"text": "a", "bin": "leaf"}, {"text": "b", "bin": "leaf"}]}, "same bin"),
        ({"items": [{"text": "a", "bin": "leaf", "alternatives": ["leaf"]}, {"text": "b", "bin": "header"}]}, "also among its alternatives"),
        ({"items": [{"text": "a", "bin": "leaf", "alternatives": ["header", "neither"]}, {"text": "b", "bin": "header"}]}, "right in every bin"),
    ],
)
def test_inconsistent_keys_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        key({**LEAVES, **change})


def test_describe_names_texts_with_and_without_a_key() -> None:
    given = FORM.parse_answer({"placed": {text_id("`E11.2`"): text_id("leaf"), text_id("`I10`"): "zz", "yy": ""}})
    rows = FORM.describe(given, None, view := FORM.public(key(LEAVES), "s"))
    assert set(rows) == set(FORM.describe(given, key(LEAVES))) == {("E11.2", "leaf"), ("I10", "a bin this question does not have")}
    shown = [entry["text"].strip("`") for entry in view["items"]]
    assert [label for label, _ in rows] == [text for text in shown if text != "J45.41"]


@pytest.mark.parametrize("raw", [None, [], {"placed": []}, {"placed": {"a": None}}, {"bins": {}}, {"placed": {str(n): "" for n in range(33)}}])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem, match="not an answer of the form 'sort'"):
        FORM.parse_answer(raw)


# ---- laws -------------------------------------------------------------------------------------------------


@st.composite
def keys(draw: st.DrawFn) -> dict[str, Any]:
    bins = [f"b{n}" for n in range(draw(st.integers(2, 6)))]
    items: list[dict[str, Any]] = [{"text": "i0", "bin": "b0"}, {"text": "i1", "bin": "b1"}]
    items += [{"text": f"i{n}", "bin": draw(st.sampled_from(bins))} for n in range(2, draw(st.integers(2, 8)))]
    for item in items:
        if len(bins) > 2 and draw(st.booleans()):
            item["alternatives"] = [draw(st.sampled_from([name for name in bins if name != item["bin"]]))]
    return {"bins": bins, "items": items}


@settings(max_examples=80, deadline=None)
@given(raw=keys(), data=st.data(), points=st.sampled_from([0.5, 1, 3]))
def test_laws(raw: dict[str, Any], data: st.DataObject, points: float) -> None:
    model = key(raw)
    context = Context(on=ON, points=points)
    assert all(FORM.score(model, FORM.parse_answer(full), context).full for full in FORM.full_answers(model))
    texts = [item.text for item in model.items]
    chosen = data.draw(st.dictionaries(st.sampled_from([*texts, "?"]), st.sampled_from([*model.bins, "?", ""])))
    before = mark(raw, chosen, points)
    assert 0 <= before.points <= points and sum(part.possible for part in before.parts) == pytest.approx(1)
    for item in model.items:
        wrong = data.draw(st.sampled_from([name for name in (*model.bins, "?") if name not in item.accepted]))
        assert mark(raw, {**chosen, item.text: wrong}, points).points <= before.points
    attempt = FORM.attempt(model, data.draw(st.floats(0, 1)), Random(data.draw(st.integers())))
    assert 0 <= FORM.score(model, FORM.parse_answer(attempt), context).points <= points
    assert FORM.score(model, FORM.parse_answer(FORM.attempt(model, 1.0, Random(1))), context).full
