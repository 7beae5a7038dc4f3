"""Search over procedure titles: what coders and lay people type, and what they must find."""

from __future__ import annotations

import pytest
from medcoding.codes import icd10pcs
from medcoding.codes.icd10pcs import book as books
from search_sets import by_all_words, by_search, missed, query_sets, rate

SETS = query_sets("pcs_queries.txt")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path_factory.mktemp("none")))
        books.forget()
        icd10pcs.build()
        yield icd10pcs.on("2026-03-01")
    books.forget()


def test_every_expected_code_is_valid(book):
    queries = [query for queries in SETS.values() for query in queries]
    assert len(queries) >= 250 and len(SETS["held out"]) >= 60 and len(SETS["sealed"]) >= 40
    assert len({query.text for query in queries}) == len(queries)
    assert [query for query in queries if query.code and query.code not in book] == []
    assert [query for query in queries if query.code and not query.code.startswith(query.starts)] == []
    assert [query for query in queries if not all(book.next_axis(start) for start in query.starts)] == []


def test_table_is_found_for_95_and_code_for_85_of_100_queries_never_looked_at(book):
    held_out, tuned = rate(SETS["held out"], by_search(book)), rate(SETS["tuned"], by_search(book))
    assert held_out.start >= 0.95 and held_out.exact >= 0.85, missed(SETS["held out"], by_search(book))
    assert tuned.start >= 0.95 and tuned.exact >= 0.9, missed(SETS["tuned"], by_search(book))


def test_what_nobody_thought_of_is_found_less_often_but_not_less_than_it_was(book):
    """The bars of 95 and 85 are not reached here: see the head of pcs_queries.txt."""
    sealed = rate(SETS["sealed"], by_search(book))
    assert sealed.start >= 0.85 and sealed.exact >= 0.75


def test_search_answers_far_more_than_a_filter_of_titles(book):
    queries = SETS["held out"] + SETS["sealed"]
    ours, filtered = rate(queries, by_search(book)), rate(queries, by_all_words(book))
    assert ours.exact > filtered.exact + 0.5


def test_side_and_approach_do_not_part_a_name(book):
    assert book.search("total right knee replacement", 1)[0].code.startswith("0SRC")
    assert book.search("laparoscopic left nephrectomy", 1)[0].code == "0TT14ZZ"


def test_what_was_not_done_is_not_searched_for(book):
    assert any(hit.code == "02703ZZ" for hit in book.search("coronary angioplasty one artery without stent", 10))


def test_an_endoscope_is_an_inspection_alone_and_an_approach_beside_an_operation(book):
    assert book.search("colonoscopy", 1)[0].code == "0DJD8ZZ"
    assert all(hit.code[2] == "B" and hit.code[4] == "8" for hit in book.search("colonoscopy polypectomy", 3))


def test_greek_and_latin_names_are_made_from_their_parts(book):
    assert book.search("splenectomy", 1)[0].code.startswith("07T")
    assert book.search("gastroscopy", 1)[0].code.startswith("0DJ6")
    assert {hit.code[:4] for hit in book.search("duodenectomy", 4)} <= {"0DT9", "0DB9"}


def test_start_of_a_code_lists_the_codes_below(book):
    hits = book.search("0SR904")
    assert [hit.code for hit in hits] == ["0SR9049", "0SR904A", "0SR904Z"]


def test_half_typed_and_misspelled_words_are_understood(book):
    assert book.search("resection append")[0].code[:4] == "0DTJ"
    assert any(hit.code[:4] == "0FT4" for hit in book.search("resection galbladder"))


def test_only_codes_of_the_date_are_found(book):
    assert any(hit.code == "XW033E5" for hit in book.search("remdesivir", 50))
    assert not any(hit.code == "XW033E5" for hit in icd10pcs.on("2020-03-01").search("remdesivir", 50))


def test_matched_words_are_named(book):
    hit = book.search("laparoscopic appendectomy")[0]
    assert hit.matched == ("laparoscopic", "appendectomy")


@pytest.mark.parametrize("text", ["", "   ", "the of", "\0", '"', "((((", "a" * 1000, "NEAR(a b)", None, "é" * 50])
def test_no_text_breaks_the_search(book, text):
    assert isinstance(book.search(text), list)


def test_limit_is_kept(book):
    assert len(book.search("bypass artery", 7)) == 7


def test_every_meaning_of_a_synonym_is_in_some_title(book):
    """Names made of word parts may come to nothing (there is no code for a pyelopexy); what somebody wrote down must not."""
    import yaml
    from medcoding.codes.icd10cm.wording import tokens
    from medcoding.codes.icd10pcs.source import SYNONYMS

    sections = yaml.safe_load(SYNONYMS.read_text(encoding="utf-8"))
    sections.pop("word_parts")
    dead = []
    for section in sections.values():
        for phrase, meanings in section.items():
            for meaning in [meanings] if isinstance(meanings, str) else meanings:
                expression = " AND ".join(f'"{word}"' for word in tokens(meaning))
                if not book._store.rows("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", expression):
                    dead.append((phrase, meaning))
    assert dead == []
