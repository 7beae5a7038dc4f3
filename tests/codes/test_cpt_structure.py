"""CPT and CDT as structure: sections by number, global periods, add-ons, modifiers, teeth. No descriptor anywhere."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import cpt

DATA = Path(__file__).resolve().parents[2] / "course" / "medcoding" / "data"
TABLES = ["cpt_structure.yaml", "cpt_modifiers.yaml", "cdt_structure.yaml", "services.yaml"]


@pytest.fixture(autouse=True)
def no_licensed_file(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("MEDCODING_LICENSED", str(tmp_path_factory.mktemp("none")))


@pytest.mark.parametrize(
    ("number", "title"),
    [  # both ends of each range that the book's table of contents gives
        ("00100", "anesthesia"), ("01999", "anesthesia"), ("99100", "anesthesia"), ("99140", "anesthesia"), ("10004", "surgery"), ("69990", "surgery"),
        ("70010", "radiology"), ("79999", "radiology"), ("80047", "pathology and laboratory"), ("89398", "pathology and laboratory"),
        ("90281", "medicine"), ("99199", "medicine"), ("99500", "medicine"), ("99607", "medicine"), ("99202", "visits"), ("99499", "visits"),
    ],
)  # fmt: skip
def test_number_falls_in_its_section(number, title):
    assert cpt.section_of(number).title == title
    assert cpt.category_of(number).name == "I"


@pytest.mark.parametrize("number", ["00099", "02000", "10003", "69991", "70009", "80046", "90280", "99200", "99608", "1234", "123456", "", "A1234", "٩٩٢١٣"])
def test_number_outside_the_ranges_has_no_section(number):
    assert cpt.section_of(number) is None


@pytest.mark.parametrize(("number", "name", "paid"), [("1234F", "II", False), ("1234t", "III", True), ("1234U", "PLA", True), ("1234M", "MAAA", True)])
def test_shape_tells_the_category(number, name, paid):
    assert (cpt.category_of(number).name, cpt.category_of(number).paid) == (name, paid)
    assert cpt.section_of(number) is None


def test_visits_are_printed_first():
    assert next(iter(cpt.structure()["sections"])) == "visits"
    assert {"new", "revised", "add_on", "exempt", "resequenced"} <= set(cpt.structure()["symbols"])


# ---- global periods ---------------------------------------------------------------------------------------


def test_ninety_days_count_from_the_day_after_surgery():
    period = cpt.GlobalPeriod.of("2026-03-03", 90)
    assert (period.first, period.last) == (dt.date(2026, 3, 2), dt.date(2026, 6, 1))
    assert period.day(dt.date(2026, 3, 3)) == 0
    assert dt.date(2026, 6, 1) in period and dt.date(2026, 6, 2) not in period


def test_minor_periods():
    assert cpt.GlobalPeriod.of("2026-03-03", 10).last == dt.date(2026, 3, 13)
    same = cpt.GlobalPeriod.of("2026-03-03", 0)
    assert same.first == same.last == dt.date(2026, 3, 3)


@pytest.mark.parametrize(("date", "days"), [("2026-03-03", 30), ("never", 90), (dt.date.max, 90)])
def test_period_that_cannot_be_is_refused(date, days):
    with pytest.raises(ValueError):
        cpt.GlobalPeriod.of(date, days)


@given(st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2100, 1, 1)), st.sampled_from([0, 10, 90]))
def test_period_holds_its_own_number_of_days(date, days):
    period = cpt.GlobalPeriod.of(date, days)
    assert (period.last - period.first).days + 1 == {0: 1, 10: 11, 90: 92}[days]


@pytest.mark.parametrize(
    ("what", "why", "modifier"),
    [("procedure", "unplanned return", "78"), ("visit", "unrelated", "24"), ("procedure", "planned", "58"), ("procedure", "unrelated", "79"), ("visit", "decision", "57"), ("visit", "same day", "25")],
)
def test_modifier_tells_why_the_package_does_not_apply(what, why, modifier):
    assert cpt.global_modifier(what, why) == modifier
    assert modifier in cpt.modifiers()


def test_unknown_case_lists_the_cases():
    with pytest.raises(ValueError, match="procedure, unplanned return"):
        cpt.global_modifier("visit", "planned")


def test_modifiers_of_the_curriculum_are_there_with_a_source():
    wanted = ["22", "24", "25", "26", "50", "51", "52", "53", "57", "58", "59", "78", "79"]
    assert set(wanted) <= set(cpt.modifiers())
    assert all(modifier.plain and modifier.citation for modifier in cpt.modifiers().values())
    assert not cpt.modifiers()["51"].add_on


# ---- the book ---------------------------------------------------------------------------------------------


def test_registered_number_is_known_and_any_other_is_only_a_warning():
    book = cpt.on("2026-03-01")
    assert "99213" in book and book["99213"].title == "visits"
    assert book.problem("99213") is None
    warning = book.problem("99291")
    assert (warning.severity, warning.rule) == ("warning", "not-registered") and "service key" in warning.message
    assert book.problem("05000").rule == "between-sections"
    assert book.problem("banana").rule == "not-a-number"
    assert "99213" not in cpt.on("2020-12-31")
    with pytest.raises(cpt.UnknownCode):
        book["99291"]


@given(st.text(max_size=20))
def test_any_text_has_an_answer(text):
    book = cpt.on("2026-03-01")
    assert (book.problem(text) is None) == (text in book)


# ---- no licensed text -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_tables_show_registered_numbers_only_and_no_dental_code(name):
    text = (DATA / name).read_text(encoding="utf-8")
    numbers = set(re.findall(r"(?<![\w.-])(?:\d{5}|\d{4}[FTUM])(?![\w-])", text))
    assert numbers <= set(cpt.registry()), numbers - set(cpt.registry())
    assert re.findall(r"\bD\d{4}\b", text) == []


def test_registry_holds_numbers_and_nothing_that_describes_them():
    rows = yaml.safe_load((DATA / "cpt_registry.yaml").read_text(encoding="utf-8"))
    assert len(rows) <= 60
    titles = {section["title"] for section in cpt.structure()["sections"].values()}
    for row in rows:
        assert row["section"] in titles
        assert cpt.section_of(row["number"]).title == row["section"]


def test_range_ends_are_registered():
    for section in cpt.structure()["sections"].values():
        for pair in section["ranges"]:
            assert set(pair) <= set(cpt.registry())


def test_functions_stay_functions_when_their_modules_are_imported():

    assert callable(cpt.services) and callable(cpt.registry) and callable(cpt.structure)
    assert all(getattr(cpt, name) is not None for name in cpt.__all__)
