"""Present on admission: on inpatient diagnoses, and nowhere else (Official Guidelines, Appendix I)."""

from __future__ import annotations

from collections.abc import Iterator

from medcoding.claims.edits.case import Case
from medcoding.claims.edits.core import Edit, edit
from medcoding.payment.drg.case import POA

EXEMPT = "VWXYZ"
"""First letters of most codes that are exempt from reporting. CMS's list goes code by code; a blank beside one of these is let be."""


def edits(case: Case) -> Iterator[Edit]:
    """Blank, unknown or superfluous indicators."""
    entries = [(f"diagnoses.{n}", one) for n, one in enumerate(case.claim.diagnoses)]
    if case.institutional:
        entries += [(f"external_causes.{n}", one) for n, one in enumerate(case.institutional.external_causes)]
    for path, one in entries:
        if case.inpatient:
            if not one.poa and one.code[:1] not in EXEMPT:
                message = (
                    f"{one.code} has no present-on-admission indicator, and it is not exempt. Read in the record whether it was there when "
                    "the order for admission was written: Y, N, U (not documented) or W (cannot be determined)."
                )
                yield edit("poa-missing", message, [f"{path}.poa"], [one.code])
            elif one.poa and one.poa not in POA:
                known = ", ".join(f"{name} {plain}" for name, plain in POA.items())
                yield edit("poa-unknown", f"{one.code} has the indicator {one.poa!r}; there are {known}.", [f"{path}.poa"], [one.code])
        elif one.poa:
            message = f"{one.code} has the indicator {one.poa}, but only inpatient claims report what was present on admission. Remove it."
            yield edit("poa-on-outpatient", message, [f"{path}.poa"], [one.code])
