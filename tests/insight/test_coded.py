"""Codes asked for beside codes entered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.forms import FORMS
from medcoding.insight.coded import Missed, comparable, compare, distractors, kind_of, shown, title


def pair(form: str, key: dict, answer: dict):
    return FORMS[form].key_model.model_validate(key), FORMS[form].parse_answer(answer)


def missed(form: str, key: dict, answer: dict) -> list[tuple[str, str | None]]:
    found = compare(*pair(form, key, answer))
    assert found is not None
    return [(one.code, one.instead) for one in found.missed]


THREE = {"codes": ["E11.65", "I10", "N18.30"], "optional": ["Z79.4"], "distractors": [{"code": "E11.9", "feedback": "No."}]}


def test_full_answer_misses_nothing_in_any_spelling() -> None:
    assert missed("codes", THREE, {"codes": ["i10", "e1165", " N18.30 ", "Z79.4"]}) == []


def test_a_wrong_code_stands_for_the_missed_one_that_it_begins_like() -> None:
    # E11.9 shares three characters with E11.65, N18.9 three with N18.30; the order of entry does not matter
    assert missed("codes", THREE, {"codes": ["N18.9", "E11.9", "I10"]}) == [("E11.65", "E119"), ("N18.30", "N189")]


def test_what_resembles_nothing_stands_for_what_is_left() -> None:
    assert missed("codes", THREE, {"codes": ["E11.65", "R52", "N18.30"]}) == [("I10", "R52")]


def test_a_code_left_out_has_nothing_in_its_place() -> None:
    assert missed("codes", THREE, {"codes": ["E11.65"]}) == [("I10", None), ("N18.30", None)]
    assert missed("codes", THREE, {"codes": [" ", "."]}) == [("E11.65", None), ("I10", None), ("N18.30", None)]


def test_optional_and_repeated_codes_stand_for_nothing() -> None:
    assert missed("codes", THREE, {"codes": ["E11.65", "N18.30", "Z79.4", "E11.65"]}) == [("I10", None)]


def test_alternatives_count_as_the_code() -> None:
    key = {"codes": [{"code": "E11.65", "alternatives": ["E11.69"]}]}
    assert missed("codes", key, {"codes": ["E1169"]}) == []


def test_encounter_has_diagnoses_and_services_apart() -> None:
    key = {
        "diagnoses": {"codes": ["D51.0"], "lead": "D51.0"}, "lines": [{"code": "svc:im-injection", "pointers": ["D51.0"]}],
        "distractors": [{"code": "svc:iv-push", "feedback": "No."}, {"code": "D51.9", "feedback": "No."}],
    }  # fmt: skip
    answer = {"diagnoses": ["D51.9"], "lines": [{"code": "svc:iv-push", "pointers": ["A"]}]}
    found = compare(*pair("encounter", key, answer))
    assert found is not None
    assert found.missed == (Missed("D51.0", "diagnosis", "D519"), Missed("svc:im-injection", "service", "svc:iv-push"))
    model, _ = pair("encounter", key, answer)
    assert {comparable(code) for code in distractors(model)} == found.entered


def test_stay_has_diagnoses_and_procedures_apart() -> None:
    key = {"patient": {"age": 60, "sex": "F"}, "principal": "K80.00", "others": ["I10"], "procedures": ["0FT44ZZ"], "drg": 419}
    answer = {"principal": {"code": "K80.20"}, "others": [{"code": "I10"}], "procedures": [{"code": "0FB44ZZ"}]}
    assert missed("stay", key, answer) == [("K80.00", "K8020"), ("0FT44ZZ", "0FB44ZZ")]
    assert missed("stay", key, {}) == [("K80.00", None), ("I10", None), ("0FT44ZZ", None)]


def test_built_codes_are_compared_whole_with_given_axes_filled_in() -> None:
    key = {"procedures": ["0FT44ZZ"], "given": "0F.44ZZ"}
    assert missed("pcs", key, {"procedures": ["__B____"]}) == [("0FT44ZZ", "0FB44ZZ")]
    assert missed("pcs", key, {"procedures": ["__T____"]}) == []


def test_forms_without_codes_are_not_compared() -> None:
    key = {"options": [{"text": "a", "correct": True}, {"text": "b", "feedback": "No."}]}
    assert compare(*pair("choice", key, {"chosen": []})) is None


@given(st.lists(st.text(max_size=64), max_size=30))
def test_whatever_is_entered_is_bounded_and_printable(codes: list[str]) -> None:
    key = FORMS["codes"].key_model.model_validate(THREE)
    found = compare(key, FORMS["codes"].parse_answer({"codes": codes}))
    assert found is not None
    assert len(found.missed) <= len(found.asked) == 3
    for one in found.missed:
        assert one.instead is None or (len(one.instead) <= 65 and one.instead.isprintable())


@pytest.mark.parametrize(
    ("code", "kind", "written"),
    [("E119", "diagnosis", "E11.9"), ("I10", "diagnosis", "I10"), ("0FT44ZZ", "procedure", "0FT44ZZ"), ("svc:iv-push", "service", "svc:iv-push"), ("S72001A", "diagnosis", "S72.001A")],
)
def test_codes_are_shown_as_coders_write_them(code: str, kind: str, written: str) -> None:
    assert shown(code, kind) == written


def test_kinds_and_meanings() -> None:
    from datetime import date

    on = date(2026, 3, 16)
    assert [kind_of(code) for code in ("E11.9", "0FT44ZZ", "svc:iv-push", "J3420")] == ["diagnosis", "procedure", "service", "supply"]
    assert title("E119", "diagnosis", on) == "Type 2 diabetes mellitus without complications"
    assert title("svc:iv-push", "service", on) == "giving a medicine into a vein in one push"
    assert title("E1", "diagnosis", on) == title("nonsense", "service", on) == ""
