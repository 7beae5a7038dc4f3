"""The transfer policy: when a discharge is paid by the day, and what share of the full payment that comes to.

A hospital that sends a patient on is paid a day's share of the full payment for each day, and one share more for the first
(42 CFR 412.4(f)(1)); in the MS-DRGs of "special pay", whose costs fall early, half of the full payment and half of those
shares (42 CFR 412.4(f); section 1886(d)(5)(J)(i) of the Act). Never more than the full payment. MS-DRG 789, newborns who
died or were transferred, is paid in full (42 CFR 412.4(f)). The arithmetic is that of CMS's IPPS Pricer. Which MS-DRGs count after post-acute transfers is in Table 5 (42 CFR 412.4(d)).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from medcoding.payment.drg import weights
from medcoding.payment.drg.case import Case
from medcoding.payment.drg.statuses import ACUTE, POST_ACUTE, STATUSES
from medcoding.payment.steps import PaymentInputError, rounded

NONE, SPECIAL = "none", "special"
KINDS = (NONE, ACUTE, POST_ACUTE, SPECIAL)
"""How a discharge may be paid: in full, as an acute or post-acute transfer, or as a post-acute one of special pay."""

PAID_IN_FULL = frozenset({789})


@dataclass(frozen=True)
class Transfer:
    """How a discharge is paid: `kind` is one of `KINDS`, `why` a sentence, `citation` where the rule stands."""

    kind: str
    why: str
    citation: str = "42 CFR 412.4"


def transfer_of(case: Case, drg: int) -> Transfer:
    """What the discharge status and Table 5 make of a discharge. Raises `PaymentInputError` where Table 5 is needed and missing."""
    status = STATUSES[case.discharge]
    where = f"Discharge status {status.code}, {status.meaning}"
    if not status.transfer:
        return Transfer(NONE, f"{where}, is not a transfer.", status.citation)
    if drg in PAID_IN_FULL:
        return Transfer(NONE, f"MS-DRG {drg:03d} is paid in full, transferred or not.", "42 CFR 412.4(f)")
    if status.transfer == ACUTE:
        return Transfer(ACUTE, f"{where}, is a transfer in every MS-DRG.", status.citation)
    row = weights.row(drg, case.fiscal_year)
    if row is None:
        raise PaymentInputError(
            f"{where}, is a transfer in the MS-DRGs of Table 5 only. {weights.why_none(case.fiscal_year)} "
            f"Say how it is paid: transfer='{NONE}', '{POST_ACUTE}' or '{SPECIAL}'."
        )
    if not row.post_acute:
        return Transfer(NONE, f"{where}: MS-DRG {drg:03d} is not on the post-acute list of Table 5.", "42 CFR 412.4(d)")
    kind = SPECIAL if row.special else POST_ACUTE
    words = "on the special pay list" if row.special else "on the post-acute list"
    return Transfer(kind, f"{where}: MS-DRG {drg:03d} is {words} of Table 5.", status.citation)


def share(kind: str, days: int, gmlos: Decimal) -> Decimal:
    """The share of the full payment, 0 to 1, rounded to four places as Medicare's Pricer does.

    `days` is the length of stay; a stay of less than a day counts as one. `gmlos` is the geometric mean stay in days.
    """
    if kind == NONE or not gmlos:
        return Decimal(1)
    paid_days = Decimal(max(days, 1) + 1)
    by_day = paid_days / gmlos
    if by_day >= 1:
        return Decimal(1)
    part = by_day if kind != SPECIAL else (1 + by_day) / 2
    return rounded(part, 4)
