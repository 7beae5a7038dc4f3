"""One entry of the book, one modifier, one letter range."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medcoding.codes.ndc.dose import Number

_UNIT = re.compile(r"(per|up to) ([\d,]*\.?\d+) (mcg|mg|g|mL|units|mEq|minutes|hour|month|microcurie)")


@dataclass(frozen=True)
class LetterRange:
    """What codes with one first letter are for. `used` is False where no code has it, `open` where this course may show them."""

    letter: str
    title: str
    plain: str
    who: str
    used: bool = True
    open: bool = True

    def __str__(self) -> str:
        return f"{self.letter}: {self.title}"


@dataclass(frozen=True)
class Modifier:
    """Two characters beside a code: what they tell, in the course's words, and who uses them."""

    code: str
    plain: str
    group: str
    who: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    source: str

    def in_force(self, date: dt.date) -> bool:
        """Whether the modifier may stand on a claim for a date of service, as far as is known here."""
        return (self.valid_from is None or self.valid_from <= date) and (self.valid_to is None or date <= self.valid_to)

    def __str__(self) -> str:
        return f"{self.code} {self.plain}"


@dataclass(frozen=True)
class Code:
    """One code.

    `title` is a short description in the course's own words where the teaching table has the code (`teaching` True), else
    the official short one. `units` says what one unit on the claim is ("per 250 mg", "up to 1,000 mcg", "each"; empty
    when only the official wording tells). `coverage` is Medicare's coverage letter and `pricing` its pricing indicators;
    `coverage_note` and `pricing_notes` say what they mean. `valid_from` and `valid_to` are the first and last date of
    service, None where unknown or open. `long_description` is empty unless the official file is installed.
    """

    code: str
    title: str
    units: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    coverage: str
    pricing: tuple[str, ...]
    source: str
    teaching: bool
    long_description: str = ""
    action: str = ""
    cross_references: tuple[str, ...] = ()

    @property
    def letter(self) -> LetterRange:
        """What codes with its first letter are for."""
        from medcoding.codes.hcpcs.tables import letter_range

        return letter_range(self.code)

    @property
    def coverage_note(self) -> str:
        """What its coverage letter means, empty when unknown."""
        from medcoding.codes.hcpcs.tables import indicators

        return indicators()["coverage"].get(self.coverage, "")

    @property
    def pricing_notes(self) -> tuple[str, ...]:
        """What its pricing indicators mean."""
        from medcoding.codes.hcpcs.tables import indicators

        return tuple(indicators()["pricing"].get(one, "") for one in self.pricing)

    @property
    def kind(self) -> str:
        """What its letter is for, such as "durable medical equipment"."""
        return self.letter.title

    @property
    def billable(self) -> bool:
        """Always True: HCPCS has no headers. Here for the sake of lists that show several books."""
        return True

    @cached_property
    def unit_amount(self) -> Decimal | None:
        """How much one unit holds (1000 of J3420's "up to 1,000 mcg"), None when a unit is an item."""
        found = _UNIT.fullmatch(self.units)
        return Decimal(found[2].replace(",", "")) if found else None

    @cached_property
    def unit_measure(self) -> str:
        """In what the amount of one unit is measured: "mg", "mcg", "mL", "units", "minutes"; empty for an item."""
        found = _UNIT.fullmatch(self.units)
        return found[3] if found else ""

    def units_for(self, dose: Number) -> int:
        """Units to bill for a dose given in `unit_measure`, a part of a unit counting as a whole one.

        Raises `ndc.DoseError`, a `ValueError`, when the code counts items and not an amount, or the dose is not above zero.
        """
        from medcoding.codes.ndc.dose import DoseError, billing_units

        if self.unit_amount is None:
            raise DoseError(f"{self.code} is billed {self.units or 'by its own wording'}, not by an amount: count the items.")
        return billing_units(dose, self.unit_amount)

    def in_force(self, date: dt.date) -> bool:
        """Whether the code may be reported for a date of service, as far as is known here."""
        return (self.valid_from is None or self.valid_from <= date) and (self.valid_to is None or date <= self.valid_to)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@dataclass(frozen=True)
class Hit:
    """One answer of a search; `score` is higher for a better one, `matched` are the typed words it answers."""

    code: str
    title: str
    billable: bool
    score: float
    matched: tuple[str, ...] = ()
