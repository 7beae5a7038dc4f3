"""pcs: codes built axis by axis; 0.15 for each of the first two characters, 0.14 for each of the other five."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.findings import Score, Severity
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.pcs import Pcs, PcsKey
from pydantic import ValidationError

FORM = Pcs()
ON = date(2026, 3, 16)
CONTEXT = Context(on=ON, points=1)
KIDNEY = {
    "procedures": ["0TB04ZZ"],
    "slips": [{"axis": 5, "value": "0", "feedback": "Ports are not an incision."}],
    "distractors": [{"code": "0TT04ZZ", "feedback": "Part is Excision."}, {"code": "0TB04ZX", "status": "unknown", "feedback": "Not for diagnosis."}],
}
UTERUS = {"procedures": ["0UT94ZZ", "0UT24ZZ", "0UT74ZZ"], "optional": ["8E0W4CZ"], "distractors": [{"code": "0UT94ZL", "feedback": "The cervix went too."}]}
GIVEN = {"procedures": ["0TB04ZZ"], "given": "0TB..ZZ", "slips": [{"axis": 5, "value": "0", "feedback": "Ports."}]}


def mark(raw: dict[str, Any], *codes: str, points: float = 1) -> Score:
    answer = FORM.parse_answer({"procedures": list(codes)})
    return FORM.score(PcsKey.model_validate(raw), answer, Context(on=ON, points=points))


def rules(score: Score) -> list[str]:
    return [finding.rule for finding in score.findings]


@pytest.mark.parametrize(
    ("codes", "points"),
    [
        (["0TB04ZZ"], 1.0),
        (["0tb 04zz"], 1.0),
        (["0TB00ZZ"], 0.86),  # approach
        (["0TB10ZZ"], 0.72),  # side and approach
        (["0TT04ZZ"], 0.86),  # operation
        (["0TB0___"], 0.58),
        (["0TB0"], 0.58),
        (["0WB04ZZ"], 0.85),  # body system: another cavity, a code all the same
        (["0DB04ZZ"], 0.5),  # no such code: a hard error caps what would be 0.85
        (["2W3AX1Z"], 0.0),  # a stray code, though its last character agrees
        (["0TB04ZZ", "0TB04ZZ"], 0.5),
        (["0TB04ZZ", "0FT44ZZ"], 0.5),
        ([], 0.0),
        (["_______"], 0.0),
        (["", "0TB04ZZ"], 1.0),
    ],
)
def test_one_code_is_scored_axis_by_axis(codes: list[str], points: float) -> None:
    assert mark(KIDNEY, *codes).points == points


def test_axes_are_named_and_sum_to_the_whole() -> None:
    parts = mark(KIDNEY, "0TB00ZZ").parts
    assert [part.name for part in parts] == [f"axis {number}" for number in range(1, 8)]
    assert sum(part.possible for part in parts) == pytest.approx(1) and [part.earned for part in parts][4] == 0


@pytest.mark.parametrize(
    ("codes", "points"),
    [
        (["0UT94ZZ", "0UT24ZZ", "0UT74ZZ"], 1.0),
        (["0UT74ZZ", "0UT94ZZ", "0UT24ZZ"], 1.0),  # any order
        (["0UT94ZZ", "0UT24ZZ", "0UT74ZZ", "8E0W4CZ"], 1.0),  # optional
        (["0UT94ZZ", "0UT24ZZ"], 0.67),
        (["0UT94ZZ"], 0.33),
        (["0UT90ZZ", "0UT24ZZ", "0UT74ZZ"], 0.95),  # (0.86 + 1 + 1) / 3
        (["0UT94ZZ", "0UT24ZZ", "0UT74ZZ", "0DTJ4ZZ"], 0.75),  # three of four
    ],
)
def test_several_codes_are_a_set_of_axis_scores(codes: list[str], points: float) -> None:
    assert mark(UTERUS, *codes).points == points


def test_pairing_takes_the_most_worth_and_not_the_most_pairs() -> None:
    raw = {"procedures": ["0SR9019", "0SRB019"], "distractors": [{"code": "0SRA009", "feedback": "f"}]}
    assert mark(raw, "0SRB019", "0SR9019").full
    assert mark(raw, "0SRB019").points == 0.5


def test_only_the_asked_axes_count_where_some_are_given() -> None:
    assert mark(GIVEN, "___04__").full and mark(GIVEN, "0TB04ZZ").full
    assert mark(GIVEN, "___00__").points == 0.5 and rules(mark(GIVEN, "___00__")) == ["distractor"]
    assert mark(GIVEN, "0TB____").points == 0 and rules(mark(GIVEN, "0TB____")) == ["no-answer"]
    assert mark(GIVEN, "1TT04XX").full  # what is given cannot be changed


def test_the_slip_of_a_single_asked_axis_is_told() -> None:
    """All of it is wrong, so its pair is worth nothing; the learner reads what the slip is all the same."""
    one = {"procedures": ["0TB04ZZ"], "given": "0TB0.ZZ", "slips": [{"axis": 5, "value": "0", "feedback": "Ports."}]}
    score = mark(one, "0TB00ZZ")
    assert score.points == 0 and rules(score) == ["distractor"] and "Ports." in score.findings[0].message


def test_only_the_asked_axes_are_missed_where_some_are_given() -> None:
    view = FORM.public(PcsKey.model_validate(GIVEN), "s")

    def lacks(text: str) -> str | None:
        return FORM.missing(FORM.parse_answer({"procedures": [text]}), view)

    assert lacks("___04__") is None and lacks("0TB04ZZ") is None
    assert lacks("___0___") == "Procedure 1 has no value on axis 5 yet." and lacks("_______") == "No procedure is entered yet."


def test_findings_name_the_mistake() -> None:
    assert rules(mark(KIDNEY, "0TB00ZZ")) == ["distractor"] and "Ports" in mark(KIDNEY, "0TB00ZZ").findings[0].message
    assert rules(mark(KIDNEY, "0TT04ZZ")) == ["distractor"]
    assert rules(mark(KIDNEY, "0TB14ZZ")) == ["wrong-axis"]
    assert "0 Kidney" not in " ".join(finding.message for finding in mark(KIDNEY, "0TB14ZZ").findings)
    assert rules(mark(UTERUS, "0UT94ZZ"))[-1] == "left-out" and "2 needed codes" in mark(UTERUS, "0UT94ZZ").findings[-1].message


def test_string_that_no_table_holds_is_a_hard_error_that_says_which_axis_broke() -> None:
    score = mark({**KIDNEY, "procedures": ["0TT14ZZ"], "distractors": [], "slips": []}, "0TT14ZX")
    assert score.points == 0.5 and score.findings[0].severity is Severity.ERROR and "axis 7" in score.findings[0].message
    two = mark(UTERUS, "0UT94ZX", "0UT24ZX", "0UT74ZZ")
    assert two.points == 0.25 and "hard-error-cap" in rules(two)


def test_alternative_earns_the_same() -> None:
    raw = {**KIDNEY, "procedures": [{"code": "0TB04ZZ", "alternatives": ["0TB03ZZ"]}]}
    assert mark(raw, "0TB03ZZ").full and len(list(FORM.full_answers(PcsKey.model_validate(raw)))) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"procedures": ["0TB04Z"]}, "has 6 characters"),
        ({"procedures": []}, "at least 1"),
        ({"procedures": ["0TB04ZZ", "0TB04ZZ"]}, "names a code twice"),
        ({"given": "0TB04ZZ"}, "leaves nothing to ask"),
        ({"given": "0TT..ZZ"}, "does not fit"),
        ({"given": "0TB0.ZO"}, "pattern"),
        ({"given": "0TB.4ZZ"}, "axis 5, which is given"),
        ({"slips": [{"axis": 5, "value": "4", "feedback": "f"}]}, "is the right value"),
        ({"slips": [{"axis": 8, "value": "4", "feedback": "f"}]}, "less than or equal to 7"),
        ({"distractors": [{"code": "0tb04zz", "feedback": "f"}]}, "also a right"),
        ({"optional": ["0TB04ZZ"]}, "also a key code"),
    ],
)
def test_unsound_keys_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PcsKey.model_validate({**KIDNEY, **change})


def test_slip_that_no_table_offers_is_a_fault_of_the_bank() -> None:
    key = PcsKey.model_validate({**KIDNEY, "slips": [{"axis": 5, "value": "X", "feedback": "f"}]})
    assert [problem.split(":")[0] for problem in FORM.problems(key, CONTEXT)] == ["slips.0"]
    assert list(FORM.problems(PcsKey.model_validate(KIDNEY), CONTEXT)) == []
    bare = PcsKey.model_validate({"procedures": ["0TB04ZZ"]})
    assert [problem.split(":")[0] for problem in FORM.problems(bare, CONTEXT)] == ["slips"]


def test_public_half_tells_nothing_of_the_key() -> None:
    assert FORM.public(PcsKey.model_validate(KIDNEY), "s") == FORM.public(PcsKey.model_validate(UTERUS), "s") == {"book": "icd10pcs", "given": "", "limit": 12}
    assert FORM.public(PcsKey.model_validate(GIVEN), "s") == {"book": "icd10pcs", "given": "0TB..ZZ", "limit": 1}


@pytest.mark.parametrize(
    ("codes", "said"), [([], "No procedure"), (["0TB0"], "Procedure 1 has no value on axis 5"), (["0TB04ZZ", "0T_04ZZ"], "Procedure 2 has no value on axis 3"), (["0TB04ZZ"], None)]
)
def test_what_is_missing_is_said_without_saying_what_is_right(codes: list[str], said: str | None) -> None:
    missing = FORM.missing(FORM.parse_answer({"procedures": codes}))
    assert (missing is None) if said is None else (missing or "").startswith(said)


@pytest.mark.parametrize("raw", [{"procedures": "0TB04ZZ"}, {"procedures": ["0" * 17]}, {"procedures": ["0TB04ZZ"] * 13}, {"codes": []}, 3, None])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem):
        FORM.parse_answer(raw)


CHARACTERS = st.text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ_", min_size=0, max_size=9)


@settings(max_examples=200, deadline=None)
@given(codes=st.lists(st.one_of(st.sampled_from(["0UT94ZZ", "0UT24ZZ", "0UT74ZZ", "0UT90ZZ", "8E0W4CZ"]), CHARACTERS), max_size=8), data=st.data())
def test_laws(codes: list[str], data: st.DataObject) -> None:
    score = mark(UTERUS, *codes)
    assert 0 <= score.points <= 1 and sum(part.possible for part in score.parts) == pytest.approx(1)
    assert mark(UTERUS, *data.draw(st.permutations(codes))).points == score.points
    if set(codes) >= {"0UT94ZZ", "0UT24ZZ", "0UT74ZZ"} and len(codes) == 3:
        assert score.full


def test_simulated_student_of_full_ability_is_right_and_of_none_is_not() -> None:
    key = PcsKey.model_validate(KIDNEY)
    for seed in range(20):
        assert FORM.score(key, FORM.parse_answer(FORM.attempt(key, 1.0, Random(seed))), CONTEXT).full
        assert not FORM.score(key, FORM.parse_answer(FORM.attempt(key, 0.0, Random(seed))), CONTEXT).full
