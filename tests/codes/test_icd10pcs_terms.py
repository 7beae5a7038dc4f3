"""Root operations, approaches and keys: complete, in the course's own words, and in step with the book."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml
from medcoding.codes import icd10pcs, official
from medcoding.codes.icd10pcs.source import STRUCTURE
from medcoding.codes.icd10pcs.terms import OPERATIONS

STRUCTURE_TABLE = yaml.safe_load(STRUCTURE.read_text(encoding="utf-8"))["sections"]
REAL = os.environ.get("MEDCODING_OFFICIAL")


@pytest.fixture(autouse=True)
def nothing_added(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "store"))


def test_31_medical_and_surgical_root_operations_in_nine_groups():
    operations = icd10pcs.operations("0")
    assert len(operations) == len({term.value for term in operations}) == 31
    assert len({term.group for term in operations}) == 9
    assert {term.value: term.name for term in operations} == STRUCTURE_TABLE["0"]["operations"]
    assert all(term.definition and term.hint and term.examples and term.guideline for term in operations)


@pytest.mark.parametrize("section", list("123456789BCDFGHX"))
def test_every_ancillary_operation_is_defined(section):
    assert {term.value: term.name for term in icd10pcs.operations(section)} == STRUCTURE_TABLE[section]["operations"]
    assert all(term.definition for term in icd10pcs.operations(section))


def test_no_section_has_no_operations():
    assert icd10pcs.operations("Q") == ()


def test_seven_approaches():
    assert [term.value for term in icd10pcs.approaches()] == list("03478FX")
    assert all(term.definition and term.guideline for term in icd10pcs.approaches())


def test_guidelines_are_numbers_of_the_official_ones():
    for term in (*icd10pcs.operations("0"), *icd10pcs.approaches()):
        assert re.fullmatch(r"[BCD]\d(\.\d+[a-d]?)?(, [BCD]\d(\.\d+[a-d]?)?)*", term.guideline), term


def test_keys_have_a_teaching_subset_out_of_the_box():
    assert icd10pcs.body_part_key("HALLUX") == (icd10pcs.terms.KeyEntry("hallux", ("1st Toe",)),)
    assert icd10pcs.device_key("foley")[0].values == ("Drainage Device",)
    assert len(icd10pcs.body_part_key()) >= 60 and len(icd10pcs.device_key()) >= 25


@pytest.mark.skipif(not REAL, reason="MEDCODING_OFFICIAL is not set")
def test_definitions_are_in_our_own_words_and_official_ones_come_with_the_file():
    official.add(Path(REAL, "icd10pcs_definitions_2026.xml.gz"))
    terms = [*icd10pcs.operations("0"), *icd10pcs.approaches()]
    assert all(term.official for term in terms)
    for section in "0123456789BCDFGHX":
        for term in icd10pcs.operations(section):
            assert not _shared_run(term.definition, term.official, 6), term
    assert all(not _shared_run(term.definition, term.official, 6) for term in icd10pcs.approaches())


@pytest.mark.skipif(not REAL, reason="MEDCODING_OFFICIAL is not set")
def test_added_definitions_complete_the_keys():
    official.add(Path(REAL, "icd10pcs_definitions_2026.xml.gz"))
    assert icd10pcs.body_part_key("hallux") == (icd10pcs.terms.KeyEntry("Hallux", ("1st Toe, Left", "1st Toe, Right")),)
    assert len(icd10pcs.body_part_key()) > 1000


def _shared_run(one: str, other: str, length: int) -> bool:
    """Whether two texts share that many words in a row."""
    words, text = re.findall(r"\w+", one.lower()), " ".join(re.findall(r"\w+", other.lower()))
    return any(" ".join(words[i : i + length]) in text for i in range(len(words) - length + 1))


def test_table_is_readable_without_python():
    assert OPERATIONS.read_text(encoding="utf-8").startswith("#")
