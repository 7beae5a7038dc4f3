"""The claim as data: what it holds, what it refuses, where each field stands."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.claims import Claim, ClaimError, Institutional, Professional
from medcoding.claims.model import changed, field_at, fields, paths, value_at, where
from medcoding.claims.model.base import Model
from medcoding.claims.samples import about, institutional, professional, sample, samples
from pydantic import ValidationError

SMALL = {
    "kind": "professional", "control_number": "A-1", "billing": {"name": "Alder"}, "patient": {"last": "Moss"},
    "coverages": [{"payer": {"name": "Plan"}}], "lines": [{"code": "svc:ekg", "date": "2026-03-16"}],
}  # fmt: skip


@pytest.mark.parametrize("name", samples())
def test_plain_data_and_json_read_back_as_the_same_claim(name: str) -> None:
    claim = sample(name)
    assert Claim.load(claim.plain()) == claim
    assert Claim.load(json.dumps(claim.plain())) == claim
    assert Claim.load(claim.model_dump_json()) == claim


def test_kind_tells_the_class() -> None:
    assert isinstance(sample("office-knee"), Professional) and isinstance(sample("stay-pneumonia"), Institutional)
    assert all(isinstance(one, Claim) for one in samples().values())
    assert sum(one.kind == "professional" for one in samples().values()) >= 3 and sum(one.kind == "institutional" for one in samples().values()) >= 3
    assert set(about()) == set(samples())


def test_codes_are_kept_as_the_books_print_them() -> None:
    claim = Claim.load({**SMALL, "diagnoses": [{"code": "e1165 "}], "lines": [{"code": " SVC:EKG", "date": "2026-03-16", "modifiers": "rt, 59", "pointers": "a b"}, {"code": "j3301", "date": "2026-03-16"}]})
    assert claim.diagnoses[0].code == "E11.65"
    assert [line.code for line in claim.lines] == ["svc:ekg", "J3301"]
    assert claim.lines[0].modifiers == ("RT", "59") and claim.lines[0].pointers == ("A", "B")


def test_wrong_content_is_held_not_refused() -> None:
    claim = Claim.load({**SMALL, "diagnoses": [{"code": "a?"}], "lines": [{"code": "XYZ", "date": "2026-03-16", "pointers": ["Q"]}]})
    assert claim.diagnoses[0].code == "a?" and claim.lines[0].pointers == ("Q",)


def test_charges_add_up_in_cents() -> None:
    claim = professional()
    assert claim.charge == claim.total_charge == Decimal("302.00")  # 150 + 120 + 32
    assert changed(claim, {"stated_total": "1.5"}).total_charge == Decimal("1.50")
    assert institutional().charge == Decimal("16505.50")


def test_dates_that_matter() -> None:
    stay, visit = institutional(), changed(professional(), {"lines.1.date": "2026-03-10", "lines.2.through": "2026-03-18"})
    assert stay.coding_date == dt.date(2026, 5, 1)  # discharge
    assert institutional("outpatient-infusion").coding_date == dt.date(2026, 3, 11)
    assert (visit.service_from, visit.service_through, visit.coding_date) == (dt.date(2026, 3, 10), dt.date(2026, 3, 18), dt.date(2026, 3, 10))
    assert [day.day for day in visit.lines[2].dates] == [16, 17, 18]


@pytest.mark.parametrize(("on", "age"), [("2025-08-18", 69), ("2025-08-19", 70), ("1955-08-19", 0), ("1955-08-18", None)])
def test_age_is_in_completed_years(on: str, age: int | None) -> None:
    assert institutional().patient.age_on(dt.date.fromisoformat(on)) == age  # born 1955-08-19


@pytest.mark.parametrize(("pointer", "place"), [("A", 0), ("B", 1), ("C", None), ("1", 0), ("2", 1), ("3", None), ("0", None), ("13", None), ("AB", None), ("", None), ("a", None), ("²", None)])
def test_pointer_is_a_letter_or_a_number(pointer: str, place: int | None) -> None:
    assert professional().place_of(pointer) == place  # two diagnoses


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "dental"}, "kind is 'dental'"),
        ({"frequenzy": "1"}, "frequenzy is no field"),
        ({"lines": []}, "lines"),
        ({"lines": [{"code": "svc:ekg"}]}, "lines.0.date is missing"),
        ({"lines": [{"code": "svc:ekg", "date": "2026-13-01"}]}, "lines.0.date is '2026-13-01'"),
        ({"lines": [{"code": "svc:ekg", "date": 20260316}]}, "year-month-day"),
        ({"lines": [{"code": "svc:ekg", "date": "2026-03-16", "charge": -1}]}, "lines.0.charge is -1"),
        ({"lines": [{"code": "svc:ekg", "date": "2026-03-16", "charge": "1.005"}]}, "lines.0.charge"),
        ({"lines": [{"code": "svc:ekg", "date": "2026-03-16", "modifiers": ["1", "2", "3", "4", "5"]}]}, "lines.0.modifiers"),
        ({"diagnoses": [{"code": "I10"}] * 13}, "diagnoses"),
        ({"coverages": []}, "coverages"),
        ({"patient": {"last": "A\nB"}}, "one line of plain text"),
        ({"control_number": "x" * 51}, "control_number"),
    ],
)  # fmt: skip
def test_what_no_form_could_hold_is_refused_with_its_place(change: dict, said: str) -> None:
    with pytest.raises(ClaimError) as error:
        Claim.load({**SMALL, **change})
    assert said in str(error.value)


@pytest.mark.parametrize("data", [None, 5, [], "", "{", "[]", "nul", b"\xff", "[" * 100_000, "x" * 1_000_001])
def test_other_data_is_refused(data: object) -> None:
    with pytest.raises(ClaimError):
        Claim.load(data)  # type: ignore[arg-type]


def test_claim_is_frozen() -> None:
    with pytest.raises(ValidationError):
        professional().frequency = "7"  # type: ignore[misc]


def test_change_leaves_the_given_claim_alone() -> None:
    claim = professional()
    other = changed(claim, {"lines.1.modifiers": ["LT"], "lines.3": {"code": "svc:ekg", "date": "2026-03-16"}, "facility.name": "Elsewhere"})
    assert claim.lines[1].modifiers == ("RT",) and len(claim.lines) == 3 and claim.facility is None
    assert other.lines[1].modifiers == ("LT",) and len(other.lines) == 4 and other.facility is not None
    assert len(changed(other, {"lines.0": None, "lines.2": None}).lines) == 2


@pytest.mark.parametrize("path", ["lines.9.code", "nothing", "lines.x", "patient.last.more", "lines.0.nothing", ""])
def test_path_to_nowhere_is_refused(path: str) -> None:
    with pytest.raises(ClaimError):
        changed(professional(), {path: "x"})


@pytest.mark.parametrize("name", samples())
def test_every_value_can_be_read_and_put_back_by_its_path(name: str) -> None:
    claim = sample(name)
    all_of_it = dict(paths(claim))
    assert all(value_at(claim, path) == value for path, value in all_of_it.items())
    data = json.loads(claim.model_dump_json())
    for path in all_of_it:
        value = data
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        assert changed(claim, {path: value}) == claim


@given(st.integers(0, 2), st.sampled_from(["charge", "units"]), st.decimals(0, 9999, places=2))
def test_changed_value_is_read_back(number: int, name: str, value: Decimal) -> None:
    path = f"lines.{number}.{name}"
    assert value_at(changed(professional(), {path: value}), path) == value


def every_path(model: type[Model], path: str = "") -> list[str]:
    """The patterns of all fields of a model, with * for the entries of lists."""
    found = []
    for name, info in model.model_fields.items():
        inside = [part for part in _models(info.annotation) if issubclass(part, Model)]
        own = f"{path}.{name}".lstrip(".")
        own += ".*" if "tuple" in str(info.annotation) and inside else ""
        found += [below for part in inside for below in every_path(part, own)] or [own]
    return found


def _models(annotation: object) -> list[type]:
    from typing import get_args

    return [annotation] if isinstance(annotation, type) and not get_args(annotation) else [one for arg in get_args(annotation) for one in _models(arg)]


@pytest.mark.parametrize("model", [Professional, Institutional])
def test_every_field_of_the_model_knows_its_place(model: type[Model]) -> None:
    kind = model.model_fields["kind"].default
    for pattern in every_path(model):
        if pattern != "kind":
            assert field_at(kind, pattern.replace("*", "0")) is not None, pattern


@pytest.mark.parametrize("kind", ["professional", "institutional"])
def test_every_row_of_the_table_is_a_field_with_box_or_element(kind: str) -> None:
    model = Professional if kind == "professional" else Institutional
    known = every_path(model)
    for pattern, row in fields(kind).items():
        assert any(one == pattern or one.startswith(pattern + ".") for one in known), pattern
        assert row.label and row.plain and (row.box or row.loop or "kept" in row.plain or "belongs on" in row.plain)


@pytest.mark.parametrize(
    ("kind", "path", "box", "segment", "said"),
    [
        ("professional", "lines.0.modifiers", "24D", "SV1", "item 24D, line 1"), ("professional", "diagnoses.1.code", "21", "HI", "item 21B"),
        ("professional", "lines.4.pointers", "24E", "SV1", "item 24E, line 5"), ("professional", "billing.npi", "33a", "NM1", "item 33a"),
        ("professional", "frequency", "22", "CLM", "item 22"), ("professional", "patient.address.zip", "5", "N3", "item 5"), ("professional", "submitted", "", "BHT", "sent"),
        ("institutional", "bill_type", "4", "CLM", "FL 4"), ("institutional", "diagnoses.0.code", "67", "HI", "FL 67"), ("institutional", "diagnoses.3.poa", "67", "HI", "FL 67C"),
        ("institutional", "procedures.1.code", "74", "HI", "FL 74a"), ("institutional", "status", "17", "CL1", "FL 17"), ("institutional", "coverages.1.member_id", "60", "NM1", "FL 60, payer 2"),
        ("institutional", "lines.0.revenue", "42", "SV2", "FL 42, line 1"), ("institutional", "start", "6", "DTP", "FL 6"),
    ],
)  # fmt: skip
def test_boxes_and_segments_of_fields(kind: str, path: str, box: str, segment: str, said: str) -> None:
    # CPM ch. 26 §10 (items), ch. 25 §75 (locators), 837 guides (segments)
    found = field_at(kind, path)
    assert found is not None and (found.box, found.segment) == (box, segment)
    assert where(kind, path) == said


def test_unknown_sample_and_kind_name_what_there_is() -> None:
    with pytest.raises(ClaimError, match="office-knee"):
        sample("office-foot")
    with pytest.raises(ClaimError, match="institutional claim"):
        professional("stay-pneumonia")
    with pytest.raises(ClaimError, match="professional"):
        fields("dental")
