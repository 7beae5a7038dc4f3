"""The view of `sort`: the bins as radio buttons for each item, and what each bin holds."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.match import drawn, named


class SortView(View):
    """One group of radio buttons an item: every bin is in sight, and arrow keys choose."""

    form: ClassVar[str] = "sort"
    _esm = script("base.js", "sort.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {"items": drawn(item.view["items"]), "bins": drawn(item.view["bins"])}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The answer itself, {item: bin}, or {bin: [items]}."""
        if not isinstance(value, dict) or set(value) == {"placed"}:
            return value
        placed = dict.fromkeys((entry["id"] for entry in item.view["items"]), "")
        for one, other in value.items():
            if isinstance(other, list | tuple | set | frozenset):
                name = named(item, item.view["bins"], one, "bin")
                placed.update({named(item, item.view["items"], text, "item"): name for text in other})
            else:
                placed[named(item, item.view["items"], one, "item")] = named(item, item.view["bins"], other, "bin")
        return {"placed": placed}
