"""Lawful coding: privacy, audit, queries and the law. Each part is a module of its own and is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

PARTS = (
    "audit",
    "law",
    "privacy",
    "query",
)
"""The parts, one a line: `medcoding.compliance.<part>`."""


def __getattr__(name: str) -> ModuleType:
    if name in PARTS:
        return import_module(f"medcoding.compliance.{name}")
    raise AttributeError(f"module 'medcoding.compliance' has no attribute {name!r}; it offers {', '.join(PARTS)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *PARTS])
