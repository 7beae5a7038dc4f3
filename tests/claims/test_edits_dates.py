"""Filing limits, duplicates, bills and places: days worked out by hand from the regulation."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.claims import edits
from medcoding.claims.edits.filing import last_day
from medcoding.claims.model import changed
from medcoding.claims.samples import sample


def rules_of(claim, **more):
    return {one.rule for one in edits.check(claim, **more)}


@pytest.mark.parametrize(
    ("service", "last"),
    [("2026-03-16", "2027-03-16"), ("2024-02-29", "2025-02-28"), ("2023-02-28", "2024-02-28"), ("2025-12-31", "2026-12-31")],
)
def test_last_day_is_one_calendar_year_later(service: str, last: str) -> None:
    assert last_day(dt.date.fromisoformat(service)) == dt.date.fromisoformat(last)


@given(st.dates(dt.date(2010, 1, 1), dt.date(2040, 12, 31)))
def test_limit_is_364_to_366_days_and_never_shrinks_by_waiting(service: dt.date) -> None:
    # 365 days, 366 over a leap day, and 365 for February 29 itself
    assert (last_day(service) - service).days in (365, 366)
    assert last_day(service + dt.timedelta(days=1)) >= last_day(service)


def test_stay_counts_from_its_last_day_and_lines_from_their_first() -> None:
    stay = sample("stay-pneumonia")  # 2026-04-27 to 2026-05-01
    assert "filed-late" not in rules_of(changed(stay, {"submitted": "2027-05-01"}))
    assert "filed-late" in rules_of(changed(stay, {"submitted": "2027-05-02"}))
    visit = changed(sample("office-knee"), {"lines.1.date": "2026-03-10", "lines.1.through": "2026-03-16", "submitted": "2027-03-11"})
    (late,) = [one for one in edits.review(visit) if one.rule == "filed-late"]
    assert late.fields == ("submitted", "lines.1.date")


def test_other_payers_have_limits_of_their_own() -> None:
    assert "filed-late" not in rules_of(changed(sample("emergency-ankle"), {"submitted": "2029-01-01"}))


def test_replacement_is_no_duplicate_and_another_practice_is_none() -> None:
    claim = sample("office-knee")
    earlier = claim.model_copy(update={"control_number": "OLD"})
    assert "duplicate-claim" in rules_of(claim, history=[earlier])
    assert "duplicate-claim" not in rules_of(claim, history=[claim])
    assert "duplicate-claim" not in rules_of(changed(claim, {"billing.npi": "2101010108"}), history=[earlier])
    assert "duplicate-claim" not in rules_of(changed(claim, {"patient.first": "Cora"}), history=[earlier])


def test_reading_and_equipment_of_one_film_are_no_duplicate() -> None:
    film = {"code": "svc:ankle-film", "date": "2026-03-14", "place": "23", "pointers": ["A"], "modifiers": ["TC", "RT"]}
    assert "duplicate-line" not in rules_of(changed(sample("emergency-ankle"), {"lines.2": film}))
    assert "duplicate-line" in rules_of(changed(sample("emergency-ankle"), {"lines.2": {**film, "modifiers": ["26", "RT"]}}))
    assert "duplicate-line" not in rules_of(changed(sample("emergency-ankle"), {"lines.2": {**film, "modifiers": ["26", "LT"]}}))


@pytest.mark.parametrize(("date", "inside"), [("2026-02-26", False), ("2026-02-27", True), ("2026-03-04", True), ("2026-03-05", False)])
def test_procedure_may_lie_three_days_before_the_stay(date: str, inside: bool) -> None:
    # 2026-03-02 is the first day of the stay; three days before it is 2026-02-27
    claim = changed(sample("stay-knee-replacement"), {"procedures.0.date": date})
    assert ("date-outside" in rules_of(claim)) is not inside


def test_interim_bills_need_a_patient_who_is_still_there() -> None:
    stay = sample("stay-pneumonia")
    for bill_type, status, right in (("0112", "30", True), ("0112", "01", False), ("0114", "01", True), ("0114", "30", False), ("0111", "30", False), ("0111", "20", True)):
        assert ("interim-status" not in rules_of(changed(stay, {"bill_type": bill_type, "status": status}))) is right, (bill_type, status)


def test_places_of_service_are_those_of_cms() -> None:
    places = edits.places()
    # facility payment: CPM ch. 26 §10.5
    assert {code for code, one in places.items() if one.facility} == {"02", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61"}
    assert places["11"].plain == "office" and not places["10"].in_force(dt.date(2021, 12, 31)) and places["27"].in_force(dt.date(2023, 10, 1))


def test_total_is_compared_in_cents() -> None:
    claim = sample("office-knee")  # 150 + 120 + 32
    assert "total-mismatch" not in rules_of(changed(claim, {"stated_total": "302.00"}))
    (found,) = [one for one in edits.check(changed(claim, {"stated_total": "302.01"})) if one.rule == "total-mismatch"]
    assert "302.01" in found.message and "302.00" in found.message
