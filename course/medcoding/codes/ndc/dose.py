"""Doses and billing units: how many units a dose is, what of a single-dose container is wasted, and how it is billed.

Everything is counted in `Decimal`, so that 0.1 mg is a tenth of a milligram.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Number = Decimal | int | str
"""An amount: a Decimal, an int, or text such as "1,000" or "0.5". A float is refused: 0.1 has no exact one."""

MAX_AMOUNT = Decimal(10) ** 9


class DoseError(ValueError):
    """An amount is no number, not above zero, or too large; or the parts of a dose do not fit each other."""


@dataclass(frozen=True)
class Waste:
    """What a dose from single-dose containers is on a claim.

    `given` units stand on the first line; `wasted` units, if any, on a second one with JW. `modifier` is "JW" when there
    is such a line, else "JZ" on the first. `containers` is how many were opened, `discarded` the amount thrown away.
    """

    containers: int
    given: int
    wasted: int
    discarded: Decimal

    @property
    def modifier(self) -> str:
        return "JW" if self.wasted else "JZ"

    @property
    def total(self) -> int:
        """Units on both lines together; wasted ones never lift it above what the containers held."""
        return self.given + self.wasted


def amount(value: Number, what: str = "amount") -> Decimal:
    """A number above zero as a Decimal. Raises `DoseError`, which says what was found."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise DoseError(f"The {what} must be a Decimal, a whole number or text such as '0.5', not {type(value).__name__}.")
    text = str(value).strip().replace(",", "") if isinstance(value, str) else value
    try:
        if isinstance(text, str) and (not text.isascii() or len(text) > 20 or "_" in text):
            raise InvalidOperation
        found = Decimal(text)
    except InvalidOperation:
        raise DoseError(f"The {what} {str(value)[:40]!r} is no number. Write it as 132 or 0.5, without its unit.") from None
    if not found.is_finite() or found <= 0 or found > MAX_AMOUNT or found < 1 / MAX_AMOUNT:
        raise DoseError(f"The {what} {str(value)[:40]} must be above zero and at most {MAX_AMOUNT:,}.")
    return found


def billing_units(dose: Number, per: Number) -> int:
    """Units for a dose when one unit holds `per` of the same measure; a part of a unit counts as a whole one.

    60 mg of a code per 15 mg is 4 units; 132 mg of a code per 10 mg is 14. Raises `DoseError`.
    """
    return _at_least(amount(dose, "dose"), amount(per, "amount of one unit"))


def waste(dose: Number, per: Number, container: Number) -> Waste:
    """Units given and wasted when a dose is drawn from single-dose containers that hold `container` each.

    As few containers are opened as the dose needs. Units given are rounded up; units wasted are what is then left of the
    containers' own units, so that the total never passes them: 132 mg from a 150 mg vial, per 10 mg, is 14 and 1.
    A rest that the rounding already covers is not billed again [CMS Claims Processing Manual ch. 17 §40; JW/JZ policy].
    Raises `DoseError`.
    """
    needed, one, size = amount(dose, "dose"), amount(per, "amount of one unit"), amount(container, "content of a container")
    opened = _at_least(needed, size)
    given = billing_units(needed, one)
    held = int(opened * size // one)
    return Waste(opened, given, max(0, held - given), opened * size - needed)


def quantity(dose: Number, strength: Number, volume: Number = 1) -> Decimal:
    """The quantity to report with an NDC: how many milliliters (or pieces) hold a dose.

    `strength` is the amount in `volume` of the product: 30 mg of a drug with 15 mg in 1 mL is 2 mL; 50 mg from tablets of
    25 mg each is 2 tablets. Raises `DoseError`.
    """
    found = amount(dose, "dose") * amount(volume, "volume") / amount(strength, "strength")
    return found.quantize(Decimal("0.001")).normalize() if found != found.to_integral_value() else found.quantize(Decimal(1))


def _at_least(whole: Decimal, part: Decimal) -> int:
    """How many parts it takes to make up the whole; exact, unlike a division that is rounded first."""
    full, rest = divmod(whole, part)
    return int(full) + (1 if rest else 0)
