"""Drift: what of a bank holds on its own date and would not hold on another, and which codes to look at instead."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import nbformat
import pytest
from medcoding import cli
from medcoding.codes.dates import DateOutOfRange
from medcoding.codes.successors import successors
from medcoding.items.bank import Bank
from medcoding.items.drift import drift

OWN, OCTOBER, BEFORE = dt.date(2026, 3, 16), dt.date(2026, 10, 1), dt.date(2025, 9, 30)
ITEMS = """\
- id: tight-heel
  lesson: 05-01
  form: codes
  title: Tight heel
  on: 2026-03-16
  objectives: [1]
  question: Which code?
  key: {codes: [M72.2]}
  distractors:
    - code: G35.D
      feedback: Nothing speaks of it.
    - {code: G35, status: not-in-force, feedback: Divided in October 2025. }
  rationale: The heel, `M72.2`; not `D69.1`, nor `E11`.
  citations: [{note: M72}]
- id: plain-pneumonia
  lesson: 05-01
  form: codes
  title: Plain pneumonia
  on: 2026-03-16
  objectives: [1]
  question: Which code?
  key: {codes: [J18.9]}
  rationale: The lungs, `J18.9`.
  citations: [{note: J18}]
"""


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    folder = tmp_path / "course" / "bank" / "05-sample"
    folder.mkdir(parents=True)
    (folder / "items.yaml").write_text(ITEMS)
    return Bank(folder.parent)


def test_nothing_drifts_on_the_items_own_date(bank):
    assert drift(bank, OWN) == []


def test_a_key_divided_next_october_is_found_with_the_codes_that_replace_it(bank):
    (key, prose) = drift(bank, OCTOBER)
    assert (key.item, key.where, key.code, key.line) == ("tight-heel", "key.codes.0", "M72.2", 8)
    assert [(one.code, one.certain) for one in key.instead] == [("M72.20", True), ("M72.21", True), ("M72.22", True)]
    assert (prose.where, prose.code) == ("rationale", "D69.1")
    assert [one.code for one in prose.instead] == ["D69.11", "D69.19"]
    assert prose.message == "`D69.1` stands in the text; it is complete on 2026-03-16 and divided on 2026-10-01"


def test_distractors_are_held_to_what_they_claim(bank):
    found = {(one.where, one.code): one for one in drift(bank, BEFORE)}
    assert set(found) == {("distractors.0", "G35.D"), ("distractors.1", "G35")}
    assert [one.code for one in found["distractors.0", "G35.D"].instead] == ["G35"]
    assert found["distractors.1", "G35"].instead == ()  # valid then: the claim is wrong, no code is missing


def test_a_code_crossed_out_in_a_text_must_stay_unreportable(tmp_path):
    folder = tmp_path / "bank" / "05-sample"
    folder.mkdir(parents=True)
    (folder / "items.yaml").write_text(ITEMS.replace("nor `E11`", "nor `E78.01`✗, nor `G35.D`"))
    found = {one.code: one.message for one in drift(Bank(folder.parent), BEFORE) if one.where == "rationale"}
    assert set(found) == {"E78.01"}  # G35.D is told at the distractor that claims it
    assert found["E78.01"] == "`E78.01`✗ is marked as not reportable, but it is valid on 2025-09-30"


def test_a_fault_of_today_is_no_drift(tmp_path):
    folder = tmp_path / "bank" / "05-sample"
    folder.mkdir(parents=True)
    (folder / "items.yaml").write_text(ITEMS.replace("codes: [J18.9]", "codes: [J18.99]"))
    assert {one.item for one in drift(Bank(folder.parent), OCTOBER)} == {"tight-heel"}


def test_lessons_are_looked_at_too(bank, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Fine: `J18.9`."), nbformat.v4.new_markdown_cell("Soon divided: `M72.2`.")])
    path = tmp_path / "source" / "05-sample" / "01-lesson.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    (one,) = [one for one in drift(bank, OCTOBER, tmp_path / "source") if not one.item]
    assert one.file.endswith("01-lesson.ipynb")
    assert (one.where, one.code, [other.code for other in one.instead]) == ("cell 2", "M72.2", ["M72.20", "M72.21", "M72.22"])


def test_progress_counts_the_items(bank):
    seen: list[tuple[int, int]] = []
    drift(bank, OWN, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_a_date_without_a_book_is_refused(bank):
    with pytest.raises(DateOutOfRange):
        drift(bank, dt.date(2010, 1, 1))


@pytest.mark.parametrize(
    ("book", "code", "date", "since", "expected"),
    [
        ("icd10cm", "E78.01", "2025-10-01", "2025-09-30", [("E78.010", True), ("E78.011", True), ("E78.019", True)]),
        ("icd10cm", "N18.31", "2019-01-01", "2026-01-01", [("N18.3", True)]),
        ("service", "svc:im-injection", "2019-01-01", "2026-01-01", []),
        ("icd10cm", "nonsense", "2019-01-01", "2026-01-01", []),
        ("icd10pcs", "0000000", "2019-01-01", "2026-01-01", []),
        ("hcpcs", "J0000", "2019-01-01", "2026-01-01", []),
        ("icd10cm", "E78.01", "1990-01-01", "2025-09-30", []),
    ],
)
def test_successors_that_the_book_names_are_certain(book, code, date, since, expected):
    found = successors(book, code, dt.date.fromisoformat(date), dt.date.fromisoformat(since))
    assert [(one.code, one.certain) for one in found] == expected


def test_a_likeness_of_titles_is_said_to_be_no_more():
    found = successors("icd10pcs", "0TT04ZG", dt.date(2019, 1, 1), OWN)
    assert found and not any(one.certain for one in found)
    assert all(one.why == "nearest by title" for one in found)


def test_the_command_fails_where_anything_drifts(bank, capsys):
    arguments = ["codes", "drift", "--bank", str(bank.folder), "--no-source"]
    assert cli.main([*arguments, "2026-03-16"]) == 0
    assert "0 things would not hold, in 0 of 2 items." in capsys.readouterr().out
    assert cli.main([*arguments, "2026-10-01"]) == 1
    printed = capsys.readouterr().out
    assert "items.yaml:8: tight-heel: key.codes.0: M72.2" in printed
    assert "now: M72.20" in printed and "2 things would not hold, in 1 of 2 items." in printed
    assert cli.main([*arguments, "someday"]) == 1
    assert "year-month-day" in capsys.readouterr().err
