"""FDA's NDC Directory: the tab-separated files product.txt and package.txt (each in ndctext.zip, updated daily).

A directory carries no date of its own: a release is named for the latest day on which a package in it began to be
marketed, not later than the day of adding it.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator

from medcoding.codes.ndc.numbers import NdcError, to_11
from medcoding.codes.official.kinds import Head, Kind, Progress, Release
from medcoding.codes.official.reading import Source

PRODUCT_COLUMNS = ("PRODUCTNDC", "NONPROPRIETARYNAME", "PROPRIETARYNAME", "DOSAGEFORMNAME", "LABELERNAME", "STARTMARKETINGDATE")
PACKAGE_COLUMNS = ("PRODUCTNDC", "NDCPACKAGECODE", "PACKAGEDESCRIPTION", "STARTMARKETINGDATE")

MOST_UNREADABLE = 20
"""Labelers type their numbers; so many that are laid out wrongly are left out before the file is refused."""

PRODUCTS = """
CREATE TABLE products (product TEXT, name TEXT, labeler TEXT, strength TEXT, form TEXT, first TEXT, last TEXT);
CREATE INDEX product_numbers ON products (product);
CREATE VIRTUAL TABLE words USING fts5(code UNINDEXED, text)
"""
PACKAGES = """
CREATE TABLE packages (
    code TEXT PRIMARY KEY, assigned TEXT, bare TEXT, product TEXT, text TEXT, first TEXT, last TEXT
) WITHOUT ROWID;
CREATE INDEX package_products ON packages (product);
CREATE INDEX package_bare ON packages (bare);
CREATE VIRTUAL TABLE words USING fts5(code UNINDEXED, text)
"""


def load_products(source: Source, database: sqlite3.Connection, progress: Progress) -> Release:
    """Every product: its number of labeler and product segment, names, strength, form, labeler and marketing dates."""
    _make(database, PRODUCTS)
    latest, count, unreadable = "", 0, 0
    for line, row in _rows(source, PRODUCT_COLUMNS):
        number = row["PRODUCTNDC"]
        if number.count("-") != 1 or not number.replace("-", "").isdigit():
            unreadable += 1
            if unreadable <= MOST_UNREADABLE and count:
                continue
            raise source.error(f"{number[:20]!r} is no product number (labeler and product with a hyphen)", line)
        first, last = _date(source, line, row["STARTMARKETINGDATE"]), _date(source, line, row.get("ENDMARKETINGDATE", ""))
        brand, generic = row["PROPRIETARYNAME"], row["NONPROPRIETARYNAME"]
        name = f"{brand} ({generic})" if brand and generic and brand.lower() != generic.lower() else brand or generic
        strengths = row.get("ACTIVE_NUMERATOR_STRENGTH", "").split(";")
        units = row.get("ACTIVE_INGRED_UNIT", "").split(";")
        strength = "; ".join(f"{a.strip()} {b.strip()}".strip() for a, b in zip(strengths, units, strict=False))
        values = (number, name, row["LABELERNAME"], strength, row["DOSAGEFORMNAME"].lower(), first, last)
        database.execute("INSERT INTO products VALUES (?,?,?,?,?,?,?)", values)
        database.execute("INSERT INTO words VALUES (?,?)", (number, f"{name} {row['LABELERNAME']} {row['DOSAGEFORMNAME']}"))
        latest, count = _later(latest, first), count + 1
    counts = {"products": count, "numbers of no known layout left out": unreadable}
    return _release(source, latest, {what: found for what, found in counts.items() if found})


def load_packages(source: Source, database: sqlite3.Connection, progress: Progress) -> Release:
    """Every package by its eleven-digit number, with its description and marketing dates."""
    _make(database, PACKAGES)
    latest, repeated, unreadable = "", 0, 0
    known: dict[str, int] = {}
    for line, row in _rows(source, PACKAGE_COLUMNS):
        assigned = row["NDCPACKAGECODE"]
        try:
            code = to_11(assigned)
        except NdcError as error:
            unreadable += 1
            if unreadable > MOST_UNREADABLE or not known:
                raise source.error(str(error), line) from error
            continue
        first, last = _date(source, line, row["STARTMARKETINGDATE"]), _date(source, line, row.get("ENDMARKETINGDATE", ""))
        latest = _later(latest, first)
        if code in known:
            repeated += 1
            continue
        known[code] = line
        values = (code, assigned, assigned.replace("-", ""), row["PRODUCTNDC"], row["PACKAGEDESCRIPTION"], first, last)
        database.execute("INSERT INTO packages VALUES (?,?,?,?,?,?,?)", values)
        database.execute("INSERT INTO words VALUES (?,?)", (code, row["PACKAGEDESCRIPTION"]))
    counts = {"packages": len(known), "repeated numbers left out": repeated, "numbers of no known layout left out": unreadable}
    return _release(source, latest, {what: count for what, count in counts.items() if count})


def _rows(source: Source, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, cells by column name); FDA does not quote, so a tab always parts two cells."""
    names: list[str] = []
    for line, text in source.lines("latin-1"):
        cells = [cell.strip() for cell in text.split("\t")]
        if not names:
            names = [cell.upper() for cell in cells]
            missing = [name for name in needed if name not in names]
            if missing:
                raise source.error(f"the first line has no column {', '.join(missing)}", line)
        elif any(cells):
            if len(cells) != len(names):
                raise source.error(f"this row has {len(cells)} cells, the first line {len(names)}", line)
            yield line, dict(zip(names, cells, strict=True))


def _date(source: Source, line: int, text: str) -> str:
    if not text:
        return ""
    try:
        if len(text) != 8 or not (text.isascii() and text.isdigit()):
            raise ValueError
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        raise source.error(f"{text[:20]!r} is no date (YYYYMMDD)", line) from None


def _later(latest: str, day: str) -> str:
    return max(latest, day) if day <= dt.date.today().isoformat() else latest


def _release(source: Source, latest: str, counts: dict[str, int]) -> Release:
    if not latest:
        raise source.error("no row with a date of marketing was found in it")
    return Release(latest, dt.date.fromisoformat(latest), None, counts)


def _make(database: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";\n"):
        database.execute(statement)


def _has(columns: tuple[str, ...], head: Head) -> bool:
    names = {cell.strip().upper() for cell in head.text.removeprefix("ï»¿").split("\n", 1)[0].split("\t")}
    return names.issuperset(columns)


KINDS = [
    Kind(
        name="ndc-packages", title="NDC Directory, packages", code_set="ndc", publisher="FDA",
        matches=lambda head: _has(PACKAGE_COLUMNS, head), load=load_packages,
        forget="medcoding.codes.ndc.book:forget", limit=256 << 20,
    ),
    Kind(
        name="ndc-products", title="NDC Directory, products", code_set="ndc", publisher="FDA",
        matches=lambda head: _has(PRODUCT_COLUMNS, head), load=load_products,
        forget="medcoding.codes.ndc.book:forget", limit=256 << 20,
    ),
]  # fmt: skip
