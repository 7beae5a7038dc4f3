"""Several procedures in one session: the dearest in full, the others at half; scopes of one family less the look they share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from medcoding.payment.rbrvs.fee import shares
from medcoding.payment.steps import ONE, ZERO, Number, PaymentInputError, Priced, Step, cents, dollars, exact

RANKS = (ONE, *[Decimal("0.5")] * 4)
"""What the first five procedures of a session pay (CMS Claims Processing Manual ch. 12 §40.6)."""

CITATION = "CMS Claims Processing Manual ch. 12 §40.6"

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def order(amounts: Sequence[Decimal]) -> list[int]:
    """The rank of each amount, 0 for the highest; among equals the one that was named first."""
    ranked = sorted(range(len(amounts)), key=lambda place: (-amounts[place], place))
    return [ranked.index(place) for place in range(len(amounts))]


def share_of(rank: int) -> Decimal:
    """The share that a rank pays. Beyond the fifth the contractor decides by report; half is assumed here."""
    return RANKS[min(rank, len(RANKS) - 1)]


def ordinal(rank: int) -> str:
    """A rank as a word: "first", "second"."""
    return ORDINALS[rank] if rank < len(ORDINALS) else f"{rank + 1}th"


def ranked_step(amount: Decimal, rank: int, name: str = "Several procedures") -> tuple[Decimal, Step]:
    """An amount at its rank, with its step."""
    said = f"{ordinal(rank)} procedure" + ("; beyond the fifth the contractor decides by report, half is assumed" if rank >= len(RANKS) else "")
    return shares(amount, share_of(rank), said, name, CITATION)


def multiple(amounts: Sequence[Number]) -> Priced:
    """What several procedures of one session are allowed together: 100 % of the highest, 50 % of each other one.

    `amounts` are fee schedule amounts of different procedures; their order does not matter. Add-on services do not belong
    here: they are never reduced. Each line is rounded to the cent.

    Source: CMS Claims Processing Manual ch. 12 §40.6. Raises `PaymentInputError`.
    """
    given = _amounts(amounts)
    lines, total = [], ZERO
    for amount, rank in zip(given, order(given), strict=True):
        found, step = ranked_step(amount, rank, f"Procedure of {dollars(amount)}")
        total += found
        lines.append(step)
    last = Step("Together", " + ".join(step.shown for step in lines), total)
    return Priced("Several procedures in one session", total, (*lines, last))


def scopes(amounts: Sequence[Number], look: Number) -> Priced:
    """What several services through one scope are allowed: the highest in full, each other one less the look they share.

    `amounts` are the fee schedule amounts of the services of one family, `look` that of the look through the same scope.

    Source: CMS Claims Processing Manual ch. 12 §40.6 (multiple endoscopies). Raises `PaymentInputError`.
    """
    given, shared = _amounts(amounts), cents(exact(look, "look"))
    lines, total = [], ZERO
    for amount, rank in zip(given, order(given), strict=True):
        found, step = less_look(amount, rank, shared, f"Service of {dollars(amount)}")
        total += found
        lines.append(step)
    return Priced("Several services through one scope", total, (*lines, Step("Together", " + ".join(step.shown for step in lines), total)))


def less_look(amount: Decimal, rank: int, look: Decimal, name: str = "Same scope") -> tuple[Decimal, Step]:
    """An amount of a scope family at its rank in it, with its step."""
    if rank == 0:
        return amount, Step(name, f"{dollars(amount)} in full: the dearest through this scope", amount, citation=CITATION)
    found = max(amount - look, ZERO)
    return found, Step(name, f"{dollars(amount)} less {dollars(look)} for the look through the same scope", found, citation=CITATION)


def _amounts(amounts: Sequence[Number]) -> list[Decimal]:
    if isinstance(amounts, str) or not len(amounts):
        raise PaymentInputError(f"amounts is {str(amounts)[:40]!r}: a list of one amount or more was expected, such as [900, 500, 300].")
    return [cents(exact(amount, "an amount")) for amount in amounts]
