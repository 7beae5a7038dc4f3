"""Numbers as people write them: read exactly, rounded as asked, and written out again. No float comes near them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_NUMBER = re.compile(
    r"^(?P<sign>[+-]?)\s*(?P<dollar>\$?)\s*(?P<inner>-?)\s*(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?P<part>\.[0-9]*)?\s*(?P<unit>(?:[^\W\d_]|[%$])[^0-9]*)?$"
)
DASHES = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " "})


class NotANumber(ValueError):
    """A text that cannot be read as one number; the message says what to write. Safe to show."""


@dataclass(frozen=True)
class Read:
    """A text as read: its value and the unit written beside it, lower case, empty if none."""

    value: Decimal
    unit: str


def read_number(text: str) -> Read:
    """Read `1,234.50`, `$1,234.50`, `12.5 %`, `−3`, `14 units`.

    Raises:
        NotANumber: the text is not one number with at most a unit after it or a `$` before it.
    """
    plain = text.translate(DASHES).strip()
    said = f"“{plain[:30]}” cannot be read as a number"
    if not plain:
        raise NotANumber("No number is entered yet.")
    found = _NUMBER.match(plain)
    if found is None or (found["sign"] and found["inner"]):
        if re.fullmatch(r"[^0-9]*", plain):
            raise NotANumber(f"{said}: write it in digits.")
        if re.search(r"[0-9],[0-9]{1,2}(?![0-9])", plain):
            raise NotANumber(f"{said}: write decimals with a point and thousands with commas, such as 1,234.50.")
        raise NotANumber(f"{said}: write one number only, such as 1,234.50, with its unit after it if you like.")
    digits = found["digits"].replace(",", "") + (found["part"] or "").rstrip(".")
    if not re.search(r"[0-9]", digits):
        raise NotANumber(f"{said}: write it in digits.")
    unit = " ".join((found["unit"] or "").split()).casefold()
    if found["dollar"] and unit:
        raise NotANumber(f"{said}: it has two units, $ before and “{unit[:20]}” after.")
    negative = "-" in (found["sign"], found["inner"])
    return Read(Decimal(("-" if negative else "") + digits), "$" if found["dollar"] else unit)


def rounded(value: Decimal, places: int, mode: str = ROUND_HALF_UP) -> Decimal:
    """A value at so many decimal places."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=mode)


def decimals_of(value: Decimal) -> int:
    """How many decimal places a value is written with."""
    return max(0, -int(value.as_tuple().exponent))


def exact(value: object) -> object:
    """A value of a key as an exact, bounded decimal text; a Python float by its shortest digits."""
    if isinstance(value, bool | None):
        return value
    text = str(value)
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text):
        raise ValueError(f"{text[:30]!r} is no number for a key; write digits with at most 6 decimals, without unit or comma")
    return text


def read_digits(text: str) -> str:
    """An identifier as it was meant: no spaces, plain hyphens."""
    return re.sub(r"\s", "", text.translate(DASHES))


def written(value: Decimal, unit: str) -> str:
    """A value with its unit as one writes it: $1,234.50, 7.0%, 12.0 units."""
    number = f"{abs(value):,f}"
    sign = "-" if value < 0 else ""
    if unit == "$":
        return f"{sign}${number}"
    return f"{sign}{number}{'' if unit in ('', '%') else ' '}{unit}"
