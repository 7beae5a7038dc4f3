"""The codes that were missed most, and what was coded instead."""

from __future__ import annotations

from dataclasses import dataclass

from medcoding.insight.coded import Kind, shown, title
from medcoding.insight.gather import Gathered
from medcoding.insight.tallies import OTHERS, CodeTally

MOST, MOST_INSTEAD = 10, 5


@dataclass(frozen=True)
class Instead:
    """A wrong entry in place of a code: as coders write it, what it means (empty where no book holds it), and how often."""

    code: str
    meaning: str
    count: int


@dataclass(frozen=True)
class MissRow:
    """One code of the keys. Of `asked` answers that needed it `missed` lacked it, `nothing` of these without any entry in its place."""

    code: str
    meaning: str
    kind: Kind
    asked: int
    missed: int
    nothing: int
    instead: tuple[Instead, ...]
    exercises: tuple[int, ...]

    @property
    def share(self) -> float:
        """The share of answers that missed it."""
        return self.missed / self.asked


def most_missed(gathered: Gathered) -> tuple[MissRow, ...]:
    """The ten codes that were missed most often; among equals the one with the higher share, then by code.

    Only answers that were given count: who left an exercise out missed no code of it.
    """
    ranked = sorted(
        ((where, tally) for where, tally in gathered.codes.by_code.items() if tally.missed),
        key=lambda entry: (-entry[1].missed, -entry[1].missed / entry[1].asked, entry[0]),
    )
    return tuple(_row(kind, code, tally) for (kind, code), tally in ranked[:MOST])


def _row(kind: Kind, code: str, tally: CodeTally) -> MissRow:
    found = sorted(tally.instead.items(), key=lambda entry: (entry[0] == OTHERS, -entry[1], entry[0]))
    instead = [Instead(shown(one, kind), title(one, kind, tally.on), count) for one, count in found[:MOST_INSTEAD]]
    rest = sum(count for _, count in found[MOST_INSTEAD:])
    if rest:
        instead.append(Instead("other codes", "", rest))
    return MissRow(code, title(code, kind, tally.on), kind, tally.asked, tally.missed, tally.nothing, tuple(instead), tuple(sorted(tally.exercises)))
