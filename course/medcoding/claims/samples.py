"""Complete, clean claims to start from: lessons plant an error in one of them, tests reuse them.

Read from `data/claim_samples.yaml`; everything in it is invented. On the day it was submitted `edits.check` finds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from medcoding.claims.model import Claim, ClaimError, Institutional, Professional
from medcoding.codes.cpt.tables import table


@lru_cache(maxsize=1)
def samples() -> Mapping[str, Professional | Institutional]:
    """Every sample claim by its name."""
    return MappingProxyType({name: Claim.load(row["claim"]) for name, row in _rows().items()})


@lru_cache(maxsize=1)
def about() -> Mapping[str, str]:
    """What each sample is, in one line."""
    return MappingProxyType({name: row["about"] for name, row in _rows().items()})


def sample(name: str) -> Professional | Institutional:
    """A sample claim. Raises `ClaimError`, which lists the names."""
    found = samples().get(name)
    if found is None:
        raise ClaimError((f"no sample is called {str(name)[:40]!r}; there are {', '.join(samples())}.",))
    return found


def professional(name: str = "office-knee") -> Professional:
    """A professional sample. Raises `ClaimError` for another kind."""
    found = sample(name)
    if not isinstance(found, Professional):
        raise ClaimError((f"{name} is an institutional claim.",))
    return found


def institutional(name: str = "stay-pneumonia") -> Institutional:
    """An institutional sample. Raises `ClaimError` for another kind."""
    found = sample(name)
    if not isinstance(found, Institutional):
        raise ClaimError((f"{name} is a professional claim.",))
    return found


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, Mapping[str, Any]]:
    rows: Mapping[str, Mapping[str, Any]] = table("claim_samples")["samples"]
    return rows
