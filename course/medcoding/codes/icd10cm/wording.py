"""The words of titles, notes and queries, and which of them count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_STOP = """
    a an and at by for from has have he her his in is it my of on or patient pt she the their to was were with
"""
_FILLER = """
    unspecified other specified not elsewhere classified site organism nos nec type without complication complications
    current episode disease disorder
"""
_SPECIAL = """
    pregnancy puerperium childbirth delivery newborn neonatal congenital postprocedural postpartum following sequelae
    sequela history old induced complicating complicated secondary juvenile remission screening
"""
_ENDINGS = ("ically", "ation", "ions", "ical", "ive", "ion", "ics", "ies", "ic", "es", "al", "ed", "s", "y", "e")
_WORD = re.compile(r"[a-z0-9]+")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def tokens(text: str) -> list[str]:
    """The words of a text as the index has them: lower case, no accents, letters and digits only."""
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _WORD.findall(plain.replace("'", ""))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A word without its ending, roughly: enough to see that diabetes and diabetic speak of the same thing."""
    if len(word) > 4:
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                return word[: -len(ending)]
    return word


STOP = frozenset(_STOP.split())
"""Words that say nothing by themselves."""

FILLER = frozenset(stem(word) for word in _FILLER.split())
"""Stems that do not make an entry less apt when nobody typed them."""

SPECIAL = frozenset(stem(word) for word in _SPECIAL.split())
"""Stems that set a code apart: an entry that has one nobody typed is probably not what is meant."""


@lru_cache(maxsize=8192)
def stems_in(text: str) -> frozenset[str]:
    """The stems of a text."""
    return frozenset(stem(word) for word in tokens(text) if word not in STOP)


@lru_cache(maxsize=4096)
def stems_of(words: tuple[str, ...]) -> frozenset[str]:
    """The stems of words that are already split."""
    return frozenset(stem(word) for word in words if word not in STOP)


@lru_cache(maxsize=8192)
def parts(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of a text, and those that count against it when nobody asked for them: no filler, nothing bracketed."""
    return stems_in(text), stems_in(_BRACKETED.sub(" ", text)) - FILLER
