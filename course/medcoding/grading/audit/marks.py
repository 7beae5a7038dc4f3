"""Marks of several graders for the same written answers: each grader's own, read against the rubric, without sight of the others'."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Literal

import sqlalchemy as sa

from medcoding.findings import format_points
from medcoding.forms.text import Criterion
from medcoding.grading.audit.records import read_record
from medcoding.grading.audit.scores import CellScore, scores, set_points
from medcoding.grading.audit.tables import MARKS, is_there, writing
from medcoding.grading.audit.trail import Entry, Refused, append, entries_of, grader_of, lock, reason_of
from medcoding.grading.places import Course

Policy = Literal["agreed", "mean", "higher"]


@dataclass(frozen=True)
class Written:
    """A written answer that a grader marks: its grade cell, its text, and the rubric of its item."""

    score: CellScore
    text: str
    rubric: tuple[Criterion, ...]

    @property
    def version(self) -> str:
        """Names the text: marks hold for it alone. Begins with a letter, so that no spreadsheet takes it for a number."""
        return f"v{hashlib.sha256(self.text.encode()).hexdigest()[:15]}"


@dataclass(frozen=True)
class Marked:
    """One grader's marks of one answer: points by criterion, on the rubric's own scale."""

    grader: str
    student: str
    notebook: str
    cell: str
    version: str
    points: tuple[float, ...]
    possible: tuple[float, ...]
    texts: tuple[str, ...]

    @property
    def total(self) -> float:
        """All points."""
        return sum(self.points)

    @property
    def share(self) -> float:
        """Points as a share of what was possible."""
        return self.total / sum(self.possible)


def written_answers(course: Course, engine: sa.Engine, assignment: str, cell: str, notebook: str | None = None) -> list[Written]:
    """Every answer to a written exercise that waits or waited for a grader; those who wrote nothing are not among them.

    Raises:
        Refused: nobody's submission has the exercise, it stands in several notebooks, it is no written one, or answers stand under two rubrics.
    """
    with engine.connect() as connection:
        found = scores(connection, assignment, cell=cell, notebook=notebook)
    notebooks = sorted({one.notebook for one in found})
    if len(notebooks) > 1:
        raise Refused(f"{cell} stands in the notebooks {', '.join(notebooks)}; say which: --notebook NAME")
    if not found:
        raise Refused(f"No graded submission of {assignment} has an exercise {cell[:80]!r}. Grade it first: medcoding grade {assignment}")
    answers = []
    for score in found:
        record = read_record(course, score.student, assignment, score.notebook, cell)
        if record is None or record.item.form != "text":
            form = "no exercise of this course" if record is None else f"of the form {record.item.form!r}, which the program scores"
            raise Refused(f"{cell} is {form}; only written exercises (form 'text') are marked by several graders.")
        text = str((record.answer or {}).get("text", ""))
        if text.strip():
            answers.append(Written(score, text, record.item.key.rubric))
    if len({answer.rubric for answer in answers}) > 1:
        raise Refused(
            f"The rubric of {cell} was changed after it was answered, so its answers stand under several. "
            f"Have the new one count for all first: medcoding correct {assignment} {cell} --reason \"…\" and grade again."
        )
    return answers


def save_marks(engine: sa.Engine, grader: str, assignment: str, marked: Sequence[tuple[Written, Sequence[float]]]) -> int:
    """Keep a grader's marks: all of them or none. Marks that are as before are passed over; returns how many are new or changed.

    Raises:
        Refused: a mark is not in [0, what its criterion is worth], or a row has too few or too many.
    """
    who = grader_of(grader)
    for answer, points in marked:
        check_marks(answer.rubric, points)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with writing(engine) as connection:
        lock(connection)
        before = {(one.student, one.notebook, one.cell): one for one in marks_of(connection, assignment, grader=who)}
        entries = []
        for answer, points in marked:
            score = answer.score
            old = before.get((score.student, score.notebook, score.cell))
            if old is not None and (old.version, old.points) == (answer.version, tuple(points)):
                continue
            connection.execute(
                sa.delete(MARKS).where(
                    MARKS.c.grader == who, MARKS.c.assignment == assignment, MARKS.c.notebook == score.notebook,
                    MARKS.c.cell == score.cell, MARKS.c.student == score.student,
                )
            )
            common = {"at": now, "grader": who, "assignment": assignment, "notebook": score.notebook, "cell": score.cell,
                      "student": score.student, "version": answer.version}
            connection.execute(sa.insert(MARKS), [
                {**common, "criterion": number, "text": row.text, "points": value, "possible": row.points}
                for number, (row, value) in enumerate(zip(answer.rubric, points, strict=True))
            ])  # fmt: skip
            whole = sum(row.points for row in answer.rubric)
            entries.append(Entry(
                "mark", who, score.student, assignment, score.notebook, score.cell,
                old_score=None if old is None else _rounded(old.share, score.maximum), new_score=_rounded(sum(points) / whole, score.maximum),
                detail={"marks": list(points), "version": answer.version},
            ))  # fmt: skip
        append(connection, entries)
    return len(entries)


def check_marks(rubric: Sequence[Criterion], points: Sequence[float]) -> None:
    """Whether marks fit a rubric.

    Raises:
        Refused: they do not; says which and what was expected.
    """
    if len(points) != len(rubric):
        raise Refused(f"{len(points)} marks were given; the rubric has {len(rubric)} criteria, and each needs one.")
    for row, value in zip(rubric, points, strict=True):
        if not (isfinite(value) and 0 <= value <= row.points):
            raise Refused(f"{value:g} points were given for “{row.text}”; expected 0 to {format_points(row.points)}.")


def marks_of(connection: sa.Connection, assignment: str, *, grader: str | None = None, cell: str | None = None) -> list[Marked]:
    """The marks of an assignment, by cell, student and grader."""
    if not is_there(connection):
        return []
    query = sa.select(MARKS).where(MARKS.c.assignment == assignment)
    for column, value in ((MARKS.c.grader, grader), (MARKS.c.cell, cell)):
        if value is not None:
            query = query.where(column == value)
    query = query.order_by(MARKS.c.notebook, MARKS.c.cell, MARKS.c.student, MARKS.c.grader, MARKS.c.criterion)
    rows: dict[tuple[str, ...], list[Any]] = {}
    for row in connection.execute(query):
        rows.setdefault((row.grader, row.student, row.notebook, row.cell, row.version), []).append(row)
    return [
        Marked(
            own[0].grader, own[0].student, own[0].notebook, own[0].cell, own[0].version,
            tuple(row.points for row in own), tuple(row.possible for row in own), tuple(row.text for row in own),
        )
        for own in rows.values()
    ]


@dataclass(frozen=True)
class Settled:
    """What settling came to: entries written, and (student, why not) of the answers left as they are."""

    written: tuple[Entry, ...]
    left: tuple[tuple[str, str], ...]


def settle(
    engine: sa.Engine, *, grader: str, answers: Sequence[Written], policy: Policy, reason: str = ""
) -> Settled:
    """Give the points that two or more graders' marks come to, as a grader's points with a reason.

    "agreed" settles the answers whose graders gave the same total; "mean" and "higher" settle the others too, and need a reason.
    Points that were given by hand otherwise are never overwritten.

    Raises:
        Refused: "mean" or "higher" without a reason.
    """
    who = grader_of(grader)
    said = reason_of(reason, least=0 if policy == "agreed" else 3)
    written: list[Entry] = []
    left: list[tuple[str, str]] = []
    with writing(engine) as connection:
        lock(connection)
        for answer in answers:
            outcome = _settle_one(connection, who, answer, policy, said)
            if isinstance(outcome, str):
                left.append((answer.score.student, outcome))
            elif outcome is not None:
                written.append(outcome)
        placed = append(connection, written)
    return Settled(tuple(placed), tuple(left))


def _settle_one(connection: sa.Connection, who: str, answer: Written, policy: Policy, said: str) -> Entry | str | None:
    """The entry to write, or why the answer is left as it is; None where nothing would change."""
    seen = answer.score
    (score,) = scores(connection, seen.assignment, student=seen.student, cell=seen.cell, notebook=seen.notebook)
    own = [one for one in marks_of(connection, seen.assignment, cell=seen.cell) if one.student == seen.student and one.notebook == seen.notebook]
    own = [one for one in own if one.version == answer.version]
    if len(own) < 2:
        return f"{'one grader has' if own else 'nobody has'} marked this text; two are needed"
    shares = [one.share for one in own]
    if policy == "agreed" and max(shares) != min(shares):
        return f"the graders differ: {' and '.join(_told(one) for one in own)}"
    share = max(shares) if policy == "higher" else sum(shares) / len(shares)
    points = _rounded(share, score.maximum)
    if score.manual is not None and score.manual != _settled_before(connection, score):
        return f"a grader gave {format_points(score.manual)} by hand; override that if it is to change"
    if score.manual == points:
        return None
    how = "who agree" if max(shares) == min(shares) else f"whose {'mean' if policy == 'mean' else 'higher mark'} counts"
    text = f"Marked by {len(own)} graders independently, {how}. {said}".strip()
    after = set_points(connection, score, points)
    return Entry(
        "override", who, score.student, score.assignment, score.notebook, score.cell, old_score=score.counted, new_score=after.counted,
        reason=text, detail={"settled": policy, "marks": {one.grader: list(one.points) for one in own}},
    )  # fmt: skip


def _settled_before(connection: sa.Connection, score: CellScore) -> float | None:
    """The points that the last settling gave, if no grader has changed them since."""
    past = entries_of(connection, kinds=("override", "decision"), assignment=score.assignment, student=score.student, notebook=score.notebook, cell=score.cell)
    return past[-1].new_score if past and "settled" in past[-1].detail else None


def _told(one: Marked) -> str:
    return f"{format_points(one.total)} of {format_points(sum(one.possible))} ({one.grader})"


def _rounded(share: float, maximum: float) -> float:
    return min(maximum, round(share * maximum + 1e-9, 2))


def by_answer(marked: Iterable[Marked]) -> Mapping[tuple[str, str, str, str], list[Marked]]:
    """Marks of the same text: by notebook, cell, student and version."""
    found: dict[tuple[str, str, str, str], list[Marked]] = {}
    for one in marked:
        found.setdefault((one.notebook, one.cell, one.student, one.version), []).append(one)
    return found
