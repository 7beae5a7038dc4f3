"""What one coding would have paid beside another: the same person, two lists of diagnoses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from medcoding.payment.explanation import Explanation
from medcoding.payment.hcc.scoring import Category, Risk, risk
from medcoding.payment.steps import Step, rounded


@dataclass(frozen=True)
class Comparison:
    """Two scores of one person: as claimed, and as the record supports it. `change` is claimed less supported, raw."""

    claimed: Risk
    supported: Risk

    @property
    def change(self) -> float:
        """How much higher (or lower) the raw score was claimed."""
        return float(rounded(self.claimed.raw - self.supported.raw, 3))

    @property
    def unsupported(self) -> tuple[Category, ...]:
        """Categories that count as claimed but not as supported."""
        return tuple(one for one in self.claimed.categories if one.number not in self.supported.hccs)

    @property
    def missed(self) -> tuple[Category, ...]:
        """Categories that the record supports but that were not claimed."""
        return tuple(one for one in self.supported.categories if one.number not in self.claimed.hccs)

    def explain(self) -> Explanation:
        """Both scores, and the categories that make the difference."""
        gap = rounded(self.claimed.raw - self.supported.raw, 3)
        steps = (
            Step("As claimed", _listed(self.claimed), rounded(self.claimed.raw, 3), "points"),
            Step("As supported", _listed(self.supported), rounded(self.supported.raw, 3), "points"),
            Step("Difference", "claimed less supported", gap, "points"),
        )
        notes = [f"Claimed, not supported: {one}, from {', '.join(one.codes)}." for one in self.unsupported]
        notes += [f"Supported, not claimed: {one}, from {', '.join(one.codes)}." for one in self.missed]
        lead = "the same score." if not gap else f"claimed {abs(gap):.3f} {'too high' if gap > 0 else 'too low'}."
        return Explanation(f"Two codings of one person, {self.claimed.person.words}", lead, steps, tuple(notes))

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()


def compare(claimed: Iterable[str], supported: Iterable[str], **person: Any) -> Comparison:
    """The same person with the diagnoses that were claimed and with those that the record supports.

    `person` is what `risk` takes: age, sex, model, dual, orec, institutional, on and so on. Raises what `risk` raises.
    """
    return Comparison(risk(claimed, **person), risk(supported, **person))


def _listed(score: Risk) -> str:
    return ", ".join(f"HCC {number}" for number in score.hccs) or "no payment category"
