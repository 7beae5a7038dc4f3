"""The encoder's questions, put as the page puts them; its file of pins is one of the test's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from medcoding.widgets import lookup, shelf
from medcoding.widgets.asking import answer

ON = "2026-03-16"


def said(parts: list[dict[str, str]]) -> str:
    """A line of parts as plain text."""
    return "".join(part["text"] for part in parts)


def codes_in(lines: list[list[dict[str, str]]]) -> list[str]:
    """The codes that lines lead to."""
    return [part["code"] for line in lines for part in line if "code" in part]


@pytest.fixture
def shelf_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """History and pins in a folder of their own."""
    monkeypatch.setenv("MEDCODING_SHELF", str(tmp_path / "shelf"))
    monkeypatch.setattr(shelf, "_remembered", {"pins": [], "history": []})
    return tmp_path / "shelf" / "encoder.json"


@pytest.fixture
def ask(shelf_file: Path) -> Callable[..., Any]:
    """ask("search", text="htn"): the answer, after the book was opened."""

    def asked(what: str, /, **content: Any) -> Any:
        message = {"on": ON, "book": "icd10cm", **content, "ask": what}
        lookup.book(dt.date(2026, 3, 16), wait=120, name=message["book"])
        return answer(message)

    return asked
