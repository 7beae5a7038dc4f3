"""The view of `codes`: a growing list of code fields over one book, with search and hints."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.lookup import hints


class CodesView(View):
    """Code fields in order; each searches the book of the item's date."""

    form: ClassVar[str] = "codes"
    dated: ClassVar[bool] = True
    _esm = script("base.js", "combobox.js", "codelist.js", "codes.js")
    _css = style()

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """A list of codes, or one code."""
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list | tuple):
            return {"codes": list(value)}
        return value

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        return {"codes": hints(list(raw.get("codes", ())), item.on, str(item.view.get("book", "icd10cm")), wait)}

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        return [f"Code {number}: {hint['text']}" for number, hint in enumerate(hints["codes"], 1) if hint["text"]]
