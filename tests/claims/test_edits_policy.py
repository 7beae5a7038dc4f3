"""Pairs, limits, policies and packages: by tables invented here, so that every answer is known beforehand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from medcoding.claims import edits
from medcoding.claims.edits import Limit, Pair, TableError
from medcoding.claims.edits.tables import modifier_groups, teaching
from medcoding.claims.model import changed
from medcoding.claims.samples import sample
from medcoding.codes import cpt, hcpcs, icd10cm

LONG_AGO = dt.date(2015, 1, 1)


def two(first: dict, second: dict, date: str = "2026-03-12", filing: str = "MB"):
    """A claim of two lines with the codes svc:a and svc:b."""
    line = {"date": date, "pointers": ["A"], "place": "11"}
    return changed(sample("therapy-shoulder"), {
        "lines": [{**line, "code": "svc:a", **first}, {**line, "code": "svc:b", **second}], "coverages.0.filing": filing, "coverages.0.member_id": "1EG4TE5MK73",
        "diagnoses": [{"code": "E11.42"}], "submitted": None,
    })  # fmt: skip


def pair(indicator: str, start: dt.date = LONG_AGO, end: dt.date | None = None):
    row = Pair("svc:a", "svc:b", indicator, start, end, "invented", "test", "test")
    return teaching().with_pairs([row])


def found(claim, tables):
    return [one.rule for one in edits.check(claim, tables=tables, families=["pairs"])]


@pytest.mark.parametrize(
    ("indicator", "first", "second", "rules"),
    [
        ("0", [], [], ["pair-never"]),
        ("0", [], ["59"], ["pair-never"]),
        ("1", [], [], ["pair-needs-modifier"]),
        ("1", [], ["59"], []),
        ("1", [], ["XU"], []),
        ("1", [], ["76"], ["pair-needs-modifier"]),  # not an NCCI modifier
        ("1", [], ["25"], ["pair-needs-modifier"]),  # 25 on what is no visit
        ("1", ["RT"], ["RT"], ["pair-needs-modifier"]),  # the same place
        ("1", ["RT"], ["LT"], []),
        ("9", [], [], []),
    ],
)
def test_indicator_decides_whether_a_modifier_helps(indicator, first, second, rules) -> None:
    assert found(two({"modifiers": first}, {"modifiers": second}), pair(indicator)) == rules


@pytest.mark.parametrize(("date", "filing", "rules"), [("2019-06-30", "MB", ["pair-modifier-column"]), ("2019-07-01", "MB", []), ("2019-07-01", "CI", ["pair-modifier-column"])])
def test_column_of_the_modifier_matters_before_july_2019_and_to_other_payers(date, filing, rules) -> None:
    assert found(two({"modifiers": ["XS"]}, {}, date, filing), pair("1")) == rules


def test_pair_holds_from_its_first_to_its_last_day() -> None:
    tables = pair("0", dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    days = {"2025-12-31": [], "2026-01-01": ["pair-never"], "2026-03-31": ["pair-never"], "2026-04-01": []}
    assert {day: found(two({}, {}, day), tables) for day in days} == days


def test_message_says_which_code_is_denied_whatever_the_order_of_lines() -> None:
    claim = two({"code": "svc:b"}, {"code": "svc:a"})
    (message,) = [one.message for one in edits.check(claim, tables=pair("0"), families=["pairs"])]
    assert "svc:a is paid, svc:b is denied" in message


def test_other_day_or_clinician_is_no_pair() -> None:
    assert found(two({}, {"date": "2026-03-13"}), pair("0")) == []
    assert found(two({}, {"rendering": {"name": "Reed", "first": "Al", "npi": "2606060608"}}), pair("0")) == []


@pytest.mark.parametrize(
    ("indicator", "units", "rules"),
    [("3", ("2", "0"), []), ("3", ("2", "2"), ["units-over-day-limit"]), ("2", ("1", "2"), ["units-over-day-limit"]), ("1", ("2", "2"), []), ("1", ("3", "1"), ["units-over-line-limit"])],
)
def test_day_limit_counts_all_lines_and_line_limit_each(indicator, units, rules) -> None:
    tables = teaching().with_limits([Limit("svc:a", 2, indicator, "invented", "test")])
    claim = two({"units": units[0]}, {"code": "svc:a", "units": units[1]})
    assert [one.rule for one in edits.check(claim, tables=tables, families=["units"]) if "over" in one.rule] == rules


def test_curriculum_case_of_split_units() -> None:
    # limit 2 a day, indicator 3, 4 billed over two lines: splitting does not help
    (one,) = [f for f in edits.check(two({"units": 2}, {"code": "svc:a", "units": 2}), families=["units"]) if f.rule == "units-over-day-limit"]
    assert "4 units" in one.message and "over 2 lines" in one.message and "appeal" in one.message


def test_unsupported_service_names_the_diagnosis_that_would_support_it() -> None:
    claim = changed(sample("office-knee"), {"lines.1.pointers": ["B"]})
    (one,) = [f for f in edits.check(claim) if f.rule == "not-supported"]
    assert one.codes == ("svc:large-joint-injection", "I10") and "M17.11 on this claim would support it" in one.message


def test_span_of_a_policy_holds_what_lies_below_its_ends() -> None:
    policy = edits.policies()["a1c"]  # E08-E13
    assert [code for code in ("E07.9", "E08.00", "E11.65", "E13.9", "E14", "E15", "", "nonsense") if policy.supported_by(code)] == ["E08.00", "E11.65", "E13.9"]


@pytest.mark.parametrize(("last", "soon"), [("2025-03-01", True), ("2025-04-30", True), ("2024-02-29", False)])
def test_full_months_lie_between_screenings(last: str, soon: bool) -> None:
    # 23 full months after the month of the last one: for 2026-03 the last may be of 2024-03 at the latest
    claim = changed(sample("screening-polyp"), {"lines.0.code": "G0105", "lines.0.modifiers": [], "diagnoses": [{"code": "Z12.11"}, {"code": "Z80.0"}]})
    earlier = changed(claim, {"lines.0.date": last, "control_number": "OLD"})
    assert ("too-soon" in {one.rule for one in edits.check(claim, history=[earlier])}) is soon


@pytest.mark.parametrize(("last", "soon"), [("2024-03-31", False), ("2024-04-01", True)])
def test_month_counts_not_the_day(last: str, soon: bool) -> None:
    claim = changed(sample("screening-polyp"), {"lines.0.code": "G0105", "lines.0.modifiers": [], "lines.0.date": "2026-03-01", "diagnoses": [{"code": "Z80.0"}], "lines.0.pointers": ["A"]})
    earlier = changed(claim, {"lines.0.date": last, "control_number": "OLD"})
    assert ("too-soon" in {one.rule for one in edits.check(claim, history=[earlier])}) is soon


@pytest.mark.parametrize(
    ("date", "modifiers", "rules"),
    [
        ("2026-03-01", [], {"global-visit"}), ("2026-03-01", ["57"], set()), ("2026-02-28", [], set()),
        ("2026-05-31", [], {"global-visit"}), ("2026-06-01", [], set()), ("2026-04-01", ["24"], set()),
    ],
)  # fmt: skip
def test_major_package_has_the_day_before_and_ninety_days_after(date, modifiers, rules) -> None:
    # surgery on 2026-03-02: day 90 is 2026-05-31 (29 days of March, 30 of April, 31 of May)
    surgery = changed(sample("office-knee"), {"lines": [{"code": "svc:knee-replacement", "modifiers": ["RT"], "date": "2026-03-02", "place": "21", "pointers": ["A"]}], "control_number": "OLD"})
    visit = changed(sample("office-knee"), {"lines": [{"code": "svc:office-visit-established", "date": date, "modifiers": modifiers, "pointers": ["A"]}], "submitted": None})
    assert {one.rule for one in edits.check(visit, history=[surgery], families=["global_period"])} == rules
    other = changed(surgery, {"billing.npi": "2101010108"})
    assert edits.check(visit, history=[other], families=["global_period"]) == []


def test_teaching_pairs_are_many_marked_and_of_known_codes_only() -> None:
    rows = teaching().pair_rows
    assert len(rows) >= 60 and {row.indicator for row in rows} == {"0", "1", "9"}
    assert len({frozenset((row.first, row.second)) for row in rows}) == len(rows)
    for row in rows:
        assert row.quarter.startswith("teaching") and "NCCI ch. 1 section" in row.source
        assert all(code in cpt.services() or code in hcpcs.on("2026-03-16") or code in cpt.registry() for code in (row.first, row.second))


def test_policies_cite_and_name_codes_of_the_book() -> None:
    policies = edits.policies()
    assert sum(1 for one in policies.values() if one.citation.startswith("NCD")) >= 15
    book = icd10cm.on("2026-03-16")
    for one in policies.values():
        assert one.teaching == one.citation.startswith("teaching policy")
        assert all(book.get(end) is not None for written in one.written for end in written.split("-"))


def test_modifier_groups_hold_known_modifiers() -> None:
    known = {*cpt.modifiers(), *hcpcs.on("2026-03-16").modifiers}
    assert all(codes <= known for codes in modifier_groups().values())


PTP = (
    "CPT only copyright American Medical Association\n\n"
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\tModifier 0=not allowed 1=allowed 9=not applicable\tPTP Edit Rationale\n"
    "G0105\tG0104\t\t20200101\t*\t0\tMore extensive procedure\n"
    "G0442\tG0444\t\t20200101\t20211231\t1\tStandards\n"
)


def test_official_pairs_are_read_in_their_layout(tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt"
    path.write_text(PTP, encoding="latin-1")
    first, second = edits.read_pairs(path, "2026Q2")
    assert (first.first, first.second, first.indicator, first.start, first.end) == ("G0105", "G0104", "0", dt.date(2020, 1, 1), None)
    assert second.end == dt.date(2021, 12, 31) and second.quarter == "2026Q2"


@pytest.mark.parametrize(("text", "why"), [("nothing here\n", "holds no pair"), (PTP + "oops\n", "Line 6"), (PTP.replace("20200101\t*", "soon\t*"), "first day 'soon'")])
def test_damaged_pairs_are_refused_whole(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "pairs.txt"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(TableError, match=why):
        edits.read_pairs(path, "2026Q2")


def test_official_limits_are_read_in_their_layout(tmp_path: Path) -> None:
    path = tmp_path / "limits.csv"
    path.write_text('"notice, of some lines",,,\n"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\nG0105,1,2 Date of Service Edit: Policy,CMS Policy\n', encoding="latin-1")
    (limit,) = edits.read_limits(path)
    assert (limit.code, limit.units, limit.indicator, limit.rationale) == ("G0105", 1, "2", "CMS Policy")
    with pytest.raises(TableError, match="cannot be read"):
        edits.read_limits(tmp_path / "absent.csv")
