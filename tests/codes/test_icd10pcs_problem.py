"""What is wrong with a procedure code: one message for each way, naming the axis and what the row offers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.codes import icd10pcs
from medcoding.codes.icd10pcs import book as books
from medcoding.findings import Severity


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path_factory.mktemp("none")))
        books.forget()
        icd10pcs.build()
        yield icd10pcs.on("2026-03-01")
    books.forget()


@pytest.mark.parametrize(
    ("code", "place", "letter", "digit"),
    [("OSRB04A", 1, "O", "0"), ("0SRBO4A", 5, "O", "0"), ("0SRB0IA", 6, "I", "1"), ("0dtj4zo", 7, "O", "0")],
)
def test_letters_i_and_o_never_appear(book, code, place, letter, digit):
    found = book.problem(code)
    assert found.rule == "letter-i-or-o"
    assert f"letter {letter} in place {place}" in found.message
    assert "never appear" in found.message and f"perhaps {digit}" in found.message
    assert "A2" in found.citation


@pytest.mark.parametrize(
    ("code", "axis", "name", "offered"),
    [
        ("ZSRB04A", 1, "", "0 Medical and Surgical"),
        ("0ZRB04A", 2, "Body System", "0 Central Nervous System and Cranial Nerves, 1 Peripheral"),
        ("0S6B04A", 3, "Operation", "R Replacement"),
        ("0SR104A", 4, "Body Part", "0 Lumbar Vertebral Joint"),
        ("0SRB44A", 5, "Approach", "0 Open."),
        ("0SRB0ZZ", 6, "Device", "4 Ceramic on Polyethylene Synthetic Substitute"),
        ("0SRB04X", 7, "Qualifier", "9 Cemented, A Uncemented, Z No Qualifier."),
        ("0SR1", 4, "Body Part", "0 Lumbar Vertebral Joint"),
    ],
)
def test_impossible_combination_says_which_axis_broke_and_what_is_offered(book, code, axis, name, offered):
    found = book.problem(code)
    assert found.rule == "impossible-combination"
    assert offered in found.message
    if name:
        assert f"breaks at axis {axis}, {name}" in found.message
    assert found.codes == (code,) and found.severity is Severity.ERROR
    assert "A9" in found.citation


def test_message_of_a_broken_qualifier_tells_the_row(book):
    message = book.problem("0SRB04X").message
    assert "B Hip Joint, Left, 0 Open, 4 Ceramic on Polyethylene Synthetic Substitute the row offers" in message


def test_too_short_says_what_comes_next(book):
    found = book.problem("0SR904")
    assert found.rule == "too-short"
    assert "6 of 7 characters: 1 more character is needed" in found.message
    assert "axis 7, Qualifier: 9 Cemented, A Uncemented, Z No Qualifier" in found.message
    assert "3 more characters are needed" in book.problem("0SR9").message


def test_too_long_says_how_many(book):
    found = book.problem("0SRB04AA")
    assert found.rule == "too-long" and "8 characters" in found.message


def test_code_of_another_year_says_when(book):
    assert "takes effect on 2020-08-01" in icd10pcs.on("2020-03-01").problem("XW033E5").message
    deleted = next(code.code for code in icd10pcs.on("2016-03-01") if code.code not in book)
    found = book.problem(deleted)
    assert found.rule == "not-valid-on-date" and "deleted after" in found.message


@pytest.mark.parametrize(
    ("text", "words"), [("0SR.B04A", "without"), ("", "seven"), ("hip replacement", "neither"), ("0SRB04é", "neither")]
)
def test_other_writing_is_explained(book, text, words):
    assert words in book.problem(text).message


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.text("0123456789ABCDSRXZIO.", max_size=9), st.none(), st.integers()))
def test_any_text_is_either_valid_or_has_a_problem(book, text):
    found = book.problem(text)
    assert (found is None) == (text in book)
    if found:
        assert found.message.isprintable()
        assert book.search(text, 3) is not None
