"""The view of `match`: one list of right texts for each left text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from medcoding.findings import inline
from medcoding.forms.match import bare
from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.problems import MalformedAnswer


class MatchView(View):
    """Left texts in the order of the release, each with a labelled select over the lettered right texts."""

    form: ClassVar[str] = "match"
    _esm = script("base.js", "match.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {"lefts": drawn(item.view["lefts"]), "rights": drawn(item.view["rights"]), "reuse": item.view["reuse"]}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The answer itself, or {left text: right text}."""
        if not isinstance(value, dict) or set(value) == {"pairs"}:
            return value
        pairs = dict.fromkeys((entry["id"] for entry in item.view["lefts"]), "")
        for left, right in value.items():
            pairs[named(item, item.view["lefts"], left, "left text")] = named(item, item.view["rights"], right, "right text")
        return {"pairs": pairs}


def drawn(entries: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Entries with their text as escaped HTML, and plain for places that take no markup."""
    return [{"id": entry["id"], "text": bare(entry["text"]), "html": inline(entry["text"])} for entry in entries]


def named(item: PublicItem, entries: Sequence[dict[str, str]], one: object, noun: str) -> str:
    """The id of the entry that is named by its text or id.

    Raises:
        MalformedAnswer: no entry has that text or id; the message names them all.
    """
    names = {_plain(entry["text"]): entry["id"] for entry in entries} | {entry["id"]: entry["id"] for entry in entries}
    found = names.get(_plain(one)) if isinstance(one, str) else None
    if found is None:
        known = ", ".join(repr(bare(entry["text"])[:60]) for entry in entries)
        raise MalformedAnswer(f"{str(one)[:60]!r} is no {noun} of the exercise {item.id!r}. Give one of: {known}.")
    return found


def _plain(text: str) -> str:
    return " ".join(bare(text).split()).casefold()
