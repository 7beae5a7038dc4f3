"""MS-DRGs of stays from every MDC, HACs, what cannot be grouped, and what is refused."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.payment import drg
from medcoding.payment.drg import engine, weights

sys.path.insert(0, str(Path(__file__).parent))
from drg_cases import STAYS, Stay

PNEUMONIA = {"principal": "J18.9", "age": 70, "sex": "F", "on": "2026-05-01"}


@pytest.mark.parametrize("stay", STAYS, ids=lambda one: f"{one.drg}-{one.principal}")
def test_stay_has_the_msdrg_of_cms_definitions(stay: Stay) -> None:
    g = drg.group(**stay.given)
    assert (g.drg, g.mdc, g.kind) == (stay.drg, stay.mdc, stay.kind), stay.why
    assert g.valid


def test_stays_are_from_every_mdc() -> None:
    assert {stay.mdc for stay in STAYS} == set(range(26))
    assert len(STAYS) >= 60


def test_public_promise() -> None:
    g = drg.group(principal="J18.9", secondary=["J96.01"], procedures=[], age=70, sex="F", discharge="01", on="2026-05-01")
    assert g.drg == 193
    assert g.title == "Simple Pneumonia and Pleurisy with MCC"
    assert g.mdc == 4
    assert g.mdc_title == "Diseases and Disorders of the Respiratory System"
    assert (g.weight, g.gmlos, g.amlos) == (Decimal("1.3144"), Decimal("3.9"), Decimal("4.9"))  # read in Table 5
    assert g.severity["J96.01"] == "MCC"
    assert g.findings == ()
    assert str(g) == "MS-DRG 193 Simple Pneumonia and Pleurisy with MCC"


@pytest.mark.parametrize("stay", [one for one in STAYS if "on" not in one.other], ids=lambda one: f"{one.drg}-{one.principal}")
def test_title_weight_and_mdc_are_those_of_table_5(stay: Stay) -> None:
    g, row = drg.group(**stay.given), weights.table()[stay.drg]
    assert g.title.upper() == row.title.upper()
    assert (g.weight, g.gmlos, g.amlos) == (row.weight, row.gmlos, row.amlos)
    assert row.mdc in (g.mdc, None)


@pytest.mark.parametrize(
    ("on", "version", "year"),
    [
        ("2022-10-01", "40.0", 2023), ("2023-04-01", "40.1", 2023), ("2023-10-01", "41.0", 2024), ("2024-09-30", "41.1", 2024),
        ("2024-10-01", "42.0", 2025), ("2025-09-30", "42.1", 2025), ("2025-10-01", "43.0", 2026), ("2026-09-30", "43.1", 2026),
        ("2026-10-01", "44.0", 2027), ("2027-03-31", "44.0", 2027),
    ],
)  # fmt: skip
def test_grouper_is_that_of_the_discharge(on: str, version: str, year: int) -> None:
    g = drg.group(**{**PNEUMONIA, "on": on})
    assert (g.version, g.case.fiscal_year, g.drg) == (version, year, 195)
    assert (g.weight is None) == (year != 2026)


def test_hypertensive_encephalopathy_has_its_class_until_2025_only() -> None:
    """MS-DRGs 077 to 079 were deleted with version 43; Table 5 of FY 2026 has none of them."""
    stay = {"principal": "I67.4", "age": 60, "sex": "M"}
    before, after = drg.group(**stay, on="2025-09-30"), drg.group(**stay, on="2025-10-01")
    assert (before.drg, before.kind) == (79, "medical")
    assert after.drg != 79
    assert not {77, 78, 79} & weights.table().keys()


def test_death_and_age_and_status_may_be_written_in_several_ways() -> None:
    one = drg.group(principal="i214", secondary=("n179",), age=70, sex="f", discharge=20, on=dt.date(2026, 5, 1))
    other = drg.group(principal="I21.4", secondary=[("N17.9", "")], age=70, sex="F", discharge="20", on="2026-05-01")
    assert one == other
    assert one.drg == 284  # infarction, died, with CC


# What was acquired in the hospital: 42 CFR 412.60, CMS's list of hospital-acquired conditions


@pytest.mark.parametrize(
    ("number", "principal", "acquired", "procedures", "before", "after"),
    [
        (1, "K35.80", "T81.525A", ("0DTJ4ZZ",), 398, 399),  # foreign object left in
        (4, "S72.001A", "L89.153", ("0SR9019",), 521, 522),  # pressure ulcer, stage 3
        (5, "I50.21", "S72.001A", (), 291, 293),  # fall with a fracture
        (6, "I50.21", "T83.511A", (), 292, 293),  # infection by a urinary catheter
        (7, "I50.21", "T80.211A", (), 292, 293),  # infection of a vascular catheter
        (9, "I50.21", "E11.00", (), 291, 293),  # hyperosmolarity
        (10, "M17.11", "I26.99", ("0SRC0J9",), 469, 470),  # embolism after a knee replacement
        (14, "I50.21", "J95.811", ("02HV33Z",), 292, 293),  # pneumothorax by a venous catheter
    ],
)  # fmt: skip
@pytest.mark.parametrize("poa", ["N", "U"])
def test_hospital_acquired_condition_does_not_raise_the_msdrg(
    number: int, principal: str, acquired: str, procedures: tuple[str, ...], before: int, after: int, poa: str
) -> None:
    stay = {**PNEUMONIA, "principal": principal, "procedures": procedures}
    g = drg.group(**stay, secondary=[(acquired, poa)])
    assert (g.before.drg, g.drg) == (before, after)
    assert [(one.number, one.code) for one in g.hospital_acquired] == [(number, acquired)]
    assert g.severity[acquired] == ""
    assert g.excluded[acquired] == "hospital-acquired"


@pytest.mark.parametrize("poa", ["Y", "W"])
def test_the_same_condition_present_on_admission_counts(poa: str) -> None:
    g = drg.group(**{**PNEUMONIA, "principal": "S72.001A"}, procedures=["0SR9019"], secondary=[("L89.153", poa)])
    assert (g.before.drg, g.drg, g.hospital_acquired) == (521, 521, ())
    assert g.severity["L89.153"] == "MCC"


def test_another_mcc_keeps_the_msdrg_where_it_was() -> None:
    g = drg.group(**{**PNEUMONIA, "principal": "S72.001A"}, procedures=["0SR9019"], secondary=[("L89.153", "N"), ("J69.0", "Y")])
    assert (g.before.drg, g.drg, len(g.hospital_acquired)) == (521, 521, 1)
    assert g.before.weight == g.weight


def test_exempt_hospital_has_no_hospital_acquired_conditions() -> None:
    stay = {**PNEUMONIA, "principal": "S72.001A", "procedures": ["0SR9019"], "secondary": [("L89.153", "N")]}
    assert drg.group(**stay, poa_exempt=True).drg == 521


# Never 998 or 999 in silence


def test_missing_indicator_of_a_listed_condition_is_999_with_its_reason() -> None:
    g = drg.group(**{**PNEUMONIA, "principal": "S72.001A"}, procedures=["0SR9019"], secondary=["L89.153"])
    assert (g.drg, g.title, g.kind, g.weight, g.valid) == (999, "Ungroupable", "", None, False)
    assert (g.findings[0].rule, g.findings[0].codes) == ("drg-poa-missing", ("L89.153",))
    assert g.severity["L89.153"] == ""


def test_external_cause_as_principal_is_999_with_its_reason() -> None:
    g = drg.group(**{**PNEUMONIA, "principal": "W19.XXXA"})
    assert g.drg == 999
    assert g.findings[0].rule == "drg-external-cause-principal"
    assert "W19.XXXA" in g.findings[0].message


@pytest.mark.parametrize("secondary", [[], ["Z37.0"]])
def test_delivery_without_its_procedure_is_998_with_its_reason(secondary: list[str]) -> None:
    g = drg.group(principal="O80", secondary=secondary, age=30, sex="F", on="2026-05-01")
    assert (g.drg, g.findings[0].rule) == (998, "drg-delivery-incomplete")


def test_supervision_of_pregnancy_is_998_with_its_reason() -> None:
    g = drg.group(principal="O09.00", age=30, sex="F", on="2026-05-01")
    assert (g.drg, g.findings[0].rule) == (998, "drg-invalid-as-discharge-diagnosis")


@given(st.sampled_from(["O80", "O09.00", "W19.XXXA", "X58.XXXA", "J18.9", "I10", "Z38.00", "B20"]), st.sampled_from(["F", "M", "U"]), st.integers(0, 124))
@settings(max_examples=60, deadline=None)
def test_998_and_999_never_come_without_a_reason(principal: str, sex: str, age: int) -> None:
    g = drg.group(principal=principal, sex=sex, age=age, on="2026-05-01")
    assert g.valid or g.findings[0].message.startswith(f"MS-DRG {g.drg}")


# Refused, with what was found and what to do

REFUSED = [
    ({"principal": "E11"}, "E11 is a category, not a code"),
    ({"principal": "Z99.9Q"}, "Z99.9Q"),
    ({"principal": ""}, "not written like an ICD-10-CM code"),
    ({"principal": "C83.39"}, "not valid on 2026-05-01"),  # complete until FY 2025
    ({"principal": None}, "give a code"),
    ({"principal": ("J18.9", "1")}, "no longer reported"),
    ({"principal": ("J18.9", "Y", "Y")}, "give a code"),
    ({"secondary": ["E11", "E11.9"]}, "E11 is a category"),
    ({"secondary": "J96.01"}, "must be a list"),
    ({"secondary": [("J96.01", "X")]}, "Y, N, U and W"),
    ({"secondary": [17]}, "give a code"),
    ({"secondary": ["I10"] * 25}, "at most 24"),
    ({"procedures": ["0SR9ZZZ"]}, "breaks at axis 5"),
    ({"procedures": ["0SR9"]}, "seven digits or letters"),
    ({"procedures": [None]}, "seven digits or letters"),
    ({"procedures": ["0SR9019"] * 26}, "at most 25"),
    ({"age": 125}, "0 to 124"),
    ({"age": -1}, "0 to 124"),
    ({"age": 70.5}, "whole years"),
    ({"age": True}, "whole years"),
    ({"age": "70"}, "whole years"),
    ({"sex": "X"}, '"F", "M" or "U"'),
    ({"sex": None}, '"F", "M" or "U"'),
    ({"sex": "U", "on": "2024-09-30"}, "from 2024-10-01 only"),
    ({"discharge": "99"}, "20 died"),
    ({"discharge": True}, "20 died"),
    ({"discharge": "40"}, "inpatient claim"),  # hospice claims only
    ({"on": "2022-09-30"}, "from 2022-10-01 to 2027-03-31"),
    ({"on": "2027-04-01"}, "from 2022-10-01 to 2027-03-31"),
    ({"on": "May 1, 2026"}, "write year-month-day"),
]


@pytest.mark.parametrize(("wrong", "says"), REFUSED, ids=[str(one)[:60] for one, _ in REFUSED])
def test_bad_input_is_refused_with_a_reason(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(drg.DrgInputError, match=says.replace("(", r"\(")) as caught:
        drg.group(**{**PNEUMONIA, **wrong})
    assert isinstance(caught.value, ValueError)


@given(st.text(max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_text_as_a_diagnosis_is_grouped_or_refused(text: str) -> None:
    try:
        g = drg.group(**{**PNEUMONIA, "secondary": [text]})
    except drg.DrgInputError as error:
        assert str(error)
    else:
        assert g.drg in (193, 194, 195, 999)


def test_statuses_are_those_of_the_medicare_code_editor() -> None:
    from medcoding.payment.drg.statuses import STATUSES

    claim = {"discharge_date": 20260501, "age": 70, "sex": 1, "pdx": {"code": "J189"}, "sdx": [], "procedures": []}
    accepted = {
        f"{status:02d}"
        for status in range(100)
        if not any(edit["name"] == "INVALID_DISCHARGE_STATUS" for edit in engine.engines().editor.edit({**claim, "discharge_status": status})["edits"])
    }
    assert accepted == STATUSES.keys()


# Laws

CODES = ["J96.01", "N17.9", "I10", "E11.9", "A41.9", "D62", "I50.22", "J15.9", "K72.00", "R65.21"]


@given(st.permutations(CODES), st.integers(1, len(CODES)))
@settings(max_examples=40, deadline=None)
def test_order_of_secondary_diagnoses_does_not_matter(order: list[str], count: int) -> None:
    chosen = order[:count]
    g = drg.group(**PNEUMONIA, secondary=chosen)
    again = drg.group(**PNEUMONIA, secondary=sorted(chosen))
    assert g.drg == again.drg
    assert dict(g.severity) == dict(again.severity)
    assert [one.code for one in g.secondary] == chosen


@given(st.lists(st.sampled_from(CODES), max_size=6, unique=True), st.sampled_from(CODES))
@settings(max_examples=60, deadline=None)
def test_one_more_secondary_diagnosis_never_lowers_the_weight_of_pneumonia(codes: list[str], more: str) -> None:
    fewer, added = drg.group(**PNEUMONIA, secondary=codes), drg.group(**PNEUMONIA, secondary=[*codes, more])
    assert fewer.weight is not None
    assert added.weight is not None
    assert added.weight >= fewer.weight


def test_same_code_twice_is_kept_in_its_place() -> None:
    g = drg.group(**PNEUMONIA, secondary=["N17.9", "I10", "N17.9"], procedures=["0DB68ZX", "0DB68ZX"])
    assert [one.code for one in g.secondary] == ["N17.9", "I10", "N17.9"]
    assert [one.severity for one in g.secondary] == ["CC", "", "CC"]
    assert g.drg == 194


def test_stay_without_a_code_is_the_stay_grouped_without_it() -> None:
    g = drg.group(**PNEUMONIA, secondary=["J96.01", "N17.9"], procedures=["0DB68ZX"])
    assert g.without("j9601") == drg.group(**PNEUMONIA, secondary=["N17.9"], procedures=["0DB68ZX"])
    assert g.without("0DB68ZX").procedures == ()
    with pytest.raises(drg.DrgInputError, match="principal one cannot be left out"):
        g.without("J18.9")


# The engines


def test_fork_and_threads_get_the_same_answer() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        assert {one.drg for one in pool.map(lambda _: drg.group(**PNEUMONIA, secondary=["J96.01"]), range(40))} == {193}
    if not hasattr(os, "fork"):
        return
    child = os.fork()
    if child == 0:
        os._exit(0 if drg.group(**PNEUMONIA).drg == 195 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert drg.group(**PNEUMONIA).drg == 195


def test_closed_engines_open_again() -> None:
    engine.close()
    assert drg.group(**PNEUMONIA).drg == 195


def test_process_ends_without_complaint_and_import_is_lazy() -> None:
    script = (
        "import sys; from medcoding.payment import drg; assert 'msdrg' not in sys.modules; "
        "print(drg.group(principal='J18.9', age=70, sex='F', on='2026-05-01').drg)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("195", "")
