"""The view of `encounter`: diagnoses A to L, and a grid of service lines."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from medcoding.items.models import PublicItem
from medcoding.widgets.base import View, script, style
from medcoding.widgets.lookup import diagnosis_hints, hint, service_hint, services


class EncounterView(View):
    """Diagnosis fields with their letters, then lines that point to them."""

    form: ClassVar[str] = "encounter"
    dated: ClassVar[bool] = True
    _esm = script("base.js", "combobox.js", "codelist.js", "lines.js", "encounter.js")
    _css = style()

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        return {**item.view, "services": [{"code": one.key, "title": one.plain, "also": one.also} for one in services()]}

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """The answer itself; the modifiers of a line may be one text ("RT 59"), its pointers too ("AB")."""
        if not isinstance(value, dict) or not isinstance(value.get("lines"), list | tuple):
            return value
        lines = []
        for line in value["lines"]:
            if isinstance(line, dict):
                line = dict(line)
                if isinstance(line.get("modifiers"), str):
                    line["modifiers"] = line["modifiers"].replace(",", " ").split()
                if isinstance(line.get("pointers"), str):
                    line["pointers"] = [letter for letter in line["pointers"] if letter.isalpha()]
            lines.append(line)
        return {**value, "lines": lines}

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        return {
            "diagnoses": diagnosis_hints(list(raw.get("diagnoses", ())), item.on, wait),
            "lines": [_line_hint(str(line.get("code", "")), item, wait) for line in raw.get("lines", ())],
        }

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        diagnoses = [
            f"Diagnosis {'ABCDEFGHIJKL'[number]}: {hint['text']}"
            for number, hint in enumerate(hints["diagnoses"])
            if hint["text"]
        ]
        return diagnoses + [
            f"Line {number}: {hint['text']}" for number, hint in enumerate(hints["lines"], 1) if hint["text"]
        ]


def _line_hint(code: str, item: PublicItem, wait: float) -> dict[str, str]:
    """What stands behind the code of a line: a service key in plain words, a HCPCS code by its title."""
    if re.fullmatch(r"\s*[A-Va-v]\d{4}\s*", code):
        return hint(code, item.on, wait, "hcpcs")
    return service_hint(code)
