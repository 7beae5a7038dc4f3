"""Hints and search: what the book says of a code, never whether it is right; and never in the way of saving."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from medcoding import exercise
from medcoding.findings import Finding, Severity
from medcoding.widgets import lookup
from widgets_support import Ears


@dataclass
class Entry:
    code: str
    title: str
    billable: bool = True


class FakeBook:
    """Two codes, a header and a search, behind the interface of the real book."""

    entries = {"G47.33": "Obstructive sleep apnea", "I10": "Hypertension"}

    def problem(self, code: str) -> Finding | None:
        if code.upper() in self.entries:
            return None
        return Finding(severity=Severity.ERROR, rule="header-code", message=f"{code} is a category, not a code.")

    def __getitem__(self, code: str) -> Entry:
        return Entry(code, self.entries[code.upper()])

    def search(self, text: str, limit: int = 10) -> list[Entry]:
        if text == "boom":
            raise RuntimeError("no")
        return [Entry(code, title) for code, title in self.entries.items() if text.lower() in title.lower()][:limit]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("medcoding.codes.icd10cm")
    module.on = lambda on: FakeBook()  # type: ignore[attr-defined]
    import medcoding.codes

    monkeypatch.setitem(sys.modules, "medcoding.codes.icd10cm", module)
    monkeypatch.setattr(medcoding.codes, "icd10cm", module, raising=False)
    monkeypatch.setattr(lookup, "_openings", {})
    return module


def test_a_valid_code_shows_its_title_and_a_header_a_hint(fake: Any, folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    page({"type": "hints", "answer": {"codes": ["g47.33", "E11", ""]}})
    assert ears.sent[-1]["hints"]["codes"] == [
        {"kind": "title", "text": "Obstructive sleep apnea"},
        {"kind": "hint", "text": "E11 is a category, not a code."},
        {"kind": "none", "text": ""},
    ]


def test_right_and_wrong_codes_get_the_same_kind_of_word(fake: Any, folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    page({"type": "hints", "answer": {"codes": ["G47.33", "I10"]}})
    assert {hint["kind"] for hint in ears.sent[-1]["hints"]["codes"]} == {"title"}


def test_a_code_entered_twice_is_said(fake: Any) -> None:
    assert "entered twice" in lookup.diagnosis_hints(["I10", "i10"], date(2026, 3, 16))[1]["text"]


def test_search_answers_the_message_it_was_asked_in(fake: Any, folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    page({"type": "search", "n": 41, "text": "apnea"})
    sent = ears.sent[-1]
    assert sent["type"] == "search" and sent["n"] == 41 and sent["view"] == "v" and sent["state"] == "ready"
    assert sent["hits"] == [
        {"code": "G47.33", "title": "Obstructive sleep apnea", "billable": True, "head": 0, "marks": [[18, 23]]}
    ]


def test_a_failing_search_says_so_and_does_not_fail(fake: Any, folder: Path, ears: Ears, page: Any) -> None:
    exercise("list-codes")
    page({"type": "search", "text": "boom"})
    assert ears.sent[-1]["state"] == "none" and "no" in ears.sent[-1]["why"]


def test_a_closed_book_answers_no_search_and_gives_no_hint(fake: Any, folder: Path, ears: Ears, page: Any) -> None:
    exercise("closed-codes")
    view = page({"type": "search", "text": "hyper"})
    assert view.item["search"] is False and ears.sent[-1]["hits"] == []
    page({"type": "hints", "answer": {"codes": ["I10"]}})
    assert ears.sent[-1]["hints"] == {}


def test_answers_are_saved_while_the_book_is_being_prepared(fake: Any, folder: Path, ears: Ears, page: Any) -> None:
    gate = threading.Event()
    fake.on = lambda on: gate.wait(10) and FakeBook()
    exercise("list-codes")
    page({"type": "search", "text": "apnea"})
    assert ears.sent[-1]["state"] == "preparing"
    page({"type": "hints", "answer": {"codes": ["I10"]}})
    assert ears.sent[-1]["preparing"] is True
    assert page({"type": "answer", "answer": {"codes": ["I10"]}}).status["state"] == "saved"
    gate.set()
    lookup._openings["icd10cm"].thread.join(10)
    page({"type": "search", "text": "apnea"})
    assert ears.sent[-1]["state"] == "ready"


def test_a_book_that_cannot_be_opened_costs_only_the_hints(fake: Any, folder: Path, ears: Ears, page: Any) -> None:
    def broken(on: object) -> None:
        raise RuntimeError("no room for the index")

    fake.on = broken
    exercise("list-codes")
    page({"type": "search", "text": "apnea"})
    assert ears.sent[-1]["state"] == "none" and "no room" in ears.sent[-1]["why"]
    assert page({"type": "answer", "answer": {"codes": ["I10"]}}).status["state"] == "saved"


def test_service_keys_show_their_plain_words() -> None:
    service = lookup.services()[0]
    assert lookup.service_hint(service.key.upper()) == {"kind": "title", "text": service.plain}
    assert "no service key" in lookup.service_hint("svc:no-such-thing")["text"]
    assert lookup.service_hint("J3420") == {"kind": "none", "text": ""}


def test_an_answer_given_in_code_shows_its_hints(fake: Any, folder: Path, ears: Ears) -> None:
    exercise("list-codes", answer=["E11"])
    assert "Code 1: E11 is a category, not a code." in ears.last["text/html"]


def test_an_error_in_a_message_becomes_an_alert(folder: Path, ears: Ears, page: Any, monkeypatch: Any) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    exercise("list-codes")
    monkeypatch.setattr(lookup, "search", broken)
    assert "unforeseen" in page({"type": "search", "text": "x"}).status["alert"]


def test_the_real_book_speaks_the_same_interface() -> None:
    from medcoding.codes import icd10cm

    try:
        book = icd10cm.on(date(2026, 3, 16))
    except icd10cm.IndexUnavailable as reason:
        pytest.skip(str(reason))
    assert book.problem("G47.33") is None and book["G47.33"].title.startswith("Obstructive sleep apnea")
    finding = book.problem("E11")
    assert finding is not None and "E11" in finding.message
    hit = book.search("sleep apnea", limit=5)[0]
    assert hit.code and hit.title
