"""number: one value with its unit, or a few of them. Full within tolerance; half where only the rounding, unit or scale is wrong; else 0.

An identifier (an NDC) is compared digit by digit, leading zeros and all; half where only its hyphens are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, Strict, capped
from medcoding.forms.figures import (
    DASHES,
    NotANumber,
    Read,
    decimals_of,
    exact,
    read_digits,
    read_number,
    rounded,
    written,
)
from medcoding.forms.match import finding

HALF = 0.5
MODES = {"half-up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}
SAME_UNIT = ({"%", "percent", "per cent", "pct"}, {"$", "usd", "us$", "dollar", "dollars"})
Unit = Annotated[str, StringConstraints(pattern=r"^[^\W\d_$%][^\d<>]{0,23}$|^[$%]$")]
Places = Annotated[int, Field(ge=0, le=6)]
Label = Annotated[str, StringConstraints(max_length=60)]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]+(-[0-9]+)*$", min_length=2, max_length=24)]
MOST_FIELDS = 6

class Near(Strict):
    """A wrong value that real coders reach, and the feedback that names their mistake."""

    value: Decimal
    feedback: Annotated[str, StringConstraints(min_length=1)]

    @field_validator("value", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        return exact(value)


class NumberField(Strict):
    """A value, how near an answer must come, and the unit in which it is asked.

    `value` may be unrounded where `decimals` says how the answer is to be rounded; `rounding` says which way.
    """

    label: Label = ""
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
    def _consistent(self) -> NumberField:
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


class NearDigits(Strict):
    """A wrong identifier that real coders reach, and the feedback that names their mistake."""

    value: Digits
    feedback: Annotated[str, StringConstraints(min_length=1)]


class IdentifierField(Strict):
    """A number that is a name: its digits count, not its size. `hyphens` tells whether they are part of what is asked."""

    label: Label = ""
    identifier: Literal[True]
    value: Digits
    hyphens: bool = False
    near: Annotated[tuple[NearDigits, ...], Field(max_length=12)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> IdentifierField:
        if not self.hyphens and "-" in self.value:
            raise ValueError(f"{self.value!r} has hyphens; write 'hyphens: true' where they are asked, or the digits alone")
        values = [near.value if self.hyphens else near.value.replace("-", "") for near in self.near]
        if self.value in values:
            raise ValueError(f"the wrong value {self.value} in 'near' is also right")
        if len(set(values)) < len(values):
            raise ValueError("a wrong value stands in 'near' twice")
        return self

    @property
    def right(self) -> str:
        """The identifier as it is to be given."""
        return self.value


class NumberKey(Strict):
    """One field, or up to six of equal weight. A key that names a `value` is one field."""

    fields: Annotated[tuple[NumberField | IdentifierField, ...], Field(min_length=1, max_length=MOST_FIELDS)]

    @model_validator(mode="before")
    @classmethod
    def _one_field(cls, value: object) -> object:
        return {"fields": [value]} if isinstance(value, dict) and "fields" not in value else value

    @model_validator(mode="after")
    def _labels_tell_them_apart(self) -> NumberKey:
        labels = [field.label for field in self.fields]
        if len(labels) > 1 and ("" in labels or len(set(labels)) < len(labels)):
            raise ValueError("several fields need a label each, no two the same")
        return self

    @field_validator("fields", mode="before")
    @classmethod
    def _by_kind(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple(one if isinstance(one, Strict) else _kind(one).model_validate(one) for one in value)
        return value


def _kind(value: object) -> type[NumberField] | type[IdentifierField]:
    """Which field a raw mapping is of."""
    return IdentifierField if isinstance(value, dict) and value.get("identifier") else NumberField


class NumberAnswer(Strict):
    """The number as it was written, unit and all; `texts` where several are asked, in their order."""

    text: Annotated[str, StringConstraints(max_length=40)] = ""
    texts: Annotated[tuple[Annotated[str, StringConstraints(max_length=40)], ...], Field(max_length=MOST_FIELDS)] = ()

    def given(self, count: int) -> list[str]:
        """What was written in each of `count` fields."""
        own = [self.text] if count == 1 and not self.texts else list(self.texts)
        return (own + [""] * count)[:count]


class Number(Form[NumberKey, NumberAnswer]):
    """A field for each number, its unit beside it."""

    name: ClassVar[str] = "number"
    key_model = NumberKey
    answer_model = NumberAnswer

    def public(self, key: NumberKey, seed: str) -> dict[str, Any]:
        views = [_view(field) for field in key.fields]
        return views[0] if len(views) == 1 else {"fields": views}

    def missing(self, answer: NumberAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        texts = list(answer.texts) or [answer.text]
        if not any(texts):
            return "No number is entered yet."
        for number, text in enumerate(texts, 1):
            where = f"Number {number}: " if len(texts) > 1 else ""
            asked = _shown(view, number - 1)
            if asked.get("identifier") and text:
                if not _is_digits(text):
                    return f"{where}{_unlike(text, bool(asked.get('hyphens')))}"
                continue
            try:
                if not re.fullmatch(r"[0-9]+(-[0-9]+)+", text.translate(DASHES).strip()):  # an identifier with its hyphens
                    read_number(text)
            except NotANumber as problem:
                return f"{where}{problem}"
        return None

    def unready(self, answer: NumberAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return self.missing(answer, view)

    def score(self, key: NumberKey, answer: NumberAnswer, context: Context) -> Score:
        texts = answer.given(len(key.fields))
        parts: list[SubScore] = []
        findings: list[Finding] = []
        for field, text in zip(key.fields, texts, strict=True):
            share, note, told = marked(field, text)
            whole = 1 / len(key.fields)
            parts.append(SubScore(name=field.label or "number", earned=share * whole, possible=whole, note=note))
            before = f"{field.label}: " if len(key.fields) > 1 else ""
            findings += [one.model_copy(update={"message": before + one.message}) for one in told]
        return capped(parts, findings, context, hard=0)

    def claims(self, key: NumberKey) -> Iterator[Claim]:
        return iter(())

    def problems(self, key: NumberKey, context: Context) -> Iterator[str]:
        if not any(field.near for field in key.fields):
            yield "key.near: none given; name at least one wrong value that a real coder reaches, and the mistake behind it"

    def key_answer(self, key: NumberKey) -> dict[str, Any]:
        return _answer([_written(field) for field in key.fields])

    def full_answers(self, key: NumberKey) -> Iterator[dict[str, Any]]:
        yield self.key_answer(key)
        own = [_written(field) for field in key.fields]
        for place, field in enumerate(key.fields):
            if isinstance(field, NumberField):
                for text in (f"{field.right:f}", *(written(field.right, unit) for unit in field.accept_units)):
                    yield _answer([*own[:place], text, *own[place + 1 :]])

    def describe(
        self, answer: NumberAnswer, key: NumberKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        views = [_view(field) for field in key.fields] if key is not None else (public or {}).get("fields") or [public or {}]
        texts = answer.given(len(views))
        rows = []
        for view, text in zip(views, texts, strict=True):
            if text:
                rows.append((str(view.get("label") or "Number"), text))
                if unit := view.get("unit"):
                    rows.append(("Asked in", str(unit)))
        return rows

    def attempt(self, key: NumberKey, ability: float, draw: Random) -> dict[str, Any]:
        return _answer([_written(field) if draw.random() < ability else _slipped(field, draw) for field in key.fields])


def _view(field: NumberField | IdentifierField) -> dict[str, Any]:
    """What a student's form needs of a field."""
    label = {"label": field.label} if field.label else {}
    if isinstance(field, IdentifierField):
        return {**label, "identifier": True, "hyphens": field.hyphens}
    return {**label, "unit": field.unit, "decimals": field.decimals}


def _answer(texts: list[str]) -> dict[str, Any]:
    return {"text": texts[0]} if len(texts) == 1 else {"texts": texts}


def _written(field: NumberField | IdentifierField) -> str:
    return field.value if isinstance(field, IdentifierField) else written(field.right, field.unit)


def _slipped(field: NumberField | IdentifierField, draw: Random) -> str:
    """A wrong value: a foreseen one, or one step off."""
    if isinstance(field, IdentifierField):
        return draw.choice([near.value for near in field.near] or [field.value[1:] + field.value[:1]])
    step = Decimal(1).scaleb(-decimals_of(field.right))
    wrong = [near.value for near in field.near] or [field.right + max(step, 2 * (field.tolerance or 0))]
    return written(draw.choice(wrong), field.unit)


def _shown(view: Mapping[str, Any] | None, place: int) -> Mapping[str, Any]:
    """The view of one field; empty where there is none."""
    fields = list((view or {}).get("fields") or ([view] if view else []))
    found = fields[place] if place < len(fields) else {}
    return found if isinstance(found, Mapping) else {}


def _unlike(text: str, hyphens: bool) -> str:
    """What is wrong with a text that should be an identifier."""
    return f"“{text[:30]}” is not written like this number: digits{' and hyphens' if hyphens else ' alone'}."


def _is_digits(text: str) -> bool:
    """Whether a text is written like an identifier."""
    return bool(re.fullmatch(r"[0-9]+(-[0-9]+)*", read_digits(text)))


def marked(field: NumberField | IdentifierField, text: str) -> tuple[float, str, list[Finding]]:
    """(share, note, findings) of what was written in a field."""
    if not text:
        return 0.0, "", [finding(Severity.WARNING, "no-answer", "No number was entered.")]
    if isinstance(field, IdentifierField):
        return _marked_digits(field, text)
    try:
        given = read_number(text)
    except NotANumber as problem:
        return 0.0, "not a number", [finding(Severity.WARNING, "not-a-number", str(problem))]
    share, note, findings = _judged(field, given)
    for near in field.near:
        if near.value == given.value and share < 1:
            findings = [finding(Severity.WARNING, "distractor", f"{text}: {near.feedback}")]
    return share, note, findings


def _marked_digits(field: IdentifierField, text: str) -> tuple[float, str, list[Finding]]:
    read = read_digits(text)
    if not _is_digits(text):
        message = _unlike(text, field.hyphens)
        return 0.0, "not a number", [finding(Severity.WARNING, "not-a-number", message)]
    if read == field.value:
        return 1.0, "right", []
    digits = read.replace("-", "")
    if digits == field.value.replace("-", ""):
        return _half("place of the hyphens", "the digits are right, the hyphens are not as asked.")
    for near in field.near:
        if (read if field.hyphens else digits) == (near.value if field.hyphens else near.value.replace("-", "")):
            return 0.0, "not right", [finding(Severity.WARNING, "distractor", f"{text}: {near.feedback}")]
    return 0.0, "not right", [finding(Severity.WARNING, "wrong-number", "The digits are not right. Count the segments again.")]


def _judged(key: NumberField, given: Read) -> tuple[float, str, list[Finding]]:
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

