"""Leafing through the book: headings, notes elsewhere, and what a release changed."""

from __future__ import annotations

import datetime as dt

import pytest
from medcoding.codes import icd10cm
from medcoding.codes.icd10cm.browsing import below, changes, mentions


def test_the_book_opens_with_its_chapters(book) -> None:
    chapters = below(book)
    assert len(chapters) == 22 and chapters[0].name == "1" and chapters[-1].name == "22"
    assert all(one.kind == "chapter" and one.opens and not one.billable for one in chapters)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("I10-I1A", ["I10", "I11", "I12", "I13", "I15", "I16", "I1A"]),
        ("I12", ["I12.0", "I12.9"]),
        ("i129", []),
        ("S03.40", ["S03.40XA", "S03.40XD", "S03.40XS"]),
        ("no such thing", []),
    ],
)
def test_below_a_block_a_header_and_a_code(book, name: str, found: list[str]) -> None:
    assert [one.name for one in below(book, name)] == found


def test_every_code_is_reached_from_the_chapters(book) -> None:
    """Block I10-I1A, opened all the way down, holds the reportable codes of I10 to I1A and no others."""

    def codes(name: str) -> list[str]:
        found = []
        for one in below(book, name):
            found += ([one.name] if one.billable else []) + (codes(one.name) if one.opens else [])
        return found

    assert codes("I10-I1A") == [code.code for code in book if "I10" <= code.code[:3] <= "I1A"]


def test_excludes_notes_elsewhere_that_name_a_code(book) -> None:
    found = {(one.kind, one.at) for one in mentions(book, "I12.9")}
    assert ("excludes1", "N26") in found and ("excludes2", "I70.1") in found
    assert all(one.at not in ("I12", "I10-I1A", "Chapter 9") for one in mentions(book, "I12.9"))
    assert mentions(book, "not a code") == ()


def test_each_mention_stands_where_it_says(book) -> None:
    for one in mentions(book, "E11.9"):
        notes = getattr(book[one.at], one.kind)
        assert any(note.text == one.text and note.at == one.at for note in notes)


def test_codes_that_began_and_a_code_that_became_a_header(book) -> None:
    (change,) = changes(book, "E66.813")
    assert change.day == dt.date(2024, 10, 1)
    assert change.began == ("E66.811", "E66.812", "E66.813", "E66.89") and change.split == ("E66.8",) and change.ended == ()
    assert changes(book, "I10") == () and changes(book, "") == ()


def test_seventh_characters_that_change_together_are_told_as_their_stem(book) -> None:
    (change,) = changes(book, "M84.750A")
    assert change.day == dt.date(2016, 10, 1) and "M84.750" in change.began and not [code for code in change.began if len(code) > 7]


def test_what_is_told_to_begin_is_not_in_the_book_of_the_day_before(book) -> None:
    for change in changes(book, "E11.9"):
        before, after = icd10cm.on(change.day - dt.timedelta(days=1)), icd10cm.on(change.day)
        for code in change.began:
            fresh = [code] if code in after else [child for child in after[code].children if child in after]
            assert fresh and not any(one in before for one in fresh)
        for code in (*change.ended, *change.split):
            assert code in before and code not in after
