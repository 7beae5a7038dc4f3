"""highlight: harmonic mean of precision and recall on letters and digits; a forbidden passage caps at 0.50."""

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
from medcoding.forms.chart import lines, occurrences
from medcoding.forms.highlight import Highlight, HighlightKey, marks_of
from pydantic import ValidationError

FORM = Highlight()
CHART = """Setting: Urgent care

## Note
Hurt this morning stepping off a curb. Right ankle tender, films clear.
Sprain of the ankle; brace fitted. Right hand fine.
"""
CONTEXT = Context(on=date(2026, 3, 16), points=1, chart=CHART)
SPRAIN = {
    "marks": [
        {"label": "Condition", "spans": ["Sprain of the ankle"]},
        {"label": "Side", "spans": [{"text": "Right", "nth": 1, "within": "Right ankle tender"}]},
        {"label": "Phase", "spans": [{"text": "brace fitted", "alternatives": ["brace fitted. Right hand"]}]},
    ],
    "optional": ["Hurt this morning"],
    "forbidden": [{"text": "films clear", "feedback": "It rules out."}],
}
ONE = {"spans": ["Right ankle tender"]}  # 16 letters
LABELS = ["Condition", "Side", "Phase"]


def mark(raw: dict[str, Any], value: Any, context: Context = CONTEXT) -> Score:
    labels = [entry.get("label", "") for entry in raw.get("marks", [{}])]
    return FORM.score(HighlightKey.model_validate(raw), FORM.parse_answer(marks_of(context.chart, labels, value)), context)


def rules(score: Score) -> list[str]:
    return [finding.rule for finding in score.findings]


@pytest.mark.parametrize(
    ("value", "points"),
    [
        (["Right ankle tender"], 1),
        (["Right ankle tender,"], 1),  # punctuation never counts
        (["Right", "ankle", "tender"], 1),
        (["Right ankle"], 0.77),  # 10 of 16 found, none beside: 2*10/(16+10)
        (["Right ankle tender, films clear."], 0.76),  # 16 found, 10 beside: 2*16/(16+26)
        (["films clear"], 0),
        (["zebra"], 0),
        ([], 0),
    ],
)
def test_harmonic_mean_of_precision_and_recall_on_characters(value: list[str], points: float) -> None:
    assert mark(ONE, value).points == points


def test_labels_have_equal_weight() -> None:
    full = {"Condition": "Sprain of the ankle", "Side": "Right", "Phase": "brace fitted"}
    assert mark(SPRAIN, full).full
    assert mark(SPRAIN, {**full, "Side": []}).points == 0.67
    assert [part.name for part in mark(SPRAIN, full).parts] == LABELS
    assert mark(SPRAIN, {"Side": "Sprain of the ankle"}).points == 0


def test_within_optional_and_alternative_passages_cost_nothing() -> None:
    assert mark(SPRAIN, {"Condition": "Sprain of the ankle;", "Side": "Right ankle tender,", "Phase": ["Hurt this morning", "brace fitted. Right hand"]}).full


def test_occurrence_that_is_named_must_be_marked() -> None:
    raw = {"marks": [{"label": "Hand", "spans": [{"text": "Right", "nth": 2}]}]}
    assert not mark(raw, {"Hand": "Right"}).full
    answer = FORM.parse_answer({"marks": [{"text": "Right", "nth": 2, "label": 0}]})
    assert FORM.score(HighlightKey.model_validate(raw), answer, CONTEXT).full
    free = {"marks": [{"label": "Hand", "spans": ["Right"]}]}
    assert mark(free, {"Hand": "Right"}).full and FORM.score(HighlightKey.model_validate(free), answer, CONTEXT).full


def test_forbidden_passage_caps_the_item_and_says_why() -> None:
    score = mark(SPRAIN, {"Condition": ["Sprain of the ankle", "films clear."], "Side": "Right", "Phase": "brace fitted"})
    assert score.points == 0.5 and score.findings[0].rule == "distractor" and "It rules out." in score.findings[0].message
    assert "hard-error-cap" in rules(score)
    assert mark(SPRAIN, {"Condition": ["Sprain of the ankle"], "Side": "Right", "Phase": ["brace fitted", "zebra"]}).points < 1


def test_findings_say_what_is_too_much_and_how_much_is_missing_but_not_what() -> None:
    score = mark(SPRAIN, {"Condition": ["Sprain"], "Side": ["curb."], "Phase": "brace fitted"})
    assert rules(score) == ["not-in-key", "left-out", "left-out"]
    assert "“curb.”" in score.findings[0].message and "Right" not in " ".join(finding.message for finding in score.findings)
    assert rules(mark(ONE, ["zebra"])) == ["not-in-chart", "left-out"] and rules(mark(ONE, [])) == ["no-answer"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"spans": ["no such words"]}, "stands 0 times"),
        ({"spans": [{"text": "Right", "nth": 3}]}, "stands 2 times"),
        ({"spans": [{"text": "Right", "within": "ankle tender"}]}, "does not contain"),
        ({"spans": ["Right"], "optional": ["zebra"]}, "does not stand"),
        ({"spans": ["Right"], "forbidden": [{"text": "zebra", "feedback": "f"}]}, "does not stand"),
    ],
)
def test_passages_of_the_key_must_stand_in_the_chart(raw: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in FORM.problems(HighlightKey.model_validate(raw), CONTEXT))
    assert list(FORM.problems(HighlightKey.model_validate(SPRAIN), CONTEXT)) == []


def test_item_without_a_chart_is_a_fault() -> None:
    (problem,) = FORM.problems(HighlightKey.model_validate(ONE), Context(on=CONTEXT.on, points=1))
    assert problem.startswith("chart")


@pytest.mark.parametrize("raw", [{"marks": []}, {"marks": [{"label": "a", "spans": ["x"]}, {"label": "a", "spans": ["y"]}]}, {"marks": [{"spans": ["x"]}, {"label": "a", "spans": ["y"]}]}, {"spans": []}])
def test_unsound_keys_are_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HighlightKey.model_validate(raw)


def test_every_full_answer_is_full_and_nothing_of_the_key_is_public() -> None:
    key = HighlightKey.model_validate(SPRAIN)
    answers = list(FORM.full_answers(key))
    assert len(answers) == 3 and all(FORM.score(key, FORM.parse_answer(answer), CONTEXT).full for answer in answers)
    assert FORM.public(key, "s") == {"labels": LABELS, "limit": 60}
    assert FORM.score(key, FORM.parse_answer(FORM.attempt(key, 1.0, Random(1))), CONTEXT).full


@pytest.mark.parametrize("raw", [{"marks": "Right"}, {"marks": [{"text": "x" * 1001}]}, {"marks": [{"text": "x", "nth": 0}]}, {"marks": [{"text": "x", "label": 6}]}, {"marks": [{"text": "x"}] * 61}, 7])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem):
        FORM.parse_answer(raw)


WORDS = [word for line in lines(CHART) for word in line.shown.split()]


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=12), nth=st.integers(1, 3))
def test_laws(texts: list[str], nth: int) -> None:
    key = HighlightKey.model_validate(SPRAIN)
    marks = [{"text": text, "nth": nth, "label": place % 3} for place, text in enumerate(texts)]
    score = FORM.score(key, FORM.parse_answer({"marks": marks}), CONTEXT)
    assert 0 <= score.points <= 1 and sum(part.possible for part in score.parts) == pytest.approx(1)
    assert FORM.score(key, FORM.parse_answer({"marks": marks[::-1]}), CONTEXT).points == score.points
    assert FORM.score(key, FORM.parse_answer({"marks": [*marks, *marks]}), CONTEXT).points >= 0


def test_long_charts_and_many_marks_are_scored_in_bounded_work() -> None:
    chart = "a " * 29_000
    answer = FORM.parse_answer({"marks": [{"text": "a", "nth": 200, "label": 0}] * 60})
    assert FORM.score(HighlightKey.model_validate({"spans": ["a a a"]}), answer, Context(on=CONTEXT.on, points=1, chart=chart)).points >= 0


# ---- the chart as lines -----------------------------------------------------------------------------------


def test_lines_are_what_is_read() -> None:
    found = lines("Setting: Clinic\nAge: 4\n\n## Plan\nOne\ntwo.\n\n- first\n  goes on\n- second\nafter\n")
    assert [(line.kind, line.shown) for line in found] == [
        ("field", "Setting: Clinic"), ("field", "Age: 4"), ("heading", "Plan"), ("text", "One two."), ("item", "first goes on"), ("item", "second"),
        ("text", "after"),
    ]  # fmt: skip
    assert lines("") == () and lines("  \n ") == ()


def test_passage_is_found_over_broken_lines_of_the_file_but_not_over_paragraphs() -> None:
    chart = "One\ntwo three.\n\nFour one two."
    assert [(place.line, place.start) for place in occurrences(chart, "One two")] == [(0, 0)]
    assert [place.line for place in occurrences(chart, "two")] == [0, 1]
    assert list(occurrences(chart, "three. Four")) == [] == list(occurrences(chart, ""))


def test_numbered_lines_of_a_summary_stand_by_themselves() -> None:
    from medcoding.forms.chart import lines

    chart = "Age: 70\n\n## Discharge summary\n1. Pneumonia\n2. Heart failure,\n   acute on chronic\nNever smoked.\nLives alone.\n\nSeen at 10.30 by 2 nurses."
    assert [line.text for line in lines(chart) if line.kind == "text"] == [
        "1. Pneumonia", "2. Heart failure, acute on chronic", "Never smoked. Lives alone.", "Seen at 10.30 by 2 nurses.",
    ]  # fmt: skip
