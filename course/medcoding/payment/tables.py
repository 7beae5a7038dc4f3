"""Reads the payment tables among the package's data."""

from __future__ import annotations

from importlib.resources import files
from typing import Any


def read(name: str) -> Any:
    """A YAML table of `medcoding/data`."""
    import yaml

    text = files("medcoding").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
