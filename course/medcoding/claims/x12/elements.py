"""Elements as values: money, counts, dates. Each error names the element at fault."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from medcoding.claims.x12.segments import Segment

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

_MONEY = re.compile(r"-?(?:[0-9]{1,10}(?:\.[0-9]{0,2})?|\.[0-9]{1,2})")
_COUNT = re.compile(r"-?(?:[0-9]{1,9}(?:\.[0-9]{0,4})?|\.[0-9]{1,4})")
_DATE = re.compile(r"[0-9]{8}")


def needed(segment: Segment, number: int, what: str) -> str:
    """The text of an element that must be there. `what` says in words what it is."""
    value = segment[number].strip()
    if not value:
        raise segment.fault(f"{what} was expected.", number)
    return value


def one_of(segment: Segment, number: int, choices: tuple[str, ...] | frozenset[str], what: str) -> str:
    """The text of an element that takes a few values."""
    value = segment[number].strip()
    if value not in choices:
        raise segment.fault(f"{what} was expected: {', '.join(sorted(choices))}.", number)
    return value


def money(segment: Segment, number: int, what: str = "an amount") -> Decimal:
    """An amount in dollars with two decimals, perhaps below zero."""
    value = segment[number].strip()
    if not _MONEY.fullmatch(value):
        raise segment.fault(f"{what} was expected, such as 125.00: at most 10 digits and 2 decimals, no sign but minus.", number)
    return Decimal(value).quantize(CENT)


def maybe_money(segment: Segment, number: int, what: str = "an amount") -> Decimal | None:
    """An amount, or None where the element is empty."""
    return money(segment, number, what) if segment[number].strip() else None


def count(segment: Segment, number: int, what: str = "a count") -> Decimal:
    """A number of units or days."""
    value = segment[number].strip()
    if not _COUNT.fullmatch(value):
        raise segment.fault(f"{what} was expected, such as 1 or 2.5.", number)
    return plain(Decimal(value))


def plain(number: Decimal) -> Decimal:
    """A count without needless zeros: 2, 2.5."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def date(segment: Segment, number: int, what: str = "a date", part: str | None = None) -> dt.date:
    """A day written YYYYMMDD; `part` is the piece of the element that holds it, if not the whole."""
    value = segment[number].strip() if part is None else part
    if _DATE.fullmatch(value):
        try:
            return dt.date(int(value[:4]), int(value[4:6]), int(value[6:]))
        except ValueError:
            pass
    raise segment.fault(f"{what} was expected, written YYYYMMDD.", number, found=value if value else None)


def dates(segment: Segment, form: int, number: int, what: str = "a date") -> tuple[dt.date, dt.date]:
    """A day (D8) or a span of days (RD8) as first and last; `form` is the element that says which."""
    if one_of(segment, form, ("D8", "RD8"), "the form of the date") == "D8":
        day = date(segment, number, what)
        return day, day
    first, dash, last = segment[number].strip().partition("-")
    if not dash:
        raise segment.fault("two dates with a hyphen between them were expected (RD8).", number)
    return date(segment, number, what, first), date(segment, number, what, last)
