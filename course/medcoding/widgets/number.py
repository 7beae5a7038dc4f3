"""The view of `number`: one field, its unit beside it, and how the number was read."""

from __future__ import annotations

import math
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, ClassVar

from medcoding.forms.figures import NotANumber, read_number, written
from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.problems import MalformedAnswer


class NumberView(View):
    """A text field, so that `$1,234.50` can be written as on a claim."""

    form: ClassVar[str] = "number"
    _esm = script("base.js", "number.js")
    _css = style()

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The answer itself, a text, or a number; a computed one is taken to ten decimals, where floats are exact."""
        if isinstance(value, bool):
            return value
        if isinstance(value, Integral):
            value = str(int(value))
        elif isinstance(value, Real | Decimal):
            if not math.isfinite(value):
                raise MalformedAnswer(f"Exercise {item.id!r}: {value} is not a number that can be given. Nothing was recorded.")
            value = f"{value:f}" if isinstance(value, Decimal) else f"{float(value):.10f}".rstrip("0").rstrip(".")
        if not isinstance(value, str):
            return value
        try:
            read_number(value)
        except NotANumber as problem:
            raise MalformedAnswer(f"Exercise {item.id!r}: {problem} Nothing was recorded.") from None
        return {"text": value}

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        text = str(raw.get("text", ""))
        if not text.strip():
            return {"text": {"text": "", "kind": ""}}
        try:
            read = read_number(text)
        except NotANumber as problem:
            return {"text": {"text": str(problem), "kind": "hint"}}
        asked = str(item.view.get("unit", ""))
        return {"text": {"text": f"Read as {written(read.value, read.unit or asked)}.", "kind": "read"}}

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        return [hints["text"]["text"]] if hints["text"]["text"] else []
