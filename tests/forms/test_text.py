"""text: no machine gives points; the rubric, the length and words out of place are told as hints."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from medcoding.findings import Score, Severity
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.text import Text, TextKey, count_words, points_of
from pydantic import ValidationError

FORM = Text()
CONTEXT = Context(on=date(2026, 3, 16), points=2)
KEY: dict[str, Any] = {
    "rubric": [{"text": "Cites the values", "points": 3}, {"text": "Neutral title", "points": 1}],
    "least": 3,
    "most": 8,
    "forbidden": [{"text": "MCC", "feedback": "Payment has no place here."}],
    "model": "Creatinine rose from 0.9 to 2.1.",
}


def mark(text: str, **change: Any) -> Score:
    return FORM.score(TextKey.model_validate({**KEY, **change}), FORM.parse_answer({"text": text}), CONTEXT)


def test_what_is_written_waits_for_a_grader() -> None:
    score = mark("Creatinine rose on day two.")
    assert score.manual and score.points == 0 and score.possible == 2 and not score.findings
    assert [(part.name, part.possible) for part in score.parts] == [("Cites the values", 0.75), ("Neutral title", 0.25)]
    assert "A grader reads this" in score.to_html() and "No credit" not in score.to_html()


def test_silence_is_a_zero_that_waits_for_nobody() -> None:
    score = mark("  \n ")
    assert not score.manual and score.points == 0 and [finding.rule for finding in score.findings] == ["no-answer"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("Too short.", "too-short-text"), ("one two three four five six seven eight nine", "too-long-text"), ("An mcc would apply.", "distractor")],
)
def test_remarks_are_hints(text: str, rule: str) -> None:
    (found,) = mark(text).findings
    assert (found.rule, found.severity) == (rule, Severity.HINT)


def test_forbidden_words_are_whole_words() -> None:
    assert mark("The MCCs of a table.").findings == () and mark("a+b stands here.", forbidden=[{"text": "a+b", "feedback": "f"}]).findings


def test_model_answer_that_draws_a_remark_is_a_fault_of_the_bank() -> None:
    assert list(FORM.problems(TextKey.model_validate(KEY), CONTEXT)) == []
    (problem,) = FORM.problems(TextKey.model_validate({**KEY, "model": "An MCC would apply."}), CONTEXT)
    assert "draws a remark" in problem


@pytest.mark.parametrize(("text", "count"), [("", 0), ("a b", 2), ("don't re-read it", 3), ("3.5 mg", 3), ("—", 0), ("Ünïcode wörds", 2)])
def test_words_are_counted_as_people_count_them(text: str, count: int) -> None:
    assert count_words(text) == count


@pytest.mark.parametrize("change", [{"rubric": []}, {"least": 9}, {"model": ""}, {"checks": "spelling"}, {"rubric": [{"text": "abc", "points": 0}]}])
def test_unsound_keys_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TextKey.model_validate({**KEY, **change})


@pytest.mark.parametrize("raw", [{"text": 7}, {"text": "x" * 20_001}, {"words": "x"}, []])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem):
        FORM.parse_answer(raw)


def test_public_half_has_the_rubric_and_not_the_model_or_the_words_out_of_place() -> None:
    view = FORM.public(TextKey.model_validate(KEY), "s")
    assert view["rubric"] == [{"text": "Cites the values", "share": "75%"}, {"text": "Neutral title", "share": "25%"}]
    assert "MCC" not in str(view) and "Creatinine" not in str(view)


def test_paragraphs_and_length_are_described_and_points_are_told_to_the_grader() -> None:
    key = TextKey.model_validate(KEY)
    rows = FORM.describe(FORM.parse_answer({"text": "One.\n\nTwo three."}), key)
    assert rows == [("Text", "One."), ("", "Two three."), ("Length", "3 words")]
    assert points_of(key, 2) == [("Cites the values", "1.5"), ("Neutral title", "0.5")]
    assert FORM.attempt(key, 1.0, Random(1)) == {"text": KEY["model"]}
