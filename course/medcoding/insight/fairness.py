"""Whether a variant of an exercise is harder than its siblings beyond chance.

Which variant a student has is drawn by hash, without regard to ability; so if all variants are equally hard, any way of handing the
observed scores to the variants is as likely as another. That is what the tests count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from medcoding.insight.measures import Floats, Marks, holm

FEWEST = 5
"""Variants that fewer students had are not tested."""

LEVEL = 0.05
DRAWS, DRAWS_OF_MANY, MANY = 9_999, 1_999, 2_000


@dataclass(frozen=True)
class VariantResult:
    """One variant: how many had it, their mean share, that of its siblings, and its corrected p. None where it was not tested."""

    variant: int
    n: int
    share: float
    siblings: float | None
    p: float | None
    harder: bool = False


@dataclass(frozen=True)
class ItemFairness:
    """The variants of one exercise. `p` is that of the question whether they differ at all, corrected for the number of exercises."""

    exercise: int
    variants: tuple[VariantResult, ...]
    p: float | None
    reason: str = ""

    @property
    def harder(self) -> tuple[VariantResult, ...]:
        """The variants that are flagged."""
        return tuple(one for one in self.variants if one.harder)


@dataclass(frozen=True)
class _Tested:
    """One exercise before correction: its tested variants, sums and p-values."""

    variants: Marks
    p: float
    single: tuple[float, ...]


def fairness(scores: Sequence[tuple[int, Floats, Marks]], seed: int = 0) -> list[ItemFairness]:
    """Test the variants of every exercise that has some.

    In two steps: per exercise, whether its variants differ at all (Holm over the exercises); only where they do, each variant
    against its siblings (Holm over the variants). A variant is flagged where both corrected p-values are under `LEVEL` and its
    mean is the lower.

    Args:
        scores: for each exercise its number, the shares of those who answered their own variant, and their variants.
        seed: of the draws; the same seed gives the same p-values.

    Sources: E. J. G. Pitman, Significance tests which may be applied to samples from any populations, J. R. Stat. Soc. Suppl. 4
    (1937) 119-130; B. Phipson, G. K. Smyth, Permutation p-values should never be zero, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39.
    """
    tested: list[_Tested | str] = [_test(shares, variants, np.random.default_rng([seed, exercise])) for exercise, shares, variants in scores]
    corrected = iter(holm([one.p for one in tested if isinstance(one, _Tested)]))
    found = []
    for (exercise, shares, variants), one in zip(scores, tested, strict=True):
        if isinstance(one, str):
            found.append(ItemFairness(exercise, tuple(_row(shares, variants, int(v)) for v in np.unique(variants)), None, one))
            continue
        p = next(corrected)
        single = dict(zip(one.variants.tolist(), holm(one.single), strict=True))
        rows = [_row(shares, variants, int(v), single.get(int(v)), p < LEVEL) for v in np.unique(variants)]
        found.append(ItemFairness(exercise, tuple(rows), p))
    return found


def _row(shares: Floats, variants: Marks, variant: int, p: float | None = None, differ: bool = False) -> VariantResult:
    own, others = shares[variants == variant], shares[variants != variant]
    siblings = float(others.mean()) if len(others) else None
    share = float(own.mean())
    harder = differ and p is not None and p < LEVEL and siblings is not None and share < siblings
    return VariantResult(variant, len(own), share, siblings, p, harder)


def _test(shares: Floats, variants: Marks, rng: np.random.Generator) -> _Tested | str:
    names, counts = np.unique(variants, return_counts=True)
    names = names[counts >= FEWEST]
    if len(names) < 2:
        return f"Fewer than two variants were answered by {FEWEST} students or more."
    kept = np.isin(variants, names)
    shares, variants = shares[kept], variants[kept]
    if np.ptp(shares) < 1e-12:
        return "Every student has the same score."
    p, single = permuted(shares, variants, names, rng)
    if len(shares) > MANY:
        single = [_approximate(shares, variants == name) for name in names]
    return _Tested(names, p, tuple(single))


def permuted(shares: Floats, variants: Marks, names: Marks, rng: np.random.Generator) -> tuple[float, list[float]]:
    """P-values by permutation: that the variants differ (the sum of squares between them), and of each variant, two-sided.

    (b + 1) / (m + 1), with b the draws of m that are at least as extreme as what was observed; over 2,000 students fewer draws.
    """
    n, draws = len(shares), DRAWS if len(shares) <= MANY else DRAWS_OF_MANY
    centred = shares - shares.mean()
    member = (variants[None, :] == names[:, None]).astype(np.float64)
    sizes = member.sum(axis=1)
    seen = member @ centred
    between, far = float((seen**2 / sizes).sum()), np.abs(seen)
    more_between, more_far, done = 0, np.zeros(len(names), dtype=np.int64), 0
    batch = max(1, min(500, 2_000_000 // n))
    while done < draws:
        count = min(batch, draws - done)
        drawn = rng.permuted(np.repeat(centred[None, :], count, axis=0), axis=1)
        sums = drawn @ member.T
        more_between += int(((sums**2 / sizes).sum(axis=1) >= between - 1e-9).sum())
        more_far += (np.abs(sums) >= far - 1e-9).sum(axis=0)
        done += count
    return (more_between + 1) / (draws + 1), [(int(count) + 1) / (draws + 1) for count in more_far]


def _approximate(shares: Floats, mine: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """The two-sided p of one variant by the normal approximation to the permutation distribution, for large classes.

    A sum of n of N scores drawn without replacement has mean n times theirs and variance n (N - n) / N · S².

    Source: W. G. Cochran, Sampling Techniques (3rd ed. 1977), theorem 2.2.
    """
    whole, own = len(shares), int(mine.sum())
    spread = sqrt(own * (whole - own) / whole * float(shares.var(ddof=1)))
    distance = abs(float(shares[mine].sum()) - own * float(shares.mean()))
    return erfc(distance / spread / sqrt(2)) if spread else 1.0
