"""The course as it stands: the bank is sound, items were coded twice, lessons have their bones."""

from __future__ import annotations

import json

import pytest
import yaml
from medcoding.items.bank import Bank
from medcoding.items.check import check
from medcoding.items.coverage import coverage, read_guide
from medcoding.items.notebooks import source_text, uses
from medcoding.learning.blueprints import blueprint
from minicourse import ROOT

NOTEBOOKS = sorted((ROOT / "source").glob("[0-9]*/*.ipynb"))
LESSONS = [path for path in NOTEBOOKS if not path.stem.endswith("-checkpoint")]
CHECKPOINTS = [path for path in NOTEBOOKS if path.stem.endswith("-checkpoint")]
CHECKPOINT_BONES = ["## How it works", "## Questions", "## Where to go from here"]
BONES = ["## A chart first", "## The rules", "## Try it", "## Exercises", "## What to remember", "## Sources"]


@pytest.fixture(scope="module")
def bank() -> Bank:
    return Bank(ROOT / "course" / "bank", strict=False)


def test_the_bank_and_the_notebooks_have_no_fault(bank: Bank) -> None:
    assert [str(fault) for fault in check(bank, ROOT / "source")] == []


def test_every_lesson_objective_and_section_of_the_guide_has_items(bank: Bank) -> None:
    assert list(coverage(bank, read_guide(ROOT / "course" / "guide.yaml")).gaps) == []


def test_every_exam_domain_has_more_items_than_a_paper_asks(bank: Bank) -> None:
    """Practice and exam items alone: a mock exam draws no graded ones."""
    open_items = [item for item in bank if item.use != "graded"]
    for paper in ("cpc", "cca", "ccs"):
        for area in blueprint(paper).areas:
            fitting = [item for item in open_items if set(item.domains) & set(area.domains)]
            assert len(fitting) >= area.seats, f"{paper}, {area.name}: {len(fitting)} items for {area.seats} seats"


def test_every_graded_and_exam_item_was_coded_a_second_time_blind(bank: Bank) -> None:
    coded: dict[str, dict] = {}
    for path in (ROOT / "course" / "bank").glob("*/blind.yaml"):
        coded |= yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [item.id for item in bank if item.use != "practice" and item.id not in coded] == []
    assert [name for name, entry in coded.items() if not entry["agreed"] and not entry.get("note")] == []
    assert [name for name in coded if name not in bank] == []


def test_dates_of_service_lie_in_fy2026(bank: Bank) -> None:
    about_change = {"bill-of-mid-october", "high-since-the-first-test"}
    assert [item.id for item in bank if not "2025-10-01" <= item.on.isoformat() <= "2026-09-30" and item.id not in about_change] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_has_the_bones_of_its_kind(path) -> None:
    bones = CHECKPOINT_BONES if path in CHECKPOINTS else BONES
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    headings = [line for cell in cells if cell["cell_type"] == "markdown" for line in source_text(cell).splitlines() if line.startswith("#")]
    assert headings[0].startswith("# ") and sum(line.startswith("# ") for line in headings) == 1
    places = [headings.index(bone) for bone in bones if bone in headings]
    assert places == sorted(places) and len(places) == len(bones), [bone for bone in bones if bone not in headings]
    levels = [len(line) - len(line.lstrip("#")) for line in headings]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), "a heading level is skipped"
    assert source_text(cells[-1]).strip() == "progress()"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_practises_and_grades(path) -> None:
    """A lesson of mock exams grades nothing: its papers stand where others have exercises."""
    text = path.read_text(encoding="utf-8")
    calls = [use.call for use in uses(json.loads(text))]
    assert "practice" in calls and ("exercise" in calls or 'mock(\\"cpc\\"' in text)


@pytest.mark.parametrize("path", CHECKPOINTS, ids=lambda path: path.parent.name)
def test_a_checkpoint_asks_at_least_eight_questions_of_one_kind(path) -> None:
    """All are checked at once and count nothing, or all are graded."""
    calls = [use.call for use in uses(json.loads(path.read_text(encoding="utf-8")))]
    assert len(calls) >= 8 and set(calls) in ({"practice"}, {"exercise"})


MAP = {
    "00-01": "choice 9, match 2, sort 3, order 1, number 2, codes 5, encounter 1, wordparts 1, highlight 3",
    "01-01": "choice 6, match 2, sort 1, order 2, number 1, codes 1, data 1",
    "01-02": "choice 4, match 2, sort 2, number 1, codes 1, encounter 1, data 1",
    "01-03": "choice 3, match 2, sort 1, order 1, text 1",
    "02-01": "choice 5, match 3, sort 2, wordparts 24",
    "02-02": "choice 7, match 5, sort 2, codes 6, wordparts 2, highlight 4",
    "03-01": "choice 5, match 5, sort 3, order 4, codes 2, highlight 1",
    "03-02": "choice 8, match 2, sort 4, order 1, number 1, codes 2, highlight 2",
    "03-03": "choice 5, match 4, sort 2, codes 4, highlight 1",
    "04-01": "choice 5, match 3, sort 3, order 2, highlight 4, text 1",
    "04-02": "choice 4, codes 4, highlight 9, review 3",
    "05-01": "choice 5, match 1, sort 3, order 1, number 2, codes 11, data 3",
    "05-02": "choice 7, match 2, sort 2, order 3, codes 11, review 3",
    "05-03": "choice 8, sort 2, order 3, codes 13",
    "06a-01": "choice 5, order 2, codes 16, encounter 2, stay 3, review 2",
    "06a-02": "choice 5, sort 1, order 1, codes 16, encounter 2, review 1",
    "06a-03": "choice 4, order 2, codes 15, encounter 1, stay 4, review 2",
    "06b-01": "choice 4, order 1, codes 17, encounter 2, stay 2, review 2",
    "06b-02": "choice 5, sort 1, order 1, codes 13, stay 4",
    "06b-03": "choice 4, sort 2, order 2, codes 16, encounter 3, highlight 1",
    "06b-04": "choice 5, match 1, sort 2, codes 12, encounter 4",
    "07-01": "choice 5, sort 1, codes 7, encounter 11",
    "07-02": "choice 6, order 2, codes 3, stay 10, review 3",
    "07-03": "choice 5, sort 5, codes 2, stay 10, data 2",
    "08-01": "choice 5, match 2, sort 2, number 1, pcs 10, data 2",
    "08-02": "choice 5, match 1, sort 2, pcs 18",
    "08-03": "choice 5, match 1, sort 2, order 1, pcs 19",
    "08-04": "choice 1, stay 8, pcs 10, highlight 4, review 1",
    "09-01": "choice 10, match 4, sort 5, order 1, number 2",
    "09-02": "choice 6, mdm 22, highlight 2",
    "09-03": "choice 6, number 6, encounter 6, mdm 6",
    "09-04": "choice 12, match 4, sort 2, number 4, encounter 10",
    "10-01": "choice 6, match 3, sort 2, number 3, codes 4, encounter 6",
    "10-02": "choice 5, match 2, sort 3, order 1, number 8, codes 3",
    "11-01": "choice 4, number 10, data 4",
    "11-02": "choice 4, number 8, stay 6, data 4",
    "11-03": "choice 6, sort 3, number 5",
    "11-04": "choice 5, number 5, codes 3, data 3",
    "12-01": "choice 6, match 5, sort 3, order 4, claim 8",
    "12-02": "choice 8, match 2, sort 2, encounter 4, claim 6",
    "12-03": "choice 4, number 6, claim 10, data 4, text 2",
    "13-01": "choice 8, sort 4, highlight 8",
    "13-02": "choice 6, sort 2, number 4, review 4, data 4",
    "13-03": "choice 6, review 4, text 8",
    "14-01": "choice 6, match 3, order 2, number 2, text 1",
    "14-02": "choice 4, match 1, number 3, data 4, text 2",
    "15-01": "choice 3, review 16, data 3",
    "15-02": "choice 4, sort 1, order 1, codes 4, data 10",
}
"""Graded items of the lessons whose map is filled, for the forms that there are."""


@pytest.mark.parametrize("lesson", sorted(MAP))
def test_lesson_has_the_items_of_its_map(bank: Bank, lesson: str) -> None:
    wanted = {form: int(count) for form, count in (entry.split() for entry in MAP[lesson].split(", "))}
    found: dict[str, int] = {}
    for item in bank:
        if item.lesson == lesson and item.use == "graded":
            found[item.form] = found.get(item.form, 0) + 1
    assert found == wanted


@pytest.mark.parametrize("page", ["README.md", "docs/writing-items.md"])
def test_the_example_item_of_the_documentation_is_sound(page: str, tmp_path) -> None:
    import re
    import textwrap

    text = (ROOT / page).read_text(encoding="utf-8")
    example = textwrap.dedent(next(block for block in re.findall(r"```yaml\n(.*?)```", text, re.S) if "- id:" in block))
    (tmp_path / "05-example").mkdir()
    (tmp_path / "05-example" / "items.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "05-example" / "x.lesson.yaml").write_text("id: 05-02\nnotebook: x\ntitle: x\nminutes: 1\nobjectives: [a, b, c]\n")
    bank = Bank(tmp_path, strict=False)
    assert len(bank) == 1 and [str(fault) for fault in check(bank)] == []


def test_glossary_and_facts_are_well_formed() -> None:
    from importlib.resources import files

    from medcoding.facts import facts

    glossary = yaml.safe_load(files("medcoding").joinpath("data/glossary.yaml").read_text(encoding="utf-8"))
    assert len(glossary) >= 70 and all(isinstance(text, str) and text.endswith(".") for text in glossary.values())
    assert all(fact.source and fact.as_of for fact in facts().values())


def test_counts_in_the_facts_file_are_what_the_book_holds() -> None:
    from medcoding.codes import icd10cm
    from medcoding.facts import fact

    codes = [code.code.replace(".", "") for code in icd10cm.on("2026-03-16")]
    assert fact("icd10cm-billable").value == len(codes)
    assert fact("icd10cm-seven-character").value == sum(len(code) == 7 for code in codes)
    assert fact("icd10cm-three-character").value == sum(len(code) == 3 for code in codes)
    assert fact("icd10cm-letter-second").value == sum(code[1].isalpha() for code in codes)
    assert fact("icd10cm-s-and-t").value == sum(code[0] in "ST" for code in codes)


def test_counts_of_the_procedure_book_are_what_it_holds() -> None:
    from medcoding.codes import icd10pcs
    from medcoding.facts import fact

    codes = [code.code for code in icd10pcs.on("2026-03-16")]
    assert fact("icd10pcs-valid").value == len(codes)
    assert fact("icd10pcs-tables").value == len({code[:3] for code in codes})
    assert fact("icd10pcs-sections").value == len({code[0] for code in codes})
    assert fact("icd10pcs-medical-surgical").value == sum(code[0] == "0" for code in codes)
