"""The view of `text`: the rubric shown, words counted, the text recorded."""

from __future__ import annotations

import json
from typing import Any

from form_items import recorded
from medcoding import exercise
from medcoding.items import Item
from widgets_support import Ears, view_on_display


def test_page_gets_the_rubric_and_neither_model_nor_words_out_of_place(course: dict[str, Item], ears: Ears) -> None:
    exercise("ask-the-attending")
    view = view_on_display(ears).item["view"]
    assert view["rubric"] == [{"text": "<b>Facts</b>", "share": "75%"}, {"text": "Options", "share": "25%"}]
    assert "Zq" not in json.dumps(view) and "MCC" not in json.dumps(view)


def test_words_are_counted_while_typing(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("ask-the-attending")
    page({"type": "hints", "answer": {"text": "one two"}})
    assert ears.sent[-1]["hints"] == {"text": "2 words; 3 to 6 asked for."}


def test_text_given_in_code_is_recorded_and_escaped(course: dict[str, Item], ears: Ears) -> None:
    exercise("ask-the-attending", answer="<script>alert(1)</script> is text")
    assert recorded("ask-the-attending") == {"text": "<script>alert(1)</script> is text"}
    assert "<script>alert" not in ears.last["text/html"]
