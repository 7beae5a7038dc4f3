"""Counts that grow while submissions stream by: options, foreseen wrong codes, missed codes, parts of scores. Bounded whatever is answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from math import sqrt

from medcoding.insight.coded import Compared, Kind

MOST_INSTEAD = 500
"""Distinct wrong codes that are kept for one code of a key; further ones are counted together."""

OTHERS = "…"


@dataclass
class Moments:
    """How many values, their sum and the sum of their squares."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self.n += 1
        self.total += value
        self.squares += value * value

    def without(self, other: Moments) -> Moments:
        """The values that are not among the other's."""
        return Moments(self.n - other.n, self.total - other.total, self.squares - other.squares)

    @property
    def mean(self) -> float | None:
        """Their mean, or None where there are none."""
        return self.total / self.n if self.n else None

    def above(self, other: Moments) -> float | None:
        """By how many standard errors this mean is above another (Welch's t); None where it cannot be said.

        Source: B. L. Welch, The generalization of "Student's" problem when several different population variances are involved,
        Biometrika 34 (1947) 28-35.
        """
        if self.n < 2 or other.n < 2:
            return None
        error = sqrt(self._variance() / self.n + other._variance() / other.n)
        return (self.total / self.n - other.total / other.n) / error if error > 1e-9 else None

    def _variance(self) -> float:
        return max(0.0, (self.squares - self.total * self.total / self.n) / (self.n - 1))


@dataclass
class Choice:
    """One option or foreseen wrong code of an exercise: in how many answers it could be given, and in how many it was; and what those
    students scored elsewhere, in percent."""

    text: str
    right: bool
    kind: Kind | None
    on: date
    offered: int = 0
    chosen: int = 0
    of_offered: Moments = field(default_factory=Moments)
    of_chosen: Moments = field(default_factory=Moments)

    def add(self, chosen: bool, elsewhere: float | None) -> None:
        """Count one answer."""
        self.offered += 1
        self.chosen += chosen
        if elsewhere is not None:
            self.of_offered.add(elsewhere)
            if chosen:
                self.of_chosen.add(elsewhere)


@dataclass
class CodeTally:
    """One code of the keys: how often it was asked for and missed, what stood in its place, and where it was asked."""

    on: date
    asked: int = 0
    missed: int = 0
    nothing: int = 0
    instead: Counter[str] = field(default_factory=Counter)
    exercises: set[int] = field(default_factory=set)


@dataclass
class CodeTallies:
    """Every code that was asked for, by kind and code."""

    by_code: dict[tuple[Kind, str], CodeTally] = field(default_factory=dict)

    def add(self, exercise: int, on: date, compared: Compared) -> None:
        """Count one answer."""
        for asked in compared.asked:
            tally = self.by_code.setdefault((asked.kind, asked.code), CodeTally(on))
            tally.asked += 1
            tally.exercises.add(exercise)
        for missed in compared.missed:
            tally = self.by_code[missed.kind, missed.code]
            tally.missed += 1
            if missed.instead is None:
                tally.nothing += 1
            elif missed.instead in tally.instead or len(tally.instead) < MOST_INSTEAD:
                tally.instead[missed.instead] += 1
            else:
                tally.instead[OTHERS] += 1
