"""The view of `mdm`: the grid of decision making, the level that follows, and what in the note decides."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.match import drawn, named


class MdmView(View):
    """Three rows of grades; how many are still open is told."""

    form: ClassVar[str] = "mdm"
    _esm = script("base.js", "mdm.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {**item.view, "evidence": drawn(item.view.get("evidence", []))}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The form's own shape; statements may be given by their text."""
        if isinstance(value, dict) and isinstance(value.get("evidence"), list | tuple):
            return {**value, "evidence": [named(item, item.view.get("evidence", []), one, "statement") for one in value["evidence"]]}
        return value
