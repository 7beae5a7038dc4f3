"""claim: each fix and each question counts the same; a healthy box that was changed removes one."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.claims import samples
from medcoding.claims.model import value_at
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.claim import Claim, ClaimKey
from medcoding.forms.claimboxes import boxes, mended
from medcoding.forms.match import text_id
from pydantic import ValidationError

FORM = Claim()
CONTEXT = Context(on=date(2026, 3, 16), points=1)
KNEE: dict[str, Any] = {
    "claim": {"sample": "office-knee", "changes": {"lines.1.pointers": "B", "lines.0.modifiers": ""}},
    "fixes": [{"path": "lines.1.pointers", "value": "A", "feedback": "The reason."}, {"path": "lines.0.modifiers", "value": "25"}],
    "wrong": [{"path": "diagnoses.0.code", "value": "I10", "feedback": "The order was right."}],
}
WHO = text_id("Who pays first?")
OWED = text_id("What does the patient owe?")
READ: dict[str, Any] = {
    "remittance": {"columns": ["Charge", "Paid"], "rows": [["300.00", "144.00"]]},
    "asks": [
        {"label": "Who pays first?", "options": [{"text": "Medicare.", "correct": True}, {"text": "The patient.", "feedback": "Never first."}]},
        {"label": "What does the patient owe?", "number": {"value": "36", "decimals": 2, "unit": "$", "near": [{"value": "156", "feedback": "CO is written off."}]}},
    ],
}


def mark(raw: dict[str, Any], changes: dict[str, str | None] | None = None, asks: dict[str, str] | None = None) -> Score:
    answer = FORM.parse_answer({"changes": changes or {}, "asks": asks or {}})
    return FORM.score(ClaimKey.model_validate(raw), answer, CONTEXT)


def rules(score: Score) -> list[str]:
    return [finding.rule for finding in score.findings]


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({"lines.1.pointers": "A", "lines.0.modifiers": "25"}, 1.0),
        ({"lines.1.pointers": " a ", "lines.0.modifiers": "25"}, 1.0),
        ({"lines.1.pointers": "A"}, 0.5),
        ({"lines.1.pointers": "A", "lines.0.modifiers": "59"}, 0.5),  # wrong, but not a healthy box
        ({"lines.1.pointers": "A", "lines.0.modifiers": "25", "lines.0.units": "2"}, 0.5),
        ({"lines.1.pointers": "A", "lines.0.modifiers": "25", "lines.0.units": "1.0"}, 1.0),  # the same value is no change
        ({"lines.1.pointers": "A", "lines.0.modifiers": "25", "lines.2": None}, 0.5),
        ({"lines.1.pointers": "A", "lines.0.units": "2", "lines.0.charge": "9"}, 0.0),
        ({"diagnoses.0.code": "I10"}, 0.0),
        ({}, 0.0),
    ],
)
def test_fixes_less_new_faults(changes: dict[str, str | None], points: float) -> None:
    assert mark(KNEE, changes).points == points


def test_findings_name_box_and_mistake_and_never_the_value() -> None:
    score = mark(KNEE, {"diagnoses.0.code": "I10", "lines.0.modifiers": "59"})
    assert set(rules(score)) == {"new-fault", "distractor", "wrong-value", "left-out"}
    text = " ".join(finding.message for finding in score.findings)
    assert "Item 21A" in text and "The order was right." in text and "2 boxes are still to be mended" in text and "25" not in text
    assert "right-option" in rules(mark(KNEE, {"lines.1.pointers": "A"}))


def test_struck_line_and_other_ways() -> None:
    raw = {**KNEE, "fixes": [{"path": "lines.2", "value": None}], "other_ways": [[{"path": "lines.2.units", "value": "0"}]]}
    assert mark(raw, {"lines.2": None}).full and mark(raw, {"lines.2.units": "0"}).full
    assert not mark(raw, {"lines.1": None}).full


def test_emptied_boxes_are_empty_and_a_diagnosis_without_its_code_is_gone() -> None:
    for sample, path, before in [
        ("stay-pneumonia", "diagnoses.0.poa", "Y"), ("office-knee", "lines.0.modifiers", "25"), ("stay-pneumonia", "condition_codes", "09"), ("stay-pneumonia", "reasons", "R07.9 R05.9"),
        ("stay-pneumonia", "original_reference", "ABC1"), ("office-knee", "diagnoses.1.code", "I10"), ("office-knee", "onset", "2026-01-05"),
    ]:  # fmt: skip
        raw = {"claim": {"sample": sample, "changes": {path: before}}, "fixes": [{"path": path, "value": ""}], "wrong": KNEE["wrong"]}
        if sample == "stay-pneumonia" and path == "reasons":
            assert value_at(ClaimKey.model_validate(raw).claim.claim, path) == ("R07.9", "R05.9")  # type: ignore[union-attr]
        assert list(FORM.problems(ClaimKey.model_validate(raw), CONTEXT)) == []
        assert mark(raw, {path: ""}).full and mark(raw, {path: None}).full and not mark(raw, {path: before}).full
    claim = samples.sample("office-knee")
    assert len(mended(claim, {"diagnoses.1.code": ""}).diagnoses) == len(claim.diagnoses) - 1


def test_tolerated_boxes_cost_nothing() -> None:
    both = {"lines.1.pointers": "A", "lines.0.modifiers": "25", "remarks": "mended"}
    assert mark(KNEE, both).points == 0.5 and mark({**KNEE, "tolerated": ["remarks"]}, both).full


def test_questions_count_as_much_as_fixes() -> None:
    assert mark(READ, asks={WHO: text_id("Medicare."), OWED: "36"}).full
    assert mark(READ, asks={WHO: text_id("The patient."), OWED: "$36.00"}).points == 0.5
    score = mark(READ, asks={WHO: text_id("Medicare."), OWED: "156"})
    assert score.points == 0.5 and "CO is written off." in score.findings[0].message
    mixed = {**KNEE, "asks": READ["asks"]}
    assert mark(mixed, {"lines.1.pointers": "A", "lines.0.modifiers": "25"}).points == 0.5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"zebra": "1"}, "no field"), ({"lines.1.date": "yesterday"}, "date"), ({"lines.0.charge": "-5"}, "greater than"), ({"lines.40.units": "1"}, "entries"),
        ({"kind": "institutional"}, ""), ({"patient": "x"}, ""), ({"lines": "x"}, ""), ({"lines.0.__class__": "x"}, "no field"), ({"¹": "x"}, "no field"), ({"0": "x"}, "no field"), ({"lines.¹": "x"}, "no field"),
    ],
)  # fmt: skip
def test_what_no_claim_could_hold_is_said_and_nothing_fails(changes: dict[str, str], said: str) -> None:
    score = mark(KNEE, changes)
    assert score.points == 0 and rules(score)[0] == "no-such-value" and said in score.findings[0].message


def test_boxes_are_the_same_whatever_is_wrong() -> None:
    plain = ClaimKey.model_validate({**KNEE, "claim": {"sample": "office-knee", "changes": {"lines.0.units": "3"}}, "fixes": [{"path": "lines.0.units", "value": "1"}]})
    other = ClaimKey.model_validate(KNEE)
    assert plain.editable == other.editable and {"lines.0.modifiers", "lines.1.pointers", "diagnoses.2.code", "lines.2"} <= set(other.editable)
    stay = samples.sample("stay-pneumonia")
    assert {"diagnoses.3.poa", "bill_type", "status", "procedures.0.code"} <= set(boxes(stay))


def test_public_half_has_the_faulty_claim_and_nothing_of_the_key() -> None:
    view = FORM.public(ClaimKey.model_validate({**KNEE, "asks": READ["asks"]}), "s")
    text = str(view)
    assert "The reason." not in text and "The order was right." not in text and "correct" not in text and "Never first." not in text and "'36'" not in text
    assert next(box for box in view["boxes"] if box["path"] == "lines.1.pointers")["value"] == "B"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fixes": [{"path": "lines.1.pointers", "value": "B"}]}, "nothing to mend"),
        ({"fixes": [{"path": "lines.1.date", "value": "soon"}]}, "date"),
        ({"fixes": [{"path": "remarks", "value": "x"}]}, "more_boxes"),
        ({"wrong": []}, "key.wrong"),
    ],
)
def test_key_that_cannot_be_answered_is_a_fault(change: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in FORM.problems(ClaimKey.model_validate({**KNEE, **change}), CONTEXT))
    assert list(FORM.problems(ClaimKey.model_validate(KNEE), CONTEXT)) == [] == list(FORM.problems(ClaimKey.model_validate(READ), CONTEXT))


@pytest.mark.parametrize(
    "raw",
    [
        {}, {"claim": {"sample": "no-such"}, "fixes": KNEE["fixes"]}, {"fixes": KNEE["fixes"]}, {**KNEE, "claim": {"sample": "office-knee", "data": {}}},
        {**KNEE, "fixes": [*KNEE["fixes"], KNEE["fixes"][0]]}, {**READ, "asks": [READ["asks"][0]] * 2}, {**READ, "remittance": {"columns": ["a"], "rows": [["x", "y"]]}},
        {**READ, "asks": [{"label": "What?"}]}, {**KNEE, "fixes": [{"path": "Lines[0]", "value": "1"}]},
    ],
)  # fmt: skip
def test_unsound_keys_are_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ClaimKey.model_validate(raw)


@pytest.mark.parametrize("raw", [{"changes": {"a": 7}}, {"changes": {"a" * 61: "x"}}, {"changes": {"a": "x" * 81}}, {"changes": {str(n): "" for n in range(41)}}, {"fix": 1}, []])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem):
        FORM.parse_answer(raw)


def test_full_answers_are_full_and_the_consequence_tells_of_edits() -> None:
    key = ClaimKey.model_validate(KNEE)
    assert all(FORM.score(key, FORM.parse_answer(answer), CONTEXT).full for answer in FORM.full_answers(key))
    assert FORM.score(key, FORM.parse_answer(FORM.attempt(key, 1.0, Random(5))), CONTEXT).full
    bad = {**KNEE, "claim": {"sample": "office-knee", "changes": {"billing.npi": "2202020205"}}, "fixes": [{"path": "billing.npi", "value": "2202020204"}]}
    broken = ClaimKey.model_validate(bad)
    told = FORM.consequence(broken, FORM.parse_answer({"changes": {"lines.0.units": "1"}}), CONTEXT)
    assert told is not None and "as before" in told.sentence and "NPI" in told.to_html()
    assert {row[0]: row[1] for row in told.rows}["Paid"] == "$0.00" and "less than on the key's claim" in told.sentence
    assert "CO 208" in {row[0]: row[1] for row in told.rows}["Lines refused"]
    clean = FORM.consequence(broken, FORM.parse_answer({"changes": {"billing.npi": "2202020204"}}), CONTEXT)
    assert clean is not None and "goes to the payer clean" in clean.sentence


def test_changes_that_no_box_can_hold_are_left_out_of_the_mended_claim() -> None:
    claim = samples.sample("office-knee")
    after = mended(claim, {"lines.0.units": "2", "lines.1.date": "soon", "zebra": "1", "lines.2": None})
    assert str(value_at(after, "lines.0.units")) == "2" and len(after.lines) == len(claim.lines) - 1


PATHS = st.one_of(st.from_regex(r"[a-z.0-9]{1,12}", fullmatch=True), st.sampled_from(["lines.1.pointers", "lines.0.modifiers", "lines.2", "diagnoses.0.code", "billing.npi", "lines.9.code", "kind"]), st.text(max_size=20))


@settings(max_examples=120, deadline=None)
@given(changes=st.dictionaries(PATHS, st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["A", "25", "2"])), max_size=6))
def test_any_changes_give_a_score(changes: dict[str, str | None]) -> None:
    score = mark(KNEE, changes)
    assert 0 <= score.points <= 1 and sum(part.possible for part in score.parts) == pytest.approx(1)
