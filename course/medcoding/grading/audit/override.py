"""Points given by a grader with a reason, and decisions on requests: each with its entry, in one transaction."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from medcoding.grading.audit.changes import SMALLEST
from medcoding.grading.audit.requests import open_request
from medcoding.grading.audit.scores import CellScore, changed_meanwhile, find_score, set_points
from medcoding.grading.audit.tables import writing
from medcoding.grading.audit.trail import Entry, Refused, append, grader_of, lock, reason_of


class Unseen:
    """Stands for a score that the grader did not say to have seen."""


UNSEEN = Unseen()


def override(
    engine: sa.Engine,
    *,
    grader: str,
    student: str,
    assignment: str,
    cell: str,
    points: float | None,
    reason: str,
    notebook: str | None = None,
    was: float | Unseen | None = UNSEEN,
) -> Entry:
    """Set a grade cell's points by hand; None takes a grader's points back, so that the automatic ones count again.

    nbgrader keeps them as `manual_score`: no later grading changes them. Undone by another override.

    Args:
        was: the points that the grader saw. If others count by now, nothing is written.

    Raises:
        Refused: no such cell, points out of bounds, no reason.
        Conflict: somebody else changed the score since it was seen.
    """
    said, who = reason_of(reason), grader_of(grader)
    with writing(engine) as connection:
        lock(connection)
        before = _seen(find_score(connection, student, assignment, cell, notebook), was)
        entry = _set(connection, before, points, Entry("override", who, student, assignment, before.notebook, cell, reason=said))
        return append(connection, [entry])[0]


def decide(
    engine: sa.Engine,
    *,
    grader: str,
    student: str,
    assignment: str,
    cell: str,
    accept: bool,
    reason: str,
    points: float | None = None,
    notebook: str | None = None,
    was: float | Unseen | None = UNSEEN,
) -> Entry:
    """Decide the open request for a grade cell: accept it with new points, or reject it and leave the points alone.

    Raises:
        Refused: no request is open, points are missing or out of bounds, no reason.
        Conflict: somebody else changed the score since it was seen.
    """
    said, who = reason_of(reason), grader_of(grader)
    if accept and points is None:
        raise Refused("To accept a request, say the new points: --accept --points P")
    if not accept and points is not None:
        raise Refused("A rejected request changes no points. Leave --points out, or accept it with --accept.")
    with writing(engine) as connection:
        lock(connection)
        before = _seen(find_score(connection, student, assignment, cell, notebook), was)
        request = open_request(connection, student, assignment, before.notebook, cell)
        detail = {"request": request.seq, "decision": "accepted" if accept else "rejected"}
        entry = Entry("decision", who, student, assignment, before.notebook, cell, reason=said, detail=detail)
        if accept:
            entry = _set(connection, before, points, entry)
        else:
            entry = _scored(entry, before, before.counted)
        return append(connection, [entry])[0]


def _seen(now: CellScore, was: float | Unseen | None) -> CellScore:
    if isinstance(was, Unseen) or was == now.counted:
        return now
    if was is not None and now.counted is not None and abs(was - now.counted) < SMALLEST:
        return now
    raise changed_meanwhile(now.cell, was, now.counted)


def _set(connection: sa.Connection, before: CellScore, points: float | None, entry: Entry) -> Entry:
    after = set_points(connection, before, points)
    return _scored(entry, before, after.counted)


def _scored(entry: Entry, before: CellScore, counted: float | None) -> Entry:
    detail = {**entry.detail, "automatic": before.automatic, "manual_before": before.manual}
    return replace(entry, old_score=before.counted, new_score=counted, detail=detail)
