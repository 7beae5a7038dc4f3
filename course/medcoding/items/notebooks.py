"""Source notebooks: which exercises they hold, whether they are clean, and how to make them so."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medcoding.items.bank import Bank, Fault
from medcoding.items.publication import write_atomic

_CELL_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_EXERCISE_LINE = re.compile(r"""^exercise\((["'])([a-z0-9-]+)\1(?:,\s*answer=.+)?\)$""")
_GRADE = {"cell_type": "code", "grade": True, "locked": True, "schema_version": 3, "solution": False, "task": False}
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class Use:
    """One call of exercise() or practice() in a notebook."""

    call: str
    item: str
    cell: int


def source_text(cell: dict[str, Any]) -> str:
    """A cell's source, whether stored as a string or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _calls(notebook: dict[str, Any]) -> Iterator[tuple[str, ast.Call, int]]:
    """Calls of a plain name in a notebook's code cells: name, call, number of the cell."""
    for number, cell in enumerate(notebook.get("cells", [])):
        tree = _parsed(source_text(cell)) if cell.get("cell_type") == "code" else None
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id, node, number


def named_items(notebook: dict[str, Any], bank: Bank, place: Path) -> list[str]:
    """The items that are published with a notebook at `place`, each once: those that its cells show, and where a cell calls
    mock(), the exam items of its lesson."""
    named = [use.item for use in uses(notebook)]
    if any(name == "mock" for name, _, _ in _calls(notebook)):
        here = {lesson.id for lesson in bank.lessons.values() if (lesson.module, lesson.notebook) == (place.parent.name, place.stem)}
        named += [item.id for item in bank if item.use == "exam" and item.lesson in here]
    return list(dict.fromkeys(named))


def uses(notebook: dict[str, Any]) -> list[Use]:
    """Every exercise("id") and practice("id") call of a notebook's code cells, in order."""
    return [
        Use(name, call.args[0].value, number)
        for name, call, number in _calls(notebook)
        if name in ("exercise", "practice") and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    ]


def _parsed(source: str) -> ast.Module | None:
    """A code cell as Python, magics and shell lines passed over; None if it is no Python even so."""
    for text in (source, re.sub(r"(?m)^([ \t]*)[%!].*$", r"\1pass", source)):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            continue
    return None


def assignment_notebooks(source: Path) -> Iterator[Path]:
    """Every notebook of every assignment folder in `source`."""
    return (path for path in sorted(source.glob("*/*.ipynb")) if ".ipynb_checkpoints" not in path.parts)


class NotANotebook(ValueError):
    """A file is no notebook; `line` is where that shows."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def read_notebook(path: Path) -> tuple[str, dict[str, Any]]:
    """A source notebook as text and as data.

    Raises:
        NotANotebook: it is not UTF-8, not JSON, or has not the shape of a notebook.
    """
    try:
        text = path.read_text(encoding="utf-8")
        notebook = json.loads(text)
    except UnicodeDecodeError as error:
        raise NotANotebook(f"is not UTF-8: {error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise NotANotebook(f"is not JSON: {error.msg}", error.lineno) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(
        isinstance(cell, dict) and "cell_type" in cell and isinstance(cell.get("metadata", {}), dict) for cell in cells
    ):
        raise NotANotebook("is not a notebook: expected a list 'cells', each with its cell_type and metadata")
    return text, notebook


def check_notebook(path: Path, bank: Bank, shown: str) -> Iterator[Fault]:
    """Faults of one source notebook: exercises that do not fit the bank, and untidiness."""
    try:
        text, notebook = read_notebook(path)
    except NotANotebook as problem:
        yield Fault(shown, problem.line, "notebook", str(problem))
        return
    lines = _Lines(text)
    seen: dict[str, int] = {}
    cells: list[dict[str, Any]] = notebook.get("cells", [])
    for use in uses(notebook):
        line = lines.of(f"{use.call}(")
        if use.item not in bank:
            if use.item not in bank.stood and not any(fault.item == use.item for fault in bank.faults):
                yield Fault(shown, lines.of(use.item), f"cell {use.cell + 1}", f"{use.call}({use.item!r}): the bank has no such item", use.item)
            continue
        item = bank[use.item]
        line = lines.of(use.item)
        if use.call == "practice":
            if item.use == "graded":
                yield Fault(shown, line, f"cell {use.cell + 1}", "practice() names a graded item; its key would be released", use.item)
            elif item.use == "exam":
                yield Fault(shown, line, f"cell {use.cell + 1}", "practice() names an exam item, which only mock() asks", use.item)
            continue
        if use.item in seen:
            yield Fault(shown, line, f"cell {use.cell + 1}", f"the exercise stands already in cell {seen[use.item] + 1}", use.item)
        seen[use.item] = use.cell
        yield from (
            Fault(shown, line, f"cell {use.cell + 1}", message, use.item)
            for message in _grade_cell(cells[use.cell], use.item, item.use, item.cell_points)
        )
    yield from (Fault(shown, line, where, message) for line, where, message in _untidy(notebook, text))


def _grade_cell(cell: dict[str, Any], item: str, use: str, points: float) -> Iterator[str]:
    if use != "graded":
        yield "exercise() names a practice item; use practice()" if use == "practice" else "exercise() names an exam item, which only mock() asks"
    grader = cell.get("metadata", {}).get("nbgrader")
    if not isinstance(grader, dict) or not grader.get("grade") or not grader.get("locked") or grader.get("solution"):
        yield "must stand in a locked grade cell (run 'medcoding tidy')"
        return
    if grader.get("grade_id") != item:
        yield f"the cell's grade_id is {grader.get('grade_id')!r}; it must equal the item's id"
    worth = grader.get("points")
    if not isinstance(worth, int | float) or worth != points:
        yield f"the cell is worth {grader.get('points')}; the item is worth {points:g}"
    if not _EXERCISE_LINE.match(source_text(cell).strip()):
        yield "a locked grade cell holds only the exercise line"


def _untidy(notebook: dict[str, Any], text: str) -> Iterator[tuple[int, str, str]]:
    ids: set[str] = set()
    for number, cell in enumerate(notebook.get("cells", []), 1):
        where = f"cell {number}"
        if cell.get("cell_type") == "code" and cell.get("outputs"):
            yield 1, where, "has outputs (run 'medcoding tidy')"
        if cell.get("cell_type") == "code" and cell.get("execution_count") is not None:
            yield 1, where, "has an execution count (run 'medcoding tidy')"
        name = cell.get("id", "")
        if not _CELL_ID.match(name) or re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4,})*", name):
            yield 1, where, f"its id {name!r} is no name (lower case words with hyphens)"
        if name in ids:
            yield 1, where, f"its id {name!r} stands twice"
        ids.add(name)
        if cell.get("cell_type") == "markdown" and (crowded := _two_sentences(source_text(cell))):
            yield 1, where, f"one sentence a line: {crowded[:60]!r}"
    if text != tidy_text(notebook):
        yield 1, "notebook", "is not in its tidy form: sorted metadata, no stray fields (run 'medcoding tidy')"


def _two_sentences(source: str) -> str:
    fenced = False
    for line in source.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if fenced or line.lstrip().startswith(("|", "<", "#")):
            continue
        bare = re.sub(r"\[[^\]]*\]|`[^`]*`|\b(?:e\.g|i\.e|vs|Dr|no|cf|p|pp|approx|etc|al)\.", "", line)
        if re.search(r"[a-z)][.?!] +[A-Z]", bare):
            return line
    return ""


def _known(metadata: dict[str, Any]) -> dict[str, Any]:
    """What may stand in a cell's metadata: nbgrader's, tags, and that the code of a picture is folded away."""
    known = {name: value for name, value in metadata.items() if name in ("nbgrader", "tags")}
    if metadata.get("jupyter") == {"source_hidden": True} and "nbgrader" not in known:
        known["jupyter"] = {"source_hidden": True}
    return known


def tidy_text(notebook: dict[str, Any]) -> str:
    """A notebook's tidy form: no outputs, sorted names, only known metadata, a newline at the end."""
    cells = []
    for cell in notebook.get("cells", []):
        lines = source_text(cell).rstrip("\n").split("\n")
        kept: dict[str, Any] = {
            "cell_type": cell["cell_type"],
            "id": cell.get("id", ""),
            "metadata": _known(cell.get("metadata", {})),
            "source": [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else []),
        }
        if cell["cell_type"] == "code":
            kept |= {"execution_count": None, "outputs": []}
        cells.append(kept)
    tidy = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(tidy, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def tidy(path: Path, bank: Bank) -> bool:
    """Put a source notebook into its tidy form; exercise cells get their grade metadata from the bank.

    Returns:
        whether the file changed.
    """
    before = path.read_text(encoding="utf-8")
    notebook = json.loads(before)
    for use in uses(notebook):
        cell = notebook["cells"][use.cell]
        if use.call == "exercise" and use.item in bank and _EXERCISE_LINE.match(source_text(cell).strip()):
            points = bank[use.item].cell_points
            whole: float | int = int(points) if points == int(points) else points
            cell.setdefault("metadata", {})["nbgrader"] = {**_GRADE, "grade_id": use.item, "points": whole}
            cell["id"] = use.item
    after = tidy_text(notebook)
    if after != before:
        write_atomic(path, after.encode())
    return after != before


class _Lines:
    """Line numbers of the first place where a text stands."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, part: str) -> int:
        place = self._text.find(part)
        return self._text.count("\n", 0, place) + 1 if place >= 0 else 1
