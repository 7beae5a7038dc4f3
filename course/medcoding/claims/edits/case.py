"""A claim as the edits see it: its codes with their places, its services, the tables to ask, the claims before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from medcoding.claims.edits.tables import Tables
from medcoding.claims.model import Claim, Institutional, Line, Professional, ServiceLine
from medcoding.codes.cpt.layout import category_of
from medcoding.codes.cpt.service_table import PREFIX, Service, services

VISIT, OTHER = "visit", ""

VISIT_CODES = frozenset({"G0402", "G0438", "G0439", "G0463", "G0466", "G0467"})
"""HCPCS codes of the course's table that are visits."""


@dataclass(frozen=True)
class Placed:
    """One line: where it stands ("lines.0"), what it is, and its service of the course's table, if it is one."""

    path: str
    line: Line

    def at(self, name: str) -> str:
        """The path of one of its fields."""
        return f"{self.path}.{name}"

    @property
    def code(self) -> str:
        return self.line.code

    @cached_property
    def service(self) -> Service | None:
        """The service of a service key that the table has."""
        return services()[self.code] if self.code.startswith(PREFIX) and self.code in services() else None

    @property
    def is_number(self) -> bool:
        """Whether the code has a shape of the licensed set."""
        return category_of(self.code) is not None

    @property
    def is_visit(self) -> bool:
        """Whether it is a visit: of kind visit in the table, of the section of visits, or one of `VISIT_CODES`."""
        if self.service is not None:
            return self.service.kind == VISIT
        if self.is_number:
            from medcoding.codes.cpt.layout import section_of

            section = section_of(self.code)
            return section is not None and section.key == "visits"
        return self.code in VISIT_CODES


@dataclass
class Case:
    """A claim, the tables it is checked by, and the same patient's earlier claims."""

    claim: Claim
    tables: Tables
    history: Sequence[Claim] = field(default_factory=tuple)

    @cached_property
    def professional(self) -> Professional | None:
        return self.claim if isinstance(self.claim, Professional) else None

    @cached_property
    def institutional(self) -> Institutional | None:
        return self.claim if isinstance(self.claim, Institutional) else None

    @property
    def inpatient(self) -> bool:
        return self.institutional is not None and self.institutional.inpatient

    @cached_property
    def lines(self) -> tuple[Placed, ...]:
        return tuple(Placed(f"lines.{number}", line) for number, line in enumerate(self.claim.lines))

    @cached_property
    def coded_lines(self) -> tuple[Placed, ...]:
        """The lines that have a code."""
        return tuple(one for one in self.lines if one.code)

    @cached_property
    def diagnoses(self) -> tuple[tuple[str, str], ...]:
        """(path, code) of the diagnoses in the claim's order, external causes of an institutional claim after them."""
        found = [(f"diagnoses.{n}.code", one.code) for n, one in enumerate(self.claim.diagnoses)]
        if self.institutional:
            found += [(f"external_causes.{n}.code", one.code) for n, one in enumerate(self.institutional.external_causes)]
        return tuple(one for one in found if one[1])

    @cached_property
    def other_diagnoses(self) -> tuple[tuple[str, str], ...]:
        """(path, code) of admitting diagnosis and reasons for the visit, which are no part of the order."""
        claim = self.institutional
        if claim is None:
            return ()
        found = [("admitting_diagnosis", claim.admitting_diagnosis), *(("reasons", code) for code in claim.reasons)]
        return tuple(one for one in found if one[1])

    def fields_of(self, codes: Sequence[str]) -> Iterator[str]:
        """Where diagnoses stand on the claim, in the order of `codes`."""
        for code in codes:
            yield from (path for path, known in self.diagnoses if known == code)

    def supporting(self, placed: Placed) -> tuple[tuple[str, str], ...]:
        """(path, code) of the diagnoses a line is for: those it points to, on an institutional claim all of them."""
        line = placed.line
        if self.professional is None or not isinstance(line, ServiceLine):
            return self.diagnoses
        places = (self.professional.place_of(pointer) for pointer in line.pointers)
        return tuple((f"diagnoses.{n}.code", self.claim.diagnoses[n].code) for n in places if n is not None)

    def date_of(self, placed: Placed) -> dt.date | None:
        """The line's date, else the first date of the claim."""
        return placed.line.date or self.claim.service_from

    @cached_property
    def earlier(self) -> tuple[Claim, ...]:
        """The history's claims of the same patient: the same name and birth date."""
        return tuple(one for one in self.history if one is not self.claim and _same_patient(one, self.claim))


def _same_patient(one: Claim, other: Claim) -> bool:
    def who(claim: Claim) -> tuple[str, str, dt.date | None]:
        return claim.patient.last.casefold(), claim.patient.first.casefold(), claim.patient.birth_date

    return who(one) == who(other)
