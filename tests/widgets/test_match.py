"""The view of `match`: what the page is sent, and what an answer in code may look like."""

from __future__ import annotations

from typing import Any

import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.forms.match import text_id
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from widgets_support import Ears, view_on_display

RIGHT = {"pairs": {text_id("Coder"): text_id("assigns `codes`"), text_id("<b>Biller</b>"): text_id("submits the claim")}}


def test_page_gets_escaped_texts_and_no_key(course: dict[str, Item], ears: Ears) -> None:
    exercise("who-does-what")
    view = view_on_display(ears).item["view"]
    assert set(view) == {"lefts", "rights", "reuse"} and "Zq" not in str(view)
    assert {entry["html"] for entry in view["lefts"]} == {"Coder", "&lt;b&gt;Biller&lt;/b&gt;"}
    assert {(entry["text"], entry["html"]) for entry in view["rights"]} >= {("assigns codes", "assigns <code>codes</code>")}


def test_a_change_is_saved_and_says_what_is_open(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("who-does-what")
    half = {"pairs": {**RIGHT["pairs"], text_id("Coder"): ""}}
    view = page({"type": "answer", "answer": half})
    assert recorded("who-does-what") == half
    assert view.status["missing"] == "Not matched yet: 1 of 2."
    assert page({"type": "answer", "answer": RIGHT}).status["missing"] is None


@pytest.mark.parametrize("value", [RIGHT, {"coder": "Assigns codes", "<b>Biller</b>": "submits the claim"}, {"Coder": text_id("assigns `codes`"), "<b>biller</b>": "submits  the claim"}])
def test_an_answer_in_code_may_use_texts_or_ids(course: dict[str, Item], ears: Ears, value: Any) -> None:
    exercise("who-does-what", answer=value)
    assert recorded("who-does-what") == RIGHT
    assert "submits the claim" in ears.last["text/plain"]


def test_an_answer_in_code_for_some_leaves_the_rest_open(course: dict[str, Item], ears: Ears) -> None:
    exercise("who-does-what", answer={"Coder": "signs the note"})
    assert "Not matched yet: 1 of 2." in ears.last["text/html"]


@pytest.mark.parametrize(("value", "words"), [
    ({"Nurse": "signs the note"}, "'Nurse' is no left text .* Give one of: .*'Coder'"), ({"Coder": "sleeps"}, "'sleeps' is no right text"),
    ({"Coder": 1}, "'1' is no right text"), ("Coder", "not an answer of the form 'match'"), (["Coder"], "not an answer")])
def test_an_answer_in_code_that_names_nothing_says_so(course: dict[str, Item], ears: Ears, value: Any, words: str) -> None:
    with pytest.raises(MalformedAnswer, match=words):
        exercise("who-does-what", answer=value)
    assert recorded("who-does-what") is None
