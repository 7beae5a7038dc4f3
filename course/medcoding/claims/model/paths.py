"""Paths into a claim: "lines.0.modifiers" names one value, to be read, shown on its box, or changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from medcoding.claims.model.base import ClaimError
from medcoding.claims.model.claim import Claim
from medcoding.claims.model.institutional import Institutional
from medcoding.claims.model.professional import Professional

_LEAVES = frozenset({"modifiers", "pointers", "condition_codes", "reasons"})
"""Short lists that stand in one box each and are named whole."""

_CODED = frozenset({"diagnoses", "procedures", "external_causes"})
"""Lists whose entries are nothing without their code."""


def value_at(claim: Claim, path: str) -> Any:
    """The value at a path, None where an optional part is not there. Raises `ClaimError` for what no claim has."""
    value: Any = claim
    for part in path.split("."):
        if value is None:
            return None
        if isinstance(value, BaseModel) and part in type(value).model_fields:
            value = getattr(value, part)
        elif isinstance(value, tuple) and part.isascii() and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            raise ClaimError((f"{path[:60]} is no field of a {claim.kind} claim: {part[:30]!r} is not known there.",))
    return value


def paths(claim: Claim) -> Iterator[tuple[str, Any]]:
    """(path, value) of everything that the claim says, in the order of the model; what is empty is left out."""
    yield from _below(claim, "")


def _below(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _below(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, tuple) and path.rpartition(".")[2] not in _LEAVES:
        for place, one in enumerate(value):
            yield from _below(one, f"{path}.{place}")
    elif value not in (None, "", ()):
        yield path, value


def changed(claim: Claim, changes: Mapping[str, Any]) -> Professional | Institutional:
    """The claim with other values at some paths, checked anew; the given claim stays as it was.

    A path into an optional part that is not there makes that part; a number just past the end of a list adds to it, and
    None for a whole entry ("lines.2") removes it, as does None for the code of a diagnosis or procedure, for no entry is
    left without its code. Entries are removed after everything else, so that numbers hold. None anywhere else empties the
    box: the model's own value for an empty one takes its place.

    Raises:
        ClaimError: a path or a value is none that the form could hold.
    """
    data = claim.model_dump(mode="json")
    removed: list[list[str]] = []
    for path, value in changes.items():
        parts = path.split(".")
        if value is None and removes(path):
            removed.append(parts if parts[-1].isdigit() else parts[:-1])
        else:
            _put(data, parts, value, path)
    for parts in sorted(removed, key=lambda one: -int(one[-1])):
        _remove(data, parts)
    return Claim.load(data)


def removes(path: str) -> bool:
    """Whether nothing at this path means that a whole entry goes: "lines.2", "diagnoses.1.code", "procedures.0.code"."""
    parts = path.split(".")
    return parts[-1].isdigit() or (len(parts) == 3 and parts[0] in _CODED and parts[1].isdigit() and parts[2] == "code")


def _put(data: Any, parts: list[str], value: Any, path: str) -> None:
    here = data
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if isinstance(here, list):
            number = int(part) if part.isascii() and part.isdigit() else -1
            if not 0 <= number <= len(here):
                raise ClaimError((f"{path[:60]}: there are {len(here)} entries, so the next is {len(here)}.",))
            if number == len(here):
                here.append({})
            key: Any = number
        elif isinstance(here, dict):
            key = part
        else:
            raise ClaimError((f"{path[:60]}: nothing lies below {'.'.join(parts[:place])}.",))
        if last:
            if value is None and isinstance(here, dict):
                here.pop(key, None)
            else:
                here[key] = value
            return
        below = here.get(key) if isinstance(here, dict) else here[key]
        here[key] = {} if below is None else below
        here = here[key]


def _remove(data: Any, parts: list[str]) -> None:
    here = data
    for part in parts[:-1]:
        here = here[int(part)] if isinstance(here, list) and part.isdigit() and int(part) < len(here) else here.get(part) if isinstance(here, dict) else None
    number = int(parts[-1])
    if isinstance(here, list) and number < len(here):
        del here[number]
