"""Finds codes for words as people type them: names of operations, abbreviations, half-typed and misspelled words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from medcoding.codes.concepts import Concept, Vocabulary
from medcoding.codes.icd10cm.spelling import distance
from medcoding.codes.icd10cm.wording import STOP, stem, stems_in, stems_of, tokens
from medcoding.codes.icd10pcs.notation import key_of

if TYPE_CHECKING:
    from medcoding.codes.icd10pcs.book import Book

MAX_TEXT = 200
MAX_WORDS = 12
_POOL = 150
_ENOUGH = 8
_LEAST = 0.45
"""An answer to less than this share of the query is none."""
_ENTRIES = 82_000
_WEIGHTS = {
    "right": 6.0, "left": 6.0, "bilateral": 6.0, "both": 6.0, "approach": 0.1,
    # Said of many operations, and in titles by chance or not at all.
    "total": 1.0, "complete": 1.0, "partial": 1.0, "treatment": 1.0, "through": 0.5, "using": 0.5, "per": 0.5, "robotic": 1.0, "leg": 3.0, "arm": 3.0,
}  # fmt: skip
_DISEASE_AND_HURRY = """
    surgery surgical operation operative procedure radical simple elective emergency urgent done day level levels side sided site start
    infected infection septic acute chronic severe bad old new cancer cancerous malignant benign diseased failed ruptured stroke after
"""
_UNTOLD = frozenset(_DISEASE_AND_HURRY.split())
"""Words that titles never answer (the disease, the hurry), and that must not be taken for misspelled others."""
_FILLER = frozenset(stem(word) for word in ("approach", "procedure", "other", "natural", "artificial", "opening", "via"))
_ASIDE = frozenset(("right", "left", "bilateral", "both", "open", "laparoscopic", "laparoscopically", "lap", "percutaneous", "endoscopic"))
_NOT = frozenset(("without", "no", "not"))
"""What follows is not there, and a title never says what is not there."""
_BROAD = 2_500
_BY_RANK = """
    SELECT c.id, c.key, c.title FROM (SELECT rowid AS place FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) w
    JOIN codes c ON c.id = w.place WHERE c.valid & ?
"""
_BY_PLACE = _BY_RANK.replace("ORDER BY rank ", "")
_CODE = re.compile(r"[0-9BCDFGHX][0-9A-HJ-NP-Z]{1,6}")
_PLAIN = frozenset(("drainag", "diagnostic"))


@dataclass(frozen=True)
class Hit:
    """One answer of a search; `score` is higher for a better one, `matched` are the typed words it answers."""

    code: str
    title: str
    billable: bool
    score: float
    matched: tuple[str, ...] = ()


def search(book: Book, text: str, limit: int = 20) -> list[Hit]:
    """See `Book.search`."""
    if not isinstance(text, str):
        return []
    limit = max(1, min(int(limit), 200))
    text = text[:MAX_TEXT].strip()
    by_code = _by_code(book, text, limit)
    if by_code:
        return by_code
    vocabulary = Vocabulary(book._store, _ENTRIES, _WEIGHTS)
    words = _gathered(tokens(text)[:MAX_WORDS], vocabulary)
    concepts = vocabulary.concepts(words)
    found: dict[int, tuple[float, Any]] = {}
    _rank(book, found, concepts, concepts)
    last = concepts[-1] if concepts else None
    if last and len(found) < limit and len(last.typed) > 1 and " " not in last.typed:
        wider = vocabulary.unfinished(last)
        if wider:
            concepts = [*concepts[:-1], wider]
            _rank(book, found, concepts, concepts)
    if len(found) < _ENOUGH and len(concepts) > 1:
        _relax(book, found, concepts)
    ordered = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return [_hit(row, score, concepts) for _, (score, row) in ordered[:limit]]


def nearest(book: Book, text: str, limit: int = 5) -> list[str]:
    """See `Book.nearest`."""
    plain = text[:16].strip().upper() if isinstance(text, str) else ""
    key = key_of(plain.translate(str.maketrans("OI", "01", ".- "))[:7])
    if len(key) < 2:
        return []
    for length in (4, 3, 2):
        start = key[:length]
        query = "SELECT key FROM codes WHERE key >= ? AND key < ? AND valid & ?"
        keys = [k for (k,) in book._store.rows(query, start, start + "~", book._bit)]
        if keys:
            keys.sort(key=lambda k: (distance(k, key, 7), k))
            return keys[: max(0, limit)]
    return []


def _gathered(words: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """The words without those that say nothing, side and approach put first, so that what they part ("total right knee
    replacement") is one phrase again. A phrase that has such a word in it stays, and so does the last word."""
    meant = [word for place, word in enumerate(words) if word not in _NOT and not (place and words[place - 1] in _NOT)]
    told = [word for word in meant if word not in STOP and word not in _UNTOLD] or list(words)
    aside: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(told):
        size = next((n for n in range(min(5, len(told) - at), 1, -1) if vocabulary.knows(" ".join(told[at : at + n]))), 1)
        taken = told[at : at + size]
        (aside if size == 1 and taken[0] in _ASIDE and at + 1 < len(told) else rest).extend(taken)
        at += size
    return aside + rest


def _by_code(book: Book, text: str, limit: int) -> list[Hit]:
    key = text.upper()
    if not _CODE.fullmatch(key) or (key.isalpha() and not book.next_axis(key)):
        return []
    query = "SELECT key, title FROM codes WHERE key >= ? AND key < ? AND valid & ? ORDER BY key LIMIT ?"
    rows = book._store.rows(query, key, key + "~", book._bit, limit)
    return [Hit(found, title, True, round(100 - place * 0.01, 2), (text,)) for place, (found, title) in enumerate(rows)]


def _relax(book: Book, found: dict[int, tuple[float, Any]], concepts: Sequence[Concept]) -> None:
    """Add codes that lack one concept, the least telling first; then two, and so on, while there is nothing at all."""
    for least in (_LEAST, _LEAST / 3):
        for left_out in range(1, len(concepts)):
            choices = sorted(combinations(range(len(concepts)), left_out), key=lambda c: sum(concepts[i].weight for i in c))
            for choice in choices[:6]:
                _rank(book, found, [c for i, c in enumerate(concepts) if i not in choice], concepts, least)
                if len(found) >= _ENOUGH:
                    return
            if found:
                return


def _rank(
    book: Book, found: dict[int, tuple[float, Any]], asked: Sequence[Concept], concepts: Sequence[Concept], least: float = _LEAST
) -> None:
    total = sum(concept.weight for concept in concepts) or 1.0
    coverage = sum(concept.weight for concept in asked) / total
    if not asked or (coverage < least and len(asked) < len(concepts)):
        return
    expression = " AND ".join(concept.expression for concept in asked)
    # Ranking tens of thousands of titles for "open" or "right" takes long and says nothing.
    broad = min(concept.entries for concept in asked) > _BROAD
    rows = book._store.rows(_BY_PLACE if broad else _BY_RANK, expression, _POOL, book._bit)
    if len(rows) == _POOL:  # what a word means first of all must be among them: a colonoscopy alone is an inspection
        first = " AND ".join(replace(concept, meanings=concept.meanings[:1]).expression for concept in asked)
        rows += book._store.rows(_BY_PLACE, first, _POOL, book._bit) if first != expression else []
    for row in rows:
        if row[0] not in found:
            found[row[0]] = (10 * coverage + _quality(row[1], row[2], concepts, total), row)


def _quality(key: str, title: str, concepts: Sequence[Concept], total: float) -> float:
    """How well a title answers: what it says of the query, and how little else."""
    said_words = stems_in(title)
    weight, used = _matched(said_words, concepts)
    rest = said_words - used - _FILLER
    score = 4 * weight / total + 4 * len(used) / (len(used) + len(rest) or 1)
    # Nobody typed a device or a qualifier: the code that has none is the plain one.
    return score + 0.2 * (key[5] == "Z") + 0.3 * (key[6] == "Z") - 0.5 * bool(rest & _PLAIN)


def _matched(text: frozenset[str], concepts: Sequence[Concept]) -> tuple[float, set[str]]:
    """The weight of the concepts that a text has, and which of its words they are."""
    weight = 0.0
    used: set[str] = set()
    for concept in concepts:
        fullest: frozenset[str] = frozenset()
        for place, words in enumerate(concept.meanings):
            stems = stems_of(words)
            if stems <= text and len(stems) > len(fullest):
                fullest = stems
                weight_here = concept.weight * (1 - 0.05 * min(place, 5))
        if fullest:
            weight += weight_here
            used |= fullest
    return weight, used


def _hit(row: Any, score: float, concepts: Sequence[Concept]) -> Hit:
    _, key, title = row
    text = stems_in(title)
    matched = tuple(concept.typed for concept in concepts if _matched(text, [concept])[1])
    return Hit(key, title, True, round(score, 2), matched)
