"""CMS's HCPCS Level II file ("ANWEB"): fixed-width text of 320 characters a record, each quarter.

Record layout: CMS HCPCS Contractor record. Record type 3 begins a code and 7 a modifier; 4 and 8 continue the long
description of the one before. Numbers of the licensed sets (CPT, CDT), should a file hold them, are left out.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from dataclasses import dataclass, field

from medcoding.codes.official.kinds import Head, Kind, Progress, Release
from medcoding.codes.official.reading import Source

LENGTH = 320
_RECORD = re.compile(r"(?m)^(?:   [A-Z0-9]{2}|[A-Z][0-9]{4})[0-9]{5}[37].{309}\r?$")
_CODE = re.compile(r"[A-V][0-9]{4}")
_LICENSED = re.compile(r"[0-9]{5}|[0-9]{4}[A-Z]|D[0-9]{4}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_INDICATORS = frozenset("CDIMS ")

TABLES = """
CREATE TABLE codes (
    code TEXT PRIMARY KEY, title TEXT, long TEXT, coverage TEXT, pricing TEXT, cross TEXT, added TEXT, effective TEXT,
    terminated TEXT, action TEXT, multiple_pricing TEXT, statute TEXT, betos TEXT, type_of_service TEXT
) WITHOUT ROWID;
CREATE TABLE modifiers (
    code TEXT PRIMARY KEY, title TEXT, long TEXT, added TEXT, effective TEXT, terminated TEXT, action TEXT
) WITHOUT ROWID
"""


@dataclass
class Record:
    """One code or modifier of the file; dates as ISO text, empty where the file has none."""

    code: str
    line: int
    modifier: bool
    title: str
    texts: list[str] = field(default_factory=list)
    pricing: str = ""
    multiple_pricing: str = ""
    statute: str = ""
    cross: str = ""
    coverage: str = ""
    betos: str = ""
    type_of_service: str = ""
    added: str = ""
    effective: str = ""
    terminated: str = ""
    action: str = ""

    @property
    def long(self) -> str:
        """The long description, its lines joined."""
        return " ".join(text for text in self.texts if text)


def load(source: Source, database: sqlite3.Connection, progress: Progress) -> Release:
    """Every code and modifier, ended ones too, with dates, coverage, pricing indicators and a full-text index."""
    from medcoding.codes.hcpcs.search import words_table

    codes: dict[str, Record] = {}
    modifiers: dict[str, Record] = {}
    licensed = 0
    latest: Record | None = None
    for line, text in source.lines("cp1252"):
        if not _is_record(text):
            if text.strip() and (codes or modifiers):
                raise source.error("this line is no record of the layout: 5 characters of code, 5 digits, a type from 3, 4, 7, 8", line)
            continue
        kind, name = text[10], text[:5].strip()
        if kind in "48":
            if latest is None or latest.code != name:
                raise source.error(f"a continuation of {name} does not follow its first line", line)
            latest.texts.append(text[11:91].strip())
            continue
        latest = _record(source, line, text, name, kind == "7")
        if not latest.modifier and _LICENSED.fullmatch(name):
            licensed += 1
            continue
        table = modifiers if latest.modifier else codes
        if name in table:
            raise source.error(f"{name} is there twice, first on line {table[name].line}", line)
        table[name] = latest
    _whole(source, codes)
    for statement in TABLES.split(";\n"):
        database.execute(statement)
    database.executemany(
        "INSERT INTO codes VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        ((r.code, r.title, r.long, r.coverage, r.pricing, r.cross, r.added, r.effective, r.terminated, r.action,
          r.multiple_pricing, r.statute, r.betos, r.type_of_service) for r in codes.values()),
    )  # fmt: skip
    database.executemany(
        "INSERT INTO modifiers VALUES (?,?,?,?,?,?,?)",
        ((r.code, r.title, r.long, r.added, r.effective, r.terminated, r.action) for r in modifiers.values()),
    )
    words_table(database, ((r.code, r.title, r.long) for r in codes.values()))
    latest_action = max(record.effective for record in codes.values())
    if not latest_action:
        raise source.error("no record has an action effective date in positions 277 to 284, which tells the release")
    release = dt.date.fromisoformat(latest_action)
    counts = {
        "codes": len(codes), "codes not ended": sum(not r.terminated for r in codes.values()), "modifiers": len(modifiers),
    }  # fmt: skip
    if licensed:
        counts["licensed numbers left out"] = licensed
    return Release(f"{release:%Y-%m}", release, None, counts)


def _is_record(text: str) -> bool:
    return len(text) > 11 and text[10] in "3478" and text[5:10].isdigit()


def _record(source: Source, line: int, text: str, name: str, modifier: bool) -> Record:
    if len(text) != LENGTH:
        raise source.error(f"the record of {name} has {len(text)} characters, not {LENGTH}: the file is damaged or cut short", line)
    shape = _MODIFIER if modifier else _CODE
    if not shape.fullmatch(name) and (modifier or not _LICENSED.fullmatch(name)):
        raise source.error(f"{name[:5]!r} is no {'modifier' if modifier else 'code'}", line)
    if text[229] not in _INDICATORS:
        raise source.error(f"{text[229]!r} in position 230 is no coverage indicator (C, D, I, M or S)", line)
    added, effective, ended = (_date(source, line, name, text[at : at + 8]) for at in (268, 276, 284))
    return Record(
        name, line, modifier, text[91:119].strip(), [text[11:91].strip()], " ".join(_pieces(text[119:127], 2)),
        text[127].strip(), text[170:180].strip(), " ".join(_pieces(text[204:229], 5)), text[229].strip(),
        text[256:259].strip(), text[260:265].strip(), added, effective, ended, text[292].strip(),
    )  # fmt: skip


def _pieces(text: str, size: int) -> list[str]:
    return [piece for at in range(0, len(text), size) if (piece := text[at : at + size].strip())]


def _date(source: Source, line: int, name: str, text: str) -> str:
    if not text.strip():
        return ""
    try:
        if not text.isdigit():
            raise ValueError
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        raise source.error(f"{text!r} in the record of {name} is no date (YYYYMMDD)", line) from None


def _whole(source: Source, codes: dict[str, Record]) -> None:
    """The file runs from A to V; one without its last letter was cut at the end of a line."""
    letters = {code[0] for code in codes}
    if not letters:
        raise source.error("no HCPCS code was found in it")
    if "V" not in letters:
        raise source.error(f"the codes stop at the letter {max(letters)}, before V: the file was cut short. Download it again.")


def _matches(head: Head) -> bool:
    return _RECORD.search(head.text) is not None


KINDS = [
    Kind(
        name="hcpcs-anweb",
        title="HCPCS Level II",
        code_set="hcpcs",
        publisher="CMS",
        matches=_matches,
        load=load,
        forget="medcoding.codes.hcpcs.book:forget",
        limit=64 << 20,
    ),
]
