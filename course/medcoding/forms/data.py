"""data: what the student computed: a number, a list or a table. Equal within tolerance; lists and tables by the share that is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, Strict, capped
from medcoding.forms.figures import NotANumber, decimals_of, exact, read_number, written
from medcoding.forms.match import finding

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 2000, 40, 20_000

_BY_ALIAS = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True, serialize_by_alias=True)
"""As `Strict`; the field `list` cannot have its name in Python."""

Cell = Annotated[str, StringConstraints(max_length=200)]
Column = Annotated[str, StringConstraints(max_length=80)]
Row = Annotated[tuple[Cell, ...], Field(max_length=MOST_COLUMNS)]


class Table(Strict):
    """Columns by name, and rows of as many cells, all as text."""

    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=MOST_COLUMNS)]
    rows: Annotated[tuple[Row, ...], Field(max_length=MOST_ROWS)]

    @field_validator("columns", mode="before")
    @classmethod
    def _texts(cls, value: object) -> object:
        return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value

    @field_validator("rows", mode="before")
    @classmethod
    def _cells(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple(tuple(map(_plain, row)) if isinstance(row, list | tuple) else row for row in value)
        return value

    @model_validator(mode="after")
    def _square(self) -> Table:
        names = [name.strip().casefold() for name in self.columns]
        if len(set(names)) < len(names):
            raise ValueError("two columns have the same name")
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, the table has {len(self.columns)} columns")
        if len(self.rows) * len(self.columns) > MOST_CELLS:
            raise ValueError(f"the table has more than {MOST_CELLS:,} cells")
        return self


class NearValue(Strict):
    """A wrong number that real learners compute, and the feedback that names the slip."""

    value: Decimal
    feedback: Annotated[str, StringConstraints(min_length=1)]

    @field_validator("value", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        return exact(value)


class DataKey(Strict):
    """Exactly one of `number`, `list` and `table`, and how it is compared.

    `tolerance` holds for every number, in lists and tables too. Order matters only where `ordered` (rows, entries) or
    `columns_ordered` says so. `by` names the columns by which rows are matched; without it rows are compared after sorting.
    """

    number: Decimal | None = None
    list_: Annotated[tuple[Cell, ...] | None, Field(alias="list", min_length=1, max_length=MOST_ROWS)] = None
    table: Table | None = None
    unit: Annotated[str, StringConstraints(max_length=24)] = ""
    tolerance: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    ordered: bool = False
    columns_ordered: bool = False
    by: tuple[Column, ...] = ()
    near: Annotated[tuple[NearValue, ...], Field(max_length=12)] = ()

    model_config = _BY_ALIAS

    @field_validator("number", "tolerance", mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        return value if value is None else exact(value)

    @field_validator("list_", mode="before")
    @classmethod
    def _texts(cls, value: object) -> object:
        return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value

    @model_validator(mode="after")
    def _consistent(self) -> DataKey:
        given = [name for name, value in (("number", self.number), ("list", self.list_), ("table", self.table)) if value is not None]
        if len(given) != 1:
            raise ValueError(f"expected exactly one of number, list and table, found {', '.join(given) or 'none'}")
        if self.near and self.number is None:
            raise ValueError("'near' goes with a number only")
        for near in self.near:
            if self.number is not None and abs(near.value - self.number) <= self.tolerance:
                raise ValueError(f"the wrong value {near.value} in 'near' is also right")
        if self.by and (self.table is None or not {_name(name) for name in self.by} <= {_name(name) for name in self.table.columns}):
            raise ValueError("'by' names columns of the key's table")
        if self.by and self.ordered:
            raise ValueError("'by' and 'ordered' are both given; rows are matched by one of them")
        return self

    @property
    def kind(self) -> Literal["number", "list", "table"]:
        """What is asked for."""
        return "number" if self.number is not None else "list" if self.list_ is not None else "table"


class DataAnswer(Strict):
    """A number as text, a list of texts, or a table; one of them."""

    number: Annotated[str, StringConstraints(max_length=40)] | None = None
    list_: Annotated[tuple[Cell, ...] | None, Field(alias="list", max_length=MOST_ROWS)] = None
    table: Table | None = None

    model_config = _BY_ALIAS

    @property
    def kind(self) -> str:
        """Which of them was given; empty where none was."""
        return next((name for name, value in (("number", self.number), ("list", self.list_), ("table", self.table)) if value), "")


class Data(Form[DataKey, DataAnswer]):
    """A value computed in the notebook, or typed in."""

    name: ClassVar[str] = "data"
    key_model = DataKey
    answer_model = DataAnswer

    def public(self, key: DataKey, seed: str) -> dict[str, Any]:
        return {"kind": key.kind, "unit": key.unit, "ordered": key.ordered}

    def missing(self, answer: DataAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        if not answer.kind:
            return "Nothing is given yet."
        if answer.kind == "number":
            try:
                read_number(answer.number or "")
            except NotANumber as problem:
                return str(problem)
        return None

    def unready(self, answer: DataAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return self.missing(answer, view)

    def score(self, key: DataKey, answer: DataAnswer, context: Context) -> Score:
        if not answer.kind:
            return _scored(0, "", [finding(Severity.WARNING, "no-answer", "Nothing was given.")], context)
        if answer.kind != key.kind:
            told = f"A {answer.kind} was given; the question asks for a {key.kind}."
            return _scored(0, f"not a {key.kind}", [finding(Severity.WARNING, "other-kind", told)], context)
        if key.number is not None:
            return _scored(*_number(key, key.number, answer.number or ""), context)
        if key.list_ is not None:
            return _scored(*_list(key, key.list_, answer.list_ or ()), context)
        assert key.table is not None and answer.table is not None
        return _scored(*_table(key, key.table, answer.table), context)

    def claims(self, key: DataKey) -> Iterator[Claim]:
        return iter(())

    def problems(self, key: DataKey, context: Context) -> Iterator[str]:
        if key.number is not None and not key.near:
            yield "key.near: none given; name at least one wrong value that a learner computes, and the slip behind it"

    def key_answer(self, key: DataKey) -> dict[str, Any]:
        if key.number is not None:
            return {"number": written(key.number, "")}
        if key.list_ is not None:
            return {"list": list(key.list_)}
        assert key.table is not None
        return {"table": {"columns": list(key.table.columns), "rows": [list(row) for row in key.table.rows]}}

    def describe(self, answer: DataAnswer, key: DataKey | None, public: dict[str, Any] | None = None) -> list[tuple[str, str]]:
        if answer.kind == "number":
            return [("Number", str(answer.number))]
        if answer.kind == "list":
            return [("List", ", ".join(answer.list_ or ())[:2000])]
        if answer.table is None:
            return []
        rows = [("Columns", ", ".join(answer.table.columns))]
        rows += [(f"Row {number}", ", ".join(row)) for number, row in enumerate(answer.table.rows[:20], 1)]
        rest = len(answer.table.rows) - 20
        return [*rows, ("", f"and {rest} more row{'' if rest == 1 else 's'}")] if rest > 0 else rows

    def attempt(self, key: DataKey, ability: float, draw: Random) -> dict[str, Any]:
        own = self.key_answer(key)
        if key.number is not None:
            if draw.random() < ability:
                return own
            wrong = [near.value for near in key.near] or [key.number + max(Decimal(1).scaleb(-decimals_of(key.number)), 2 * key.tolerance)]
            return {"number": written(draw.choice(wrong), "")}
        if key.list_ is not None:
            kept = [text for text in key.list_ if draw.random() < ability]
            return {"list": kept or [f"{key.list_[0]}?"]}
        rows = [[cell if draw.random() < ability else f"{cell}?"[:200] for cell in row] for row in own["table"]["rows"]]
        return {"table": {**own["table"], "rows": rows}}


def _plain(value: object) -> object:
    """A cell of a key or an answer as text: numbers by their shortest digits, nothing for None; the rest is left to the model."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | Decimal) else value


def _name(text: str) -> str:
    return " ".join(text.split()).casefold()


def _value(text: str) -> Decimal | str:
    """A cell to compare: a number where it reads as one without a unit, else its words."""
    if re.match(r"^\s*[+\-−$]?\s*[0-9.,]", text):
        try:
            read = read_number(text)
        except NotANumber:
            return _name(text)
        if read.unit in ("", "$", "%"):
            return read.value
    return _name(text)


def _same(one: Decimal | str, other: Decimal | str, tolerance: Decimal) -> bool:
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= tolerance
    return one == other


def _number(key: DataKey, right: Decimal, text: str) -> tuple[float, str, list[Finding]]:
    try:
        given = read_number(text).value
    except NotANumber as problem:
        return 0, "not a number", [finding(Severity.WARNING, "not-a-number", str(problem))]
    if abs(given - right) <= key.tolerance:
        return 1, "right", []
    for near in key.near:
        if abs(given - near.value) <= key.tolerance:
            return 0, "not right", [finding(Severity.WARNING, "distractor", f"{text}: {near.feedback}")]
    return 0, "not right", [finding(Severity.WARNING, "wrong-number", "The number is not right. Look at each step of the computation.")]


def _list(key: DataKey, wanted: Sequence[str], given: Sequence[str]) -> tuple[float, str, list[Finding]]:
    right, own = [_value(text) for text in wanted], [_value(text) for text in given]
    findings: list[Finding] = []
    astray: list[str] = []
    if key.ordered:
        hits = sum(_same(one, other, key.tolerance) for one, other in zip(own, right, strict=False))
    else:
        left, hits = list(right), 0
        for text, value in zip(given, own, strict=True):
            place = next((number for number, other in enumerate(left) if _same(value, other, key.tolerance)), None)
            if place is not None:
                left.pop(place)
                hits += 1
            else:
                astray.append(text)
    share = hits / max(len(own), len(right))
    if astray:
        findings.append(finding(Severity.WARNING, "not-in-key", f"Not among what is asked for: {', '.join(astray)[:300]}."))
    if hits < len(right):
        findings.append(finding(Severity.HINT, "left-out", f"{hits} of {len(right)} entries are right."))
    if len(own) != len(right):
        findings.append(finding(Severity.HINT, "other-length", f"{len(own)} entries were given, {len(right)} are asked for."))
    if key.ordered and share < 1 and sorted(map(str, own)) == sorted(map(str, right)):
        findings.append(finding(Severity.HINT, "other-order", "The entries are right, their order is not."))
    return share, f"{hits} of {len(right)} right, {len(own)} given", findings


def _table(key: DataKey, wanted: Table, given: Table) -> tuple[float, str, list[Finding]]:
    """Right cells over all cells: columns are matched by name, rows by `by`, by place, or after sorting."""
    place = {_name(name): number for number, name in enumerate(given.columns)}
    shared = [name for name in map(_name, wanted.columns) if name in place]
    findings = []
    absent = [name for name in wanted.columns if _name(name) not in place]
    extra = [name for name in given.columns if _name(name) not in {_name(own) for own in wanted.columns}]
    if absent:
        findings.append(finding(Severity.WARNING, "missing-column", f"{len(absent)} of the columns asked for {'is' if len(absent) == 1 else 'are'} not there. Columns given: {', '.join(given.columns)[:300]}."))
    if extra:
        findings.append(finding(Severity.HINT, "extra-column", f"Not asked for: {', '.join(extra)[:300]}."))
    if key.columns_ordered and not absent and [_name(name) for name in given.columns] != [_name(name) for name in wanted.columns]:
        return 0, "columns in another order", [*findings, finding(Severity.WARNING, "other-order", "The columns do not stand in the order asked for.")]
    theirs = {name: place[name] for name in shared}
    ours = {_name(name): number for number, name in enumerate(wanted.columns)}
    right = [[_value(row[ours[name]]) for name in shared] for row in wanted.rows]
    own = [[_value(row[theirs[name]]) for name in shared] for row in given.rows]
    hits = sum(
        _same(one, other, key.tolerance) for mine, goal in _rows(key, shared, own, right) for one, other in zip(mine, goal, strict=True)
    )
    whole = max(len(wanted.rows) * len(wanted.columns), len(given.rows) * len(given.columns), 1)
    if len(given.rows) != len(wanted.rows):
        findings.append(finding(Severity.HINT, "other-length", f"{len(given.rows)} rows were given, {len(wanted.rows)} are asked for."))
    if hits < whole:
        findings.append(finding(Severity.HINT, "cells", f"{hits} of {len(wanted.rows) * len(wanted.columns)} cells are right."))
    return min(1.0, hits / whole), f"{hits} of {len(wanted.rows) * len(wanted.columns)} cells right", findings


Values = list[Decimal | str]


def _rows(key: DataKey, shared: Sequence[str], own: list[Values], right: list[Values]) -> Iterator[tuple[Values, Values]]:
    """Rows side by side."""
    if key.ordered:
        yield from zip(own, right, strict=False)
        return
    columns = [shared.index(_name(name)) for name in key.by if _name(name) in shared]
    if key.by and len(columns) == len(key.by):
        goal: dict[tuple[str, ...], Values] = {tuple(str(row[number]) for number in columns): row for row in right}
        for row in own:
            found = goal.pop(tuple(str(row[number]) for number in columns), None)
            if found is not None:
                yield row, found
        return
    yield from zip(sorted(own, key=_sorting), sorted(right, key=_sorting), strict=False)


def _sorting(row: Values) -> list[tuple[int, Decimal, str]]:
    return [(0, value, "") if isinstance(value, Decimal) else (1, Decimal(0), value) for value in row]


def _scored(share: float, note: str, findings: list[Finding], context: Context) -> Score:
    return capped([SubScore(name="data", earned=share, possible=1.0, note=note)], findings, context, hard=0)
