"""Units: there, whole, and within the limits of a line or a day (NCCI Policy Manual ch. 1 section V)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit

PER_LINE = "1"


def edits(case: Case) -> Iterator[Edit]:
    """Zero and broken units, limits of a line, limits of a day over all lines of a code."""
    for placed in case.coded_lines:
        units = placed.line.units
        if units == 0:
            yield edit("units-zero", f"{placed.code} has 0 units: count what was done, or remove the line.", [placed.at("units")], [placed.code])
        elif units != units.to_integral_value() and (placed.service is None or placed.service.kind != "anesthesia"):
            yield edit("units-not-whole", f"{placed.code} has {units.normalize():f} units. A part of a unit counts as a whole one.", [placed.at("units")], [placed.code])
    days: dict[tuple[str, dt.date | None], list[Placed]] = {}
    for placed in case.coded_lines:
        limit = case.tables.limits.get(placed.code)
        if limit is None:
            continue
        if limit.indicator != PER_LINE:
            days.setdefault((placed.code, case.date_of(placed)), []).append(placed)
        elif placed.line.units > limit.units:
            message = (
                f"{placed.code} has {placed.line.units.normalize():f} units on one line, and a line may have {limit.units} (indicator 1). If the record shows "
                "them all, report the rest on a further line with the modifier that says why."
            )
            yield edit("units-over-line-limit", message, [placed.at("units")], [placed.code], citation=limit.source)
    for (code, date), placed_lines in days.items():
        limit = case.tables.limits[code]
        total = sum((placed.line.units for placed in placed_lines), Decimal(0))
        if total > limit.units:
            where = f"over {len(placed_lines)} lines" if len(placed_lines) > 1 else "on one line"
            way = "it rests on policy and no record overcomes it" if limit.indicator == "2" else "if the record shows that all were needed, keep them and appeal"
            message = (
                f"{code} has {total.normalize():f} units on {date} {where}, and a day may have {limit.units} (indicator {limit.indicator}: "
                f"{way}). Splitting over lines does not help."
            )
            yield edit("units-over-day-limit", message, [placed.at("units") for placed in placed_lines], [code], citation=limit.source)
