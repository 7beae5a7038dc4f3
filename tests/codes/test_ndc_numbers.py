"""Drug numbers: ten digits to eleven and to twelve, worked by hand, and laws that hold for all of them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import ndc

DIGITS = "0123456789"


def digits(size):
    return st.text(alphabet=DIGITS, min_size=size, max_size=size)


@pytest.mark.parametrize(
    ("text", "eleven"),
    [  # a zero goes in front of the short segment
        ("0002-1433-80", "00002143380"), ("9876-5432-10", "09876543210"), ("98765-432-10", "98765043210"), ("98765-4321-0", "98765432100"),
        ("50242-040-62", "50242004062"), ("60575-4112-1", "60575411201"), ("12345-6789-01", "12345678901"), ("12345678901", "12345678901"),
        (" NDC 0002-1433-80 ", "00002143380"), ("ndc: 98765-432-10", "98765043210"), ("98765\N{EN DASH}432\N{EN DASH}10", "98765043210"),
    ],
)  # fmt: skip
def test_number_gains_its_zero_at_the_short_segment(text, eleven):
    assert ndc.to_11(text) == eleven


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0002143380", "place of the added zero is unknown: 0002-1433-80, 00021-433-80 or 00021-4338-0"), ("9876543210", "place of the added zero"),
        ("", "no drug number"), ("123", "3 digits"), ("123456789012", "twelve digits"), ("098765-4321-00", "from_12"), ("1234-567-89", "laid out 4-3-2"),
        ("12345-678-9", "laid out 5-3-1"), ("12345-67890", "2 segments"), ("1-2-3-4", "4 segments"), ("ABCDE-123-45", "digits in three segments"),
        ("N412345678901", "N4, the qualifier"), ("1234 5678 90", "digits in three segments"), ("\u0661" * 11, "digits in three segments"),
        ("1" * 50, "longer than"), ("--", "digits in three segments"), ("12345--678", "digits in three segments"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_the_reason(text, reason):
    with pytest.raises(ndc.NdcError, match=reason):
        ndc.to_11(text)


@pytest.mark.parametrize("value", [None, 12345678901, 1.5, b"0002-1433-80"])
def test_number_must_be_text(value):
    with pytest.raises(ndc.NdcError, match="text"):
        ndc.to_11(value)


def test_error_is_a_value_error():
    assert issubclass(ndc.NdcError, ValueError)


@pytest.mark.parametrize(
    ("today", "future"),
    [("9876-5432-10", "009876-5432-10"), ("98765-4321-0", "098765-4321-00"), ("98765-432-10", "098765-0432-10"), ("00002143380", "000002-1433-80")],
)
def test_format_of_2033_both_ways(today, future):
    assert ndc.hyphenated(ndc.to_12(today)) == future
    assert ndc.from_12(future) == ndc.to_11(today)
    assert ndc.from_12(future.replace("-", "")) == ndc.to_11(today)
    assert dt.date(2033, 3, 7) == ndc.TWELVE_DIGITS_FROM


def test_new_labeler_of_six_digits_has_no_eleven_digit_form():
    with pytest.raises(ndc.NdcError, match="six digits of its own"):
        ndc.from_12("198765-4321-00")
    with pytest.raises(ndc.NdcError, match="twelve digits, 6-4-2"):
        ndc.from_12("98765-4321-00")


def test_ten_digit_forms_that_an_eleven_digit_number_may_stand_for():
    assert ndc.ten_digit_forms("00002143380") == ("0002-1433-80",)
    assert ndc.ten_digit_forms("98765043210") == ("98765-432-10",)
    assert ndc.ten_digit_forms("01234056709") == ("1234-0567-09", "01234-567-09", "01234-0567-9")
    assert ndc.ten_digit_forms("12345678910") == ()


@given(digits(5), digits(4), digits(2))
def test_any_rendering_of_eleven_digits_with_hyphens_comes_back(labeler, product, package):
    eleven = labeler + product + package
    assert ndc.to_11(eleven) == ndc.to_11(f"{labeler}-{product}-{package}") == eleven
    for form in ndc.ten_digit_forms(eleven):
        assert len(form.replace("-", "")) == 10
        assert ndc.to_11(form) == eleven
    assert ndc.to_11(ndc.hyphenated(eleven)) == eleven
    assert ndc.from_12(ndc.to_12(eleven)) == eleven


@given(st.sampled_from(ndc.LAYOUTS), st.data())
def test_ten_digits_with_hyphens_are_among_the_forms_of_their_eleven(layout, data):
    text = "-".join(data.draw(digits(size)) for size in layout)
    assert text in ndc.ten_digit_forms(text)


@given(digits(10))
def test_ten_digits_without_hyphens_are_never_guessed(text):
    with pytest.raises(ndc.NdcError):
        ndc.to_11(text)


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[0-9]{3,6}-[0-9]{2,5}-[0-9]{0,3}", fullmatch=True), st.none(), st.integers()))
def test_anything_gives_eleven_digits_or_the_documented_error(text):
    for convert, size in ((ndc.to_11, 11), (ndc.to_12, 12), (ndc.from_12, 11)):
        try:
            found = convert(text)
        except ndc.NdcError as error:
            assert str(error)
        else:
            assert len(found) == size and set(found) <= set(DIGITS)
