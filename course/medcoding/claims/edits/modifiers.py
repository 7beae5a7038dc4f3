"""Modifiers: known, in force, fitting, consistent, in order; and add-ons beside their main service."""

from __future__ import annotations

from collections.abc import Iterator

from medcoding.claims.edits.case import Case, Placed
from medcoding.claims.edits.core import Edit, edit, listed, passed_on
from medcoding.claims.edits.tables import conflicts, modifier_groups
from medcoding.codes import cpt, hcpcs
from medcoding.codes.cpt.service_table import PREFIX
from medcoding.codes.dates import DateOutOfRange

_NAMES = {"unknown-modifier": "modifier-unknown", "modifier-not-valid-on-date": "modifier-not-on-date", "not-in-teaching-table": "modifier-not-in-table"}


def edits(case: Case) -> Iterator[Edit]:
    """Each line's modifiers, then add-ons over the whole claim, day by day."""
    for placed in case.lines:
        if placed.line.modifiers:
            yield from _line(case, placed)
    days: dict[object, list[Placed]] = {}
    for placed in case.coded_lines:
        days.setdefault(case.date_of(placed), []).append(placed)
    for placed_lines in days.values():
        keys = [placed.code for placed in placed_lines if placed.service is not None]
        for finding in cpt.add_on_problems(keys):
            fields = [placed.at("code") for placed in placed_lines if placed.code == finding.codes[0]]
            yield passed_on(finding, fields, "add-on-alone")


def _line(case: Case, placed: Placed) -> Iterator[Edit]:
    modifiers, field = placed.line.modifiers, [placed.at("modifiers")]
    for modifier in dict.fromkeys(modifiers):
        yield from _known(case, placed, modifier)
    repeated = [one for one in dict.fromkeys(modifiers) if modifiers.count(one) > 1]
    if repeated:
        yield edit("modifier-repeated", f"{listed(repeated, 'and')} stands twice on one line. Keep it once.", field, repeated)
    for conflict in conflicts():
        if conflict.modifiers <= set(modifiers):
            both = [one for one in modifiers if one in conflict.modifiers]
            message = f"{listed(dict.fromkeys(both), 'and')} on one line contradict each other: {conflict.why}."
            yield edit("modifier-conflict", message, field, dict.fromkeys(both), citation=conflict.citation)
    pricing = modifier_groups()["pricing"]
    late = [one for place, one in enumerate(modifiers) if one in pricing and any(before not in pricing for before in modifiers[:place])]
    if late:
        message = f"{listed(late, 'and')} changes the price and should stand before modifiers that only inform: {', '.join(sorted(modifiers, key=lambda one: one not in pricing))}."
        yield edit("modifier-order", message, field, late)


def _known(case: Case, placed: Placed, modifier: str) -> Iterator[Edit]:
    field, date = [placed.at("modifiers")], case.date_of(placed)
    if modifier.isdigit() and len(modifier) == 2:
        if modifier not in cpt.modifiers():
            message = f"The course's table has no modifier {modifier}: check it in the licensed set."
            yield edit("modifier-not-in-table", message, field, [modifier])
            return
    elif date is not None:
        try:
            problem = hcpcs.on(date).modifier_problem(modifier)
        except DateOutOfRange:
            problem = None
        if problem is not None:
            yield passed_on(problem.model_copy(update={"codes": (modifier,)}), field, _NAMES[problem.rule])
            return
    if placed.service is not None and placed.code.startswith(PREFIX):
        misfit = cpt.modifier_problem(placed.code, modifier)
        if misfit is not None:
            yield passed_on(misfit, [*field, placed.at("code")])
