"""Conventions over the codes of an encounter: Excludes1, sequencing, repetition."""

from __future__ import annotations

from itertools import permutations

import pytest
from medcoding.codes import icd10cm
from medcoding.codes.icd10cm.references import parse
from medcoding.findings import Severity

DATE = "2026-03-01"

# Pairs that the guidelines or the notes themselves send to one encounter, with where they say so.
LEGAL = """
E11.22 N18.30 use additional code at E11.22
E11.9 Z79.4 I.C.4.a.3
E11.9 Z79.84 I.C.4.a.3
E11.65 E11.22 I.C.4.a
E11.621 L97.411 use additional code at E11.621
I12.9 N18.30 I.C.9.a.2
I11.0 I50.22 I.C.9.a.1
I13.0 I50.9 I.C.9.a.3
I10 I16.0 I.C.9.a.10
I21.4 I25.10 I.C.9.e
I25.10 Z95.5 I.C.21.c.3
I48.91 Z79.01 I.C.21.c.3
I63.9 I69.351 I.C.9.d.2
J44.0 J18.9 code also at J44.0
J44.0 J44.1 Excludes2 at J44.0
J44.1 J45.901 code also at J44
J96.01 J18.9 I.C.10.b.3
U07.1 J12.82 I.C.1.g.1.a
K21.00 K44.9 Excludes2
J01.00 J32.0 Excludes2
A41.9 R65.20 I.C.1.d.1.b
T81.44XA A41.9 I.C.1.d.5.b
B20 B59 I.C.1.a.2
N39.0 B96.20 use additional code at N39.0
L03.115 B95.62 I.C.1.b
C50.911 C79.51 I.C.2
C34.90 D63.0 I.C.2.c.1
C50.911 D64.81 I.C.2.c.2
Z51.11 C50.911 I.C.2.e.2
G89.3 C50.911 I.C.6.b.5
G30.9 F02.80 I.A.13
K70.30 I85.11 code first at I85.1
F10.20 K70.30 use additional code at K70
F17.210 J44.9 use additional code at J44
E66.813 Z68.41 I.B.14
S72.001A W19.XXXA I.C.20
S06.0X1A S01.01XA I.C.19.b
T20.20XA T31.10 I.C.19.d.6
T45.515A D68.32 I.C.19.e.5
O80 Z37.0 I.C.15.n
O34.211 Z37.0 I.C.15.b.5
O24.410 Z3A.28 I.C.21.c.11
Z38.00 P59.9 I.C.16.a.2
P22.0 P07.37 I.C.16.d
Z23 Z00.129 I.C.21.c.2
Z12.11 K63.5 I.C.21.c.5
Z85.3 Z90.11 I.C.21.c.4
M17.11 Z96.652 I.C.21.c.3
M80.08XA Z79.52 I.C.21.c.3
D62 K25.4 I.C.3
N17.9 N18.30 I.C.14
E87.1 E86.0 I.B.9
R18.8 K74.60 I.B.5
R50.9 J10.1 I.B.5
L89.154 L89.223 I.C.12.a
"""


@pytest.mark.parametrize("line", LEGAL.strip().splitlines())
def test_codes_that_belong_together_do_not_conflict(book, line):
    one, other = line.split()[:2]
    assert one in book
    assert other in book
    assert not [f for f in icd10cm.conventions([one, other], DATE, ordered=False) if f.rule == "excludes1-pair"]


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ("N30.00", "N39.0", "N39.0"),
        ("G47.33", "R06.81", "G47.3"),
        ("E03.9", "E89.0", "E03"),
        ("E11.9", "E10.9", "E10"),
        ("K80.00", "K81.0", "K81"),
        ("J44.0", "J06.9", "J00-J06"),
        ("M14.60", "E11.610", "M14.6"),
    ],
)
def test_excluded_pair_is_a_hard_error_in_either_order(book, one, other, where):
    for pair in permutations((one, other)):
        (finding,) = icd10cm.conventions(pair, DATE, ordered=False)
        assert finding.rule == "excludes1-pair"
        assert finding.severity is Severity.ERROR
        assert finding.citation == f"Excludes1 note at {where}; I.A.12.a"
        assert set(finding.codes) == {one, other}
        assert "unrelated" in finding.message


def test_wide_note_of_a_block_only_asks_to_look(book):
    (finding,) = icd10cm.conventions(["W01.0XXA", "V43.52XA"], DATE, ordered=False)
    assert finding.rule == "excludes1-conditional"
    assert finding.severity is Severity.WARNING


def test_old_disease_and_new_injury_are_not_a_hard_error(book):
    findings = icd10cm.conventions(["I61.9", "S06.5X0A"], DATE, ordered=False)
    assert [f.rule for f in findings] == ["excludes1-conditional"]


def test_note_on_sequelae_of_an_injury_leaves_the_current_injury_alone(book):
    late, current = (icd10cm.conventions(["I69.351", code], DATE, ordered=False) for code in ("S06.5X0S", "S06.5X0A"))
    assert "I69" in late[0].citation
    assert all("at I69;" not in finding.citation for finding in current)


@pytest.mark.parametrize("code", ["I43", "F02.80", "D63.1", "G63", "H42"])
def test_manifestation_is_never_first(book, code):
    finding = icd10cm.never_first(code, DATE)
    assert finding.rule == "manifestation-first"
    assert finding.citation.startswith("I.A.13")
    (found, *_) = icd10cm.conventions([code, "E85.4"], DATE, ordered=True)
    assert found == finding
    assert "manifestation-first" not in {f.rule for f in icd10cm.conventions(["E85.4", code], DATE, ordered=True)}
    assert "manifestation-first" not in {f.rule for f in icd10cm.conventions([code, "E85.4"], DATE, ordered=False)}


def test_never_first_follows_the_editor_of_the_date(index_path):
    """M02.80 joined the editor's list of manifestations after the first year of ICD-10-CM."""
    assert (
        icd10cm.never_first("M02.80", "2015-10-01") is None
        or "Editor" not in icd10cm.never_first("M02.80", "2015-10-01").citation
    )
    assert icd10cm.never_first("M02.80", DATE).rule == "manifestation-first"


def test_external_cause_is_never_first(book):
    assert icd10cm.never_first("W19.XXXA", DATE).rule == "external-cause-first"


@pytest.mark.parametrize("code", ["I10", "E11.65", "I50.9", "N18.30", "Z51.11", "nonsense", ""])
def test_ordinary_code_may_be_first(book, code):
    assert icd10cm.never_first(code, DATE) is None


@pytest.mark.parametrize(("wrong", "right"), [("N18.30", "I12.9"), ("I50.9", "I11.0"), ("L97.411", "E11.621")])
def test_code_first_note_gives_the_order(book, wrong, right):
    rules = {f.rule: f for f in icd10cm.conventions([wrong, right], DATE, ordered=True)}
    assert rules["code-first-order"].severity is Severity.WARNING
    assert "code-first-order" not in {f.rule for f in icd10cm.conventions([right, wrong], DATE, ordered=True)}


def test_repeated_code_is_found_however_it_is_written(book):
    (finding,) = icd10cm.conventions(["I10", "i10 "], DATE, ordered=False)
    assert finding.rule == "duplicate-code"


def test_codes_nobody_knows_are_passed_over(book):
    assert icd10cm.conventions(["nonsense", "", "Z99.99999", "\x00"], DATE, ordered=True) == []
    assert icd10cm.conventions([], DATE, ordered=True) == []


@pytest.mark.parametrize(
    ("text", "named", "not_named"),
    [
        ("diabetes (E08.-)", ["E08", "E0800"], ["E09", "E07"]),
        ("sepsis (A40-A41)", ["A400", "A419", "A41"], ["A42", "A39"]),
        ("fistula (K50.013, K50.113, K50.813, K50.913,)", ["K50013", "K50913"], ["K50014"]),
        ("poisoning (T36-T50 with fifth or sixth character 5)", ["T45515A", "T3995XA"], ["T45511A", "T510X5A"]),
        ("diabetes mellitus (E08-E13 with .61-)", ["E11610", "E08618"], ["E1165", "E14610"]),
        ("angiopathy (E08-E13 with .51-.52)", ["E1151", "E1352"], ["E1159"]),
        (
            "aphasia following cerebrovascular disease (I69. with final characters -20)",
            ["I69320", "I69020"],
            ["I69321"],
        ),
        ("open skull fracture (S02.- with 7th character B)", ["S020XXB"], ["S020XXA"]),
        ("G6PD deficiency with anemia (G6PD) (D55.0)", ["D550"], ["G6P"]),
        ("effects (A00-R94 and T80-T88.6, T88.8)", ["J189", "T886XXA", "T888XXA"], ["T887XXA", "S72001A"]),
        ("torticollis NOS M43.6", ["M436"], ["M437"]),
        ("behavioral eating disorders (F98.2.-F98.3)", ["F9821", "F983"], ["F984"]),
        ("arthropathy in:", [], ["M14"]),
    ],
)
def test_note_names_these_codes_and_not_those(text, named, not_named):
    reference = parse(text)
    assert not reference.conditional
    assert all(reference.holds(key) for key in named)
    assert not any(reference.holds(key) for key in not_named)


def test_practically_every_excludes1_note_that_names_codes_is_understood(book):
    notes = [text for (text,) in book._store.rows("SELECT text FROM notes WHERE kind = 'excludes1'")]
    decided = [text for text in notes if parse(text).spans and not parse(text).conditional]
    naming = [text for text in notes if any(c.isdigit() for c in text.rpartition("(")[2]) and "(" in text]
    assert len(notes) > 5_000
    assert len(decided) > 0.99 * len(naming)


def test_every_code_an_excludes1_note_names_exists(book):
    """A slip in reading a note would name a category that no book has."""
    for (text,) in book._store.rows("SELECT text FROM notes WHERE kind = 'excludes1'"):
        for span in parse(text).spans:
            query = "SELECT 1 FROM nodes WHERE kind >= 2 AND key >= ? AND key < ? LIMIT 1"
            assert book._store.rows(query, span.first, span.first + "~"), text
