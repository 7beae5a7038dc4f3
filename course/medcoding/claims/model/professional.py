"""The professional claim: CMS-1500 on paper, 837P (005010X222A1) electronically.

Sources: NUCC 1500 Claim Form Reference Instruction Manual, version 02/12; Medicare Claims Processing Manual ch. 26 §10.
Both are paraphrased; box numbers are facts.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from medcoding.claims.model.base import Day, Model, Short, Symbol
from medcoding.claims.model.claim import Claim
from medcoding.claims.model.parties import Provider
from medcoding.claims.model.services import Diagnosis, Line, _several

LETTERS = "ABCDEFGHIJKL"
"""The twelve places of item 21. Pointers on paper are these letters; the 837 numbers the same places 1 to 12."""

MOST_LINES = 50
"""Service lines of one 837P claim (loop 2400 repeats 50 times); the paper form has six."""


class Accident(Model):
    """Whether the condition is related to work or to an accident (item 10a to c; 837 CLM11), and the state of a car accident."""

    employment: bool = False
    auto: bool = False
    other: bool = False
    state: Symbol = ""
    date: Day | None = None

    @property
    def any(self) -> bool:
        """Whether any of the three is said."""
        return self.employment or self.auto or self.other


class ServiceLine(Line):
    """One line of item 24. `through` is the last day, None for a single day; `pointers` are letters of item 21, up to four.

    `place` is the two-digit place of service, `emergency` box 24C, `rendering` who did it where that is not the claim's
    rendering provider.
    """

    date: Day
    through: Day | None = None
    place: Symbol = "11"
    emergency: bool = False
    pointers: Annotated[tuple[Symbol, ...], BeforeValidator(_several), Field(max_length=4)] = ()
    epsdt: bool = False
    rendering: Provider | None = None

    @property
    def last(self) -> dt.date:
        """The last date of service of the line."""
        return self.through or self.date

    @property
    def dates(self) -> tuple[dt.date, ...]:
        days = min((self.last - self.date).days, 366)
        return tuple(self.date + dt.timedelta(days=n) for n in range(days + 1))


class Professional(Claim):
    """A claim of a physician, other practitioner or supplier.

    `frequency` is 1 (original), 7 (replaces) or 8 (voids). `rendering` is who treated (24J), `referring` who referred or
    ordered (17), with `referring_role` DN referring, DK ordering or DQ supervising; `facility` is where the service was
    given if that is not the billing address (32). `onset` is the first day of the illness (14), `hospitalized` the
    stay to which the services belong (18). `authorization` and `clia` share item 23. `signed` is the date in item 31.
    """

    kind: Literal["professional"] = "professional"
    frequency: Symbol = "1"
    diagnoses: Annotated[tuple[Diagnosis, ...], Field(max_length=len(LETTERS))] = ()
    lines: Annotated[tuple[ServiceLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    rendering: Provider | None = None
    referring: Provider | None = None
    referring_role: Literal["DN", "DK", "DQ"] = "DN"
    facility: Provider | None = None
    accident: Accident = Accident()
    onset: Day | None = None
    hospitalized_from: Day | None = None
    hospitalized_through: Day | None = None
    authorization: Short = ""
    clia: Short = ""
    signed: Day | None = None

    @property
    def frequency_code(self) -> str:
        return self.frequency

    @property
    def service_from(self) -> dt.date | None:
        return min(line.date for line in self.lines)

    @property
    def service_through(self) -> dt.date | None:
        return max(line.last for line in self.lines)

    @property
    def coding_date(self) -> dt.date | None:
        return self.service_from

    def pointed(self, line: ServiceLine) -> tuple[str, ...]:
        """The diagnosis codes that a line points to, in the pointers' order; a pointer to nothing gives none."""
        found = (self.place_of(pointer) for pointer in line.pointers)
        return tuple(self.diagnoses[place].code for place in found if place is not None)

    def place_of(self, pointer: str) -> int | None:
        """The place in `diagnoses`, from 0, of a pointer: a letter A to L, or a number 1 to 12; None for anything else."""
        if pointer.isascii() and pointer.isdigit() and 1 <= int(pointer) <= len(LETTERS):
            place = int(pointer) - 1
        elif len(pointer) == 1 and pointer in LETTERS:
            place = LETTERS.index(pointer)
        else:
            return None
        return place if place < len(self.diagnoses) else None
