"""The view of `number`: how a number was read, and numbers computed in the notebook."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from widgets_support import Ears, view_on_display


def test_page_gets_unit_and_decimals_only(course: dict[str, Item], ears: Ears) -> None:
    exercise("denial-rate")
    assert view_on_display(ears).item["view"] == {"unit": "%", "decimals": 1}


@pytest.mark.parametrize(("text", "hint"), [
    ("", ""), ("1234.5", "Read as 1,234.5%."), ("−3 %", "Read as -3%."), ("$7", "Read as $7."), ("7 mg", "Read as 7 mg."),
    ("12,5", "“12,5” cannot be read as a number: write decimals with a point and thousands with commas, such as 1,234.50.")])
def test_hint_says_how_a_number_was_read_and_never_whether_it_is_right(course: dict[str, Item], ears: Ears, page: Any, text: str, hint: str) -> None:
    exercise("denial-rate")
    page({"type": "hints", "answer": {"text": text}})
    assert ears.sent[-1]["hints"]["texts"][0]["text"] == hint


def test_malformed_number_is_saved_and_said_to_be_incomplete_even_in_a_closed_book(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("outlier")
    view = page({"type": "answer", "answer": {"text": "about 5"}})
    assert recorded("outlier") == {"text": "about 5"}
    assert "cannot be read as a number" in view.status["missing"]
    page({"type": "hints", "answer": {"text": "5"}})
    assert ears.sent[-1]["hints"] == {}


@pytest.mark.parametrize(("value", "text"), [
    (7, "7"), (7.0, "7"), (84 / 1200 * 100, "7"), (0.1 + 0.2, "0.3"), (-2.5, "-2.5"), (1e6, "1000000"), (Decimal("7.10"), "7.10"),
    (Fraction(1, 8), "0.125"), ("7.0 %", "7.0 %"), ({"text": "7"}, "7")])
def test_a_computed_number_is_recorded_as_one_would_write_it(course: dict[str, Item], ears: Ears, value: Any, text: str) -> None:
    exercise("denial-rate", answer=value)
    assert recorded("denial-rate") == {"text": text}


def test_a_numpy_number_is_a_number(course: dict[str, Item], ears: Ears) -> None:
    numpy = pytest.importorskip("numpy")
    exercise("denial-rate", answer=numpy.float64(84) / numpy.int64(1200) * 100)
    assert recorded("denial-rate") == {"text": "7"}


@pytest.mark.parametrize("value", [True, [7], "seven", "", float("nan"), float("inf"), Decimal("nan"), 1e300])
def test_what_is_no_number_is_refused(course: dict[str, Item], ears: Ears, value: Any) -> None:
    with pytest.raises(MalformedAnswer):
        exercise("denial-rate", answer=value)
    assert recorded("denial-rate") is None


def test_several_fields_are_hinted_at_one_by_one(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("vial")
    view = view_on_display(ears).item["view"]
    assert view == {"fields": [{"label": "Units <given>", "unit": "", "decimals": 0}, {"label": "Number", "identifier": True, "hyphens": False}]}
    page({"type": "hints", "answer": {"texts": ["14", "09876-5432-10"]}})
    assert [hint["text"] for hint in ears.sent[-1]["hints"]["texts"]] == ["Read as 14.", "Read as 09876-5432-10: 11 digits."]
    page({"type": "hints", "answer": {"texts": ["", "ten"]}})
    assert [hint["text"] for hint in ears.sent[-1]["hints"]["texts"]] == ["", "Write digits alone."]


def test_several_numbers_may_be_given_in_code(course: dict[str, Item], ears: Ears) -> None:
    exercise("vial", answer=[14.0, "09876543210"])
    assert recorded("vial") == {"texts": ["14", "09876543210"]}
    assert "Units &lt;given&gt;" in ears.last["text/html"]
    with pytest.raises(MalformedAnswer):
        exercise("vial", answer=14)
