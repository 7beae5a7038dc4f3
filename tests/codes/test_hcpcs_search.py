"""Search over the teaching table of supplies: what coders and lay people type, and what they must find."""

from __future__ import annotations

import pytest
from medcoding.codes import hcpcs
from medcoding.codes.hcpcs.book import forget
from search_sets import by_all_words, by_search, missed, query_sets, rate

SETS = query_sets("hcpcs_queries.txt")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDCODING_OFFICIAL_STORE", str(tmp_path_factory.mktemp("none")))
        forget()
        yield hcpcs.on("2026-03-16")
    forget()


def test_every_expected_code_is_in_the_table(book):
    queries = [query for queries in SETS.values() for query in queries]
    assert len(queries) >= 140 and len(SETS["held out"]) >= 50 and len(SETS["sealed"]) >= 35
    assert len({query.text for query in queries}) == len(queries)
    assert [query for query in queries if query.code and query.code not in book] == []
    assert [query for query in queries if query.code and not query.code.startswith(query.starts)] == []


@pytest.mark.parametrize("part", ["held out", "tuned", "sealed"])
def test_start_is_found_for_95_and_code_for_85_of_100_queries(book, part):
    found = rate(SETS[part], by_search(book))
    assert found.start >= 0.95 and found.exact >= 0.85, missed(SETS[part], by_search(book))


def test_search_answers_far_more_than_a_filter_of_titles(book):
    queries = SETS["held out"] + SETS["sealed"]
    assert rate(queries, by_search(book)).exact > rate(queries, by_all_words(book)).exact + 0.5


def test_one_word_may_mean_several_things(book):
    found = {hit.code for hit in book.search("blood thinner", 10)}
    assert {"J1644", "J1650"} <= found


def test_every_meaning_of_a_synonym_is_in_the_table():
    from medcoding.codes.hcpcs import search
    from medcoding.codes.hcpcs.tables import synonyms

    table = search._ours()
    dead = [
        (typed, meant) for typed, meanings in synonyms().items() for meant in meanings
        if not table.execute(search._QUERY, (search._all_of(search.tokens(meant)),)).fetchall()
    ]  # fmt: skip
    assert dead == []
    unreachable = [typed for typed in synonyms() if search.tokens(typed) != typed.split() or search._STOP & set(typed.split())]
    assert unreachable == []
