"""What a new run of grading changed: scores before and after, and their entries in the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import sqlalchemy as sa

from medcoding.grading.audit.tables import prepare, writing
from medcoding.grading.audit.trail import LONGEST_REASON, Entry, append, plain_text

PROGRAM = "medcoding"
"""Who the grader of an entry is where the program itself changed a score."""

SMALLEST = 1e-9
"""Scores that differ by less are the same."""


class Cell(NamedTuple):
    """A grade cell of a student's submission, by nbgrader's names."""

    student: str
    assignment: str
    notebook: str
    cell: str


@dataclass(frozen=True)
class ScoreChange:
    """One grade cell whose automatic score moved. `old` or `new` is None where there was or is none.

    `by_hand` says that a grader's points stand in its place: the trail keeps the change, and the student is told nothing.
    """

    cell: Cell
    old: float | None
    new: float | None
    reason: str = ""
    kind: Literal["autograde-change", "regrade-after-key-correction"] = "regrade-after-key-correction"
    by_hand: bool = False


def score_changes(
    before: Mapping[Cell, float | None],
    after: Mapping[Cell, float | None],
    reasons: Mapping[str, str] | None = None,
) -> list[ScoreChange]:
    """The cells whose score is another after a run than before it, sorted.

    A cell that was not graded before is no change; one that is gone from `after` was not graded again, and is none either.

    Args:
        reasons: why, by grade cell: those of key corrections. A change of a cell that is not in it is an `autograde-change`.
    """
    changes = []
    for cell in sorted(before.keys() & after.keys()):
        old, new = before[cell], after[cell]
        if old == new or (old is not None and new is not None and abs(old - new) < SMALLEST):
            continue
        reason = "" if reasons is None else reasons.get(cell.cell, "")
        corrected = reasons is None or cell.cell in reasons
        changes.append(ScoreChange(cell, old, new, reason, "regrade-after-key-correction" if corrected else "autograde-change"))
    return changes


def record_changes(where: sa.Engine | sa.Connection, rows: Iterable[ScoreChange], grader: str = PROGRAM) -> int:
    """Append an entry for each change; returns how many.

    Given a connection, they are part of its transaction: so they stand exactly if the scores do.

    Raises:
        NoGradebook: nbgrader has not made its tables in this database.
    """
    entries = [
        Entry(
            row.kind, grader, *row.cell, old_score=row.old, new_score=row.new, reason=plain_text(row.reason, LONGEST_REASON),
            detail={"by_hand": True} if row.by_hand else {},
        )
        for row in rows
    ]  # fmt: skip
    if not entries:
        return 0
    if isinstance(where, sa.Connection):
        prepare(where)
        append(where, entries)
    else:
        with writing(where) as connection:
            append(connection, entries)
    return len(entries)
