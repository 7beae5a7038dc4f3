"""Which boxes of a claim a student may change (the same list for every claim of a kind, empty boxes among them), and what a change makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from medcoding.claims.model import (
    Claim,
    ClaimError,
    Institutional,
    Professional,
    changed,
    field_at,
    removes,
    value_at,
    where,
)

Form = Professional | Institutional

PATH = r"^[a-z][a-z_]*(\.[a-z][a-z_]*|\.[0-9]{1,3})*$"

HEAD = {
    "professional": (
        "coverages.0.member_id", "patient.birth_date", "patient.sex", "accident.employment", "accident.auto", "accident.other", "onset",
        "referring.npi", "hospitalized_from", "hospitalized_through", "frequency", "original_reference", "authorization", "clia",
    ),
    "institutional": (
        "bill_type", "start", "end", "patient.birth_date", "patient.sex", "admitted", "admission_type", "admission_source", "discharge_hour",
        "status", "condition_codes", "coverages.0.member_id", "authorization", "original_reference", "admitting_diagnosis", "reasons", "drg",
    ),
}  # fmt: skip
LINE = {
    "professional": ("date", "place", "code", "modifiers", "pointers", "charge", "units", "drug.ndc", "drug.quantity", "drug.unit"),
    "institutional": ("revenue", "code", "modifiers", "date", "units", "charge"),
}
TAIL = {
    "professional": ("rendering.npi", "billing.npi", "billing.tax_id", "accept_assignment", "signed"),
    "institutional": ("attending.npi", "operating.npi", "billing.npi", "billing.tax_id"),
}


def boxes(claim: Form) -> Iterator[str]:
    """The paths that may be changed, in the order of the form; one empty place after the last diagnosis and procedure."""
    kind = claim.kind
    yield from HEAD[kind]
    for number in range(min(len(claim.diagnoses) + 1, 12 if kind == "professional" else 25)):
        yield f"diagnoses.{number}.code"
        if kind == "institutional":
            yield f"diagnoses.{number}.poa"
    if isinstance(claim, Institutional):
        for number in range(min(len(claim.procedures) + 1, 25)):
            yield f"procedures.{number}.code"
            yield f"procedures.{number}.date"
    for number in range(len(claim.lines)):
        yield from (f"lines.{number}.{name}" for name in LINE[kind])
        yield f"lines.{number}"
    yield from TAIL[kind]


def shown(claim: Form, path: str) -> str:
    """The value at a path as one writes it into the box; empty for an empty box."""
    value = value_at(claim, path)
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if hasattr(value, "quantize") else str(value)


def given(text: str | None) -> Any:
    """What was written into a box, for `changed`: yes and no for boxes to tick, nothing for an emptied one."""
    bare = (text or "").strip()
    return {"yes": True, "no": False}.get(bare.lower(), bare or None)


def box_of(claim: Claim, path: str) -> dict[str, str]:
    """A box for the page: its path, where it stands, our name for it, and what is in it. A whole line is a box to strike out."""
    if path.startswith("lines.") and path.count(".") == 1:
        return {"path": path, "where": f"line {int(path[6:]) + 1}", "label": "The whole line", "value": "", "strike": "1"}
    field = field_at(claim.kind, path)
    return {"path": path, "where": where(claim.kind, path), "label": field.label if field else path, "value": shown(claim, path), "strike": ""}  # type: ignore[arg-type]


class Refused:
    """A value that the box cannot hold, and why."""

    def __init__(self, why: str) -> None:
        self.why = why


def before(claim: Any, path: str) -> str:
    """What is in a box as the claim came; empty for a box that it does not have."""
    try:
        return shown(claim, path)
    except ClaimError:
        return ""


def reached_by(claim: Any, path: str, text: str | None) -> Any:
    """What stands at a path after a value was put there, as the model reads it."""
    if not re.fullmatch(PATH, path):
        return Refused(f"{path[:30]!r} is no field of a claim.")
    try:
        value = given(text)
        after = changed(claim, {path: value})
        return None if value is None and removes(path) else value_at(after, path)
    except ClaimError as error:
        return Refused(" ".join(error.problems)[:300])


def mended(claim: Any, changes: Mapping[str, str | None]) -> Any:
    """The claim with an answer's changes, those left out that no box could hold."""
    changes = {path: value for path, value in changes.items() if re.fullmatch(PATH, path)}
    try:
        return changed(claim, {path: given(value) for path, value in changes.items()})
    except ClaimError:
        sound = {path: given(value) for path, value in changes.items() if not isinstance(reached_by(claim, path, value), Refused)}
        try:
            return changed(claim, sound)
        except ClaimError:
            return claim
