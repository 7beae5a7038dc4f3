"""A calculation told: as text that reads aloud well, and as HTML that follows the page it stands on."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from medcoding.payment.steps import Step

if TYPE_CHECKING:
    from medcoding.codes.pictures.picture import Picture

NO_MATH = "tex2jax_ignore mathjax_ignore"
"""Classes of HTML in which a dollar is a dollar: elsewhere JupyterLab reads what stands between two of them as a formula."""

_CELL = "text-align:left;vertical-align:top;padding:0.2em 0.9em 0.2em 0;border-bottom:1px solid"
_SUM = "text-align:right;vertical-align:top;white-space:nowrap;padding:0.2em 0.9em 0.2em 0;border-bottom:1px solid"


@dataclass(frozen=True, repr=False)
class Explanation:
    """How a result came about: `title`, `lead` (the result in a sentence), steps, remarks, and a picture where there is one.

    As the value of a notebook cell it shows as HTML without scripts and without colors of its own; `text` is the same in
    lines to read aloud, and what `print` shows. Everything is escaped.
    """

    title: str
    lead: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    picture: Picture | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """Title and result, the numbered steps, each with its rule, then the remarks: one sentence a line."""
        lines = [f"{self.title}: {self.lead}"]
        for number, step in enumerate(self.steps, 1):
            cited = f" Rule: {step.citation}." if step.citation else ""
            lines.append(f"{number}. {step}.{cited}")
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        head = f"<p><strong>{html.escape(self.title)}:</strong> {html.escape(self.lead)}</p>"
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        picture = self.picture.html if self.picture else ""
        return f"<div class='mc-explain {NO_MATH}'>{head}{table(self.steps)}{f'<ul>{notes}</ul>' if notes else ''}{picture}</div>"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def table(steps: Sequence[Step]) -> str:
    """Steps as an HTML table with row and column heads; the column of rules is left out where no step has one."""
    if not steps:
        return ""
    cited = any(step.citation for step in steps)
    names = ["Step", "How", "Result", *(["Rule"] if cited else [])]
    head = "".join(f"<th scope='col' style='{_SUM if name == 'Result' else _CELL}'>{name}</th>" for name in names)
    return f"<table style='border-collapse:collapse'><thead><tr>{head}</tr></thead><tbody>{''.join(_row(step, cited) for step in steps)}</tbody></table>"


def _row(step: Step, cited: bool) -> str:
    rule = f"<td style='{_CELL}'>{html.escape(step.citation)}</td>" if cited else ""
    return (
        f"<tr><th scope='row' style='{_CELL}'>{html.escape(step.name)}</th><td style='{_CELL}'>{html.escape(step.formula)}</td>"
        f"<td style='{_SUM}'>{html.escape(step.shown)}</td>{rule}</tr>"
    )
