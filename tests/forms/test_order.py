"""order: of the key's neighbours, the share that stand in the right order to each other."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.findings import Score
from medcoding.forms import AnswerProblem
from medcoding.forms.base import Context
from medcoding.forms.match import text_id
from medcoding.forms.order import Order, OrderKey
from pydantic import ValidationError

FORM = Order()
ON = date(2026, 3, 16)


def letters(text: str, *ties: str) -> dict[str, Any]:
    return {"items": [{"text": letter} for letter in text], "ties": [list(tie) for tie in ties]}


def key(raw: dict[str, Any]) -> OrderKey:
    return OrderKey.model_validate(raw)


def mark(raw: dict[str, Any], given: str, points: float = 1) -> Score:
    answer = FORM.parse_answer({"order": [text_id(letter) for letter in given]})
    return FORM.score(key(raw), answer, Context(on=ON, points=points))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("abcde", 1.0),
        ("bacde", 0.75),  # b before a
        ("bcdea", 0.75),  # only a-b is wrong
        ("eabcd", 0.75),  # only d-e is wrong
        ("badce", 0.5),
        ("edcba", 0.0),
        ("abcd", 0.75),  # e left out
        ("", 0.0),
        ("abcdeb", 0.5),  # b named twice has no place: a-b and b-c are lost
        ("abxcde", 1.0),
        ("c", 0.0),
    ],
)
def test_share_of_neighbours_in_order(given: str, expected: float) -> None:
    assert mark(letters("abcde"), given).points == expected


def test_only_the_exact_list_earns_full_marks() -> None:
    full = ["".join(order) for order in permutations("abcde") if mark(letters("abcde"), "".join(order)).full]
    assert full == ["abcde"]


@pytest.mark.parametrize(
    ("ties", "full"),
    [
        (["bc"], {"abcd", "acbd"}),
        (["bcd"], {"abcd", "abdc", "acbd", "acdb", "adbc", "adcb"}),
        (["ab", "cd"], {"abcd", "abdc", "bacd", "badc"}),
        (["ab", "bc"], {"abcd", "acbd", "bacd"}),
    ],
)
def test_ties_free_exactly_what_they_name(ties: list[str], full: set[str]) -> None:
    raw = letters("abcd", *ties)
    assert {"".join(order) for order in permutations("abcd") if mark(raw, "".join(order)).full} == full
    assert all(FORM.score(key(raw), FORM.parse_answer(one), Context(on=ON, points=1)).full for one in FORM.full_answers(key(raw)))
    assert len({str(one) for one in FORM.full_answers(key(raw))}) == 2


def test_a_tie_counts_each_pair_across_it() -> None:
    assert key(letters("abcd", "bc")).neighbours == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert mark(letters("abcd", "bc"), "bacd").points == 0.75


def test_findings_name_the_mistake() -> None:
    raw = {"items": [{"text": "`a`"}, {"text": "b", "feedback": "Eligibility comes after registration."}, {"text": "c"}]}

    def said(*texts: str) -> list[tuple[str, str]]:
        answer = FORM.parse_answer({"order": [text_id(text) for text in texts]})
        return [(f.rule, f.message) for f in FORM.score(key(raw), answer, Context(on=ON, points=1)).findings]

    assert said("`a`", "b", "c") == [("right-option", "“b”: Eligibility comes after registration.")]
    assert said("b", "`a`", "c") == [("wrong-option", "“a” comes before “b”: Eligibility comes after registration.")]
    assert said("`a`", "c", "b") == [("wrong-option", "“b” comes before “c”.")]
    assert said("`a`", "b")[-1] == ("left-out", "Left out of the list: 1.")
    assert said("`a`", "b", "b", "c")[0] == ("used-twice", "“b” stands in the list more than once, so it has no place.")
    assert said("`a`", "b", "c", "d")[0] == ("unknown-option", "The list names an entry this question does not have.")
    assert said() == [("no-answer", "The list was neither changed nor kept as it was shown.")]


def test_order_shown_is_no_answer() -> None:
    assert FORM.missing(FORM.parse_answer({})) == "The order is neither changed nor kept yet."
    assert FORM.missing(FORM.parse_answer({"order": ["x"]})) is None


def test_order_shown_knows_no_key() -> None:
    shown = {str(FORM.public(key(letters("".join(order))), "seed")) for order in permutations("abcd")}
    assert len(shown) == 1
    assert set(FORM.public(key(letters("abc")), "seed")) == {"items"}
    assert len({str(FORM.public(key(letters("abcd")), f"seed {n}")) for n in range(200)}) > 15


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (letters("aab"), "same text"),
        (letters("ab"), "at least 3"),
        (letters("abc", "bx"), "names no item"),
        (letters("abc", "abc"), "everything is tied"),
        (letters("abc", "ac"), "stands between them"),
        (letters("abcd", "abc", "ad"), "tied to every other item"),
        (letters("abc", "a"), "at least 2"),
    ],
)
def test_inconsistent_keys_are_refused(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        key(raw)


def test_describe_numbers_the_list() -> None:
    given = FORM.parse_answer({"order": [text_id("b"), "zz"]})
    expected = [("1.", "b"), ("2.", "an entry this question does not have")]
    assert FORM.describe(given, key(letters("abc"))) == FORM.describe(given, None, FORM.public(key(letters("abc")), "s")) == expected


@pytest.mark.parametrize("raw", [None, [], "abc", {"order": "abc"}, {"order": [1]}, {"order": ["x"] * 29}, {"list": []}])
def test_other_shapes_are_answer_problems(raw: object) -> None:
    with pytest.raises(AnswerProblem, match="not an answer of the form 'order'"):
        FORM.parse_answer(raw)


# ---- laws -------------------------------------------------------------------------------------------------


@st.composite
def keys(draw: st.DrawFn) -> dict[str, Any]:
    """Runs of neighbours are tied, so that every key is sound."""
    runs = draw(st.lists(st.integers(1, 3), min_size=3, max_size=5))
    text, ties = "", []
    for run in runs:
        ties += ["abcdefghijklmno"[len(text):len(text) + run]] if run > 1 else []
        text += "abcdefghijklmno"[len(text):len(text) + run]
    return letters(text[:14], *[tie for tie in ties if set(tie) <= set(text[:14])])


@settings(max_examples=80, deadline=None)
@given(raw=keys(), data=st.data(), points=st.sampled_from([0.5, 1, 3]))
def test_laws(raw: dict[str, Any], data: st.DataObject, points: float) -> None:
    model = key(raw)
    context = Context(on=ON, points=points)
    assert all(FORM.score(model, FORM.parse_answer(full), context).full for full in FORM.full_answers(model))
    texts = [item.text for item in model.items]
    chosen = data.draw(st.lists(st.sampled_from([*texts, "?"]), max_size=16))
    before = mark(raw, "".join(chosen), points)
    assert 0 <= before.points <= points and sum(part.possible for part in before.parts) == pytest.approx(1)
    place = data.draw(st.integers(0, len(chosen)))
    for wrong in {"?", *chosen}:
        assert mark(raw, "".join([*chosen[:place], wrong, *chosen[place:]]), points).points <= before.points
    attempt = FORM.attempt(model, data.draw(st.floats(0, 1)), Random(data.draw(st.integers())))
    assert sorted(attempt["order"]) == sorted(map(text_id, texts))
    assert FORM.score(model, FORM.parse_answer(FORM.attempt(model, 1.0, Random(1))), context).full
