"""CDT, the dental set, as structure only: areas of service, tooth and surface notation, which claim a service goes on.

    cdt.is_primary("F")          # True: letters are primary teeth
    cdt.tooth("19").place        # 'lower left, back'
    cdt.descriptor("…")          # from your institution's own licensed file, else None

The set is licensed by the American Dental Association: no code and no descriptor is here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from medcoding.codes.cpt import licensed
from medcoding.codes.cpt.tables import table

_SHAPE = re.compile(r"D[0-9]{4}")
_PRIMARY = "ABCDEFGHIJKLMNOPQRST"


class ToothError(ValueError):
    """A text is no tooth or surface of the notation used in the United States."""


@dataclass(frozen=True)
class Tooth:
    """One tooth: permanent ones are numbered 1 to 32, primary ones lettered A to T, from upper right to lower right."""

    name: str
    primary: bool
    upper: bool
    right: bool
    back: bool

    @property
    def place(self) -> str:
        """Jaw, side and whether it stands in front or back."""
        jaw, side = "upper" if self.upper else "lower", "right" if self.right else "left"
        return f"{jaw} {side}, {'back' if self.back else 'front'}"

    @property
    def quadrant(self) -> str:
        """The two digits of its quadrant on a dental claim (10, 20, 30, 40)."""
        return {(True, True): "10", (True, False): "20", (False, False): "30", (False, True): "40"}[self.upper, self.right]

    def __str__(self) -> str:
        return f"{'primary' if self.primary else 'permanent'} tooth {self.name}: {self.place}"


@lru_cache(maxsize=1)
def structure() -> Mapping[str, Any]:
    """The whole table: "areas" by the digit after D, "quadrants", "surfaces" and "claims"."""
    return MappingProxyType(table("cdt_structure"))


def area_of(code: str) -> str | None:
    """The area of service of a code by the digit after its D, or None for what has not the shape."""
    text = code.strip().upper() if isinstance(code, str) and len(code) <= 32 else ""
    return str(structure()["areas"][text[1]]["title"]) if text.isascii() and _SHAPE.fullmatch(text) else None


def tooth(name: str) -> Tooth:
    """A tooth by its number (1 to 32) or letter (A to T). Raises `ToothError`."""
    text = name.strip().upper() if isinstance(name, str) else ""
    if len(text) == 1 and text in _PRIMARY:
        place = _PRIMARY.index(text)
        quarter, step = divmod(place, 5)
        from_middle = step if quarter in (1, 3) else 4 - step
        return Tooth(text, True, quarter < 2, quarter in (0, 3), from_middle >= 3)
    if re.fullmatch(r"[1-9]|[12][0-9]|3[0-2]", text):
        quarter, step = divmod(int(text) - 1, 8)
        from_middle = step if quarter in (1, 3) else 7 - step
        return Tooth(text, False, quarter < 2, quarter in (0, 3), from_middle >= 3)
    raise ToothError(f"{str(name)[:8]!r} is no tooth: permanent teeth are 1 to 32, primary teeth A to T.")


def is_primary(name: str) -> bool:
    """Whether a tooth is a primary one (a letter from A to T). Raises `ToothError` for what is no tooth."""
    return tooth(name).primary


def surfaces(text: str, of: str) -> tuple[str, ...]:
    """The surfaces of a tooth, such as "MOD" of tooth 30, each with its name.

    A back tooth has O and B, a front tooth I and F; both have M, D and L. Raises `ToothError`.
    """
    chosen = tooth(of)
    allowed = "MDOBL" if chosen.back else "MDIFL"
    letters = text.strip().upper() if isinstance(text, str) else ""
    if not letters or len(set(letters)) != len(letters):
        raise ToothError("Name each surface once, such as MOD.")
    for letter in letters:
        if letter not in allowed:
            kind = "back" if chosen.back else "front"
            raise ToothError(f"{letter!r} is no surface of tooth {chosen.name}, a {kind} tooth: it has {', '.join(allowed)}.")
    return tuple(str(structure()["surfaces"][letter]["title"]) for letter in letters)


def descriptor(code: str) -> str | None:
    """The descriptor of a code from the licensed file on this machine, or None. Never store what it returns."""
    return licensed.descriptor(code, "cdt")
