"""Audits of coded claims: how accurate, which errors, how many dollars either way, how large a sample, what it projects to.

    from medcoding.compliance import audit
    audit.tally(matched=186, missed=14, extra=9).explain()
    audit.extrapolate([0, 0, 120.50, 0, 35, 0, 0, 80], frame=1200).lower

Rates are `Decimal` and exact; estimates from samples are floats. Each result has `explain()`.
"""

from __future__ import annotations

from medcoding.compliance.audit.accuracy import Case, CaseReview, CodeTally, compare, review, tally
from medcoding.compliance.audit.dollars import Dollars, Paid, dollars
from medcoding.compliance.audit.errors import ErrorKind, UnknownError, error_kind, error_kinds, listed
from medcoding.compliance.audit.levels import LevelComparison, levels
from medcoding.compliance.audit.line import LINE, Verdict, line, wilson
from medcoding.compliance.audit.quantiles import normal_quantile, t_quantile
from medcoding.compliance.audit.sampling import Estimate, SampleSize, extrapolate, sample_for_dollars, sample_for_rate

__all__ = [
    "LINE", "Case", "CaseReview", "CodeTally", "Dollars", "ErrorKind", "Estimate", "LevelComparison", "Paid", "SampleSize", "UnknownError", "Verdict",
    "compare", "dollars", "error_kind", "error_kinds", "extrapolate", "levels", "line", "listed", "normal_quantile", "review", "sample_for_dollars",
    "sample_for_rate", "t_quantile", "tally", "wilson",
]  # fmt: skip
