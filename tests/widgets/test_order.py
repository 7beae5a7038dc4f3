"""The view of `order`: the list as it is shown is no answer; a list in code is."""

from __future__ import annotations

from typing import Any

import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.forms.match import text_id
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from widgets_support import Ears, view_on_display

TEXTS = ["`Right` atrium", "<b>valve</b>", "Right ventricle", "Lungs"]


def test_page_gets_escaped_texts_and_no_key(course: dict[str, Item], ears: Ears) -> None:
    exercise("through-the-heart")
    view = view_on_display(ears).item["view"]
    assert set(view) == {"items"} and "Zq" not in str(view)
    assert {entry["html"] for entry in view["items"]} == {"<code>Right</code> atrium", "&lt;b&gt;valve&lt;/b&gt;", "Right ventricle", "Lungs"}


def test_list_as_shown_is_no_answer(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("through-the-heart")
    assert view_on_display(ears).status["state"] == "unanswered" and recorded("through-the-heart") is None
    view = page({"type": "answer", "answer": {"order": []}})
    assert view.status["missing"] == "The order is neither changed nor kept yet."
    assert page({"type": "answer", "answer": {"order": [text_id(text) for text in TEXTS]}}).status["missing"] is None


@pytest.mark.parametrize("value", [TEXTS, tuple(TEXTS), [text_id(text) for text in TEXTS], ["right atrium", *TEXTS[1:]], {"order": [text_id(text) for text in TEXTS]}])
def test_an_answer_in_code_is_a_list(course: dict[str, Item], ears: Ears, value: Any) -> None:
    exercise("through-the-heart", answer=value)
    assert recorded("through-the-heart") == {"order": [text_id(text) for text in TEXTS]}


@pytest.mark.parametrize(("value", "words"), [(["Heart"], "'Heart' is no item"), ([1], "'1' is no item"), ("Lungs", "not an answer of the form 'order'")])
def test_an_answer_in_code_that_names_nothing_says_so(course: dict[str, Item], ears: Ears, value: Any, words: str) -> None:
    with pytest.raises(MalformedAnswer, match=words):
        exercise("through-the-heart", answer=value)
