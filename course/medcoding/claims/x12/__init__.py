"""Claims and remittances as X12: 837P and 837I out and in, 835 in and out.

    x12.write837(claim)                      # the text of a file, through x12sdk
    x12.read837(text)                        # its claims
    remittance, = x12.read835(text)          # what a payer answered
    x12.balance.check(remittance)            # findings: what does not add up
    x12.write835(remittance)

A file that is none raises `X12Error`, which names segment and element; a claim that cannot be carried raises `WriteError`.
Files written here are marked as tests. Everything is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.claims.x12 import balance
    from medcoding.claims.x12.claims_in import read837
    from medcoding.claims.x12.claims_out import write837
    from medcoding.claims.x12.problems import WriteError, X12Error
    from medcoding.claims.x12.remits_in import read835
    from medcoding.claims.x12.remits_out import write835
    from medcoding.claims.x12.remittance import Adjustment, ProviderAdjustment, RemitClaim, RemitLine, Remittance
    from medcoding.claims.x12.wire import Envelope

_NAMES = {
    "Adjustment": "remittance", "Envelope": "wire", "ProviderAdjustment": "remittance", "RemitClaim": "remittance", "RemitLine": "remittance",
    "Remittance": "remittance", "WriteError": "problems", "X12Error": "problems", "read835": "remits_in", "read837": "claims_in",
    "write835": "remits_out", "write837": "claims_out",
}  # fmt: skip

__all__ = [
    "Adjustment",
    "Envelope",
    "ProviderAdjustment",
    "RemitClaim",
    "RemitLine",
    "Remittance",
    "WriteError",
    "X12Error",
    "balance",
    "read835",
    "read837",
    "write835",
    "write837",
]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
        globals()[name] = value
        return value
    if name == "balance":
        return import_module(f"{__name__}.balance")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
