"""What the parameters of an item may be, and the stream that chooses among them: the same on every machine and Python."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from medcoding.items.computing import ComputeProblem, number
from medcoding.items.models import Model

MOST_VALUES = 20_000
WALKED = 20_000
"""Up to so many combinations are put into an order of their own, so that none is missed; beyond, they are drawn."""


class Query(Model):
    """Codes of a book on the item's date, below a heading or a start, and of those the ones with certain words and an ending."""

    book: Literal["icd10cm", "icd10pcs", "hcpcs"] = "icd10cm"
    below: Annotated[str, StringConstraints(min_length=1, max_length=12)]
    where: Literal["billable", "header"] = "billable"
    ends: Annotated[str, StringConstraints(max_length=4)] = ""
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def codes(self, on: dt.date) -> tuple[str, ...]:
        """The codes, in the book's order.

        Raises:
            ComputeProblem: there is none.
        """
        found = tuple(
            code
            for code, title in _titled(self.book, self.below, self.where, on)
            if code.endswith(self.ends)
            and all(word.casefold() in title.casefold() for word in self.words)
            and not any(word.casefold() in title.casefold() for word in self.without)
        )
        if not found:
            raise ComputeProblem(f"no {self.where} {self.book} code below {self.below!r} on {on} fits; loosen ends, words or without")
        return found


@cache
def _titled(book: str, below: str, where: str, on: dt.date) -> tuple[tuple[str, str], ...]:
    found = {"icd10cm": _diagnoses, "icd10pcs": _procedures, "hcpcs": _supplies}[book](below.upper(), where == "billable", on)
    codes = []
    for one in found:
        codes.append(one)
        if len(codes) > MOST_VALUES:
            raise ComputeProblem(f"more than {MOST_VALUES:,} codes stand below {below!r}; name a narrower start")
    return tuple(codes)


def _diagnoses(below: str, billable: bool, on: dt.date) -> Iterator[tuple[str, str]]:
    from medcoding.codes import icd10cm
    from medcoding.codes.icd10cm.browsing import below as entries

    book = icd10cm.on(on)

    def walk(name: str) -> Iterator[tuple[str, str]]:
        for entry in entries(book, name):
            if entry.billable == billable and entry.name[:1].isalpha() and "-" not in entry.name:
                yield entry.name, entry.title
            if entry.opens:
                yield from walk(entry.name)

    yield from walk(below)


def _procedures(below: str, billable: bool, on: dt.date) -> Iterator[tuple[str, str]]:
    from medcoding.codes import icd10pcs

    book = icd10pcs.on(on)
    if not billable:
        raise ComputeProblem("ICD-10-PCS has no headers that are codes; leave out 'where'")
    if len(below) < 3:
        raise ComputeProblem(f"{below!r} is too short a start of ICD-10-PCS codes; give three characters or more, a table such as 0SR")

    def walk(start: str) -> Iterator[str]:
        if len(start) == 7:
            yield start
        for value in book.next_axis(start):
            yield from walk(start + value)

    yield from ((code, book[code].title) for code in walk(below))


def _supplies(below: str, billable: bool, on: dt.date) -> Iterator[tuple[str, str]]:
    from medcoding.codes import hcpcs

    if not billable:
        raise ComputeProblem("HCPCS has no headers; leave out 'where'")
    yield from ((code.code, code.title) for code in hcpcs.on(on) if code.code.startswith(below))


class Draw(Model):
    """One parameter: one of some values, a number of a range (from, to, step; both ends count), or a code of a query."""

    choose: Annotated[tuple[Any, ...], Field(min_length=1, max_length=MOST_VALUES)] | None = None
    range: tuple[Any, Any, Any] | None = None
    codes: Query | None = None

    @model_validator(mode="before")
    @classmethod
    def _three(cls, value: object) -> object:
        if isinstance(value, dict) and isinstance(value.get("range"), list) and len(value["range"]) == 2:
            return {**value, "range": [*value["range"], "1"]}
        return value

    @model_validator(mode="after")
    def _one(self) -> Draw:
        if sum(given is not None for given in (self.choose, self.range, self.codes)) != 1:
            raise ValueError("expected one of choose, range and codes")
        for value in self.choose or ():
            inner = value.values() if isinstance(value, dict) else [value]
            if not all(isinstance(one, str | int | Decimal) for one in inner):
                raise ValueError("choose holds texts or numbers, or mappings of these; found something nested deeper")
        if self.range is not None:
            self._steps()
        return self

    def _steps(self) -> tuple[Decimal, ...]:
        assert self.range is not None
        first, last, step = (number(part) for part in self.range)
        if step <= 0 or last < first:
            raise ValueError(f"a range goes up: found {first} to {last} by {step}; expected from, to and a step above 0")
        count = int((last - first) / step) + 1
        if count > MOST_VALUES:
            raise ValueError(f"this range has {count:,} numbers; at most {MOST_VALUES:,} are drawn from. Widen the step")
        return tuple(first + place * step for place in _places(count))

    def values(self, on: dt.date) -> Sequence[Any]:
        """Every value that the parameter may have. Raises `ComputeProblem`."""
        if self.codes is not None:
            return self.codes.codes(on)
        return self._steps() if self.range is not None else self.choose or ()


def _places(count: int) -> Sequence[int]:
    return range(count)


def item_seed(secret: str, item_id: str) -> bytes:
    """The seed of an item's variants: course secret and item id by HMAC-SHA-256."""
    return hmac.new(secret.encode(), f"variants/{item_id}".encode(), hashlib.sha256).digest()


def below(limit: int, seed: bytes, *names: object) -> int:
    """A number from 0 to `limit` - 1, every one as likely, from SHA-256 of the seed and the names."""
    bound = 2**256 - 2**256 % limit
    again = 0
    while True:
        text = "\x1f".join(map(str, (*names, again))).encode()
        found = int.from_bytes(hashlib.sha256(seed + b"\x1f" + text).digest(), "big")
        if found < bound:
            return found % limit
        again += 1


def combinations(domains: Mapping[str, Sequence[Any]], seed: bytes, most: int) -> Iterator[dict[str, Any]]:
    """Combinations of one value each, in an order that `seed` draws, no place taken twice, at most `most` where there are too many to walk."""
    total = 1
    for values in domains.values():
        total *= len(values)
    for place in _order(total, seed, most):
        chosen = {}
        for name, values in domains.items():
            place, own = divmod(place, len(values))
            chosen[name] = values[own]
        yield chosen


def _order(total: int, seed: bytes, most: int) -> Iterator[int]:
    if total <= WALKED:
        yield from sorted(range(total), key=lambda place: hashlib.sha256(seed + b"\x1fplace\x1f%d" % place).digest())
        return
    seen: set[int] = set()
    for attempt in range(most):
        place = below(total, seed, "draw", attempt)
        if place not in seen:
            seen.add(place)
            yield place
