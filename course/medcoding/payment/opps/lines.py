"""The lines of an outpatient hospital claim, checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from medcoding.payment.opps.teaching_table import Composite, Entry, entry, indicators
from medcoding.payment.steps import Number, PaymentInputError, exact

MOST_LINES = 999
"""What an institutional claim holds (837I: 999 service lines)."""

STOPPED = ("52", "73")
"""Modifiers of a service that was reduced or stopped before anesthesia: half is paid (42 CFR 419.44(b); ch. 4 §20.6)."""


@dataclass(frozen=True)
class Line:
    """One service line: a service key or HCPCS code, units, modifiers.

    `status` and `rate` replace the teaching table's, so that a lesson may set its own. `cost` is the hospital's cost of a
    pass-through device (charges × its cost-to-charge ratio).
    """

    code: str
    units: int = 1
    modifiers: tuple[str, ...] = ()
    status: str | None = None
    rate: Number | None = None
    cost: Number | None = None


LineLike = Line | str | tuple[object, ...]
"""A line, a bare code, or a code with its units: ("G0378", 12)."""


@dataclass
class Item:
    """A line while the claim is being decided: what it is, and what becomes of it."""

    title: str
    entry: Entry
    units: int
    modifiers: tuple[str, ...]
    cost: Decimal | None
    status: str
    fate: str = ""
    why: str = ""
    rule: str = ""
    share: Decimal = Decimal(1)
    composite: Composite | None = None

    @property
    def stopped(self) -> bool:
        """Whether it was reduced, or stopped before anesthesia."""
        return any(one in self.modifiers for one in STOPPED)

    @property
    def amount(self) -> Decimal:
        """The rate of all units, before any reduction."""
        return (self.entry.rate or Decimal(0)) * self.units

    def settle(self, fate: str, why: str, rule: str = "") -> None:
        """What becomes of it, once."""
        if not self.fate:
            self.fate, self.why, self.rule = fate, why, rule


def items(lines: Iterable[LineLike]) -> list[Item]:
    """The lines as items. Raises `PaymentInputError`."""
    given = [lines] if isinstance(lines, (str, Line)) else list(lines)
    if not 1 <= len(given) <= MOST_LINES:
        raise PaymentInputError(f"The claim has {len(given)} lines: 1 to {MOST_LINES} were expected.")
    return [_item(_line(one)) for one in given]


def _line(given: LineLike) -> Line:
    if isinstance(given, Line):
        return given
    if isinstance(given, str):
        return Line(given)
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], int):
        return Line(given[0], given[1])
    raise PaymentInputError(f"{str(given)[:60]!r} is no line: a code, a code with its units, or an opps.Line was expected.")


def _item(line: Line) -> Item:
    if isinstance(line.units, bool) or not isinstance(line.units, int) or not 1 <= line.units <= 9999:
        raise PaymentInputError(f"{line.code} has {str(line.units)[:20]!r} units: a whole number from 1 to 9,999 was expected.")
    modifiers = tuple(one.strip().upper() for one in line.modifiers)
    row = _entry(line)
    if row.status not in indicators():
        raise PaymentInputError(f"{line.code} has the status {row.status[:10]!r}: one of {', '.join(indicators())} was expected.")
    pays = indicators()[row.status].pays
    if pays == "own" and row.rate is None:
        raise PaymentInputError(f"{line.code} with status {row.status} pays a rate of its own, and none is given: set `rate`.")
    cost = None if line.cost is None else exact(line.cost, f"the cost of {line.code}")
    if row.status == "H" and cost is None:
        raise PaymentInputError(f"{line.code} is a pass-through device: give its `cost` (charges × the hospital's cost-to-charge ratio).")
    if row.status in ("G", "K", "L") and row.asp is None and row.rate is None:
        raise PaymentInputError(f"{line.code} with status {row.status} is a drug, and has no price: set `rate` for one unit.")
    units = 2 * line.units if "50" in modifiers else line.units
    return Item(line.code.strip(), row, units, modifiers, cost, row.status)


def _entry(line: Line) -> Entry:
    rate = None if line.rate is None else exact(line.rate, f"the rate of {line.code}")
    if line.status is not None and (rate is not None or line.status.strip().upper() in ("N", "A", "B", "C", "E1", "H", "M", "Q4")):
        return Entry(line.code, line.status.strip().upper(), "as given", rate)
    row = entry(line.code)
    row = row if line.status is None else replace(row, status=line.status.strip().upper())
    return row if rate is None else replace(row, rate=rate, asp=None)
