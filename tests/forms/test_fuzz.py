"""Every form's answer model under fire: any JSON, and real answers with a wound, give the documented error or a sound score."""

from __future__ import annotations

import copy
import html.parser
import json
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.findings import Score
from medcoding.forms import FORMS, AnswerProblem, score
from medcoding.items.bank import Bank
from medcoding.items.models import Item
from medcoding.items.render import feedback_html, static_html
from minicourse import ROOT

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
NASTY = [
    None, True, False, 0, -1, 1e308, float("nan"), float("inf"), -0.0, 10**400, "", " ", "\x00", "\ud800", "\u202eE11", "a" * 70_000, "E11.9", "e119",
    "<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "=HYPERLINK(0)", "../../etc/passwd", "{{ 7*7 }}", "%s%n", "\x1b[31m", "9" * 5000,
    "1e999999999", "2026-02-30", "\u0661\u0662", "½", "१", [], {}, [[]], [{}], {"": ""}, {"__class__": "x"}, ["E11.9"] * 5000,
]  # fmt: skip
JSON = st.recursive(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=12), st.integers(), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)


@lru_cache(maxsize=1)
def gallery() -> dict[str, list[Item]]:
    """The items of the gallery by form: each form at least once."""
    found: dict[str, list[Item]] = {}
    for item in Bank(ROOT / "course" / "bank"):
        if item.lesson == "99-01":
            found.setdefault(item.form, []).append(item)
    assert set(found) == set(FORMS)
    return found


def paths(value: object, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value within an answer, the answer itself first."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before, *(way for step, inner in below for way in paths(inner, (*before, step)))]


def wounded(answer: object, way: tuple[Any, ...], how: str, by: object) -> object:
    """The answer with one value replaced, removed, doubled, or given under another name."""
    if not way:
        return by
    answer = copy.deepcopy(answer)
    inner: Any = answer
    for step in way[:-1]:
        inner = inner[step]
    last = way[-1]
    if how == "remove":
        del inner[last]
    elif how == "double" and isinstance(inner, list):
        inner.append(copy.deepcopy(inner[last]))
    elif how == "rename" and isinstance(inner, dict):
        inner[by if isinstance(by, str) else str(last) + "x"] = inner.pop(last)
    else:
        inner[last] = by
    return answer


class Tags(html.parser.HTMLParser):
    """The elements and attributes of a page, as a browser would read them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(name for name, _ in attrs if name.startswith("on"))}


def survives(item: Item, raw: object) -> None:
    """The one promise: AnswerProblem with words to show, or a score within bounds and pages that can be drawn."""
    form = FORMS[item.form]
    try:
        answer = form.parse_answer(raw)
    except AnswerProblem as problem:
        assert 20 < len(str(problem)) < 1200
        with pytest.raises(AnswerProblem):
            score(item, raw)
        return
    result = score(item, raw)
    assert isinstance(result, Score) and 0 <= result.points <= result.possible == item.points
    public = item.public("seed")
    assert all(isinstance(part, str) for line in form.describe(answer, item.key, public.view) for part in line)
    assert form.missing(answer, public.view) is None or isinstance(form.missing(answer, public.view), str)
    form.consequence(item.key, answer, item.context)
    page = Tags()
    page.feed(static_html(public, raw) + feedback_html(item, raw, result, show_key=True, asked=True))
    assert not {"script", "iframe", "img", "onerror", "onload"} & page.found


@pytest.mark.parametrize("form", sorted(FORMS))
@SOME
@given(raw=JSON)
def test_any_json_is_an_answer_or_the_documented_error(form: str, raw: object) -> None:
    for item in gallery()[form]:
        survives(item, raw)


@pytest.mark.parametrize("form", sorted(FORMS))
@SOME
@given(data=st.data())
def test_a_real_answer_with_a_wound_is_scored_or_refused(form: str, data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(gallery()[form]))
    answer: object = data.draw(st.sampled_from([FORMS[form].key_answer(item.key), *FORMS[form].full_answers(item.key)][:4]))
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from(paths(answer)))
        how = data.draw(st.sampled_from(["replace", "remove", "double", "rename"]))
        answer = wounded(answer, way, how, data.draw(st.one_of(st.sampled_from(NASTY), JSON)))
    survives(item, answer)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_value_of_a_real_answer_meets_every_nasty_one(form: str) -> None:
    """Not drawn but all of them: each place of a full answer, replaced by each nasty value in turn."""
    item = gallery()[form][0]
    answer = FORMS[form].key_answer(item.key)
    tried = 0
    for way in paths(answer)[:24]:
        for bad in NASTY:
            survives(item, wounded(answer, way, "replace", bad))
            tried += 1
    assert tried >= 2 * len(NASTY)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_deep_and_wide_answers_are_refused_in_words(form: str) -> None:
    deep: Any = "x"
    for _ in range(4000):
        deep = [deep]
    wide = {f"field-{number}": "x" for number in range(20_000)}
    item = gallery()[form][0]
    answer = FORMS[form].key_answer(item.key)
    for raw in (deep, wide, dict.fromkeys(answer, deep), dict.fromkeys(answer, wide)):
        with pytest.raises(AnswerProblem):
            score(item, raw)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_full_answer_survives_the_way_through_a_file(form: str) -> None:
    for item in gallery()[form]:
        for answer in FORMS[form].full_answers(item.key):
            again = json.loads(json.dumps(answer))
            assert FORMS[form].manual or score(item, again).full
