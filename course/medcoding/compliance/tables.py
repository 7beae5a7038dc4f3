"""Reads the public tables of this part: one YAML file each in `medcoding/data`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parents[1] / "data"


@cache
def table(name: str) -> Any:
    """A YAML file of `medcoding/data`, read once. Callers do not change what they get."""
    import yaml

    text = (_DATA / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
