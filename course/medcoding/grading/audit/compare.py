"""What a grader looks at before deciding: the answer beside the key, the parts of the score, findings and history, as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from medcoding.findings import SEVERITY_WORDS, Finding, format_points
from medcoding.forms import FORMS
from medcoding.grading.audit.records import Record
from medcoding.grading.audit.scores import CellScore, shown
from medcoding.grading.audit.trail import Entry, plain_text
from medcoding.items.render import accepted_rows

WIDTH = 100


def comparison(score: CellScore, record: Record | None, history: Sequence[Entry], name: str) -> str:
    """Everything about one grade cell of one submission; `name` is what the student is called. Safe on a terminal."""
    parts = [_head(score, name)]
    if record is None:
        parts.append("This cell holds no exercise whose answer was read as data. Look at it in formgrader.")
    else:
        parts += [record.item.title, *_sides(record), *_parts(record), *_findings(record), *_why(record)]
    parts += ["", "History", *(_history(history) or ["  Nothing was asked or changed."])]
    return "\n".join(parts)


def _head(score: CellScore, name: str) -> str:
    by_hand = "" if score.manual is None else f", set by a grader (automatic: {shown(score.automatic)})"
    extra = "" if not score.extra else f", and {format_points(score.extra)} extra credit"
    waits = "; waits for a grader" if score.waits else ""
    return f"{score.cell} of {score.assignment}, notebook {score.notebook}, {name}\n{shown(score.counted)} of {format_points(score.maximum)}{by_hand}{extra}{waits}"


def _sides(record: Record) -> Iterator[str]:
    """Answer and key, beside one another where both have labelled rows."""
    form = FORMS[record.item.form]
    given = [] if record.answer is None else form.describe(form.parse_answer(record.answer), record.item.key)
    key = form.describe(form.parse_answer(form.key_answer(record.item.key)), record.item.key)
    yield ""
    yield from beside([("", "What was answered"), *(given or [("", "No answer.")])], [("", "Key"), *key, *accepted_rows(record.item)])


def beside(left: Iterable[tuple[str, str]], right: Iterable[tuple[str, str]], width: int = WIDTH) -> Iterator[str]:
    """Two lists of (label, text) rows as two columns of wrapped lines."""
    half = width // 2 - 2
    for one, other in zip_longest(left, right, fillvalue=("", "")):
        for first, second in zip_longest(_wrapped(one, half), _wrapped(other, half), fillvalue=""):
            yield f"  {first.ljust(half)}  {second}".rstrip()


def _wrapped(row: tuple[str, str], width: int) -> list[str]:
    label, text = (plain_text(part, 20_000).replace("\n", " ") for part in row)
    return textwrap.wrap(f"{label}: {text}" if label else text, width, subsequent_indent="  ") or [""]


def _parts(record: Record) -> Iterator[str]:
    if record.score.parts:
        yield ""
        yield "Parts of the score (as shares of the whole)"
        for part in record.score.parts:
            earned = "up to" if record.score.manual else f"{part.earned:.2f} of"
            yield from textwrap.wrap(f"  {earned} {part.possible:.2f}  {part.name}{f' ({part.note})' if part.note else ''}", WIDTH, subsequent_indent="      ")


def _findings(record: Record) -> Iterator[str]:
    found: tuple[Finding, ...] = (*record.notes, *record.score.findings)
    if found:
        yield ""
        yield "Findings"
        for one in found:
            cite = f" [{one.citation}]" if one.citation else ""
            text = plain_text(f"{SEVERITY_WORDS[one.severity]}: {one.message}{cite}", 2_000).replace("\n", " ")
            yield from textwrap.wrap(f"  {text}", WIDTH, subsequent_indent="    ")


def _why(record: Record) -> Iterator[str]:
    yield ""
    yield "Why"
    yield from textwrap.wrap(f"  {plain_text(record.item.rationale, 20_000)}", WIDTH, subsequent_indent="  ")
    yield from textwrap.wrap(f"  Sources: {'; '.join(str(one) for one in record.item.citations)}", WIDTH, subsequent_indent="    ")


def _history(history: Sequence[Entry]) -> list[str]:
    return [line for entry in history for line in textwrap.wrap(f"  {told(entry)}", WIDTH, subsequent_indent="    ")]


def told(entry: Entry) -> str:
    """An entry as one line: when, what, by whom, from what to what, why. Names no student."""
    what = entry.kind.replace("-", " ")
    if entry.kind == "decision":
        what = f"request {entry.detail.get('request')} {entry.detail.get('decision')}"
    elif entry.kind == "request":
        what = f"request {entry.seq} {entry.detail.get('how', '')}".strip()
    who = f" by {entry.grader}" if entry.grader else ""
    moved = "" if entry.old_score == entry.new_score or entry.kind == "request" else f", {shown(entry.old_score)} to {shown(entry.new_score)}"
    why = f": {entry.reason}" if entry.reason else ""
    return plain_text(f"{entry.at[:16].replace('T', ' ')} UTC  {what}{who}{moved}{why}", 3_000).replace("\n", " ")
