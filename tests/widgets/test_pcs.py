"""The view of `pcs`: the walk along the axes, the keys, and answers in code."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.codes import icd10pcs
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from medcoding.widgets.pcs import key_entries, walk
from widgets_support import Ears, view_on_display

ON = date(2026, 3, 16)


@pytest.fixture(autouse=True)
def opened() -> None:
    icd10pcs.on(ON).next_axis("0")


def test_page_gets_nothing_of_the_key(course: dict[str, Item], ears: Ears) -> None:
    exercise("kidney")
    view = view_on_display(ears).item
    assert view["view"] == {"book": "icd10pcs", "given": "", "limit": 12}
    assert "0TB04ZZ" not in json.dumps(view) and "Zq" not in json.dumps(view)


def test_walk_offers_what_the_tables_hold_after_the_values_so_far() -> None:
    axes = walk("0TB____", ON)["axes"]
    assert [axis["name"] for axis in axes][:4] == ["Section", "Body System", "Operation", "Body Part"]
    assert [len(axis["options"]) > 0 for axis in axes] == [True] * 4 + [False] * 3
    assert {option["value"] for option in axes[3]["options"]} == set("01346 7BCD".replace(" ", ""))
    assert next(option for option in axes[2]["options"] if option["value"] == "B")["help"].startswith("A part of a body part is cut out")


def test_walk_stops_where_a_value_is_missing_and_goes_on_after_it() -> None:
    axes = walk("0TB_4ZZ", ON)["axes"]
    assert axes[3]["options"] and not axes[4]["options"] and not axes[6]["options"]
    assert all(axis["options"] for axis in walk("0TB04ZZ", ON)["axes"])


def test_walk_along_a_code_that_no_table_holds_offers_nothing_after_the_break() -> None:
    axes = walk("0TQZZZZ", ON)["axes"]
    assert axes[3]["options"] and not axes[4]["options"]


def test_approach_has_its_definition() -> None:
    options = {option["value"]: option["help"] for option in walk("0TB04ZZ", ON)["axes"][4]["options"]}
    assert options["0"] and options["4"] and options["0"] != options["4"]


def test_message_of_the_page_is_answered(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("kidney")
    page({"type": "walk", "n": 4, "view": "v", "code": "0TB0"})
    reply = ears.sent[-1]
    assert (reply["type"], reply["n"], reply["view"]) == ("walk", 4, "v") and len(reply["axes"]) == 7
    page({"type": "key", "n": 5, "view": "v", "text": "patella"})
    assert ears.sent[-1]["entries"] and "atella" in ears.sent[-1]["entries"][0]["term"]


def test_given_axes_are_filled_in_whatever_the_page_sends(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("kidney-site")
    page({"type": "walk", "n": 1, "view": "v", "code": "1110___"})
    assert [option["value"] for option in ears.sent[-1]["axes"][4]["options"]] == ["0", "3", "4", "7", "8"]


@pytest.mark.parametrize("code", ["", "OI", "é" * 16, "0" * 500, None, 7])
def test_walk_survives_any_text(course: dict[str, Item], ears: Ears, page: Any, code: Any) -> None:
    exercise("kidney")
    page({"type": "walk", "n": 1, "view": "v", "code": code})
    assert len(ears.sent[-1]["axes"]) == 7


def test_closed_book_has_neither_axes_nor_keys(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("kidney-closed")
    page({"type": "walk", "n": 1, "view": "v", "code": "0TB0"})
    assert ears.sent[-1]["axes"] == []
    page({"type": "key", "n": 2, "view": "v", "text": "patella"})
    assert ears.sent[-1]["entries"] == []


def test_hint_is_the_title_or_which_axis_broke(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("kidney")
    page({"type": "hints", "answer": {"procedures": ["0TB04ZZ", "0TT14ZX", "0TB0___"]}})
    title, broken, open_ = ears.sent[-1]["hints"]["procedures"]
    assert title["kind"] == "title" and title["text"].startswith("Excision of Right Kidney")
    assert broken["kind"] == "hint" and "axis 7" in broken["text"]
    assert open_["text"] == ""


@pytest.mark.parametrize(
    ("name", "value", "answer"),
    [
        ("kidney", "0TB04ZZ", ["0TB04ZZ"]), ("kidney", ["0tb04zz", "0TB14ZZ"], ["0tb04zz", "0TB14ZZ"]),
        ("kidney-site", "04", ["___04__"]), ("kidney-site", ["0TB04ZZ"], ["0TB04ZZ"]),
    ],
)  # fmt: skip
def test_an_answer_in_code_is_a_code_or_a_list(course: dict[str, Item], ears: Ears, name: str, value: Any, answer: list[str]) -> None:
    exercise(name, answer=value)
    assert recorded(name) == {"procedures": answer}


def test_what_is_no_list_of_codes_is_refused(course: dict[str, Item], ears: Ears) -> None:
    with pytest.raises(MalformedAnswer):
        exercise("kidney", answer=[7])


def test_keys_put_what_begins_with_the_word_first_and_want_two_letters() -> None:
    assert key_entries("p", ON) == []
    found = key_entries("patella", ON)
    assert found and found[0]["term"].casefold().startswith("patella")
    assert len(key_entries("art", ON)) <= 8
