"""What both kinds of 837 share: providers, persons, addresses, other insurance, days, drugs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeVar

from medcoding.claims.x12.problems import WriteError
from medcoding.claims.x12.wire import Body, Value

if TYPE_CHECKING:
    from medcoding.claims.model import Address, Claim, Coverage, Drug, Person, Provider

ORDER = "PST"
"""Who pays first, second, third (SBR01)."""

Given = TypeVar("Given")


def needed(value: Given | None, field: str, element: str, expected: str) -> Given:
    """A value that must be there."""
    if not value:
        raise WriteError(field, "", expected, element)
    return value


def organisation(qualifier: str, number: str) -> list[Value]:
    """The rest of an organisation's NM1 after its name: NM104 to NM109."""
    return [None, None, None, None, qualifier if number else None, number]


def provider(body: Body, loop: str, role: str, given: Provider) -> None:
    """The NM1 of a provider: person or organisation by whether there is a first name."""
    name = needed(given.name, "name", "NM103", "the provider's name was expected.")
    body.add(loop, "NM1", role, "1" if given.is_person else "2", name, given.first, None, None, None, "XX" if given.npi else None, given.npi)


def person(body: Body, loop: str, role: str, given: Person, qualifier: str = "", number: str = "") -> None:
    """The NM1 of a person, and the address where there is one."""
    last = needed(given.last, "last", "NM103", "the last name was expected.")
    body.add(loop, "NM1", role, "1", last, given.first, given.middle, None, None, qualifier if number else None, number)
    address(body, loop, given.address, must=loop == "2010CA")


def address(body: Body, loop: str, given: Address, must: bool = False) -> None:
    """N3 and N4 of an address; none where there is no street and none is needed."""
    if not given.street and not must:
        return
    needed(given.street, "address.street", "N301", "a street was expected.")
    needed(given.city, "address.city", "N401", "a city was expected.")
    body.add(loop, "N3", given.street)
    body.add(loop, "N4", given.city, given.state, given.zip.replace("-", ""))


def others(body: Body, claim: Claim) -> None:
    """The claim's other coverages (loop 2320), each with what it has paid."""
    own = min(claim.destination, len(claim.coverages) - 1)
    for level, coverage in enumerate(claim.coverages):
        if level != own:
            _other(body, claim, coverage, ORDER[level])


def _other(body: Body, claim: Claim, coverage: Coverage, level: str) -> None:
    add = body.add
    add("2320", "SBR", level, coverage.relationship, coverage.group_number, coverage.plan_name, None, None, None, None, coverage.filing)
    if coverage.paid is not None:
        add("2320", "AMT", "D", coverage.paid)
    signed = "Y" if claim.signature_on_file else "N"
    add("2320", "OI", None, None, signed, None, None, "Y" if claim.signature_on_file else "I")
    member = needed(coverage.member_id, "member_id", "NM109", "the insured person's number was expected.")
    insured = claim.patient if coverage.relationship == "18" else coverage.insured
    person(body, "2330A", "IL", needed(insured, "insured", "NM103", "the insured person was expected."), "MI", member)
    number = needed(coverage.payer.payer_id, "payer_id", "NM109", "the payer's number was expected.")
    add("2330B", "NM1", "PR", "2", needed(coverage.payer.name, "payer.name", "NM103", "the payer's name was expected."), *organisation("PI", number))
    address(body, "2330B", coverage.payer.address)
    if coverage.authorization:
        add("2330B", "REF", "G1", coverage.authorization)


def span(start: dt.date, end: dt.date | None) -> tuple[str, str]:
    """A day (D8) or a span of days (RD8) as qualifier and text."""
    if end is None or end == start:
        return "D8", f"{start:%Y%m%d}"
    return "RD8", f"{start:%Y%m%d}-{end:%Y%m%d}"


def drug(body: Body, given: Drug, where: str) -> None:
    """LIN and CTP of a drug package: the number in eleven digits, the quantity and its unit."""
    from medcoding.codes import ndc

    try:
        number = ndc.to_11(given.ndc)
    except ValueError:
        raise WriteError(f"{where}.ndc", given.ndc, "a drug number of ten or eleven digits was expected.", "LIN03") from None
    if given.unit not in ("F2", "GR", "ME", "ML", "UN"):
        raise WriteError(f"{where}.unit", given.unit, "F2, GR, ME, ML or UN was expected.", "CTP05-1")
    body.add("2410", "LIN", None, "N4", number)
    body.add("2410", "CTP", None, None, None, given.quantity, given.unit)
