"""The course's own relative value units, one row a service key: invented, for lessons (`data/rbrvs_teaching.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from medcoding.codes import cpt
from medcoding.codes.cpt.service_table import normal
from medcoding.payment.steps import ZERO, PaymentInputError
from medcoding.payment.tables import read

PARTS = ("before", "during", "after")
"""The parts of a global package: before, during and after surgery."""

SETTINGS = ("office", "facility")
"""Where a service is done: office stands for every non-facility place, facility for hospitals and surgery centers."""

LABEL = "Units are invented teaching values of this course, not a fee schedule."


@dataclass(frozen=True)
class Units:
    """Work, practice expense and liability of a service, or of a part of it, in one setting."""

    work: Decimal
    pe: Decimal
    mp: Decimal


@dataclass(frozen=True)
class Entry:
    """One row: units by setting, and what CMS's files say by their indicators. `laboratory` is an amount, `base` anesthesia units."""

    key: str
    plain: str
    kind: str
    work: Decimal = ZERO
    office: Decimal | None = None
    facility: Decimal | None = None
    mp: Decimal = ZERO
    reading_pe: Decimal | None = None
    reading_mp: Decimal | None = None
    assistant: bool = False
    team: bool = False
    scope: str = ""
    stopped: Decimal | None = None
    base: int | None = None
    laboratory: Decimal | None = None
    ranked: bool = False
    sides: Decimal | None = None
    parts: Mapping[str, Decimal] | None = None

    def units(self, setting: str, modifiers: tuple[str, ...] = ()) -> Units:
        """The units in a setting, of the part that 26 or TC names, else of the whole.

        Source: 42 CFR 414.22 (facility and non-facility expense); CMS Claims Processing Manual ch. 13 §20.1 (26 and TC).
        Raises `PaymentInputError` where the table has none.
        """
        if "26" in modifiers or "TC" in modifiers:
            return self._part("26" in modifiers, setting)
        expense = self.office if setting == "office" else self.facility
        if expense is None:
            other = "facility" if setting == "office" else "office"
            hint = " The reading alone (26) is." if self.reading_pe is not None else ""
            raise PaymentInputError(f"{self.key} is not priced in the setting {setting!r} but in {other!r}.{hint}")
        return Units(self.work, expense, self.mp)

    def _part(self, professional: bool, setting: str) -> Units:
        if self.reading_pe is None or self.reading_mp is None or self.office is None:
            raise PaymentInputError(f"26 and TC do not fit {self.key}: it has no technical and professional part.")
        if professional:
            return Units(self.work, self.reading_pe, self.reading_mp)
        if setting == "facility":
            raise PaymentInputError(f"{self.key}-TC is not paid to a physician in a facility: the hospital bills the technical part.")
        return Units(ZERO, self.office - self.reading_pe, self.mp - self.reading_mp)


@lru_cache(maxsize=1)
def teaching() -> Mapping[str, Entry]:
    """Every row by its service key. The values are invented; `LABEL` says so wherever they are used."""
    data = read("rbrvs_teaching")
    splits = {int(days): {part: _number(value) for part, value in row.items()} for days, row in data["splits"].items()}
    return MappingProxyType({key: _entry(key, row, splits) for key, row in data["services"].items()})


def entry(key: str) -> Entry:
    """The row of a service key. Raises `PaymentInputError` naming the nearest keys."""
    name = normal(key)
    if name in teaching():
        return teaching()[name]
    import difflib

    near = ", ".join(difflib.get_close_matches(name, teaching(), n=3, cutoff=0.5))
    known = "is a service key, but has no teaching units" if name in cpt.services() else "has no teaching units"
    raise PaymentInputError(f"{str(key)[:60]!r} {known}: {f'near: {near}' if near else 'rbrvs.teaching() lists those that have'}.")


def _entry(key: str, row: dict[str, Any], splits: Mapping[int, Mapping[str, Decimal]]) -> Entry:
    service = cpt.services()[key]
    surgery = service.kind == "surgery"
    reading = row.get("reading", {})
    sides = Decimal("1.5") if surgery else Decimal(2)
    return Entry(
        key, service.plain, service.kind,
        work=_number(row.get("work", 0)), office=_maybe(row.get("office")), facility=_maybe(row.get("facility")), mp=_number(row.get("mp", 0)),
        reading_pe=_maybe(reading.get("pe")), reading_mp=_maybe(reading.get("mp")),
        assistant=row.get("assistant", False), team=row.get("team", False), scope=row.get("scope", ""),
        stopped=_maybe(row.get("stopped")), base=row.get("base"), laboratory=_maybe(row.get("laboratory")),
        ranked=surgery and not service.add_on, sides=sides if service.paired else None,
        parts=splits.get(service.global_days or 0),
    )  # fmt: skip


def _number(value: object) -> Decimal:
    return Decimal(str(value))


def _maybe(value: object) -> Decimal | None:
    return None if value is None else _number(value)

