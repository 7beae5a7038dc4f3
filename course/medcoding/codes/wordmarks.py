"""Which words of a title answer a search, so that they can be marked where the title is shown.

    words = meant(book, "htn ckd")
    spans(words, "Hypertensive chronic kidney disease")     # ((0, 12), (13, 20), (21, 27), (28, 35))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from medcoding.codes.concepts import Vocabulary
from medcoding.codes.icd10cm.spelling import distance
from medcoding.codes.icd10cm.wording import STOP, stem, stems_of, tokens

MAX_TEXT = 200
MAX_WORDS = 12
_WORD = re.compile(r"\w+")
_SHORTEST_MISSPELLED = 5


@dataclass(frozen=True)
class Meant:
    """What a search text stands for: the stems of all its meanings, its words as typed, and the start of the last one."""

    stems: frozenset[str]
    typed: tuple[str, ...]
    start: str

    def __contains__(self, word: str) -> bool:
        """Whether a word of a title answers the text: the same stem, the typed beginning, or one mistake apart."""
        if word in STOP or not (self.stems or self.start):
            return False
        if stem(word) in self.stems or (len(self.start) > 1 and word.startswith(self.start)):
            return True
        return len(word) >= _SHORTEST_MISSPELLED and any(
            len(typed) >= _SHORTEST_MISSPELLED and typed[0] == word[0] and distance(word, typed, 1) <= 1 for typed in self.typed
        )


def meant(book: Any, text: str) -> Meant:
    """What a text stands for in a book: of any code set; synonyms are those that the book's index or table has."""
    words = tokens(text[:MAX_TEXT])[:MAX_WORDS]
    stems = set(stems_of(tuple(words)))
    store = getattr(book, "_store", None)
    if store is not None and hasattr(book, "first_date"):  # an index with vocabulary and synonyms: the two ICD-10 books
        for concept in Vocabulary(store, 1, {}).concepts(words):
            for meaning in concept.meanings:
                stems |= stems_of(meaning)
    elif hasattr(book, "letter_ranges"):
        from medcoding.codes.hcpcs.tables import synonyms

        typed = f" {' '.join(words)} "
        for phrase, others in synonyms().items():
            if f" {phrase} " in typed:
                stems |= stems_of(tuple(word for other in others for word in tokens(other)))
    return Meant(frozenset(stems), tuple(words), words[-1] if words else "")


def spans(words: Meant, title: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of every word of a title that answers, in order."""
    return tuple(found.span() for found in _WORD.finditer(title) if found.group().casefold() in words)
