"""The view of `claim`: the drawing follows the changes, and nothing of the key is on the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.forms.match import text_id
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from widgets_support import Ears, view_on_display


def test_page_gets_the_drawn_claim_its_boxes_and_nothing_of_the_key(course: dict[str, Item], ears: Ears) -> None:
    exercise("two-boxes")
    item = view_on_display(ears).item
    assert "Zq" not in json.dumps(item) and "Winter" in item["view"]["drawn"]
    assert {"lines.1.pointers", "lines.1.modifiers", "lines.0"} <= {box["path"] for box in item["view"]["boxes"]}
    assert item["view"]["asks"][0]["html"] == "Who &lt;b&gt;pays&lt;/b&gt;?"
    assert "The &lt;i&gt;patient&lt;/i&gt;." in {option["html"] for option in item["view"]["asks"][0]["options"]}


def test_drawing_follows_what_is_typed_and_marks_it(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("two-boxes")
    page({"type": "redraw", "n": 1, "view": "v", "answer": {"changes": {"lines.1.modifiers": "LT", "lines.9.units": "4"}, "asks": {}}})
    html = ears.sent[-1]["html"]
    assert "LT" in html and "Changed by you." in html
    for answer in (None, {"changes": "x"}, {"changes": {"lines.1.date": "<script>"}}, {"changes": {"remarks": "<script>alert(1)</script>"}}):
        page({"type": "redraw", "n": 2, "view": "v", "answer": answer})
        assert ears.sent[-1]["html"] and "<script>" not in ears.sent[-1]["html"]


@pytest.mark.parametrize(
    "value",
    [
        {"changes": {"lines.1.pointers": "A", "lines.2": None}, "asks": {"Who <b>pays</b>?": "Medicare."}},
        {"changes": {"lines.1.pointers": "A", "lines.2": None}, "asks": {text_id("Who <b>pays</b>?"): text_id("Medicare.")}},
    ],
)
def test_an_answer_in_code_may_name_questions_by_their_text(course: dict[str, Item], ears: Ears, value: Any) -> None:
    exercise("two-boxes", answer=value)
    assert recorded("two-boxes") == {"changes": {"lines.1.pointers": "A", "lines.2": None}, "asks": {text_id("Who <b>pays</b>?"): text_id("Medicare.")}}
    assert "struck out" in ears.last["text/html"] and "item 24E, line 2" in ears.last["text/html"]


def test_changes_alone_will_do(course: dict[str, Item], ears: Ears) -> None:
    exercise("two-boxes", answer={"lines.1.pointers": "A"})
    assert recorded("two-boxes") == {"changes": {"lines.1.pointers": "A"}}


@pytest.mark.parametrize("value", [7, ["A"], {"lines.1.pointers": 7}, {"changes": {}, "asks": {"Who <b>pays</b>?": "Nobody."}}])
def test_other_values_are_refused(course: dict[str, Item], ears: Ears, value: Any) -> None:
    with pytest.raises(MalformedAnswer):
        exercise("two-boxes", answer=value)
    assert recorded("two-boxes") is None
