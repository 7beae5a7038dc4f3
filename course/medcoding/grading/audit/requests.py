"""Regrade requests: handed in as a file beside the answers, or written down by a grader. Student files are data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from medcoding.grading.audit.scores import CellScore, find_score, scores
from medcoding.grading.audit.tables import writing
from medcoding.grading.audit.trail import Entry, Refused, append, entries_of, grader_of, lock, plain_text, reason_of
from medcoding.grading.places import Course
from medcoding.items.answers import AnswersProblem, parse_bounded, read_plain_file

FILES = ("regrade.yaml", "regrade.yml", "regrade.json")
MOST_BYTES = 64_000
MOST_REQUESTS = 50
HAND_IN = "handed in"
_START = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*):(?:\s+|$)(.*)")


@dataclass(frozen=True)
class Request:
    """A request and, once there is one, the decision on it."""

    asked: Entry
    decided: Entry | None = None

    @property
    def state(self) -> str:
        """open, accepted or rejected."""
        return "open" if self.decided is None else str(self.decided.detail.get("decision", "decided"))


def requests_of(connection: sa.Connection, assignment: str, student: str | None = None) -> list[Request]:
    """The requests of an assignment in the order in which they were made."""
    entries = entries_of(connection, kinds=("request", "decision"), assignment=assignment, student=student)
    decided = {entry.detail.get("request"): entry for entry in entries if entry.kind == "decision"}
    return [Request(entry, decided.get(entry.seq)) for entry in entries if entry.kind == "request"]


def open_request(connection: sa.Connection, student: str, assignment: str, notebook: str, cell: str) -> Entry:
    """The open request for a grade cell.

    Raises:
        Refused: there is none; says how the last one was decided.
    """
    own = [one for one in requests_of(connection, assignment, student) if (one.asked.notebook, one.asked.cell) == (notebook, cell)]
    for one in own:
        if one.decided is None:
            return one.asked
    last = own[-1].decided if own else None
    if last is not None:
        raise Refused(
            f"The request for {cell} was {own[-1].state} by {last.grader} on {last.at[:10]}: {last.reason} "
            "To change the points all the same, override them without --accept or --reject."
        )
    raise Refused(f"No request for {cell} is open. Override the points without --accept or --reject, or record a request first: medcoding regrade request")


def ask(engine: sa.Engine, *, grader: str, student: str, assignment: str, cell: str, reason: str, notebook: str | None = None) -> Entry:
    """Write a student's request down for a grader, who is named in it.

    Raises:
        Refused: no such cell, no reason, or a request for the cell is open already.
    """
    said, who = reason_of(reason), grader_of(grader)
    with writing(engine) as connection:
        lock(connection)
        score = find_score(connection, student, assignment, cell, notebook)
        for one in requests_of(connection, assignment, student):
            if one.decided is None and (one.asked.notebook, one.asked.cell) == (score.notebook, cell):
                raise Refused(f"A request for {cell} is open already (number {one.asked.seq}): {one.asked.reason}")
        return append(connection, [_entry(score, said, who, "written down")])[0]


@dataclass(frozen=True)
class TakenIn:
    """What was taken in of handed-in requests: the new ones, and (student, problem in words) of those that could not be."""

    new: tuple[Entry, ...]
    problems: tuple[tuple[str, str], ...]


def take_in(course: Course, engine: sa.Engine, assignment: str) -> TakenIn:
    """Record the requests handed in with the submissions of an assignment. What is recorded already is passed over.

    Never raises because of what a student's file holds.
    """
    with engine.connect() as connection:
        by_student: dict[str, list[CellScore]] = {}
        for score in scores(connection, assignment):
            by_student.setdefault(score.student, []).append(score)
    wanted: list[tuple[CellScore, str]] = []
    problems: list[tuple[str, str]] = []
    for student, cells in by_student.items():
        try:
            asked = read_requests(course.folder("submitted", assignment, student))
        except Refused as problem:
            problems.append((student, str(problem)))
            continue
        for name, text in asked.items():
            matching = [cell for cell in cells if cell.cell == name]
            if not matching:
                problems.append((student, f"asks about {plain_text(name, 80)!r}, which is no exercise of {assignment}"))
            elif len(text) < 3:
                problems.append((student, f"asks about {name} and gives no reason"))
            else:
                wanted.append((matching[0], text))
    if not wanted:
        return TakenIn((), tuple(problems))
    with writing(engine) as connection:
        lock(connection)
        known = {(one.asked.student, one.asked.notebook, one.asked.cell, one.asked.reason) for one in requests_of(connection, assignment)}
        waiting = {(one.asked.student, one.asked.notebook, one.asked.cell) for one in requests_of(connection, assignment) if one.decided is None}
        new = [
            _entry(score, text, "", HAND_IN) for score, text in wanted
            if (score.student, score.notebook, score.cell, text) not in known and (score.student, score.notebook, score.cell) not in waiting
        ]
        return TakenIn(tuple(append(connection, new)), tuple(problems))


def _entry(score: CellScore, reason: str, grader: str, how: str) -> Entry:
    return Entry(
        "request", grader, score.student, score.assignment, score.notebook, score.cell, old_score=score.counted, reason=reason, detail={"how": how}
    )


def read_requests(folder: Path) -> dict[str, str]:
    """The requests of a submission's folder, reason by exercise; none where there is no file.

    `regrade.yaml` holds lines such as `exercise-id: why`, a reason going on in the lines after it; `regrade.json` the same as an object.

    Raises:
        Refused: the file cannot be read; says what was found.
    """
    for name in FILES:
        try:
            content = read_plain_file(folder / name)
        except AnswersProblem as problem:
            raise Refused(str(problem)) from None
        if content is not None:
            return _checked(_parse(content, name), name)
    return {}


def _parse(content: bytes, name: str) -> Any:
    if len(content) > MOST_BYTES:
        raise Refused(f"{name} has {len(content):,} bytes; at most {MOST_BYTES:,} are read.")
    try:
        return parse_bounded(content, name) if name.endswith(".json") else _paragraphs(content.decode("utf-8-sig"), name)
    except AnswersProblem as problem:
        raise Refused(str(problem)) from None
    except UnicodeDecodeError:
        raise Refused(f"{name} is no text in UTF-8. Expected lines such as 'exercise-id: why'.") from None


def _paragraphs(text: str, name: str) -> dict[str, str]:
    """Requests from lines: one that begins with an exercise's id and a colon begins a request, what follows goes on with it."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in text.splitlines():
        start = _START.match(line)
        if start:
            if start[1] in found:
                raise Refused(f"{name} names {start[1][:60]} twice. Write one request for an exercise.")
            current = found.setdefault(start[1], [])
            line = "" if start[2] in ("|", ">", "|-", ">-") else start[2]
        elif not line.strip() or line.startswith(("#", "---")):
            continue
        if current is None:
            raise Refused(f"{name} begins with {plain_text(line, 60)!r}. Expected lines such as 'exercise-id: why'.")
        current.append(line.strip())
    return {item: _unquoted(" ".join(lines).strip()) for item, lines in found.items()}


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _checked(data: Any, name: str) -> dict[str, str]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise Refused(f"{name} is no list of requests. Expected lines such as 'exercise-id: why'.")
    if len(data) > MOST_REQUESTS:
        raise Refused(f"{name} holds {len(data)} requests; at most {MOST_REQUESTS} are read.")
    return dict(_lines(data, name))


def _lines(data: Mapping[Any, Any], name: str) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise Refused(f"{name}: {plain_text(str(key), 60)!r} has no text as its reason. Expected lines such as 'exercise-id: why'.")
        yield key.strip(), plain_text(value, 2_000)
