"""A course in US medical coding: a student's whole vocabulary, loaded when first used.

    from medcoding import exercise, practice, mock, encoder, glossary, progress, identify
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "encoder": "medcoding.widgets",
    "exercise": "medcoding.widgets",
    "glossary": "medcoding.widgets",
    "identify": "medcoding.widgets",
    "mock": "medcoding.widgets",
    "practice": "medcoding.widgets",
    "progress": "medcoding.widgets",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'medcoding' has no attribute {name!r}; it offers {', '.join(sorted(_HOME))}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
