"""Coverage policies: which diagnoses support a service, how often it is covered, what is no benefit at all.

Read from `data/coverage_teaching.yaml`; the citation of each is a National Coverage Determination or says that it is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from medcoding.codes.cpt.tables import table
from medcoding.codes.icd10cm.notation import key_of
from medcoding.codes.icd10cm.references import Span

MEDICARE, ALL = "medicare", "all"


@dataclass(frozen=True)
class Policy:
    """One policy. `supports` are spans of diagnoses, none where the diagnosis does not decide; `months` is 0 for no limit.

    `excluded`: the service is no benefit whatever the diagnosis. `teaching`: the policy is invented.
    """

    key: str
    title: str
    services: frozenset[str]
    supports: tuple[Span, ...] = ()
    written: tuple[str, ...] = ()
    months: int = 0
    payers: str = ALL
    teaching: bool = False
    excluded: bool = False
    citation: str = ""

    def holds_for(self, medicare: bool) -> bool:
        """Whether the policy binds this payer."""
        return medicare or self.payers == ALL

    def supported_by(self, code: str) -> bool:
        """Whether a diagnosis is among those of the policy."""
        key = key_of(code)
        return bool(key) and any(span.holds(key) for span in self.supports)


def policy(key: str, row: Mapping[str, Any], excluded: bool = False) -> Policy:
    """A policy as a table writes it: supports are codes, or spans such as "E08-E13"."""
    written = tuple(str(one) for one in row.get("supports", ()))
    return Policy(
        key, row["title"], frozenset(row["services"]), tuple(_span(one) for one in written), written,
        int(row.get("months", 0)), row["payers"], bool(row.get("teaching", False)), excluded, row["citation"],
    )  # fmt: skip


@lru_cache(maxsize=1)
def policies() -> Mapping[str, Policy]:
    """The course's policies by their keys."""
    tables = table("coverage_teaching")
    found = {key: policy(key, row) for key, row in tables["policies"].items()}
    found |= {key: policy(key, row, excluded=True) for key, row in tables["excluded"].items()}
    return MappingProxyType(found)


def _span(text: str) -> Span:
    first, _, last = text.partition("-")
    return Span(key_of(first), key_of(last or first))
