"""Codes, person and sides: which claim is meant, not only that something was found."""

from __future__ import annotations

import pytest
from medcoding.claims import edits
from medcoding.claims.edits.sides import side_of
from medcoding.claims.model import changed
from medcoding.claims.samples import sample


def of(claim, *rules):
    return [one for one in edits.review(claim) if one.rule in rules]


@pytest.mark.parametrize(
    ("modifiers", "side"),
    [([], None), (["25"], None), (["RT"], "right"), (["LT", "59"], "left"), (["50"], "both"), (["RT", "LT"], "both"), (["F5"], "right"), (["FA"], "left"), (["E1"], "left"), (["E4"], "right"), (["TA", "T3"], "left"), (["LC"], None)],
)  # fmt: skip
def test_side_of_modifiers(modifiers, side) -> None:
    # CMS HCPCS file: FA and F1-F4 left hand, F5-F9 right; TA and T1-T4 left foot, T5-T9 right; E1, E2 left, E3, E4 right; LC is an artery
    assert side_of(modifiers) == side


@pytest.mark.parametrize(("code", "side", "right"), [("M17.11", "RT", True), ("M17.12", "RT", False), ("M17.0", "RT", True), ("M17.10", "RT", True), ("M17.11", "50", True)])
def test_side_of_the_diagnosis_meets_that_of_the_service(code, side, right) -> None:
    # M17.0 is bilateral, M17.10 says no side
    claim = changed(sample("office-knee"), {"diagnoses.0.code": code, "lines.1.modifiers": [side]})
    assert (of(claim, "side-conflict") == []) is right


def test_inpatient_procedure_is_held_against_the_diagnoses() -> None:
    claim = changed(sample("stay-knee-replacement"), {"procedures.0.code": "0SRD0J9"})  # left knee
    (one,) = of(claim, "side-conflict")
    assert one.fields == ("procedures.0.code", "diagnoses.0.code") and one.finding.codes == ("0SRD0J9", "M17.11")


def test_institutional_diagnosis_is_judged_on_the_day_of_discharge() -> None:
    # G35 was a code until 2025-09-30; since 2025-10-01 it is a header
    stay = {"diagnoses.1": {"code": "G35", "poa": "Y"}, "start": "2025-09-28", "admitted": "2025-09-28", "submitted": None}
    assert of(changed(sample("stay-pneumonia"), {**stay, "end": "2025-09-30"}), "not-valid-on-date", "header-code") == []
    assert of(changed(sample("stay-pneumonia"), {**stay, "end": "2025-10-01"}), "not-valid-on-date", "header-code") != []


def test_each_line_is_judged_on_its_own_day() -> None:
    # G2211 has existed since 2021-01-01
    claim = changed(sample("office-knee"), {"lines.1.code": "G2211", "lines.1.modifiers": [], "lines.2.code": "G2211", "lines.2.modifiers": [], "lines.1.date": "2020-12-31"})
    assert [one.fields for one in of(claim, "not-valid-on-date")] == [("lines.1.code",)]


def test_admitting_diagnosis_and_reasons_are_checked_too() -> None:
    stay = changed(sample("stay-pneumonia"), {"admitting_diagnosis": "R06"})
    assert [one.fields for one in of(stay, "header-code")] == [("admitting_diagnosis",)]
    visit = changed(sample("outpatient-chest-pain"), {"reasons": ["R07"]})
    assert [one.fields for one in of(visit, "header-code")] == [("reasons",)]


@pytest.mark.parametrize(("born", "found"), [("2017-03-16", False), ("2017-03-17", True), ("1961-03-16", True), ("1961-03-17", False)])
def test_maternity_codes_are_for_ages_9_to_64(born: str, found: bool) -> None:
    # Definitions of Medicare Code Edits, edit 4: maternity 9 to 64; on 2026-03-16 these four are 9, 8, 65 and 64 years old
    claim = changed(sample("office-knee"), {"diagnoses.1.code": "O80", "patient.birth_date": born})
    assert bool(of(claim, "age-conflict")) is found


def test_sex_conflict_is_lifted_by_kx_or_condition_code_45() -> None:
    visit = changed(sample("office-knee"), {"diagnoses.1.code": "N40.0"})
    assert of(visit, "sex-conflict") and not of(changed(visit, {"lines.0.modifiers": ["25", "KX"]}), "sex-conflict")
    stay = changed(sample("stay-pneumonia"), {"diagnoses.3": {"code": "N40.0", "poa": "Y"}})
    assert of(stay, "sex-conflict") and not of(changed(stay, {"condition_codes": ["45"]}), "sex-conflict")
    assert not of(changed(visit, {"patient.sex": "U"}), "sex-conflict")


def test_exempt_codes_need_no_indicator() -> None:
    assert of(sample("stay-pneumonia"), "poa-missing") == []  # Z79.4 is blank


def test_date_before_icd10_is_told_and_stops_nothing() -> None:
    claim = changed(sample("office-knee"), {f"lines.{n}.date": "2015-09-30" for n in range(3)})
    assert "ICD-9-CM" in of(claim, "not-valid-on-date")[0].finding.message
    assert of(changed(claim, {"lines.1.units": 0}), "units-zero")


def test_drug_number_says_which_zero_is_missing() -> None:
    (one,) = of(changed(sample("office-knee"), {"lines.2.drug.ndc": "9875024301"}), "ndc-format")
    assert "ten digits and no hyphens" in one.finding.message


def test_claim_full_of_nonsense_is_answered_not_refused() -> None:
    claim = changed(sample("office-knee"), {
        "diagnoses": [{"code": "???"}, {"code": "ZZZZZZZZZZ"}], "lines.0.code": "<b>", "lines.1.code": "svc:", "lines.2.code": "", "lines.0.modifiers": ["##", "é"],
        "lines.0.pointers": ["Z", "99"], "billing.npi": "abc", "coverages.0.member_id": "x" * 50, "lines.2.drug": {"ndc": "--", "quantity": 1, "unit": "?"},
    })  # fmt: skip
    rules = {one.rule for one in edits.review(claim)}
    assert {"unknown-code", "unknown-service", "modifier-unknown", "pointer-to-nothing", "npi-format", "mbi-format"} <= rules
