"""number: one value with its unit. Full within tolerance; half where only the rounding, unit or scale is wrong; else 0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, Strict, capped
from medcoding.forms.match import finding

HALF = 0.5
MODES = {"half-up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}
SAME_UNIT = ({"%", "percent", "per cent", "pct"}, {"$", "usd", "us$", "dollar", "dollars"})
Unit = Annotated[str, StringConstraints(pattern=r"^[^\W\d_$%][^\d<>]{0,23}$|^[$%]$")]
Places = Annotated[int, Field(ge=0, le=6)]

_NUMBER = re.compile(
    r"^(?P<sign>[+-]?)\s*(?P<dollar>\$?)\s*(?P<inner>-?)\s*(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?P<part>\.[0-9]*)?\s*(?P<unit>(?:[^\W\d_]|[%$])[^0-9]*)?$"
)
_DASHES = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " "})


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
    plain = text.translate(_DASHES).strip()
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


class Near(Strict):
    """A wrong value that real coders reach, and the feedback that names their mistake."""

    value: Decimal
    feedback: Annotated[str, StringConstraints(min_length=1)]

    @field_validator("value", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        return exact(value)


class NumberKey(Strict):
    """The value, how near an answer must come, and the unit in which it is asked.

    `value` may be unrounded where `decimals` says how the answer is to be rounded; `rounding` says which way.
    """

    value: Decimal
    tolerance: Annotated[Decimal, Field(ge=0)] | None = None
    decimals: Places | None = None
    rounding: Literal["half-up", "up", "down"] = "half-up"
    unit: Unit | Literal[""] = ""
    accept_units: Annotated[tuple[Unit, ...], Field(max_length=8)] = ()
    near: Annotated[tuple[Near, ...], Field(max_length=12)] = ()

    @field_validator("value", "tolerance", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        return exact(value)

    @model_validator(mode="after")
    def _consistent(self) -> NumberKey:
        if self.tolerance is not None and self.decimals is not None:
            raise ValueError("'tolerance' and 'decimals' are both given; an item has one of them")
        if self.rounding != "half-up" and self.decimals is None:
            raise ValueError(f"'rounding: {self.rounding}' needs 'decimals'")
        if self.accept_units and not self.unit:
            raise ValueError("'accept_units' without a 'unit'")
        seen = set()
        for near in self.near:
            if self.holds(near.value):
                raise ValueError(f"the wrong value {near.value} in 'near' is also right")
            if near.value in seen:
                raise ValueError(f"the wrong value {near.value} stands in 'near' twice")
            seen.add(near.value)
        return self

    @property
    def right(self) -> Decimal:
        """The value as it is to be given."""
        return self.value if self.decimals is None else rounded(self.value, self.decimals, MODES[self.rounding])

    def holds(self, value: Decimal) -> bool:
        """Whether a value is right."""
        slack = self.tolerance or Decimal(0)
        return self.right - slack <= value <= self.right + slack

    def rounds_to(self, value: Decimal) -> bool:
        """Whether a wrong value is this one at another number of places, cut off, or rounded the other way; never 0."""
        asked = decimals_of(self.value) if self.decimals is None else self.decimals
        least = 0 if abs(self.value) >= 1 else 1
        others = {rounded(self.value, places) for places in range(least, max(asked, decimals_of(self.value)) + 1)}
        others |= {rounded(self.value, asked, mode) for mode in (ROUND_DOWN, ROUND_UP, ROUND_HALF_EVEN)}
        return value != 0 and value in others

    def has_unit(self, unit: str) -> bool:
        """Whether a written unit is the one asked for, or none was written."""
        if not unit:
            return True
        own = {" ".join(name.split()).casefold() for name in (self.unit, *self.accept_units) if name}
        for names in SAME_UNIT:
            own |= names if own & names else set()
        return unit in own


def exact(value: object) -> object:
    """A value of a key as an exact, bounded decimal text; a Python float by its shortest digits."""
    if isinstance(value, bool | None):
        return value
    text = str(value)
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text):
        raise ValueError(f"{text[:30]!r} is no number for a key; write digits with at most 6 decimals, without unit or comma")
    return text


class NumberAnswer(Strict):
    """The number as it was written, unit and all."""

    text: Annotated[str, StringConstraints(max_length=40)] = ""


class Number(Form[NumberKey, NumberAnswer]):
    """One field for a number, its unit beside it."""

    name: ClassVar[str] = "number"
    key_model = NumberKey
    answer_model = NumberAnswer

    def public(self, key: NumberKey, seed: str) -> dict[str, Any]:
        return {"unit": key.unit, "decimals": key.decimals}

    def missing(self, answer: NumberAnswer) -> str | None:
        try:
            read_number(answer.text)
        except NotANumber as problem:
            return str(problem)
        return None

    def score(self, key: NumberKey, answer: NumberAnswer, context: Context) -> Score:
        if not answer.text:
            return _scored(0, "", [finding(Severity.WARNING, "no-answer", "No number was entered.")], context)
        try:
            given = read_number(answer.text)
        except NotANumber as problem:
            return _scored(0, "not a number", [finding(Severity.WARNING, "not-a-number", str(problem))], context)
        share, note, findings = _judged(key, given)
        for near in key.near:
            if near.value == given.value and share < 1:
                findings = [finding(Severity.WARNING, "distractor", f"{answer.text}: {near.feedback}")]
        return _scored(share, note, findings, context)

    def claims(self, key: NumberKey) -> Iterator[Claim]:
        return iter(())

    def problems(self, key: NumberKey, context: Context) -> Iterator[str]:
        if not key.near:
            yield "key.near: none given; name at least one wrong value that a real coder reaches, and the mistake behind it"

    def key_answer(self, key: NumberKey) -> dict[str, Any]:
        return {"text": written(key.right, key.unit)}

    def full_answers(self, key: NumberKey) -> Iterator[dict[str, Any]]:
        yield self.key_answer(key)
        yield {"text": f"{key.right:f}"}
        for unit in key.accept_units:
            yield {"text": written(key.right, unit)}

    def describe(
        self, answer: NumberAnswer, key: NumberKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        if not answer.text:
            return []
        unit = key.unit if key is not None else str((public or {}).get("unit", ""))
        return [("Number", answer.text), *([("Asked in", unit)] if unit else [])]

    def attempt(self, key: NumberKey, ability: float, draw: Random) -> dict[str, Any]:
        if draw.random() < ability:
            return self.key_answer(key)
        step = Decimal(1).scaleb(-decimals_of(key.right))
        wrong = [near.value for near in key.near] or [key.right + max(step, 2 * (key.tolerance or 0))]
        return {"text": written(draw.choice(wrong), key.unit)}


def written(value: Decimal, unit: str) -> str:
    """A value with its unit as one writes it: $1,234.50, 7.0%, 12.0 units."""
    number = f"{abs(value):,f}"
    sign = "-" if value < 0 else ""
    if unit == "$":
        return f"{sign}${number}"
    return f"{sign}{number}{'' if unit in ('', '%') else ' '}{unit}"


def _judged(key: NumberKey, given: Read) -> tuple[float, str, list[Finding]]:
    """(share, note, findings) of a number that could be read."""
    if key.holds(given.value):
        if key.has_unit(given.unit):
            return 1.0, "right", []
        return _half("unit", f"the number fits, the unit “{given.unit}” does not: the question asks for {key.unit or 'a number without a unit'}.")
    units = {key.unit.casefold(), given.unit} - {""}
    percent = units and units <= SAME_UNIT[0]
    if percent and any(key.holds(given.value.scaleb(shift)) for shift in (2, -2)):
        return _half("scale", "right but for a factor of 100: a share of 0.07 is 7 %.")
    if key.has_unit(given.unit) and key.rounds_to(given.value):
        asked = "" if key.decimals is None else f" to {key.decimals} decimal place{'' if key.decimals == 1 else 's'}"
        way = {"half-up": "", "up": ", upwards", "down": ", downwards"}[key.rounding]
        return _half("rounding", f"reached rightly, but not rounded as asked{asked}{way}.")
    return 0.0, "not right", [finding(Severity.WARNING, "wrong-number", "The number is not right. Go through your steps again.")]


def _half(what: str, message: str) -> tuple[float, str, list[Finding]]:
    return HALF, f"only the {what} is wrong", [finding(Severity.WARNING, "close", message[0].upper() + message[1:])]


def _scored(share: float, note: str, findings: list[Finding], context: Context) -> Score:
    return capped([SubScore(name="number", earned=share, possible=1.0, note=note)], findings, context, hard=0)
