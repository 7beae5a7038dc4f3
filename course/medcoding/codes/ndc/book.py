"""The book of drug packages: fictional teaching products, and FDA's directory where its files have been added."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import DateOutOfRange, UnknownCode, as_date
from medcoding.codes.ndc.numbers import NdcError, hyphenated, to_11

if TYPE_CHECKING:
    from medcoding.codes.indexfile import Store
    from medcoding.findings import Finding

TABLE = Path(__file__).parents[2] / "data" / "ndc_products.csv"
PRODUCTS = "ndc-products"
PACKAGES = "ndc-packages"
FIRST = dt.date(2000, 1, 1)
TEACHING = "teaching table of this course; the numbers and labelers are invented"
_CITATION = "21 CFR 207.33; 45 CFR 162.1002"


@dataclass(frozen=True)
class Product:
    """One package of a drug.

    `code` is the eleven-digit number, `assigned` the ten-digit one with its hyphens. `size` and `measure` say what the
    package holds (10 mL), `unit` in what a claim counts it (UN, ML, GR, F2, ME), `content` how much drug that is. `doses`
    is "single" or "multi" for an injection, else empty. `fictional`: the number is invented and belongs to nobody.
    """

    code: str
    assigned: str
    labeler: str
    product: str
    strength: str
    form: str
    package: str
    size: Decimal | None
    measure: str
    unit: str
    content: str
    doses: str
    hcpcs: str
    fictional: bool
    source: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    @property
    def title(self) -> str:
        """Drug, strength, form and package in one line."""
        return ", ".join(part for part in (f"{self.product} {self.strength}".strip(), self.form, self.package) if part)

    @property
    def billable(self) -> bool:
        """False for an invented number: it may stand in an exercise, never on a claim."""
        return not self.fictional

    def in_force(self, date: dt.date) -> bool:
        """Whether the package was marketed on a date, as far as the directory says."""
        return (self.valid_from is None or self.valid_from <= date) and (self.valid_to is None or date <= self.valid_to)

    def __str__(self) -> str:
        return f"{self.assigned} {self.title}"


@dataclass(frozen=True)
class Hit:
    """One answer of a search; `score` is higher for a better one, `matched` are the typed words it answers."""

    code: str
    title: str
    billable: bool
    score: float
    matched: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def teaching_products() -> Mapping[str, Product]:
    """The fictional products by eleven-digit number, in order."""
    text = TABLE.read_text(encoding="utf-8")
    table = {}
    for row in csv.DictReader(text.splitlines()):
        code = to_11(row["ndc"])
        table[code] = Product(
            code, row["ndc"], row["labeler"], row["product"], row["strength"], row["form"], row["package"],
            Decimal(row["size"]), row["measure"], row["unit"], row["content"], row["doses"], row["hcpcs"], True, TEACHING,
        )  # fmt: skip
    return MappingProxyType(table)


class Book:
    """The drug packages known on one date of service: the teaching products, and FDA's directory where it was added.

    `complete` tells whether the directory's package file is installed. Iterating gives the packages in force; `len`
    counts them. Numbers are taken in every form that `to_11` takes.
    """

    def __init__(self, date: dt.date, packages: Store | None, products: Store | None) -> None:
        self.date = date
        self._packages = packages
        self._products = products

    @property
    def complete(self) -> bool:
        """Whether FDA's package file is installed."""
        return self._packages is not None

    @property
    def edition(self) -> str:
        """Where the packages come from."""
        if self._packages is None:
            return TEACHING
        return f"FDA NDC Directory, package file of {self._packages.meta['release']}, and the {TEACHING}"

    def __repr__(self) -> str:
        return f"<NDC on {self.date}: {self.edition}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return on, (self.date.isoformat(),)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Product]:
        yield from (product for product in teaching_products().values() if product.in_force(self.date))
        if self._packages is not None:
            for (code,) in self._packages.rows("SELECT code FROM packages ORDER BY code"):
                found = self.get(code)
                if found is not None and found.in_force(self.date):
                    yield found

    def __contains__(self, code: object) -> bool:
        found = self.get(code) if isinstance(code, str) else None
        return found is not None and found.in_force(self.date)

    def __getitem__(self, code: str) -> Product:
        """The package with a number. Raises `UnknownCode`; its message says whether the number itself is well made."""
        found = self.get(code)
        if found is None:
            problem = self.problem(code)
            raise UnknownCode(problem.message if problem else f"No package {code!r} is known.")
        return found

    def get(self, code: str) -> Product | None:
        """The package with a number, or None, also for what is no number."""
        try:
            key = to_11(code)
        except NdcError:
            return None
        return teaching_products().get(key) or self._official(key)

    def _official(self, key: str) -> Product | None:
        if self._packages is None:
            return None
        rows = self._packages.rows("SELECT code, assigned, product, text, first, last FROM packages WHERE code = ?", key)
        if not rows:
            return None
        code, assigned, number, text, first, last = rows[0]
        name = labeler = strength = form = ""
        if self._products is not None:
            query = "SELECT name, labeler, strength, form FROM products WHERE product = ? ORDER BY first LIMIT 1"
            described = self._products.rows(query, number)
            if described:
                name, labeler, strength, form = described[0]
        return Product(
            code, assigned, labeler, name or number, strength, form, text, None, "", "", "", "", "", False,
            f"FDA NDC Directory, {self._packages.meta['release']}", _day(first), _day(last),
        )  # fmt: skip

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """Packages whose product, labeler, form or package has every typed word, or whose number begins so. Never raises."""
        from medcoding.codes.ndc.search import search

        return search(self, text, limit)

    def problem(self, code: str) -> Finding | None:
        """What is wrong with a number on this date, or None. Never raises.

        Rules: "malformed-ndc", "not-valid-on-date", "not-in-directory" (a warning; the number itself is well made).
        """
        from medcoding.findings import Finding, Severity

        try:
            key = to_11(code)
        except NdcError as error:
            return Finding(severity=Severity.ERROR, rule="malformed-ndc", message=str(error), citation=_CITATION)
        found = self.get(key)
        shown = hyphenated(key)
        if found is None:
            where = "FDA's directory" if self.complete else "the teaching table; add FDA's package file to look further"
            message = f"{shown} is well made, but it is not in {where}."
            return Finding(severity=Severity.WARNING, rule="not-in-directory", message=message, codes=(key,), citation=_CITATION)
        if found.in_force(self.date):
            return None
        message = f"{shown} was marketed from {found.valid_from or 'an unknown day'} to {found.valid_to or 'now'}, not on {self.date}."
        return Finding(severity=Severity.ERROR, rule="not-valid-on-date", message=message, codes=(key,), citation=_CITATION)


def on(date: str | dt.date) -> Book:
    """The book for a date of service, a `date` or text such as "2026-03-01". Raises `DateOutOfRange`."""
    return _on(_date(date))


def forget() -> None:
    """Let open books go, so that the next one sees a file that was just added."""
    _on.cache_clear()


@lru_cache(maxsize=16)
def _on(date: dt.date) -> Book:
    return Book(date, _official(PACKAGES, date), _official(PRODUCTS, date))


def _official(kind: str, date: dt.date) -> Store | None:
    from medcoding.codes.official import places

    if not places.paths(kind):
        return None
    from medcoding.codes.official import store

    return store.in_force(kind, date, nearest=True)


def _date(date: str | dt.date) -> dt.date:
    found = as_date(date)
    if found < FIRST:
        raise DateOutOfRange(f"Drug packages are known here for dates of service from {FIRST} on; {found} is before it.")
    return found


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
