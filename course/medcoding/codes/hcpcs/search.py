"""Finds codes for words as people type them: brand names, lay words, half-typed and misspelled ones.

Two full-text indexes are asked: one of the course's own titles, made in memory when first needed, and that of the
official file where it has been added. Entries with every word come first, then those that lack some.
"""

from __future__ import annotations

import difflib
import math
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from medcoding.codes.hcpcs.entry import Hit
from medcoding.codes.hcpcs.notation import bare, key_of
from medcoding.codes.hcpcs.tables import letter_range, synonyms, teaching_rows

if TYPE_CHECKING:
    from medcoding.codes.hcpcs.book import Book

MAX_TEXT = 200
MAX_WORDS = 8
_UNKNOWN = 0.5
_WORD = re.compile(r"[a-z0-9]+")
_STOP = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "per", "the", "to", "with", "without"])
_TABLE = "CREATE VIRTUAL TABLE words USING fts5(code UNINDEXED, title, long, tokenize='porter unicode61')"
_QUERY = "SELECT code, bm25(words, 0.0, 4.0, 1.0) FROM words WHERE words MATCH ? ORDER BY 2 LIMIT 200"


def words_table(database: sqlite3.Connection, rows: Iterable[tuple[str, str, str]]) -> None:
    """Make the full-text index (code, title, long description) and the list of its words."""
    database.execute(_TABLE)
    database.execute("CREATE TABLE vocabulary (word TEXT PRIMARY KEY) WITHOUT ROWID")
    known: set[str] = set()
    for row in rows:
        database.execute("INSERT INTO words VALUES (?,?,?)", row)
        known.update(word for word in tokens(f"{row[1]} {row[2]}") if len(word) > 3)
    database.executemany("INSERT INTO vocabulary VALUES (?)", ((word,) for word in sorted(known)))


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, letters and digits only."""
    return _WORD.findall(text.lower().replace("'", ""))


@lru_cache(maxsize=1)
def _ours() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", check_same_thread=False)
    words_table(database, ((code, title, f"{unit} {letter_range(code).title}") for code, title, unit, *_ in teaching_rows().values()))
    return database


def search(book: Book, text: str, limit: int = 20) -> list[Hit]:
    """See `Book.search`."""
    if not isinstance(text, str):
        return []
    limit = max(1, min(int(limit), 200))
    text = text[:MAX_TEXT].strip()
    start = text.upper()
    if re.fullmatch(r"[A-V][0-9]{1,4}", start):
        return _by_start(book, start, limit)
    typed = [word for word in tokens(text)[:MAX_WORDS] if word not in _STOP]
    if not typed:
        return []
    groups = _meant(book, typed)
    total = sum(group.weight for group in groups)
    found: dict[str, tuple[float, tuple[str, ...]]] = {}
    for asked in _narrowing(groups):
        expression = " AND ".join(group.expression for group in asked)
        said = 10 * sum(group.weight for group in asked) / total
        matched = tuple(group.typed for group in asked)
        for base, rows in _asked(book, expression):
            for code, rank in rows:
                score = said + base - rank / (1 - rank)
                if code not in found or found[code][0] < score:
                    found[code] = (score, matched)
        if len(found) >= limit and len(asked) < len(groups):
            break
    hits = []
    for code in sorted(found, key=lambda one: (-found[one][0], one)):
        entry = book.get(code)
        if entry is not None and entry.in_force(book.date):
            hits.append(Hit(code, entry.title, True, round(found[code][0], 2), found[code][1]))
            if len(hits) == limit:
                break
    return hits


def nearest(book: Book, text: str, limit: int = 5) -> list[str]:
    """See `Book.nearest`."""
    key = bare(text)[:8]
    if len(key) < 2:
        return []
    codes = [code.code for code in book if code.code[0] == key[0]]
    return difflib.get_close_matches(key, codes, n=max(1, limit), cutoff=0.4)


def _by_start(book: Book, start: str, limit: int) -> list[Hit]:
    codes = {code for code in teaching_rows() if code.startswith(start)}
    if book._store is not None:
        query = "SELECT code FROM codes WHERE code >= ? AND code < ? ORDER BY code"
        codes.update(code for (code,) in book._store.rows(query, start, start + "~"))
    entries = [entry for code in sorted(codes) if key_of(code) and (entry := book.get(code)) and entry.in_force(book.date)]
    return [Hit(e.code, e.title, True, round(100 - n * 0.01, 2), (start,)) for n, e in enumerate(entries[:limit])]


@dataclass(frozen=True)
class _Group:
    """One typed word or phrase: the full-text expression of all that it may stand for, and how telling it is."""

    typed: str
    expression: str
    weight: float


def _meant(book: Book, typed: Sequence[str]) -> list[_Group]:
    """The typed words and known phrases, longest first."""
    groups: list[_Group] = []
    at = 0
    known = synonyms()
    while at < len(typed):
        for size in (3, 2, 1):
            phrase = " ".join(typed[at : at + size])
            if phrase in known and at + size <= len(typed):
                groups.append(_group(book, phrase, [_all_of(typed[at : at + size]), *(_all_of(tokens(meant)) for meant in known[phrase])]))
                break
        else:
            size = 1
            word = typed[at]
            last = at == len(typed) - 1 and len(word) > 1
            group = _group(book, word, [f'"{word}"*' if last else f'"{word}"'])
            if group.weight == _UNKNOWN:
                group = _group(book, word, [group.expression, *(f'"{near}"' for near in _spelled(book, word))])
            groups.append(group)
        at += size
    return groups


def _group(book: Book, typed: str, expressions: Sequence[str]) -> _Group:
    """A word that few entries have weighs more; one that none has weighs little, so that the others decide."""
    expression = f"({' OR '.join(expressions)})"
    entries = sum(len(rows) for _, rows in _asked(book, expression))
    return _Group(typed, expression, 1 + math.log(400 / (entries + 1)) if 0 < entries < 400 else _UNKNOWN if not entries else 1.0)


def _all_of(words: Sequence[str]) -> str:
    return "(" + " AND ".join(f'"{word}"' for word in words) + ")"


def _narrowing(groups: list[_Group]) -> Iterable[list[_Group]]:
    """All words, then all but one, and so on down to single ones, the least telling left out first."""
    for size in range(len(groups), 0, -1):
        chosen = sorted(combinations(groups, size), key=lambda some: -sum(group.weight for group in some)) if size < len(groups) else [tuple(groups)]
        yield from (list(some) for some in chosen[:8])


def _asked(book: Book, expression: str) -> Iterable[tuple[float, list[tuple[str, float]]]]:
    yield 1.0, _ours().execute(_QUERY, (expression,)).fetchall()
    if book._store is not None:
        rows: list[tuple[Any, ...]] = book._store.rows(_QUERY, expression)
        yield 0.0, [(str(code), float(rank)) for code, rank in rows]


def _spelled(book: Book, word: str) -> list[str]:
    """Words of the book that a misspelled one may stand for."""
    if len(word) < 4 or not word.isalpha():
        return []
    query = "SELECT word FROM vocabulary WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?"
    bounds = (word[0], word[0] + "~", len(word) - 2, len(word) + 2)
    known = {found for (found,) in _ours().execute(query, bounds)}
    if book._store is not None:
        known.update(found for (found,) in book._store.rows(query, *bounds))
    return difflib.get_close_matches(word, sorted(known), n=2, cutoff=0.74)
