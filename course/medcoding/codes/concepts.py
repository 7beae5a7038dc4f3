"""Typed words as concepts: what one word or known phrase may be called in a book.

A book's index needs three tables for it: `vocabulary` (word, nodes: in how many entries it stands), `synonyms` (phrase,
meanings: one a line) and `trigrams` (gram, word).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from medcoding.codes.icd10cm.spelling import close_words
from medcoding.codes.icd10cm.wording import STOP
from medcoding.codes.indexfile import Store


@dataclass(frozen=True)
class Concept:
    """What one typed word or phrase may be called in the book: any meaning, all words of it.

    `entries` is about how many entries have it.
    """

    typed: str
    meanings: tuple[tuple[str, ...], ...]
    weight: float
    entries: int = 0

    @property
    def expression(self) -> str:
        """As an FTS5 expression. Words are letters and digits only, so quoting them is safe."""
        return "(" + " OR ".join("(" + " AND ".join(f'"{w}"' for w in words) + ")" for words in self.meanings) + ")"


class Vocabulary:
    """The words of one book of `entries` entries; `weights` are those of words that count otherwise than by rarity."""

    def __init__(self, store: Store, entries: int, weights: Mapping[str, float]) -> None:
        self._store = store
        self._entries = entries
        self._weights = weights

    def concepts(self, words: Sequence[str]) -> list[Concept]:
        """The typed words as concepts: the longest known phrase first, then single words, then close spellings."""
        concepts = []
        at = 0
        while at < len(words):
            for size in range(min(5, len(words) - at), 0, -1):
                phrase = " ".join(words[at : at + size])
                known = self._known(phrase)
                if known:
                    concepts.append(self._concept(phrase, [tuple(words[at : at + size]), *known]))
                    break
            else:
                size = 1
                if words[at] in STOP and len(words) > 1:
                    at += 1
                    continue
                concepts.append(self._word(words[at], unfinished=at == len(words) - 1))
            at += size
        return [concept for concept in concepts if concept.meanings]

    def knows(self, phrase: str) -> bool:
        """Whether a phrase has meanings of its own."""
        return bool(self._known(phrase))

    def unfinished(self, concept: Concept) -> Concept | None:
        """The concept with all words that begin as it does, or None when there are none."""
        started = [(word,) for word in self._starting(concept.typed)]
        return self._concept(concept.typed, [*concept.meanings, *started]) if started else None

    def _word(self, word: str, unfinished: bool) -> Concept:
        if self._frequency(word):
            return self._concept(word, [(word,)])
        if unfinished:
            started = self._starting(word)
            if started:
                return self._concept(word, [(w,) for w in started])
        plain = next((w for w in _simpler(word) if self._frequency(w)), None)
        if plain:
            return self._concept(word, [(plain,)])
        near = close_words(self._store, word)
        for other in near:
            known = self._known(other)
            if known:
                return self._concept(word, [(other,), *known])
        return self._concept(word, [(w,) for w in near])

    def _known(self, phrase: str) -> list[tuple[str, ...]]:
        found = self._store.rows("SELECT meanings FROM synonyms WHERE phrase = ?", phrase)
        return [tuple(line.split()) for line in found[0][0].split("\n")] if found else []

    def _starting(self, start: str) -> list[str]:
        query = "SELECT word FROM vocabulary WHERE word >= ? AND word < ? ORDER BY nodes DESC LIMIT 12"
        return [word for (word,) in self._store.rows(query, start, start + "~")] if len(start) > 1 else []

    def _concept(self, typed: str, meanings: Iterable[tuple[str, ...]]) -> Concept:
        kept = []
        common = 0
        for words in dict.fromkeys(meanings):
            counts = [self._frequency(word) for word in words]
            if words and all(counts):
                kept.append(words)
                common = max(common, min(counts))
        weight = self._weights.get(typed) or math.log((self._entries + 1) / (common + 1)) if kept else 0.0
        return Concept(typed, tuple(kept), weight, common)

    def _frequency(self, word: str) -> int:
        found = self._store.rows("SELECT nodes FROM vocabulary WHERE word = ?", word)
        count: int = found[0][0] if found else 0
        return count


def _simpler(word: str) -> Iterable[str]:
    for ending in ("s", "es", "ed", "ing", "ly"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            yield word[: -len(ending)]
