"""Place of service: a known code, in force, and one where the service is given (CPM ch. 26 §10.5, ch. 12 §30.6)."""

from __future__ import annotations

from collections.abc import Iterator

from medcoding.claims.edits.case import Case
from medcoding.claims.edits.core import Edit, edit, listed
from medcoding.claims.edits.tables import places, settings


def edits(case: Case) -> Iterator[Edit]:
    """Professional lines only: institutional claims have bill types."""
    if case.professional is None:
        return
    for number, line in enumerate(case.professional.lines):
        field = f"lines.{number}.place"
        found = places().get(line.place)
        if found is None:
            yield edit("place-unknown", f"{line.place or 'Blank'} is no place of service: two digits, such as 11 office, 21 hospital stay, 23 emergency.", [field], [line.place])
            continue
        if not found.in_force(line.date):
            message = f"Place {found.code} ({found.plain}) may be used from {found.start} on; the service was on {line.date}."
            yield edit("place-not-on-date", message, [field], [found.code])
        service = case.lines[number].service
        allowed = settings().get(service.setting, ()) if service else ()
        if service and allowed and found.code not in allowed:
            known = listed(f"{code} {places()[code].plain}" for code in allowed[:4])
            message = f"{line.code} is {service.plain}. It is not given in place {found.code} ({found.plain}), but in {known}."
            yield edit("place-conflict", message, [field, f"lines.{number}.code"], [line.code, found.code])
