"""A small teaching payer: it edits a claim, prices it, shares it out, and answers with a remittance. No real payer decides like this.

    from medcoding.claims import adjudicate
    decision = adjudicate(claim)                     # or adjudicate(claim, deductible=100, history=earlier)
    decision.paid, decision.patient, decision.refused
    decision.explain()                               # every step
    decision.remittance, decision.x12()              # the 835, as data and as a file

The same claim gets the same answer at any time.
"""

from __future__ import annotations

from medcoding.claims.adjudication.deciding import Decision, LineDecision, adjudicate, reversal
from medcoding.claims.adjudication.plan import Plan, PlanError, plan, plans
from medcoding.claims.adjudication.refusing import Refusal

__all__ = ["Decision", "LineDecision", "Plan", "PlanError", "Refusal", "adjudicate", "plan", "plans", "reversal"]
