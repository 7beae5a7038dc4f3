"""What Medicare's physician fee schedule pays, each rule a step.

    rbrvs.fee(work=1.5, pe=1.2, mp=0.1, gpci=(1.0, 1.0, 1.0), factor=33.4009).amount     # Decimal('93.52')
    rbrvs.multiple([900, 500, 300])                       # several procedures in one session
    rbrvs.scopes([310.02, 275.12], look=200)              # several services through one scope
    rbrvs.adjust(1000, "50", "80")                        # what modifiers do to an amount
    rbrvs.anesthesia(base=7, minutes=129, modifier="QK")
    rbrvs.price(["svc:office-visit-established", ("svc:large-joint-injection", "50")])   # with teaching units
    rbrvs.settle(100, deductible=50)                      # who pays what
    rbrvs.teaching()["svc:knee-film"]                     # the course's own units, invented

Each answer has `.amount`, `.steps` and `.explain()`. Reductions for several diagnostic images and for therapy on one day,
payment floors and value-based adjustments are not modelled.
"""

from __future__ import annotations

from medcoding.payment.rbrvs.anesthesia import anesthesia
from medcoding.payment.rbrvs.claim import Bill, Line, price
from medcoding.payment.rbrvs.fee import conversion_factor, efficient, fee
from medcoding.payment.rbrvs.modifiers import adjust, rules
from medcoding.payment.rbrvs.ranking import multiple, scopes
from medcoding.payment.rbrvs.settlement import Settlement, settle
from medcoding.payment.rbrvs.teaching_table import Entry, teaching
from medcoding.payment.steps import PaymentInputError, Priced

__all__ = [
    "Bill",
    "Entry",
    "Line",
    "PaymentInputError",
    "Priced",
    "Settlement",
    "adjust",
    "anesthesia",
    "conversion_factor",
    "efficient",
    "fee",
    "multiple",
    "price",
    "rules",
    "scopes",
    "settle",
    "teaching",
]
