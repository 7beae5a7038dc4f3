"""Laws of scoring, over keys and answers drawn from real codes: headers, manifestations and Excludes1 partners among them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from medcoding.codes import icd10cm
from medcoding.findings import Score, Severity
from medcoding.forms import FORMS, AnswerProblem
from medcoding.forms import score as score_item
from medcoding.forms.base import Context
from medcoding.forms.choice import ChoiceKey
from medcoding.forms.codes import CodesKey
from medcoding.forms.encounter import LETTERS, EncounterKey

ON = date(2026, 3, 16)
VALID = [
    "I10", "E78.5", "K21.9", "M54.50", "E11.9", "E11.65", "E10.9", "N17.9", "N18.30", "N18.6", "I13.0", "I50.9",
    "I50.22", "J18.9", "J44.1", "J45.909", "J96.01", "R06.81", "G47.33", "N30.00", "N39.0", "D51.0", "D51.9",
    "D64.9", "E03.9", "I48.91", "I25.10", "I21.4", "E86.0", "E87.1", "R73.9", "R07.9", "R10.9", "R05.9", "K35.80",
    "K59.00", "A41.9", "R65.20", "L03.115", "B96.20", "F17.210", "Z87.891", "Z79.4", "Z79.84", "Z23", "E85.4",
    "G30.9", "S72.001A",
]
NEVER_FIRST = ["I43", "F02.80", "D63.1", "W19.XXXA", "Y92.009", "I32"]
INVALID = ["E11", "I50", "E11.3", "S72.001", "H36", "G35", "U07.11", "Q99.99", "QQQ", "E11.65X"]
POOL = [*VALID, *NEVER_FIRST, *INVALID]
SERVICES = ["svc:im-injection", "svc:iv-push", "svc:ankle-film", "svc:office-visit-established", "J3420", "J0696"]
PROCEDURES = ["0UT94ZZ", "0ut9 4zz", "0UT24ZZ", "0UT74ZZ", "8E0W4CZ", "0UT9", "0UT9_ZZ", "0UT94ZX", "0DTJ4ZZ", "0UT94ZZZ"]
LAWFUL = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@lru_cache(maxsize=1)
def excluded() -> frozenset[frozenset[str]]:
    """Pairs of the pool that may not stand together."""
    return frozenset(
        frozenset(pair)
        for pair in combinations([*VALID, *NEVER_FIRST], 2)
        if any(f.severity is Severity.ERROR for f in icd10cm.conventions(pair, ON, ordered=False))
    )


def test_pool_is_what_it_says() -> None:
    book = icd10cm.on(ON)
    assert len(POOL) >= 60
    assert all(code in book for code in VALID + NEVER_FIRST)
    assert all(book.problem(code) for code in INVALID)
    assert all(icd10cm.never_first(code, ON) for code in NEVER_FIRST)
    assert not any(icd10cm.never_first(code, ON) for code in VALID)
    assert {frozenset(("N30.00", "N39.0")), frozenset(("R06.81", "G47.33"))} <= excluded()


@st.composite
def diagnosis_keys(draw: st.DrawFn, most: int = 5) -> dict[str, Any]:
    """A sound key: nothing in it, its alternatives or its optional codes excludes anything else of it."""
    wanted = draw(st.lists(st.sampled_from([*VALID, *NEVER_FIRST]), min_size=1, max_size=most + 4, unique=True))
    sound: list[str] = []
    for code in wanted:
        if not any(frozenset((code, other)) in excluded() for other in sound):
            sound.append(code)
    sound.sort(key=lambda code: code in NEVER_FIRST)
    assume(sound[0] in VALID)
    size = draw(st.integers(1, min(most, len(sound))))
    codes, spare = sound[:size], [code for code in sound[size:] if code in VALID]
    first, second = spare[0::2], spare[1::2]
    entries: list[Any] = list(codes)
    for place, code in zip(draw(st.permutations(range(size))), first, strict=False):
        entries[place] = {"code": codes[place], "alternatives": [code]}
    key: dict[str, Any] = {"codes": entries, "optional": second}
    if draw(st.booleans()):
        key["lead"] = codes[0]
    if size > 1 and draw(st.booleans()):
        key["before"] = [sorted(draw(st.lists(st.sampled_from(codes), min_size=2, unique=True)), key=codes.index)]
    return key


def accepted(key: dict[str, Any]) -> list[list[str]]:
    return [[e] if isinstance(e, str) else [e["code"], *e["alternatives"]] for e in key["codes"]]


def right_codes(key: dict[str, Any]) -> set[str]:
    return {code for place in accepted(key) for code in place} | set(key["optional"])


def answers_to(key: dict[str, Any], most: int = 8) -> st.SearchStrategy[list[str]]:
    """Lists that lean towards the key, so that caps and partial credit are both met."""
    near = st.sampled_from(sorted(right_codes(key)))
    return st.lists(st.one_of(near, near, st.sampled_from(POOL)), max_size=most)


def mark(form: str, key: dict[str, Any], answer: Any, points: float = 1) -> Score:
    model = FORMS[form].key_model.model_validate(key)
    return score_item(SimpleNamespace(form=form, key=model, context=Context(on=ON, points=points, chart="Right ankle, films clear.")), answer)


def sound(result: Score, points: float = 1) -> bool:
    return 0 <= result.points <= points == result.possible and sum(p.possible for p in result.parts) == pytest.approx(1)


# ---- codes ------------------------------------------------------------------------------------------------


@LAWFUL
@given(key=diagnosis_keys(), data=st.data(), points=st.sampled_from([0.5, 1, 2, 7]))
def test_codes_key_and_every_alternative_score_full(key: dict[str, Any], data: st.DataObject, points: float) -> None:
    assert mark("codes", key, FORMS["codes"].key_answer(CodesKey.model_validate(key)), points).full
    entered = [data.draw(st.sampled_from(place)) for place in accepted(key)]
    extra = data.draw(st.lists(st.sampled_from(key["optional"]), unique=True)) if key["optional"] else []
    for code in extra:
        entered.insert(data.draw(st.integers(0, len(entered))), code)
    assert mark("codes", key, {"codes": entered}, points).full


@LAWFUL
@given(key=diagnosis_keys(), data=st.data())
def test_wrong_code_anywhere_never_raises_a_codes_score(key: dict[str, Any], data: st.DataObject) -> None:
    entered = data.draw(answers_to(key))
    wrong = data.draw(st.sampled_from([code for code in POOL if code not in right_codes(key)]))
    place = data.draw(st.integers(0, len(entered)))
    before = mark("codes", key, {"codes": entered})
    after = mark("codes", key, {"codes": [*entered[:place], wrong, *entered[place:]]})
    assert after.points <= before.points
    assert sound(before) and sound(after)


@LAWFUL
@given(key=diagnosis_keys(), data=st.data())
def test_code_entered_again_never_raises_a_codes_score(key: dict[str, Any], data: st.DataObject) -> None:
    entered = data.draw(answers_to(key).filter(bool))
    first = data.draw(st.integers(0, len(entered) - 1))
    place = data.draw(st.integers(first + 1, len(entered)))
    again = [*entered[:place], entered[first], *entered[place:]]
    assert mark("codes", key, {"codes": again}).points <= mark("codes", key, {"codes": entered}).points


@LAWFUL
@given(key=diagnosis_keys(), data=st.data())
def test_order_matters_only_where_the_key_says(key: dict[str, Any], data: st.DataObject) -> None:
    free = {"codes": key["codes"], "optional": key["optional"]}
    leading = [code for code in data.draw(answers_to(key)) if code not in NEVER_FIRST]
    shuffled = data.draw(st.permutations(leading))
    assert mark("codes", free, {"codes": leading}).points == mark("codes", free, {"codes": shuffled}).points


@LAWFUL
@given(key=diagnosis_keys(), data=st.data())
def test_lead_fixes_only_the_first_place(key: dict[str, Any], data: st.DataObject) -> None:
    led = {"codes": key["codes"], "optional": key["optional"], "lead": accepted(key)[0][0]}
    entered = data.draw(answers_to(key).filter(lambda codes: len(codes) > 2 and codes[0] in right_codes(key)))
    assume(entered.count(entered[0]) == 1 and not set(entered[1:]) & set(accepted(key)[0]))
    shuffled = [entered[0], *data.draw(st.permutations(entered[1:]))]
    if entered[0] in key["optional"]:
        return
    assert mark("codes", led, {"codes": entered}).points == mark("codes", led, {"codes": shuffled}).points


@LAWFUL
@given(key=diagnosis_keys(), data=st.data())
def test_optional_codes_have_no_effect(key: dict[str, Any], data: st.DataObject) -> None:
    entered = [code for code in data.draw(answers_to(key)) if code not in key["optional"] and code in VALID]
    for code in key["optional"]:
        assume(not any(frozenset((code, other)) in excluded() for other in entered))
    more = list(entered)
    for code in key["optional"]:
        more.insert(data.draw(st.integers(0, len(more))), code)
    assert mark("codes", key, {"codes": more}).points == mark("codes", key, {"codes": entered}).points


# ---- encounter --------------------------------------------------------------------------------------------


@st.composite
def encounter_keys(draw: st.DrawFn) -> dict[str, Any]:
    diagnoses = draw(diagnosis_keys(most=4))
    codes = [place[0] for place in accepted(diagnoses)]
    line = st.fixed_dictionaries(
        {
            "code": st.sampled_from(SERVICES[:4]),
            "modifiers": st.lists(st.sampled_from(["25", "59", "LT"]), unique=True, max_size=2),
            "units": st.integers(1, 3),
            "pointers": st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True),
        }
    )
    return {"diagnoses": diagnoses, "lines": draw(st.lists(line, min_size=1, max_size=3))}


def entered_lines(codes: Sequence[str] = tuple(SERVICES)) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(
        st.fixed_dictionaries(
            {
                "code": st.sampled_from(codes),
                "modifiers": st.lists(st.sampled_from(["25", "59", "LT", "XX"]), max_size=3),
                "units": st.integers(0, 4),
                "pointers": st.lists(st.sampled_from("ABCDEZ"), max_size=4),
            }
        ),
        max_size=4,
    )


@LAWFUL
@given(key=encounter_keys(), data=st.data())
def test_encounter_key_and_every_alternative_score_full(key: dict[str, Any], data: st.DataObject) -> None:
    right = FORMS["encounter"].key_answer(EncounterKey.model_validate(key))
    assert mark("encounter", key, right).full
    other = [data.draw(st.sampled_from(place)) for place in accepted(key["diagnoses"])]
    lines = data.draw(st.permutations(right["lines"]))
    assert mark("encounter", key, {"diagnoses": other, "lines": lines}).full


@LAWFUL
@given(key=encounter_keys(), data=st.data())
def test_wrong_diagnosis_anywhere_never_raises_an_encounter_score(key: dict[str, Any], data: st.DataObject) -> None:
    entered = data.draw(answers_to(key["diagnoses"], most=6))
    lines = data.draw(entered_lines())
    wrong = data.draw(st.sampled_from([code for code in POOL if code not in right_codes(key["diagnoses"])]))
    place = data.draw(st.integers(0, len(entered)))

    def shifted(letter: str) -> str:
        number = LETTERS.find(letter)
        return LETTERS[number + 1] if place <= number < len(entered) else letter

    moved = [{**line, "pointers": [shifted(letter) for letter in line["pointers"] if LETTERS.find(letter) < len(entered)]} for line in lines]
    kept = [{**line, "pointers": [letter for letter in line["pointers"] if LETTERS.find(letter) < len(entered)]} for line in lines]
    before = mark("encounter", key, {"diagnoses": entered, "lines": kept})
    after = mark("encounter", key, {"diagnoses": [*entered[:place], wrong, *entered[place:]], "lines": moved})
    assert after.points <= before.points
    assert sound(before) and sound(after)


@LAWFUL
@given(key=encounter_keys(), data=st.data())
def test_wrong_line_anywhere_never_raises_an_encounter_score(key: dict[str, Any], data: st.DataObject) -> None:
    entered, lines = data.draw(answers_to(key["diagnoses"], most=5)), data.draw(entered_lines())
    (wrong, *_) = data.draw(entered_lines(SERVICES[4:]).filter(bool))
    place = data.draw(st.integers(0, len(lines)))
    before = mark("encounter", key, {"diagnoses": entered, "lines": lines})
    after = mark("encounter", key, {"diagnoses": entered, "lines": [*lines[:place], wrong, *lines[place:]]})
    assert after.points <= before.points


@LAWFUL
@given(key=encounter_keys(), data=st.data())
def test_order_of_lines_never_matters(key: dict[str, Any], data: st.DataObject) -> None:
    entered, lines = data.draw(answers_to(key["diagnoses"], most=5)), data.draw(entered_lines())
    shuffled = data.draw(st.permutations(lines))
    before = mark("encounter", key, {"diagnoses": entered, "lines": lines})
    assert mark("encounter", key, {"diagnoses": entered, "lines": shuffled}).points == before.points


# ---- choice -----------------------------------------------------------------------------------------------

RIGHTNESS = st.lists(st.booleans(), min_size=2, max_size=8).filter(lambda marks: any(marks) and not all(marks))


@LAWFUL
@given(marks=RIGHTNESS, data=st.data())
def test_choice_ignores_order_and_no_wrong_option_helps(marks: list[bool], data: st.DataObject) -> None:
    options = [{"text": f"option {n}", "correct": right, "feedback": "f"} for n, right in enumerate(marks)]
    key = {"many": sum(marks) > 1, "options": options}
    model = ChoiceKey.model_validate(key)
    assert mark("choice", key, FORMS["choice"].key_answer(model)).full
    chosen = data.draw(st.lists(st.sampled_from([option.id for option in model.options]), unique=True))
    wrong = data.draw(st.sampled_from([option.id for option in model.options if not option.correct] + ["none-such"]))
    base = mark("choice", key, {"chosen": chosen})
    assert mark("choice", key, {"chosen": data.draw(st.permutations(chosen))}).points == base.points
    assert mark("choice", key, {"chosen": [*chosen, wrong]}).points <= base.points
    assert sound(base)


# ---- every form -------------------------------------------------------------------------------------------

SAMPLES = {
    "choice": {"options": [{"text": "a", "correct": True}, {"text": "b", "feedback": "f"}]},
    "codes": {"codes": ["E85.4", "I43"], "lead": "E85.4"},
    "encounter": {"diagnoses": {"codes": ["D51.0"], "lead": "D51.0"}, "lines": [{"code": "svc:im-injection", "pointers": ["D51.0"]}]},
    "match": {"pairs": [{"left": "a", "right": "x"}, {"left": "b", "right": "y"}]},
    "sort": {"bins": ["x", "y"], "items": [{"text": "a", "bin": "x"}, {"text": "b", "bin": "y"}]},
    "order": {"items": [{"text": "a"}, {"text": "b"}, {"text": "c"}]},
    "number": {"value": "7.0", "decimals": "1", "unit": "%"},
    "pcs": {"procedures": [{"code": "0UT94ZZ", "alternatives": ["0UT90ZZ"]}, "0UT24ZZ"], "optional": ["8E0W4CZ"]},
    "highlight": {"marks": [{"label": "a", "spans": ["Right ankle"]}, {"label": "b", "spans": ["clear"]}], "forbidden": [{"text": "films", "feedback": "f"}]},
    "stay": {"patient": {"age": 60, "sex": "M"}, "principal": "K26.4", "others": ["D62", {"code": "N17.9", "poa": "N"}], "procedures": ["0W3P8ZZ"], "drg": 377},
    "claim": {
        "claim": {"sample": "office-knee", "changes": {"lines.1.pointers": "B"}}, "fixes": [{"path": "lines.1.pointers", "value": "A"}],
        "asks": [{"label": "Who?", "options": [{"text": "a", "correct": True}, {"text": "b", "feedback": "f"}]}],
    },
    "mdm": {"setting": "office-new", "problems": "low", "data": "limited", "risk": "moderate", "level": "low", "evidence": [{"text": "x", "correct": True}, {"text": "y", "feedback": "f"}]},
    "review": {"suggestions": [{"code": "I10", "verdict": "accept", "feedback": "f"}, {"code": "E11", "verdict": "change", "to": "E11.9", "feedback": "f"}]},
    "text": {"rubric": [{"text": "facts"}], "model": "m", "forbidden": [{"text": "svc", "feedback": "f"}]},
    "data": {"table": {"columns": ["a", "b"], "rows": [["x", "1"], ["y", "2.5"]]}, "by": ["a"], "tolerance": "0.1"},
    "wordparts": {
        "term": "hepatitis", "mode": "apart",
        "parts": [{"text": "hepat", "kind": "root", "meaning": "liver"}, {"text": "-itis", "kind": "suffix"}],
        "meaning": {"text": "an inflamed liver", "wrong": [{"text": "a large liver", "feedback": "f"}]},
    },
}
TEXT = st.one_of(st.text(st.characters(), max_size=8), st.sampled_from([*POOL, "\ud800", "\x00", "ı10", "E" * 65, "svc:"]))
FIELDS = st.sampled_from(["chosen", "codes", "diagnoses", "lines", "code", "modifiers", "units", "pointers", "pairs", "placed", "order", "text", "texts", "parts", "kind", "meaning", "procedures", "marks", "nth", "label", "number", "list", "table", "columns", "rows", "principal", "others", "poa", "discharge", "query", "changes", "asks", "judged", "added", "verdict", "to", "reason", "problems", "risk", "level", "evidence", "\ud800", ""])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(FIELDS, TEXT), inner, max_size=4)),
    max_leaves=12,
)
CODED = st.fixed_dictionaries({"code": TEXT}, optional={"poa": st.one_of(TEXT, st.sampled_from(["Y", "N", "1", "exempt", "Q"]))})
LINE = st.dictionaries(FIELDS, st.one_of(TEXT, st.integers(), st.lists(TEXT, max_size=4), JSON), max_size=4)
SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "chosen": st.lists(TEXT, max_size=4),
        "codes": st.lists(TEXT, max_size=6),
        "diagnoses": st.lists(TEXT, max_size=6),
        "lines": st.lists(LINE, max_size=3),
        "pairs": st.dictionaries(TEXT, TEXT, max_size=4),
        "placed": st.dictionaries(TEXT, TEXT, max_size=4),
        "order": st.lists(TEXT, max_size=4),
        "text": TEXT,
        "texts": st.lists(TEXT, max_size=3),
        "procedures": st.lists(TEXT, max_size=4),
        "parts": st.lists(LINE, max_size=3),
        "meaning": TEXT,
    },
)
ALONE = st.one_of(
    st.fixed_dictionaries({"pairs": st.dictionaries(TEXT, TEXT, max_size=4)}),
    st.fixed_dictionaries({"placed": st.dictionaries(TEXT, TEXT, max_size=4)}),
    st.fixed_dictionaries({"order": st.lists(TEXT, max_size=4)}),
    st.fixed_dictionaries({"text": TEXT}),
    st.fixed_dictionaries({"texts": st.lists(TEXT, max_size=7)}),
    st.fixed_dictionaries({"list": st.lists(TEXT, max_size=4)}),
    st.fixed_dictionaries({"number": TEXT}),
    st.fixed_dictionaries({"level": st.one_of(TEXT, st.sampled_from(["low", "high"]))}, optional={"data": TEXT, "evidence": st.lists(TEXT, max_size=3)}),
    st.fixed_dictionaries({"judged": st.dictionaries(TEXT, st.fixed_dictionaries({"verdict": st.sampled_from(["accept", "reject", "change", "", "x"])}, optional={"to": TEXT}), max_size=3)}, optional={"added": st.lists(TEXT, max_size=3)}),
    st.fixed_dictionaries({"changes": st.dictionaries(st.one_of(TEXT, st.sampled_from(["lines.1.pointers", "lines.0"])), st.one_of(st.none(), TEXT), max_size=3)}),
    st.fixed_dictionaries({"principal": CODED}, optional={"others": st.lists(CODED, max_size=4), "procedures": st.lists(st.fixed_dictionaries({"code": TEXT}), max_size=3), "query": TEXT, "discharge": TEXT}),
    st.fixed_dictionaries({"table": st.fixed_dictionaries({"columns": st.lists(TEXT, max_size=3), "rows": st.lists(st.lists(st.one_of(TEXT, st.floats(), st.integers()), max_size=3), max_size=3)})}),
    st.fixed_dictionaries({"marks": st.lists(st.fixed_dictionaries({"text": st.one_of(TEXT, st.sampled_from(["Right", "clear.", "films"]))}, optional={"nth": st.integers(), "label": st.integers()}), max_size=4)}),
    st.fixed_dictionaries({"procedures": st.lists(st.one_of(TEXT, st.sampled_from(PROCEDURES)), max_size=4)}),
    st.fixed_dictionaries({"parts": st.lists(st.fixed_dictionaries({"text": TEXT}, optional={"kind": TEXT, "meaning": TEXT}), max_size=4)}),
)


def tried(form: str, answer: Any) -> Score | str:
    try:
        return mark(form, SAMPLES[form], answer)
    except AnswerProblem as problem:
        assert str(problem)
        return str(problem)


@pytest.mark.parametrize("form", sorted(FORMS))
@settings(LAWFUL, max_examples=150)
@given(answer=st.one_of(JSON, SHAPED, ALONE, st.dictionaries(FIELDS, st.lists(TEXT, max_size=3), max_size=2)))
def test_any_json_gives_a_score_or_an_answer_problem_and_the_same_twice(form: str, answer: Any) -> None:
    first = tried(form, answer)
    assert isinstance(first, str) or sound(first)
    assert tried(form, answer) == first


@pytest.mark.parametrize("form", sorted(FORMS))
def test_answer_nested_without_end_is_an_answer_problem(form: str) -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for answer in (deep, dict.fromkeys(("codes", "chosen", "lines", "pairs", "placed", "order", "text", "texts", "parts", "procedures", "marks", "list", "table", "principal", "others", "changes", "asks", "judged", "evidence"), deep)):
        with pytest.raises(AnswerProblem):
            mark(form, SAMPLES[form], answer)


def test_item_without_variants_has_only_variant_nought() -> None:
    item = SimpleNamespace(form="codes", key=CodesKey.model_validate(SAMPLES["codes"]), context=Context(on=ON, points=1))
    with pytest.raises(AnswerProblem, match="no variant 3"):
        score_item(item, {"codes": []}, variant=3)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_nothing_given_is_not_ready_to_be_judged(name: str) -> None:
    """And says why in a sentence, for a reader who pressed Check too early."""
    form = FORMS[name]
    why = form.unready(form.parse_answer({}), {})
    assert why is not None and why.endswith(".")
