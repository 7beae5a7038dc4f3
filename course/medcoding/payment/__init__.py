"""What coding pays: how codes group and weigh. Each part is a module of its own and is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

PARTS = (
    "drg",
    "hcc",
    "marks",
    "opps",
    "rbrvs",
    "value",
)
"""The parts, one a line: `medcoding.payment.<part>`."""


def __getattr__(name: str) -> ModuleType:
    if name in PARTS:
        return import_module(f"medcoding.payment.{name}")
    raise AttributeError(f"module 'medcoding.payment' has no attribute {name!r}; it offers {', '.join(PARTS)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *PARTS])
