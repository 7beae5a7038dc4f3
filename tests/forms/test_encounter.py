"""encounter: diagnoses 0.35, first-listed 0.10, lines 0.25, modifiers and units 0.15, pointers 0.15, all worked by hand."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.encounter import Encounter, EncounterKey
from pydantic import ValidationError

FORM = Encounter()
CONTEXT = Context(on=date(2026, 3, 16), points=1)

VISIT = {"code": "svc:office-visit-established", "modifiers": ["25"], "pointers": ["D51.0", "I10"]}
SHOT = {"code": "svc:im-injection", "pointers": ["D51.0"]}
RAW = {
    "diagnoses": {"codes": ["D51.0", "I10"], "lead": "D51.0"},
    "lines": [VISIT, SHOT],
    "distractors": [
        {"code": "D51.9", "feedback": "The record names the kind."},
        {"code": "svc:iv-push", "feedback": "It went into a muscle."},
    ],
}
KEY = EncounterKey.model_validate(RAW)
RIGHT_VISIT = {"code": "svc:office-visit-established", "modifiers": ["25"], "units": 1, "pointers": ["A", "B"]}
RIGHT_SHOT = {"code": "svc:im-injection", "modifiers": [], "units": 1, "pointers": ["A"]}


def with_key(**fields: Any) -> EncounterKey:
    return EncounterKey.model_validate({**RAW, **fields})


def score(diagnoses: list[str], *lines: dict[str, Any], key: EncounterKey = KEY, context: Context = CONTEXT) -> Score:
    return FORM.score(key, FORM.parse_answer({"diagnoses": diagnoses, "lines": list(lines)}), context)


def earned(result: Score) -> dict[str, float]:
    return {part.name: round(part.earned, 4) for part in result.parts}


def rules(result: Score) -> list[str]:
    return [finding.rule for finding in result.findings]


def test_right_encounter_is_full_and_its_parts_have_the_published_weights() -> None:
    result = score(["D51.0", "I10"], RIGHT_VISIT, RIGHT_SHOT)
    assert result.full
    assert earned(result) == {"diagnoses": 0.35, "first-listed": 0.10, "lines": 0.25, "modifiers and units": 0.15, "pointers": 0.15}
    assert sum(part.possible for part in result.parts) == pytest.approx(1)


def test_lines_may_stand_in_any_order() -> None:
    assert score(["D51.0", "I10"], RIGHT_SHOT, RIGHT_VISIT).full


def test_first_listed_out_of_place_loses_a_tenth() -> None:
    # Letters follow the codes: A is now I10.
    result = score(["I10", "D51.0"], {**RIGHT_VISIT, "pointers": ["B", "A"]}, {**RIGHT_SHOT, "pointers": ["B"]})
    assert result.points == 0.90


def test_pointers_follow_the_letters_and_not_the_codes() -> None:
    # The visit still names both; the injection now points to I10: pointers (1 + 0) / 2.
    result = score(["I10", "D51.0"], RIGHT_VISIT, RIGHT_SHOT)
    assert earned(result)["pointers"] == 0.075
    assert result.points == 0.83  # 0.825
    assert "pointers" in rules(result)


def test_letters_count_blank_diagnosis_fields() -> None:
    result = score(["D51.0", "", "I10"], {**RIGHT_VISIT, "pointers": ["A", "C"]}, RIGHT_SHOT)
    assert result.full


def test_pointers_may_be_lower_case_and_in_any_order() -> None:
    assert score(["D51.0", "I10"], {**RIGHT_VISIT, "pointers": ["b", " a "]}, RIGHT_SHOT).full


@pytest.mark.parametrize(
    ("pointers", "expected"),
    [
        (["A"], 0.1125),  # 1/2 of the visit, all of the injection
        ([], 0.075),
        (["A", "B", "C"], 0.125),  # 2/3: C is no diagnosis
        (["A", "A", "B"], 0.15),  # a letter twice says no more than once
        (["I10"], 0.075),  # letters are asked for
        (["M"], 0.075),
    ],
)
def test_pointers_are_scored_as_sets(pointers: list[str], expected: float) -> None:
    assert earned(score(["D51.0", "I10"], {**RIGHT_VISIT, "pointers": pointers}, RIGHT_SHOT))["pointers"] == expected


def test_pointer_to_an_accepted_alternative_is_right() -> None:
    either = with_key(diagnoses={"codes": [{"code": "D51.0", "alternatives": ["D51.3"]}, "I10"], "lead": "D51.0"})
    assert score(["D51.3", "I10"], RIGHT_VISIT, RIGHT_SHOT, key=either).full


def test_pointer_to_a_wrong_diagnosis_earns_nothing() -> None:
    result = score(["D51.9", "I10"], RIGHT_VISIT, RIGHT_SHOT)
    # diagnoses 1/2 of 0.35, first-listed 0, lines and extras whole, pointers (1/2 + 0) / 2.
    assert earned(result) == {"diagnoses": 0.175, "first-listed": 0.0, "lines": 0.25, "modifiers and units": 0.15, "pointers": 0.0375}
    assert result.points == 0.61  # 0.6125


def test_missing_line_earns_nothing_of_its_own() -> None:
    result = score(["D51.0", "I10"], RIGHT_VISIT)
    assert earned(result) == {"diagnoses": 0.35, "first-listed": 0.1, "lines": 0.125, "modifiers and units": 0.075, "pointers": 0.075}
    assert result.points == 0.73  # 0.725
    assert "line-left-out" in rules(result)


def test_wrong_service_earns_nothing_for_its_line() -> None:
    wrong = score(["D51.0", "I10"], RIGHT_VISIT, {**RIGHT_SHOT, "code": "svc:iv-push"})
    assert earned(wrong) == earned(score(["D51.0", "I10"], RIGHT_VISIT))
    assert "Line 2 (svc:iv-push): It went into a muscle." in [finding.message for finding in wrong.findings]


def test_extra_line_dilutes_the_line_set_only() -> None:
    result = score(["D51.0", "I10"], RIGHT_VISIT, RIGHT_SHOT, {**RIGHT_SHOT, "code": "svc:knee-film"})
    assert earned(result)["lines"] == 0.1667
    assert result.points == 0.92  # 0.9167
    assert rules(result) == ["line-not-in-key"]


def test_service_billed_twice_is_an_extra_line() -> None:
    assert score(["D51.0", "I10"], RIGHT_VISIT, RIGHT_SHOT, RIGHT_SHOT).points == 0.92


def test_same_service_twice_in_the_key_needs_two_lines() -> None:
    twice = with_key(lines=[SHOT, {**SHOT, "pointers": ["I10"]}])
    second = {**RIGHT_SHOT, "pointers": ["B"]}
    assert score(["D51.0", "I10"], second, RIGHT_SHOT, key=twice).full
    assert earned(score(["D51.0", "I10"], second, key=twice))["pointers"] == 0.075


@pytest.mark.parametrize(
    ("change", "share", "rule"),
    [
        ({"modifiers": []}, 0.1125, "modifiers"),  # the visit keeps half of its extras, for its units
        ({"modifiers": ["25", "59"]}, 0.1312, "modifiers"),  # 1/2 of the modifiers: (0.75 + 1) / 2
        ({"modifiers": ["59"]}, 0.1125, "modifiers"),
        ({"units": 2}, 0.1125, "units"),
        ({"units": 0}, 0.1125, "units"),
        ({"modifiers": [], "units": 2}, 0.075, "units"),
    ],
)
def test_wrong_modifier_or_unit_keeps_the_line_and_loses_its_share(change: dict[str, Any], share: float, rule: str) -> None:
    result = score(["D51.0", "I10"], {**RIGHT_VISIT, **change}, RIGHT_SHOT)
    assert earned(result)["lines"] == 0.25
    assert earned(result)["modifiers and units"] == pytest.approx(share, abs=1e-4)
    assert rule in rules(result)


def test_modifier_case_and_blank_modifier_fields_never_cost() -> None:
    lettered = with_key(lines=[{**VISIT, "modifiers": ["LT"]}, SHOT])
    assert score(["D51.0", "I10"], {**RIGHT_VISIT, "modifiers": ["lt", ""]}, RIGHT_SHOT, key=lettered).full


def test_optional_modifier_is_neutral() -> None:
    free = with_key(lines=[{**VISIT, "optional_modifiers": ["XU"]}, SHOT])
    for modifiers in (["25"], ["25", "XU"]):
        assert score(["D51.0", "I10"], {**RIGHT_VISIT, "modifiers": modifiers}, RIGHT_SHOT, key=free).full
    assert earned(score(["D51.0", "I10"], {**RIGHT_VISIT, "modifiers": ["XU"]}, RIGHT_SHOT, key=free))["modifiers and units"] == 0.1125


def test_alternative_service_earns_the_same() -> None:
    either = with_key(lines=[{**VISIT, "alternatives": ["svc:office-visit-new"]}, SHOT])
    assert score(["D51.0", "I10"], {**RIGHT_VISIT, "code": "SVC:Office-Visit-New"}, RIGHT_SHOT, key=either).full


def test_hcpcs_code_is_read_without_case_and_space() -> None:
    drug = with_key(lines=[SHOT, {"code": "J3420", "units": 1, "pointers": ["D51.0"]}])
    assert score(["D51.0", "I10"], RIGHT_SHOT, {**RIGHT_SHOT, "code": " j3420 "}, key=drug).full


def test_first_listed_share_joins_the_set_where_no_rule_fixes_it() -> None:
    free = with_key(diagnoses={"codes": ["D51.0", "I10"]})
    swapped = score(["I10", "D51.0"], {**RIGHT_VISIT, "pointers": ["B", "A"]}, {**RIGHT_SHOT, "pointers": ["B"]}, key=free)
    assert swapped.full
    assert next((part.name, round(part.possible, 2)) for part in swapped.parts) == ("diagnoses", 0.45)
    # One of two diagnoses: 0.225; lines 0.25, extras 0.15; pointers (1/2 + 1) / 2 of 0.15.
    assert score(["D51.0"], {**RIGHT_VISIT, "pointers": ["A"]}, RIGHT_SHOT, key=free).points == 0.74  # 0.7375


def test_optional_diagnosis_is_neutral() -> None:
    free = with_key(diagnoses={"codes": ["D51.0", "I10"], "lead": "D51.0", "optional": ["E78.5"]})
    assert score(["D51.0", "I10", "E78.5"], RIGHT_VISIT, RIGHT_SHOT, key=free).full
    assert score(["D51.0", "E78.5", "I10"], {**RIGHT_VISIT, "pointers": ["A", "C"]}, RIGHT_SHOT, key=free).full


def test_hard_errors_of_diagnoses_cap_the_whole_item() -> None:
    one = score(["D51.0", "I10", "E11"], RIGHT_VISIT, RIGHT_SHOT)
    assert (one.points, rules(one)[0]) == (0.50, "header-code")
    two = score(["D51.0", "I10", "E11", "I50"], RIGHT_VISIT, RIGHT_SHOT)
    assert two.points == 0.25


def test_excludes1_pair_caps_and_a_documented_exception_lifts_it() -> None:
    urinary = EncounterKey.model_validate(
        {"diagnoses": {"codes": ["N30.00", "I10"]}, "lines": [{**SHOT, "pointers": ["N30.00"]}]}
    )
    pair = ["N30.00", "I10", "N39.0"]
    assert score(pair, RIGHT_SHOT, key=urinary).points == 0.50
    apart = Context(on=CONTEXT.on, points=1, excludes1_exceptions=(("N39.0", "N30.00"),))
    assert score(pair, RIGHT_SHOT, key=urinary, context=apart).points == 0.85  # 2/3 of 0.45, and the rest


def test_manifestation_first_caps_an_encounter() -> None:
    heart = EncounterKey.model_validate(
        {"diagnoses": {"codes": ["E85.4", "I43"], "lead": "E85.4"}, "lines": [{**SHOT, "pointers": ["E85.4"]}]}
    )
    swapped = score(["I43", "E85.4"], {**RIGHT_SHOT, "pointers": ["B"]}, key=heart)
    assert (swapped.points, rules(swapped)[0]) == (0.50, "manifestation-first")


def test_silence_earns_nothing() -> None:
    assert (score([]).points, rules(score([]))) == (0, ["no-answer"])
    assert score(["", " "], {"code": "  "}).points == 0


@pytest.mark.parametrize(
    ("lines", "sentence", "extra", "missed"),
    [
        ([RIGHT_VISIT, RIGHT_SHOT], "The service lines name the services of the record.", "none", "none"),
        ([RIGHT_VISIT, {**RIGHT_SHOT, "code": "S5498"}], "Of the services, 1 billed that the record does not support and 1 left unbilled.", "S5498", "svc:im-injection"),
        ([RIGHT_VISIT, RIGHT_SHOT, RIGHT_SHOT], "Of the services, 1 billed that the record does not support.", "svc:im-injection", "none"),
        ([], "Of the services, 2 left unbilled.", "none", "svc:office-visit-established, svc:im-injection"),
    ],
)
def test_the_consequence_counts_services_beside_diagnoses(lines: list[dict[str, Any]], sentence: str, extra: str, missed: str) -> None:
    told = FORM.consequence(KEY, FORM.parse_answer({"diagnoses": ["D51.0", "I10"], "lines": lines}), CONTEXT)
    assert told is not None and told.sentence.startswith("An auditor would find no diagnosis code too many and none missing.")
    assert told.sentence.endswith(sentence)
    rows = {(what, own) for what, own, _ in told.rows}
    assert rows == (set() if (extra, missed) == ("none", "none") else {("Services too many", extra), ("Services missing", missed)})
    assert "Services missing" not in told.kept().to_html()


def test_diagnoses_alone_earn_their_share() -> None:
    assert score(["D51.0", "I10"]).points == 0.45


def test_lines_alone_earn_lines_and_extras() -> None:
    # No diagnosis for the letters to name.
    assert score([], RIGHT_VISIT, RIGHT_SHOT).points == 0.40


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"diagnoses": [], "lines": [RIGHT_SHOT]}, "No diagnosis"),
        ({"diagnoses": ["I10"], "lines": []}, "No service line"),
        ({"diagnoses": ["I10"], "lines": [{"code": ""}, {"code": "svc:iv-push"}]}, "Line 1 points to no diagnosis"),
        ({"diagnoses": ["I10"], "lines": [RIGHT_SHOT]}, None),
    ],
)
def test_missing_names_the_first_gap(answer: dict[str, Any], words: str | None) -> None:
    found = FORM.missing(FORM.parse_answer(answer))
    assert found is None if words is None else found is not None and words in found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lines": [{**SHOT, "pointers": ["E78.5"]}]}, "points to E78.5, which is not one of the key's diagnoses"),
        ({"lines": [{**SHOT, "pointers": []}]}, "at least 1 item"),
        ({"lines": []}, "at least 1 item"),
        ({"lines": [{**SHOT, "units": 0}]}, "greater than or equal to 1"),
        ({"lines": [{**SHOT, "modifiers": ["2"]}]}, "match pattern"),
        ({"distractors": [{"code": "d510", "feedback": "f"}]}, "distractor d510 is also a right or optional code"),
        ({"distractors": [{"code": "svc:im-injection", "feedback": "f"}]}, "distractor svc:im-injection is also a right or optional code"),
        ({"diagnoses": {"codes": [f"E11.{n}" for n in range(13)]}}, "room for 12 diagnoses"),
    ],
)
def test_keys_that_cannot_be_claimed_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        with_key(**change)


@pytest.mark.parametrize(
    "raw",
    [None, [], {"diagnoses": ["I10"] * 13}, {"lines": [RIGHT_SHOT] * 21}, {"lines": [{**RIGHT_SHOT, "units": -1}]},
     {"lines": [{**RIGHT_SHOT, "units": 1.5}]}, {"lines": [{**RIGHT_SHOT, "modifiers": ["25"] * 5}]}, {"lines": ["svc:iv-push"]}],
)
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem, match="not an answer of the form 'encounter'"):
        FORM.parse_answer(raw)


def test_simulated_answers_have_the_right_shape_and_full_ability_is_full_marks() -> None:
    drug = with_key(distractors=[{"code": "D51.9", "feedback": "f"}, {"code": "J3420", "feedback": "f"}])
    draw = Random(3)
    for ability in (0.0, 0.3, 0.7):
        for _ in range(40):
            entered = FORM.parse_answer(FORM.attempt(drug, ability, draw))
            assert "J3420" not in entered.diagnoses, "a service is no diagnosis"
            assert 0 <= FORM.score(drug, entered, CONTEXT).points <= 1
    assert FORM.score(KEY, FORM.parse_answer(FORM.attempt(KEY, 1.0, draw)), CONTEXT).full


def test_pointing_to_an_optional_diagnosis_or_leaving_a_field_blank_is_neutral() -> None:
    key = with_key(diagnoses={"codes": ["D51.0", "I10"], "lead": "D51.0", "optional": ["Z79.899"]})
    assert score(["D51.0", "I10", "Z79.899"], {**RIGHT_VISIT, "pointers": ["A", "B", "C"]}, {**RIGHT_SHOT, "pointers": ["A", ""]}, key=key).full


def test_a_number_that_the_licensed_file_maps_to_the_service_key_grades_alike(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from medcoding.codes import cpt

    monkeypatch.setenv("MEDCODING_LICENSED", str(tmp_path / "store"))
    assert not score(["D51.0", "I10"], RIGHT_VISIT, {**RIGHT_SHOT, "code": "90999"}).full
    file = tmp_path / "ours.csv"
    file.write_text("code,descriptor,service\n90999,words of our own licence,svc:im-injection\n")
    cpt.install_licensed(file)
    assert score(["D51.0", "I10"], RIGHT_VISIT, {**RIGHT_SHOT, "code": "90999"}).full
    assert not score(["D51.0", "I10"], RIGHT_VISIT, {**RIGHT_SHOT, "code": "90998"}).full
