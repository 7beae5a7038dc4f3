"""How a clinician's visits spread over the levels, set against peers: where the curve leans, and whether chance explains it.

A comparison raises a question; it proves nothing. Chance is judged by the chi-square test of fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medcoding.payment.explanation import Explanation

LEAST_EXPECTED = 5
"""Below so many expected visits at a level the test of fit is rough."""


@dataclass(frozen=True)
class LevelComparison:
    """Visits by level (1 to 5), the own count and the share among peers, in the order of the levels."""

    levels: tuple[int, ...]
    counts: tuple[int, ...]
    peers: tuple[Decimal, ...]

    @property
    def visits(self) -> int:
        """All own visits."""
        return sum(self.counts)

    @property
    def shares(self) -> tuple[Decimal, ...]:
        """The own share of each level, in 0..1."""
        return tuple(Decimal(count) / self.visits for count in self.counts)

    @property
    def differences(self) -> tuple[Decimal, ...]:
        """Own share less the peers' share, of each level."""
        return tuple(own - other for own, other in zip(self.shares, self.peers, strict=True))

    @property
    def mean(self) -> Decimal:
        """The own mean level."""
        return sum((level * share for level, share in zip(self.levels, self.shares, strict=True)), Decimal(0))

    @property
    def peer_mean(self) -> Decimal:
        """The mean level of the peers."""
        return sum((level * share for level, share in zip(self.levels, self.peers, strict=True)), Decimal(0))

    @property
    def chi_square(self) -> float:
        """The sum over the levels of (seen − expected)² / expected."""
        expected = [float(share) * self.visits for share in self.peers]
        return sum((count - wanted) ** 2 / wanted for count, wanted in zip(self.counts, expected, strict=True))

    @property
    def probability(self) -> float:
        """How likely chance alone gives a spread at least so far from the peers', in 0..1."""
        return _chi_square_above(self.chi_square, len(self.levels) - 1)

    @property
    def leans(self) -> str:
        """"higher", "lower", or "like peers" where chance explains the difference (probability 0.05 or more)."""
        if self.probability >= 0.05:
            return "like peers"
        return "higher" if self.mean > self.peer_mean else "lower"

    def explain(self) -> Explanation:
        """Each level, own and peers, then the means and the test."""
        from medcoding.payment.explanation import Explanation
        from medcoding.payment.steps import Step, rounded

        steps = [
            Step(f"Level {level}, peers {rounded(peer * 100, 1)} %", f"{count} of {self.visits} own visits", rounded(own * 100, 1), "%")
            for level, count, own, peer in zip(self.levels, self.counts, self.shares, self.peers, strict=True)
        ]
        steps += [
            Step(f"Mean level, peers {rounded(self.peer_mean, 2)}", "each level times its share of own visits", rounded(self.mean, 2), ""),
            Step("Distance", f"chi-square with {len(self.levels) - 1} degrees of freedom", rounded(Decimal(str(self.chi_square)), 2), ""),
            Step("Probability by chance", "of a spread at least so far from the peers'", rounded(Decimal(str(self.probability)), 4), ""),
        ]
        sense = {"higher": "leans to higher levels than peers", "lower": "leans to lower levels than peers", "like peers": "is like that of peers, as far as chance allows to tell"}
        notes = ["A difference is a reason to read notes, no proof: sicker patients have higher levels."]
        if min(float(share) * self.visits for share in self.peers) < LEAST_EXPECTED:
            notes.append(f"At some level fewer than {LEAST_EXPECTED} visits are expected, so the probability is rough.")
        return Explanation("Levels of visits", f"the spread {sense[self.leans]}.", tuple(steps), tuple(notes))


def levels(counts: Mapping[int, int], peers: Mapping[int, float | Decimal | str]) -> LevelComparison:
    """Own visits by level against the peers' shares or counts of the same levels; the peers' are made to add up to 1.

    Raises `ValueError` where there are fewer than two levels or no visit, a number is negative or none, a level differs, or a
    peers' share is 0 (leave such a level out, or pool it with its neighbor).
    """
    order = sorted(peers)
    if len(order) < 2:
        raise ValueError(f"The peers have {len(order)} levels: at least 2 were expected.")
    strange = sorted(set(counts) - set(order))
    if strange:
        raise ValueError(f"Levels {strange} are not among the peers' levels {order}.")
    own = [counts.get(level, 0) for level in order]
    if any(isinstance(count, bool) or not isinstance(count, int) or count < 0 for count in own) or not sum(own):
        raise ValueError(f"Own visits are {own}: whole numbers from 0 were expected, not all 0.")
    shares = _shares([peers[level] for level in order])
    return LevelComparison(tuple(order), tuple(own), shares)


def _shares(values: Sequence[float | Decimal | str]) -> tuple[Decimal, ...]:
    from medcoding.payment.steps import exact

    amounts = [exact(value, "A peers' share") for value in values]
    if any(amount <= 0 for amount in amounts):
        raise ValueError(f"Peers' shares are {[str(amount) for amount in amounts]}: numbers above 0 were expected; pool an empty level with its neighbor.")
    whole = sum(amounts, Decimal(0))
    return tuple(amount / whole for amount in amounts)


def _chi_square_above(value: float, degrees: int) -> float:
    """P(chi-square with so many degrees of freedom > value), by the recurrence from one or two degrees (Abramowitz and Stegun 26.4.8)."""
    half = value / 2
    if half > 700:
        return 0.0
    done, total = (2, math.exp(-half)) if degrees % 2 == 0 else (1, math.erfc(math.sqrt(half)))
    while done < degrees:
        total += math.exp(done / 2 * math.log(half) - half - math.lgamma(done / 2 + 1)) if half > 0 else 0.0
        done += 2
    return min(1.0, total)
