"""The view of `stay`: nothing of the key, hints of both books, and the MS-DRG in practice only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from form_items import recorded
from medcoding import exercise, practice
from medcoding.forms.match import text_id
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from widgets_support import Ears, view_on_display


def test_page_gets_nothing_of_the_key(course: dict[str, Item], ears: Ears) -> None:
    exercise("ulcer-stay")
    item = view_on_display(ears).item
    text = json.dumps(item)
    assert "K26" not in text and "0W3P8ZZ" not in text and "378" not in text and "Zq" not in text
    assert {option["html"] for option in item["view"]["query"]} == {"No &lt;b&gt;query&lt;/b&gt;.", "Ask."}


def test_hints_come_from_both_books_and_speak_of_indicators(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("ulcer-stay")
    answer = {"principal": {"code": "K26.4", "poa": "Y"}, "others": [{"code": "D6", "poa": ""}, {"code": "D62", "poa": "Q"}], "procedures": [{"code": "0W3P8ZX", "date": ""}]}
    for _ in range(40):
        page({"type": "hints", "answer": answer})
        hints = ears.sent[-1]["hints"]
        if hints["diagnoses"][0]["text"] and hints["procedures"][0]["text"]:
            break
    first, short, wrong = hints["diagnoses"]
    assert first["kind"] == "title" and short["kind"] == "hint" and "present-on-admission" in wrong["text"]
    assert hints["procedures"][0]["kind"] == "hint"


def test_graded_stay_shows_no_group_while_it_is_answered(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("ulcer-stay")
    page({"type": "live", "answer": {"principal": {"code": "K26.4", "poa": "Y"}}})
    assert ears.sent[-1]["text"] == ""


def test_practice_stay_shows_the_group_of_what_is_entered_so_far(course: dict[str, Item], ears: Ears, page: Any) -> None:
    practice("ulcer-practice")
    page({"type": "live", "answer": {"principal": {"code": "K26.4", "poa": "Y"}}})
    assert ears.sent[-1]["text"].startswith("MS-DRG 379 ")
    page({"type": "live", "answer": {"principal": {"code": "K26.4", "poa": "Y"}, "others": [{"code": "D62", "poa": "Y"}]}})
    assert ears.sent[-1]["text"].startswith("MS-DRG 378 ") and "$6,864.90" in ears.sent[-1]["text"]
    for answer in (None, {"principal": "x"}, {"principal": {"code": "D6", "poa": "Y"}}, {}):
        page({"type": "live", "answer": answer})
        assert isinstance(ears.sent[-1]["text"], str)
    view = page({"type": "check", "answer": {"principal": {"code": "K26.4", "poa": "Y"}}})
    assert "What it would have done" in view.feedback and "MS-DRG 379 instead of 378" in view.feedback and "<h5>Key</h5>" not in view.feedback
    assert "<h5>Key</h5>" in page({"type": "show-key"}).feedback


@pytest.mark.parametrize(
    "value",
    [
        {"principal": ("K26.4", "Y"), "others": [("D62", "Y"), "Z79.01"], "procedures": ["0W3P8ZZ"], "query": "Ask."},
        {"principal": {"code": "K26.4", "poa": "Y"}, "others": [{"code": "D62", "poa": "Y"}, {"code": "Z79.01"}], "procedures": [{"code": "0W3P8ZZ"}], "query": text_id("Ask.")},
    ],
)
def test_an_answer_in_code_may_be_short(course: dict[str, Item], ears: Ears, value: Any) -> None:
    exercise("ulcer-stay", answer=value)
    found = recorded("ulcer-stay")
    assert found["principal"] == {"code": "K26.4", "poa": "Y"} and [entry["code"] for entry in found["others"]] == ["D62", "Z79.01"]
    assert found["query"] == text_id("Ask.") and "Chronic or unspecified duodenal ulcer" in ears.last["text/html"]


@pytest.mark.parametrize("value", [7, ["K26.4"], {"principal": 7}, {"query": "Perhaps."}])
def test_other_values_are_refused(course: dict[str, Item], ears: Ears, value: Any) -> None:
    with pytest.raises(MalformedAnswer):
        exercise("ulcer-stay", answer=value)
    assert recorded("ulcer-stay") is None
