"""The small suggestion program: what it finds, what each rule drops, what it cannot know, and how it is measured."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import icd10cm
from medcoding.learning.suggest import Phrase, Rules, Suggestion, dictionary, measure, precision_recall, suggest
from minicourse import ROOT

DAY = icd10cm.on("2026-03-16")
BEFORE = icd10cm.on("2025-09-30")
CODES = ["I10", "J18.9", "J44.9", "M25.51", "G35", "R10.2", "I26.99", "I48.21", "F32.A"]
PHRASES = dictionary(BEFORE, CODES, {"colon cancer": "C18.9", "COPD": "J44.9"})


def found(note: str, rules: Rules | None = None, *, inpatient: bool = False, book: icd10cm.Book = DAY) -> dict[str, Suggestion]:
    return {one.code: one for one in suggest(note, PHRASES, book, inpatient=inpatient, rules=rules)}


def test_the_dictionary_holds_titles_terms_and_house_words_of_reportable_codes() -> None:
    texts = {(one.text, one.code, one.source) for one in PHRASES}
    assert ("Pneumonia, unspecified organism", "J18.9", "title") in texts
    assert ("Depressive disorder NOS", "F32.A", "inclusion term") in texts
    assert ("colon cancer", "C18.9", "house word") in texts
    assert {one.code for one in PHRASES if one.side} == {"M25.511", "M25.512"}
    assert "M25.51" not in {one.code for one in PHRASES} and "G35" in {one.code for one in PHRASES}


def test_a_code_the_book_does_not_have_and_an_empty_list_are_refused() -> None:
    with pytest.raises(icd10cm.UnknownCode):
        dictionary(DAY, ["Q99.99"])
    with pytest.raises(ValueError, match="Give codes or headers"):
        dictionary(DAY, [])


@pytest.mark.parametrize(
    ("note", "code", "rule"),
    [
        ("No pulmonary embolism on the scan.", "I26.99", "negation: no"),
        ("Pulmonary embolism was ruled out.", "I26.99", "negation: ruled out"),
        ("Father had colon cancer at 60.", "C18.9", "family: father"),
        ("Pneumonia in 2019, treated at home.", "J18.9", "history: 2019"),
        ("History of depression.", "F32.A", "history: history of"),
        ("Possible pneumonia, film tomorrow.", "J18.9", "uncertain: possible, not an inpatient discharge"),
        ("Multiple sclerosis, stable.", "G35", "date: not in force on 2026-03-16"),
    ],
)
def test_each_rule_drops_what_it_is_for_and_lets_it_pass_when_off(note: str, code: str, rule: str) -> None:
    dropped = found(note)[code]
    assert (dropped.kept, dropped.rule) == (False, rule)
    assert found(note, Rules().switch(rule.split(":")[0], False))[code].kept
    assert found(note, Rules.none())[code].kept


def test_a_code_of_last_year_is_kept_on_its_own_date() -> None:
    assert found("Multiple sclerosis, stable.", book=BEFORE)["G35"].kept


def test_doubt_is_kept_at_the_discharge_of_a_stay() -> None:
    assert found("Probable pneumonia.", inpatient=True)["J18.9"].kept


def test_the_side_comes_from_the_sentence() -> None:
    note = "Left shoulder pain after a fall. Right shoulder free."
    assert list(found(note)) == ["M25.512"] and found(note)["M25.512"].rule == "side: left"
    assert list(found(note, Rules.none())) == ["M25.511"], "without the rule the first code of the book is taken"
    assert not next(iter(suggest("Pain of both shoulders, bilateral shoulder pain.", PHRASES, DAY))).kept


def test_the_window_is_counted_in_words_and_ends_at_but() -> None:
    note = "No fever, chills, rash, aches, cramps, tremor or pneumonia."
    assert found(note)["J18.9"].kept and not found(note, Rules(window=8))["J18.9"].kept
    assert found("No fever but pneumonia.")["J18.9"].kept


def test_what_it_cannot_know_stays_wrong() -> None:
    """The lesson shows these: a no that is about something else, a copied line, two lines that belong together."""
    assert not found("No change in her permanent atrial fibrillation.")["I48.21"].kept
    assert found("Copied from January: depression.")["F32.A"].kept
    assert found("Hypertension. Heart failure.")["I10"].kept


def test_the_longest_phrase_wins_and_its_span_is_the_text() -> None:
    phrases = dictionary(DAY, ["J45.20"], {"asthma": "J45.909"})
    note = "Today: mild intermittent asthma, no flare."
    (one,) = suggest(note, phrases, DAY)
    assert one.code == "J45.20" and note[one.start : one.end] == "mild intermittent asthma"


def test_confidence_is_a_measured_share_or_absent() -> None:
    note = "Hypertension. COPD."
    plain = suggest(note, PHRASES, DAY)
    assert [one.confidence for one in plain] == [None, None]
    counts = measure([(plain, {"I10"})])
    assert counts == {"inclusion term": (1, 1), "house word": (0, 1)}
    again = {one.code: one.confidence for one in suggest(note, PHRASES, DAY, measured=counts)}
    assert again == {"I10": 67, "J44.9": 33}, "(right + 1) / (kept + 2)"


def test_precision_and_recall_are_counted_over_all_notes() -> None:
    one, two = suggest("Hypertension. Pneumonia.", PHRASES, DAY), suggest("COPD.", PHRASES, DAY)
    assert precision_recall([(one, {"I10", "E03.9"}), (two, {"J44.9"})]) == (2 / 3, 2 / 3)
    with pytest.raises(ValueError, match="both must be above 0"):
        precision_recall([([], {"I10"})])


def test_rules_are_named_in_the_message_and_bounds_are_kept() -> None:
    with pytest.raises(ValueError, match="negation, history, family, uncertain, side, date"):
        Rules().switch("negatoin", False)
    with pytest.raises(ValueError, match="1 to 20"):
        Rules(window=0)
    with pytest.raises(ValueError, match="20,000 are read"):
        suggest("a" * 20_001, PHRASES, DAY)


def test_the_notes_of_the_lesson_have_keys_that_are_in_force() -> None:
    with (ROOT / "source/15-future/tool-notes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 12
    for row in rows:
        assert all(code in icd10cm.on(row["date"]) for code in row["key"].split(";") if code), row["note"]


@given(st.text(alphabet=st.sampled_from(list("no. pneumonia;\n19 without but hypertension,COPD right")), max_size=200))
def test_any_text_gives_spans_inside_it_in_order(note: str) -> None:
    several = suggest(note, PHRASES, DAY)
    assert all(0 <= one.start < one.end <= len(note) for one in several)
    assert all(one.end <= two.start for one, two in zip(several, several[1:], strict=False))


@given(st.sampled_from(Rules.names()), st.text(alphabet=st.sampled_from(list("no possible pneumonia. father 2019 COPD")), max_size=120))
def test_a_rule_that_drops_never_adds(name: str, note: str) -> None:
    if name == "side":
        return
    without = {(one.code, one.start) for one in suggest(note, PHRASES, DAY, rules=Rules.none()) if one.kept}
    assert {(one.code, one.start) for one in suggest(note, PHRASES, DAY, rules=Rules.none().switch(name, True)) if one.kept} <= without


def test_a_phrase_is_a_plain_value() -> None:
    assert Phrase("COPD", "J44.9", "house word", frozenset({"copd"})).side == ""
