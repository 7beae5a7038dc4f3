"""wordparts: parts 0.70; the rest for the meaning of a term taken apart, or for the whole term put together."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.match import text_id
from medcoding.forms.wordparts import WordParts, WordPartsKey, assemble
from pydantic import ValidationError

FORM = WordParts()
ON = date(2026, 3, 16)
APART = {
    "term": "hydronephrosis", "mode": "apart",
    "parts": [
        {"text": "hydr/o", "kind": "root", "meaning": "water"},
        {"text": "nephr", "kind": "root", "meaning": "kidney", "alternatives": ["nephr/o"]},
        {"text": "-osis", "kind": "suffix", "meaning": "condition"},
    ],
    "meanings": ["inflammation", "nerve"],
    "meaning": {"text": "Water backs up in the kidney.", "alternatives": ["The kidney is swollen with urine."],
                "wrong": [{"text": "The kidney is inflamed.", "feedback": "That would be -itis."}]},
}
BUILD = {
    "term": "orchiopexy", "mode": "build",
    "parts": [{"text": "orchi/o", "kind": "root", "alternatives": ["orchid/o"]}, {"text": "-pexy", "kind": "suffix"}],
    "extra": [{"text": "-ectomy", "kind": "suffix", "feedback": "That takes it out."}, {"text": "nephr/o", "kind": "root", "feedback": "That is the kidney."}],
    "accept": ["orchidopexy"],
}
WATER = [("hydr/o", "root", "water"), ("nephr", "root", "kidney"), ("-osis", "suffix", "condition")]


def key(raw: dict[str, Any]) -> WordPartsKey:
    return WordPartsKey.model_validate(raw)


def taken(parts: list[tuple[str, str, str]], meaning: str = "Water backs up in the kidney.") -> dict[str, Any]:
    entered = [{"text": text, "kind": kind, "meaning": text_id(told) if told else ""} for text, kind, told in parts]
    return {"parts": entered, "meaning": text_id(meaning) if meaning else ""}


def made(*texts: str) -> dict[str, Any]:
    return {"parts": [{"text": text} for text in texts]}


def mark(raw: dict[str, Any], answer: dict[str, Any], points: float = 1) -> Score:
    return FORM.score(key(raw), FORM.parse_answer(answer), Context(on=ON, points=points))


def rules(raw: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    return [finding.rule for finding in mark(raw, answer).findings]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (taken(WATER), 1.0),
        (taken(WATER, "The kidney is swollen with urine."), 1.0),
        (taken([("HYDRO", "root", "water"), ("nephr/o", "root", "kidney"), ("osis", "suffix", "condition")]), 1.0),
        (taken([("hydr", "root", "water"), ("-o-", "vowel", ""), *WATER[1:]]), 1.0),
        (taken([("hydr", "root", "water"), *WATER[1:]]), 1.0),
        (taken(WATER, "The kidney is inflamed."), 0.85),
        (taken(WATER, ""), 0.85),
        (taken([("hydr/o", "prefix", "water"), *WATER[1:]]), 0.94),  # 0.70 × 2.75/3 + 0.30
        (taken([("hydr/o", "root", "nerve"), *WATER[1:]]), 0.95),  # two of three meanings: 0.30 × (1 + 2/3)/2
        (taken(WATER[:2]), 0.72),  # 0.70 × 2/3 + 0.30 × (1 + 2/3)/2
        (taken([*WATER, ("-itis", "suffix", "inflammation")]), 0.83),  # 0.70 × 3/4 + 0.30
        (taken(WATER[::-1]), 0.43),  # only one can stand in order: 0.70 / 3 + 0.30 × (1 + 1/3)/2
        (taken([]), 0.15),
        (taken([], ""), 0.0),
        ({}, 0.0),
    ],
)
def test_points_of_a_term_taken_apart(answer: dict[str, Any], expected: float) -> None:
    assert mark(APART, answer).points == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("orchi/o", "-pexy"), 1.0),
        (("orchid/o", "-pexy"), 1.0),
        (("ORCHI/O", "pexy"), 1.0),
        (("orchi/o",), 0.35),
        (("orchi/o", "-ectomy"), 0.35),
        (("-pexy", "orchi/o"), 0.35),
        (("orchi/o", "-pexy", "-pexy"), 0.47),
        (("nephr/o", "-ectomy"), 0.0),
        ((), 0.0),
    ],
)
def test_points_of_a_term_built(texts: tuple[str, ...], expected: float) -> None:
    assert mark(BUILD, made(*texts)).points == expected


@pytest.mark.parametrize(
    ("parts", "term"),
    [
        (["hepat/o", "-itis"], "hepatitis"),
        (["hepat/o", "-cyte"], "hepatocyte"),
        (["gastr/o", "enter/o", "-logy"], "gastroenterology"),
        (["pan-", "cyt/o", "-penia"], "pancytopenia"),
        (["hepat", "o", "-megaly"], "hepatomegaly"),
        (["gastr/o"], "gastro"),
        ([], ""),
    ],
)
def test_combining_vowel_falls_before_a_suffix_that_begins_with_one(parts: list[str], term: str) -> None:
    assert assemble(parts) == term


def test_findings_name_the_mistake() -> None:
    def said(raw: dict[str, Any], answer: dict[str, Any]) -> list[tuple[str, str]]:
        return [(f.rule, f.message) for f in mark(raw, answer).findings]

    assert said(APART, taken(WATER)) == []
    assert said(APART, taken([("hydr/o", "prefix", "nerve"), *WATER[1:]], "The kidney is inflamed.")) == [
        ("wrong-option", "“hydr/o” is a root, not a prefix."),
        ("wrong-option", "“hydr/o” means water."),
        ("wrong-option", "“The kidney is inflamed.”: That would be -itis."),
    ]
    assert rules(APART, taken([("aqu/o", "root", "water"), *WATER[1:]], "")) == ["wrong-part", "left-out", "left-out"]
    assert said(BUILD, made("orchi/o", "-ectomy")) == [
        ("distractor", "“-ectomy”: That takes it out."), ("left-out", "Parts missing or out of place: 1.")]
    assert rules(BUILD, made("-pexy", "orchi/o")) == ["wrong-place", "left-out"]
    assert rules(BUILD, made("orchi/o", "-pexy", "zz")) == ["unknown-option"]
    assert rules(BUILD, {}) == rules(APART, {}) == ["no-answer"]


def test_public_of_a_term_to_take_apart_tells_no_part() -> None:
    view = FORM.public(key(APART), "seed")
    assert set(view) == {"mode", "term", "kinds", "meanings", "whole", "limit"}
    assert {entry["text"] for entry in view["meanings"]} == {"water", "kidney", "condition", "inflammation", "nerve"}
    assert len(view["whole"]) == 3
    assert not any(word in str(view) for word in ("hydr/o", "nephr'", "-osis", "-itis"))


def test_public_of_a_term_to_build_tells_no_term_and_no_place() -> None:
    view = FORM.public(key(BUILD), "seed")
    assert set(view) == {"mode", "bank", "limit"}
    assert {entry["text"] for entry in view["bank"]} == {"orchi/o", "orchid/o", "-pexy", "-ectomy", "nephr/o"}
    assert all(set(entry) == {"id", "text", "kind"} for entry in view["bank"])
    assert "orchiopexy" not in str(view)
    other = {**BUILD, "term": "nephrectomy", "accept": [],
             "parts": [{"text": "nephr/o", "kind": "root"}, {"text": "-ectomy", "kind": "suffix"}],
             "extra": [{"text": text, "kind": kind, "feedback": "f"} for text, kind in (("orchid/o", "root"), ("-pexy", "suffix"), ("orchi/o", "root"))]}
    assert FORM.public(key(other), "seed") == view


def test_missing_speaks_only_of_completeness() -> None:
    assert FORM.missing(FORM.parse_answer({})) == "Nothing is entered yet."
    assert FORM.missing(FORM.parse_answer(taken([]))) == "No part is entered yet."
    assert FORM.missing(FORM.parse_answer(taken(WATER, ""))) is None


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({**APART, "meaning": None}, "needs its 'meaning'"),
        ({**APART, "extra": BUILD["extra"]}, "belong to 'mode: build'"),
        ({**APART, "meanings": ["water"]}, "is also the meaning of a part"),
        ({**APART, "meaning": {"text": "a", "wrong": [{"text": "a", "feedback": "f"}]}}, "same text"),
        ({**APART, "meaning": {"text": "a", "wrong": []}}, "at least 1"),
        ({**APART, "term": "hydronephritis"}, "do not make 'hydronephritis'"),
        ({**APART, "parts": [*APART["parts"][:2], {"text": "x1", "kind": "suffix"}]}, "pattern"),
        ({**BUILD, "meaning": APART["meaning"]}, "say the meaning in the question"),
        ({**BUILD, "extra": []}, "needs 'extra' parts"),
        ({**BUILD, "term": "orchipexy"}, "make 'orchiopexy', not 'orchipexy'"),
        ({**BUILD, "extra": [{"text": "pexy", "kind": "suffix", "feedback": "f"}]}, "same letters"),
    ],
)
def test_inconsistent_keys_are_refused(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        key(raw)


def test_accepted_term_that_no_part_makes_is_a_problem() -> None:
    context = Context(on=ON, points=1)
    assert list(FORM.problems(key(BUILD), context)) == list(FORM.problems(key(APART), context)) == []
    assert [p.split(":")[0] for p in FORM.problems(key({**BUILD, "accept": ["testopexy"]}), context)] == ["key.accept.0"]
    assert [p.split(":")[0] for p in FORM.problems(key({**APART, "meanings": []}), context)] == ["key.meanings"]


def test_vowel_part_of_its_own_joins_its_root() -> None:
    split = {**APART, "parts": [{"text": "hydr", "kind": "root", "meaning": "water"}, {"text": "o", "kind": "vowel"}, *APART["parts"][1:]]}
    assert [part.text for part in key(split).scored] == ["hydr/o", "nephr", "-osis"]
    assert mark(split, taken(WATER)).full and mark(split, taken([("hydr", "root", "water"), ("o", "vowel", ""), *WATER[1:]])).full


def test_describe_reads_well_with_and_without_a_key() -> None:
    given = FORM.parse_answer(taken([("hydr/o", "root", "water"), ("x", "", "zz")], "The kidney is inflamed."))
    expected = [("Part 1", "hydr/o, root, water"), ("Part 2", "x, a meaning this question does not have"), ("Meaning", "The kidney is inflamed.")]
    assert FORM.describe(given, key(APART)) == FORM.describe(given, None, FORM.public(key(APART), "s")) == expected
    built = FORM.parse_answer(made("orchi/o", "-ectomy"))
    expected = [("Parts", "orchi/o + -ectomy"), ("Term", "orchiectomy")]
    assert FORM.describe(built, key(BUILD)) == FORM.describe(built, None, FORM.public(key(BUILD), "s")) == expected
    assert FORM.describe(FORM.parse_answer({}), key(BUILD)) == []


@pytest.mark.parametrize("raw", [None, [], {"parts": "x"}, {"parts": ["x"]}, {"parts": [{"text": "a" * 41}]}, {"parts": [{}] * 13}, {"term": "x"}])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem, match="not an answer of the form 'wordparts'"):
        FORM.parse_answer(raw)


# ---- laws -------------------------------------------------------------------------------------------------

ENTERED = st.sampled_from(["hydr/o", "hydr", "o", "nephr", "-osis", "-itis", "orchi/o", "-pexy", "-ectomy", "pan-", "", "é", "/"])
PART = st.fixed_dictionaries(
    {"text": ENTERED},
    optional={"kind": st.sampled_from(["prefix", "root", "vowel", "suffix", "?"]), "meaning": st.sampled_from([text_id("water"), text_id("kidney"), "?"])},
)


@settings(max_examples=120, deadline=None)
@given(raw=st.sampled_from([APART, BUILD]), parts=st.lists(PART, max_size=6), data=st.data(), points=st.sampled_from([0.5, 1, 3]))
def test_laws(raw: dict[str, Any], parts: list[dict[str, str]], data: st.DataObject, points: float) -> None:
    model = key(raw)
    assert all(mark(raw, full, points).full for full in FORM.full_answers(model))
    meaning = data.draw(st.sampled_from(["", "?", text_id("Water backs up in the kidney.")]))
    before = mark(raw, {"parts": parts, "meaning": meaning}, points)
    assert 0 <= before.points <= points and sum(part.possible for part in before.parts) == pytest.approx(1)
    place = data.draw(st.integers(0, len(parts)))
    wrong = {"text": data.draw(st.sampled_from(["pan-", "-itis", "xyz"])), "kind": "suffix"}
    assert mark(raw, {"parts": [*parts[:place], wrong, *parts[place:]], "meaning": meaning}, points).points <= before.points
    attempt = FORM.attempt(model, data.draw(st.floats(0, 1)), Random(data.draw(st.integers())))
    assert 0 <= mark(raw, attempt, points).points <= points
    assert mark(raw, FORM.attempt(model, 1.0, Random(1)), points).full


def test_combining_form_counts_where_its_vowel_falls() -> None:
    raw = {**APART, "parts": [part if part["text"] != "nephr" else {"text": "nephr", "kind": "root", "meaning": "kidney"} for part in APART["parts"]]}
    written = [(text if text != "nephr" else "nephr/o", kind, meaning) for text, kind, meaning in WATER]
    assert mark(raw, taken(written)).full
    bare = [(text if text != "nephr" else "nephro", kind, meaning) for text, kind, meaning in WATER]
    assert not mark(raw, taken(bare)).full
