"""Rules on lines of services that need no licensed text: add-ons beside their primary, modifiers that fit the service."""

from __future__ import annotations

from collections.abc import Iterable

from medcoding.codes.cpt.layout import modifiers
from medcoding.codes.cpt.service_table import PREFIX, UnknownService, normal, services
from medcoding.findings import Finding, Severity

NCCI = "CMS NCCI Policy Manual ch. 1"
_PLACES = {
    "eyelid": ("E1", "E2", "E3", "E4"),
    "finger": ("FA", *(f"F{n}" for n in range(1, 10))),
    "toe": ("TA", *(f"T{n}" for n in range(1, 10))),
    "coronary": ("LC", "LD", "LM", "RC", "RI"),
}


def add_on_problems(lines: Iterable[str]) -> list[Finding]:
    """Each add-on among the service keys of a claim whose primary service is not there; other codes are passed over."""
    keys = [normal(line) for line in lines]
    found = []
    for key in dict.fromkeys(keys):
        if not key.startswith(PREFIX):
            continue
        try:
            service = services()[key]
        except UnknownService as error:
            found.append(Finding(severity=Severity.ERROR, rule="unknown-service", message=str(error), codes=(key[:60],)))
            continue
        if service.add_on and not set(service.add_on_to) & set(keys):
            wanted = " or ".join(service.add_on_to)
            message = f"{key} is an add-on and not payable alone: add the service that it adds to ({wanted}), or remove it."
            found.append(Finding(severity=Severity.ERROR, rule="add-on-alone", message=message, codes=(key,), citation=NCCI))
    return found


def modifier_problem(key: str, modifier: str) -> Finding | None:
    """Why a modifier does not fit a service, or None. Raises `UnknownService` for a key that is not in the table."""
    service = services()[key]
    code = modifier.strip().upper()[:4]
    if code == "51" and service.add_on:
        return _misfit(service.key, code, "51 never goes on an add-on: its value already allows for the main service", NCCI)
    if code in ("RT", "LT", "50") and not (service.paired or service.anatomy):
        return _misfit(service.key, code, "it tells a side, and this service has none", NCCI)
    if code in ("26", "TC") and not service.components:
        return _misfit(service.key, code, "it parts reading from equipment, and this service has no such parts", modifiers()["26"].citation)
    if code in ("25", "24", "57") and service.kind not in ("visit", "medicine"):
        return _misfit(service.key, code, "it goes on a visit, not on a procedure", modifiers()[code].citation)
    if code in ("58", "78", "79") and service.kind == "visit":
        return _misfit(service.key, code, "it goes on a procedure, not on a visit", modifiers()[code].citation)
    for place, codes in _PLACES.items():
        if code in codes and service.anatomy != place:
            return _misfit(service.key, code, f"it names a place ({place}) that this service is not for", NCCI)
    return None


def _misfit(key: str, code: str, why: str, citation: str) -> Finding:
    message = f"Modifier {code} does not fit {key}: {why}."
    return Finding(severity=Severity.ERROR, rule="modifier-misfit", message=message, codes=(key, code), citation=citation)
