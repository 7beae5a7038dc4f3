"""The view of `text`: a field for prose, with the rubric and a count of words."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.forms.text import count_words
from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style


class TextView(View):
    """A text area; what it is marked by stands above it."""

    form: ClassVar[str] = "text"
    _esm = script("base.js", "text.js")
    _css = style()

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The text itself."""
        return {"text": value} if isinstance(value, str) else value

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        count = count_words(str(raw.get("text", "")))
        return {"text": _length(count, int(item.view.get("least", 0)), int(item.view.get("most", 3000)))}

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        return [hints["text"]]


def _length(count: int, least: int, most: int) -> str:
    """How long a text is against what is asked for."""
    asked = f"{least} to {most} asked for" if least else f"at most {most} asked for"
    return f"{count} word{'' if count == 1 else 's'}; {asked}."
