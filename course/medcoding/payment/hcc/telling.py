"""A risk score told and drawn."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from medcoding.payment.explanation import Explanation
from medcoding.payment.hcc.scoring import Risk
from medcoding.payment.steps import ZERO, rounded
from medcoding.payment.waterfall import Bar, waterfall

if TYPE_CHECKING:
    from medcoding.codes.pictures.picture import Picture


def explain(risk: Risk) -> Explanation:
    """The score of a person, part by part, what was dropped and why, and the waterfall."""
    lead = (
        f"raw {risk.score:.3f}; for payment {risk.payment_score:.3f} in {risk.payment_year}. "
        f"{risk.count} payment {'category' if risk.count == 1 else 'categories'}."
    )
    return Explanation(f"CMS-HCC {risk.model} risk score, {risk.person.words}", lead, risk.steps, risk.notes, picture(risk))


def picture(risk: Risk) -> Picture:
    """The waterfall of a score: its parts, the raw score, normalization and coding adjustment, the payment score."""
    bars = [Bar(term.words.capitalize() if n == 0 else term.words, term.coefficient, _signed(term.coefficient)) for n, term in enumerate(risk.demographic)]
    bars += [Bar(str(one), one.coefficient, _signed(one.coefficient)) for one in risk.categories]
    bars += [Bar(term.words.capitalize(), term.coefficient, _signed(term.coefficient)) for term in risk.interactions]
    raw = rounded(risk.raw, 3)
    normal, paid = risk.normalized_exact - raw, risk.payment_exact - risk.normalized_exact
    bars += [
        Bar("Raw score", ZERO, f"{raw:.3f}", total=True),
        Bar("Normalization", normal, _signed(normal)),
        Bar("Coding-intensity adjustment", paid, _signed(paid)),
        Bar("Payment score", ZERO, f"{risk.payment_exact:.3f}", total=True),
    ]
    parts = "; ".join(f"{bar.label} {bar.shown}" for bar in bars)
    dropped = "".join(f" {one} is dropped by its hierarchy." for one in risk.dropped)
    return waterfall("How the risk score adds up", f"CMS-HCC {risk.model}, {risk.person.words}", bars, f"{parts}.{dropped}")


def _signed(value: Decimal) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):.3f}"
