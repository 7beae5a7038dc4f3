"""The view of `order`: a list whose items are moved by buttons, by keys or by the mouse."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.match import drawn, named


class OrderView(View):
    """The list as the release shows it is no answer until an item was moved or the order was kept."""

    form: ClassVar[str] = "order"
    _esm = script("base.js", "order.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {"items": drawn(item.view["items"])}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The answer itself, or a list of the items' texts, first to last."""
        if isinstance(value, list | tuple):
            return {"order": [named(item, item.view["items"], one, "item") for one in value]}
        return value
