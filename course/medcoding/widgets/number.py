"""The view of `number`: a field for each number, its unit beside it, and how the number was read."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, ClassVar

from medcoding.forms.figures import NotANumber, read_digits, read_number, written
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
        """The answer itself, a text, or a number (a list of them where several are asked); a computed one is taken to
        ten decimals, where floats are exact."""
        views = _fields(item)
        if len(views) > 1:
            if not isinstance(value, list | tuple):
                return value
            return {"texts": [_text(item, one, views[place] if place < len(views) else {}) for place, one in enumerate(value)]}
        text = _text(item, value, views[0])
        return {"text": text} if isinstance(text, str) else text

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        views = _fields(item)
        texts = [raw.get("text", "")] if len(views) == 1 else list(raw.get("texts", ()))
        return {"texts": [_read(str(text), view) for text, view in zip(texts, views, strict=False)]}

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        return [hint["text"] for hint in hints["texts"] if hint["text"]]


def _fields(item: PublicItem) -> list[dict[str, Any]]:
    return list(item.view.get("fields") or [item.view])


def _text(item: PublicItem, value: object, view: dict[str, Any]) -> object:
    """A value given in code as the text of one field; what is no number or text is handed on as it is."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        value = str(int(value))
    elif isinstance(value, Real | Decimal):
        if not math.isfinite(value):
            raise MalformedAnswer(f"Exercise {item.id!r}: {value} is not a number that can be given. Nothing was recorded.")
        value = f"{value:f}" if isinstance(value, Decimal) else f"{float(value):.10f}".rstrip("0").rstrip(".")
    if not isinstance(value, str) or view.get("identifier"):
        return value
    try:
        read_number(value)
    except NotANumber as problem:
        raise MalformedAnswer(f"Exercise {item.id!r}: {problem} Nothing was recorded.") from None
    return value


def _read(text: str, view: dict[str, Any]) -> dict[str, str]:
    """How one field is read."""
    if not text.strip():
        return {"text": "", "kind": ""}
    if view.get("identifier"):
        digits = read_digits(text)
        if not re.fullmatch(r"[0-9]+(-[0-9]+)*", digits):
            return {"text": "Write digits" + (" and hyphens." if view.get("hyphens") else " alone."), "kind": "hint"}
        count = len(digits.replace("-", ""))
        return {"text": f"Read as {digits}: {count} digit{'' if count == 1 else 's'}.", "kind": "read"}
    try:
        read = read_number(text)
    except NotANumber as problem:
        return {"text": str(problem), "kind": "hint"}
    return {"text": f"Read as {written(read.value, read.unit or str(view.get('unit', '')))}.", "kind": "read"}
