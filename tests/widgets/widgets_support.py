"""A released folder in tmp_path, a real bank and store, and a kernel's ears instead of a kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from medcoding.items import Item, publish
from medcoding.items.publication import dump

BANK = """
- id: pick-one
  lesson: 01-01
  form: choice
  title: Pick one
  question: Which one?
  key:
    options:
      - {text: The right one., correct: true}
      - {text: The `wrong` one., feedback: No.}
      - {text: Another wrong one., feedback: No.}
  rationale: Because.
  citations: [{course: "a rule of the course"}]
- id: list-codes
  lesson: 01-01
  form: codes
  title: List codes
  chart: |
    Age: 54

    ## Assessment
    <script>alert(1)</script> Obstructive sleep apnea.
  question: Which codes?
  key: {codes: [G47.33]}
  distractors: [{code: R06.81, feedback: The pauses are part of it.}]
  rationale: Because.
  citations: [{guideline: I.A.12.a}]
- id: fill-claim
  lesson: 01-01
  form: encounter
  title: Fill the claim
  question: Fill it.
  key:
    diagnoses: {codes: [D51.0], lead: D51.0}
    lines: [{code: "svc:im-injection", pointers: [D51.0]}]
  distractors: [{code: D51.9, feedback: No.}]
  rationale: Because.
  citations: [{guideline: I.A.12.a}]
- id: closed-codes
  lesson: 01-01
  form: codes
  title: From memory
  closed_book: true
  counts: false
  question: Which code?
  key: {codes: [I10]}
  distractors: [{code: I11.9, feedback: No.}]
  rationale: Because.
  citations: [{guideline: I.A.12.a}]
- id: try-one
  lesson: 01-01
  form: choice
  title: Try one
  use: practice
  question: Which one?
  key:
    options:
      - {text: Right., correct: true}
      - {text: Wrong., feedback: That is the mistake.}
  rationale: The reason why.
  citations: [{course: "a rule of the course"}]
"""


class Ears:
    """Hears what is displayed, updated and sent to the page."""

    def __init__(self) -> None:
        self.shown: list[tuple[dict[str, Any], Any, str | None]] = []
        self.updated: list[tuple[str, dict[str, Any]]] = []
        self.sent: list[dict[str, Any]] = []

    @property
    def last(self) -> dict[str, Any]:
        return self.shown[-1][0]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from medcoding.widgets import practice_cell, progress_cell, records, reviews

    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.delenv("MEDCODING_BANK", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    records.listeners.clear()
    practice_cell._held.clear()
    practice_cell._last.clear()
    reviews._previews.clear()
    progress_cell._notebooks.clear()
    yield


@pytest.fixture
def items(tmp_path: Path) -> list[Item]:
    import yaml

    return [Item.model_validate(entry) for entry in yaml.load(BANK, yaml.BaseLoader)]


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A course folder with a bank and a source folder; returns the folder of the source notebook."""
    (tmp_path / "course/bank/01-m").mkdir(parents=True)
    (tmp_path / "course/bank/01-m/01-l.yaml").write_text(BANK)
    (tmp_path / "nbgrader_config.py").write_text("")
    source = tmp_path / "source/01-m"
    source.mkdir(parents=True)
    return source


@pytest.fixture
def folder(tmp_path: Path, items: list[Item], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A released assignment, the current folder."""
    home = tmp_path / "student/01-m"
    (home / "items").mkdir(parents=True)
    publication = publish(items, assignment="01-m", notebook="01-l", secret="s")
    (home / "items/01-l.json").write_bytes(dump(publication.public()))
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Ears:
    """As if a kernel and a front end were there."""
    from medcoding.widgets import base, copies, exercise_cell, practice_cell, progress_cell

    ears = Ears()

    def show(data: dict[str, Any], display_id: str | None = None, metadata: dict[str, Any] | None = None) -> None:
        ears.shown.append((data, metadata, display_id))

    for module in (copies, exercise_cell, practice_cell):
        monkeypatch.setattr(module, "show", show)
    for module in (exercise_cell, practice_cell, progress_cell):
        monkeypatch.setattr(module, "has_kernel", lambda: True)
    monkeypatch.setattr(copies.Copy, "update", lambda self, data: ears.updated.append((self.display_id, data)))
    monkeypatch.setattr(base.View, "send", lambda self, content, buffers=None: ears.sent.append(content))
    return ears


@pytest.fixture
def page(ears: Ears) -> Any:
    """The page's side of the newest form: page({"type": "answer", ...})."""

    def say(content: dict[str, Any]) -> Any:
        view = view_on_display(ears)
        view._received(view, {"view": "v", "n": len(ears.sent) + 1, **content}, [])
        return view

    return say


def view_on_display(ears: Ears) -> Any:
    """The widget of the newest live output."""
    from ipywidgets.widgets.widget import _instances

    mime = "application/vnd.jupyter.widget-view+json"
    return _instances[next(data[mime]["model_id"] for data, _, _ in reversed(ears.shown) if mime in data)]


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
