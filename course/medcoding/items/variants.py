"""An item that declares `variants:` becomes concrete ones: drawn from the course secret, computed, checked, no two alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from medcoding.forms import FORMS
from medcoding.items.computing import FUNCTIONS, ComputeProblem, call, number, plain
from medcoding.items.drawing import Draw, combinations, item_seed
from medcoding.items.models import MOST_VARIANTS, VARYING, Item, KeyFault, Model, Variant
from medcoding.items.templates import TemplateProblem, fill, names

CHECK_SECRET = "medcoding check"  # noqa: S105  (no secret: the seed under which the bank is checked and an author sees variants)
DEFAULT_COUNT = 24
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")]
Where = tuple[str | int, ...]
_COMPARISON = re.compile(r"^(.+?)\s+(==|!=|<=|>=|<|>)\s+(.+)$")
_ORDERS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda one, other: one < other, "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other, ">=": lambda one, other: one >= other,
}


class VariantFault(ValueError):
    """Why an item's variants cannot be made. `where` is the place in the item; `errors` are pydantic's, where a variant is no sound item."""

    def __init__(self, where: Where, message: str, number: int | None = None, error: ValidationError | None = None) -> None:
        self.where, self.number, self.error = where, number, error
        super().__init__(message)


class Computed(Model):
    """A value computed by a function of the closed table."""

    call: str
    args: tuple[Any, ...] | dict[str, Any] = ()

    @model_validator(mode="after")
    def _known(self) -> Computed:
        if self.call not in FUNCTIONS:
            raise ValueError(f"{self.call!r} is no function here; expected one of {', '.join(sorted(FUNCTIONS))}")
        return self


class Spec(Model):
    """The field `variants:` of an item: a table of parameters, or draws; what is computed of them, and what must hold."""

    count: Annotated[int, Field(ge=2, le=MOST_VARIANTS)] | None = None
    table: Annotated[tuple[dict[Name, Any], ...], Field(min_length=2, max_length=MOST_VARIANTS)] | None = None
    draw: Annotated[dict[Name, Draw], Field(default_factory=dict)]
    compute: Annotated[dict[Name, Computed], Field(default_factory=dict)]
    guard: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Spec:
        if (self.table is None) == (not self.draw):
            raise ValueError("expected either 'table' or 'draw'")
        rows = self.table or ()
        if any(row.keys() != rows[0].keys() for row in rows):
            raise ValueError("every row of the table names the same parameters")
        if rows and self.count is not None and self.count > len(rows):
            raise ValueError(f"'count' is {self.count}, but the table has {len(rows)} rows")
        both = self.parameters & self.compute.keys()
        if both:
            raise ValueError(f"{', '.join(sorted(both))} is drawn and computed; a name has one source")
        return self

    @field_validator("guard")
    @classmethod
    def _comparisons(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            if not _COMPARISON.match(text):
                raise ValueError(f"{text!r} is no comparison; expected two values and ==, !=, <, <=, > or >= between spaces")
        return value

    @property
    def parameters(self) -> frozenset[str]:
        """The names of what is drawn."""
        return frozenset(self.table[0] if self.table else self.draw)

    @property
    def wanted(self) -> int:
        """How many variants are to be made."""
        return self.count or (len(self.table) if self.table else DEFAULT_COUNT)

    def chosen(self, on: date, seed: bytes) -> Iterator[dict[str, Any]]:
        """The parameters of one candidate after another, in the order that `seed` draws. Raises `VariantFault`."""
        most = 200 + 40 * self.wanted
        if self.table:
            yield from (dict(one["row"]) for one in combinations({"row": self.table}, seed, most))
            return
        domains: dict[str, Sequence[Any]] = {}
        for name, one in self.draw.items():
            try:
                domains[name] = one.values(on)
            except ComputeProblem as problem:
                raise VariantFault(("variants", "draw", name), str(problem)) from None
        yield from combinations(domains, seed, most)


@dataclass(frozen=True)
class Template:
    """An item as its file has it, with holes, and what fills them."""

    raw: Mapping[str, Any]
    spec: Spec
    on: date

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Template:
        """The template of a raw item that has `variants`.

        Raises:
            VariantFault: the field has not the expected shape, or names what is nowhere used.
        """
        try:
            spec = Spec.model_validate(entry["variants"])
        except ValidationError as error:
            raise VariantFault(("variants",), "has not the expected shape", error=error) from None
        raw = {name: value for name, value in entry.items() if name != "variants"}
        try:
            on = date.fromisoformat(str(raw.get("on", Item.model_fields["on"].default)))
        except ValueError:
            raise VariantFault(("on",), f"expected a date such as 2026-03-16, found {raw['on']!r}") from None
        fixed = {name for name in raw if name not in (*VARYING, "distractors", "slips")}
        if odd := sorted(name for name in fixed if any(True for _ in names(raw[name]))):
            raise VariantFault((odd[0],), f"cannot hold {{{{names}}}}: variants differ in {', '.join(VARYING)} and distractors only")
        used = {*names(raw), *names([one.args for one in spec.compute.values()]), *names(spec.guard)}
        if idle := sorted((spec.parameters | spec.compute.keys()) - used):
            raise VariantFault(("variants",), f"{idle[0]!r} is used nowhere; write {{{{{idle[0]}}}}} where it belongs, or remove it")
        return cls(raw, spec, on)

    def first(self) -> dict[str, Any]:
        """Variant 0 under the fixed seed, as a raw item. Raises `VariantFault`."""
        for values in self._fitting(CHECK_SECRET):
            return self._filled(values)
        raise self._none()

    def expanded(self, secret: str, base: Item) -> Item:
        """The item with all its variants, drawn from `secret`; its own fields are those of variant 0.

        Candidates whose key is like another's are taken only where too few others are found.

        Raises:
            VariantFault: too few differ, two ask the same with different keys, or one is no sound item.
        """
        wanted = self.spec.wanted
        made: list[Variant] = []
        spare: list[Variant] = []
        prompts: dict[str, Any] = {}
        keys: set[str] = set()
        for values in self._fitting(secret):
            one = self._concrete(values, len(made))
            prompt, key = self._prompt(base, one), repr(FORMS[base.form].key_answer(one.key))
            if prompt in prompts:
                if prompts[prompt] != key:
                    raise VariantFault(
                        ("variants",), f"two variants ask the same but have different keys; what tells them apart is not in the question ({_told(values)})"
                    )
                continue
            prompts[prompt] = key
            (spare if key in keys else made).append(one)
            keys.add(key)
            if len(made) == wanted or len(made) + len(spare) >= 4 * wanted:
                break
        variants = (made + spare)[:wanted]
        if not variants:
            raise self._none()
        if len(variants) < wanted:
            raise VariantFault(
                ("variants",), f"{len(variants)} different variants were found; expected {wanted}. Widen the draws, or set 'count: {len(variants)}'"
            )
        return base.model_copy(update={**{name: getattr(variants[0], name) for name in VARYING}, "variants": tuple(variants)})

    def _none(self) -> VariantFault:
        return VariantFault(("variants", "guard"), "no combination of the parameters fulfils every guard")

    def _fitting(self, secret: str) -> Iterator[dict[str, Any]]:
        """The values, computed ones too, of every candidate that fulfils the guards."""
        for values in self.spec.chosen(self.on, item_seed(secret, str(self.raw.get("id", "")))):
            for name, one in self.spec.compute.items():
                where: Where = ("variants", "compute", name)
                try:
                    args = fill(one.args, values, (*where, "args"))
                    values[name] = call(one.call, args, self.on)
                except ComputeProblem as problem:
                    raise VariantFault(where, f"{problem} (with {_told(values)})") from None
                except TemplateProblem as problem:
                    raise VariantFault(problem.where, str(problem)) from None
            if all(_holds(text, values, place) for place, text in enumerate(self.spec.guard)):
                yield values

    def _filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        try:
            filled: dict[str, Any] = fill(self.raw, values)
        except TemplateProblem as problem:
            raise VariantFault(problem.where, str(problem)) from None
        return _texts(filled)

    def _concrete(self, values: Mapping[str, Any], number: int) -> Variant:
        try:
            item = Item.model_validate(self._filled(values))
        except ValidationError as error:
            first = error.errors()[0]
            cause = first.get("ctx", {}).get("error")
            shown = str(cause) if isinstance(cause, KeyFault) else first["msg"]
            place = tuple(first["loc"])
            raise VariantFault(place, f"{shown} (with {_told(values)})", number, error) from None
        return Variant(values={name: _said(value) for name, value in values.items()}, **{name: getattr(item, name) for name in VARYING})

    def _prompt(self, base: Item, one: Variant) -> str:
        view = FORMS[base.form].public(one.key, "alike")
        return repr((one.chart.split(), one.question.split(), view))


def _texts(filled: dict[str, Any]) -> dict[str, Any]:
    """Numbers in the fields of running text become text; elsewhere they keep their type."""
    running = ("title", "chart", "question", "rationale", "if_missed")
    return {name: plain(value) if name in running and isinstance(value, int | Decimal) else value for name, value in filled.items()}


def _said(value: object) -> str:
    return ", ".join(map(plain, value.values())) if isinstance(value, Mapping) else plain(value)


def _told(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_said(value)[:40]}" for name, value in values.items())[:300]


def _holds(text: str, values: Mapping[str, Any], place: int) -> bool:
    found = _COMPARISON.match(text)
    assert found is not None
    try:
        one, other = (plain(fill(part, values)) for part in (found[1], found[3]))
    except TemplateProblem as problem:
        raise VariantFault(("variants", "guard", place), str(problem)) from None
    try:
        left, right = number(one), number(other)
    except ComputeProblem:
        if found[2] in ("==", "!="):
            return (one == other) == (found[2] == "==")
        raise VariantFault(("variants", "guard", place), f"{one!r} {found[2]} {other!r}: texts can be equal or not, only numbers have an order") from None
    if found[2] in ("==", "!="):
        return (left == right) == (found[2] == "==")
    return _ORDERS[found[2]](left, right)
