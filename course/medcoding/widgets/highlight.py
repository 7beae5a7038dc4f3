"""The view of `highlight`: the chart, word by word, in which passages are marked."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.forms.highlight import marks_of, shown_lines
from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style


class HighlightView(View):
    """The chart to mark in, by mouse or by keyboard, and the list of what is marked."""

    form: ClassVar[str] = "highlight"
    draws_chart: ClassVar[bool] = True
    _esm = script("base.js", "highlight.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {**item.view, "lines": shown_lines(item.chart)}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """A list of texts, or texts by label."""
        return marks_of(item.chart, list(item.view.get("labels", ())), value)
