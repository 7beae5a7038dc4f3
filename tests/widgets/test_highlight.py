"""The view of `highlight`: the chart as lines, and answers in code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from widgets_support import Ears, view_on_display


def test_page_gets_the_chart_as_text_and_nothing_of_the_key(course: dict[str, Item], ears: Ears) -> None:
    exercise("three-facts")
    item = view_on_display(ears).item
    assert item["chart"] == "", "the form shows the chart itself"
    assert item["view"]["labels"] == ["Condition", "<b>Side</b>"]
    assert item["view"]["lines"] == [{"kind": "field", "text": "Setting: <i>Clinic</i>"}, {"kind": "heading", "text": "Note"}, {"kind": "text", "text": "Right ankle sprain. Films clear."}]
    assert "Zq" not in json.dumps(item)


@pytest.mark.parametrize(
    ("value", "marks"),
    [
        ({"Condition": ["ankle sprain"]}, [("ankle sprain", 0)]),
        ({"Condition": "ankle sprain", "<b>Side</b>": ["Right"]}, [("ankle sprain", 0), ("Right", 1)]),
        (["ankle sprain"], [("ankle sprain", 0)]),
        ("ankle   sprain", [("ankle sprain", 0)]),
        ({"marks": [{"text": "Right", "nth": 1, "label": 1}]}, [("Right", 1)]),
    ],
)
def test_an_answer_in_code_is_texts_or_texts_by_label(course: dict[str, Item], ears: Ears, value: Any, marks: list[tuple[str, int]]) -> None:
    exercise("three-facts", answer=value)
    assert [(mark["text"], mark["label"]) for mark in recorded("three-facts")["marks"]] == marks
    assert "“" in ears.last["text/html"] and "<b>Side" not in ears.last["text/html"]


@pytest.mark.parametrize("value", [7, {"Color": ["red"]}, [7]])
def test_what_is_no_passage_is_refused(course: dict[str, Item], ears: Ears, value: Any) -> None:
    with pytest.raises(MalformedAnswer):
        exercise("three-facts", answer=value)
    assert recorded("three-facts") is None
