"""The view of `review`: suggestions with what they rest on, each to be accepted, rejected or changed."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from medcoding.findings import inline
from medcoding.forms.base import book_of
from medcoding.items.models import PublicItem
from medcoding.widgets import lookup
from medcoding.widgets.base import View, script, style
from medcoding.widgets.problems import MalformedAnswer


class ReviewView(View):
    """A console of suggestions; new codes are searched in the book of the code that they replace."""

    form: ClassVar[str] = "review"
    dated: ClassVar[bool] = True
    _esm = script("base.js", "combobox.js", "codelist.js", "review.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        told = [
            {**one, "html": inline(one["text"]), "basis": inline(one["based_on"]), "title": _title(one["code"], item), "book": book_of(one["code"]) if one["code"] else "icd10cm"}
            for one in item.view.get("suggestions", [])
        ]
        return {**item.view, "suggestions": told}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """Judgements by code or by the beginning of the text: "accept", "reject", or the code to change to."""
        if not isinstance(value, dict) or set(value) <= {"judged", "added"}:
            return value
        value = dict(value)
        added = value.pop("added", [])
        judged = {}
        for name, verdict in value.items():
            one = next((one for one in item.view["suggestions"] if name in (one["id"], one["code"]) or (one["text"] and one["text"].startswith(str(name)))), None)
            if one is None:
                known = ", ".join(one["code"] or one["text"][:30] for one in item.view["suggestions"])
                raise MalformedAnswer(f"{str(name)[:60]!r} is no suggestion of the exercise {item.id!r}. There are: {known}.")
            judged[one["id"]] = verdict if isinstance(verdict, dict) else {"verdict": verdict} if verdict in ("accept", "reject") else {"verdict": "change", "to": verdict}
        return {"judged": judged, "added": list(added)}

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        judged = raw.get("judged", {})
        to = {name: _hint(str(one.get("to", "")), item, wait) for name, one in judged.items() if str(one.get("to", "")).strip()}
        return {"to": to, "codes": [_hint(str(code), item, wait) for code in raw.get("added", ())]}

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        return [hint["text"] for hint in (*hints["to"].values(), *hints["codes"]) if hint["text"]]


def _hint(code: str, item: PublicItem, wait: float) -> dict[str, str]:
    return lookup.service_hint(code) if code.strip().lower().startswith("svc:") else lookup.hint(code, item.on, wait, book_of(code))


def _title(code: str, item: PublicItem) -> str:
    """What a suggested code stands for in a book of any date: a tool shows titles too."""
    if not code:
        return ""
    if code.lower().startswith("svc:"):
        return lookup.service_hint(code)["text"]
    try:
        entry = import_module(f"medcoding.codes.{book_of(code)}").on(item.on).get(code)
    except Exception:  # no index here yet: the code stands alone
        return ""
    return str(entry.title) if entry is not None else ""
