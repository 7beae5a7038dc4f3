"""Writes claims as 837P (005010X222A1) and 837I (005010X223A2), one transaction a claim.

Where each field stands is the table `data/claim_fields.yaml`. What the 837 has no place for is left out: phones of others than
the billing provider, the day of the signature, words beside revenue codes, an hour of admission without its day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from medcoding.claims.x12 import claim837i, claim837p
from medcoding.claims.x12.parties import ORDER, address, needed, organisation, person, provider
from medcoding.claims.x12.problems import WriteError
from medcoding.claims.x12.wire import INSTITUTIONAL, PROFESSIONAL, Body, Envelope, day, wrapped

if TYPE_CHECKING:
    from medcoding.claims.model import Claim, Person, Provider

def write837(
    claims: Claim | Sequence[Claim],
    *,
    envelope: Envelope | None = None,
    numbers: Mapping[str, str] | None = None,
    newlines: bool = True,
) -> str:
    """One file with the claims, all professional or all institutional. `numbers` gives licensed numbers for service keys.

    Raises:
        WriteError: something that the guide must have is missing, or it cannot carry something; field and element are named.
    """
    from medcoding.claims.model import Claim, Institutional

    given = [claims] if isinstance(claims, Claim) else list(claims)
    if len({one.kind for one in given}) > 1:
        raise WriteError("kind", "both kinds", "claims of one kind make a file: write the others to another.", "GS08")
    sent = envelope or Envelope()
    guide = INSTITUTIONAL if given and isinstance(given[0], Institutional) else PROFESSIONAL
    return wrapped([_body(one, Body(guide, f"{place:04d}"), sent, numbers) for place, one in enumerate(given, 1)], sent, newlines)


def _body(claim: Claim, body: Body, envelope: Envelope, numbers: Mapping[str, str] | None) -> Body:
    from medcoding.claims.model import Institutional, Professional

    add = body.add
    coverage = claim.coverage
    sent = claim.submitted or envelope.when.date()
    needed(claim.control_number, "control_number", "CLM01", "the provider's own number of the claim was expected.")
    add("header", "ST", "837", body.control_number, body.guide.version)
    add("header", "BHT", "0019", "00", body.control_number, sent, f"{envelope.when:%H%M}", "CH")
    add("1000A", "NM1", "41", "2", "MEDCODING COURSE", None, None, None, None, "46", envelope.sender)
    add("1000A", "PER", "IC", "CLAIMS DESK", "TE", "5550100000")
    add("1000B", "NM1", "40", "2", needed(coverage.payer.name, "payer.name", "NM103", "the payer's name was expected."), *organisation("46", envelope.receiver))
    _billing(body, claim.billing)
    own = coverage.relationship == "18"
    add("2000B", "HL", "2", "1", "22", "0" if own else "1")
    level = min(claim.destination, len(claim.coverages) - 1)
    add("2000B", "SBR", ORDER[level], "18" if own else None, coverage.group_number, coverage.plan_name, None, None, None, None, coverage.filing)
    insured = claim.patient if own else needed(coverage.insured, "insured", "NM103", "the insured person was expected: the patient is someone else.")
    member = needed(coverage.member_id, "member_id", "NM109", "the insured person's number was expected.")
    person(body, "2010BA", "IL", insured, "MI", member)
    _demographics(body, "2010BA", insured, must=own)
    add("2010BB", "NM1", "PR", "2", coverage.payer.name, *organisation("PI", needed(coverage.payer.payer_id, "payer_id", "NM109", "the payer's number was expected.")))
    address(body, "2010BB", coverage.payer.address)
    if not own:
        add("2000C", "HL", "3", "2", "23", "0")
        add("2000C", "PAT", coverage.relationship)
        person(body, "2010CA", "QC", claim.patient)
        _demographics(body, "2010CA", claim.patient, must=True)
    if isinstance(claim, Institutional):
        claim837i.write(body, claim, numbers)
    elif isinstance(claim, Professional):
        claim837p.write(body, claim, numbers)
    return body


def _billing(body: Body, billing: Provider) -> None:
    add = body.add
    add("2000A", "HL", "1", None, "20", "1")
    if billing.taxonomy:
        add("2000A", "PRV", "BI", "PXC", billing.taxonomy)
    provider(body, "2010AA", "85", billing)
    address(body, "2010AA", billing.address, must=True)
    tax = needed("".join(one for one in billing.tax_id if one.isalnum()), "billing.tax_id", "REF02", "the tax number was expected.")
    add("2010AA", "REF", billing.tax_id_kind, tax)
    phone = "".join(one for one in billing.phone if one.isdigit())
    if phone:
        add("2010AA", "PER", "IC", None if len(billing.name) > 60 else billing.name, "TE", phone)


def _demographics(body: Body, loop: str, given: Person, must: bool) -> None:
    if must:
        needed(given.birth_date, "birth_date", "DMG02", "the date of birth was expected.")
    if given.birth_date:
        if given.sex in ("F", "M"):
            body.add(loop, "DMG", "D8", given.birth_date, given.sex)
        else:
            body.exactly("DMG", "D8", day(given.birth_date), "U")
