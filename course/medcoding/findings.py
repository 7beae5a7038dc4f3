"""What a rule says, and what an answer is worth.

`Finding` is the one word that scoring, claim edits, privacy and bank checks share;
`Score` is a list of them with points. Both are plain, frozen data: they cross process
borders as JSON and are stored with grades.
"""

from __future__ import annotations

import html
import re
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Severity(StrEnum):
    """How much a finding matters, from a remark to something that stops a claim."""

    INFO = "info"
    HINT = "hint"
    WARNING = "warning"
    ERROR = "error"


class Finding(BaseModel):
    """One thing a rule says about an answer, a claim, a note or a bank file.

    `rule` is a stable kebab-case name ("header-code"); `codes` are the codes or fields it
    speaks of, in the order of the message; `citation` is where the rule stands
    (guideline section, tabular note, CFR, form box), empty where the course itself is the source.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity
    rule: str
    message: str
    codes: tuple[str, ...] = ()
    citation: str = ""

    def __str__(self) -> str:
        where = f" [{self.citation}]" if self.citation else ""
        return f"{self.severity.value}: {self.message}{where}"


class SubScore(BaseModel):
    """One part of a score: `earned` of `possible`, both shares of the whole item in 0..1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    earned: Annotated[float, Field(ge=0, le=1)]
    possible: Annotated[float, Field(ge=0, le=1)]
    note: str = ""


class Score(BaseModel):
    """What an answer earned, and why. A `manual` one waits for a grader: its points are 0 and mean nothing yet.

    `points` lies in [0, `possible`] and is rounded to two decimals. `findings` are in the order
    in which a reader should meet them: hard errors first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: Annotated[float, Field(ge=0)]
    possible: Annotated[float, Field(gt=0)]
    parts: tuple[SubScore, ...] = ()
    findings: tuple[Finding, ...] = ()
    manual: bool = False

    @property
    def share(self) -> float:
        """Points as a share of what was possible, in [0, 1]."""
        return self.points / self.possible

    @property
    def full(self) -> bool:
        """Whether every point was earned."""
        return self.points >= self.possible

    def to_html(self) -> str:
        """The score as an HTML fragment: points in words, sub-scores as a table, findings as a list.

        Everything is escaped; colour is never the only sign (each severity is also a word).
        """
        noted = any(part.note for part in self.parts)
        why = "<th scope='col'>Why</th>" if noted else ""

        def note(text: str) -> str:
            return f"<td>{html.escape(text)}</td>" if noted else ""

        rows = "".join(
            f"<tr><th scope='row'>{html.escape(part.name)}</th>"
            f"<td>{'up to' if self.manual else f'{part.earned:.2f} of'} {part.possible:.2f}</td>{note(part.note)}</tr>"
            for part in self.parts
        )
        table = (
            "<table class='mc-parts'><thead><tr><th scope='col'>Part</th><th scope='col'>Earned</th>"
            f"{why}</tr></thead><tbody>{rows}</tbody></table>"
            if len(self.parts) > 1
            else ""
        )
        items = "".join(finding_html(finding) for finding in self.findings)
        found = f"<ul class='mc-findings'>{items}</ul>" if items else ""
        word = "Full marks" if self.full else ("Partly right" if self.points else "No credit")
        said = f"{word}: {format_points(self.points)} of {format_points(self.possible)}"
        if self.manual:
            said = f"A grader reads this: up to {format_points(self.possible)} {'point' if self.possible == 1 else 'points'}"
        return f"<p class='mc-points'><strong>{said}</strong></p>{table}{found}"

    def _repr_html_(self) -> str:
        return f"<div class='mc-score tex2jax_ignore mathjax_ignore'>{self.to_html()}</div>"


SEVERITY_WORDS = {
    Severity.ERROR: "Hard error",
    Severity.WARNING: "Look again",
    Severity.HINT: "Hint",
    Severity.INFO: "Note",
}


_CODE = re.compile(r"`([^`]+)`")


def inline(text: str) -> str:
    """Escaped text in which `code` in backticks is set as code; nothing else is markup."""
    return _CODE.sub(r"<code>\1</code>", html.escape(text))


def finding_html(finding: Finding) -> str:
    """One finding as an escaped `<li>`, its severity as a word and its citation in brackets."""
    cite = f" <cite>[{html.escape(finding.citation)}]</cite>" if finding.citation else ""
    return (
        f"<li class='mc-finding mc-{finding.severity.value}'><strong>{SEVERITY_WORDS[finding.severity]}:</strong> "
        f"{inline(finding.message)}{cite}</li>"
    )


def format_points(points: float) -> str:
    """Points without needless zeros: 1, 0.5, 0.33."""
    return f"{points:.2f}".rstrip("0").rstrip(".") or "0"
