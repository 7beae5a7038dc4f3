"""Pairing what was entered with what the key asks for, so that alternatives never rob each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache


def match_codes(
    entered: Sequence[str], accepted: Sequence[frozenset[str]], *, once: bool = False, spent: Sequence[str] = ()
) -> dict[int, int]:
    """The largest one-to-one pairing of entered codes with key places.

    Args:
        entered: normalised codes, in order; a repeated code can fill a second place only if one accepts it.
        accepted: for each place of the key, every code that earns it.
        once: a code is reported once; its second entry earns nothing, not even as the alternative of another place.
        spent: codes that were entered elsewhere in the answer already.

    Returns:
        {index in `entered`: index in `accepted`}, by augmenting paths (Kuhn), earliest entries first.
    """
    place_of: dict[int, int] = {}
    entry_of: dict[int, int] = {}

    def place(entry: int, seen: set[int]) -> bool:
        for spot, codes in enumerate(accepted):
            if entered[entry] in codes and spot not in seen:
                seen.add(spot)
                if spot not in entry_of or place(entry_of[spot], seen):
                    place_of[entry], entry_of[spot] = spot, entry
                    return True
        return False

    for entry, code in enumerate(entered):
        if not (once and (code in entered[:entry] or code in spent)):
            place(entry, set())
    return place_of


def match_lines(
    entered: int, wanted: int, worth: Callable[[int, int], float | None], *, pairs_first: bool = True
) -> dict[int, int]:
    """The one-to-one pairing of lines with the most pairs, and among those the most worth; or just the most worth.

    Args:
        entered, wanted: how many lines there are on each side; `wanted` at most 12 (2^12 states a line).
        worth: quality in [0, 1] of a pair, or None if the pair is impossible.
        pairs_first: False where a pair is worth no more than its quality.
    """
    table = [[worth(line, spot) for spot in range(wanted)] for line in range(entered)]
    base = 100.0 if pairs_first else 0.0

    @cache
    def best(line: int, taken: int) -> tuple[float, tuple[tuple[int, int], ...]]:
        if line == entered:
            return 0.0, ()
        top = best(line + 1, taken)
        for spot in range(wanted):
            quality = None if taken & (1 << spot) else table[line][spot]
            if quality is not None:
                rest, pairs = best(line + 1, taken | (1 << spot))
                if rest + base + quality > top[0] + 1e-12:
                    top = rest + base + quality, ((line, spot), *pairs)
        return top

    return dict(best(0, 0)[1])
