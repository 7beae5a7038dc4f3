"""Each edit of the table: a claim that fails it, where it is marked, and a claim that passes."""

from __future__ import annotations

import re

import pytest
from claims.edit_cases import CASES
from medcoding.claims import edits
from medcoding.claims.edits.core import rules
from medcoding.claims.edits.run import FAMILIES
from medcoding.claims.model import field_at, value_at
from medcoding.claims.samples import samples


@pytest.mark.parametrize("rule", CASES)
def test_failing_claim_is_found_at_its_field(rule: str) -> None:
    case = CASES[rule]
    claim = case.failing()
    found = [one for one in edits.review(claim, history=case.history()) if one.rule == rule]
    assert found, f"{rule} was not found"
    assert any(case.where in one.fields for one in found), [one.fields for one in found]
    wanted = case.severity or rules()[rule].severity.value
    assert wanted in {one.finding.severity.value for one in found}
    for one in found:
        assert one.finding.citation and one.finding.message[-1] in ".)"
        for path in one.fields:
            value_at(claim, path)  # a real path of this claim
            assert field_at(claim.kind, path) is not None


@pytest.mark.parametrize("rule", CASES)
def test_passing_claim_is_let_through(rule: str) -> None:
    case = CASES[rule]
    assert rule not in {one.rule for one in edits.review(case.passing(), history=case.history())}


def test_every_edit_of_the_table_has_both_claims() -> None:
    assert set(CASES) == set(rules())


@pytest.mark.parametrize("name", samples())
def test_sample_is_clean(name: str) -> None:
    assert edits.check(samples()[name]) == []


def test_every_edit_is_run_by_its_family() -> None:
    assert {rule.family for rule in rules().values()} == set(FAMILIES)
    for rule, case in CASES.items():
        found = edits.review(case.failing(), history=case.history(), families=[rules()[rule].family])
        assert rule in {one.rule for one in found}


def test_rules_name_their_source() -> None:
    for rule in rules().values():
        assert re.search(r"CFR|U\.S\.C\.|CPM ch\.|NCCI ch\.|OCG|MCE|CMS|X12|course|see the", rule.citation), rule


def test_findings_come_hard_errors_first() -> None:
    found = edits.check(CASES["modifier-order"].failing()) + edits.check(CASES["denial-expected"].failing())
    assert {one.rule for one in found} >= {"modifier-order", "denial-expected"}
    both = edits.check(CASES["pointer-number"].failing().model_copy(update={"original_reference": "X"}))
    severities = [one.severity.value for one in both]
    order = ["error", "warning", "hint", "info"]
    assert severities == sorted(severities, key=order.index) and len(set(severities)) > 1


def test_unknown_family_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="pointers"):
        edits.check(samples()["office-knee"], families=["pointer"])
