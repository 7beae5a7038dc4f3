"""What a list of diagnoses would have done: too many, too few, and the risk score beside the key's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from medcoding.forms import FORMS
from medcoding.forms.base import Context
from medcoding.forms.codingoutcome import coding_consequence, person_of
from medcoding.forms.consequence import Bar, Consequence, drawn

ON = date(2026, 3, 16)
CHART = "Setting: Office\nAge: 72\nSex: F\n\n## Assessment\nDiabetes."


def told(entered: list[str], right: list[str], chart: str = CHART, neutral: tuple[str, ...] = ()) -> Consequence:
    return coding_consequence(entered, right, neutral, chart, ON)


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        (["I10", "E78.5"], "no diagnosis code too many and none missing"), (["I10"], "1 diagnosis code left out: undercoded"), (["I10", "E78.5", "J06.9"], "1 diagnosis code that the record does not support: overcoded"),
        (["I10", "J06.9"], "and 1 left out: coded wrongly"), (["i10", "e785"], "no diagnosis code too many"), ([], "2 diagnosis codes left out"),
    ],
)  # fmt: skip
def test_audit_verdict(entered: list[str], said: str) -> None:
    assert said in told(entered, ["I10", "E78.5"]).sentence


def test_optional_codes_are_neither_too_many_nor_missing() -> None:
    assert "no diagnosis code too many" in told(["I10", "Z79.84"], ["I10"], neutral=("Z79.84",)).sentence


def test_risk_score_of_an_unsupported_complication_is_too_high() -> None:
    # V28, community, not dual, aged: HCC 37 and HCC 38 carry the same factor, so complications of diabetes alone change nothing
    same = told(["E11.22"], ["E11.9"])
    assert "The risk score is that of the key." in same.sentence
    more = told(["E11.9", "I50.9"], ["E11.9"])
    assert "too high" in more.sentence and ("Payment categories", "HCC 38, HCC 226", "HCC 38") in more.rows
    less = told(["I10"], ["E11.9"])
    assert "too low" in less.sentence and "<svg" in less.to_html()


def test_score_is_not_told_without_age_and_sex_or_without_a_category() -> None:
    assert len(told(["E11.9"], ["E11.9"], chart="## Note\nDiabetes.").rows) == 0
    assert len(told(["I10"], ["E78.5"]).rows) == 2


def test_a_reader_who_may_try_again_is_not_told_the_codes_that_are_missing() -> None:
    found = told(["I10", "J06.9"], ["I10", "E78.5"])
    assert ("Missing", "E78.5", "none") in found.rows and "E78.5" not in found.kept().to_html()
    assert "J06.9" in found.kept().to_html() and found.kept().sentence == found.sentence


@pytest.mark.parametrize(
    ("chart", "person"),
    [("Age: 72\nSex: F\n\nx", (72, "F")), ("Age: 4 years\nSex: male\n\nx", (4, "M")), ("Age: 3 weeks\nSex: F\n\nx", None), ("Age: 72\n\nx", None), ("", None), ("Sex: X\nAge: 5\n\nx", None)],
)
def test_person_is_read_from_the_header(chart: str, person: tuple[int, str] | None) -> None:
    assert person_of(chart) == person


@pytest.mark.parametrize(
    ("form", "key", "answer"),
    [
        ("codes", {"codes": [{"code": "E11.9", "alternatives": ["E11.65"]}, "I10"]}, {"codes": ["E11.65", "I10"]}),
        ("encounter", {"diagnoses": {"codes": ["E11.9"]}, "lines": [{"code": "svc:im-injection", "pointers": ["E11.9"]}]}, {"diagnoses": ["E11.9"], "lines": []}),
        ("review", {"suggestions": [{"code": "E11.65", "verdict": "change", "to": "E11.9", "feedback": "f"}, {"code": "I10", "verdict": "reject", "feedback": "f"}]}, None),
    ],
)
def test_forms_hand_over_what_is_right_alternatives_in_their_place(form: str, key: dict[str, Any], answer: dict[str, Any] | None) -> None:
    kind = FORMS[form]
    model = kind.key_model.model_validate(key)
    found = kind.consequence(model, kind.parse_answer(answer or kind.key_answer(model)), Context(on=ON, points=1, chart=CHART))
    assert found is not None and "no diagnosis code too many and none missing" in found.sentence


def test_silence_and_other_books_have_no_such_consequence() -> None:
    codes = FORMS["codes"]
    supply = codes.key_model.model_validate({"book": "hcpcs", "codes": ["E0143"]})
    assert codes.consequence(supply, codes.parse_answer({"codes": ["E0143"]}), Context(on=ON, points=1)) is None
    plain = codes.key_model.model_validate({"codes": ["I10"]})
    assert codes.consequence(plain, codes.parse_answer({"codes": [""]}), Context(on=ON, points=1)) is None


def test_hostile_codes_are_escaped_and_do_not_fail() -> None:
    html = told(["<script>", "x" * 64, "E11.9"], ["E11.9"]).to_html()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_bars_have_words_and_none_are_drawn_for_nothing() -> None:
    from decimal import Decimal

    assert drawn([Bar("a", Decimal(0)), Bar("b", Decimal(0))]) == "" and drawn([]) == ""
    assert "$1,234.50" in drawn([Bar("a", Decimal("1234.5"), dollars=True)]) and "0.441" in drawn([Bar("a", Decimal("0.441"))])


def test_a_list_in_the_wrong_order_is_not_called_faultless() -> None:
    said = coding_consequence(["I43", "E85.4"], ["E85.4", "I43"], (), CHART, ON, in_order=False).sentence
    assert "the order wrong" in said and "none missing" not in said
    form, context = FORMS["codes"], Context(on=ON, points=1)
    key = form.key_model.model_validate({"codes": ["E85.4", "I43"], "lead": "E85.4"})
    for codes, words in ((["E85.4", "I43"], "no diagnosis code too many and none missing"), (["I43", "E85.4"], "the order wrong")):
        told = form.consequence(key, form.parse_answer({"codes": codes}), context)
        assert told is not None and words in told.sentence


def test_either_of_two_principal_diagnoses_is_grouped_as_what_the_record_supports() -> None:
    """Heart failure or pneumonia may lead: whichever does, the key beside it is the same choice, and no money is missing."""
    form, context = FORMS["stay"], Context(on=ON, points=1)
    key = form.key_model.model_validate({
        "patient": {"age": 74, "sex": "M"},
        "principal": {"code": "I50.33", "alternatives": ["J18.9"]}, "others": [{"code": "J18.9", "alternatives": ["I50.33"]}], "drg": 291,
    })  # fmt: skip
    for first, second, drg in (("I50.33", "J18.9", 291), ("J18.9", "I50.33", 193)):
        answer = form.parse_answer({"principal": {"code": first, "poa": "Y"}, "others": [{"code": second, "poa": "Y"}]})
        assert form.score(key, answer, context).full
        told = form.consequence(key, answer, context)
        assert told is not None and told.sentence == f"The same MS-DRG as the key's, {drg}."
    wrong = form.parse_answer({"principal": {"code": "J18.9", "poa": "Y"}, "others": []})
    assert form.consequence(key, wrong, context).sentence.startswith("MS-DRG 195 instead of 193")
