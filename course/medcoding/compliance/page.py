"""One page that tells something: a title, a sentence, a table, remarks. For the eye as HTML, for the ear as lines of text."""

from __future__ import annotations

import html
from dataclasses import dataclass

_CELL = "text-align:left;vertical-align:top;padding:0.2em 0.9em 0.2em 0;border-bottom:1px solid"


@dataclass(frozen=True)
class Page:
    """`head` names the columns of `rows`, each row as long as `head`; `passages` are texts with marked parts, `notes` remarks.

    As the value of a notebook cell it shows as HTML without scripts and without colors of its own. `text` is the same in lines
    to read aloud, and what `print` shows. Everything is escaped.
    """

    title: str
    lead: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()

    @property
    def text(self) -> str:
        """Title and lead, one line a row (each cell after its column's name), then passages and remarks."""
        lines = [f"{self.title}: {self.lead}"]
        for number, row in enumerate(self.rows, 1):
            cells = [f"{name}: {cell.rstrip('.')}" for name, cell in zip(self.head[1:], row[1:], strict=True) if cell]
            lines.append(f"{number}. {'. '.join([row[0], *cells])}.")
        lines += [f"{passage.name}: {passage.text}" for passage in self.passages]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        head = f"<p><strong>{html.escape(self.title)}:</strong> {html.escape(self.lead)}</p>"
        shown = "".join(passage.html for passage in self.passages)
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return f"<div class='mc-explain tex2jax_ignore mathjax_ignore'>{head}{self._table()}{shown}{f'<ul>{notes}</ul>' if notes else ''}</div>"

    def _table(self) -> str:
        if not self.rows:
            return ""
        head = "".join(f"<th scope='col' style='{_CELL}'>{html.escape(name)}</th>" for name in self.head)
        body = "".join(
            f"<tr><th scope='row' style='{_CELL}'>{html.escape(row[0])}</th>"
            + "".join(f"<td style='{_CELL}'>{html.escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in self.rows
        )
        return f"<table style='border-collapse:collapse'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Passage:
    """A running text with a name; `marked` are (start, end) of the parts that stand out, in order and without overlap."""

    name: str
    text: str
    marked: tuple[tuple[int, int], ...] = ()

    @property
    def html(self) -> str:
        """The text as a quotation, marked parts in `<mark>`."""
        parts, place = [], 0
        for start, end in self.marked:
            parts += [html.escape(self.text[place:start]), f"<mark>{html.escape(self.text[start:end])}</mark>"]
            place = end
        parts.append(html.escape(self.text[place:]))
        return f"<p><strong>{html.escape(self.name)}</strong></p><blockquote style='white-space:pre-wrap'>{''.join(parts)}</blockquote>"
