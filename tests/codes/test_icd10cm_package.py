"""The index says what simple-icd-10-cm says of every code: it reads the same file in another way."""

from __future__ import annotations

import pytest
from medcoding.codes import icd10cm


@pytest.fixture(scope="module")
def package():
    return pytest.importorskip("simple_icd_10_cm")


@pytest.fixture(scope="module")
def names(package):
    blocks_and_chapters = {name for name in package.get_all_codes() if package.is_chapter_or_block(name)}
    return [n for n in dict.fromkeys(package.get_all_codes()) if n not in blocks_and_chapters or package.is_category(n)]


def test_every_code_title_parent_and_leaf_agree(book, package, names):
    assert len(names) > 97_000
    reportable = 0
    for name in names:
        code = book[name]
        # The package appends the notes of a 7th character to the title after a slash; the official title lacks them.
        rest = package.get_description(name).removeprefix(code.title).strip()
        assert rest == "" or rest.startswith("/"), name
        assert code.parent == package.get_parent(name)
        assert code.billable == package.is_leaf(name)
        reportable += code.billable
    assert reportable == len(book) == 74_719


def test_children_agree_for_every_header(book, package, names):
    for name in names:
        children = package.get_children(name)
        if children:
            assert list(book[name].children) == children


def test_notes_agree_for_every_code_that_has_some(book, package, names):
    lists = {
        "excludes1": package.get_excludes1,
        "excludes2": package.get_excludes2,
        "includes": package.get_includes,
        "inclusion_terms": package.get_inclusion_term,
    }
    joined = {
        "use_additional": package.get_use_additional_code,
        "code_first": package.get_code_first,
        "code_also": package.get_code_also,
        "notes": package.get_notes,
    }
    compared = 0
    for name in names:
        expected = {kind: read(name) for kind, read in lists.items()}
        # ", if applicable, ..." goes on from the name of its note; the book begins with its first word.
        expected |= {kind: [line.lstrip(", ") for line in text.split("\n")] if (text := read(name)) else [] for kind, read in joined.items()}
        if any(expected.values()):
            code = book[name]
            for kind, texts in expected.items():
                own = [note.text for note in getattr(code, kind) if note.at == code.code]
                if kind in joined:
                    own = "\n".join(own).split("\n") if own else []
                # A block of one category bears the category's name (B20): its notes follow the category's own.
                assert own[: len(texts)] == texts, (name, kind)
                assert len(own) == len(texts) or package.is_block(name), (name, kind)
            compared += 1
    assert compared > 9_000


def test_seventh_characters_agree(book, package, names):
    for name in names[::5]:
        expected = package.get_seven_chr_def(name, search_in_ancestors=True)
        found = book[name].seventh_characters
        assert list(found) == list(expected)
        for character, meaning in expected.items():
            assert found[character].replace(" ", "") == "".join(meaning.split()), (name, character)


def test_edition_is_the_one_installed(book):
    assert book.edition == "April 1, 2026"
    assert icd10cm.on("2020-01-01").edition == book.edition
