"""Numbers: check digits and shapes against published examples and laws of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.claims import edits
from medcoding.claims.edits.identifiers import MBI, check_digit
from medcoding.claims.model import changed
from medcoding.claims.samples import samples

nine_digits = st.from_regex(r"[12][0-9]{8}", fullmatch=True)


def said(claim, rule):
    return [one.message for one in edits.check(claim, families=["identifiers"]) if one.rule == rule]


def test_check_digit_of_cms_own_example() -> None:
    # CMS's paper on the check digit: 123456789 with 80840 before it has the check digit 3; by hand: 24 + 43 = 67, 70 - 67.
    assert check_digit("123456789") == "3"
    assert check_digit("199399999") == "8"


@given(nine_digits, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(nine: str, place: int, more: int) -> None:
    other = nine[:place] + str((int(nine[place]) + more) % 10) + nine[place + 1 :]
    assert check_digit(other) != check_digit(nine)


@given(nine_digits, st.integers(0, 7))
def test_two_swapped_neighbours_are_noticed_but_0_and_9(nine: str, place: int) -> None:
    one, other = nine[place], nine[place + 1]
    swapped = nine[:place] + other + one + nine[place + 2 :]
    assert (check_digit(swapped) == check_digit(nine)) == (one == other or {one, other} == {"0", "9"})


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "12345678x", "１２３４５６７８９"])
def test_check_digit_refuses_what_is_not_nine_digits(text: str) -> None:
    with pytest.raises(ValueError, match="nine digits"):
        check_digit(text)


def test_wrong_check_digit_names_the_right_one_and_warns_of_mending_it() -> None:
    (message,) = said(changed(samples()["office-knee"], {"billing.npi": "1234567890"}), "npi-check-digit")
    assert "comes 3" in message and "do not mend" in message


def test_every_provider_is_looked_at() -> None:
    claim = changed(samples()["screening-polyp"], {
        "billing.npi": "1", "rendering.npi": "2", "referring.npi": "3", "facility.npi": "4",
        "lines.0.rendering": {"name": "Reed", "first": "Al", "npi": "5"},
    })  # fmt: skip
    fields = {field for one in edits.review(claim) if one.rule == "npi-format" for field in one.fields}
    assert fields == {"billing.npi", "rendering.npi", "referring.npi", "facility.npi", "lines.0.rendering.npi"}


@pytest.mark.parametrize("number", ["1EG4TE5MK72", "1EG4TE5MK73"])
def test_cms_examples_are_of_the_right_shape(number: str) -> None:
    assert MBI.fullmatch(number)


def test_shape_has_as_many_numbers_as_cms_positions_allow() -> None:
    letters = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set("SLOIBZ")
    digits = set("0123456789")
    allowed = [digits - {"0"}, letters, letters | digits, digits, letters, letters | digits, digits, letters, letters, digits, digits]
    base = "1EG4TE5MK73"
    for place, wanted in enumerate(allowed):
        accepted = {c for c in letters | digits | set("SLOIBZ-") if MBI.fullmatch(base[:place] + c + base[place + 1 :])}
        assert accepted == wanted, place + 1


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("1EG4-TE5-MK73", "without dashes: 1EG4TE5MK73"), ("123456789A", "old number"), ("1EG4TE5MK7", "10 characters"),
        ("1SG4TE5MK73", "place 2 must be a letter and is S"), ("0EG4TE5MK73", "place 1 must be a digit from 1 and is 0"), ("1EG4TE5MKA3", "place 10 must be a digit and is A"),
    ],
)  # fmt: skip
def test_wrong_medicare_number_is_told_why(number: str, why: str) -> None:
    (message,) = said(changed(samples()["office-knee"], {"coverages.0.member_id": number}), "mbi-format")
    assert why in message


def test_number_of_another_payer_is_not_judged() -> None:
    assert said(changed(samples()["emergency-ankle"], {"coverages.0.member_id": "ANYTHING-7"}), "mbi-format") == []


def test_sample_npis_begin_with_2_which_nobody_has() -> None:
    for claim in samples().values():
        named = [claim.billing, getattr(claim, "rendering", None), getattr(claim, "attending", None), getattr(claim, "facility", None)]
        assert all(one.npi.startswith("2") for one in named if one is not None)
