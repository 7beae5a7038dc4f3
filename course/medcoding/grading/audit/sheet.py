"""The sheet of marks: a CSV file of answers under pseudonyms, with a column a criterion. Safe in a spreadsheet, read as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from medcoding.findings import format_points
from medcoding.grading.audit.marks import Marked, Written
from medcoding.grading.audit.trail import Refused, plain_text
from medcoding.grading.lms.cells import TableProblem, guard, read_table, table_bytes, unguard
from medcoding.items.publication import write_atomic

FIRST = ("answer", "version", "text")
_MOST_FAULTS = 10
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def write_sheet(path: Path, answers: Sequence[Written], names: Mapping[str, str], own: Sequence[Marked]) -> None:
    """Write the sheet of a grader: every answer under its pseudonym, with the marks that this grader has given so far.

    Raises:
        Refused: nobody has written an answer yet.
    """
    if not answers:
        raise Refused("Nobody has written an answer to this exercise yet; there is nothing to mark.")
    given = {(one.student, one.notebook, one.cell, one.version): one.points for one in own}
    rows = [[*FIRST, *_heads(answers[0])]]
    for answer in sorted(answers, key=lambda one: names[one.score.student]):
        score = answer.score
        points = given.get((score.student, score.notebook, score.cell, answer.version))
        marks = ["" for _ in answer.rubric] if points is None else [format_points(value) for value in points]
        rows.append([names[score.student], answer.version, plain_text(answer.text, 20_000), *marks])
    write_atomic(path, table_bytes([[guard(cell) for cell in row] for row in rows], encoding="utf-8-sig"), mode=0o600)


def _heads(answer: Written) -> list[str]:
    return [f"{number}: {row.text} (0 to {format_points(row.points)})" for number, row in enumerate(answer.rubric, 1)]


def read_sheet(path: Path, answers: Sequence[Written], names: Mapping[str, str]) -> list[tuple[Written, tuple[float, ...]]]:
    """The marks of a filled-in sheet. Rows without any mark are passed over: they are not marked yet.

    Raises:
        Refused: the file is no such sheet, or rows have faults; names up to ten of them. Nothing of it is to be taken then.
    """
    rows = _rows(path)
    if not answers:
        raise Refused("Nobody has written an answer to this exercise yet; there is nothing to mark.")
    expected = [*FIRST, *_heads(answers[0])]
    found = [unguard(cell).strip() for cell in rows[0]] if rows else []
    if [head.split(":")[0].lower() for head in found] != [head.split(":")[0].lower() for head in expected]:
        raise Refused(f"{path.name} begins with the columns {', '.join(found[:8])[:200] or 'none'}; expected {', '.join(expected)}. Write a sheet with --export and fill that in.")
    by_name = {names[answer.score.student]: answer for answer in answers}
    marked: list[tuple[Written, tuple[float, ...]]] = []
    faults: list[str] = []
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row[len(FIRST):]):
            continue
        try:
            answer, points = _row(row, len(expected), by_name)
            name = names[answer.score.student]
            if name in seen:
                raise Refused(f"{name} stands in the sheet twice")
            seen.add(name)
            marked.append((answer, points))
        except Refused as fault:
            faults.append(f"  row {number}: {fault}")
    if faults:
        more = f"\n  and {len(faults) - _MOST_FAULTS} more" if len(faults) > _MOST_FAULTS else ""
        raise Refused(f"{path.name} was not taken in; nothing was recorded:\n" + "\n".join(faults[:_MOST_FAULTS]) + more)
    return marked


def _rows(path: Path) -> list[list[str]]:
    try:
        return read_table(path)
    except TableProblem as problem:
        raise Refused(f"{problem} A sheet to fill in is written with --export.") from None


def _row(row: Sequence[str], width: int, by_name: Mapping[str, Written]) -> tuple[Written, tuple[float, ...]]:
    if len(row) != width:
        raise Refused(f"has {len(row)} cells; expected {width}")
    name = row[0].strip()
    answer = by_name.get(name)
    if answer is None:
        raise Refused(f"nobody's answer is called {plain_text(name, 20)!r}")
    if row[1].strip() != answer.version:
        raise Refused(f"{name} has handed in another text since this sheet was written; write a new sheet with --export")
    points: list[float] = []
    for criterion, cell in zip(answer.rubric, row[len(FIRST):], strict=True):
        text = cell.strip().replace(",", ".")
        value = float(text) if _NUMBER.fullmatch(text) else -1.0
        if not 0 <= value <= criterion.points:
            raise Refused(f"{name}: {plain_text(cell, 20)!r} for “{criterion.text}”; expected 0 to {format_points(criterion.points)}")
        points.append(round(value, 2))
    return answer, tuple(points)
