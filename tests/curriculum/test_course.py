"""The course as it stands: the bank is sound, items were coded twice, lessons have their bones."""

from __future__ import annotations

import json

import pytest
import yaml
from conftest import ROOT
from medcoding.items.bank import Bank
from medcoding.items.check import check
from medcoding.items.notebooks import source_text, uses

NOTEBOOKS = sorted((ROOT / "source").glob("*/*.ipynb"))
BONES = ["## A chart first", "## The rules", "## Try it", "## Exercises", "## What to remember", "## Sources"]


@pytest.fixture(scope="module")
def bank() -> Bank:
    return Bank(ROOT / "course" / "bank", strict=False)


def test_the_bank_and_the_notebooks_have_no_fault(bank: Bank) -> None:
    assert [str(fault) for fault in check(bank, ROOT / "source")] == []


def test_every_graded_item_was_coded_a_second_time_blind(bank: Bank) -> None:
    coded: dict[str, dict] = {}
    for path in (ROOT / "course" / "bank").glob("*/blind.yaml"):
        coded |= yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [item.id for item in bank if item.use == "graded" and item.id not in coded] == []
    assert [name for name, entry in coded.items() if not entry["agreed"] and not entry.get("note")] == []
    assert [name for name in coded if name not in bank] == []


def test_dates_of_service_lie_in_fy2026(bank: Bank) -> None:
    about_change = {"bill-of-mid-october"}
    assert [item.id for item in bank if not "2025-10-01" <= item.on.isoformat() <= "2026-09-30" and item.id not in about_change] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_lesson_has_the_same_bones(path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    headings = [line for cell in cells if cell["cell_type"] == "markdown" for line in source_text(cell).splitlines() if line.startswith("#")]
    assert headings[0].startswith("# ") and sum(line.startswith("# ") for line in headings) == 1
    places = [headings.index(bone) for bone in BONES if bone in headings]
    assert places == sorted(places) and len(places) == len(BONES), [bone for bone in BONES if bone not in headings]
    levels = [len(line) - len(line.lstrip("#")) for line in headings]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), "a heading level is skipped"
    assert source_text(cells[-1]).strip() == "progress()"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_lesson_practises_before_it_grades(path) -> None:
    calls = [use.call for use in uses(json.loads(path.read_text(encoding="utf-8")))]
    assert "practice" in calls and "exercise" in calls
