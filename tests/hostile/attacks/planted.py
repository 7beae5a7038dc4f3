"""What an attack on a submission is, and how one is written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minicourse import FULL

ITEM = "heart-of-the-matter"
"""The exercise that the attacker does not know."""
WRONG_ANSWER = {"codes": ["Z00.00"]}
EARNED = {**FULL, ITEM: 0.0}
NONE = dict.fromkeys(FULL, 0.0)


@dataclass(frozen=True)
class Attack:
    """One attack.

    `plant` is given the course (its `root` and `assignment`) and the submission's folder. `scores` is what it earns; None: the submission stays ungraded.
    `told` are words of a line that the grader reads. Where nothing is told, `harmless` says why there is nothing to tell: an honest student's submission
    might hold the same, or it is never looked at. `nbgrader` is how the other door differs, where nbgrader's own copying of files, which no trait
    reaches, comes first: "untold", "ungraded", or "untried" where it would copy for hours. `stock` is False where a plain course has no counterpart.
    """

    name: str
    theme: str
    about: str
    plant: Callable[[Any, Path], None]
    scores: Mapping[str, float] | None
    told: str = ""
    harmless: str = ""
    nbgrader: str = ""
    stock: bool = True


ATTACKS: list[Attack] = []


def attack(about: str, told: str = "", scores: Mapping[str, float] | None = EARNED, *, harmless: str = "", nbgrader: str = "", stock: bool = True):
    """Register a planting function under its own name and its module's."""

    def register(plant: Callable[[Any, Path], None]) -> Callable[[Any, Path], None]:
        assert bool(told) != bool(harmless), plant.__name__
        theme = plant.__module__.rpartition(".")[2]
        name = plant.__name__.strip("_").replace("_", "-")
        ATTACKS.append(Attack(name, theme, about, plant, scores, told, harmless, nbgrader, stock))
        return plant

    return register


def answers(about: str, told: str, scores: Mapping[str, float] = NONE, *, harmless: str = ""):
    """An attack whose function gives the new content of answers.json from the old."""

    def register(change: Callable[[dict], bytes | str | dict]) -> None:
        def plant(course: Any, folder: Path) -> None:
            path = folder / "answers.json"
            new = change(json.loads(path.read_text(encoding="utf-8")))
            content = json.dumps(new) if isinstance(new, dict) else new
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

        _as(plant, change)
        attack(about, told, scores, harmless=harmless, stock=False)(plant)

    return register


def notebook(about: str, told: str = "", *, harmless: str = "", stock: bool = True):
    """An attack whose function changes the submitted notebook in place."""

    def register(change: Callable[[dict], None]) -> None:
        def plant(course: Any, folder: Path) -> None:
            path = folder / "one.ipynb"
            data = json.loads(path.read_text(encoding="utf-8"))
            change(data)
            path.chmod(0o644)
            path.write_text(json.dumps(data), encoding="utf-8")

        _as(plant, change)
        attack(about, told, harmless=harmless, stock=stock)(plant)

    return register


def content(name: str, about: str, told: str, made: bytes) -> None:
    """An attack that puts other content in the notebook's place."""

    def plant(course: Any, folder: Path) -> None:
        path = folder / "one.ipynb"
        path.chmod(0o644)
        path.write_bytes(made)

    plant.__name__, plant.__module__ = name, "attacks.notebook"
    attack(about, told)(plant)


def put(data: dict, **changes: Any) -> dict:
    """The answers file with changes to the record of one item."""
    data["answers"][ITEM] = {**data["answers"][ITEM], **changes}
    return data


def cell(data: dict, name: str = ITEM) -> dict:
    """A notebook's grade cell."""
    (found,) = [one for one in data["cells"] if one.get("id") == name]
    return found


def _as(plant: Callable[..., Any], change: Callable[..., Any]) -> None:
    plant.__name__, plant.__module__ = change.__name__, change.__module__
