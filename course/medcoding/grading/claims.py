"""What a submitted notebook claims that only a release or a grader can say. It counts nothing; a grader is told in a line each.

An honest notebook makes none of these claims, except one that was copied from an older release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from medcoding.grading.safe import SCORE_MIME
from medcoding.items.answers import MIME, sort_answers

if TYPE_CHECKING:
    from medcoding.grading.restore import Published

MOST = 8
SKIPPED = "skip-execution"
"""A tag by which nbclient passes a cell over; nbgrader gives full marks to a test cell without output."""
EXERCISE = re.compile(r"\s*exercise\(")
ACTIVE = re.compile(r"<(?:\s*(?:script|iframe|object|embed|form|meta|base)\b|[^<>]{0,300}?\son[a-z]{3,20}\s*=|[^<>]{0,300}?javascript\s*:)", re.IGNORECASE)
"""What would run, frame or send something in a browser, were it not taken out where it is shown."""
SHOWN = ("text/html", "image/svg+xml", "text/markdown")


def claims(nb: Any, published: Sequence[Published]) -> list[str]:
    """What a notebook claims as it was handed in, a line each; call it before its cells are restored."""
    known = {cell.name: cell for cell in published}
    names = [_name(cell) for cell in nb.cells]
    lines = [*_metadata(nb.cells, names, known), *_order(names, published), *_outputs(nb.cells)]
    lines = list(dict.fromkeys(lines))
    return lines if len(lines) <= MOST else [*lines[:MOST], f"{len(lines) - MOST} more claims of this kind."]


def _name(cell: Any) -> str | None:
    grader = cell.metadata.get("nbgrader")
    name = grader.get("grade_id") if isinstance(grader, dict) else None
    return name if isinstance(name, str) else None


def _metadata(cells: Iterable[Any], names: Iterable[str | None], known: Mapping[str, Published]) -> Iterator[str]:
    for cell, name in zip(cells, names, strict=True):
        grader = cell.metadata.get("nbgrader")
        if not isinstance(grader, dict):
            continue
        if name is not None and name in known:
            released = known[name].metadata()
            if SKIPPED in cell.metadata.get("tags", ()):
                yield f"{name}: it is tagged to be passed over; it was not."
            for key in ("points", "locked", "grade", "solution", "task"):
                if key in grader and key in released and grader[key] != released[key]:
                    yield f"{name}: its metadata claims {key} {_short(grader[key])}, where {_short(released[key])} was released; what was released counts."
        elif grader.get("grade") or grader.get("task"):
            yield f"A cell claims to be graded as {_short(name)} and was never released; it counts nothing."


def _order(names: Iterable[str | None], published: Sequence[Published]) -> Iterator[str]:
    last = {name: number for number, name in enumerate(names)}
    places = [last[cell.name] for cell in published if cell.name in last]
    if places != sorted(places):
        yield "The released cells stand in another order."


def _outputs(cells: Iterable[Any]) -> Iterator[str]:
    for number, cell in enumerate(cells, 1):
        if cell.cell_type != "code":
            if _is_active(cell.source):
                yield f"Cell {number} holds active content (script, event handlers, frames or forms), which is shown to nobody."
            continue
        for output in cell.outputs:
            data = output.get("data")
            if not isinstance(data, dict):
                continue
            if SCORE_MIME in data:
                yield f"Cell {number} holds a score record, which only grading may write; it was taken out."
            if MIME in data and not _sound(data[MIME]):
                yield f"Cell {number} holds a copy of an answer that cannot be read; it counts nothing."
            if output.output_type == "execute_result" and EXERCISE.match(cell.source) and _is_number(data.get("text/plain")):
                yield f"Cell {number} shows {_short(data['text/plain'])} as the result of an exercise, which counts nothing."
            if "application/javascript" in data or any(_is_active(data.get(kind)) for kind in SHOWN):
                yield f"Cell {number} holds active content (script, event handlers, frames or forms), which is shown to nobody."


def _is_active(text: Any) -> bool:
    return isinstance(text, str) and "<" in text and ACTIVE.search(text) is not None


def _sound(copy: Any) -> bool:
    return isinstance(copy, Mapping) and isinstance(copy.get("item"), str) and bool(sort_answers({copy["item"]: dict(copy)})[0])


def _is_number(text: Any) -> bool:
    try:
        float(text)
    except (TypeError, ValueError):
        return False
    return True


def _short(value: Any) -> str:
    """A value of a submission in a line: bounded, and with control characters as escapes."""
    return ascii(value[:40] if isinstance(value, str) else value)[:44] if isinstance(value, (str, int, float, bool, type(None))) else f"a {type(value).__name__}"
