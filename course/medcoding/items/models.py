"""`Item`: one exercise with its key. `PublicItem`: the allow-list of what a student may see of it."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from medcoding.forms import FORMS, AnswerProblem
from medcoding.forms.base import Context

ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=3, max_length=64)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]

MOST_VARIANTS = 200

CITATION_KINDS: dict[str, tuple[str, str]] = {
    "guideline": (r"^(I|II|III|IV|App I)(\.[A-Z](\.\d+)?(\.[a-z0-9]+)*)?$", "a section of the ICD-10-CM Official Guidelines, such as I.C.4.a.3"),
    "pcs-guideline": (r"^[A-E]\d+(\.\d+)?([a-z]|\.[a-z])?$", "an ICD-10-PCS guideline, such as B3.8 or D1.a"),
    "note": (r"^[A-Z0-9][A-Z0-9.\-]{2,9}$", "the code, category or block where the note stands, such as I50 or A30-A49"),
    "index": (r"^.{3,120}$", "a main term of the Alphabetic Index"),
    "cfr": (r"^\d+ CFR \d+(\.\d+)?.*$", "a section of federal regulation, such as 45 CFR 162.1002"),
    "usc": (r"^\d+ USC \d+.*$", "a section of federal law, such as 31 USC 3729"),
    "cms": (r"^.{3,200}$", "a CMS manual or rule"),
    "mln": (r"^.{3,200}$", "a Medicare Learning Network publication"),
    "edit": (r"^(NCCI|MCE|MUE|OCE).*$", "an edit of NCCI, MCE, MUE or OCE"),
    "coding-clinic": (r"^\d{4} Q[1-4]( p\. ?\d+)?$", "year, quarter and page, such as 2004 Q1 p. 20"),
    "course": (r"^.{3,300}$", "a rule of the course, or of a named standard"),
}
"""Every kind of citation: the pattern of its place, and what a place looks like in words."""


class Model(BaseModel):
    """Base of the item models: frozen, nothing unknown allowed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(Model):
    """Where a rule stands: its kind and its place within that kind."""

    kind: str
    place: str

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: object) -> object:
        if isinstance(value, dict) and len(value) == 1:
            kind, place = next(iter(value.items()))
            return {"kind": kind, "place": str(place)}
        return value

    @model_validator(mode="after")
    def _known(self) -> Citation:
        if self.kind not in CITATION_KINDS:
            raise ValueError(f"{self.kind!r} is no kind of citation; expected one of {', '.join(CITATION_KINDS)}")
        pattern, expected = CITATION_KINDS[self.kind]
        if not re.match(pattern, self.place):
            raise ValueError(f"{self.place!r} is no place for a {self.kind} citation; expected {expected}")
        return self

    def __str__(self) -> str:
        names = {"guideline": "ICD-10-CM Guidelines", "pcs-guideline": "ICD-10-PCS Guidelines", "note": "note at",
                 "index": "Index:", "cms": "CMS:", "mln": "MLN:", "coding-clinic": "Coding Clinic", "course": ""}
        return f"{names.get(self.kind, '')} {self.place}".strip()


class Variant(Model):
    """What one variant of an item has of its own. `values` are its parameters as text, for whoever looks into it."""

    values: dict[str, str] = {}
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=80)]
    chart: Annotated[str, StringConstraints(max_length=60_000)] = ""
    question: Text
    key: Any
    rationale: Text
    citations: Annotated[tuple[Citation, ...], Field(min_length=1)]
    if_missed: str = ""


VARYING = ("title", "chart", "question", "key", "rationale", "citations", "if_missed")
"""The fields of an item in which its variants differ; all else is the item's."""


Use: TypeAlias = Literal["graded", "practice", "exam"]
"""What an item is for. The key of a practice item and of an exam item comes with the release; an exam item is asked by mock exams alone."""


class Item(Model):
    """One exercise, key and all. Lives on the instructor's side only.

    `on` is the date of service (or discharge) that governs which codes are valid.
    `key` is the key model of the item's form. `counts` False means scored and explained, worth nothing.
    `variants` are the concrete variants of a published item that has any; its own fields are then those of variant 0.
    """

    id: ItemId
    lesson: Annotated[str, StringConstraints(pattern=r"^\d\d[ab]?-\d\d$")]
    form: str
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=80)]
    use: Use = "graded"
    points: Annotated[float, Field(gt=0, le=100)] = 1
    counts: bool = True
    level: Annotated[int, Field(ge=1, le=5)] = 1
    on: date = date(2026, 3, 16)
    objectives: tuple[Annotated[int, Field(ge=1, le=30)], ...] = ()
    domains: tuple[Annotated[str, StringConstraints(pattern=r"^(P\d{1,2}|PC|A[1-6]|S[1-5])$")], ...] = ()
    chart: Annotated[str, StringConstraints(max_length=60_000)] = ""
    question: Text
    key: Any
    rationale: Text
    citations: Annotated[tuple[Citation, ...], Field(min_length=1)]
    if_missed: str = ""
    excludes1_exceptions: tuple[tuple[str, str], ...] = ()
    closed_book: bool = False
    notes: str = ""
    variants: Annotated[tuple[Variant, ...], Field(max_length=MOST_VARIANTS)] = ()

    @model_validator(mode="before")
    @classmethod
    def _join_distractors(cls, value: object) -> object:
        """`distractors` and `slips` stand beside `key` in a file, for the reader; they are part of the key."""
        if isinstance(value, dict) and isinstance(value.get("key"), dict):
            value = dict(value)
            value["key"] = {**value["key"], **{name: value.pop(name) for name in ("distractors", "slips") if name in value}}
        return value

    @field_validator("form")
    @classmethod
    def _known_form(cls, value: str) -> str:
        if value not in FORMS:
            raise ValueError(f"{value!r} is no form; expected one of {', '.join(sorted(FORMS))}")
        return value

    @field_validator("key")
    @classmethod
    def _key_of_form(cls, value: object, info: Any) -> object:
        form = FORMS.get(info.data.get("form", ""))
        if form is None or isinstance(value, form.key_model):
            return value
        try:
            return form.key_model.model_validate(value)
        except ValidationError as error:
            raise KeyFault(error) from None

    @field_validator("variants", mode="after")
    @classmethod
    def _keys_of_form(cls, value: tuple[Variant, ...], info: Any) -> tuple[Variant, ...]:
        form = FORMS.get(info.data.get("form", ""))
        if form is None:
            return value
        return tuple(
            one if isinstance(one.key, form.key_model) else one.model_copy(update={"key": form.key_model.model_validate(one.key)})
            for one in value
        )

    @model_serializer(mode="wrap")
    def _without_empty_variants(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """An item without variants is written, and hashed, as it was before there were any."""
        return _dropped(handler(self), "variants")

    def variant(self, number: int) -> Item:
        """The item as whoever has that variant is asked it; of an item without variants, 0 is the item itself.

        Raises:
            AnswerProblem: the item has no such variant.
        """
        if not self.variants and number == 0:
            return self
        if not 0 <= number < len(self.variants):
            has = f"it has {len(self.variants)}, from variant 0" if self.variants else "it has only variant 0"
            raise AnswerProblem(f"This item has no variant {number}; {has}. Run the exercise's cell and answer it there.")
        one = self.variants[number]
        return self.model_copy(update={**{name: getattr(one, name) for name in VARYING}, "variants": ()})

    @property
    def context(self) -> Context:
        """What scoring needs besides the key."""
        return Context(on=self.on, points=self.points, excludes1_exceptions=self.excludes1_exceptions, chart=self.chart)

    @property
    def cell_points(self) -> float:
        """Points of the grade cell: the item's, or 0 where it does not count."""
        return self.points if self.counts else 0.0

    def public(self, seed: str) -> PublicItem:
        """What a student may see. Every order shown is drawn from `seed`, which must know nothing of the key."""
        return PublicItem(
            id=self.id,
            form=self.form,
            title=self.title,
            use=self.use,
            points=self.points,
            counts=self.counts,
            on=self.on,
            chart=self.chart,
            question=self.question,
            closed_book=self.closed_book,
            view=FORMS[self.form].public(self.key, seed),
            keyed=self.model_dump(mode="json") if self.use != "graded" else None,
            variants=tuple(
                PublicVariant(
                    title=one.title,
                    chart=one.chart,
                    question=one.question,
                    view=FORMS[self.form].public(one.key, f"{seed}:{number}"),
                )
                for number, one in enumerate(self.variants)
            ),
            draw=draw_of(seed) if self.variants else "",
        )


class KeyFault(ValueError):
    """A key that its form refuses; `errors` are pydantic's, with locations inside the key."""

    def __init__(self, error: ValidationError) -> None:
        self.errors = error.errors(include_url=False, include_context=False)
        first = self.errors[0]
        super().__init__(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}")


def draw_of(seed: str) -> str:
    """The public salt from which each student's own variant is drawn. `seed` is that of the orders shown."""
    return hashlib.sha256(f"draw\x1f{seed}".encode()).hexdigest()[:32]


def own_variant(draw: str, item_id: str, student: str, count: int) -> int:
    """Which of `count` variants is a student's own: the same on every machine and Python. Both sides ask here."""
    digest = hashlib.sha256("\x1f".join((draw, item_id, student)).encode()).hexdigest()
    return int(digest, 16) % count if count else 0


def _dropped(dump: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in dump.items() if value or name not in names}


class PublicVariant(Model):
    """The allow-list of one variant: what its student is shown."""

    title: str
    chart: str = ""
    question: str
    view: dict[str, Any]


class PublicItem(Model):
    """The allow-list: what of an item is released. A practice item carries its key (`keyed`), and says so."""

    id: ItemId
    form: str
    title: str
    use: Use
    points: float
    counts: bool = True
    on: date
    chart: str = ""
    question: str
    closed_book: bool = False
    view: dict[str, Any]
    keyed: dict[str, Any] | None = None
    variants: Annotated[tuple[PublicVariant, ...], Field(max_length=MOST_VARIANTS)] = ()
    draw: str = ""

    @model_serializer(mode="wrap")
    def _without_empty_variants(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _dropped(handler(self), "variants", "draw")

    def own(self, student: str) -> int:
        """Which variant is a student's own; 0 where there are none."""
        return own_variant(self.draw, self.id, student, len(self.variants))

    def variant(self, number: int) -> PublicItem:
        """The item as shown to whoever has that variant; of an item without variants, the item itself."""
        if not self.variants:
            return self
        one = self.variants[number]
        shown = {"title": one.title, "chart": one.chart, "question": one.question, "view": one.view}
        return self.model_copy(update={**shown, "variants": (), "draw": ""})
