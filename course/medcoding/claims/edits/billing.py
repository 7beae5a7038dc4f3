"""What kind of bill it is, to whom, and its total."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medcoding.claims.edits.case import Case
from medcoding.claims.edits.core import Edit, edit, listed
from medcoding.claims.edits.tables import frequencies
from medcoding.payment.drg.statuses import STATUSES

_BILL_TYPE = re.compile(r"0[1-8][1-9][0-9A-Z]")


def edits(case: Case) -> Iterator[Edit]:
    """Frequency and its reference, bill type and patient status, order of payers, total."""
    yield from _frequency(case)
    yield from _status(case)
    claim = case.claim
    for number, coverage in enumerate(claim.coverages[: claim.destination]):
        if coverage.paid is None:
            message = (
                f"The claim goes to payer {claim.destination + 1}, but {coverage.payer.name} pays before it and has not answered. "
                "Bill the payers in their order, and report what each has paid."
            )
            yield edit("payer-order", message, ["destination", f"coverages.{number}.paid"])
    if claim.destination >= len(claim.coverages):
        message = f"The claim goes to payer {claim.destination + 1}, and there are {len(claim.coverages)}."
        yield edit("payer-order", message, ["destination"])
    if claim.stated_total is not None and claim.stated_total != claim.charge:
        message = f"The total says {claim.stated_total:,}, and the lines add up to {claim.charge:,}. Correct the one that is wrong."
        yield edit("total-mismatch", message, ["stated_total"], [str(claim.stated_total)])


def _frequency(case: Case) -> Iterator[Edit]:
    claim = case.claim
    field = "bill_type" if case.institutional else "frequency"
    if case.institutional and not _BILL_TYPE.fullmatch(case.institutional.bill_type):
        message = f"Bill type {case.institutional.bill_type} has not its shape: a zero, then facility, kind of care and frequency, such as 0111 or 0131."
        yield edit("bill-type-format", message, [field], [case.institutional.bill_type])
        return
    found = frequencies().get(claim.frequency_code)
    if found is None or claim.kind not in found.kinds:
        known = listed(f"{one.code} ({one.plain})" for one in frequencies().values() if claim.kind in one.kinds)
        yield edit("frequency-unknown", f"Frequency {claim.frequency_code!r} is none of a {claim.kind} claim. There are {known}.", [field], [claim.frequency_code])
        return
    if found.reference and not claim.original_reference:
        message = f"Frequency {found.code} {found.plain}: give the payer's own number of that claim, from its remittance."
        yield edit("reference-missing", message, [field, "original_reference"], [found.code], citation=found.citation)
    elif claim.original_reference and not found.reference:
        message = f"The payer's number {claim.original_reference} names an earlier claim, but frequency {found.code} is not a replacement (7) or void (8)."
        yield edit("reference-on-original", message, [field, "original_reference"], [found.code], citation=found.citation)


def _status(case: Case) -> Iterator[Edit]:
    claim = case.institutional
    if claim is None:
        return
    if (claim.status and claim.status not in STATUSES) or (claim.inpatient and not claim.status):
        found = f"{claim.status} is no patient status" if claim.status else "A stay needs a patient status, and there is none"
        yield edit("status-unknown", f"{found}: 01 home, 03 skilled nursing, 06 home health, 20 died, 30 still a patient, and others.", ["status"], [claim.status])
        return
    frequency = frequencies().get(claim.frequency_code)
    if not claim.inpatient or frequency is None:
        return
    if frequency.status and claim.status != frequency.status:
        message = f"Bill type {claim.bill_type} is {frequency.plain}, so the patient is still there: status 30, not {claim.status}."
        yield edit("interim-status", message, ["bill_type", "status"], [claim.bill_type, claim.status])
    elif claim.status == "30" and not frequency.status and frequency.code in "14":
        message = f"Status 30 says that the patient is still there, but bill type {claim.bill_type} ends the stay."
        yield edit("interim-status", message, ["bill_type", "status"], [claim.bill_type, claim.status])
