"""Over- and under-coding in dollars: each direction by itself, gross and net.

Gross adds both directions and measures quality; net sets one off against the other and hides it. The improper payment rate of
CMS's CERT program is gross over dollars paid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from medcoding.payment.explanation import Explanation
    from medcoding.payment.steps import Number

CERT = "CMS, Comprehensive Error Rate Testing: improper payments are overpayments plus underpayments"


class Paid(NamedTuple):
    """What was paid for a claim, and what the auditor finds correct."""

    paid: Number
    correct: Number


@dataclass(frozen=True)
class Dollars:
    """Sums over some claims, in dollars: `paid`, `correct`, `over` (paid too much) and `under` (paid too little), both from 0."""

    claims: int
    paid: Decimal
    correct: Decimal
    over: Decimal
    under: Decimal
    claims_over: int
    claims_under: int

    @property
    def gross(self) -> Decimal:
        """Both directions added."""
        return self.over + self.under

    @property
    def net(self) -> Decimal:
        """Over less under: what is to be returned if positive."""
        return self.over - self.under

    @property
    def gross_rate(self) -> Decimal:
        """Gross error over dollars paid."""
        return self.gross / self.paid if self.paid else Decimal(0)

    @property
    def net_rate(self) -> Decimal:
        """Net error over dollars paid; below zero where too little was paid."""
        return self.net / self.paid if self.paid else Decimal(0)

    @property
    def accuracy(self) -> Decimal:
        """1 less the gross rate, at least 0: financial accuracy."""
        return max(Decimal(0), 1 - self.gross_rate)

    def explain(self) -> Explanation:
        """Each direction, gross, net and the rates, step by step."""
        from medcoding.payment.explanation import Explanation
        from medcoding.payment.steps import Step, dollars, percent, rounded

        steps = (
            Step("Paid too much", f"{self.claims_over} of {self.claims} claims", self.over),
            Step("Paid too little", f"{self.claims_under} of {self.claims} claims", self.under),
            Step("Gross error", f"{dollars(self.over)} + {dollars(self.under)}", self.gross, citation=CERT),
            Step("Net error", f"{dollars(self.over)} − {dollars(self.under)}", self.net),
            Step("Gross rate", f"{dollars(self.gross)} / {dollars(self.paid)} paid", rounded(self.gross_rate * 100, 1), "%", CERT),
            Step("Net rate", f"{dollars(self.net)} / {dollars(self.paid)} paid", rounded(self.net_rate * 100, 1), "%"),
        )
        lead = f"{dollars(self.over)} paid too much and {dollars(self.under)} too little; gross rate {percent(rounded(self.gross_rate, 3))}."
        return Explanation("Over- and under-coding", lead, steps, ("Report both directions: a net of zero can hide many errors.",))


def dollars(claims: Iterable[Paid | tuple[Number, Number]]) -> Dollars:
    """Sums over claims given as (paid, correct). Raises `ValueError` without a claim, `PaymentInputError` for what is no amount."""
    from medcoding.payment.steps import exact

    pairs = [(exact(paid, "A payment"), exact(correct, "A correct payment")) for paid, correct in claims]
    if not pairs:
        raise ValueError("No claim was given: pairs of (paid, correct) were expected.")
    changes = [paid - correct for paid, correct in pairs]
    return Dollars(
        claims=len(pairs),
        paid=sum((paid for paid, _ in pairs), Decimal(0)),
        correct=sum((correct for _, correct in pairs), Decimal(0)),
        over=sum((change for change in changes if change > 0), Decimal(0)),
        under=-sum((change for change in changes if change < 0), Decimal(0)),
        claims_over=sum(change > 0 for change in changes),
        claims_under=sum(change < 0 for change in changes),
    )
