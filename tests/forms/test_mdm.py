"""mdm: each grade 0.20, level 0.30, evidence 0.10; the level is that of two elements of three, or of time."""

from __future__ import annotations

from datetime import date
from itertools import permutations, product
from random import Random
from typing import Any

import pytest
from medcoding.codes.cpt.visit_level import (
    GRADES,
    LEVELS,
    MINUTES,
    SETTINGS,
    VisitLevelError,
    higher,
    level_by_time,
    level_of,
)
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.match import text_id
from medcoding.forms.mdm import Mdm, MdmKey
from pydantic import ValidationError

FORM = Mdm()
CONTEXT = Context(on=date(2026, 3, 16), points=1)
EAR: dict[str, Any] = {
    "setting": "office-established", "problems": "low", "data": "limited", "risk": "moderate", "level": "low",
    "evidence": [{"text": "Amoxicillin.", "correct": True}, {"text": "Looks well.", "feedback": "That is the problem."}],
    "slips": [{"element": "problems", "value": "moderate", "feedback": "Uncomplicated is low."}, {"element": "level", "value": "moderate", "feedback": "Two of three."}],
}  # fmt: skip
FULL = {"problems": "low", "data": "limited", "risk": "moderate", "level": "low", "evidence": [text_id("Amoxicillin.")]}


def mark(change: dict[str, Any], key: dict[str, Any] = EAR) -> Score:
    return FORM.score(MdmKey.model_validate(key), FORM.parse_answer({**FULL, **change}), CONTEXT)


def rules(score: Score) -> list[str]:
    return [finding.rule for finding in score.findings]


@pytest.mark.parametrize(
    ("grades", "level"),
    [
        (("high", "extensive", "high"), "high"), (("minimal", "minimal", "minimal"), "straightforward"), (("moderate", "limited", "moderate"), "moderate"),
        (("low", "limited", "moderate"), "low"), (("low", "minimal", "moderate"), "low"), (("high", "minimal", "minimal"), "straightforward"),
        (("high", "extensive", "minimal"), "high"), (("high", "moderate", "low"), "moderate"),
    ],
)  # fmt: skip
def test_level_is_what_two_of_three_reach(grades: tuple[str, str, str], level: str) -> None:
    assert level_of(*grades) == level


def test_level_never_falls_when_a_grade_rises_and_does_not_care_which_element_is_which() -> None:
    for places in product(range(4), repeat=3):
        own = LEVELS.index(level_of(*(GRADES[name][place] for name, place in zip(GRADES, places, strict=True))))
        assert own == sorted(places)[1]
        for order in permutations(places):
            assert level_of(*(GRADES[name][place] for name, place in zip(GRADES, order, strict=True))) == LEVELS[own]


@pytest.mark.parametrize(
    ("setting", "minutes", "level"),
    [
        ("office-new", 14, ""), ("office-new", 45, "moderate"), ("office-established", 43, "high"), ("office-established", 39, "moderate"),
        ("hospital-first", 40, "low"), ("hospital-later", 50, "high"), ("emergency", 300, ""),
    ],
)  # fmt: skip
def test_time_reaches_a_level_when_its_least_is_met(setting: str, minutes: int, level: str) -> None:
    assert level_by_time(setting, minutes) == level


def test_unknown_grades_and_settings_are_named_with_those_that_exist() -> None:
    with pytest.raises(VisitLevelError, match="minimal, limited, moderate, extensive"):
        level_of("low", "low", "low")
    with pytest.raises(VisitLevelError, match="office-new"):
        level_by_time("clinic", 10)
    assert higher("", "low") == "low" and higher("high", "low") == "high" and set(MINUTES) < set(SETTINGS)


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({}, 1.0), ({"data": "minimal"}, 0.8), ({"level": "moderate"}, 0.7), ({"evidence": []}, 0.9), ({"evidence": [text_id("Amoxicillin."), text_id("Looks well.")]}, 0.9),
        ({"problems": "moderate", "level": "moderate"}, 0.5), ({"problems": "", "data": "", "risk": "", "level": "", "evidence": []}, 0.0),
    ],
)  # fmt: skip
def test_shares(change: dict[str, Any], points: float) -> None:
    assert mark(change).points == points


def test_findings_name_the_slip_and_a_level_that_does_not_follow() -> None:
    score = mark({"problems": "moderate", "level": "high"})
    assert rules(score) == ["distractor", "wrong-grade", "does-not-follow"] and "Uncomplicated is low." in score.findings[0].message
    assert "That is the problem." in mark({"evidence": [text_id("Looks well.")]}).findings[0].message


def test_visit_decided_by_time_asks_no_grades() -> None:
    key = {"setting": "office-established", "minutes": 43, "level": "high", "slips": [{"element": "level", "value": "moderate", "feedback": "40 is met."}]}
    model = MdmKey.model_validate(key)
    assert FORM.public(model, "s")["grades"] == {} and FORM.score(model, FORM.parse_answer({"level": "high"}), CONTEXT).full
    both = {**EAR, "minutes": 43, "level": "high", "slips": [{"element": "level", "value": "low", "feedback": "Time reaches higher."}]}
    assert FORM.score(MdmKey.model_validate(both), FORM.parse_answer({**FULL, "level": "high"}), CONTEXT).full


def test_alternative_grade_earns_the_same() -> None:
    raw = {**EAR, "alternatives": {"data": ["minimal"]}}
    assert mark({"data": "minimal"}, raw).full and len(list(FORM.full_answers(MdmKey.model_validate(raw)))) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"level": "moderate"}, "the grades and minutes give low"), ({"risk": None}, "all of problems"), ({"setting": "emergency", "minutes": 30}, "time does not decide"),
        ({"alternatives": {"data": ["moderate"]}}, "would change the level"), ({"slips": [{"element": "data", "value": "low", "feedback": "f"}]}, "is no data"),
        ({"slips": [{"element": "level", "value": "low", "feedback": "f"}]}, "right value"), ({"evidence": [{"text": "a", "feedback": "f"}]}, "no statement"),
        ({"problems": None, "data": None, "risk": None}, "nothing decides"),
    ],
)  # fmt: skip
def test_unsound_keys_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        MdmKey.model_validate({**EAR, **change})


@pytest.mark.parametrize("raw", [{"level": 7}, {"level": "x" * 21}, {"evidence": ["x" * 41]}, {"grade": "low"}, []])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem):
        FORM.parse_answer(raw)


def test_public_half_tells_nothing_of_the_key_and_simulated_students_are_as_able_as_said() -> None:
    key = MdmKey.model_validate(EAR)
    view = FORM.public(key, "s")
    assert "correct" not in str(view) and "feedback" not in str(view) and view["setting"] == "office, established patient"
    assert list(FORM.problems(key, CONTEXT)) == []
    assert FORM.score(key, FORM.parse_answer(FORM.attempt(key, 1.0, Random(1))), CONTEXT).full
    assert not FORM.score(key, FORM.parse_answer(FORM.attempt(key, 0.0, Random(1))), CONTEXT).full
