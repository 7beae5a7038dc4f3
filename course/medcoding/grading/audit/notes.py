"""What of the trail a student reads in feedback: changed points and decisions, with their reasons and without graders' names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from medcoding.findings import Finding, Severity, format_points
from medcoding.grading.audit.tables import AUDIT, engine_of, is_there
from medcoding.grading.audit.trail import Entry, Kind, entry_of

SHOWN: tuple[Kind, ...] = ("override", "decision", "regrade-after-key-correction")
RULE = "regraded"

Notes = Mapping[tuple[str, str], list["Note"]]
"""Notes by (notebook, grade cell), oldest first."""


@dataclass(frozen=True)
class Note:
    """A change of points, or a decision not to change them, as its student reads it."""

    at: str
    kind: Kind
    old: float | None
    new: float | None
    reason: str
    accepted: bool | None = None

    @property
    def text(self) -> str:
        """The note as a sentence and its reason, in plain text."""
        now = "no points of a grader" if self.new is None else _points(self.new)
        before = "" if self.old is None or self.old == self.new else f" ({format_points(self.old)} before)"
        said = {
            "override": f"A grader set this to {now}{before}.",
            "regrade-after-key-correction": f"The key was corrected; this now earns {now}{before}.",
            "decision": f"Your request was accepted: this counts {now}{before}." if self.accepted else "Your request was looked at; the points stay.",
        }[self.kind]
        if self.kind == "override" and self.new is None:
            said = "A grader took the points set by hand back; the automatic ones count."
        return f"{said} {self.reason}".strip() + f" ({self.at[:10]})"

    @property
    def finding(self) -> Finding:
        """The note as a finding, which feedback knows how to show."""
        return Finding(severity=Severity.INFO, rule=RULE, message=self.text)


def _points(points: float) -> str:
    return f"{format_points(points)} {'point' if points == 1 else 'points'}"


def notes_for(db_url: str, student: str, assignment: str) -> Notes:
    """The notes of one submission, in one query. A gradebook without a trail has none."""
    return _read(db_url, assignment, student).get(student, {})


def notes_of_assignment(db_url: str, assignment: str) -> Mapping[str, Notes]:
    """The notes of every submission of an assignment by student, in one query."""
    return _read(db_url, assignment, None)


def _read(db_url: str, assignment: str, student: str | None) -> Mapping[str, Notes]:
    query = sa.select(AUDIT).where(AUDIT.c.assignment == assignment, AUDIT.c.kind.in_(SHOWN)).order_by(AUDIT.c.seq)
    if student is not None:
        query = query.where(AUDIT.c.student == student)
    engine = engine_of(db_url)
    try:
        with engine.connect() as connection:
            rows: list[Any] = list(connection.execute(query))
    except (OperationalError, ProgrammingError):
        with engine.connect() as connection:
            if is_there(connection):
                raise
        return {}
    found: dict[str, dict[tuple[str, str], list[Note]]] = {}
    for row in rows:
        entry = entry_of(row)
        if entry.detail.get("by_hand"):
            continue
        found.setdefault(entry.student, {}).setdefault((entry.notebook, entry.cell), []).append(note_of(entry))
    return found


def note_of(entry: Entry) -> Note:
    """An entry as its student may read it."""
    accepted = entry.detail.get("decision") == "accepted" if entry.kind == "decision" else None
    return Note(entry.at, entry.kind, entry.old_score, entry.new_score, entry.reason, accepted)
