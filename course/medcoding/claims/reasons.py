"""Why a payer pays less: groups, adjustment reasons (CARC) and remarks (RARC), in the course's own words.

The lists are X12's and are cited by number; the table is `data/remit_reasons.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from medcoding.codes.cpt.tables import table

KINDS = {
    "share": "the patient's own part of what is allowed",
    "contract": "written off by contract or law",
    "withheld": "taken off after the allowance",
    "prior": "what an earlier payer has done",
    "correct": "correct the claim and send it again",
    "judge": "send records or appeal",
    "cover": "find who pays",
    "pend": "not decided yet",
}
"""What a reason does to the money, and who works it."""


@dataclass(frozen=True)
class Group:
    """An adjustment group: CO, PR, OA, PI. `plain` says who bears the amount."""

    code: str
    name: str
    plain: str


@dataclass(frozen=True)
class Reason:
    """An adjustment reason by its number. `kind` is one of `KINDS`; `groups` those in which it may stand; `do` what a coder does."""

    code: str
    kind: str
    plain: str
    do: str
    groups: tuple[str, ...] = ()
    needs_remark: bool = False

    @property
    def denial(self) -> bool:
        """Whether it refuses payment for a reason that somebody should work: correct, judge or cover."""
        return self.kind in ("correct", "judge", "cover")


@dataclass(frozen=True)
class Remark:
    """A remark by its number; an `alert` informs only."""

    code: str
    plain: str
    alert: bool = False


UNKNOWN = "not in the course's table; look the number up in the payer's list or at x12.org/codes"


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    found: Mapping[str, Mapping[str, Mapping[str, Any]]] = table("remit_reasons")
    return found


@lru_cache(maxsize=1)
def groups() -> Mapping[str, Group]:
    """Every group by its code."""
    return MappingProxyType({code: Group(code, row["name"], row["plain"]) for code, row in _read()["groups"].items()})


@lru_cache(maxsize=1)
def reasons() -> Mapping[str, Reason]:
    """Every reason of the table by its number."""
    return MappingProxyType({
        code: Reason(code, row["kind"], row["plain"], row["do"], tuple(row["groups"]), row.get("remark", False))
        for code, row in _read()["reasons"].items()
    })  # fmt: skip


@lru_cache(maxsize=1)
def remarks() -> Mapping[str, Remark]:
    """Every remark of the table by its number."""
    return MappingProxyType({code: Remark(code, row["plain"], row.get("alert", False)) for code, row in _read()["remarks"].items()})


def reason(code: str) -> Reason:
    """A reason by its number. One that the table does not know is taken for a judgement, so that nobody writes it off unread."""
    return reasons().get(code) or Reason(code, "judge", UNKNOWN, "read the payer's own explanation")


def remark(code: str) -> Remark:
    """A remark by its number; one that the table does not know says so."""
    return remarks().get(code) or Remark(code, UNKNOWN)


def said(group: str, code: str) -> str:
    """An adjustment in words: "CO 45: charge above the schedule or the contract (the provider's loss, …)"."""
    who = groups().get(group)
    return f"{group} {code}: {reason(code).plain}" + (f" ({who.plain})" if who else "")
