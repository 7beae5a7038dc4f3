"""The record of second coding is read strictly, counted by module and form, and stands in docs/quality.md as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from medcoding.cli import main
from medcoding.items.bank import Bank
from medcoding.items.secondcoding import RecordProblem, agreement, read_records
from minicourse import ROOT

ITEM = """\
- id: {id}
  lesson: 05-01
  form: {form}
  title: Which is it
  objectives: [1]
  question: Which?
  key: {key}
  {more}
  rationale: It is so.
  citations:
    - {{guideline: I.A.13}}
"""
CHOICE = {"form": "choice", "key": "{options: [{text: One, correct: true}, {text: Two, feedback: No.}]}", "more": "level: 1"}
CODES = {"form": "codes", "key": "{codes: [I10]}", "more": "distractors: [{code: I15.9, feedback: No.}]"}
RECORD = """\
first-of-all: {agreed: true, on: 2026-11-26}
next-of-all: {agreed: true, on: 2026-11-26, sure: medium, mended: "a word"}
last-of-all: {agreed: false, on: 2026-11-26, mended: "the key", note: "why it stands"}
gone-since: {agreed: true, on: 2026-11-26}
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    module = tmp_path / "bank" / "05-sample"
    module.mkdir(parents=True)
    items = [("first-of-all", CHOICE), ("next-of-all", CODES), ("last-of-all", CODES), ("never-coded", CODES)]
    (module / "01.yaml").write_text("".join(ITEM.format(id=name, **form) for name, form in items))
    (module / "blind.yaml").write_text(RECORD)
    return tmp_path


def test_agreement_is_counted_by_module_and_form(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = agreement(Bank(course / "bank"))
    assert dict(found.counts) == {("05-sample", "choice"): (1, 1), ("05-sample", "codes"): (1, 2)}
    assert (found.total, found.unsure, found.mended) == ((2, 3), 1, 2)
    assert found.table().splitlines() == [
        "| Module | choice | codes | all |", "|---|---|---|---|", "| 05-sample | 1 of 1 | 1 of 2 | 2 of 3 |", "| **all** | 1 of 1 | 1 of 2 | 2 of 3 |",
    ]
    assert main(["coverage", "--bank", str(course / "bank"), "--second-coding"]) == 0
    assert "1 answered without full confidence, 2 mended" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "words"), [
    ("- a", "no mapping"), ("a: [", "no mapping"), ("a: {agreed: true}", "on: Field required"), ("a: {agreed: perhaps, on: 2026-11-26}", "agreed"),
    ("a: {agreed: true, on: 2026-11-26, shure: low}", "shure: Extra inputs"),
])
def test_a_record_that_cannot_be_read_is_named(course: Path, capsys: pytest.CaptureFixture[str], text: str, words: str) -> None:
    (course / "bank/05-sample/blind.yaml").write_text(text)
    with pytest.raises(RecordProblem, match=words):
        read_records(course / "bank")
    assert main(["coverage", "--bank", str(course / "bank"), "--second-coding"]) == 1
    assert words in capsys.readouterr().err


def test_the_page_on_quality_shows_what_the_record_holds() -> None:
    found = agreement(Bank(ROOT / "course" / "bank"))
    text = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    assert found.table() in text, "run 'medcoding coverage --second-coding' and put its table into docs/quality.md"
    assert f"{found.unsure} of the {found.total[1]}" in text and f"{found.mended} had a chart" in text
