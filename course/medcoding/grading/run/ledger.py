"""The ledger: which submission was graded by which keys and which program, in the gradebook's own database.

A row is written in the transaction that writes the grades, so there is never one without the other. A run that was
killed at any moment goes on where it was, and nothing is graded twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.engine import Connection, Engine

TABLES = MetaData()
LEDGER = Table(
    "medcoding_ledger",
    TABLES,
    Column("assignment", String(255), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("submission", String(32), nullable=False),
    Column("released", String(32), nullable=False),
    Column("scorer", String(80), nullable=False),
    Column("results", Text, nullable=False),
    Column("lines", Text, nullable=False),
    Column("runs", Integer, nullable=False),
    Column("at", DateTime, nullable=False),
)


@dataclass(frozen=True)
class Entry:
    """What the ledger holds of one submission. `results`: notebook → cell → [score or None, waits, digest of its output]."""

    student: str
    submission: str
    released: str
    scorer: str
    results: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    runs: int = 1

    @property
    def key(self) -> tuple[str, str, str]:
        """What must be the same for a submission to count as graded."""
        return self.submission, self.released, self.scorer


def prepare(engine: Engine) -> None:
    """Make the table where it is not there yet."""
    TABLES.create_all(engine)


def read(connection: Connection, assignment: str, students: Sequence[str]) -> dict[str, Entry]:
    """The entries of some students, at most a few hundred, by student."""
    rows = connection.execute(select(LEDGER).where(LEDGER.c.assignment == assignment, LEDGER.c.student.in_(students)))
    return {
        row.student: Entry(row.student, row.submission, row.released, row.scorer, json.loads(row.results), tuple(json.loads(row.lines)), row.runs)
        for row in rows
    }


def write(connection: Connection, assignment: str, entry: Entry) -> None:
    """Put an entry in place of the one before, in the caller's transaction."""
    connection.execute(delete(LEDGER).where(LEDGER.c.assignment == assignment, LEDGER.c.student == entry.student))
    connection.execute(
        insert(LEDGER).values(
            assignment=assignment, student=entry.student, submission=entry.submission, released=entry.released, scorer=entry.scorer,
            results=json.dumps(entry.results), lines=json.dumps(entry.lines), runs=entry.runs,
            at=datetime.now(UTC).replace(tzinfo=None),
        )
    )
