"""The view of `data`: pandas and plain values recorded from code, and what is typed or pasted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas
import pytest
from form_items import recorded
from medcoding import exercise
from medcoding.items import Item
from medcoding.widgets import MalformedAnswer
from medcoding.widgets.data import typed
from widgets_support import Ears, view_on_display


@pytest.mark.parametrize(("value", "text"), [(20, "20"), (20.0, "20"), (Decimal("20.50"), "20.50"), ("20 days", "20 days"), (pandas.Series([1, 39]).mean(), "20")])
def test_a_number_is_recorded_as_text(course: dict[str, Item], ears: Ears, value: Any, text: str) -> None:
    exercise("mean-days", answer=value)
    assert recorded("mean-days") == {"number": text}


@pytest.mark.parametrize(
    "value", [["Zq2", "Zq1"], ("Zq2", "Zq1"), pandas.Series(["Zq2", "Zq1"]), pandas.Index(["Zq2", "Zq1"]), pandas.Series(["Zq2", "Zq1"]).to_numpy()]
)
def test_a_list_may_come_from_pandas(course: dict[str, Item], ears: Ears, value: Any) -> None:
    exercise("new-leaves", answer=value)
    assert recorded("new-leaves") == {"list": ["Zq2", "Zq1"]}


def test_a_set_has_an_order_of_its_own(course: dict[str, Item], ears: Ears) -> None:
    exercise("new-leaves", answer={"b", "a"})
    assert recorded("new-leaves") == {"list": ["a", "b"]}


FRAME = pandas.DataFrame({"payer": ["A", "B"], "rate": [7.0, float("nan")]})
ROWS = {"table": {"columns": ["payer", "rate"], "rows": [["A", "7"], ["B", ""]]}}


@pytest.mark.parametrize("value", [FRAME, FRAME.set_index("payer"), FRAME.set_index("payer")["rate"], ROWS, ROWS["table"]])
def test_a_table_may_be_a_frame_with_or_without_index(course: dict[str, Item], ears: Ears, value: Any) -> None:
    exercise("rate-table", answer=value)
    assert recorded("rate-table") == ROWS


@pytest.mark.parametrize(
    ("name", "value"),
    [("mean-days", [20]), ("mean-days", float("nan")), ("mean-days", True), ("new-leaves", 7), ("new-leaves", FRAME), ("rate-table", 7), ("rate-table", [1]),
     ("rate-table", pandas.DataFrame({"a": range(30_000)}))],
)  # fmt: skip
def test_what_is_of_another_kind_is_refused(course: dict[str, Item], ears: Ears, name: str, value: Any) -> None:
    with pytest.raises(MalformedAnswer):
        exercise(name, answer=value)
    assert recorded(name) is None


@pytest.mark.parametrize(
    ("text", "kind", "answer"),
    [
        (" 20 ", "number", {"number": "20"}), ("", "table", {}), ("a, b\n\nc", "list", {"list": ["a", "b", "c"]}),
        ("payer,rate\nA,7\nB\n", "table", {"table": {"columns": ["payer", "rate"], "rows": [["A", "7"], ["B", ""]]}}),
        ("payer\trate\nA, Inc.\t7", "table", {"table": {"columns": ["payer", "rate"], "rows": [["A, Inc.", "7"]]}}),
        ('payer,rate\n"A, Inc.",7', "table", {"table": {"columns": ["payer", "rate"], "rows": [["A, Inc.", "7"]]}}),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(text: str, kind: str, answer: dict[str, Any]) -> None:
    assert typed(text, kind) == answer


def test_page_sends_text_and_gets_the_value_back(course: dict[str, Item], ears: Ears, page: Any) -> None:
    exercise("rate-table")
    view = page({"type": "answer", "n": 1, "view": "v", "answer": {"typed": "payer,rate\nA,7"}})
    assert recorded("rate-table") == {"table": {"columns": ["payer", "rate"], "rows": [["A", "7"]]}}
    assert view.answer["table"]["rows"] == [["A", "7"]]
    assert view_on_display(ears).item["view"] == {"kind": "table", "unit": "", "ordered": False}
