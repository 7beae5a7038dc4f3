"""Appeals: levels and last days counted by hand, when not to appeal, and a skeleton that invents nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.claims import samples
from medcoding.claims.appeal import AppealError, check, letter, level, levels, shows
from medcoding.claims.ledger import Denial

D = Decimal
REFUSED = Denial(
    "BHO-1001", "Medicare Part B", "ICN77", "CO", "50", D("120.00"), 2, "svc:large-joint-injection", dt.date(2026, 3, 16), dt.date(2026, 4, 1), ("N115",), "MB"
)  # fmt: skip


@pytest.mark.parametrize(
    ("number", "days", "amount", "last"),
    [
        (1, 120, 0, dt.date(2026, 8, 4)),  # April 1 + 5 = April 6; 24 left in April, 31, 30, 31 = 116, and 4 of August
        (2, 180, 0, dt.date(2026, 10, 3)),  # 60 days after August 4: 27 of August, 30 of September, 3 of October
        (3, 60, 200, dt.date(2026, 6, 5)),  # April 6 + 24 = April 30, 31 of May, 5 of June
        (4, 60, 0, dt.date(2026, 6, 5)),
        (5, 60, 1960, dt.date(2026, 6, 5)),
    ],
)
def test_levels_and_last_days(number: int, days: int, amount: int, last: dt.date) -> None:
    found = level(number)
    assert (found.days, found.amount) == (days, D(amount))
    assert found.deadline(dt.date(2026, 4, 1)) == last
    assert found.citation.startswith("42 CFR 405.")


def test_there_are_five_levels() -> None:
    assert [one.number for one in levels()] == [1, 2, 3, 4, 5]
    for number in (0, 6, -1):
        with pytest.raises(AppealError, match="1 to 5"):
            level(number)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 5))
def test_last_day_lies_days_and_five_after_the_notice(notice: dt.date, number: int) -> None:
    assert (level(number).deadline(notice) - notice).days == level(number).days + 5


def test_end_of_the_calendar_is_told() -> None:
    with pytest.raises(AppealError, match="9999"):
        level(1).deadline(dt.date(9999, 12, 31))


def test_necessity_may_be_appealed_in_time() -> None:
    assert check(REFUSED, on=dt.date(2026, 8, 4)) == []
    assert [one.rule for one in check(REFUSED, on=dt.date(2026, 8, 5))] == ["too-late"]


def test_small_amount_stops_at_the_judge() -> None:
    (found,) = check(REFUSED, 3)
    assert found.rule == "below-amount" and "$120.00" in found.message and "$200" in found.message
    assert check(dataclasses.replace(REFUSED, amount=D("200.00")), 3) == []
    assert [one.rule for one in check(dataclasses.replace(REFUSED, amount=D("1959.99")), 5)] == ["below-amount"]


def test_correctable_claim_is_corrected_not_appealed() -> None:
    (found,) = check(dataclasses.replace(REFUSED, code="4"))
    assert found.rule == "correct-first" and "replacement" in found.message
    (found,) = check(dataclasses.replace(REFUSED, code="16", remarks=("M76", "MA130")))
    assert found.rule == "no-appeal-rights" and "405.926" in found.citation


def test_late_claim_is_not_appealed_to_medicare() -> None:
    (found,) = check(dataclasses.replace(REFUSED, code="29"))
    assert found.rule == "no-appeal-rights" and "424.44(b)" in found.message
    assert check(dataclasses.replace(REFUSED, code="29", filing="CI")) == []


def test_other_payers_have_their_own_limits() -> None:
    other = dataclasses.replace(REFUSED, filing="CI", payer="Maple Health Plan")
    assert check(other, 3, on=dt.date(2030, 1, 1)) == []
    found = letter(other)
    assert found.deadline is None and "Maple Health Plan" in found.text and "[days in the contract or on the notice]" in found.blanks
    assert "Medicare" not in found.text and "42 CFR" not in found.text


def test_letter_holds_what_a_request_must_have() -> None:
    found = letter(REFUSED, samples.professional(), on=dt.date(2026, 4, 20))
    for fact in ("Winter, Clara", "1EG4TE5MK73", "svc:large-joint-injection", "2026-03-16", "Birch Hill Orthopedics, NPI 2202020204", "ICN77", "BHO-1001",
                 "M17.11, I10", "April 20, 2026", "Request for redetermination", "$120.00", "Must be received by: 2026-08-04 (42 CFR 405.942(a))", "N115"):  # fmt: skip
        assert fact in found.text, fact
    assert found.deadline == dt.date(2026, 8, 4) and found.findings == ()


def test_letter_leaves_every_argument_to_its_writer() -> None:
    found = letter(REFUSED)
    assert "[name]" in found.blanks and "[number]" in found.blanks and "[date]" in found.blanks
    for one in shows("50"):
        assert f"- {one}" in found.text and "[" in one
    assert any("NCD, LCD or plan policy" in one for one in found.blanks)
    assert shows("29") != shows("50") != shows("150") and shows("999") == shows("A1")


def test_letter_for_an_uncorrected_claim_says_what_speaks_against_it() -> None:
    found = letter(dataclasses.replace(REFUSED, code="11"))
    assert [one.rule for one in found.findings] == ["correct-first"]


def test_whole_claim_is_named_as_such() -> None:
    found = letter(dataclasses.replace(REFUSED, line=0, service="", code="29", service_date=None, decided=None))
    assert "Service: the whole claim" in found.text and "[date of service]" in found.blanks and "[date of the notice]" in found.blanks
    assert "424.44" in found.text and found.deadline is None
