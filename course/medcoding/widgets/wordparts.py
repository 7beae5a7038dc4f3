"""The view of `wordparts`: fields to take a term apart, or a bank of parts to put one together."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.match import drawn, named


class WordPartsView(View):
    """Rows of part, kind and meaning; or buttons that add a part, with the term they make."""

    form: ClassVar[str] = "wordparts"
    _esm = script("base.js", "wordparts.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {
            **item.view,
            **{name: drawn(item.view[name]) for name in ("meanings", "whole") if name in item.view},
        }

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The answer itself; parts may be plain texts, and meanings given by their text."""
        if isinstance(value, list | tuple):
            value = {"parts": value}
        if not isinstance(value, dict) or not isinstance(value.get("parts"), list | tuple):
            return value
        parts = []
        for part in value["parts"]:
            part = {"text": part} if isinstance(part, str) else part
            if isinstance(part, dict) and part.get("meaning"):
                part = {**part, "meaning": named(item, item.view.get("meanings", []), part["meaning"], "meaning")}
            parts.append(part)
        value = {**value, "parts": parts}
        if value.get("meaning"):
            value["meaning"] = named(item, item.view.get("whole", []), value["meaning"], "meaning")
        return value
