"""The view of `codes` over a book that is not ICD-10-CM."""

from __future__ import annotations

from form_items import recorded
from medcoding import exercise
from medcoding.items import Item
from widgets_support import Ears, view_on_display


def test_codes_of_another_book_are_searched_and_hinted_at_in_that_book(course: dict[str, Item], ears: Ears) -> None:
    exercise("walker", answer=["E0143", "E0143X"])
    assert recorded("walker") == {"codes": ["E0143", "E0143X"]}
    shown = ears.last["text/html"]
    assert "Walker, folding, with wheels" in shown and "not the shape" in shown
    exercise("walker")
    assert view_on_display(ears).item["view"]["book"] == "hcpcs"
