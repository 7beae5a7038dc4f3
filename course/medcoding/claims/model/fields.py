"""Where each field of a claim stands: its box on paper, its place in the 837, and where it comes from.

Read from `data/claim_fields.yaml`; the sources are named there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from medcoding.claims.model.base import ClaimError
from medcoding.claims.model.professional import LETTERS
from medcoding.codes.cpt.tables import table

FORMS = {"professional": "item", "institutional": "FL"}
"""What a box is called: an item of the CMS-1500, a form locator of the UB-04."""

GUIDES = {"professional": "005010X222A1", "institutional": "005010X223A2"}
"""The implementation guide of each electronic claim (45 CFR 162.1102)."""


@dataclass(frozen=True)
class ClaimField:
    """One field. `path` is its pattern ("lines.*.modifiers"), `box` its item or locator, "" where it is not on paper;
    `loop` and `element` are its place in the 837, "" where it has none; `label`, `plain` and `origin` are our own words."""

    kind: str
    path: str
    box: str
    loop: str
    element: str
    label: str
    plain: str
    origin: str

    @property
    def segment(self) -> str:
        """The segment of the 837: "SV1" of "SV101-3"."""
        head = self.element.split(" ")[0].split("-")[0].rstrip(",")
        return head[:-2] if head[-2:].isdigit() else head

    @property
    def electronic(self) -> str:
        """Loop and element in one: "loop 2400, SV101-3 to SV101-6"."""
        return f"loop {self.loop}, {self.element}" if self.loop else ""


@lru_cache(maxsize=2)
def fields(kind: str) -> Mapping[str, ClaimField]:
    """Every field of a "professional" or "institutional" claim by its pattern. Raises `ClaimError` for another kind."""
    if kind not in FORMS:
        raise ClaimError((f"kind is {kind[:20]!r}; it must be “professional” or “institutional”.",))
    rows = table("claim_fields")[kind]
    return MappingProxyType({path: ClaimField(kind, path, **{name: str(value) for name, value in row.items()}) for path, row in rows.items()})


def field_at(kind: str, path: str) -> ClaimField | None:
    """The field that a path belongs to: of "patient.address.zip" the patient's address. None where there is none."""
    known = fields(kind)
    parts = ["*" if part.isdigit() else part for part in path.split(".")]
    while parts:
        found = known.get(".".join(parts))
        if found is not None:
            return found
        parts.pop()
    return None


def where(kind: str, path: str) -> str:
    """A path as people say it: "item 24D, line 1", "item 21B", "FL 67A", "FL 60, payer 2"; the path where it has no box."""
    field = field_at(kind, path)
    if field is None or not field.box:
        return field.label.lower() if field else path
    number = next((int(part) for part in path.split(".") if part.isdigit()), None)
    name = f"{FORMS[kind]} {field.box}"
    if number is None:
        return name
    head = path.split(".")[0]
    if head == "diagnoses":
        return name + (LETTERS[number : number + 1] if kind == "professional" else letter_of(number))
    if head == "procedures":
        return name + letter_of(number).lower()
    if head == "lines":
        return f"{name}, line {number + 1}"
    return f"{name}, payer {number + 1}" if head == "coverages" and number else name


def letter_of(number: int) -> str:
    """The letter of an entry after the first: "" for 0, A for 1 (FL 67A to Q, FL 74a to e); a number past Z."""
    return "" if number == 0 else chr(64 + number) if number <= 26 else f" no. {number + 1}"
