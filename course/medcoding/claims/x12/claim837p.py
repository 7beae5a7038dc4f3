"""The claim level and the lines of an 837P (loops 2300 to 2430)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from medcoding.claims.x12.parties import address, drug, needed, others, provider, span
from medcoding.claims.x12.problems import WriteError
from medcoding.claims.x12.procedures import to_x12
from medcoding.claims.x12.wire import Body, Value

if TYPE_CHECKING:
    from medcoding.claims.model import Professional, ServiceLine


def write(body: Body, claim: Professional, numbers: Mapping[str, str] | None) -> None:
    """Loops 2300 (claim), 2310 (providers), 2320 (other payers) and 2400 (lines) of a professional claim."""
    _claim(body, claim)
    _diagnoses(body, claim)
    if claim.referring and claim.referring_role == "DN":
        provider(body, "2310A", "DN", claim.referring)
    if claim.rendering:
        provider(body, "2310B", "82", claim.rendering)
        if claim.rendering.taxonomy:
            body.add("2310B", "PRV", "PE", "PXC", claim.rendering.taxonomy)
    if claim.facility:
        provider(body, "2310C", "77", claim.facility)
        address(body, "2310C", claim.facility.address, must=True)
    if claim.referring and claim.referring_role == "DQ":
        provider(body, "2310D", "DQ", claim.referring)
    others(body, claim)
    for number, line in enumerate(claim.lines, 1):
        _line(body, claim, line, number, numbers)


def _claim(body: Body, claim: Professional) -> None:
    add = body.add
    place = needed(claim.lines[0].place, "place", "CLM05-1", "a place of service was expected.")
    frequency = needed(claim.frequency, "frequency", "CLM05-3", "1 (original), 7 (replaces) or 8 (voids) was expected.")
    accident = claim.accident
    causes = [one for one, said in (("AA", accident.auto), ("EM", accident.employment), ("OA", accident.other)) if said]
    related: Value = [causes[0], causes[1] if len(causes) > 1 else "", "", accident.state] if causes else None
    if len(causes) > 2:
        raise WriteError("accident", "work, car and other", "at most two causes were expected.", "CLM11")
    signed = claim.signature_on_file
    add(
        "2300", "CLM", claim.control_number, claim.total_charge, None, None, [place, "B", frequency], "Y",
        "A" if claim.accept_assignment else "C", "Y" if signed else "N", "Y" if signed else "I", None, related,
    )  # fmt: skip
    for kind, day in (("431", claim.onset), ("439", accident.date), ("435", claim.hospitalized_from), ("096", claim.hospitalized_through)):
        if day:
            add("2300", "DTP", kind, "D8", f"{day:%Y%m%d}")
    if claim.patient_paid is not None:
        add("2300", "AMT", "F5", claim.patient_paid)
    references = (("G1", claim.authorization), ("F8", claim.original_reference), ("X4", claim.clia), ("EA", claim.patient.record_number))
    for kind, number in references:
        if number:
            add("2300", "REF", kind, number)
    if claim.remarks:
        add("2300", "NTE", "ADD", claim.remarks)


def _diagnoses(body: Body, claim: Professional) -> None:
    needed(claim.diagnoses, "diagnoses", "HI01", "at least one diagnosis was expected.")
    body.add("2300", "HI", *[["ABF" if place else "ABK", one.code.replace(".", "")] for place, one in enumerate(claim.diagnoses)])


def _line(body: Body, claim: Professional, line: ServiceLine, number: int, numbers: Mapping[str, str] | None) -> None:
    add = body.add
    add("2400", "LX", number)
    where = f"lines.{number - 1}"
    code = to_x12(needed(line.code, f"{where}.code", "SV101-2", "a procedure code was expected."), numbers)
    modifiers = [*line.modifiers, *[""] * (4 - len(line.modifiers))]
    pointers = [_pointer(claim, one, where) for one in needed(line.pointers, f"{where}.pointers", "SV107", "one to four diagnosis pointers were expected.")]
    add(
        "2400", "SV1", ["HC", code, *modifiers, line.description], line.charge, "MJ" if _anesthesia(line.code) else "UN", line.units,
        line.place if line.place != claim.lines[0].place else None, None, pointers, None, "Y" if line.emergency else None, None,
        "Y" if line.epsdt else None,
    )  # fmt: skip
    add("2400", "DTP", "472", *span(line.date, line.through))
    add("2400", "REF", "6R", str(number))
    if line.drug:
        drug(body, line.drug, f"{where}.drug")
    if line.rendering:
        provider(body, "2420A", "82", line.rendering)
        if line.rendering.taxonomy:
            add("2420A", "PRV", "PE", "PXC", line.rendering.taxonomy)
    if claim.referring and claim.referring_role == "DK":
        provider(body, "2420E", "DK", claim.referring)


def _anesthesia(code: str) -> bool:
    """Whether the units of a line are minutes: those of anesthesia services are."""
    from medcoding.codes import cpt

    service = cpt.services().get(code)
    return service.kind == "anesthesia" if service else len(code) == 5 and code.isdigit() and code < "02000"


def _pointer(claim: Professional, pointer: str, where: str) -> str:
    place = claim.place_of(pointer)
    if place is None:
        raise WriteError(f"{where}.pointers", pointer, f"one of the claim's {len(claim.diagnoses)} diagnoses was expected (A is the first).", "SV107")
    return str(place + 1)
