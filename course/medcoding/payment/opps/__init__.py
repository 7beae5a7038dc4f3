"""What Medicare pays a hospital for outpatients: status indicators, packaging, composites and wages, each rule a step.

    opps.rate(weight=12.0, wage_index=1.10).amount                # Decimal('1162.80')
    bill = opps.price(["svc:emergency-visit", ("G0378", 12), "svc:chest-film", "J1885"])
    bill.amount, [line.fate for line in bill.lines]
    opps.price([opps.Line("first", status="T", rate=800), opps.Line("second", status="T", rate=400)])
    opps.teaching()["svc:knee-film"]                              # the course's own table, invented
    opps.indicators()["Q1"].plain

Groups and rates are teaching values of the course; the rules are those of 42 CFR part 419.
"""

from __future__ import annotations

from medcoding.payment.opps.lines import Line
from medcoding.payment.opps.pricing import Outcome, OutpatientBill, price, rate, wage_factor
from medcoding.payment.opps.teaching_table import Composite, Entry, Indicator, composites, indicators, teaching
from medcoding.payment.steps import PaymentInputError

__all__ = [
    "Composite",
    "Entry",
    "Indicator",
    "Line",
    "Outcome",
    "OutpatientBill",
    "PaymentInputError",
    "composites",
    "indicators",
    "price",
    "rate",
    "teaching",
    "wage_factor",
]
