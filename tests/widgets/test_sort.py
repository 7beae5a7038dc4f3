"""The view of `sort`: what the page is sent, and what an answer in code may look like."""

from __future__ import annotations

from typing import Any

import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.forms.match import text_id
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from widgets_support import Ears, view_on_display

RIGHT = {"placed": {text_id("`I10`"): text_id("leaf"), text_id("<b>E11.2</b>"): text_id("header")}}


def test_page_gets_escaped_texts_and_no_key(course: dict[str, Item], ears: Ears) -> None:
    exercise("leaf-or-header")
    view = view_on_display(ears).item["view"]
    assert set(view) == {"items", "bins"} and "Zq" not in str(view)
    assert {entry["html"] for entry in view["items"]} == {"<code>I10</code>", "&lt;b&gt;E11.2&lt;/b&gt;"}
    assert [entry["text"] for entry in view["bins"]] == ["leaf", "header"]


def test_a_change_is_saved_and_says_what_is_open(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("leaf-or-header")
    half = {"placed": {**RIGHT["placed"], text_id("`I10`"): ""}}
    assert page({"type": "answer", "answer": half}).status["missing"] == "Not placed yet: 1 of 2."
    assert recorded("leaf-or-header") == half


@pytest.mark.parametrize("value", [
    RIGHT, {"I10": "leaf", "<b>e11.2</b>": "Header"}, {"leaf": ["I10"], "header": ["<b>E11.2</b>"]}, {"leaf": ("`I10`",), "<b>E11.2</b>": "header"}])
def test_an_answer_in_code_may_go_by_item_or_by_bin(course: dict[str, Item], ears: Ears, value: Any) -> None:
    exercise("leaf-or-header", answer=value)
    assert recorded("leaf-or-header") == RIGHT


@pytest.mark.parametrize(("value", "words"), [
    ({"I10": "branch"}, "'branch' is no bin .* Give one of: 'leaf', 'header'"), ({"branch": ["I10"]}, "'branch' is no bin"),
    ({"leaf": ["I11"]}, "'I11' is no item"), (["I10"], "not an answer of the form 'sort'")])
def test_an_answer_in_code_that_names_nothing_says_so(course: dict[str, Item], ears: Ears, value: Any, words: str) -> None:
    with pytest.raises(MalformedAnswer, match=words):
        exercise("leaf-or-header", answer=value)
