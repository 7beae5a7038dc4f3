"""The look-up aids of ICD-10-CM: Alphabetic Index, Table of Drugs and Chemicals, Neoplasm Table, External Cause Index.

NCHS publishes them as XML of one schema, the Index also goes about as CSV (one row a term). An aid only leads to a code:
the Tabular List decides, and whether the code is valid is a question for the book on the date of service.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from medcoding.codes.indexfile import Store
from medcoding.codes.official.kinds import Head, Kind, Progress, Release, fiscal_year
from medcoding.codes.official.markup import records, text_of
from medcoding.codes.official.reading import Source
from medcoding.codes.official.store import in_force, installed

INDEX, DRUGS, NEOPLASMS, CAUSES = "icd10cm-index", "icd10cm-drugs", "icd10cm-neoplasms", "icd10cm-external-causes"
MAX_LEVEL = 12

TABLES = """
CREATE TABLE terms (
    id INTEGER PRIMARY KEY, parent INTEGER, level INTEGER, title TEXT, plain TEXT, modifiers TEXT,
    code TEXT, manifestation TEXT, see TEXT, see_also TEXT
);
CREATE TABLE cells (term INTEGER, col INTEGER, code TEXT, PRIMARY KEY (term, col)) WITHOUT ROWID;
CREATE TABLE heads (col INTEGER PRIMARY KEY, title TEXT)
"""


@dataclass(frozen=True)
class Entry:
    """One term of an aid, with the terms above it.

    `path` are the terms from the main term down, `modifiers` the nonessential ones (in parentheses in the book: they
    may be there or not), `code` what it leads to ("-" at its end: more characters are needed), `manifestation` the code
    in brackets that follows it, `see` and `see_also` the cross-references. `columns` are the cells of the drug and
    neoplasm tables: {"Adverse effect": "T39.015", ...}; "--" means that there is none.
    """

    path: tuple[str, ...]
    modifiers: str
    code: str
    manifestation: str
    see: str
    see_also: str
    columns: dict[str, str]

    @property
    def term(self) -> str:
        """The term itself, the last of the path."""
        return self.path[-1]

    def __str__(self) -> str:
        shown = ", ".join(self.path)
        if self.see:
            return f"{shown} — see {self.see}"
        return f"{shown} {self.code}".rstrip() + (f" — see also {self.see_also}" if self.see_also else "")


class Aid:
    """One look-up aid that was added; open it with `aid(INDEX, date)`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def release(self) -> str:
        """The release, such as "2025". Its codes may have changed since: ask the book on the date of service."""
        return self._store.meta["release"]

    def main_terms(self, start: str = "", limit: int = 50) -> list[Entry]:
        """The main terms that begin with a text, in the order of the book."""
        query = "SELECT id FROM terms WHERE level = 0 AND plain >= ? AND plain < ? ORDER BY plain LIMIT ?"
        key = plain(start)
        return [self._entry(place) for (place,) in self._store.rows(query, key, key + "\N{LATIN SMALL LETTER Y WITH DIAERESIS}", limit)]

    def find(self, *path: str) -> Entry | None:
        """The entry at a path of terms: find("Diabetes", "type 2", "with", "neuropathy"); nonessential modifiers left out."""
        place = -1
        for level, term in enumerate(path):
            query = "SELECT id FROM terms WHERE parent = ? AND plain = ? AND level = ? ORDER BY id LIMIT 1"
            found = self._store.rows(query, place, plain(term), level)
            if not found:
                return None
            place = found[0][0]
        return self._entry(place) if path else None

    def below(self, *path: str) -> list[Entry]:
        """The subterms right below a path of terms."""
        place = -1
        for level, term in enumerate(path):
            query = "SELECT id FROM terms WHERE parent = ? AND plain = ? AND level = ? ORDER BY id LIMIT 1"
            found = self._store.rows(query, place, plain(term), level)
            if not found:
                return []
            place = found[0][0]
        return [self._entry(child) for (child,) in self._store.rows("SELECT id FROM terms WHERE parent = ? ORDER BY id", place)]

    def search(self, text: str, limit: int = 20) -> list[Entry]:
        """Entries whose path has every word of a text (each may be unfinished), the shortest paths first."""
        words = plain(text).split()[:8]
        if not words:
            return []
        query = "SELECT id FROM paths WHERE paths MATCH ? ORDER BY length(path), id LIMIT ?"
        expression = " AND ".join(f'"{word}"*' for word in words)
        return [self._entry(place) for (place,) in self._store.rows(query, expression, max(1, min(limit, 200)))]

    def _entry(self, place: int) -> Entry:
        columns = "title, modifiers, code, manifestation, see, see_also, parent"
        title, modifiers, code, manifestation, see, also, parent = self._store.rows(
            f"SELECT {columns} FROM terms WHERE id = ?", place  # noqa: S608 (fixed names)
        )[0]
        path = [title]
        while parent >= 0:
            above, parent = self._store.rows("SELECT title, parent FROM terms WHERE id = ?", parent)[0]
            path.insert(0, above)
        cells = self._store.rows(
            "SELECT h.title, c.code FROM cells c JOIN heads h ON h.col = c.col WHERE c.term = ? ORDER BY c.col", place
        )
        return Entry(tuple(path), modifiers, code, manifestation, see, also, dict(cells))


def aid(kind: str, date: dt.date | None = None) -> Aid | None:
    """An added aid (INDEX, DRUGS, NEOPLASMS or CAUSES): the release of a date, or else the nearest, or else None.

    Without a date the newest.
    """
    if date is None:
        date = max((one.first_date for one in installed(kind)), default=dt.date.max)
    store = in_force(kind, date, nearest=True)
    return Aid(store) if store is not None else None


def plain(text: str) -> str:
    """A term as it is looked up: lower case, letters and digits only, spaces single."""
    return " ".join(re.findall(r"\w+", text.casefold()))


Term = tuple[int, str, str, str, str, str, str]
"""level, title, nonessential modifiers, code, manifestation, see, see also"""


class _Writer:
    """Writes terms as they come, each under the last one of the level above."""

    def __init__(self, source: Source, database: sqlite3.Connection) -> None:
        self._source = source
        self._database = database
        self._trail: list[tuple[int, str]] = []
        self.terms = self.codes = self.main = 0
        for statement in TABLES.split(";\n"):
            database.execute(statement)
        database.execute("CREATE VIRTUAL TABLE paths USING fts5(id UNINDEXED, path, tokenize='unicode61')")

    def write(self, line: int, term: Term, cells: dict[int, str]) -> None:
        level, title, modifiers, code, manifestation, see, also = term
        if not 0 <= level <= min(len(self._trail), MAX_LEVEL):
            raise self._source.error(f"{title[:40]!r} is at level {level}, with nothing at the level above it", line)
        title = title or modifiers  # a few terms are nothing but a modifier in parentheses
        if not title:
            raise self._source.error("a term has no text", line)
        del self._trail[level:]
        parent = self._trail[-1][0] if self._trail else -1
        key = plain(title)
        place = self.terms
        self._trail.append((place, f"{self._trail[-1][1]} {key}" if self._trail else key))
        self._database.execute(
            "INSERT INTO terms VALUES (?,?,?,?,?,?,?,?,?,?)",
            (place, parent, level, title, key, modifiers, code, manifestation, see, also),
        )
        self._database.execute("INSERT INTO paths VALUES (?,?)", (place, self._trail[-1][1]))
        self._database.executemany("INSERT INTO cells VALUES (?,?,?)", ((place, *cell) for cell in cells.items()))
        self.terms += 1
        self.main += level == 0
        self.codes += bool(code) + sum(text.strip("-–") != "" for text in cells.values())

    def finish(self, year: str) -> Release:
        if not re.fullmatch(r"20[0-9]{2}", year):
            raise self._source.error(f"the version {year[:20]!r} is no year of a release")
        if not self.codes:
            raise self._source.error("no term leads to a code")
        self._database.execute("CREATE INDEX terms_parent ON terms (parent, plain)")
        self._database.execute("CREATE INDEX terms_main ON terms (plain) WHERE level = 0")
        first, last = fiscal_year(int(year))
        return Release(year, first, last, {"main terms": self.main, "terms": self.terms, "codes": self.codes})


def load_xml(source: Source, database: sqlite3.Connection, progress: Progress) -> Release:
    """Any of the four as NCHS's XML."""
    writer = _Writer(source, database)
    year = ""
    for line, element in records(source, "ICD10CM.index", ("version", "indexHeading", "mainTerm")):
        if element.tag == "version":
            year = text_of(element)
        elif element.tag == "indexHeading":
            heads = [(int(head.get("col", "")), text_of(head)) for head in element.findall("head")]
            database.executemany("INSERT INTO heads VALUES (?,?)", heads)
        else:
            for term, cells in _walk(source, line, element, 0):
                writer.write(line, term, cells)
    return writer.finish(year)


def _walk(source: Source, line: int, element: ET.Element, level: int) -> Iterator[tuple[Term, dict[int, str]]]:
    heading = element.find("title")
    modifiers = " ".join(text_of(part) for part in heading.findall("nemod")) if heading is not None else ""
    if heading is not None:
        for part in heading.findall("nemod"):
            part.text = " "
    code, manifestation = _codes(text_of(element.find("code")), text_of(element.find("manif")))
    see = "; ".join(text_of(part) for part in element.findall("see"))
    also = "; ".join(text_of(part) for part in element.findall("seeAlso"))
    cells = {int(cell.get("col", "")): text_of(cell) for cell in element.findall("cell")}
    yield (level, text_of(heading), modifiers, code, manifestation, see, also), cells
    for child in element.findall("term"):
        if child.get("level") != str(level + 1):
            raise source.error(f"a term at level {child.get('level', '')[:4]!r} stands right below level {level}", line)
        yield from _walk(source, line, child, level + 1)


def _codes(text: str, manifestation: str) -> tuple[str, str]:
    """A code and the manifestation code in brackets behind it: "E85.4 [I43]"."""
    code, bracket, rest = text.partition("[")
    return code.strip(), manifestation.strip("[] ") or rest.strip("] ") if bracket else manifestation.strip("[] ")


COLUMNS = ["RowID", "Letter", "Level", "Term", "See", "SeeAlso", "NonEssModif", "Code"]


def load_csv(source: Source, database: sqlite3.Connection, progress: Progress) -> Release:
    """The Index as CSV. Its release stands only in the file's name (icd10cm_index_2025.csv)."""
    writer = _Writer(source, database)
    year = re.search(r"20[0-9]{2}", source.name)
    if year is None:
        raise source.error("the file does not say its release: keep the year in its name (icd10cm_index_2025.csv)")
    letter = ""
    for expected, (line, row) in enumerate(source.rows()):
        if expected == 0:
            if row != COLUMNS:
                raise source.error(f"the columns are not {', '.join(COLUMNS)}", line)
        elif len(row) != len(COLUMNS):
            raise source.error(f"this row has {len(row)} cells, not {len(COLUMNS)}", line)
        elif row[0] != str(expected) or not row[2].isdecimal() or len(row[2]) > 2:
            raise source.error(f"row {row[0][:12]!r} at level {row[2][:4]!r} where row {expected} is expected", line)
        else:
            letter = row[1]
            code, manifestation = _codes(row[7], "")
            writer.write(line, (int(row[2]), row[3].strip(), row[6], code, manifestation, row[4], row[5]), {})
    if letter != "Z":
        raise source.error(f"the last letter is {letter[:4]!r}, not Z: the file was cut short")
    return writer.finish(year.group())


def _xml(text: str) -> Callable[[Head], bool]:
    return lambda head: head.is_xml and "<ICD10CM.index" in head.text and text in head.text


def _csv(head: Head) -> bool:
    return head.data.removeprefix(b"\xef\xbb\xbf").startswith(",".join(COLUMNS).encode())


def _kind(name: str, title: str, matches: Callable[[Head], bool], csv: bool = False) -> Kind:
    load = _load_either if csv else load_xml
    return Kind(name, title, "icd10cm", "CDC/NCHS", matches, load, limit=128 << 20)


def _load_either(source: Source, database: sqlite3.Connection, progress: Progress) -> Release:
    with source.open() as stream:
        is_xml = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    return (load_xml if is_xml else load_csv)(source, database, progress)


KINDS = [
    _kind(DRUGS, "ICD-10-CM Table of Drugs and Chemicals", _xml(">Substance<")),
    _kind(NEOPLASMS, "ICD-10-CM Neoplasm Table", _xml(">Neoplasm<")),
    _kind(CAUSES, "ICD-10-CM External Cause Index", _xml("EXTERNAL CAUSE")),
    _kind(INDEX, "ICD-10-CM Alphabetic Index", lambda head: _csv(head) or _xml("INDEX TO DISEASES")(head), csv=True),
]
