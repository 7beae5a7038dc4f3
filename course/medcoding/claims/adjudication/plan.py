"""The teaching payer's plans, read from `data/payer_rules.yaml`: all invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from medcoding.codes.cpt.tables import table

if TYPE_CHECKING:
    from medcoding.claims.model import Claim

LABEL = "A teaching payer with invented fees and plans decided this claim; a real payer may decide otherwise."


class PlanError(ValueError):
    """A plan that there is not, or terms that no plan can have."""


@dataclass(frozen=True)
class Plan:
    """The terms of a plan. Shares lie between 0 and 5, money is in dollars; see `data/payer_rules.yaml` for each field."""

    key: str
    name: str
    fee_share: Decimal
    outpatient_share: Decimal
    unlisted: Decimal
    coinsurance: Decimal
    stay_coinsurance: Decimal
    visit_copay: Decimal
    sequestration: bool
    days_to_file: int
    stay_base: Decimal
    authorization: bool

    def __post_init__(self) -> None:
        for name in ("fee_share", "outpatient_share", "unlisted"):
            if not 0 <= getattr(self, name) <= 5:
                raise PlanError(f"{name} is {getattr(self, name)}: 0 to 5 was expected.")
        for name in ("coinsurance", "stay_coinsurance"):
            if not 0 <= getattr(self, name) <= 1:
                raise PlanError(f"{name} is {getattr(self, name)}: a share from 0 to 1 was expected, such as 0.2.")
        if self.visit_copay < 0 or self.stay_base < 0 or self.days_to_file < 0:
            raise PlanError("visit_copay, stay_base and days_to_file are never below zero.")


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Any]:
    """The whole table of the teaching payer."""
    found: Mapping[str, Any] = table("payer_rules")
    return found


@lru_cache(maxsize=1)
def plans() -> Mapping[str, Plan]:
    """Every plan by its key."""
    return MappingProxyType({key: _plan(key, row) for key, row in rules()["plans"].items()})


def _plan(key: str, row: Mapping[str, Any]) -> Plan:
    numbers = {name: Decimal(str(row[name])) for name in ("fee_share", "outpatient_share", "unlisted", "coinsurance", "stay_coinsurance", "visit_copay", "stay_base")}
    return Plan(
        key=key, name=str(row["name"]), sequestration=bool(row["sequestration"]), days_to_file=int(row["days_to_file"]),
        authorization=bool(row["authorization"]), **numbers,
    )  # fmt: skip


def plan(key: str) -> Plan:
    """A plan by its key. Raises `PlanError`, which lists them."""
    found = plans().get(key)
    if found is None:
        raise PlanError(f"No plan is called {str(key)[:40]!r}; there are {', '.join(plans())}.")
    return found


def plan_of(claim: Claim) -> Plan:
    """The plan that answers a claim, by the kind of insurance that it is sent to."""
    return plan(rules()["filings"].get(claim.coverage.filing, "commercial"))
