"""The view of `data`: what was computed, and a field to type or paste it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, ClassVar

from medcoding.forms.data import MOST_CELLS, MOST_ROWS
from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.problems import MalformedAnswer

ASKED = {"number": "a number", "list": "a list of values", "table": "a table (a DataFrame, or columns and rows)"}


class DataView(View):
    """A preview of the recorded value, and a text area for those who did not compute it here."""

    form: ClassVar[str] = "data"
    _esm = script("base.js", "data.js")
    _css = style()

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """A number, list, Series, Index, array, set, dict or DataFrame as the form's plain answer.

        A Series of one level becomes a table of its index and values where a table is asked for.
        """
        kind = str(item.view.get("kind", ""))
        if isinstance(value, dict) and set(value) <= {"number", "list", "table"} and value:
            return value
        try:
            plain = _PLAIN[kind](value)
        except _NotThis:
            raise MalformedAnswer(
                f"Exercise {item.id!r} asks for {ASKED.get(kind, 'another kind of value')}; {type(value).__name__} was given. Nothing was recorded."
            ) from None
        return {kind: plain}

    def _answer_message(self, content: dict[str, Any]) -> None:
        if content.get("type") in ("answer", "check") and isinstance(content.get("answer"), dict) and "typed" in content["answer"]:
            content = {**content, "answer": typed(str(content["answer"]["typed"]), str(self._record.place.item.view.get("kind", "")))}
        super()._answer_message(content)


class _NotThis(Exception):
    """A value is not of the kind that is asked for."""


def _text(value: object) -> str:
    """A cell as text: computed numbers to ten decimals, nothing for what is missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("NaT", "<NA>"):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Real) and math.isfinite(value):
        return f"{float(value):.10f}".rstrip("0").rstrip(".")
    return str(value)


def _number(value: object) -> str:
    if hasattr(value, "item") and getattr(value, "size", 0) == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Integral | Real | Decimal | str) or (isinstance(value, float) and not math.isfinite(value)):
        raise _NotThis
    return _text(value)


def _list(value: object) -> list[str]:
    if hasattr(value, "columns"):
        raise _NotThis
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if not isinstance(value, list | tuple) or any(isinstance(one, list | tuple | dict) for one in value):
        raise _NotThis
    return [_text(one) for one in value[: MOST_ROWS + 1]]


def _table(value: object) -> dict[str, Any]:
    if isinstance(value, Mapping) and set(value) == {"columns", "rows"}:
        return {"columns": [str(name) for name in value["columns"]], "rows": [[_text(cell) for cell in row] for row in value["rows"]]}
    if isinstance(value, Mapping):
        return {"columns": ["name", "value"], "rows": [[_text(name), _text(cell)] for name, cell in value.items()]}
    if hasattr(value, "to_frame") and not hasattr(value, "columns"):
        value = value.to_frame()  # a Series
    if not hasattr(value, "columns") or not hasattr(value, "itertuples"):
        raise _NotThis
    frame: Any = value
    if any(frame.index.names) or not frame.index.equals(type(frame.index)(range(len(frame)))):
        frame = frame.reset_index()
    if len(frame) * len(frame.columns) > MOST_CELLS:
        raise MalformedAnswer(f"The table has {len(frame):,} rows and {len(frame.columns)} columns; at most {MOST_CELLS:,} cells can be recorded. Nothing was recorded.")
    return {"columns": [str(name) for name in frame.columns], "rows": [[_text(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]}


_PLAIN = {"number": _number, "list": _list, "table": _table}


def typed(text: str, kind: str) -> dict[str, Any]:
    """What was typed or pasted: a number; values by line or comma; a table with its header line, by tabs or commas."""
    text = text.strip()[:400_000]
    if not text:
        return {}
    if kind == "number":
        return {"number": text[:40]}
    if kind == "list":
        return {"list": [entry.strip()[:200] for entry in text.replace("\n", ",").split(",") if entry.strip()][:MOST_ROWS]}
    rows = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text.partition("\n")[0] else ","))
    rows = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    width = len(rows[0]) if rows else 0
    return {"table": {"columns": rows[0], "rows": [[*row, *[""] * width][:width] for row in rows[1 : MOST_ROWS + 1]]}} if width else {}
