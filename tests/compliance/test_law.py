"""The table of the law, and what false claims may cost, with the arithmetic written out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from medcoding.compliance import law


def test_every_entry_has_citation_date_source_and_status() -> None:
    for entry in law.entries():
        assert entry.topic in law.TOPICS
        assert all((entry.title, entry.says, entry.citation, entry.source)), entry.name
        assert entry.status in ("read", "recheck") and isinstance(entry.as_of, dt.date)
        assert entry.says.endswith(".") and (entry.value is None) == (entry.unit == "")


def test_every_topic_has_entries_and_names_are_unique() -> None:
    assert all(law.entries(topic) for topic in law.TOPICS)
    assert len({entry.name for entry in law.entries()}) == len(law.entries())
    assert sum(len(law.entries(topic)) for topic in law.TOPICS) == len(law.entries())


@pytest.mark.parametrize(
    ("name", "value"),
    [("overpayment-deadline", 60), ("overpayment-investigation", 180), ("overpayment-lookback", 6), ("hipaa-access", 30), ("stark-civil", 15000), ("aks", 100000), ("exclusion-period", 5)],
)
def test_figures_of_the_lessons(name: str, value: int) -> None:
    assert law.entry(name).value == value


def test_there_are_seven_elements_of_a_program_and_four_mandatory_exclusions() -> None:
    assert len(law.entry("oig-elements").elements) == 7
    assert len(law.entry("exclusion-mandatory").elements) == 4


def test_unknown_names_are_told_with_near_ones() -> None:
    with pytest.raises(law.UnknownEntry, match=r"No entry of the law is called 'starkk'. Near: stark"):
        law.entry("starkk")
    with pytest.raises(law.UnknownEntry, match=r"'tax' is no topic. They are false-claims, kickback"):
        law.entries("tax")


@pytest.mark.parametrize(
    ("day", "least", "most"),
    [("2026-03-01", 14308, 28619), ("2025-07-03", 14308, 28619), ("2025-07-02", 13946, 27894), ("2024-02-12", 13946, 27894), ("2023-06-01", 13508, 27018)],
)
def test_penalty_is_that_of_the_day_of_assessment(day: str, least: int, most: int) -> None:
    found = law.penalty(day)
    assert (found.least, found.most) == (least, most)


def test_day_before_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="2020-01-01 is before 2022-05-09"):
        law.penalty("2020-01-01")


def test_exposure_of_twelve_claims() -> None:
    # loss 3,400 x 3 = 10,200; 12 x 14,308 = 171,696; 12 x 28,619 = 343,428
    found = law.exposure(claims=12, loss="3400", on="2026-03-01")
    assert found.damages == Decimal(10_200)
    assert found.least == Decimal(181_896)
    assert found.most == Decimal(353_628)
    assert found.explain().lead == "$181,896.00 to $353,628.00."
    assert [step.shown for step in found.explain().steps] == ["$10,200.00", "$171,696.00", "$343,428.00", "$181,896.00", "$353,628.00"]


def test_early_disclosure_may_double_instead_of_triple() -> None:
    assert law.exposure(claims=1, loss=100, on="2026-03-01", disclosed=True).damages == Decimal(200)


@pytest.mark.parametrize("claims", [0, -1, True, 1.5])
def test_count_of_claims_must_be_a_whole_number_from_one(claims: object) -> None:
    with pytest.raises(ValueError, match="a whole number from 1 was expected"):
        law.exposure(claims=claims, loss=1, on="2026-03-01")  # type: ignore[arg-type]


def test_pages_have_a_row_an_entry_and_say_what_is_to_be_rechecked() -> None:
    page = law.explain("kickback")
    assert len(page.rows) == len(law.entries("kickback"))
    assert page.notes[-1] == "4 of 4 rows were seen on pages that report the law and are to be read in the official text."
    whole = law.explain()
    assert len(whole.rows) == len(law.entries()) and whole._repr_html_().count("<th scope='row'") == len(whole.rows)
    assert "(7) responding to detected offenses" in law.explain("program").text


def test_entry_reads_as_a_sentence_with_its_place() -> None:
    assert str(law.entry("exclusion-period")) == (
        "How long: An exclusion that must follow lasts for at least this time. 5 years at least. [42 U.S.C. 1320a-7(c)(3)(B); as of 2026-01-01]"
    )
