"""choice: single is all or nothing; several is (right - wrong) / key, never below 0."""

from __future__ import annotations

from datetime import date

import pytest
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.choice import Choice, ChoiceKey, Option
from pydantic import ValidationError

FORM = Choice()
CONTEXT = Context(on=date(2026, 3, 16), points=1)

ONE = ChoiceKey.model_validate(
    {
        "options": [
            {"text": "Ask the attending.", "correct": True, "feedback": "The attending settles it."},
            {"text": "Report both.", "feedback": "Both cannot be true."},
            {"text": "Report neither.", "feedback": "The condition was treated."},
        ]
    }
)
SEVERAL = ChoiceKey.model_validate(
    {
        "many": True,
        "options": [
            {"text": "right 1", "correct": True},
            {"text": "right 2", "correct": True},
            {"text": "right 3", "correct": True},
            {"text": "right 4", "correct": True},
            {"text": "wrong 1", "feedback": "no 1"},
            {"text": "wrong 2", "feedback": "no 2"},
        ],
    }
)


def chosen(key: ChoiceKey, *texts: str) -> dict[str, list[str]]:
    ids = {option.text: option.id for option in key.options}
    return {"chosen": [ids.get(text, text) for text in texts]}


def points(key: ChoiceKey, *texts: str, context: Context = CONTEXT) -> float:
    return FORM.score(key, FORM.parse_answer(chosen(key, *texts)), context).points


def rules(key: ChoiceKey, *texts: str) -> list[str]:
    return [finding.rule for finding in FORM.score(key, FORM.parse_answer(chosen(key, *texts)), CONTEXT).findings]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Ask the attending."], 1.0),
        (["Report both."], 0.0),
        ([], 0.0),
        (["Ask the attending.", "Report both."], 0.0),
        (["Ask the attending.", "Ask the attending."], 1.0),
        (["0123456789"], 0.0),
    ],
)
def test_single_choice_is_all_or_nothing(texts: list[str], expected: float) -> None:
    assert points(ONE, *texts) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["right 1", "right 2", "right 3", "right 4"], 1.0),
        (["right 1", "right 2", "right 3"], 0.75),
        (["right 1", "right 2", "right 3", "wrong 1"], 0.5),
        (["right 1", "right 2", "right 3", "right 4", "wrong 1", "wrong 2"], 0.5),
        (["right 1", "wrong 1"], 0.0),
        (["right 1", "wrong 1", "wrong 2"], 0.0),
        (["right 1", "right 1"], 0.25),
        (["right 1", "right 2", "not an option"], 0.25),
        ([], 0.0),
    ],
)
def test_several_is_right_minus_wrong_over_key(texts: list[str], expected: float) -> None:
    assert points(SEVERAL, *texts) == expected


def test_points_of_the_item_scale_the_share() -> None:
    assert points(SEVERAL, "right 1", context=Context(on=date(2026, 3, 16), points=3)) == 0.75


def test_wrong_option_gets_its_own_feedback() -> None:
    score = FORM.score(ONE, FORM.parse_answer(chosen(ONE, "Report both.")), CONTEXT)
    assert [finding.message for finding in score.findings] == ["“Report both.”: Both cannot be true."]


def test_number_left_out_is_told_but_not_which() -> None:
    score = FORM.score(SEVERAL, FORM.parse_answer(chosen(SEVERAL, "right 1", "right 2")), CONTEXT)
    assert [finding.message for finding in score.findings] == ["Right options left out: 2."]


def test_silence_and_unknown_options_are_named() -> None:
    assert rules(ONE) == ["no-answer"]
    assert rules(ONE, "0123456789") == ["unknown-option"]


def test_missing_speaks_only_of_completeness() -> None:
    assert FORM.missing(FORM.parse_answer({"chosen": []})) == "Nothing is chosen yet."
    assert FORM.missing(FORM.parse_answer(chosen(ONE, "Report both."))) is None


def test_key_answer_earns_full_marks() -> None:
    for key in (ONE, SEVERAL):
        assert FORM.score(key, FORM.parse_answer(FORM.key_answer(key)), CONTEXT).full


def test_public_view_holds_texts_and_ids_and_nothing_else() -> None:
    view = FORM.public(ONE, "seed")
    assert view["many"] is False
    assert [sorted(option) for option in view["options"]] == [["id", "text"]] * 3
    assert {option["text"] for option in view["options"]} == {option.text for option in ONE.options}


def test_option_id_knows_neither_place_nor_rightness() -> None:
    # The first ten hexadecimal digits of SHA-256("abc"), FIPS 180-4 example.
    assert Option(text="abc").id == Option(text="abc", correct=True, feedback="x").id == "ba7816bf8f"


@pytest.mark.parametrize(
    ("options", "many", "words"),
    [
        ([("a", True), ("b", True), ("c", False)], False, "2 options are marked 'correct: true'"),
        ([("a", False), ("b", False)], False, "0 options are marked"),
        ([("a", False), ("b", False)], True, "no option is marked"),
        ([("a", True), ("b", True)], True, "every option is correct"),
        ([("a", True), ("a", False)], False, "two options have the same text"),
    ],
)
def test_inconsistent_keys_are_refused(options: list[tuple[str, bool]], many: bool, words: str) -> None:
    raw = {"many": many, "options": [{"text": text, "correct": right, "feedback": "f"} for text, right in options]}
    with pytest.raises(ValidationError, match=words):
        ChoiceKey.model_validate(raw)


def test_wrong_option_without_feedback_is_refused() -> None:
    with pytest.raises(ValidationError, match="the wrong option 'b' has no feedback"):
        ChoiceKey.model_validate({"options": [{"text": "a", "correct": True}, {"text": "b"}]})


@pytest.mark.parametrize("raw", [None, [], "a", 1, {"chosen": "a"}, {"chosen": ["x"] * 13}, {"picked": []}, {"chosen": [""]}])
def test_other_shapes_are_answer_problems_that_say_what_to_do(raw: object) -> None:
    with pytest.raises(AnswerProblem, match="not an answer of the form 'choice'"):
        FORM.parse_answer(raw)


def test_describe_names_what_was_chosen() -> None:
    answer = FORM.parse_answer(chosen(ONE, "Report both.", "0123456789"))
    expected = [("Chosen", "Report both."), ("Chosen", "an option this question does not have")]
    assert FORM.describe(answer, ONE) == expected
    assert FORM.describe(answer, None, FORM.public(ONE, "s")) == expected
