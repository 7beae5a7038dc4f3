"""review: verdict 0.60, replacement 0.30, reason 0.10, averaged; what was missed counts as one entry each."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.review import Review, ReviewKey
from pydantic import ValidationError

FORM = Review()
CONTEXT = Context(on=date(2026, 3, 16), points=1)
LEG: dict[str, Any] = {
    "suggestions": [
        {"code": "I82.401", "verdict": "reject", "reason": "denied or ruled out", "reasons": ["not in the record"], "feedback": "There is none."},
        {"code": "Z79.01", "verdict": "accept", "feedback": "Documented."},
        {"code": "M79.662", "verdict": "change", "to": "M79.661", "alternatives": ["M79.604"], "reason": "wrong side or site", "feedback": "The right one."},
    ],
    "missed": [{"code": "Z86.711", "feedback": "Past, and it matters."}],
    "optional": ["I10"],
}
KEY = ReviewKey.model_validate(LEG)
CLOT, THINNER, CALF = (one.id for one in KEY.suggestions)
FULL = FORM.key_answer(KEY)


def mark(judged: dict[str, Any] | None = None, added: list[str] | None = None, key: ReviewKey = KEY) -> Score:
    answer = {"judged": {**FULL["judged"], **(judged or {})}, "added": FULL["added"] if added is None else added}
    return FORM.score(key, FORM.parse_answer(answer), CONTEXT)


def rules(score: Score) -> list[str]:
    return [finding.rule for finding in score.findings]


@pytest.mark.parametrize(
    ("judged", "added", "points"),
    [
        ({}, None, 1.0),
        ({CLOT: {"verdict": "reject", "reason": "not in the record"}}, None, 1.0),
        ({CLOT: {"verdict": "reject"}}, None, 0.98),  # a tenth of a quarter
        ({CLOT: {"verdict": "accept"}}, None, 0.75),
        ({CALF: {"verdict": "change", "to": "M79.662", "reason": "wrong side or site"}}, None, 0.93),  # three tenths of a quarter
        ({CALF: {"verdict": "change", "to": " m79604 ", "reason": "wrong side or site"}}, None, 1.0),
        ({CALF: {"verdict": "reject", "reason": "wrong side or site"}}, None, 0.75),
        ({}, [], 0.75),
        ({}, ["Z86.711", "I10"], 1.0),
        ({}, ["Z86.711", "E11.9"], 0.75),  # one too many costs what a missed one would
        ({}, ["E11.9", "E78.5"], 0.25),
    ],
)
def test_shares(judged: dict[str, Any], added: list[str] | None, points: float) -> None:
    assert mark(judged, added).points == points


def test_accepting_everything_earns_only_what_is_acceptable() -> None:
    blind = {name: {"verdict": "accept"} for name in (CLOT, THINNER, CALF)}
    assert mark(blind, []).points == 0.25


def test_findings_name_what_was_misjudged() -> None:
    score = mark({CLOT: {"verdict": "accept"}, CALF: {"verdict": "change", "to": "M79.602", "reason": "wrong side or site"}, THINNER: {"verdict": ""}}, ["E11.9"])
    assert rules(score) == ["wrong-option", "wrong-option", "not-in-key", "left-out", "left-out"]
    assert "There is none." in score.findings[0].message and "changed to M79.602" in score.findings[1].message
    assert rules(mark({CLOT: {"verdict": "reject", "reason": "of the family"}})) == ["wrong-reason"]


def test_a_code_added_in_the_wrong_place_is_not_called_unsupported() -> None:
    change = next(one for one in KEY.suggestions if one.verdict == "change")
    accept = next(one for one in KEY.suggestions if one.verdict == "accept")
    told = [finding.message for finding in mark({}, [change.to, accept.code, "Z99.2"]).findings if finding.rule == "not-in-key"]
    assert told == [
        f"{change.to} is right, but not as an addition: one of the suggestions is to be changed to it.",
        f"{accept.code} stands in the list already; accept it there.",
        "Z99.2 was added and is not among the codes that this record needs.",
    ]


def test_statements_may_be_judged_too() -> None:
    key = ReviewKey.model_validate({"by": "a colleague", "suggestions": [
        {"text": "Please document the condition, if any.", "verdict": "accept", "feedback": "Open."},
        {"text": "Please add acute kidney failure.", "verdict": "reject", "reason": "leading or improper", "feedback": "It leads."}]})
    assert FORM.public(key, "s")["add"] is False
    assert FORM.score(key, FORM.parse_answer(FORM.key_answer(key)), CONTEXT).full


def test_nothing_judged_is_no_answer() -> None:
    score = FORM.score(KEY, FORM.parse_answer({}), CONTEXT)
    assert score.points == 0 and rules(score) == ["no-answer"] and FORM.missing(FORM.parse_answer({})) == "No suggestion is judged yet."
    assert "not entered yet" in (FORM.missing(FORM.parse_answer({"judged": {CALF: {"verdict": "change"}}})) or "")


@pytest.mark.parametrize(
    "change",
    [
        {"suggestions": []}, {"suggestions": [{"verdict": "accept", "feedback": "f"}]}, {"suggestions": [{"code": "I10", "verdict": "change", "feedback": "f"}]},
        {"suggestions": [{"code": "I10", "verdict": "accept", "to": "I11.9", "feedback": "f"}]}, {"suggestions": [{"code": "I10", "verdict": "reject", "reason": "because", "feedback": "f"}]},
        {"suggestions": [LEG["suggestions"][0]] * 2}, {"missed": [{"code": "Z79.01", "feedback": "f"}]},
    ],
)  # fmt: skip
def test_unsound_keys_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ReviewKey.model_validate({**LEG, **change})


def test_one_verdict_for_all_is_a_fault_of_the_bank() -> None:
    same = ReviewKey.model_validate({"suggestions": [{"code": code, "verdict": "accept", "feedback": "f"} for code in ("I10", "E78.5")]})
    assert len(list(FORM.problems(same, CONTEXT))) == 1 and list(FORM.problems(KEY, CONTEXT)) == []


@pytest.mark.parametrize("raw", [{"judged": {"a": {"verdict": "maybe"}}}, {"judged": [1]}, {"added": ["x" * 65]}, {"added": ["x"] * 13}, {"judged": {str(n): {} for n in range(17)}}, []])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem):
        FORM.parse_answer(raw)


def test_claims_name_every_code_with_its_book_and_status() -> None:
    key = ReviewKey.model_validate({"suggestions": [
        {"code": "G35", "status": "not-in-force", "verdict": "change", "to": "G35.A", "feedback": "f"}, {"code": "0TB04ZZ", "verdict": "accept", "feedback": "f"},
        {"code": "svc:im-injection", "verdict": "reject", "feedback": "f"}]})
    assert [(claim.code, claim.status, claim.book) for claim in FORM.claims(key)] == [
        ("G35", "not-in-force", "icd10cm"), ("G35.A", "valid", "icd10cm"), ("0TB04ZZ", "valid", "icd10pcs"), ("svc:im-injection", "valid", "service")]


def test_full_answers_are_full_and_the_public_half_tells_nothing() -> None:
    answers = list(FORM.full_answers(KEY))
    assert len(answers) == 3 and all(FORM.score(KEY, FORM.parse_answer(answer), CONTEXT).full for answer in answers)
    text = str(FORM.public(KEY, "s"))
    assert "M79.661" not in text and "Z86.711" not in text and "verdict" not in text and "feedback" not in text
    assert FORM.score(KEY, FORM.parse_answer(FORM.attempt(KEY, 1.0, Random(1))), CONTEXT).full


def test_a_key_whose_final_codes_exclude_each_other_is_a_fault() -> None:
    from datetime import date

    from medcoding.forms import FORMS
    from medcoding.forms.base import Context

    form, context = FORMS["review"], Context(on=date(2026, 3, 16), points=1)
    suggestions = [
        {"code": "M80.032D", "based_on": "osteoporotic fracture", "verdict": "accept", "feedback": "Documented."},
        {"code": "I10", "based_on": "mother", "verdict": "reject", "reason": "of the family", "feedback": "Hers."},
    ]
    faults = list(form.problems(form.key_model.model_validate({"suggestions": suggestions, "missed": [{"code": "E55.9", "feedback": "Treated."}]}), context))
    assert len(faults) == 1 and "E55.9" in faults[0] and "M80" in faults[0]
    assert not list(form.problems(form.key_model.model_validate({"suggestions": suggestions, "missed": [{"code": "E03.9", "feedback": "Treated."}]}), context))
