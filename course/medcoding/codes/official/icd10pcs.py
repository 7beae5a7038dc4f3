"""CMS's two ICD-10-PCS files: the tables and the definitions (XML, yearly)."""

from __future__ import annotations

import math
import re
import sqlite3
import xml.etree.ElementTree as ET

from medcoding.codes.official.kinds import Head, Kind, Progress, Release, fiscal_year
from medcoding.codes.official.markup import records, text_of
from medcoding.codes.official.reading import Source

VALUES = frozenset("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
"""What a character of a code may be: no I and no O."""

MAX_CODES = 1_000_000

TABLES = """
CREATE TABLE tables (prefix TEXT PRIMARY KEY, section TEXT, body_system TEXT, operation TEXT, definition TEXT) WITHOUT ROWID;
CREATE TABLE names (prefix TEXT, axis INTEGER, name TEXT, PRIMARY KEY (prefix, axis)) WITHOUT ROWID;
CREATE TABLE labels (
    prefix TEXT, row INTEGER, axis INTEGER, place INTEGER, value TEXT, label TEXT,
    PRIMARY KEY (prefix, row, axis, place)
) WITHOUT ROWID
"""
DEFINITIONS = """
CREATE TABLE terms (
    id INTEGER PRIMARY KEY, section TEXT, axis INTEGER, axis_name TEXT, titles TEXT, definition TEXT, explanation TEXT
);
CREATE TABLE includes (term INTEGER, place INTEGER, text TEXT, PRIMARY KEY (term, place)) WITHOUT ROWID;
CREATE TABLE aggregates (device TEXT, operation TEXT, body_system TEXT, value TEXT, parent TEXT)
"""


def load_tables(source: Source, database: sqlite3.Connection, progress: Progress) -> Release:
    """Every table, its rows and the labels of their axes; each row's own count of codes is proved."""
    _make(database, TABLES)
    year = ""
    seen: set[str] = set()
    rows = codes = 0
    for line, element in records(source, "ICD10PCS.tabular", ("version", "pcsTable")):
        if element.tag == "version":
            year = text_of(element)
            continue
        prefix, table_rows, table_codes = _table(source, line, element, database)
        if prefix in seen:
            raise source.error(f"table {prefix} is there twice", line)
        seen.add(prefix)
        rows += table_rows
        codes += table_codes
        if codes > MAX_CODES:
            raise source.error(f"more than {MAX_CODES:,} codes", line)
    first, last = fiscal_year(_year(source, year))
    if not seen:
        raise source.error("no table was found")
    return Release(year, first, last, {"tables": len(seen), "rows": rows, "codes": codes})


def _table(source: Source, line: int, element: ET.Element, database: sqlite3.Connection) -> tuple[str, int, int]:
    head = [_axis(source, line, axis, place) for place, axis in enumerate(element.findall("axis"), 1)]
    if len(head) != 3 or any(len(values) != 1 for _, values in head):
        raise source.error("a table needs three axes with one value each before its rows", line)
    prefix = "".join(values[0][0] for _, values in head)
    names = {place: name for place, (name, _) in enumerate(head, 1)}
    rows = element.findall("pcsRow")
    if not rows:
        raise source.error(f"table {prefix} has no rows", line)
    total = 0
    labels: list[tuple[str, int, int, int, str, str]] = []
    for number, row in enumerate(rows):
        axes = [_axis(source, line, axis, place) for place, axis in enumerate(row.findall("axis"), 4)]
        if len(axes) != 4:
            raise source.error(f"row {number + 1} of table {prefix} has {len(axes)} axes, not 4", line)
        count = math.prod(len(values) for _, values in axes)
        if row.get("codes", str(count)) != str(count):
            said = row.get("codes", "")[:12]
            raise source.error(f"row {number + 1} of table {prefix} says {said} codes but its values make {count}", line)
        total += count
        for axis, (name, values) in enumerate(axes, 4):
            names.setdefault(axis, name)
            labels += [(prefix, number, axis, place, value, label) for place, (value, label) in enumerate(values)]
    database.execute(
        "INSERT OR IGNORE INTO tables VALUES (?,?,?,?,?)",
        (prefix, *(values[0][1] for _, values in head), text_of(element.find("axis[3]/definition"))),
    )
    database.executemany("INSERT OR IGNORE INTO names VALUES (?,?,?)", ((prefix, *pair) for pair in names.items()))
    database.executemany("INSERT OR IGNORE INTO labels VALUES (?,?,?,?,?,?)", labels)
    return prefix, len(rows), total


def _axis(source: Source, line: int, element: ET.Element, place: int) -> tuple[str, list[tuple[str, str]]]:
    """An axis' name and its (value, label) pairs."""
    values = [(label.get("code", ""), text_of(label)) for label in element.findall("label")]
    if element.get("pos") != str(place):
        raise source.error(f"an axis says it is number {element.get('pos', '')[:4]!r} where {place} is expected", line)
    if element.get("values", str(len(values))) != str(len(values)) or not values:
        raise source.error(f"axis {place} says it has {element.get('values', '')[:6]} values, not {len(values)}", line)
    if len({value for value, _ in values}) != len(values):
        raise source.error(f"axis {place} has a value twice", line)
    for value, label in values:
        if value not in VALUES or not label:
            raise source.error(f"axis {place}: {value[:8]!r} ({label[:40]!r}) is no value with a label", line)
    return text_of(element.find("title")), values


def load_definitions(source: Source, database: sqlite3.Connection, progress: Progress) -> Release:
    """Operations, approaches, body-part key and device key by section, and the device aggregation table."""
    _make(database, DEFINITIONS)
    year = ""
    counts = {"operations": 0, "approaches": 0, "body parts": 0, "devices": 0, "others": 0, "aggregated devices": 0}
    for line, element in records(source, "ICD10PCS.definitions", ("version", "section", "deviceAggregation")):
        if element.tag == "version":
            year = text_of(element)
        elif element.tag == "deviceAggregation":
            for aggregate in element.findall("aggregate"):
                counts["aggregated devices"] += 1
                _aggregate(aggregate, database)
        else:
            _section(source, line, element, database, counts)
    first, last = fiscal_year(_year(source, year))
    if not counts["operations"]:
        raise source.error("no operation is defined in it")
    return Release(year, first, last, {what: count for what, count in counts.items() if count})


def _section(
    source: Source, line: int, element: ET.Element, database: sqlite3.Connection, counts: dict[str, int]
) -> None:
    section = element.get("code", "")
    if section not in VALUES:
        raise source.error(f"{section[:8]!r} is no section", line)
    for axis in element.findall("axis"):
        place = axis.get("pos", "")
        if place not in tuple("1234567"):
            raise source.error(f"{place[:8]!r} is no axis", line)
        name = text_of(axis.find("title"))
        for terms in axis.findall("terms"):
            titles = [text_of(title) for title in terms.findall("title")]
            if not titles or not all(titles):
                raise source.error(f"section {section}, axis {place}: an entry without a title", line)
            what = {"3": "operations", "4": "body parts", "5": "approaches", "6": "devices"}.get(place, "others")
            if place != "3" and name not in ("Body Part", "Approach", "Device"):
                what = "others"
            counts[what] += 1
            term = database.execute(
                "INSERT INTO terms (section, axis, axis_name, titles, definition, explanation) VALUES (?,?,?,?,?,?)",
                (section, int(place), name, "\n".join(titles), text_of(terms.find("definition")),
                 text_of(terms.find("explanation"))),
            ).lastrowid  # fmt: skip
            included = [text_of(entry) for entry in terms.findall("includes")]
            database.executemany("INSERT INTO includes VALUES (?,?,?)", ((term, n, t) for n, t in enumerate(included)))


def _aggregate(element: ET.Element, database: sqlite3.Connection) -> None:
    device, operation = text_of(element.find("device")), text_of(element.find("operation"))
    parent = element.find("parent")
    value, label = (parent.get("value", ""), text_of(parent)) if parent is not None else ("", "")
    for system in element.findall("bodySys"):
        database.execute(
            "INSERT INTO aggregates VALUES (?,?,?,?,?)", (device, operation, text_of(system), value, label)
        )


def _make(database: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";\n"):
        database.execute(statement)


def _year(source: Source, text: str) -> int:
    if not re.fullmatch(r"20[0-9]{2}", text):
        raise source.error(f"the version {text[:20]!r} is no year of a release")
    return int(text)


def _root(name: str, head: Head) -> bool:
    return head.is_xml and f"<{name}" in head.text


KINDS = [
    Kind(
        name="icd10pcs-tables",
        title="ICD-10-PCS tables",
        code_set="icd10pcs",
        publisher="CMS",
        matches=lambda head: _root("ICD10PCS.tabular", head),
        load=load_tables,
        forget="medcoding.codes.icd10pcs.book:forget",
        limit=64 << 20,
    ),
    Kind(
        name="icd10pcs-definitions",
        title="ICD-10-PCS definitions",
        code_set="icd10pcs",
        publisher="CMS",
        matches=lambda head: _root("ICD10PCS.definitions", head),
        load=load_definitions,
        forget="medcoding.codes.icd10pcs.book:forget",
        limit=64 << 20,
    ),
]

