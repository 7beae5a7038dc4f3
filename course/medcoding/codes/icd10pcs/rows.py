"""Table rows: sets of values for axes 4 to 7 that may be combined freely (guideline A9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One row of a table: for each of the axes 4, 5, 6 and 7 the values it offers, with their labels."""

    axes: tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str]]

    @property
    def codes(self) -> int:
        """How many codes the row makes."""
        one, two, three, four = map(len, self.axes)
        return one * two * three * four

    def __contains__(self, rest: object) -> bool:
        """Whether the last four characters of a code are all in this row."""
        return isinstance(rest, str) and len(rest) == 4 and all(c in axis for c, axis in zip(rest, self.axes, strict=True))


def as_products(rests: Iterable[str]) -> list[tuple[str, ...]]:
    """Codes' endings, all of one length, as few products of value sets that hold exactly those, none twice.

    >>> as_products(["00", "01", "10", "11", "20"])
    [('01', '01'), ('2', '0')]
    """
    below: dict[str, set[str]] = {}
    for rest in rests:
        below.setdefault(rest[0], set()).add(rest[1:])
    alike: dict[frozenset[str], list[str]] = {}
    for value in sorted(below):
        alike.setdefault(frozenset(below[value]), []).append(value)
    products: list[tuple[str, ...]] = []
    for endings, values in alike.items():
        here = "".join(values)
        products += [(here, *product) for product in as_products(endings)] if endings != {""} else [(here,)]
    return products
