"""What every part of a claim shares: frozen models, bounded text, money, and errors that teach."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

CENT = Decimal("0.01")

PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""No control characters: nothing on a claim spans lines."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=PLAIN)]
"""A name, a street, a remark: one line of at most 80 characters, as element 1036 of X12 allows 80 at most."""

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=50, pattern=PLAIN)]
"""A number that someone gave: account, policy, authorization (X12 element 127 allows 50)."""


def upper(value: Any) -> Any:
    """Text in capitals, as codes are printed; anything else is left to the model."""
    return value.upper() if isinstance(value, str) else value


Symbol = Annotated[str, BeforeValidator(upper), StringConstraints(strip_whitespace=True, max_length=10, pattern=PLAIN)]
"""A short code of a list: place of service, bill type, status, modifier, state."""

Digits = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20, pattern=PLAIN)]
"""A number as it is written, with its hyphens: a phone, a drug package."""


def day(value: Any) -> Any:
    """Text or a date; a bare number would be read as seconds since 1970, so it is refused."""
    if isinstance(value, (int, float)):
        raise ValueError("a date is written year-month-day, such as 2026-03-16")
    return value.strip() if isinstance(value, str) else value


Day = Annotated[dt.date, BeforeValidator(day)]
"""A date, given as a date or as text year-month-day."""

Money = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2), AfterValidator(lambda amount: amount.quantize(CENT))]
"""Dollars with at most two decimals, never below zero; the forms have no sign."""


class Model(BaseModel):
    """A part of a claim: frozen, and refusing names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ClaimError(ValueError):
    """Data that no claim form could hold. `problems` says each: where, what was found, what was expected."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("This is no claim: " + " ".join(problems))
        self.problems = problems

    @classmethod
    def of(cls, error: ValidationError) -> ClaimError:
        """The same, said by field."""
        return cls(tuple(_said(one) for one in error.errors(include_url=False, include_context=False)[:20]))


def _said(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"] if part not in ("professional", "institutional")) or "the claim"
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "missing":
        return f"{where} is missing: add it."
    if problem["type"] == "extra_forbidden":
        return f"{where} is no field of this claim: remove it, or correct its name."
    if problem["type"] == "string_pattern_mismatch":
        message = "it must be one line of plain text, without line breaks or control characters"
    if isinstance(problem["input"], (dict, list, tuple)) or problem["type"] == "value_error":
        return f"{where}: {message[:1].lower()}{message[1:]}."
    found = repr(problem["input"])
    return f"{where} is {found if len(found) <= 40 else found[:39] + '…'}; {message[:1].lower()}{message[1:]}."
