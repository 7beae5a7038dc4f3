"""Reads the public tables of this package."""

from __future__ import annotations

from importlib.resources import files
from typing import Any


def table(name: str) -> Any:
    """A YAML file of `medcoding/data`."""
    import yaml

    text = files("medcoding").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
