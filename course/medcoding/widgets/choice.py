"""The view of `choice`: radio buttons for one, check boxes for several."""

from __future__ import annotations

from typing import Any, ClassVar

from medcoding.findings import inline
from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style

LETTERS = "ABCDEFGHIJKL"


class ChoiceView(View):
    """Options with their letters, in the order of the release."""

    form: ClassVar[str] = "choice"
    _esm = script("base.js", "choice.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {
            "many": item.view["many"],
            "options": [{"id": option["id"], "html": inline(option["text"])} for option in item.view["options"]],
        }

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """An option's letter, id or text, or a list of them."""
        from medcoding.widgets.problems import MalformedAnswer

        if isinstance(value, dict):
            return value
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple | set | frozenset):
            return value
        options = item.view["options"]
        names = {LETTERS[number]: option["id"] for number, option in enumerate(options)}
        names |= {_plain(option["text"]): option["id"] for option in options} | {
            option["id"]: option["id"] for option in options
        }
        chosen = []
        for one in values:
            found = (
                names.get(one.strip().upper()) or names.get(one.strip()) or names.get(_plain(one))
                if isinstance(one, str)
                else None
            )
            if found is None:
                letters = ", ".join(LETTERS[: len(options)])
                raise MalformedAnswer(
                    f"{str(one)[:60]!r} is no option of the exercise {item.id!r}. "
                    f"Give a letter ({letters}), the text of an option, or a list of them."
                )
            chosen.append(found)
        return {"chosen": sorted(set(chosen), key=chosen.index)}


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split()).casefold()
