"""Reads the public tables of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_DATA = Path(__file__).parents[2] / "data"


def table(name: str) -> Any:
    """A YAML file of `medcoding/data`."""
    import yaml

    text = (_DATA / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
