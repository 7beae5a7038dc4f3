"""The areas of the exams that items name as their domains, in words."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    text = (files("medcoding") / "data" / "exam_domains.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table


def domain_name(domain: str) -> str:
    """A domain with its exam: "CPC P14, ICD-10-CM". A name that the table has not is given back as it is."""
    table = _table()
    exam, name = table["exams"].get(domain[:1]), table["domains"].get(domain)
    return f"{exam['exam']} {domain}, {name}" if exam and name else domain


def domain_names() -> tuple[str, ...]:
    """Every domain of the table, in its order."""
    return tuple(_table()["domains"])
