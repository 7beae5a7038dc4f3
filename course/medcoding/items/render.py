"""Items, answers and scores as HTML that stands alone: no script, everything escaped.

Three readers see it: a student who reopens a notebook before any cell runs, a student who opens
feedback, a grader in formgrader. Widgets draw their own forms but use `chart_html`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from medcoding.findings import Finding, Score, finding_html, inline
from medcoding.forms import FORMS, AnswerProblem
from medcoding.forms.chart import lines
from medcoding.items.models import Item, PublicItem

KEYED_RULES = frozenset({"distractor", "wrong-option", "right-option", "close"})
"""Findings whose words may tell the key; shown only where the key is."""

KEYED_CITATIONS = frozenset({"note", "index"})
"""Citations whose place is a code or a main term, often the key's own; shown only where the key is."""

STYLE = """
.mc-static,.mc-feedback{font-family:inherit;line-height:1.5;max-width:62em;border:1px solid #6b7785;border-radius:6px;padding:.75rem 1rem;margin:.25rem 0}
.mc-static h4,.mc-feedback h4{font-weight:600;margin:.2rem 0 .4rem;font-size:1.05em}
.mc-static h5,.mc-feedback h5{font-weight:600;margin:.8rem 0 .2rem;font-size:.95em}
.mc-chart{border-left:4px solid #6b7785;padding:.1rem 0 .1rem .9rem;margin:.4rem 0}
.mc-chart h5{text-transform:uppercase;letter-spacing:.04em;font-size:.8em;margin:.6rem 0 .1rem}
.mc-chart.mc-chart dl{display:grid;grid-template-columns:max-content 1fr;gap:0 .9rem;margin:.2rem 0;padding:0}
.mc-chart.mc-chart dt{font-weight:600;float:none;width:auto;margin:0}.mc-chart.mc-chart dd{float:none;width:auto;margin:0}
.mc-chart p,.mc-chart ul{margin:.2rem 0}
table.mc-answer.mc-answer th,table.mc-parts.mc-parts th{text-align:left;font-weight:600;padding:.1rem .9rem .1rem 0;vertical-align:top}
table.mc-answer.mc-answer td,table.mc-parts.mc-parts td{text-align:left;padding:.1rem .9rem .1rem 0}
.mc-findings{margin:.3rem 0;padding-left:1.2rem}
.mc-error>strong{text-decoration:underline}
""".strip()

def paragraphs(text: str) -> str:
    """Blank lines part paragraphs."""
    return "".join(f"<p>{inline(' '.join(block.split()))}</p>" for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def chart_html(chart: str) -> str:
    """A chart as a record: `Name: value` lines at its top as a header list, `## ` lines as headings, `- ` lines as lists."""
    read = lines(chart)
    if not read:
        return ""
    header = "".join(f"<dt>{html.escape(line.name)}</dt><dd>{inline(line.text)}</dd>" for line in read if line.kind == "field")
    body: list[str] = []
    for kind, run in groupby((line for line in read if line.kind != "field"), key=lambda line: line.kind):
        if kind == "item":
            body.append("<ul>" + "".join(f"<li>{inline(line.text)}</li>" for line in run) + "</ul>")
        elif kind == "heading":
            body += (f"<h5>{html.escape(line.text)}</h5>" for line in run)
        else:
            body += (f"<p>{inline(line.text)}</p>" for line in run)
    top = f"<dl>{header}</dl>" if header else ""
    return f"<section class='mc-chart' aria-label='Chart'>{top}{''.join(body)}</section>"


def answer_table(rows: Sequence[tuple[str, str]], empty: str = "No answer.") -> str:
    """(label, text) rows of an answer as a table, escaped."""
    if not rows:
        return f"<p><em>{html.escape(empty)}</em></p>"
    body = "".join(f"<tr><th scope='row'>{html.escape(label)}</th><td>{inline(text)}</td></tr>" for label, text in rows)
    return f"<table class='mc-answer'><tbody>{body}</tbody></table>"


def titled(rows: Sequence[tuple[str, str]], on: date) -> list[tuple[str, str]]:
    """Rows of an answer in which each code is followed by its title on that date."""
    return [(label, _with_title(text, on) if label.startswith(("Code ", "Diagnosis ", "Procedure ")) else text) for label, text in rows]


def _with_title(code: str, on: date) -> str:
    """A code and its title in the book that it is written in; the code alone where that book does not hold it."""
    from importlib import import_module

    from medcoding.forms.base import book_of

    book = import_module(f"medcoding.codes.{book_of(code)}").on(on)
    return f"{code} – {book[code].title}" if code in book else code


def describe(
    form: str, raw: object, key: Any = None, view: dict[str, Any] | None = None, on: date | None = None
) -> str:
    """An answer given as plain JSON, as an escaped table; a malformed one as a sentence that says so.

    With `on`, codes are followed by their titles.
    """
    try:
        answer = FORMS[form].parse_answer(raw)
    except AnswerProblem as problem:
        return f"<p><em>{html.escape(str(problem))}</em></p>"
    rows = FORMS[form].describe(answer, key, view)
    return answer_table(titled(rows, on) if on else rows)


def static_html(item: PublicItem, raw: object | None, *, recorded: bool = False) -> str:
    """Question and recorded answer, for a notebook that is read before any cell runs; or what a cell has just recorded."""
    answer = describe(item.form, raw, view=item.view) if raw is not None else answer_table(())
    return (
        f"<div class='mc-static' data-item='{html.escape(item.id)}'{' data-recorded' if recorded else ''}><style>{STYLE}</style><h4>{html.escape(item.title)}</h4>"
        f"{chart_html(item.chart)}{paragraphs(item.question)}<h5>Your answer so far</h5>{answer}"
        f"<p><em>Run this cell to answer or to change the answer.</em></p></div>"
    )


def feedback_html(
    item: Item, raw: object | None, score: Score, *, show_key: bool, notes: Sequence[Finding] = (), asked: bool = True
) -> str:
    """What was asked, what was answered, what was right, which rule, where to read.

    Args:
        raw: the answer as plain JSON, or None.
        show_key: whether key, rationale and the findings and citations that tell of them are shown.
        notes: findings about the submission itself (a damaged file, a deleted cell), shown first.
        asked: whether chart and question are shown again; not where they stand right above.
    """
    form = FORMS[item.form]
    answered = describe(item.form, raw, item.key, on=item.on) if raw is not None else answer_table(())
    shown = [finding for finding in score.findings if show_key or finding.rule not in KEYED_RULES]
    head = "" if item.counts else "<p><em>This question is for orientation: it is scored but counts nothing.</em></p>"
    about = f"<ul class='mc-findings'>{''.join(map(finding_html, notes))}</ul>" if notes else ""
    parts = [
        f"<div class='mc-feedback' data-item='{html.escape(item.id)}'><style>{STYLE}</style><h4>{html.escape(item.title)}</h4>{head}",
        score.model_copy(update={"findings": tuple(shown)}).to_html(),
        about,
        f"<h5>What was asked</h5>{chart_html(item.chart)}{paragraphs(item.question)}" if asked else "",
        f"<h5>What was answered</h5>{answered}",
    ]
    if show_key:
        key = form.parse_answer(form.key_answer(item.key))
        parts.append(f"<h5>Key</h5>{answer_table(titled(form.describe(key, item.key), item.on))}{accepted_html(item)}")
        parts.append(f"<h5>Why</h5>{paragraphs(item.rationale)}")
        parts.append(consequence_html(item, raw))
        if item.if_missed and not score.full:
            parts.append(f"<p><strong>Next step:</strong> {inline(item.if_missed)}</p>")
    else:
        parts.append("<p><em>The key is not shown at this time.</em></p>")
    cites = "".join(
        f"<li>{html.escape(str(citation))}</li>" for citation in item.citations if show_key or citation.kind not in KEYED_CITATIONS
    )
    parts.append(f"<h5>Where to read</h5><ul>{cites}</ul></div>" if cites else "</div>")
    return "".join(parts)


def remarks_html(item: Item, raw: object, score: Score) -> str:
    """What a practice answer earned, what is wrong with it and what it would have done, for a second try: no key and no reason."""
    judged = score.to_html()
    if score.manual:
        rows = "".join(f"<li>{html.escape(part.name)}</li>" for part in score.parts)
        notes = "".join(map(finding_html, score.findings))
        judged = (
            f"<p>Read your text against each of these. Then show the key and compare.</p><ul>{rows}</ul>"
            f"{f'<ul class=mc-findings>{notes}</ul>' if notes else ''}"
        )
    return (
        f"<div class='mc-feedback' data-item='{html.escape(item.id)}' data-key='kept'><style>{STYLE}</style><h4>{html.escape(item.title)}</h4>"
        f"{judged}<h5>What was answered</h5>{describe(item.form, raw, item.key, on=item.on)}"
        f"{consequence_html(item, raw, kept=True)}<p><em>Change your answer and check again, or show the key.</em></p></div>"
    )


def consequence_html(item: Item, raw: object | None, *, kept: bool = False) -> str:
    """What the answer would have done, where its form can tell; empty for no answer and for a malformed one.

    `kept` leaves out what tells codes of the key.
    """
    form = FORMS[item.form]
    try:
        told = form.consequence(item.key, form.parse_answer(raw), item.context) if raw is not None else None
    except AnswerProblem:
        return ""
    return f"<h5>What it would have done</h5>{(told.kept() if kept else told).to_html()}" if told is not None else ""


def accepted_html(item: Item) -> str:
    """Alternatives and optional codes of a key, where it has any."""
    rows = accepted_rows(item)
    return answer_table(rows) if rows else ""


def accepted_rows(item: Item) -> list[tuple[str, str]]:
    """Alternatives and optional codes of a key as (label, text) rows of plain text."""
    diagnoses = getattr(item.key, "diagnoses", item.key)
    rows = [
        ("Also accepted", f"{', '.join(entry.alternatives)} in place of {entry.code}")
        for entry in getattr(diagnoses, "codes", ())
        if entry.alternatives
    ]
    if optional := getattr(diagnoses, "optional", ()):
        rows += (("Neither needed nor wrong", _with_title(code, item.on)) for code in optional)
    return rows
