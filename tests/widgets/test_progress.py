"""progress(): counts what is answered, of the notebook in hand, and follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from medcoding import exercise, progress
from medcoding.items import Item, publish
from medcoding.items.publication import dump
from medcoding.widgets.progress_cell import count
from widgets_support import Ears, view_on_display


def other_notebook(folder: Path, items: list[Item]) -> None:
    renamed = [item.model_copy(update={"id": f"other-{item.id}"}) for item in items]
    publication = publish(renamed, assignment="01-m", notebook="02-l", secret="s")
    (folder / "items/02-l.json").write_bytes(dump(publication.public()))


def test_counts_graded_items_and_follows_while_answering(folder: Path, ears: Ears, page: Any) -> None:
    progress()
    bar = view_on_display(ears)
    assert bar.state["sentence"] == "0 of 4 exercises answered"
    exercise("list-codes")
    page({"type": "answer", "answer": {"codes": ["I10"]}})
    assert bar.state["answered"] == 1
    assert [item["id"] for item in bar.state["open"]] == ["pick-one", "fill-claim", "closed-codes"]
    page({"type": "answer", "answer": {"codes": []}})
    assert bar.state["answered"] == 0


def test_counts_the_notebook_of_the_exercises_shown(folder: Path, items: list[Item], ears: Ears) -> None:
    other_notebook(folder, items)
    progress()
    bar = view_on_display(ears)
    assert bar.state["total"] == 8
    exercise("pick-one")
    assert bar.state["total"] == 4


def test_counts_the_notebook_that_the_kernel_serves(folder: Path, items: list[Item], monkeypatch: Any) -> None:
    other_notebook(folder, items)
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "02-l.ipynb"))
    assert count(folder)["open"][0]["id"] == "other-pick-one"


def test_prints_under_nbgrader(folder: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    progress()
    assert capsys.readouterr().out == "0 of 4 exercises answered\n"


def test_source_counts_nothing(bank: Path, ears: Ears, monkeypatch: Any) -> None:
    monkeypatch.chdir(bank)
    progress()
    state = view_on_display(ears).state
    assert state["total"] == 0 and "nothing is saved" in state["sentence"]


def test_an_unreadable_file_is_said(folder: Path) -> None:
    (folder / "answers.json").write_text("[")
    assert "answers.json" in count(folder)["problem"]
