"""No lesson prints the answer of a graded exercise of its own: a key whose every code stands in the lesson can be copied unread.

Read are the texts and the code of a lesson, practice and exercises left out. What a cell prints when it runs is not read here.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from medcoding.forms import FORMS
from medcoding.items.bank import Bank
from minicourse import ROOT

FORMS_OF_CODES = ("codes", "encounter", "pcs", "stay")
CODE = re.compile(r"(?<![0-9A-Z.])(?:[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?|[0-9A-Z]{7}|[A-V]\d{4})(?![0-9A-Z.]*[0-9A-Z])")

JUDGED = {
    "nights-and-mornings": "three drugs must be classed, and their codes stand apart",
    "two-lines-two-lists": "each drug must be classed; the codes stand apart",
    "quarter-of-a-year-later": "each drug must be classed; the codes stand apart",
    "pressure-check-in-june": "two plain codes; that nothing is left of the stroke must be read",
    "thick-wall-on-echo": "the lesson has the grid of heart and kidney; the place in it must be found",
    "two-causes-for-one-kidney": "both presumed links must be applied together",
    "after-the-big-snow": "infarction, native vessels without angina and pressure must each be found in the summary",
    "cough-since-sunday": "the table has the codes; that both infection and exacerbation are there must be read",
    "worse-on-the-second-evening": "the lesson groups both orders; which is right, and the POA, must be judged",
}
"""Exercises whose codes the lesson prints apart from each other, so that the chart must be judged all the same."""


def key_codes(bank: Bank, item_id: str) -> set[str]:
    """The codes of an item's key."""
    item = bank[item_id]
    return set(CODE.findall(json.dumps(FORMS[item.form].key_answer(item.key))))


def printed(path: Path) -> tuple[str, list[str]]:
    """What a lesson says outside its exercises, and the exercises that it asks."""
    said, asked = [], []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        found = re.search(r'^(exercise|practice)\("([^"]+)"', text, re.MULTILINE) if cell["cell_type"] == "code" else None
        if found:
            asked += [found[2]] if found[1] == "exercise" else []
        else:
            said.append(text)
    return "\n".join(said), asked


@pytest.fixture(scope="module")
def copied() -> set[str]:
    bank = Bank(ROOT / "course" / "bank", strict=False)
    found = set()
    for path in sorted((ROOT / "source").glob("*/*.ipynb")):
        text, asked = printed(path)
        have = set(CODE.findall(text))
        for name in asked:
            if bank[name].form in FORMS_OF_CODES and (codes := key_codes(bank, name)) and codes <= have:
                found.add(name)
    return found


def test_no_lesson_prints_the_whole_key_of_its_own_exercise(copied: set[str]) -> None:
    assert sorted(copied - JUDGED.keys()) == []


def test_what_is_judged_is_asked() -> None:
    assert set(JUDGED) <= {item.id for item in Bank(ROOT / "course" / "bank", strict=False) if item.use == "graded"}


def test_a_printed_key_would_be_found(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "source": ['exercise("one")']},
        {"cell_type": "code", "source": ['book["E11.65"].title, "0TB04ZZ"']},
        {"cell_type": "markdown", "source": ["Not `E11.651` nor AE11.6 nor E11.65X1Y."]},
    ]
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    text, asked = printed(path)
    assert asked == ["one"] and set(CODE.findall(text)) == {"E11.65", "0TB04ZZ", "E11.651"}  # not the beginning of a longer one
