"""progress() on practice: due items, streak, mastery as bars and as a table."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from medcoding import practice, progress
from medcoding.items import Item, publish
from medcoding.items.publication import dump
from medcoding.learning.schedule import Showing
from medcoding.learning.state import PracticeStore
from medcoding.widgets import practice_cell, progress_practice, reviews
from medcoding.widgets.progress_practice import practised, sentence
from test_practice import option
from test_practice_next import NOON, Clock
from widgets_support import Ears, view_on_display


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (reviews, practice_cell, progress_practice):
        monkeypatch.setattr(module, "now", clock)
    return clock


@pytest.fixture
def three(folder: Path, items: list[Item], clock: Clock) -> Path:
    """A fetched copy with three practice items: two of objective 1, one each of 2 and 3; two of P14, one of A1."""
    places = {"try-a": ((1,), ("P14", "A1")), "try-b": ((1, 2), ("P14",)), "try-c": ((3,), ())}
    made = [items[-1].model_copy(update={"id": name, "objectives": o, "domains": d}) for name, (o, d) in places.items()]
    publication = publish([*items[:-1], *made], assignment="01-m", notebook="01-l", secret="s")
    (folder / "items/01-l.json").write_bytes(dump(publication.public()))
    return folder


class Table(HTMLParser):
    """The cells of every row, and every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell = False
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._cell = tag in ("th", "td")
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data


def test_bars_and_table_say_the_same(three: Path) -> None:
    store = PracticeStore(three)
    store.record("try-a", Showing(None, NOON, 1.0))
    store.record("try-b", Showing(None, NOON, 0.5))
    page = Table(practised(three)["html"])
    assert [row for row in page.rows if row[0] != "What"] == [
        ["Lesson 01-01, objective 1", "75%", "2 of 2"],
        ["Lesson 01-01, objective 2", "50%", "1 of 1"],
        ["Lesson 01-01, objective 3", "not practiced yet", "0 of 1"],
        ["CCA A1, classification systems", "100%", "1 of 1"],
        ["CPC P14, ICD-10-CM", "75%", "2 of 2"],
    ]
    pictures = [attributes for _, attributes in page.tags if attributes.get("role") == "img"]
    assert pictures[0]["aria-label"] == (
        "Mastery by objective. Lesson 01-01, objective 1: 75%; Lesson 01-01, objective 2: 50%; Lesson 01-01, objective 3: not practiced yet."
    )
    assert [attributes["style"] for _, attributes in page.tags if attributes.get("class") == "mc-fill"] == [
        f"width:{share}%" for share in (75, 50, 0, 100, 75)
    ]
    assert sum("mc-unseen" in (attributes.get("class") or "") for _, attributes in page.tags) == 1
    assert sum(tag == "caption" for tag, _ in page.tags) == 2 and "scope" in dict(next(a for t, a in page.tags if t == "th"))


def test_objectives_stand_in_words_where_they_came_along(three: Path, items: list[Item]) -> None:
    file = three / "items/01-l.json"
    publication = publish(
        [one.model_copy(update={"id": f"try-{number}", "objectives": (number,)}) for number, one in enumerate([items[-1]] * 3, 1)],
        assignment="01-m", notebook="01-l", secret="s",
    )  # fmt: skip
    file.write_bytes(dump(publication.public(objectives={"01-01": ("Say <this>.", "Do that."), "99-01": ("Of no lesson here.",)})))
    assert "99-01" not in file.read_text() and publication.public().aims == {}
    told = practised(three)["html"]
    assert "01-01: Say &lt;this&gt;</th>" in told and "01-01: Do that</th>" in told and "Lesson 01-01, objective 3</th>" in told


def test_due_new_and_streak_in_words(three: Path, clock: Clock) -> None:
    assert practised(three)["text"] == "Practice: 0 due, 3 new, no streak of days yet."
    PracticeStore(three).record("try-a", Showing(None, NOON - timedelta(days=1), 0.0))
    PracticeStore(three).record("try-b", Showing(None, NOON, 1.0))
    assert practised(three)["text"] == "Practice: 1 due, 1 new, practiced 2 days running."
    clock.at = NOON + timedelta(days=3)
    assert practised(three)["text"] == "Practice: 2 due, 1 new, no streak of days yet."
    assert "practiced 1 day running" in sentence(0, 1, 0)


def test_the_page_follows_each_check_and_keeps_what_it_had(three: Path, ears: Ears, page: Any) -> None:
    progress()
    bar = view_on_display(ears)
    assert bar.state["sentence"] == "0 of 4 exercises answered" and "0 due, 3 new" in bar.state["practice"]["text"]
    assert ears.last["text/plain"] == "0 of 4 exercises answered Practice: 0 due, 3 new, no streak of days yet."
    practice("try-a")
    page({"type": "check", "answer": {"chosen": [option(view_on_display(ears), "Right.")]}})
    assert "2 new, practiced 1 day running" in bar.state["practice"]["text"] and "100%" in bar.state["practice"]["html"]
    assert bar.state["sentence"] == "0 of 4 exercises answered"


def test_without_practice_items_nothing_is_added(folder: Path, items: list[Item]) -> None:
    publication = publish(items[:-1], assignment="01-m", notebook="01-l", secret="s")
    (folder / "items/01-l.json").write_bytes(dump(publication.public()))
    assert practised(folder) == {"text": "", "html": ""}


def test_a_hostile_record_and_hostile_names_are_text(three: Path) -> None:
    path = three / "items/01-l.json"
    path.write_text(path.read_text().replace('"01-01"', '"<script>1</script>"'))
    (three / "practice.json").write_text('{"<img src=x>": 1}')
    found = practised(three)["html"]
    assert "<script" not in found and "<img" not in found and "practice.json" in found and "role='alert'" in found


def test_colours_come_from_the_theme_alone() -> None:
    style = (Path(progress_practice.__file__).parent / "static/base.css").read_text()
    rules = re.findall(r"^\.mc-(?:mastery|practised|bar\.mc-unseen)[^{]*\{([^}]*)\}", style, re.MULTILINE)
    assert len(rules) >= 5 and not any(re.search(r"#[0-9a-f]{3}|rgb|hsl", rule) for rule in rules)
