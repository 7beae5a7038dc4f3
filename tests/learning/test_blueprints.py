"""The papers of mock exams: the counts of the published outlines, and blueprints of instructors."""

from __future__ import annotations

from typing import Any

import pytest
from medcoding.items.domains import domain_names
from medcoding.learning.blueprints import BlueprintProblem, blueprint, own_name, paper_names

OWN = {"domains": {"P14": 5, "P16": 3}, "minutes": 12, "pass": 70}


@pytest.mark.parametrize(
    ("name", "counted", "pilots", "minutes", "passing"),
    # the outlines: CPC 100 questions; CCA 90 scored and 15 not; CCS 79 scored and 18 not, 6 scenarios scored and 2 not
    [("cpc", 100, 0, 240, 70), ("cca", 90, 15, 120, 75), ("ccs", 79 + 6, 18 + 2, 240, 75)],
)
def test_the_papers_of_the_course_have_the_seats_of_the_outlines(name: str, counted: int, pilots: int, minutes: int, passing: int) -> None:
    paper = blueprint(name)
    assert sum(area.seats for area in paper.areas if not area.pilot) == counted
    assert sum(area.seats for area in paper.areas if area.pilot) == pilots
    assert (paper.minutes, paper.passing) == (minutes, passing)
    assert paper.source and paper.as_of and paper.pauses.count >= 1


@pytest.mark.parametrize(
    ("name", "ranges"),
    # the shares of the domains in percent of the scored questions, as AHIMA's outlines give them
    [
        ("cca", {"a1": (30, 34), "a2": (21, 25), "a3": (13, 17), "a4": (12, 16), "a5": (6, 10), "a6": (6, 10)}),
        ("ccs", {"s1": (39, 41), "s2": (18, 22), "s3": (9, 11), "s4": (18, 22), "s5": (9, 11)}),
    ],
)
def test_the_domains_lie_within_the_shares_of_the_outlines(name: str, ranges: dict[str, tuple[int, int]]) -> None:
    paper = blueprint(name)
    total = sum(paper.area(domain).seats for domain in ranges)
    for domain, (least, most) in ranges.items():
        assert least <= round(100 * paper.area(domain).seats / total) <= most, domain


def test_every_domain_of_an_exam_has_its_paper() -> None:
    asked = {domain for name in paper_names() for area in blueprint(name).areas for domain in area.domains}
    assert asked == set(domain_names())


def test_a_paper_is_found_in_any_case() -> None:
    assert blueprint(" CPC ") == blueprint("cpc")


def test_an_instructor_gives_a_paper_as_a_mapping() -> None:
    paper = blueprint(OWN)
    assert [(area.name, area.seats) for area in paper.areas] == [("ICD-10-CM", 5), ("coding guidelines", 3)]
    assert (paper.minutes, paper.passing, paper.pauses.count) == (12, 70, 0)


def test_the_same_mapping_has_the_same_name_and_a_changed_one_another() -> None:
    assert own_name(OWN) == own_name(dict(reversed(OWN.items()))) == blueprint(OWN).name
    assert own_name({**OWN, "minutes": 13}) != own_name(OWN)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("cpt", "There is no paper 'cpt'. There are 'cpc', 'cca', 'ccs'"),
        (7, "found int"),
        ({}, "no 'minutes'"),
        ({"domains": {"P14": 5}, "minutes": 12}, "no 'pass'"),
        ({**OWN, "domains": {}}, "no seats"),
        ({**OWN, "domains": ["P14"]}, "seats by domain"),
        ({**OWN, "domains": {"P99": 5}}, "'P99' is no domain"),
        ({**OWN, "domains": {"P14": 0}}, "greater than or equal to 1"),
        ({**OWN, "domains": {"P14": 200, "P16": 200}}, "at most 300"),
        ({**OWN, "minutes": "long"}, "minutes"),
        ({**OWN, "minutes": float("nan")}, "minutes"),
        ({**OWN, "pass": 0}, "pass: "),
        ({**OWN, "pauses": {"count": 1, "length": 3}}, "length"),
        ({**OWN, "colour": "red"}, "has no 'colour'"),
        ({**OWN, "more": [{"id": "x"}]}, "not sound"),
        ({**OWN, "more": [{"id": "p14", "name": "x", "domains": ["P14"], "seats": 1}]}, "same id"),
        ({**OWN, "domains": {}, "more": [{"id": "extra", "name": "x", "domains": ["P14"], "seats": 1, "pilot": True}]}, "nothing would count"),
        ({**OWN, "more": [{"id": "extra", "name": "x", "domains": ["P14"], "seats": 1, "forms": ["essay"]}]}, "'essay' is no form"),
    ],
)
def test_what_is_no_blueprint_is_said(given: Any, found: str) -> None:
    with pytest.raises(BlueprintProblem, match=found) as raised:
        blueprint(given)
    assert len(str(raised.value)) < 900
