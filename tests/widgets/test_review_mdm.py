"""The views of `review` and `mdm`: nothing of the key, titles and hints of the right book, short answers in code."""

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


def test_review_page_shows_suggestions_and_no_verdict(course: dict[str, Item], ears: Ears) -> None:
    exercise("three-suggestions")
    item = view_on_display(ears).item
    first, second, third = item["view"]["suggestions"]
    assert "Zq" not in json.dumps(item) and "M79.661" not in json.dumps(item)
    assert first["title"].startswith("Acute embolism") and (first["basis"], first["confidence"]) == ("no &lt;b&gt;clot&lt;/b&gt;", 91)
    assert second["title"].startswith("Pain in left") and third["title"] == "" and third["html"] == "Please add &lt;i&gt;it&lt;/i&gt;."


def test_review_in_code_names_codes_and_says_what_to_change_to(course: dict[str, Item], ears: Ears) -> None:
    exercise("three-suggestions", answer={"I82.401": "reject", "M79.662": "M79.661", "Please add": "reject", "added": ["Z86.711"]})
    found = recorded("three-suggestions")
    assert sorted(one["verdict"] for one in found["judged"].values()) == ["change", "reject", "reject"] and found["added"] == ["Z86.711"]
    assert "change to M79.661" in ears.last["text/html"]
    with pytest.raises(MalformedAnswer, match="is no suggestion"):
        exercise("three-suggestions", answer={"I10": "accept"})


def test_review_hints_speak_of_new_codes(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("three-suggestions")
    name = view_on_display(ears).item["view"]["suggestions"][1]["id"]
    for _ in range(40):
        page({"type": "hints", "answer": {"judged": {name: {"verdict": "change", "to": "M79.6"}}, "added": ["I10"]}})
        hints = ears.sent[-1]["hints"]
        if hints["codes"][0]["text"]:
            break
    assert hints["to"][name]["kind"] == "hint" and hints["codes"][0]["kind"] == "title"


def test_mdm_page_has_the_grid_and_no_grade(course: dict[str, Item], ears: Ears) -> None:
    exercise("an-earache")
    item = view_on_display(ears).item
    assert "Zq" not in json.dumps(item) and item["view"]["grades"]["data"] == ["minimal", "limited", "moderate", "extensive"]
    assert {one["html"] for one in item["view"]["evidence"]} == {"&lt;b&gt;Amoxicillin&lt;/b&gt;.", "Looks well."}


@pytest.mark.parametrize("evidence", [["Looks well."], [text_id("Looks well.")]])
def test_mdm_in_code_may_name_statements_by_text(course: dict[str, Item], ears: Ears, evidence: list[str]) -> None:
    exercise("an-earache", answer={"problems": "low", "data": "limited", "risk": "moderate", "level": "low", "evidence": evidence})
    assert recorded("an-earache")["evidence"] == [text_id("Looks well.")]
    for wrong in (7, {"evidence": ["Nothing of the kind."]}, {"level": 7}):
        with pytest.raises(MalformedAnswer):
            exercise("an-earache", answer=wrong)
