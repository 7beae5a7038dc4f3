"""Findings on boxes: which box each speaks of, its sign there, and the list beneath the form."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from medcoding.claims.edits.core import Edit
from medcoding.claims.model import Claim, field_at, where
from medcoding.findings import SEVERITY_WORDS, Finding, Severity

SIGNS = {Severity.ERROR: "✖", Severity.WARNING: "▲", Severity.HINT: "◆", Severity.INFO: "●"}
"""A sign for each severity, beside its word: color never tells alone."""

WORDS = {Severity.ERROR: "Error", Severity.WARNING: "Look", Severity.HINT: "Hint", Severity.INFO: "Note"}
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.HINT, Severity.INFO)

TITLES = {"professional": "Professional claim (CMS-1500)", "institutional": "Institutional claim (UB-04)"}


class Marks:
    """The findings of one drawing, numbered in their order from 1."""

    def __init__(self, claim: Claim, found: Iterable[Edit | Finding]) -> None:
        self.claim = claim
        self.edits = tuple(_edit(claim, one) for one in found)
        self.title = TITLES.get(claim.kind, "Claim")

    def at(self, paths: Sequence[str]) -> tuple[str, str]:
        """(class, tag) of a box that shows these paths: both empty where nothing was found."""
        numbers = [n for n, one in enumerate(self.edits, 1) if any(_meets(path, field) for path in paths for field in one.fields)]
        if not numbers:
            return "", ""
        worst = min((self.edits[n - 1].finding.severity for n in numbers), key=_ORDER.index)
        shown = ", ".join(map(str, numbers))
        return f" {worst.value[0]}", f"<span class='t'><span aria-hidden='true'>{SIGNS[worst]}</span> {WORDS[worst]} {shown}</span>"

    def listed(self) -> str:
        """The list beneath the form; a sentence where nothing was asked about or found stays away."""
        if not self.edits:
            return ""
        return f"<p class='y'>Findings</p><ol class='l'>{''.join(self._item(one) for one in self.edits)}</ol>"

    def _item(self, one: Edit) -> str:
        finding = one.finding
        places = list(dict.fromkeys(where(self.claim.kind, field) for field in one.fields))
        place = f" ({html.escape('; '.join(places))})" if places else ""
        cited = f" <cite>[{html.escape(finding.citation)}]</cite>" if finding.citation else ""
        sign = SIGNS[finding.severity]
        return (
            f"<li class='{finding.severity.value[0]}'><strong><span aria-hidden='true'>{sign}</span> {SEVERITY_WORDS[finding.severity]}</strong>"
            f"{place}: {html.escape(finding.message)}{cited}</li>"
        )


def _edit(claim: Claim, one: Edit | Finding) -> Edit:
    if isinstance(one, Edit):
        return one
    return Edit(one, tuple(code for code in one.codes if field_at(claim.kind, code) is not None))


def _meets(path: str, field: str) -> bool:
    """Whether a box that shows a path shows a field: the same, or one below the other."""
    return path == field or path.startswith(f"{field}.") or field.startswith(f"{path}.")
