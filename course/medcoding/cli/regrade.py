"""`medcoding regrade | audit | anonymity`: requests, points given by hand with a reason, and the trail of it all."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medcoding.cli import marking
from medcoding.cli.common import columns, fail

if TYPE_CHECKING:
    from medcoding.grading.audit.desk import Desk
    from medcoding.grading.audit.trail import Entry

KINDS = ("override", "request", "decision", "mark", "autograde-change", "regrade-after-key-correction", "reveal")


def add(commands: Any) -> None:
    """Add the commands to the parser's."""
    regrade = commands.add_parser("regrade", help="regrade requests: list, compare, override with a reason, decide")
    actions = regrade.add_subparsers(dest="action", required=True, metavar="ACTION")

    listing = actions.add_parser("list", help="take in the requests that were handed in, and show those that are open")
    listing.add_argument("assignment", metavar="ASSIGNMENT")
    listing.add_argument("--all", action="store_true", help="show decided ones too")
    _finish(listing, _list)

    show = actions.add_parser("show", help="the answer beside the key, the parts of the score, findings and history")
    show.add_argument("student", metavar="STUDENT")
    show.add_argument("item", metavar="ITEM")
    show.add_argument("--assignment", metavar="NN", help="where an exercise of that name stands in several")
    show.add_argument("--notebook", metavar="NAME")
    _finish(show, _show)

    request = actions.add_parser("request", help="write a student's request down")
    _cell(request)
    request.add_argument("--reason", required=True, help="what the student says")
    _finish(request, _request, grader=True)

    override = actions.add_parser("override", help="give points by hand, with the reason that the student will read")
    _cell(override)
    points = override.add_mutually_exclusive_group()
    points.add_argument("--points", type=_points, metavar="P", help="the points that count from now on")
    points.add_argument("--automatic", action="store_true", help="take points given by hand back: the automatic ones count again")
    override.add_argument("--reason", required=True)
    override.add_argument("--was", type=_seen, metavar="P", default=argparse.SUPPRESS, help="the points you saw (or 'none'): refuse if others count by now")
    decision = override.add_mutually_exclusive_group()
    decision.add_argument("--accept", action="store_true", help="decide the open request: accept it with --points")
    decision.add_argument("--reject", action="store_true", help="decide the open request: the points stay")
    _finish(override, _override, grader=True)

    audit = commands.add_parser("audit", help="the trail of changed scores: who, what, when, why; --verify proves it whole")
    audit.add_argument("assignment", metavar="ASSIGNMENT", nargs="?")
    audit.add_argument("--student", metavar="STUDENT")
    audit.add_argument("--item", metavar="ITEM")
    audit.add_argument("--kind", choices=KINDS)
    audit.add_argument("--last", type=int, metavar="N", default=50, help="how many entries to show (default: 50)")
    audit.add_argument("--csv", type=Path, metavar="FILE", help="write all of them to a file instead")
    audit.add_argument("--verify", action="store_true", help="look for entries that were changed or removed")
    audit.add_argument("--head", metavar="HASH", default="", help="with --verify: a hash noted before, which must still be in the trail")
    _finish(audit, _audit)

    anonymity = commands.add_parser("anonymity", help="pseudonyms of students")
    reveal = anonymity.add_subparsers(dest="action", required=True, metavar="ACTION").add_parser(
        "reveal", help="who is behind pseudonyms; the trail notes that you looked"
    )
    reveal.add_argument("pseudonyms", nargs="*", metavar="PSEUDONYM", help="such as S-7F3K (default: the whole class)")
    _finish(reveal, _reveal, grader=True, anonymous=False)

    marking.add(commands)


def _cell(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("student", metavar="STUDENT", help="an id, or a pseudonym such as S-7F3K")
    parser.add_argument("assignment", metavar="ASSIGNMENT")
    parser.add_argument("item", metavar="ITEM")
    parser.add_argument("--notebook", metavar="NAME", help="where an exercise of that name stands in several")


def _finish(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int], *, grader: bool = False, anonymous: bool = True) -> None:
    if anonymous:
        parser.add_argument("--anonymous", action="store_true", help="name students by pseudonyms (the setting Course.anonymous does so always)")
    if grader:
        parser.add_argument("--grader", metavar="NAME", help="who you are (default: the login)")
    parser.set_defaults(run=marking.guarded(run))


def _points(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no number of points, such as 1 or 0.5") from None


def _seen(text: str) -> float | None:
    return None if text == "none" else _points(text)


def _list(options: argparse.Namespace) -> int:
    from medcoding.findings import format_points
    from medcoding.grading.audit.requests import requests_of, take_in
    from medcoding.grading.audit.scores import scores

    desk = marking.desk(options)
    assignment = desk.assignment(options.assignment)
    taken = take_in(desk.course, desk.engine, assignment)
    for student, problem in taken.problems:
        print(f"{desk.names.shown(student)}: {problem}", file=sys.stderr)
    with desk.engine.connect() as connection:
        found = [one for one in requests_of(connection, assignment) if options.all or one.decided is None]
        now = {(one.student, one.notebook, one.cell): one for one in scores(connection, assignment)} if found else {}
    rows = [["number", "student", "item", "points", "asked", "state", "reason"]]
    for one in found:
        asked = one.asked
        score = now.get((asked.student, asked.notebook, asked.cell))
        points = "–" if score is None else f"{'–' if score.counted is None else format_points(score.counted)} of {format_points(score.maximum)}"
        rows.append([str(asked.seq), desk.names.shown(asked.student), asked.cell, points, asked.at[:10], one.state, marking.short(asked.reason)])
    if found:
        print(columns(rows))
    waiting = sum(one.decided is None for one in found)
    print(f"{assignment}: {waiting} open request{'' if waiting == 1 else 's'}, {len(taken.new)} of them new.")
    return 0


def _show(options: argparse.Namespace) -> int:
    from medcoding.grading.audit.compare import comparison
    from medcoding.grading.audit.records import read_record
    from medcoding.grading.audit.trail import entries_of

    desk = marking.desk(options)
    student = desk.names.student(options.student)
    assignment = None if options.assignment is None else desk.assignment(options.assignment)
    score = desk.score(student, options.item, assignment, options.notebook)
    record = read_record(desk.course, student, score.assignment, score.notebook, score.cell)
    with desk.engine.connect() as connection:
        history = entries_of(connection, student=student, assignment=score.assignment, notebook=score.notebook, cell=score.cell)
    name = desk.names.shown(student)
    print(comparison(score, record, history, name))
    was = "none" if score.counted is None else f"{score.counted:.12g}"
    print(f"\nTo change it: medcoding regrade override {name} {score.assignment} {score.cell} --was {was} --points P --reason \"…\"")
    return 0


def _request(options: argparse.Namespace) -> int:
    from medcoding.grading.audit.desk import login
    from medcoding.grading.audit.requests import ask

    desk = marking.desk(options)
    entry = ask(
        desk.engine, grader=login(options.grader), student=desk.names.student(options.student), assignment=desk.assignment(options.assignment),
        cell=options.item, reason=options.reason, notebook=options.notebook,
    )  # fmt: skip
    print(f"Request {entry.seq} is recorded. Look at it: medcoding regrade show {desk.names.shown(entry.student)} {entry.cell}")
    return 0


def _override(options: argparse.Namespace) -> int:
    from medcoding.grading.audit.desk import login
    from medcoding.grading.audit.override import UNSEEN, decide, override
    from medcoding.grading.audit.requests import requests_of
    from medcoding.grading.audit.scores import shown

    desk = marking.desk(options)
    student, assignment = desk.names.student(options.student), desk.assignment(options.assignment)
    common: dict[str, Any] = {
        "grader": login(options.grader), "student": student, "assignment": assignment, "cell": options.item, "reason": options.reason,
        "notebook": options.notebook, "was": getattr(options, "was", UNSEEN),
    }  # fmt: skip
    if options.accept or options.reject:
        entry = decide(desk.engine, accept=options.accept, points=options.points, **common)
    elif options.points is None and not options.automatic:
        return fail("Say the new points: --points P; or --automatic to take points given by hand back; or --reject to leave them.")
    else:
        entry = override(desk.engine, points=options.points, **common)
    print(f"{desk.names.shown(student)}, {entry.cell}: {shown(entry.old_score)} before, {shown(entry.new_score)} now. Recorded as entry {entry.seq}.")
    if entry.kind == "override":
        with desk.engine.connect() as connection:
            if any(one.decided is None and one.asked.cell == entry.cell for one in requests_of(connection, assignment, student)):
                print("The student's request for it is still open; decide it with --accept or --reject.")
    print(f"To show it to the student: medcoding feedback {assignment}")
    return 0


def _audit(options: argparse.Namespace) -> int:
    from medcoding.grading.audit.compare import told
    from medcoding.grading.audit.trail import entries_of, verify

    desk = marking.desk(options)
    if options.verify:
        found = verify(desk.engine, options.head)
        for fault in found.faults:
            print(fault, file=sys.stderr)
        print(f"{found.count:,} entr{'y' if found.count == 1 else 'ies'}, {len(found.faults)} fault{'' if len(found.faults) == 1 else 's'}. The last has the hash {found.head}")
        if not found.faults:
            print("Note that hash elsewhere; 'medcoding audit --verify --head HASH' proves later that the trail still goes back to it.")
        return 1 if found.faults else 0
    student = None if options.student is None else desk.names.student(options.student)
    assignment = None if options.assignment is None else desk.assignment(options.assignment)
    with desk.engine.connect() as connection:
        entries = entries_of(
            connection, kinds=(options.kind,) if options.kind else (), newest=None if options.csv else options.last,
            student=student, assignment=assignment, cell=options.item,
        )  # fmt: skip
    if options.csv:
        return _write(options.csv, entries, desk)
    for entry in entries:
        of = [part for part in (entry.assignment, entry.cell, desk.names.shown(entry.student) if entry.student else "") if part]
        print(f"{entry.seq:>5}  {' '.join(of)}  {told(entry)}")
    print(f"{len(entries)} entr{'y' if len(entries) == 1 else 'ies'} shown.")
    return 0


def _write(path: Path, entries: Sequence[Entry], desk: Desk) -> int:
    """The entries as a CSV file that is safe in a spreadsheet."""
    from medcoding.grading.lms.cells import safe, table_bytes
    from medcoding.items.publication import write_atomic

    rows = [["number", "at (UTC)", "kind", "grader", "student", "assignment", "notebook", "item", "old score", "new score", "reason", "hash"]]
    for one in entries:
        old, new = ("" if value is None else f"{value:g}" for value in (one.old_score, one.new_score))
        student = desk.names.shown(one.student) if one.student else ""
        rows.append([str(one.seq), one.at, one.kind, one.grader, student, one.assignment, one.notebook, one.cell, old, new, one.reason, one.hash])
    try:
        write_atomic(path, table_bytes([[safe(cell) for cell in row] for row in rows], encoding="utf-8-sig"), mode=0o600)
    except OSError as error:
        return fail(f"{path}: the trail could not be written: {error.strerror}")
    print(f"{path}: {len(entries)} entr{'y' if len(entries) == 1 else 'ies'}.")
    return 0


def _reveal(options: argparse.Namespace) -> int:
    from medcoding.grading.audit.desk import login
    from medcoding.grading.audit.tables import writing
    from medcoding.grading.audit.trail import Entry, append, plain_text

    desk = marking.desk(options)
    wanted = [desk.names.student(one) for one in options.pseudonyms] or list(desk.names.class_list)
    which = ", ".join(desk.names.by_student[one] for one in wanted) if options.pseudonyms else "the whole class"
    with writing(desk.engine) as connection:
        append(connection, [Entry("reveal", login(options.grader), "", "", reason=f"Looked up {which}")])
    rows = [["pseudonym", "student"], *sorted([desk.names.by_student[one], plain_text(one, 128).replace("\n", " ")] for one in wanted)]
    print(columns(rows))
    return 0
