"""Finds entries of the book for words as people type them: abbreviations, lay words, half-typed and misspelled ones.

The typed words become *concepts*: each is one word or a known phrase with all that the book may call it. The index
finds entries that have every concept, or all but some; these are then ranked by how much of the query they answer and
how little else they say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from medcoding.codes.concepts import Concept, Vocabulary
from medcoding.codes.icd10cm.notation import dotted, key_of
from medcoding.codes.icd10cm.spelling import distance
from medcoding.codes.icd10cm.wording import SPECIAL, parts, stem, stems_in, stems_of, tokens

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.book import Book

MAX_TEXT = 200
MAX_WORDS = 12
_POOL = 120
_ENOUGH = 8
_HEADINGS = 20
_ENTRIES = 46_000
_WEIGHTY = {
    "right": 6.0,
    "left": 6.0,
    "bilateral": 6.0,
    "initial": 1.0,
    "subsequent": 1.0,
    "encounter": 0.3,
    "unspecified": 1.0,
}
_OTHER = frozenset({stem("other"), stem("specified")})
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z]?\.?[0-9A-Z]{0,4}")


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
    words = tokens(text)[:MAX_WORDS]
    if not words:
        return []
    vocabulary = Vocabulary(book._store, _ENTRIES, _WEIGHTY)
    concepts = vocabulary.concepts(words)
    found: dict[int, tuple[float, Any]] = {}
    _rank(book, found, concepts, concepts, words)
    last = concepts[-1] if concepts else None
    if last and len(found) < limit and len(last.typed) > 1 and " " not in last.typed:
        wider = vocabulary.unfinished(last)
        if wider:
            concepts = [*concepts[:-1], wider]
            _rank(book, found, concepts, concepts, words)
    if len(found) < _ENOUGH and len(concepts) > 1:
        _relax(book, found, concepts, words)
    _add_plainest(book, found, concepts)
    ordered = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return [_hit(book, row, score, concepts, words) for _, (score, row) in ordered[:limit]]


def nearest(book: Book, text: str, limit: int = 5) -> list[str]:
    """See `Book.nearest`."""
    key = key_of(text) or re.sub(r"[^A-Z0-9]", "", text[:16].upper() if isinstance(text, str) else "")[:8]
    if len(key) < 2:
        return []
    # O for 0 and I or L for 1 in the second place, where only a digit can stand.
    key = key[0] + key[1].translate(str.maketrans("OIL", "011")) + key[2:]
    for length in (3, 2, 1):
        stem = key[:length]
        query = "SELECT key FROM nodes WHERE key >= ? AND key < ? AND kind >= 2 AND valid & ?"
        keys = [k for (k,) in book._store.rows(query, stem, stem + "~", book._bit)]
        if length == 1:
            keys = [k for k in keys if distance(k[:3], key[:3], 1) <= 1]
        if keys:
            keys.sort(key=lambda k: (distance(k, key, 8) - 0.3 * _common(k, key), abs(len(k) - len(key)), k))
            return [dotted(k) for k in keys[: max(0, limit)]]
    return []


def _by_code(book: Book, text: str, limit: int) -> list[Hit]:
    key = text.upper().rstrip(".-")
    if not _CODE.fullmatch(key):
        return []
    key = key.replace(".", "")
    rows = book._store.rows(
        "SELECT key, title, valid FROM nodes WHERE key >= ? AND key < ? AND kind >= 2 AND live & ? ORDER BY id LIMIT ?",
        key, key + "~", book._bit, limit,
    )  # fmt: skip
    return [
        Hit(dotted(found), title, bool(valid & book._bit), round(100 - place * 0.01, 2), (text,))
        for place, (found, title, valid) in enumerate(rows)
    ]


def _relax(book: Book, found: dict[int, tuple[float, Any]], concepts: Sequence[Concept], words: Sequence[str]) -> None:
    """Add entries that lack one concept, then two, and so on, the least telling left out first; stops when enough."""
    for left_out in range(1, len(concepts)):
        choices = sorted(combinations(range(len(concepts)), left_out), key=lambda c: sum(concepts[i].weight for i in c))
        for choice in choices[:4]:
            _rank(book, found, [c for i, c in enumerate(concepts) if i not in choice], concepts, words)
        if len(found) >= _ENOUGH:
            return


def _add_plainest(book: Book, found: dict[int, tuple[float, Any]], concepts: Sequence[Concept]) -> None:
    """Put the plainest code beneath each heading among the best just before it, or first where the heading says just what was typed.

    A heading that answers cannot be reported. The code that says no more than it (E11.9 of E11) is what the words mean
    when nothing else was said, though codes that name the word twice rank before it.
    """
    best = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:_HEADINGS]
    top = best[0][1][0] if best else 0.0
    for place, (score, heading) in best:
        if heading[4] & book._bit:
            continue
        rows = book._store.rows(
            "SELECT id, key, title, kind, valid, 0.0 FROM nodes WHERE parent = ? AND valid & ? ORDER BY id DESC", place, book._bit
        )
        core = parts(heading[2])[1]
        said, used = _matched(parts(heading[2])[0], concepts)
        if core <= used and said >= sum(concept.weight for concept in concepts) - 1e-9:
            score = top
        plain = next((row for row in rows if parts(row[2])[1] == core and not stems_in(row[2]) & _OTHER), None)
        if plain is not None:
            found[plain[0]] = (max(score + 0.01, found.get(plain[0], (0.0,))[0]), plain)


def _rank(
    book: Book,
    found: dict[int, tuple[float, Any]],
    asked: Sequence[Concept],
    concepts: Sequence[Concept],
    words: Sequence[str],
) -> None:
    if not asked:
        return
    expression = " AND ".join(concept.expression for concept in asked)
    rows = book._store.rows(
        "SELECT n.id, n.key, n.title, n.kind, n.valid, bm25(words, 10.0, 5.0, 1.5, 0.4) AS rank"
        " FROM words JOIN nodes n ON n.id = words.rowid WHERE words MATCH ? AND n.live & ? ORDER BY rank LIMIT ?",
        expression, book._bit, _POOL,
    )  # fmt: skip
    rows = [row for row in rows if row[0] not in found]
    if not rows:
        return
    marks = ",".join("?" * len(rows))
    terms: dict[int, list[str]] = {}
    query = f"SELECT node, text FROM notes WHERE kind IN ('inclusion', 'includes') AND node IN ({marks})"  # noqa: S608 (only question marks)
    for node, text in book._store.rows(query, *(row[0] for row in rows)):
        terms.setdefault(node, []).append(text)
    total = sum(concept.weight for concept in concepts) or 1.0
    coverage = sum(concept.weight for concept in asked) / total
    best = rows[0][5] or -1.0
    for row in rows:
        quality = _quality(row, terms.get(row[0], ()), concepts, total, bool(row[4] & book._bit))
        found[row[0]] = (10 * coverage + quality + row[5] / best, row)


def _quality(row: Any, terms: Sequence[str], concepts: Sequence[Concept], total: float, billable: bool) -> float:
    """How well an entry's own words answer: what they say of the query, and how little else."""
    title, core = parts(row[2])
    said, used = _matched(title, concepts)
    score = 4 * said / total + 4 * len(used) / (len(core | used) or 1)
    best_term = 0.0
    for term in terms:
        all_of_it, core_of_it = parts(term)
        said, words = _matched(all_of_it, concepts)
        best_term = max(best_term, 3.5 * said / total + 3.5 * len(words) / (len(core_of_it | words) or 1))
        used |= words
    score = max(score, best_term) + 0.25 * min(score, best_term)
    if "unspecifi" in title:
        score += 0.4
    if (title & SPECIAL) - used:
        score -= 1.2
    return score + (0.8 if billable else 0.0)


def _matched(text: frozenset[str], concepts: Sequence[Concept]) -> tuple[float, set[str]]:
    """The weight of the concepts that a text has, and which of its words they are."""
    weight = 0.0
    used: set[str] = set()
    for concept in concepts:
        fullest: frozenset[str] = frozenset()
        for words in concept.meanings:
            stems = stems_of(words)
            if stems <= text and len(stems) > len(fullest):
                fullest = stems
        if fullest:
            weight += concept.weight
            used |= fullest
    return weight, used


def _hit(book: Book, row: Any, score: float, concepts: Sequence[Concept], words: Sequence[str]) -> Hit:
    """The answer for an entry; a stem gives way to one of its 7th-character codes when the words say which."""
    place, key, title, _, valid, _ = row
    text = stems_in(title)
    matched = tuple(concept.typed for concept in concepts if _matched(text, [concept])[1])
    billable = bool(valid & book._bit)
    if not billable and len(key) < 7:
        rest = {stem(word) for word in words if not any(word in typed.split() for typed in matched)} - text
        if rest:
            query = "SELECT key, title FROM nodes WHERE parent = ? AND kind = 4 AND valid & ? ORDER BY id"
            best, chosen = 0, None
            for child, child_title in book._store.rows(query, place, book._bit):
                shared = len(rest & (stems_in(child_title) - text))
                if shared > best:
                    best, chosen = shared, (child, child_title)
            if chosen:
                return Hit(dotted(chosen[0]), chosen[1], True, round(score + 0.5, 2), matched)
    return Hit(dotted(key), title, billable, round(score, 2), matched)


def _common(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
