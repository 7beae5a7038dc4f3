"""The words of a title that answer a search: as typed, by synonym, half-typed and misspelled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from medcoding.codes import hcpcs, icd10pcs
from medcoding.codes.wordmarks import Meant, meant, spans

HYPERTENSIVE = "Hypertensive chronic kidney disease"


def marked(book, text: str, title: str) -> list[str]:
    return [title[start:end] for start, end in spans(meant(book, text), title)]


def test_abbreviations_mark_the_words_that_they_stand_for(book) -> None:
    assert marked(book, "htn ckd", HYPERTENSIVE) == ["Hypertensive", "chronic", "kidney", "disease"]
    assert marked(book, "ckd", HYPERTENSIVE) == ["chronic", "kidney", "disease"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("kidney", ["kidney"]), ("KIDN", ["kidney"]), ("kidnye", ["kidney"]), ("the", []), ("", []), ("elbow", []), ("hypertension", ["Hypertensive"])],
)
def test_typed_half_typed_and_misspelled_words_are_marked(book, text: str, words: list[str]) -> None:
    assert marked(book, text, HYPERTENSIVE) == words


def test_only_the_last_word_may_be_unfinished(book) -> None:
    assert marked(book, "kidn chron", HYPERTENSIVE) == ["chronic"]


def test_other_books_mark_by_their_own_synonyms() -> None:
    supplies = hcpcs.on("2026-03-01")
    assert marked(supplies, "b12 shot", supplies["J3420"].title) == ["B", "12", "injection"]
    assert marked(icd10pcs.on("2026-03-01"), "hip replacement", "Replacement of Right Hip Joint, Open Approach") == ["Replacement", "Hip", "Joint"]


@given(st.text(max_size=60), st.text(max_size=80))
def test_spans_are_words_in_order(text: str, title: str) -> None:
    words = Meant(frozenset({"kidney"}), tuple(text.split()), text[-3:])
    found = spans(words, title)
    assert all(0 <= start < end <= len(title) and not title[start:end].isspace() for start, end in found)
    assert list(found) == sorted(found) and all(one[1] <= other[0] for one, other in zip(found, found[1:], strict=False))
