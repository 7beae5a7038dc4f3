"""The trail: entries are appended, each with the hash of the one before, and never changed."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from medcoding.grading.audit.tables import AUDIT, HEAD, START, is_guarded, is_there, looking

Kind = Literal["override", "request", "decision", "mark", "autograde-change", "regrade-after-key-correction", "reveal"]
KINDS: tuple[str, ...] = get_args(Kind)
LONGEST_REASON = 2_000
LONGEST_NAME = 128
_JOINERS = "\u200c\u200d"  # some scripts cannot be written without them


class Refused(ValueError):
    """A request, decision, override or mark cannot be recorded; nothing was written. The message says what to do."""


@dataclass(frozen=True)
class Entry:
    """One change, request or decision.

    Scores are the points that count for a grade cell, without extra credit; None is none yet. `detail` is plain data,
    such as which request was decided. `seq`, `at`, `previous` and `hash` are given by `append`.
    """

    kind: Kind
    grader: str
    student: str
    assignment: str
    notebook: str = ""
    cell: str = ""
    old_score: float | None = None
    new_score: float | None = None
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""
    seq: int = 0
    previous: str = ""
    hash: str = ""

    def row(self) -> dict[str, Any]:
        """The entry as its row in the table."""
        scores = {name: None if value is None else float(value) for name, value in (("old_score", self.old_score), ("new_score", self.new_score))}
        return {**asdict(self), **scores, "detail": json.dumps(dict(self.detail), sort_keys=True)}


def append(connection: sa.Connection, entries: Iterable[Entry]) -> list[Entry]:
    """Append entries within the connection's transaction; returns them as written. Others who append wait for its end."""
    new = list(entries)
    if not new:
        return []
    lock(connection)
    seq, previous = connection.execute(sa.select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.id == 1)).one()
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    written: list[Entry] = []
    for entry in new:
        seq += 1
        placed = replace(entry, at=entry.at or now, seq=seq, previous=previous, hash="")
        previous = digest(placed.row())
        written.append(replace(placed, hash=previous))
    connection.execute(sa.insert(AUDIT), [entry.row() for entry in written])
    connection.execute(sa.update(HEAD).where(HEAD.c.id == 1).values(seq=seq, hash=previous))
    return written


def lock(connection: sa.Connection) -> None:
    """Wait until nobody else appends, and keep others waiting until this transaction ends."""
    connection.execute(sa.update(HEAD).where(HEAD.c.id == 1).values(seq=HEAD.c.seq))


def digest(row: Mapping[str, Any]) -> str:
    """The hash of a row: SHA-256 over its columns in the table's order, but for the hash itself."""
    values = [row[column.name] for column in AUDIT.columns if column.name != "hash"]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def entries_of(connection: sa.Connection, *, kinds: Sequence[Kind] = (), newest: int | None = None, **named: str | None) -> list[Entry]:
    """Entries, oldest first. `named` restricts columns (student, assignment, notebook, cell, grader) to a value; None does not."""
    if not is_there(connection):
        return []
    query = sa.select(AUDIT)
    for name, value in named.items():
        if value is not None:
            query = query.where(AUDIT.c[name] == value)
    if kinds:
        query = query.where(AUDIT.c.kind.in_(kinds))
    if newest is None:
        rows = connection.execute(query.order_by(AUDIT.c.seq)).all()
    else:
        rows = connection.execute(query.order_by(AUDIT.c.seq.desc()).limit(newest)).all()[::-1]
    return [entry_of(row) for row in rows]


def entry_of(row: Any) -> Entry:
    """A row of the table as an entry."""
    columns = dict(row._mapping)
    return Entry(**{**columns, "detail": json.loads(columns["detail"])})


@dataclass(frozen=True)
class Verified:
    """What a look over the whole trail found: how many entries, the hash of the last, and every fault in words."""

    count: int
    head: str
    faults: tuple[str, ...]


def verify(engine: sa.Engine, noted: str = "") -> Verified:
    """Look over the whole trail: every hash, every link, its end, and the triggers that guard it.

    `noted` is a hash that somebody wrote down before: it must still be in the trail. That shows even a trail that was
    written anew as a whole, which its own hashes cannot.
    """
    with looking(engine) as connection:
        if not is_there(connection):
            return Verified(0, START, (f"No entry has the noted hash {noted[:64]}: there is no trail yet.",) if noted else ())
        faults: list[str] = []
        position, last, count = 0, START, 0
        known = noted in ("", START)
        for row in connection.execution_options(yield_per=1000).execute(sa.select(AUDIT).order_by(AUDIT.c.seq)):
            columns = dict(row._mapping)
            faults += _row_faults(columns, position, last)
            position, last, count = columns["seq"], columns["hash"], count + 1
            known = known or last == noted
        end = connection.execute(sa.select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.id == 1)).one_or_none()
        guarded = is_guarded(connection)
    if end is None:
        faults.append("The row that names the last entry is gone.")
    elif end.seq > position:
        faults.append(f"{_entries(position + 1, end.seq)} removed from the end: the trail ends at {position} and had come to {end.seq}.")
    elif (end.seq, end.hash) != (position, last):
        faults.append(f"The row that names the last entry says {end.seq}; the trail ends at {position}. One of them was changed by hand.")
    if not known:
        faults.append(f"No entry has the noted hash {noted[:64]}: the trail was written anew since it was noted.")
    if not guarded:
        faults.append("The triggers that refuse changes of the trail are gone.")
    return Verified(count, last, tuple(faults))


def _row_faults(columns: Mapping[str, Any], position: int, last: str) -> Iterator[str]:
    """Faults of one row after the row at `position`, whose stored hash is `last`."""
    seq = columns["seq"]
    if seq > position + 1:
        yield f"{_entries(position + 1, seq - 1)} removed."
    elif columns["previous"] != last:
        yield f"Entry {seq} does not follow entry {position}: one of them was changed or put in another's place."
    if digest(columns) != columns["hash"]:
        yield f"Entry {seq} ({columns['at'][:19]}, {columns['kind']}) was changed after it was written."


def _entries(first: int, last: int) -> str:
    return f"Entry {first} was" if first == last else f"Entries {first} to {last} were"


def reason_of(text: str, least: int = 3) -> str:
    """A reason as it is kept: without control characters, bounded.

    Raises:
        Refused: shorter than `least` characters.
    """
    plain = plain_text(text, LONGEST_REASON)
    if len(plain) < least:
        raise Refused(f"A reason is needed, of at least {least} characters; found {plain!r}. Say why, as the student will read it: --reason \"…\"")
    return plain


def grader_of(name: str) -> str:
    """A grader's name as it is kept.

    Raises:
        Refused: empty, too long, or not one line of visible characters.
    """
    bare = name.strip()
    if not bare or len(bare) > LONGEST_NAME or not bare.isprintable():
        raise Refused(f"{plain_text(name, 40)!r} is no name of a grader; expected one line of 1 to {LONGEST_NAME} visible characters.")
    return bare


def plain_text(text: str, most: int) -> str:
    """Text without control, format and surrogate characters (line ends stay), at most `most` characters long."""
    unified = text[: 2 * most].replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(char for char in unified if char in f"\n{_JOINERS}" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    stripped = kept.strip()
    return stripped if len(stripped) <= most else stripped[: most - 1] + "…"
