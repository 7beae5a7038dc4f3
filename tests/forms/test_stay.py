"""stay: principal 0.25, other diagnoses 0.25, POA 0.15, procedures 0.25, query or discharge 0.10."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.match import text_id
from medcoding.forms.stay import Stay, _weights
from medcoding.forms.staymodels import StayKey, indicator
from pydantic import ValidationError

FORM = Stay()
CONTEXT = Context(on=date(2026, 3, 16), points=1)
NO, YES = text_id("No query."), text_id("Ask about the anemia.")
ULCER: dict[str, Any] = {
    "patient": {"age": 60, "sex": "M"},
    "principal": "K26.4",
    "others": ["D62", {"code": "Z79.01", "poa": "exempt"}],
    "procedures": [{"code": "0W3P8ZZ", "date": "2026-03-13"}],
    "optional": ["Z87.891"],
    "query": [{"text": "No query.", "correct": True}, {"text": "Ask about the anemia.", "feedback": "It is named."}],
    "drg": 378,
    "distractors": [{"code": "K92.2", "feedback": "The site is known."}, {"code": "0DQ98ZZ", "feedback": "That is Control."}],
}
FULL: dict[str, Any] = {
    "principal": {"code": "K26.4", "poa": "Y"},
    "others": [{"code": "D62", "poa": "Y"}, {"code": "Z79.01", "poa": ""}],
    "procedures": [{"code": "0W3P8ZZ", "date": "2026-03-13"}],
    "query": NO,
}


def mark(change: dict[str, Any], **key: Any) -> Score:
    return FORM.score(StayKey.model_validate({**ULCER, **key}), FORM.parse_answer({**FULL, **change}), CONTEXT)


def rules(score: Score) -> list[str]:
    return [finding.rule for finding in score.findings]


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({}, 1.0),
        ({"others": [*FULL["others"], {"code": "Z87.891", "poa": ""}]}, 1.0),  # optional
        ({"others": [{"code": "z7901", "poa": "exempt"}, {"code": "d62", "poa": "y"}]}, 1.0),  # any order, any spelling
        ({"principal": {"code": "K92.2", "poa": "Y"}}, 0.70),  # principal 0.25 and its POA 0.05
        ({"principal": {"code": "K26.4", "poa": "N"}}, 0.95),
        ({"others": [{"code": "D62", "poa": "Y"}]}, 0.83),  # half of 0.25 and a third of 0.15: 0.175 less, rounded up
        ({"others": [*FULL["others"], {"code": "I10", "poa": "Y"}]}, 0.92),  # two of three: 0.0833 less
        ({"procedures": []}, 0.75),
        ({"procedures": [{"code": "0W3P8ZZ", "date": "2026-03-14"}]}, 0.95),  # the date is a fifth of 0.25
        ({"procedures": [*FULL["procedures"], {"code": "0DJ08ZZ"}]}, 0.88),  # half of 0.25: 0.125 less, rounded
        ({"query": YES}, 0.9),
        ({"query": ""}, 0.9),
    ],
)
def test_parts_of_the_abstract(change: dict[str, Any], points: float) -> None:
    assert mark(change).points == pytest.approx(points, abs=0.0051)


def test_empty_abstract_earns_nothing() -> None:
    score = FORM.score(StayKey.model_validate(ULCER), FORM.parse_answer({}), CONTEXT)
    assert score.points == 0 and rules(score) == ["no-answer"] and sum(part.possible for part in score.parts) == pytest.approx(1)


def test_principal_that_is_another_diagnosis_of_the_stay_is_told() -> None:
    swapped = {"principal": FULL["others"][0], "others": [FULL["principal"], FULL["others"][1]]}
    score = mark(swapped)
    assert "not-principal" in rules(score) and score.points < 0.7


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"others": [{"code": "D62", "poa": "Q"}, FULL["others"][1]]}, "poa-value"),
        ({"procedures": [{"code": "0W3P8ZX"}]}, "impossible-combination"),
        ({"principal": {"code": "K26", "poa": "Y"}}, "header-code"),
        ({"principal": {"code": "I43", "poa": "Y"}}, None),
    ],
)
def test_hard_errors_cap_the_abstract(change: dict[str, Any], rule: str | None) -> None:
    score = mark(change)
    assert score.points <= 0.5 and (rule is None or rule in rules(score))


def test_feedback_of_foreseen_mistakes_reaches_both_books() -> None:
    score = mark({"principal": {"code": "K92.2", "poa": "Y"}, "procedures": [{"code": "0DQ98ZZ"}], "query": YES})
    told = " ".join(finding.message for finding in score.findings)
    assert "The site is known." in told and "That is Control." in told and "It is named." in told


def test_what_is_not_asked_gives_its_share_to_the_rest_but_for_a_tenth() -> None:
    bare = StayKey.model_validate({"patient": {"age": 60, "sex": "M"}, "principal": "K26.4", "drg": 379, "distractors": ULCER["distractors"]})
    weights = _weights(bare)
    assert sum(weights.values()) == pytest.approx(1) and weights["query and discharge"] == 0
    assert weights["principal"] == pytest.approx(0.25 / 0.45) and weights["procedures"] == pytest.approx(0.025 / 0.45)
    one = FORM.score(bare, FORM.parse_answer({"principal": {"code": "K26.4", "poa": "Y"}}), CONTEXT)
    more = FORM.score(bare, FORM.parse_answer({"principal": {"code": "K26.4", "poa": "Y"}, "procedures": [{"code": "0W3P8ZZ"}]}), CONTEXT)
    assert one.full and not more.full


def test_discharge_status_is_scored_where_it_is_asked() -> None:
    assert mark({"discharge": "1"}, ask_discharge=True).full
    assert mark({"discharge": "02"}, ask_discharge=True).points == 0.95


@pytest.mark.parametrize(("text", "value"), [("y", "Y"), (" N ", "N"), ("1", ""), ("exempt", ""), ("", ""), ("Q", "Q")])
def test_indicator_is_read_as_coders_write_it(text: str, value: str) -> None:
    assert indicator(text) == value


def test_key_is_grouped_and_a_wrong_group_is_a_fault() -> None:
    assert list(FORM.problems(StayKey.model_validate(ULCER), CONTEXT)) == []
    (problem,) = FORM.problems(StayKey.model_validate({**ULCER, "drg": 379}), CONTEXT)
    assert "claims MS-DRG 379, the grouper of 2026-03-16 says 378" in problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"others": ["K26.4"]}, "twice"), ({"optional": ["D62"]}, "also a key code"), ({"procedures": ["0W3P8ZZ", "0w3p8zz"]}, "procedure twice"),
        ({"distractors": [{"code": "D62", "feedback": "f"}]}, "also a right"), ({"query": [{"text": "a", "correct": True}, {"text": "b", "correct": True}]}, "exactly one"),
        ({"others": [{"code": "D62", "poa": "Q"}]}, "Input should be"), ({"patient": {"age": 60, "sex": "X"}}, "Input should be"),
    ],
)  # fmt: skip
def test_unsound_keys_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        StayKey.model_validate({**ULCER, **change})


@pytest.mark.parametrize("raw", [{"principal": "K26.4"}, {"others": [{"code": "x"}] * 25}, {"procedures": [{"code": "x" * 17}]}, {"drg": 378}, []])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem):
        FORM.parse_answer(raw)


def test_every_full_answer_is_full_and_the_public_half_tells_nothing() -> None:
    key = StayKey.model_validate({**ULCER, "others": [{"code": "D62", "alternatives": ["D50.0"]}]})
    answers = list(FORM.full_answers(key))
    assert len(answers) == 2 and all(FORM.score(key, FORM.parse_answer(answer), CONTEXT).full for answer in answers)
    view = str(FORM.public(key, "s"))
    assert "K26.4" not in view and "0W3P8ZZ" not in view and "378" not in view and "correct" not in view
    assert FORM.score(key, FORM.parse_answer(FORM.attempt(key, 1.0, Random(4))), CONTEXT).full


def test_discharge_status_that_is_asked_for_is_not_told() -> None:
    raw = {**ULCER, "patient": {"age": 60, "sex": "M", "discharge": "62"}}
    assert FORM.public(StayKey.model_validate(raw), "s")["patient"] == raw["patient"]
    assert FORM.public(StayKey.model_validate({**raw, "ask_discharge": True}), "s")["patient"] == {"age": 60, "sex": "M"}


# ---- the consequence --------------------------------------------------------------------------------------


def consequence(change: dict[str, Any]) -> Any:
    return FORM.consequence(StayKey.model_validate(ULCER), FORM.parse_answer({**FULL, **change}), CONTEXT)


def test_consequence_shows_the_group_and_the_money_at_the_teaching_base_rate() -> None:
    told = consequence({"others": []})
    # Table 5, FY2026: MS-DRG 378 weighs 0.9807, 379 weighs 0.6304; 7,000 dollars a unit of weight
    assert told.sentence.startswith("MS-DRG 379 instead of 378: $2,452.10 less")
    assert ("Payment", "$4,412.80", "$6,864.90") in told.rows
    assert "teaching base rate" in told.note and "<svg" in told.to_html() and "$4,412.80" in told.to_html()


def test_same_group_by_other_codes_is_said_to_be_no_excuse() -> None:
    assert "codes are what is scored" in consequence({"principal": {"code": "K92.2", "poa": "Y"}}).sentence
    assert consequence({}).sentence == "The same MS-DRG as the key's, 378."


@pytest.mark.parametrize("change", [{"principal": {"code": "", "poa": ""}}, {"principal": {"code": "ZZZ", "poa": "Y"}}, {"procedures": [{"code": "0W3P8ZX"}]}, {"others": [{"code": "<b>", "poa": "Y"}]}])
def test_abstract_that_cannot_be_grouped_says_why_and_nothing_fails(change: dict[str, Any]) -> None:
    told = consequence(change)
    assert told.rows[0][1] == "none" and "<b>" not in told.to_html()


def test_indicator_that_does_not_exist_does_not_stop_the_grouping() -> None:
    assert consequence({"others": [{"code": "D62", "poa": "Q"}]}).rows[0][0] == "MS-DRG"


def test_a_code_entered_twice_does_not_stand_for_two_that_may_change_places() -> None:
    either = {"principal": {"code": "K26.4", "alternatives": ["D62"]}, "others": [{"code": "D62", "alternatives": ["K26.4"]}]}
    swapped = mark({"principal": {"code": "D62", "poa": "Y"}, "others": [{"code": "K26.4", "poa": "Y"}]}, **either)
    twice = mark({"others": [{"code": "K26.4", "poa": "Y"}]}, **either)
    assert swapped.points == 1
    assert twice.points == pytest.approx(0.68)  # all of "other diagnoses" (0.25) and half of POA (0.075) less: 0.675, rounded
    assert "left-out" in rules(twice)
    alone = FORM.score(
        StayKey.model_validate({**ULCER, "procedures": [{"code": "0W3P8ZZ", "alternatives": ["0DQ98ZX"]}, {"code": "0DB98ZX", "alternatives": ["0W3P8ZZ"]}], "distractors": []}),
        FORM.parse_answer({**FULL, "procedures": [{"code": "0W3P8ZZ"}, {"code": "0W3P8ZZ"}]}), CONTEXT,
    )  # fmt: skip
    assert alone.points == pytest.approx(0.88)  # half of 0.25 less, rounded
    assert "entered-twice" in rules(alone)


def test_a_wrong_indicator_is_named_and_the_right_one_is_not() -> None:
    score = mark({"others": [{"code": "D62", "poa": ""}, {"code": "Z79.01", "poa": "Y"}]})
    told = [finding.message for finding in score.findings if finding.rule == "poa"]
    assert told == [
        "D62: the present-on-admission indicator is blank, which only codes exempt from reporting are.",
        "Z79.01: the present-on-admission indicator “Y” does not fit the record or the rules.",
    ]
    assert not [finding for finding in mark({}).findings if finding.rule == "poa"]
