"""Amounts that carry how they came about: exact numbers in, named steps out.

Units, indices and shares are exact; money is `Decimal` and rounded to the cent (half up) in each step that makes an amount,
so that a reader finds with pencil and paper what is shown. Every engine of `medcoding.payment` that prices something answers
with a `Priced`: the amount, its steps, and `explain()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from medcoding.facts import fact

if TYPE_CHECKING:
    from medcoding.payment.explanation import Explanation

Number = int | float | str | Decimal
"""What a caller may give where a number is meant. A float is read as it is written: 33.4009 is 33.4009."""

ZERO, ONE, CENT = Decimal(0), Decimal(1), Decimal("0.01")


class PaymentInputError(ValueError):
    """What was given cannot be priced. The message says what was found, what was expected and what to do."""


def exact(value: Number, what: str, least: Number | None = 0, most: Number | None = None) -> Decimal:
    """`value` as an exact number. `what` names it in the message.

    Raises:
        PaymentInputError: no finite number, below `least` or above `most` (both inclusive; None sets no bound).
    """
    found = f"{what} is {str(value)[:40]!r}"
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise PaymentInputError(f"{found}: a number was expected, such as 1.25.")
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip().replace(",", "").removeprefix("$"))
    except InvalidOperation:
        raise PaymentInputError(f"{found}: a number was expected, such as 1.25.") from None
    if not number.is_finite():
        raise PaymentInputError(f"{found}: a finite number was expected.")
    if least is not None and number < Decimal(str(least)):
        raise PaymentInputError(f"{found}: {least} or more was expected.")
    if most is not None and number > Decimal(str(most)):
        raise PaymentInputError(f"{found}: {most} or less was expected.")
    return number


def figure(name: str) -> Decimal:
    """The dated figure of `medcoding.facts` called `name`, exact. Raises `UnknownFact`."""
    return Decimal(str(fact(name).value))


def cents(amount: Decimal) -> Decimal:
    """An amount rounded to the cent, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP) + ZERO


def rounded(value: Decimal, places: int) -> Decimal:
    """A number with a fixed count of decimals, half up."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + ZERO


def dollars(amount: Decimal) -> str:
    """An amount as it is read: "$1,234.50", "−$3.00"."""
    shown = cents(amount)
    return f"{'−' if shown < 0 else ''}${abs(shown):,.2f}"


def plain(value: Decimal, places: int = 4) -> str:
    """A number without needless zeros and with at most `places` decimals: 2.7575, 1, 0.05."""
    shown = f"{rounded(value, places):f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown).replace("-", "−")


def percent(share: Decimal) -> str:
    """A share as a percentage: "62.5 %"."""
    return f"{plain(share * 100)} %"


@dataclass(frozen=True)
class Step:
    """One step of a calculation: its name, the formula in words and numbers, and what came out.

    `unit` is "$" for money, else a word that follows the number ("units", "%"; "points" of a risk score have three decimals), or empty. `citation` is where the
    rule stands.
    """

    name: str
    formula: str
    amount: Decimal
    unit: str = "$"
    citation: str = ""

    @property
    def shown(self) -> str:
        """The amount as it is read, with its unit."""
        if self.unit == "$":
            return dollars(self.amount)
        number = f"{rounded(self.amount, 3):.3f}".replace("-", "−") if self.unit == "points" else plain(self.amount)
        return f"{number} {self.unit}".rstrip()

    def __str__(self) -> str:
        return f"{self.name}: {self.formula} = {self.shown}"


@dataclass(frozen=True)
class Priced:
    """A price: what it is of, the amount in dollars rounded to the cent, the steps to it, and remarks."""

    title: str
    amount: Decimal
    steps: tuple[Step, ...] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False, default=())

    def explain(self) -> Explanation:
        """The calculation told step by step: `.text` to read aloud, HTML as the value of a notebook cell."""
        from medcoding.payment.explanation import Explanation

        return Explanation(self.title, f"{dollars(self.amount)}.", self.steps, self.notes)

    def __str__(self) -> str:
        return dollars(self.amount)

    def __float__(self) -> float:
        return float(self.amount)

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()
