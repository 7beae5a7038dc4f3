"""The view of `claim`: the claim drawn as its form, a field for each box that may be changed, and the questions beside it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

from medcoding.findings import inline
from medcoding.forms.claim import ClaimAnswer
from medcoding.forms.claimboxes import mended
from medcoding.forms.match import text_id
from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.match import drawn, named


class ClaimView(View):
    """The drawn form follows what is typed into the boxes; what was changed is marked on it."""

    form: ClassVar[str] = "claim"
    _esm = script("base.js", "claim.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        view = item.view
        asks = [{**ask, "html": inline(ask["label"]), "options": drawn(ask["options"])} for ask in view.get("asks", [])]
        return {**{name: view.get(name) for name in ("boxes", "remittance")}, "asks": asks, "drawn": _drawn(item, {})}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The form's own shape, or changes by path alone; questions may be named by their text, and so may their options."""
        if not isinstance(value, dict):
            return value
        if not set(value) <= {"changes", "asks"}:
            value = {"changes": value}
        asks = value.get("asks")
        if not isinstance(asks, dict):
            return value
        known = {ask["id"]: ask for ask in item.view.get("asks", [])}
        told = {}
        for name, answer in asks.items():
            ask = known.get(name) or known.get(text_id(str(name)))
            if ask is None:
                told[str(name)[:40]] = answer
            else:
                told[ask["id"]] = named(item, ask["options"], answer, "answer") if ask["options"] else str(answer)
        return {**value, "asks": told}

    def _answer_message(self, content: dict[str, Any]) -> None:
        if content.get("type") != "redraw":
            super()._answer_message(content)
            return
        raw = content.get("answer")
        try:
            changes = ClaimAnswer.model_validate(raw).changes
        except ValueError:
            changes = {}
        html = _drawn(self._record.place.item, changes)
        self.send({"type": "redraw", "view": content.get("view"), "n": content.get("n"), "html": html})


@lru_cache(maxsize=32)
def _claim(text: str) -> Any:
    from medcoding.claims.model import Claim

    return Claim.load(text)


def _drawn(item: PublicItem, changes: dict[str, str | None]) -> str:
    """The claim as HTML with some changes, each marked on its box; empty where the item has no claim."""
    import json

    data = item.view.get("claim")
    if data is None:
        return ""
    claim = _claim(json.dumps(data, sort_keys=True))
    after = mended(claim, changes) if changes else claim
    return str(after.render(_marks(after, changes)))


def _marks(claim: Any, changes: dict[str, str | None]) -> list[Any]:
    from medcoding.claims.edits import Edit
    from medcoding.claims.model import paths
    from medcoding.findings import Finding, Severity

    there = {path for path, _ in paths(claim)}
    found = Finding(severity=Severity.INFO, rule="changed", message="Changed by you.")
    return [Edit(found, (path,)) for path in changes if path in there]
