"""Sets of search queries kept as data in tests/codes, and how often a search answers them.

A line is "query | start of the expected code, alternatives with / | expected code, if there is one best answer"; lines
"== name" part the sets of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

CODES = Path(__file__).parent / "codes"
WITHIN = 10
"""The expected code must be among so many answers."""


class Query(NamedTuple):
    """One query, the starts of codes that count as half found, and the one best code ("" for none)."""

    text: str
    starts: tuple[str, ...]
    code: str


class Rate(NamedTuple):
    """Shares of queries whose start, and whose exact code, is among the first answers; and how many queries there are."""

    start: float
    exact: float
    queries: int


def query_sets(name: str) -> dict[str, list[Query]]:
    """The sets of a file by name; lines of a file without names alternate between "tuned" and "held out"."""
    sets: dict[str, list[Query]] = {}
    current = ""
    number = 0
    for line in (CODES / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            current = line[3:].strip()
        elif line and not line.startswith("#"):
            text, starts, code = (part.strip() for part in line.split("|"))
            own = current or ("held out" if number % 2 else "tuned")
            sets.setdefault(own, []).append(Query(text, tuple(start.strip() for start in starts.split("/")), code))
            number += 1
    return sets


def missed(queries: Sequence[Query], search: Callable[[str], list[str]]) -> tuple[list[Query], list[Query]]:
    """The queries whose start, and whose exact code, is not among the first answers."""
    answers = {query: search(query.text)[:WITHIN] for query in queries}
    no_start = [q for q, codes in answers.items() if not any(code.startswith(q.starts) for code in codes)]
    return no_start, [q for q, codes in answers.items() if q.code and q.code not in codes]


def rate(queries: Sequence[Query], search: Callable[[str], list[str]]) -> Rate:
    """How often a search answers a set."""
    no_start, no_code = missed(queries, search)
    asked = sum(bool(query.code) for query in queries)
    return Rate(1 - len(no_start) / len(queries), 1 - len(no_code) / asked, len(queries))


def by_search(book: Any) -> Callable[[str], list[str]]:
    """The book's own search."""
    return lambda text: [hit.code for hit in book.search(text, WITHIN)]


def by_substring(book: Any) -> Callable[[str], list[str]]:
    """What a plain filter of the same titles does: the whole text in the title, in the order of the book."""
    titles = [(code.code, code.title.lower()) for code in book]
    return lambda text: [code for code, title in titles if text.lower() in title][:WITHIN]


def by_all_words(book: Any) -> Callable[[str], list[str]]:
    """A kinder filter: every word somewhere in the title."""
    titles = [(code.code, code.title.lower()) for code in book]

    def search(text: str) -> list[str]:
        left = titles
        for word in sorted(text.lower().split(), key=len, reverse=True):
            left = [row for row in left if word in row[1]]
        return [code for code, _ in left[:WITHIN]]

    return search
