"""One table of the book on a date: which values its axes 4 to 7 may take together, and what they are called."""

from __future__ import annotations

from functools import cached_property
from itertools import product

from medcoding.codes.icd10pcs.notation import APPROACHES
from medcoding.codes.icd10pcs.rows import Row, as_products
from medcoding.codes.indexfile import Store

Axes = tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str]]


class Table:
    """The codes that begin with one three-character start and are valid on one date (`bit` of the releases).

    `official` is the number of the official tables release in use, -1 without one.
    """

    def __init__(self, store: Store, prefix: str, bit: int, official: int) -> None:
        self._store = store
        self._prefix = prefix
        self._bit = bit
        self._official = official

    @cached_property
    def endings(self) -> tuple[str, ...]:
        """The last four characters of every valid code."""
        query = "SELECT substr(key, 4) FROM codes WHERE key >= ? AND key < ? AND valid & ? ORDER BY key"
        return tuple(rest for (rest,) in self._store.rows(query, self._prefix, self._prefix + "~", self._bit))

    @cached_property
    def _official_rows(self) -> tuple[Axes, ...]:
        query = "SELECT row, axis, value, label FROM rows WHERE prefix = ? AND release = ? ORDER BY row, axis, place"
        rows: dict[int, Axes] = {}
        for row, axis, value, label in self._store.rows(query, self._prefix, self._official):
            rows.setdefault(row, ({}, {}, {}, {}))[axis - 4][value] = label
        return tuple(rows.values())

    @cached_property
    def _derived(self) -> dict[tuple[str, int, str], str]:
        query = "SELECT context, axis, value, label FROM labels WHERE prefix = ?"
        return {(context, axis, value): label for context, axis, value, label in self._store.rows(query, self._prefix)}

    @cached_property
    def _approach_axis(self) -> bool:
        found = self._store.rows("SELECT name FROM axes WHERE section = ? AND axis = 5", self._prefix[0])
        return bool(found) and found[0][0] == "Approach"

    def next_values(self, rest: str) -> dict[str, str]:
        """{value: label} of what may follow the 0 to 3 characters after the table's start."""
        found: dict[str, list[str]] = {}
        for ending in self.endings:
            if ending.startswith(rest):
                known = found.setdefault(ending[len(rest)], [])
                # One ending is enough where its label cannot depend on the rest.
                if known and not self._official_rows and self._prefix[0] != "X":
                    continue
                label = self._label(ending, len(rest))
                if label and label not in known:
                    known.append(label)
        return {value: " or ".join(labels) for value, labels in sorted(found.items())}

    def labels(self, rest: str) -> list[str]:
        """The label of each character after the table's start, as far as they lead to a code of some date."""
        matches = [ending for ending in self.endings if ending.startswith(rest)]
        if not matches and len(rest) == 4:
            matches = [rest]
        if not matches:
            return []
        return [
            " or ".join(dict.fromkeys(filter(None, (self._label(ending, place) for ending in matches))))
            for place in range(len(rest))
        ]

    def rows(self) -> tuple[Row, ...]:
        """The official rows when they make exactly the valid codes, else rows worked out from the codes."""
        official = self._official_rows
        if official and {"".join(rest) for axes in official for rest in product(*axes)} == set(self.endings):
            return tuple(Row(axes) for axes in official)
        return tuple(self._row(values) for values in as_products(self.endings)) if self.endings else ()

    def _row(self, values: tuple[str, ...]) -> Row:
        axes: Axes = ({}, {}, {}, {})
        for place in range(4):
            for value in values[place]:
                endings = ("".join(rest) for rest in product(*values[:place], (value,), *values[place + 1 :]))
                labels = dict.fromkeys(label for ending in endings if (label := self._label(ending, place)))
                axes[place][value] = " or ".join(labels)
        return Row(axes)

    def _label(self, ending: str, place: int) -> str:
        value = ending[place]
        for axes in self._official_rows:
            if all(character in axis for character, axis in zip(ending, axes, strict=True)):
                return axes[place][value]
        context = ending[3] if self._prefix[0] == "X" else ""
        label = self._derived.get((context, place + 4, value), "")
        if not label and self._approach_axis and place == 1:
            label = APPROACHES.get(value, "")
        return label
