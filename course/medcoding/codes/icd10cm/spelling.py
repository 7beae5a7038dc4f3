"""Words spelled almost alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.store import Store


def trigrams(word: str) -> set[str]:
    """The three-letter pieces of a word with its ends marked."""
    padded = f"^{word}$"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def close_words(store: Store, word: str, limit: int = 3) -> list[str]:
    """Words of the book at most one mistake away from a short word, two from one of six letters or more."""
    if len(word) < 4 or len(word) > 32 or not word.isalpha():
        return []
    allowed = 1 if len(word) < 6 else 2
    pieces = sorted(trigrams(word))
    marks = ",".join("?" * len(pieces))
    rows = store.rows(
        f"SELECT word FROM trigrams WHERE gram IN ({marks}) GROUP BY word"  # noqa: S608 (only question marks)
        " HAVING length(word) BETWEEN ? AND ? ORDER BY count(*) DESC LIMIT 40",
        *pieces, len(word) - allowed, len(word) + allowed,
    )  # fmt: skip
    near = sorted((far, other) for (other,) in rows if (far := distance(word, other, allowed)) <= allowed)
    return [other for far, other in near if far == near[0][0]][:limit]


def distance(one: str, other: str, most: int) -> int:
    """How many letters to insert, delete, replace or swap with their neighbour, counted up to `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
