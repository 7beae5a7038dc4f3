"""The HCPCS book: what is in force when, what a unit is, what is wrong with a code, and what search finds."""

from __future__ import annotations

import csv
import datetime as dt
import pickle
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import hcpcs
from medcoding.codes.ndc import DoseError

DATA = Path(__file__).resolve().parents[2] / "course" / "medcoding" / "data"
CURRICULUM = ["E0135", "E0143", "G0008", "G0378", "G0438", "G0439", "G0463", "G2211", "J0696", "J1100", "J1885", "J2405", "J3420", "Q2039"]
MODIFIERS = ["AA", "GA", "GX", "GY", "GZ", "JW", "JZ", "KX", "LT", "NU", "QK", "QX", "QZ", "RR", "RT", "TC", "XE", "XP", "XS", "XU"]


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch, tmp_path_factory):
    """No official file is installed, whatever this machine has."""
    from medcoding.codes.hcpcs.book import forget

    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path_factory.mktemp("none")))
    forget()
    yield
    forget()


@pytest.fixture
def book():
    return hcpcs.on("2026-03-01")


def test_teaching_table_is_large_and_covers_every_letter_with_codes(book):
    assert len(book) >= 300
    letters = {code.code[0] for code in book}
    # D is licensed, F I N O have no codes, U has none in the release that the table was checked against.
    assert letters == set("ABCEGHJKLMPQRSTV")
    assert set(book.letter_ranges) == set("ABCDEFGHIJKLMNOPQRSTUV")


def test_codes_and_modifiers_of_the_curriculum_are_there(book):
    assert [code for code in CURRICULUM if code not in book] == []
    assert [code for code in MODIFIERS if code not in book.modifiers] == []
    assert len(book.modifiers) >= 70


@pytest.mark.parametrize(
    ("code", "dose", "units"),
    [  # worked by hand: dose over the amount of one unit, rounded up
        ("J1885", 60, 4), ("J0696", 1000, 4), ("J1100", 8, 8), ("J2405", 4, 4), ("J3420", 1000, 1), ("J3420", 1001, 2),
        ("J0171", "0.3", 3), ("J1650", 40, 4), ("J2543", "3.375", 3), ("J1817", 51, 2), ("J3480", 20, 10), ("J7030", 1000, 1),
    ],
)  # fmt: skip
def test_dose_becomes_units(book, code, dose, units):
    assert book[code].units_for(dose) == units


def test_unit_of_an_item_is_no_amount(book):
    assert book["E0143"].unit_amount is None
    with pytest.raises(DoseError, match="count the items"):
        book["E0143"].units_for(1)
    assert book["J3420"].unit_amount == Decimal(1000)
    assert book["J3420"].unit_measure == "mcg"


def test_case_and_space_do_not_matter(book):
    assert " j3420 " in book
    assert book["j3420"] is book["J3420"]
    assert None not in book and 3420 not in book


def test_code_is_in_force_from_its_day():
    assert "G2211" not in hcpcs.on("2020-12-31")
    assert "G2211" in hcpcs.on("2021-01-01")
    finding = hcpcs.on(dt.date(2020, 6, 1)).problem("G2211")
    assert finding is not None and finding.rule == "not-valid-on-date" and "2021-01-01" in finding.message


def test_modifier_is_in_force_from_its_day():
    assert "JZ" not in hcpcs.on("2022-12-31").modifiers
    assert "JZ" in hcpcs.on("2023-01-01").modifiers
    finding = hcpcs.on("2022-12-31").modifier_problem("JZ")
    assert finding is not None and finding.rule == "modifier-not-valid-on-date"
    assert hcpcs.on("2026-01-01").modifier_problem("25") is None


@pytest.mark.parametrize(
    ("text", "rule", "word"),
    [
        ("J3420-JW", "modifier-attached", "J3420"), ("J3420JW", "modifier-attached", "JW"), ("JO696", "unknown-code", "J0696"),
        ("D" + "0120", "licensed-code", "American Dental Association"), ("99" + "213", "licensed-code", "service key"),
        ("E11.65", "unknown-code", "one letter"), ("Q9999", "not-in-teaching-table", "official CMS file"), ("", "unknown-code", "such as J3420"),
        ("x" * 40, "too-long", "40"), ("W1234", "unknown-code", "A to V"), ("é", "unknown-code", "such as J3420"),
    ],
)  # fmt: skip
def test_problem_says_what_is_wrong(book, text, rule, word):
    finding = book.problem(text)
    assert finding is not None
    assert finding.rule == rule
    assert word in finding.message


def test_teaching_table_only_warns_of_what_it_does_not_hold(book):
    assert book.problem("Q9999").severity == "warning"
    assert not book.complete


def test_unknown_code_is_a_key_error_that_teaches(book):
    with pytest.raises(hcpcs.UnknownCode, match="teaching table"):
        book["J9998"]
    with pytest.raises(KeyError):
        book["nonsense"]


@pytest.mark.parametrize("date", ["", "yesterday", "2026-13-01", "1999-12-31", None, 7])
def test_date_out_of_range_is_refused(date):
    with pytest.raises(hcpcs.DateOutOfRange):
        hcpcs.on(date)


def test_letter_range_tells_what_a_letter_is_for():
    assert "drugs" in hcpcs.letter_range("J").title
    assert hcpcs.letter_range("j1885").letter == "J"
    assert not hcpcs.letter_range("D").open
    assert not hcpcs.letter_range("O").used
    with pytest.raises(hcpcs.UnknownCode, match="A to V"):
        hcpcs.letter_range("W")


def test_indicators_have_meanings(book):
    code = book["J3420"]
    assert code.coverage_note == "special coverage instructions apply"
    assert code.pricing_notes == ("drugs",)
    for code in book:
        assert code.coverage == "" or code.coverage_note
        assert all(code.pricing_notes)
        assert code.source and code.valid_from


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("rocephin", "J0696"), ("toradol", "J1885"), ("ketoralac", "J1885"), ("b12 shot", "J3420"), ("vitamin b-12 injection", "J3420"),
        ("folding walker with front wheels", "E0143"), ("diabetic test strips", "A4253"), ("ambulance miles", "A0425"), ("flu shot", "G0008"),
        ("annual wellness visit", "G0439"), ("hospital observation", "G0378"), ("zofran", "J2405"), ("knee immobilizer", "L1830"),
        ("cpap", "E0601"), ("hearing aid battery", "V5266"), ("wheelchair lightweght", "K0003"), ("portable oxygen concentrator", "E1392"),
        ("j342", "J3420"), ("normal saline liter", "J7030"), ("interpreter", "T1013"), ("foley cath", "A4338"), ("decadron", "J1100"),
    ],
)  # fmt: skip
def test_search_finds_the_code_among_the_first_five(book, words, code):
    assert code in [hit.code for hit in book.search(words, limit=5)]


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text):
    book = hcpcs.on("2026-03-01")
    book.search(text, limit=3)
    finding = book.problem(text)
    assert (finding is None) == (text in book)
    book.modifier_problem(text)
    book.nearest(text)


@given(st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2100, 1, 1)), st.sampled_from(CURRICULUM))
def test_code_once_in_force_stays_so_while_no_end_is_known(date, code):
    later = date + dt.timedelta(days=365)
    assert code not in hcpcs.on(date) or code in hcpcs.on(later)


def test_book_crosses_processes(book):
    assert pickle.loads(pickle.dumps(book)) == book


def test_table_has_no_licensed_number():
    text = (DATA / "hcpcs_codes.csv").read_text(encoding="utf-8")
    codes = [row["code"] for row in csv.DictReader(text.splitlines())]
    assert codes == sorted(set(codes))
    assert [code for code in codes if not re.fullmatch(r"[A-CEG-HJ-MP-V]\d{4}", code)] == []
    titles = text + (DATA / "hcpcs_modifiers.yaml").read_text(encoding="utf-8") + (DATA / "hcpcs_letters.yaml").read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.,-])\d{5}(?![\w-])|\bD\d{4}\b", titles) == []


def test_modifiers_are_complete_and_in_order():
    table = yaml.safe_load((DATA / "hcpcs_modifiers.yaml").read_text(encoding="utf-8"))
    assert list(table) == sorted(table)
    for code, row in table.items():
        assert re.fullmatch(r"[A-Z0-9]{2}", code) and not code.isdigit()
        assert row["plain"] and row["group"] and row["who"]


def test_importing_loads_no_parser_and_no_table():
    code = "import sys; from medcoding.codes import hcpcs; print(sorted({'yaml', 'sqlite3', 'pydantic', 'csv'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=DATA.parents[1])
    assert done.stdout.strip() == "[]"
