"""Dental notation: areas by digit, teeth by number and letter, surfaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import cdt

SHAPE = "D{}000"  # put together here, so that no file shows a code


@pytest.mark.parametrize(("digit", "area"), [(0, "diagnostic"), (1, "preventive"), (2, "restorative"), (3, "endodontics"), (4, "periodontics"), (7, "oral and maxillofacial surgery"), (8, "orthodontics")])
def test_first_digit_is_the_area(digit, area):
    assert cdt.area_of(SHAPE.format(digit)) == area


@pytest.mark.parametrize("text", ["", "D12", "D12345", "J3420", "D51.0", "D١٢٣٤", None])
def test_other_text_has_no_area(text):
    assert cdt.area_of(text) is None


@pytest.mark.parametrize(
    ("name", "place", "quadrant"),
    [
        ("1", "upper right, back", "10"), ("6", "upper right, front", "10"), ("8", "upper right, front", "10"), ("9", "upper left, front", "20"),
        ("16", "upper left, back", "20"), ("17", "lower left, back", "30"), ("24", "lower left, front", "30"), ("25", "lower right, front", "40"),
        ("32", "lower right, back", "40"), ("A", "upper right, back", "10"), ("C", "upper right, front", "10"), ("F", "upper left, front", "20"),
        ("K", "lower left, back", "30"), ("t", "lower right, back", "40"),
    ],
)  # fmt: skip
def test_tooth_has_its_place(name, place, quadrant):
    assert cdt.tooth(name).place == place
    assert cdt.tooth(name).quadrant == quadrant


def test_letters_are_primary_teeth():
    assert [name for name in ("F", "6", "16", "32") if cdt.is_primary(name)] == ["F"]


def test_mouth_has_32_permanent_and_20_primary_teeth_twelve_in_front_of_each():
    permanent = [cdt.tooth(str(number)) for number in range(1, 33)]
    primary = [cdt.tooth(letter) for letter in "ABCDEFGHIJKLMNOPQRST"]
    assert sum(not tooth.back for tooth in permanent) == 12
    assert sum(not tooth.back for tooth in primary) == 12
    for teeth, each in ((permanent, 8), (primary, 5)):
        assert all(sum(tooth.quadrant == quadrant for tooth in teeth) == each for quadrant in ("10", "20", "30", "40"))


def test_surfaces_fit_the_tooth():
    assert cdt.surfaces("mod", "30") == ("mesial", "occlusal", "distal")
    assert cdt.surfaces("MI", "8") == ("mesial", "incisal")
    with pytest.raises(cdt.ToothError, match="a front tooth"):
        cdt.surfaces("O", "8")
    with pytest.raises(cdt.ToothError, match="once"):
        cdt.surfaces("MM", "30")


@given(st.text(max_size=5))
def test_any_text_is_a_tooth_or_the_documented_error(text):
    try:
        assert cdt.tooth(text).name == text.strip().upper()
    except cdt.ToothError as error:
        assert "1 to 32" in str(error)
