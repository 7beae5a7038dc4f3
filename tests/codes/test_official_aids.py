"""The look-up aids of ICD-10-CM once their files are added."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from medcoding.codes import official
from medcoding.codes.official import OfficialFileError
from medcoding.codes.official.icd10cm_aids import CAUSES, DRUGS, INDEX, NEOPLASMS, aid

REAL = os.environ.get("MEDCODING_OFFICIAL")
needs_files = pytest.mark.skipif(not REAL, reason="MEDCODING_OFFICIAL is not set")

HEADS = ["Substance", "Poisoning Accidental (unintentional)", "Adverse effect"]
DRUG_TABLE = (
    "<ICD10CM.index><version>2025</version><indexHeading>"
    + "".join(f'<head col="{col}">{head}</head>' for col, head in enumerate(HEADS, 1))
    + '</indexHeading><letter><title>A</title><mainTerm><title>Aspirin<nemod>(aluminum)</nemod></title>'
    '<cell col="2">T39.011</cell><cell col="3">T39.015</cell>'
    '<term level="1"><title>buffered NEC</title><cell col="2">T39.011</cell><cell col="3">--</cell></term>'
    "</mainTerm></letter></ICD10CM.index>"
)
CAUSE_INDEX = (
    "<ICD10CM.index><version>2025</version><title>ICD-10-CM EXTERNAL CAUSE of INJURIES INDEX</title><letter>"
    "<title>F</title><mainTerm><title>Fall<nemod>(accidental)</nemod></title><code>W19</code>"
    '<term level="1"><title>due to</title><term level="2"><title>ice</title><code>W00.9</code></term></term>'
    '<term level="1"><title>aircraft</title><see>Accident, transport</see></term></mainTerm></letter></ICD10CM.index>'
)
INDEX_CSV = (
    "RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code\n1,A,0,Abandonment,Maltreatment,,,\n"
    "2,D,0,Dementia,,,(degenerative),F03.90\n3,D,1,in (due to),,,,\n4,D,2,Parkinson's disease,,,,G20 [F02.80]\n"
    '5,Z,0,"Zoster, any",,Herpes,,B02.9\n'
)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path / "store"))


@pytest.fixture
def add(tmp_path):
    def write(name: str, content: str):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return official.add(path)

    return write


def test_without_files_there_is_no_aid():
    assert [aid(kind) for kind in (INDEX, DRUGS, NEOPLASMS, CAUSES)] == [None] * 4


def test_index_csv_keeps_terms_references_modifiers_and_manifestations(add):
    add("icd10cm_index_2025.csv", INDEX_CSV)
    index = aid(INDEX)
    assert index.release == "2025"
    assert index.find("Abandonment").see == "Maltreatment"
    dementia = index.find("dementia")
    assert (dementia.code, dementia.modifiers) == ("F03.90", "(degenerative)")
    found = index.find("Dementia", "in (due to)", "Parkinson's disease")
    assert (found.code, found.manifestation) == ("G20", "F02.80")
    assert found.path == ("Dementia", "in (due to)", "Parkinson's disease")
    assert index.find("Zoster, any").see_also == "Herpes"
    assert [entry.term for entry in index.below("Dementia")] == ["in (due to)"]
    assert index.find("Dementia", "nothing") is None


def test_search_finds_words_anywhere_in_the_path(add):
    add("icd10cm_index_2025.csv", INDEX_CSV)
    assert [entry.code for entry in aid(INDEX).search("parkinson dement")] == ["G20"]
    assert aid(INDEX).search('" OR (') == [] == aid(INDEX).search("")


def test_drug_table_has_its_columns(add):
    add("drug.xml", DRUG_TABLE)
    aspirin = aid(DRUGS).find("Aspirin")
    assert aspirin.columns == {"Poisoning Accidental (unintentional)": "T39.011", "Adverse effect": "T39.015"}
    assert aspirin.modifiers == "(aluminum)"
    assert aid(DRUGS).find("Aspirin", "buffered NEC").columns["Adverse effect"] == "--"


def test_external_cause_index_nests_as_the_book_does(add):
    add("eindex.xml", CAUSE_INDEX)
    causes = aid(CAUSES)
    assert causes.find("Fall", "due to", "ice").code == "W00.9"
    assert str(causes.find("Fall", "aircraft")) == "Fall, aircraft — see Accident, transport"
    assert [entry.term for entry in causes.main_terms("fa")] == ["Fall"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("icd10cm_index.csv", INDEX_CSV, "year in its name"),
        ("i2025.csv", INDEX_CSV[:-1], "cut short"),
        ("i2025.csv", INDEX_CSV[: INDEX_CSV.index("5,Z")], "not Z"),
        ("i2025.csv", INDEX_CSV.replace("\n3,D,1", "\n9,D,1"), "where row 3 is expected"),
        ("i2025.csv", INDEX_CSV.replace("3,D,1", "3,D,2"), "nothing at the level above"),
        ("i2025.csv", INDEX_CSV.replace('"Zoster, any"', '"Zoster, any'), "cannot be read"),
        ("d.xml", DRUG_TABLE.replace('level="1"', 'level="2"'), "right below level 0"),
        ("d.xml", DRUG_TABLE.replace('col="2">T', 'col="x">T'), "laid out"),
    ],
)
def test_broken_aids_are_refused(add, name, content, words):
    with pytest.raises(OfficialFileError, match=words):
        add(name, content)
    assert official.installed() == []


@needs_files
def test_real_index_leads_where_the_book_leads():
    official.add(Path(REAL, "icd10cm_index_2025.csv.gz"))
    index = aid(INDEX)
    assert index.find("Diabetes, diabetic", "type 2", "with", "amyotrophy").code == "E11.44"
    assert index.find("Appendicitis").code == "K37"
    assert official.installed(INDEX)[0].counts["terms"] == 81_024


@needs_files
def test_real_tables_have_their_cells():
    official.add(Path(REAL, "icd-10-cm-drug-2025.xml.gz"))
    official.add(Path(REAL, "icd-10-cm-neoplasm-2025.xml.gz"))
    assert aid(DRUGS).find("Aspirin").columns["Adverse effect"] == "T39.015"
    lung = aid(NEOPLASMS).find("Neoplasm, neoplastic", "lung")
    assert lung.columns["Malignant Secondary"].startswith("C78.0")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.sampled_from([INDEX_CSV, DRUG_TABLE, CAUSE_INDEX]), data=st.data())
def test_no_damage_crashes_with_anything_but_the_documented_error(tmp_path, seed, data):
    text = seed
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        piece = data.draw(st.sampled_from(["", "\n", ",", '"', "<term level='1'>", "</term>", "\0", "é", "99999999999999999999", text[place : place + 50]]))
        text = text[:place] + piece + text[place + data.draw(st.integers(0, 20)) :]
    path = tmp_path / "fuzzed_2025"
    path.write_bytes(text.encode())
    with contextlib.suppress(OfficialFileError):
        official.add(path)
