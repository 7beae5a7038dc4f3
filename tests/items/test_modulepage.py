"""A module's page says what its lessons say, and is checked against them."""

from __future__ import annotations

from pathlib import Path

import pytest
from medcoding.items.bank import Bank
from medcoding.items.modulepage import ModulesProblem, module_page, module_pages, page_faults, read_modules

MODULES = """\
04-record: {title: The record, purpose: Read the record as it is., before: []}
05-sample: {title: A sample, purpose: Learn by a sample., before: ["04", "06b"]}
"""
LESSON = "id: 05-0{n}\nnotebook: {name}\ntitle: {title}\nminutes: {minutes}\nobjectives: [Do {title}., Do more.]\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "bank/05-sample").mkdir(parents=True)
    (tmp_path / "source/05-sample").mkdir(parents=True)
    (tmp_path / "modules.yaml").write_text(MODULES)
    for number, name, minutes in ((1, "01-one", 100), (2, "02-checkpoint", 45)):
        (tmp_path / f"bank/05-sample/{name}.lesson.yaml").write_text(LESSON.format(n=number, name=name, title=name[3:], minutes=minutes))
    return tmp_path


def bank(course: Path) -> Bank:
    return Bank(course / "bank", strict=False)


def test_a_page_tells_purpose_order_time_and_objectives(course: Path) -> None:
    page = module_page("05-sample", read_modules(course / "modules.yaml"), bank(course))
    assert page.startswith("# Module 05: A sample\n\nLearn by a sample.\n\n**Before it:** 04 The record; 06b.\n\n**Time:** about 2 and a half hours,")
    assert "| `01-one` | one | 100 | 0 | 0 |" in page and "- Do one." in page
    assert "| `02-checkpoint` |" in page and "Do checkpoint." not in page, "a checkpoint repeats the objectives of its lessons"


@pytest.mark.parametrize(("minutes", "words"), [(5, "half an hour"), (60, "1 hour,"), (100, "1 and a half hours"), (240, "4 hours")])
def test_hours_are_told_in_halves(course: Path, minutes: int, words: str) -> None:
    (course / "bank/05-sample/02-checkpoint.lesson.yaml").unlink()
    (course / "bank/05-sample/01-one.lesson.yaml").write_text(LESSON.format(n=1, name="01-one", title="one", minutes=minutes))
    assert f"about {words}" in module_page("05-sample", read_modules(course / "modules.yaml"), bank(course))


def test_a_page_that_is_missing_or_old_is_a_fault(course: Path) -> None:
    (fault,) = page_faults(bank(course), course / "source")
    assert "medcoding tidy" in fault.message
    ((path, text),) = module_pages(bank(course), course / "source").items()
    path.write_text(text)
    assert not list(page_faults(bank(course), course / "source"))
    path.write_text(text + "x")
    assert len(list(page_faults(bank(course), course / "source"))) == 1


def test_a_course_without_modules_yaml_has_no_pages(course: Path) -> None:
    (course / "modules.yaml").unlink()
    assert not list(page_faults(bank(course), course / "source"))


@pytest.mark.parametrize(("text", "words"), [("[1]", "holds list"), ("a: [", "cannot be read"), ("05-sample: {title: A sample, before: []}", "05-sample: purpose: Field required")])
def test_modules_that_cannot_be_used_are_named(course: Path, text: str, words: str) -> None:
    (course / "modules.yaml").write_text(text)
    with pytest.raises(ModulesProblem, match=words):
        read_modules(course / "modules.yaml")
    (fault,) = page_faults(bank(course), course / "source")
    assert words in fault.message
