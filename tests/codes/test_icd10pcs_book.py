"""The ICD-10-PCS book: what is valid when, what a code says of itself, and the walk along the axes."""

from __future__ import annotations

import datetime as dt
import pickle
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import icd10pcs
from medcoding.codes.icd10pcs import book as books
from medcoding.codes.icd10pcs.rows import as_products

DATE = "2026-03-01"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The book of fiscal year 2026 as installed packages give it, without any official file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path_factory.mktemp("none")))
        books.forget()
        icd10pcs.build()
        yield icd10pcs.on(DATE)
    books.forget()


def test_fiscal_year_2026_has_79115_codes(book):
    """CMS, FY 2026 ICD-10-PCS: 79,115 codes on 1 October 2025."""
    assert len(book) == 79_115
    assert sum(1 for _ in book) == 79_115


@pytest.mark.parametrize(
    ("date", "count"),
    [("2015-10-01", 71_974), ("2016-10-01", 75_789), ("2019-10-01", 77_559), ("2023-10-01", 78_603), ("2024-10-01", 78_948)],
)
def test_each_year_has_the_number_of_codes_that_cms_published(book, date, count):
    """Published yearly totals: 71,974 in 2016, 75,789 in 2017, 77,559 in 2020, 78,603 in 2024, 78,948 in 2025."""
    assert len(icd10pcs.on(date)) == count


@pytest.mark.parametrize("code", ["0SRB04A", "0srb04a", " 0SRB04A ", "0DTJ4ZZ", "10E0XZZ", "5A1955Z", "B030ZZZ", "XW033E5"])
def test_valid_codes_are_in_the_book(book, code):
    assert code in book
    assert book.problem(code) is None


@pytest.mark.parametrize("code", ["0SRB04", "0SRB04AA", "0SRB0ZZ", "OSRB04A", "0SR.B04A", "", "E11.65", None, 7, "0SRB04Ä"])
def test_what_is_no_valid_code_is_not_in_the_book(book, code):
    assert code not in book


def test_code_is_not_valid_before_it_takes_effect(book):
    """XW033E5 (remdesivir) was one of the codes of 1 August 2020."""
    assert "XW033E5" not in icd10pcs.on("2020-07-31")
    assert "XW033E5" in icd10pcs.on("2020-08-01")
    assert book["XW033E5"].valid_from == dt.date(2020, 8, 1)


def test_deleted_code_keeps_its_dates_and_is_not_billable(book):
    gone = icd10pcs.on("2016-03-01")
    deleted = next(code for code in gone if code.code not in book)
    now = book[deleted.code]
    assert not now.billable
    assert now.valid_to is not None and now.valid_to < dt.date(2026, 3, 1)
    assert deleted.billable


def test_title_comes_from_the_installed_list(book):
    code = book["0SRB04A"]
    assert code.title == (
        "Replacement of Left Hip Joint with Ceramic on Polyethylene Synthetic Substitute, Uncemented, Open Approach"
    )
    assert code.listed and code.billable and code.table == "0SR"


def test_code_names_its_seven_axes(book):
    code = book["0SRB04A"]
    assert [axis.name for axis in code.axes] == [
        "Section", "Body System", "Operation", "Body Part", "Approach", "Device", "Qualifier",
    ]  # fmt: skip
    assert [axis.label for axis in code.axes] == [
        "Medical and Surgical", "Lower Joints", "Replacement", "Hip Joint, Left", "Open",
        "Ceramic on Polyethylene Synthetic Substitute", "Uncemented",
    ]  # fmt: skip
    assert code.section is code.axes[0] and code.qualifier is code.axes[6]
    assert str(code.body_part) == "Body Part B Hip Joint, Left"


@pytest.mark.parametrize(
    ("code", "axis", "name", "label"),
    [
        ("B030ZZZ", 3, "Type", "Magnetic Resonance Imaging (MRI)"),
        ("5A1955Z", 5, "Duration", "Greater than 96 Consecutive Hours"),
        ("30233N1", 6, "Substance", "Red Blood Cells"),
        ("30233N1", 7, "Qualifier", "Nonautologous"),
        ("0DTJ4ZZ", 6, "Device", "No Device"),
        ("0DBJ4ZX", 7, "Qualifier", "Diagnostic"),
        ("10D00Z1", 4, "Body Part", "Products of Conception"),
        ("XW033E5", 7, "Qualifier", "New Technology Group 5"),
        ("GZB0ZZZ", 2, "Body System", "None"),
    ],
)
def test_axes_of_every_section_have_their_own_names(book, code, axis, name, label):
    found = book[code].axes[axis - 1]
    assert (found.name, found.value) == (name, code[axis - 1])
    assert label in found.label


def test_unknown_code_names_the_nearest(book):
    with pytest.raises(icd10pcs.UnknownCode, match="0SRB04A") as caught:
        book["0SRB04Q"]
    assert "0SRB04Q" in str(caught.value)
    assert isinstance(caught.value, KeyError)
    assert book.nearest("OSRBO4A", limit=1) == ["0SRB04A"]
    assert book.get("0SRB04Q") is None


def test_next_axis_walks_from_section_to_qualifier(book):
    assert len(book.next_axis("")) == 17
    assert book.next_axis("0")["S"] == "Lower Joints"
    assert book.next_axis("0S")["R"] == "Replacement"
    assert book.next_axis("0SR")["9"] == "Hip Joint, Right"
    assert book.next_axis("0SR9") == {"0": "Open"}
    assert book.next_axis("0sr904") == {"9": "Cemented", "A": "Uncemented", "Z": "No Qualifier"}
    assert book.next_axis("0SR904A") == {}


@pytest.mark.parametrize("start", ["Z", "0Z", "0SR1", "0SRI", "!", "0SR904AZ"])
def test_next_axis_of_no_start_is_empty(book, start):
    assert book.next_axis(start) == {}


def test_next_axis_offers_only_what_is_valid_on_the_date(book):
    """Group 11 of new technology came with fiscal year 2026."""
    qualifiers = {value for start in book.next_axis("XW0") for value in icd10pcs.on("2025-09-30").next_axis("XW0" + start)}
    assert qualifiers
    later = {code.code for code in book if code.code.startswith("XW0")}
    earlier = {code.code for code in icd10pcs.on("2025-09-30") if code.code.startswith("XW0")}
    assert any(code[6] == "B" for code in later) and not any(code[6] == "B" for code in earlier)


@pytest.mark.parametrize("prefix", ["0SR", "047", "102", "3E0", "B03", "XW0", "GZB"])
def test_rows_of_a_table_make_exactly_its_valid_codes(book, prefix):
    made = [prefix + "".join(rest) for row in book.table(prefix) for rest in product(*row.axes)]
    assert len(made) == len(set(made)) == sum(row.codes for row in book.table(prefix))
    assert set(made) == {code.code for code in book if code.code.startswith(prefix)}


def test_row_says_which_endings_it_offers(book):
    (row,) = [row for row in book.table("0SR") if "904A" in row]
    assert "904Z" in row and "90ZZ" not in row and "9" not in row
    assert row.axes[0]["9"] == "Hip Joint, Right"


def test_there_is_no_table_without_codes(book):
    assert book.table("0S0") == () == book.table("0SR9") == book.table("")


def test_without_official_tables_nearly_all_labels_are_known(book):
    """Every axis of every 25th code: at most one label in a hundred is missing."""
    labels = [axis.label for number, code in enumerate(book) if number % 25 == 0 for axis in code.axes]
    assert labels.count("") / len(labels) < 0.01
    assert book.tables_release == ""


def test_dates_out_of_range_are_refused(book):
    for date in ("2015-09-30", "2100-01-01", "yesterday", None):
        with pytest.raises(icd10pcs.DateOutOfRange):
            icd10pcs.on(date)
    assert icd10pcs.on(dt.datetime(2026, 3, 1, 12)).date == dt.date(2026, 3, 1)


def test_book_is_a_value(book):
    assert pickle.loads(pickle.dumps(book)) == book == icd10pcs.on(dt.date(2026, 3, 1))
    assert hash(book) == hash(icd10pcs.on(DATE))
    assert "79,115" in repr(book)


@given(st.sets(st.text("01AB", min_size=4, max_size=4), min_size=1, max_size=40))
def test_products_hold_exactly_what_they_were_made_of(endings):
    made = ["".join(rest) for values in as_products(endings) for rest in product(*values)]
    assert len(made) == len(set(made))
    assert set(made) == endings
