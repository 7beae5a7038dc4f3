"""codes: set 0.80 and order 0.20, or the set alone; hard errors cap. Expectations are worked by hand."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from medcoding.findings import Score, Severity
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.codes import Codes, CodesKey
from pydantic import ValidationError

FORM = Codes()
ON = date(2026, 3, 16)


def key(*codes: Any, **fields: Any) -> CodesKey:
    return CodesKey.model_validate({"codes": list(codes), **fields})


def score(of: CodesKey, *entered: str, on: date = ON, points: float = 1, apart: tuple[tuple[str, str], ...] = ()) -> Score:
    context = Context(on=on, points=points, excludes1_exceptions=apart)
    return FORM.score(of, FORM.parse_answer({"codes": list(entered)}), context)


def rules(result: Score) -> list[str]:
    return [finding.rule for finding in result.findings]


FOUR = key("I10", "E78.5", "K21.9", "M54.50")
LED = key("N17.9", "I10", "E78.5", "E03.9", lead="N17.9")
AMYLOID = key("E85.4", "I43", lead="E85.4", before=[["E85.4", "I43"]])


def test_key_of_four_five_entered_three_right_is_three_fifths() -> None:
    result = score(FOUR, "I10", "E78.5", "K21.9", "R10.9", "R07.9")
    assert result.points == 0.60
    assert [(part.name, part.possible) for part in result.parts] == [("codes", 1.0)]
    assert result.parts[0].note == "3 right, 2 wrong, 4 needed"


def test_undercoding_costs_as_overcoding_does() -> None:
    assert score(FOUR, "I10", "E78.5", "K21.9").points == 0.75
    assert score(FOUR, "I10", "E78.5", "K21.9", "M54.50", "R07.9").points == 0.80


def test_order_is_free_where_no_rule_fixes_it() -> None:
    assert score(FOUR, "M54.50", "K21.9", "E78.5", "I10").points == 1.0


def test_missing_lead_loses_its_twenty_hundredths() -> None:
    # Three of four: 0.75 of 0.80, and nothing of 0.20.
    assert score(LED, "I10", "E78.5", "E03.9").points == 0.60


def test_lead_out_of_place_loses_only_its_share() -> None:
    result = score(LED, "I10", "N17.9", "E78.5", "E03.9")
    assert result.points == 0.80
    assert [(part.name, part.earned, part.possible) for part in result.parts] == [("codes", 0.8, 0.8), ("order", 0.0, 0.2)]


def test_codes_after_the_lead_may_stand_in_any_order() -> None:
    assert score(LED, "N17.9", "E03.9", "E78.5", "I10").points == 1.0


def test_wrong_code_before_the_lead_loses_lead_and_set_share() -> None:
    # 4 of 5 in the set: 0.64.
    assert score(LED, "R07.9", "N17.9", "I10", "E78.5", "E03.9").points == 0.64


def test_chain_is_scored_pair_by_pair() -> None:
    chained = key("N17.9", "I10", "E78.5", before=[["N17.9", "I10", "E78.5"]])
    assert score(chained, "N17.9", "E78.5", "I10").points == 0.90  # one of two neighbouring pairs holds
    assert score(chained, "E78.5", "I10", "N17.9").points == 0.80
    assert score(chained, "N17.9", "R07.9", "I10", "E78.5").points == 0.80  # set 3/4, order whole


def test_manifestation_alone_earns_half_the_set_and_is_a_hard_error() -> None:
    result = score(AMYLOID, "I43")
    assert result.points == 0.40
    assert "manifestation-first" in rules(result)


def test_manifestation_in_the_lead_caps_at_half() -> None:
    result = score(AMYLOID, "I43", "E85.4")
    assert result.points == 0.50
    assert rules(result)[0] == "manifestation-first"
    assert "hard-error-cap" in rules(result)
    assert result.findings[0].citation == "I.A.13"


def test_wrong_code_in_front_does_not_excuse_a_manifestation_without_its_disease() -> None:
    assert "manifestation-first" in rules(score(AMYLOID, "R07.9", "I43"))


def test_etiology_before_manifestation_is_full() -> None:
    assert score(AMYLOID, "E85.4", "I43").full


def test_external_cause_never_leads() -> None:
    fall = key("S72.001A", "W19.XXXA")
    assert score(fall, "S72.001A", "W19.XXXA").full
    result = score(fall, "W19.XXXA", "S72.001A")
    assert (result.points, rules(result)[0]) == (0.50, "external-cause-first")


def test_one_hard_error_caps_at_half_and_two_at_a_quarter() -> None:
    diabetic = key("E11.9", "I10", "E78.5")
    assert score(diabetic, "E11.9", "I10", "E78.5", "E11").points == 0.50  # 3 of 4 without the cap
    two = score(diabetic, "E11.9", "I10", "E78.5", "E11", "I50")
    assert two.points == 0.25  # 3 of 5 without the cap
    assert rules(two)[:2] == ["header-code", "header-code"]
    assert "2 hard errors cap this item at 0.25" in next(f.message for f in two.findings if f.rule == "hard-error-cap")


def test_cap_is_not_a_penalty_below_it() -> None:
    result = score(FOUR, "I10", "E11", "I50")
    assert result.points == 0.25  # 1 of 4
    assert "hard-error-cap" not in rules(result)


def test_header_message_says_how_many_characters_are_needed() -> None:
    message = score(key("E11.9"), "E11").findings[0].message
    assert message.startswith("E11 is a category, not a code: 1 to 4 more characters are needed")


def test_excludes1_pair_caps_at_half() -> None:
    urinary = key("N30.00", "I10", "E78.5")
    result = score(urinary, "N30.00", "N39.0", "I10", "E78.5")
    assert (result.points, rules(result)[0]) == (0.50, "excludes1-pair")
    assert set(result.findings[0].codes) == {"N30.00", "N39.0"}


@pytest.mark.parametrize("pair", [("N30.00", "N39.0"), ("N39.0", "n3000")])
def test_documented_exception_lifts_the_excludes1_cap(pair: tuple[str, str]) -> None:
    urinary = key("N30.00", "I10", "E78.5")
    assert score(urinary, "N30.00", "N39.0", "I10", "E78.5", apart=(pair,)).points == 0.75
    assert score(urinary, "N30.00", "N39.0", "I10", "E78.5", apart=(("N30.00", "N39.41"),)).points == 0.50


def test_code_not_yet_in_force_is_a_hard_error_on_the_day_before() -> None:
    # U07.1 took effect on 2020-04-01.
    before = key("J12.89", "B97.29")
    early = score(before, "J12.89", "B97.29", "U07.1", on=date(2020, 3, 31))
    assert (early.points, rules(early)[0]) == (0.50, "not-valid-on-date")
    assert "2020-04-01" in early.findings[0].message
    assert score(key("U07.1"), "U07.1", on=date(2020, 4, 1)).full


def test_code_split_into_a_category_is_a_hard_error_afterwards() -> None:
    # G35 was complete until 2025-09-30.
    sclerosis = key("G35.A", "I10")
    late = score(sclerosis, "G35", "G35.A", "I10")
    assert (late.points, rules(late)[0]) == (0.50, "not-valid-on-date")
    assert score(key("G35"), "G35", on=date(2025, 9, 30)).full


def test_alternative_earns_the_same() -> None:
    either = key({"code": "E11.9", "alternatives": ["E11.65", "E11.8"]}, "I10", lead="E11.9")
    for code in ("E11.9", "E11.65", "E11.8"):
        assert score(either, code, "I10").full


def test_alternatives_replace_one_for_one() -> None:
    either = key({"code": "R07.9", "alternatives": ["R10.9"]})
    assert score(either, "R07.9", "R10.9").points == 0.50


def test_alternatives_never_rob_another_place() -> None:
    shared = key({"code": "R07.9", "alternatives": ["R10.9"]}, {"code": "K21.9", "alternatives": ["R10.9"]})
    for entered in (("R10.9", "K21.9"), ("R10.9", "R07.9"), ("K21.9", "R10.9"), ("R07.9", "R10.9")):
        assert score(shared, *entered).points == 1.0


OPTIONAL = key("E11.9", "I10", optional=["Z79.84"], lead="E11.9")


def test_optional_code_is_neutral_on_both_sides() -> None:
    assert score(OPTIONAL, "E11.9", "I10").points == 1.0
    assert score(OPTIONAL, "E11.9", "I10", "Z79.84").points == 1.0
    # One of two right, with or without it: 0.40 and the lead.
    assert score(OPTIONAL, "E11.9").points == score(OPTIONAL, "E11.9", "Z79.84").points == 0.60
    assert score(OPTIONAL, "E11.9", "R07.9").points == score(OPTIONAL, "E11.9", "Z79.84", "R07.9").points == 0.60


def test_optional_code_in_front_does_not_take_the_lead() -> None:
    assert score(OPTIONAL, "Z79.84", "E11.9", "I10").points == 1.0


def test_optional_code_twice_is_a_duplicate() -> None:
    free = key("E11.9", "I10", optional=["Z79.84"])
    assert score(free, "E11.9", "I10", "Z79.84", "Z79.84").points == 0.67


def test_duplicate_costs_a_place() -> None:
    result = score(FOUR, "I10", "E78.5", "K21.9", "M54.50", "I10")
    assert (result.points, rules(result)) == (0.80, ["entered-twice"])


def test_closeness_is_told_and_earns_nothing() -> None:
    result = score(key("E11.65", "I10"), "E11.9", "I10")
    assert result.points == 0.50
    assert rules(result) == ["close", "left-out"]
    assert "E11.65" not in "".join(finding.message for finding in result.findings)


def test_distractor_gets_its_feedback() -> None:
    told = key("G47.33", distractors=[{"code": "R06.89", "feedback": "The sound is part of the disease."}])
    result = score(told, "G47.33", "r0689")
    assert result.points == 0.50
    assert "r0689: The sound is part of the disease." in [finding.message for finding in result.findings]


@pytest.mark.parametrize("written", ["E11.65", "e11.65", "E1165", " e1165 ", "E11 .65", "e 11.65", "E11.65."])
def test_dot_case_and_space_never_cost(written: str) -> None:
    assert score(key("E11.65", "I10"), written, "I10").full


def test_blank_fields_are_not_entries() -> None:
    assert score(key("E11.65"), "", "  ", "E11.65", "").full
    assert rules(score(key("E11.65"), "", " ")) == ["no-answer"]
    assert score(key("E11.65")).points == 0


def test_points_are_rounded_once_at_the_end() -> None:
    assert score(key("I10", "E78.5", "K21.9"), "I10").points == 0.33
    assert score(key("I10", "E78.5", "K21.9"), "I10", points=2).points == 0.67


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"lead": "K21.9"}, "lead or before names 'K21.9'"),
        ({"before": [["I10", "K21.9"]]}, "lead or before names 'K21.9'"),
        ({"before": [["I10"]]}, "at least two codes"),
        ({"lead": "E78.5"}, "the key lists I10 before E785|the key lists I10 before E78.5"),
        ({"optional": ["e785"]}, "optional code is also a key code"),
        ({"distractors": [{"code": "i10", "feedback": "x"}]}, "distractor i10 is also a right or optional code"),
    ],
)
def test_keys_that_contradict_themselves_are_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        key("I10", "E78.5", **fields)


def test_key_with_a_code_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="names a code twice"):
        key("I10", "i10")


@pytest.mark.parametrize("raw", [None, "I10", ["I10"], {"codes": "I10"}, {"codes": [1]}, {"codes": ["I" * 65]}, {"codes": ["I10"] * 31}])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem, match="not an answer of the form 'codes'"):
        FORM.parse_answer(raw)


def test_public_view_tells_nothing_of_the_key() -> None:
    assert FORM.public(AMYLOID, "seed") == FORM.public(FOUR, "other") == {"book": "icd10cm", "limit": 30}


def test_describe_numbers_the_entries() -> None:
    answer = FORM.parse_answer({"codes": ["E85.4", "", "i43"]})
    assert FORM.describe(answer, None) == [("Code 1", "E85.4"), ("Code 2", "i43")]


def test_simulated_students_get_better_with_ability() -> None:
    told = key("E11.9", "I10", "E78.5", lead="E11.9", distractors=[{"code": "R07.9", "feedback": "f"}])
    means = []
    for ability in (0.2, 0.6, 1.0):
        draw = Random(7)
        means.append(sum(score(told, *FORM.attempt(told, ability, draw)["codes"]).points for _ in range(60)) / 60)
    assert means[0] < means[1] < means[2] == 1.0


def test_a_code_entered_twice_is_no_alternative_of_another() -> None:
    from medcoding.forms import FORMS
    from medcoding.forms.base import Context
    from medcoding.forms.codes import CodesKey

    key = CodesKey.model_validate({"codes": [{"code": "J44.1", "alternatives": ["I50.33"]}, {"code": "I50.33", "alternatives": ["J44.1"]}]})
    form, context = FORMS["codes"], Context(on=date(2026, 3, 16), points=1)
    assert form.score(key, form.parse_answer({"codes": ["I50.33", "J44.1"]}), context).full
    twice = form.score(key, form.parse_answer({"codes": ["J44.1", "j441"]}), context)
    assert twice.points == 0.5
    assert next(finding.rule for finding in twice.findings) == "entered-twice"


@pytest.mark.parametrize(("book", "right", "other"), [("hcpcs", "E0143", "E0999"), ("icd10cm", "I10", "J06.9"), ("icd10pcs", "0TB04ZZ", "0FT44ZZ")])
def test_a_code_of_which_no_hard_error_tells_gets_a_remark_in_every_book(book: str, right: str, other: str) -> None:
    """A teaching table cannot say that a code it lacks is wrong (E0999), and the remark that it is not needed must not vanish with it."""
    score = FORM.score(key(right, book=book), FORM.parse_answer({"codes": [other]}), Context(on=ON, points=1))
    assert [finding.rule for finding in score.findings if other in finding.message and finding.severity is Severity.WARNING][-1:] == ["not-in-key"]


def test_an_entry_that_is_no_code_is_told_of_once() -> None:
    score = FORM.score(key("I10"), FORM.parse_answer({"codes": ["ZZZ"]}), Context(on=ON, points=1))
    assert [finding.severity for finding in score.findings if "ZZZ" in finding.message] == [Severity.ERROR]
