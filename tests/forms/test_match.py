"""match: right pairs / pairs; a right text used for two lefts earns for neither, unless the key says reuse."""

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
from medcoding.forms.match import Match, MatchKey, text_id
from pydantic import ValidationError

FORM = Match()
CONTEXT = Context(on=date(2026, 3, 16), points=1)
ROLES = {
    "pairs": [
        {"left": "Coder", "right": "assigns codes", "feedback": "From signed notes."},
        {"left": "Biller", "right": "submits the claim"},
        {"left": "Auditor", "right": "re-examines a sample", "alternatives": ["checks finished work"]},
        {"left": "Documentation specialist", "right": "asks providers to clarify"},
    ],
    "extra": [
        {"text": "checks finished work", "feedback": "Only an auditor does."},
        {"text": "signs the note", "feedback": "The provider signs."},
    ],
}
SHARED = {"reuse": True, "pairs": [{"left": "a", "right": "yes"}, {"left": "b", "right": "yes"}, {"left": "c", "right": "no"}]}


def key(raw: dict[str, Any]) -> MatchKey:
    return MatchKey.model_validate(raw)


def answer(**pairs: str) -> dict[str, Any]:
    return {"pairs": {text_id(left.replace("_", " ")): text_id(right) if right else "" for left, right in pairs.items()}}


def mark(raw: dict[str, Any], given: dict[str, Any], points: float = 1) -> Score:
    return FORM.score(key(raw), FORM.parse_answer(given), Context(on=CONTEXT.on, points=points))


RIGHT = {"Coder": "assigns codes", "Biller": "submits the claim", "Auditor": "re-examines a sample", "Documentation_specialist": "asks providers to clarify"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0),
        ({"Auditor": "checks finished work"}, 1.0),
        ({"Coder": "signs the note"}, 0.75),
        ({"Coder": ""}, 0.75),
        ({"Coder": "submits the claim", "Biller": "assigns codes"}, 0.5),
        ({"Coder": "submits the claim"}, 0.5),  # used twice: Biller loses it too
        ({"Coder": "no such text"}, 0.75),
        (dict.fromkeys(RIGHT, "assigns codes"), 0.0),
        (dict.fromkeys(RIGHT, ""), 0.0),
    ],
)
def test_right_pairs_of_all_pairs(change: dict[str, str], expected: float) -> None:
    assert mark(ROLES, answer(**{**RIGHT, **change})).points == expected


def test_reuse_lets_lefts_share_a_right_text() -> None:
    assert mark(SHARED, answer(a="yes", b="yes", c="no")).full
    assert mark(SHARED, answer(a="yes", b="yes", c="yes")).points == 0.67
    assert [entry["text"] for entry in FORM.public(key(SHARED), "s")["rights"]].count("yes") == 1


def test_findings_name_the_mistake() -> None:
    def said(**change: str) -> list[tuple[str, str]]:
        return [(f.rule, f.message) for f in mark(ROLES, answer(**{**RIGHT, **change})).findings]

    assert said() == [("right-option", "“Coder”: From signed notes.")]
    assert said(Coder="signs the note") == [("wrong-option", "“Coder” with “signs the note”: The provider signs.")]
    assert said(Coder="submits the claim", Biller="")[0] == (
        "wrong-option", "“Coder” with “submits the claim”: that belongs to “Biller”. From signed notes.")
    assert {rule for rule, _ in said(Coder="submits the claim")} == {"used-twice"}
    assert said(Coder="")[-1] == ("left-out", "Left without a match: 1.")
    assert said(Coder="?") == [("unknown-option", "“Coder” was matched with an entry this question does not have.")]
    assert [f.rule for f in mark(ROLES, {}).findings] == ["no-answer"]


def test_missing_counts_what_the_form_shows_as_open() -> None:
    assert FORM.missing(FORM.parse_answer({})) == "Nothing is matched yet."
    assert FORM.missing(FORM.parse_answer(answer(Coder="assigns codes", Biller=""))) == "Not matched yet: 1 of 2."
    assert FORM.missing(FORM.parse_answer(answer(**RIGHT))) is None


def test_public_holds_texts_and_ids_in_orders_that_know_no_key() -> None:
    swapped = {**ROLES, "pairs": [{**pair, "right": right} for pair, right in zip(
        [{"left": p["left"]} for p in ROLES["pairs"]][::-1], [p["right"] for p in ROLES["pairs"]], strict=True)]}
    assert FORM.public(key(ROLES), "seed") == FORM.public(key(swapped), "seed")
    view = FORM.public(key(ROLES), "seed")
    assert set(view) == {"lefts", "rights", "reuse"}
    assert all(set(entry) == {"id", "text"} for entry in (*view["lefts"], *view["rights"]))
    assert len({str(FORM.public(key(ROLES), f"seed {n}")) for n in range(30)}) > 20


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"pairs": [{"left": "a", "right": "x"}, {"left": "a", "right": "y"}]}, "same left text"),
        ({"pairs": [{"left": "a", "right": "x"}, {"left": "b", "right": "x"}]}, "say 'reuse: true'"),
        ({"pairs": [{"left": "a", "right": "x"}, {"left": "b", "right": "x"}], "reuse": True}, "only one right text"),
        ({**SHARED, "extra": [{"text": "yes", "feedback": "f"}]}, "also a right text"),
        ({**SHARED, "extra": [{"text": "perhaps"}]}, "feedback"),
        ({"pairs": [{"left": "a", "right": "x", "alternatives": ["z"]}, {"left": "b", "right": "y"}]}, "no right text and not in 'extra'"),
        ({"pairs": [{"left": "a", "right": "x", "alternatives": ["x"]}, {"left": "b", "right": "y"}]}, "also among its alternatives"),
        ({"pairs": [{"left": "a", "right": "x"}]}, "at least 2"),
    ],
)
def test_inconsistent_keys_are_refused(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        key(raw)


def test_alternative_that_robs_another_pair_is_a_problem_unless_that_pair_has_another_way() -> None:
    robbing = key({"pairs": [{"left": "a", "right": "x", "alternatives": ["y"]}, {"left": "b", "right": "y"}]})
    assert [problem.split(":")[0] for problem in FORM.problems(robbing, CONTEXT)] == ["key.pairs.0.alternatives"]
    swapping = key({"pairs": [{"left": "a", "right": "x", "alternatives": ["y"]}, {"left": "b", "right": "y", "alternatives": ["x"]}]})
    assert list(FORM.problems(swapping, CONTEXT)) == []
    assert all(FORM.score(swapping, FORM.parse_answer(raw), CONTEXT).full for raw in FORM.full_answers(swapping))
    assert len(list(FORM.full_answers(swapping))) == 3


def test_describe_names_texts_with_and_without_a_key() -> None:
    given = FORM.parse_answer({"pairs": {text_id("Coder"): text_id("signs the note"), "zz": text_id("assigns codes"), text_id("Biller"): ""}})
    expected = [("Coder", "signs the note"), ("An entry this question does not have", "assigns codes")]
    assert FORM.describe(given, key(ROLES)) == FORM.describe(given, None, FORM.public(key(ROLES), "s")) == expected


@pytest.mark.parametrize("raw", [None, [], {"pairs": []}, {"pairs": {"a": 1}}, {"pairs": {"a" * 41: "b"}}, {"pairs": {str(n): "" for n in range(25)}}])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem, match="not an answer of the form 'match'"):
        FORM.parse_answer(raw)


# ---- laws -------------------------------------------------------------------------------------------------


@st.composite
def keys(draw: st.DrawFn) -> dict[str, Any]:
    size, more, reuse = draw(st.integers(2, 6)), draw(st.integers(0, 3)), draw(st.booleans())
    rights = [f"r{draw(st.integers(0, size - 1)) if reuse and n > 1 else n}" for n in range(size)]
    pairs: list[dict[str, Any]] = [{"left": f"l{n}", "right": right} for n, right in enumerate(rights)]
    for n in range(min(more, size)):
        if draw(st.booleans()):
            pairs[n]["alternatives"] = [f"e{n}"]
    return {"pairs": pairs, "extra": [{"text": f"e{n}", "feedback": "f"} for n in range(more)], "reuse": reuse}


@settings(max_examples=80, deadline=None)
@given(raw=keys(), data=st.data(), points=st.sampled_from([0.5, 1, 3]))
def test_laws(raw: dict[str, Any], data: st.DataObject, points: float) -> None:
    model = key(raw)
    assert all(mark(raw, full, points).full for full in FORM.full_answers(model))
    chosen = data.draw(st.dictionaries(st.sampled_from([p.left for p in model.pairs]), st.sampled_from([*model.rights, "?"])))
    before = mark(raw, {"pairs": {text_id(left): text_id(right) for left, right in chosen.items()}}, points)
    assert 0 <= before.points <= points and sum(part.possible for part in before.parts) == pytest.approx(1)
    wrong = {left: [r for r in (*model.rights, "?") if r not in p.accepted] for p in model.pairs if (left := p.left) not in chosen}
    for left, rights in wrong.items():
        more = {**chosen, left: data.draw(st.sampled_from(rights))}
        assert mark(raw, {"pairs": {text_id(one): text_id(other) for one, other in more.items()}}, points).points <= before.points
    attempt = FORM.attempt(model, data.draw(st.floats(0, 1)), Random(data.draw(st.integers())))
    assert 0 <= mark(raw, attempt, points).points <= points
    assert mark(raw, FORM.attempt(model, 1.0, Random(1)), points).full
