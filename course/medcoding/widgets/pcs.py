"""The view of `pcs`: seven fields a code, each offering what the tables hold after the ones before it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from medcoding.forms.pcs import LENGTH, UNSET, axes_of
from medcoding.items.models import PublicItem
from medcoding.widgets import lookup
from medcoding.widgets.base import View, script, style

KEY_LIMIT = 8
OPERATION, APPROACH = 2, 4
"""Places, from 0, of the axes whose values have definitions."""


class PcsView(View):
    """Procedures, each built from the real table rows with definitions at hand."""

    form: ClassVar[str] = "pcs"
    dated: ClassVar[bool] = True
    _esm = script("base.js", "pcs.js")
    _css = style()

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """A list of codes, or one code; of an item with given axes, the values of the asked ones in a row will do."""
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list | tuple):
            return value
        mask = str(item.view.get("given") or "")
        asked = mask.count(".")
        codes = [_spread(code, mask) if mask and isinstance(code, str) and len(code.strip()) == asked < LENGTH else code for code in value]
        return {"procedures": codes}

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        mask = str(item.view.get("given") or "")
        return {"procedures": [_hint(_filled(str(code), mask), item.on, wait) for code in raw.get("procedures", ())]}

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        return [f"Procedure {n}: {hint['text']}" for n, hint in enumerate(hints["procedures"], 1) if hint["text"]]

    def _answer_message(self, content: dict[str, Any]) -> None:
        kind = content.get("type")
        item = self._record.place.item
        if kind not in ("walk", "key"):
            super()._answer_message(content)
            return
        reply = {"type": kind, "view": content.get("view"), "n": content.get("n")}
        if item.closed_book:
            self.send({**reply, "axes": [], "entries": [], "preparing": False})
        elif kind == "walk":
            mask = str(item.view.get("given") or "")
            self.send({**reply, **walk(_filled(str(content.get("code", ""))[:16], mask), item.on)})
        else:
            self.send({**reply, "entries": key_entries(str(content.get("text", ""))[:60], item.on)})


def _spread(values: str, mask: str) -> str:
    """The values of the asked axes, in a row, as a code with `_` elsewhere."""
    rest = iter(values.strip())
    return "".join(next(rest) if shown == "." else UNSET for shown in mask)


def _filled(code: str, mask: str) -> str:
    """A code as seven characters, given axes filled in."""
    own = axes_of(code)
    return "".join(value if shown == "." else shown for value, shown in zip(own, mask, strict=True)) if mask else own


def _hint(code: str, on: date, wait: float) -> dict[str, str]:
    """The title of a whole code, or what is wrong with it; nothing while it is being built."""
    nothing = {"kind": "none", "text": ""}
    book = None if UNSET in code else lookup.book(on, wait, "icd10pcs")
    if book is None:
        return nothing
    try:
        problem = book.problem(code)
        return {"kind": "hint", "text": problem.message} if problem is not None else {"kind": "title", "text": book[code].title}
    except Exception:  # a hint is an aid: without one the answer is saved all the same
        return nothing


def walk(code: str, on: date) -> dict[str, Any]:
    """Each axis of a code under way: {"axes": [{"name", "options": [{"value", "label", "help"}]}], "preparing"}.

    An axis offers values when every one before it is set; a value that is set without that keeps its bare character.
    """
    book = lookup.book(on, name="icd10pcs")
    if book is None:
        return {"axes": [], "preparing": lookup.preparing("icd10pcs"), "why": lookup.failure("icd10pcs")}
    names = book.axis_names(code[0])
    axes = []
    for place in range(LENGTH):
        before = code[:place]
        offered = book.next_axis(before) if UNSET not in before else {}
        said = _definitions(code[0], place, on)
        options = [{"value": value, "label": label, "help": said.get(label, "")} for value, label in offered.items()]
        axes.append({"name": names[place], "options": options})
    return {"axes": axes, "preparing": False, "why": ""}


def _definitions(section: str, place: int, on: date) -> dict[str, str]:
    """What the values of an axis mean, by their labels: root operations and approaches."""
    from medcoding.codes import icd10pcs

    terms = icd10pcs.operations(section, on) if place == OPERATION else icd10pcs.approaches(on) if place == APPROACH else ()
    return {term.name: f"{term.definition} {term.hint}".strip() for term in terms}


def key_entries(text: str, on: date) -> list[dict[str, str]]:
    """What the keys for body parts and devices say of a word of the record."""
    from medcoding.codes import icd10pcs

    if len(text.strip()) < 2:
        return []
    found = [(entry, "body part") for entry in icd10pcs.body_part_key(text, on)] + [(entry, "device") for entry in icd10pcs.device_key(text, on)]
    found.sort(key=lambda one: (not one[0].term.casefold().startswith(text.strip().casefold()), one[0].term.casefold()))
    return [{"term": entry.term, "kind": kind, "values": "; ".join(entry.values)} for entry, kind in found[:KEY_LIMIT]]
