"""Value-based payment as a teaching example: an invented panel, shared savings, and a quality score that moves payment.

    value.patients()[0], value.file()                             # 120 invented patients; the same as a CSV file
    value.quality().score                                         # four measures, their mean
    target = value.benchmark([12962.83], trend=1.04, risk_before=1.1217, risk_now=1.1487)
    value.shared_savings(target, 13114.25, 12000, quality_score=0.9).amount
    value.mips(83).of(100).amount                                 # a final score of 83 and 100 dollars

The programmes are simplified and say so in `.explain()`; patients, spending and targets are invented.
"""

from __future__ import annotations

from medcoding.payment.steps import PaymentInputError
from medcoding.payment.value.mips import Adjustment, final_score, mips
from medcoding.payment.value.panel import (
    Measure,
    Patient,
    Quality,
    Rate,
    file,
    mean_risk,
    mean_spending,
    measures,
    patients,
    quality,
)
from medcoding.payment.value.savings import benchmark, minimum_savings_rate, shared_savings

__all__ = [
    "Adjustment",
    "Measure",
    "Patient",
    "PaymentInputError",
    "Quality",
    "Rate",
    "benchmark",
    "file",
    "final_score",
    "mean_risk",
    "mean_spending",
    "measures",
    "minimum_savings_rate",
    "mips",
    "patients",
    "quality",
    "shared_savings",
]
