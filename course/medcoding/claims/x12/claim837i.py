"""The claim level and the lines of an 837I (loops 2300 to 2430)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from medcoding.claims.x12.parties import drug, needed, others, provider
from medcoding.claims.x12.problems import WriteError
from medcoding.claims.x12.procedures import to_x12
from medcoding.claims.x12.wire import Body, Value, number

if TYPE_CHECKING:
    from medcoding.claims.model import Diagnosis, Institutional, RevenueLine

ROOM = ("010", "011", "012", "013", "014", "015", "016", "017", "018", "019", "020", "021")
"""Revenue codes of room and board begin so; their units are days (SV204 DA)."""


def write(body: Body, claim: Institutional, numbers: Mapping[str, str] | None) -> None:
    """Loops 2300 (claim), 2310 (providers), 2320 (other payers) and 2400 (lines) of an institutional claim."""
    _claim(body, claim)
    _information(body, claim)
    if claim.attending:
        provider(body, "2310A", "71", claim.attending)
        if claim.attending.taxonomy:
            body.add("2310A", "PRV", "AT", "PXC", claim.attending.taxonomy)
    if claim.operating:
        provider(body, "2310B", "72", claim.operating)
    others(body, claim)
    for place, line in enumerate(claim.lines, 1):
        _line(body, line, place, numbers)


def _claim(body: Body, claim: Institutional) -> None:
    add = body.add
    kind = claim.bill_type
    if not (len(kind) == 4 and kind[0] == "0"):
        raise WriteError("bill_type", kind, "four characters were expected, the first a zero, such as 0111.", "CLM05-1")
    signed = claim.signature_on_file
    add(
        "2300", "CLM", claim.control_number, claim.total_charge, None, None, [kind[1:3], "A", kind[3]], None,
        "A" if claim.accept_assignment else "C", "Y" if signed else "N", "Y" if signed else "I",
    )  # fmt: skip
    if claim.discharge_hour:
        body.exactly("DTP", "096", "TM", f"{claim.discharge_hour}00")
    add("2300", "DTP", "434", "RD8", f"{claim.start:%Y%m%d}-{claim.end:%Y%m%d}")
    if claim.admitted:
        hour = claim.admission_hour
        add("2300", "DTP", "435", *(("DT", f"{claim.admitted:%Y%m%d}{hour}00") if hour else ("D8", f"{claim.admitted:%Y%m%d}")))
    status = needed(claim.status, "status", "CL103", "the discharge status was expected.")
    add("2300", "CL1", needed(claim.admission_type, "admission_type", "CL101", "the type of admission was expected."), claim.admission_source, status)
    for qualifier, value in (("G1", claim.authorization), ("F8", claim.original_reference), ("EA", claim.patient.record_number)):
        if value:
            add("2300", "REF", qualifier, value)
    if claim.remarks:
        body.exactly("NTE", "ADD", claim.remarks)


def _information(body: Body, claim: Institutional) -> None:
    """The HI segments in the order of the guide: diagnoses with POA, procedures, codes with days and amounts."""
    needed(claim.diagnoses, "diagnoses", "HI01", "a principal diagnosis was expected.")
    add = body.add
    add("2300", "HI", _diagnosis("ABK", claim.diagnoses[0]))
    if claim.admitting_diagnosis:
        add("2300", "HI", ["ABJ", claim.admitting_diagnosis.replace(".", "")])
    _several(body, [["APR", code.replace(".", "")] for code in claim.reasons])
    _several(body, [_diagnosis("ABN", one) for one in claim.external_causes])
    if claim.drg:
        add("2300", "HI", ["DR", claim.drg])
    _several(body, [_diagnosis("ABF", one) for one in claim.diagnoses[1:]])
    procedures = [_procedure("BBQ" if place else "BBR", one.code, one.date or claim.start) for place, one in enumerate(claim.procedures)]
    _several(body, procedures[:1])
    _several(body, procedures[1:])
    _several(body, [["BI", one.code, "RD8", f"{one.start:%Y%m%d}-{one.end:%Y%m%d}"] for one in claim.spans])
    _several(body, [["BH", one.code, "D8", f"{one.date:%Y%m%d}"] for one in claim.occurrences])
    _several(body, [["BE", one.code, "", "", number(one.amount)] for one in claim.values])
    _several(body, [["BG", code] for code in claim.condition_codes])


def _diagnosis(qualifier: str, given: Diagnosis) -> list[str]:
    return [qualifier, given.code.replace(".", ""), "", "", "", "", "", "", given.poa]


def _procedure(qualifier: str, code: str, day: object) -> list[str]:
    return [qualifier, code, "D8", f"{day:%Y%m%d}"]


def _several(body: Body, composites: Sequence[Value]) -> None:
    """Composites of one kind, twelve a segment."""
    for start in range(0, len(composites), 12):
        body.add("2300", "HI", *composites[start : start + 12])


def _line(body: Body, line: RevenueLine, place: int, numbers: Mapping[str, str] | None) -> None:
    add = body.add
    add("2400", "LX", place)
    revenue = needed(line.revenue, f"lines.{place - 1}.revenue", "SV201", "a revenue code was expected.")
    code = ["HC", to_x12(line.code, numbers), *line.modifiers] if line.code else None
    unit = "DA" if revenue[:3] in ROOM else "UN"
    add("2400", "SV2", revenue, code, line.charge, unit, line.units, None, line.noncovered)
    if line.date:
        add("2400", "DTP", "472", "D8", f"{line.date:%Y%m%d}")
    add("2400", "REF", "6R", str(place))
    if line.drug:
        drug(body, line.drug, f"lines.{place - 1}.drug")
