"""Writes segments through x12sdk's typed models, and puts them into their envelopes.

x12sdk checks each element's kind, length and list of codes. What it gets wrong for 2026 is put right here: the versions in GS08
and ST03 are those of the adopted guides (45 CFR 162.1102 and 162.1602; CMS's companion guides name 005010X222A1, 005010X223A2 and
005010X221A1), and diagnoses carry the qualifiers of ICD-10.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from medcoding.claims.x12.problems import WriteError

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | Decimal | int | dt.date | Sequence[str] | None
"""An element: text, an amount or count, a day (YYYYMMDD), the components of a composite, or nothing."""

SIGNS = "*:~^"


@dataclass(frozen=True)
class Guide:
    """An implementation guide: the version that is written, its kind of group (GS01), its transaction, x12sdk's module."""

    version: str
    group: str
    transaction: str
    module: str


PROFESSIONAL = Guide("005010X222A1", "HC", "837", "x12_837_005010X222A2")
INSTITUTIONAL = Guide("005010X223A2", "HC", "837", "x12_837_005010X223A3")
REMITTANCE = Guide("005010X221A1", "HP", "835", "x12_835_005010X221A1")


def clean(text: str, name: str, element: str) -> str:
    """Text that X12 can carry: letters without their accents, single blanks.

    Raises:
        WriteError: a sign that parts elements, or one outside the basic and extended character sets.
    """
    if text.isascii() and text.isprintable() and not any(sign in text for sign in SIGNS):
        return " ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text
    bare = "".join(one for one in unicodedata.normalize("NFKD", text.replace("ß", "ss")) if not unicodedata.combining(one))
    for sign in bare:
        if sign in SIGNS:
            raise WriteError(name, text, f"“{sign}” parts elements in X12: leave it out, or write the word.", element)
        if not (sign.isascii() and sign.isprintable()):
            raise WriteError(name, text, f"X12 has no sign for {sign!r}: write the name in Latin letters without marks.", element)
    return " ".join(bare.split())


def number(value: Decimal | int) -> str:
    """A number as X12 asks for it: no needless zeros, no leading plus."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def day(date: dt.date) -> str:
    """A day as YYYYMMDD."""
    return f"{date.year:04d}{date.month:02d}{date.day:02d}"


@lru_cache(maxsize=8)
def _models(module: str) -> Mapping[str, Any]:
    """x12sdk's segment models by lower-case name: those of the guide ("loop2300dtp"), and the general ones ("dtp")."""
    found: dict[str, Any] = {}
    for path in ("x12sdk.v5010.segments", f"x12sdk.v5010.{module}.segments"):
        for name, value in vars(import_module(path)).items():
            if isinstance(value, type) and name.endswith("Segment") and hasattr(value, "model_fields"):
                found[name.removesuffix("Segment").lower()] = value
    return MappingProxyType(found)


@dataclass
class Body:
    """The segments of one transaction while it is written, from ST to SE."""

    guide: Guide
    control_number: str
    lines: list[str] = field(default_factory=list)

    def add(self, loop: str, name: str, *values: Value) -> None:
        """One segment of a loop ("2300", "header"): its elements in order.

        Raises:
            WriteError: x12sdk refuses an element.
        """
        models = _models(self.guide.module)
        low = name.lower()
        model = models.get(f"header{low}" if loop == "header" else f"loop{loop.lower()}{low}") or models[low]
        names = list(model.model_fields)[2:]
        given: dict[str, Any] = {}
        for place, value in enumerate(values):
            element = f"{name}{place + 1:02d}"
            shown = names[place].replace("_", " ")
            text = self._text(value, shown, element)
            if text == "" or text == []:
                continue
            composite = "List[" in str(model.model_fields[names[place]].annotation)
            given[names[place]] = text if composite else ":".join(text) if isinstance(text, list) else text
        self.lines.append(_made(model, given, names, name))

    def exactly(self, name: str, *values: str) -> None:
        """One segment without x12sdk, where it refuses or drops what the guide allows: a time of day (DTP02 TM), the sex U (DMG03),
        a billing note on an 837I (NTE01 ADD)."""
        self.lines.append("*".join([name, *(clean(one, name, f"{name}{place:02d}") for place, one in enumerate(values, 1))]) + "~")

    @staticmethod
    def _text(value: Value, shown: str, element: str) -> str | list[str]:
        if value is None:
            return ""
        if isinstance(value, str):
            return clean(value, shown, element)
        if isinstance(value, (Decimal, int)):
            return number(value)
        if isinstance(value, dt.date):
            return day(value)
        parts = [clean(one, shown, element) for one in value]
        while parts and not parts[-1]:
            parts.pop()
        return parts


def _made(model: Any, given: dict[str, Any], names: list[str], name: str) -> str:
    from pydantic import ValidationError

    try:
        text: str = model(**given).x12()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        wrong = str(first["loc"][0]) if first["loc"] else name
        element = f"{name}{names.index(wrong) + 1:02d}" if wrong in names else name
        expected = "it must be there." if first["type"] == "missing" else f"{first['msg'][:1].lower()}{first['msg'][1:]}."
        raise WriteError(wrong.replace("_", " "), given.get(wrong, ""), expected, element) from None
    return text


@dataclass(frozen=True)
class Envelope:
    """Who sends to whom, when, and under which number: what ISA and GS say. Names of both are identifiers, not addresses.

    `test` marks the file as a test (ISA15 T), which everything of this course is. Raises `WriteError` for other names or numbers.
    """

    sender: str = "MEDCODINGCOURSE"
    receiver: str = "TEACHINGPAYER"
    when: dt.datetime = dt.datetime(2026, 1, 2, 9, 30)
    control_number: int = 1
    test: bool = True

    def __post_init__(self) -> None:
        for what, name, element in (("sender", self.sender, "ISA06"), ("receiver", self.receiver, "ISA08")):
            if not (2 <= len(name) <= 15 and name.isascii() and name.isalnum()):
                raise WriteError(what, name, "2 to 15 letters and digits were expected.", element)
        if not 1 <= self.control_number <= 999_999_999:
            raise WriteError("control number", self.control_number, "a number from 1 to 999999999 was expected.", "ISA13")


def wrapped(bodies: Sequence[Body], envelope: Envelope, newlines: bool = True) -> str:
    """Transactions of one guide as a file. Raises `WriteError` where there is none."""
    if not bodies:
        raise WriteError("the file", "", "one transaction or more was expected.", "ST")
    guide = bodies[0].guide
    control = f"{envelope.control_number:09d}"
    date, time = day(envelope.when.date()), f"{envelope.when:%H%M}"
    usage = "T" if envelope.test else "P"
    lines = [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{envelope.sender:15}*ZZ*{envelope.receiver:15}*{date[2:]}*{time}*^*00501*{control}*0*{usage}*:~",
        f"GS*{guide.group}*{envelope.sender}*{envelope.receiver}*{date}*{time}*1*X*{guide.version}~",
    ]
    for body in bodies:
        lines += body.lines
        lines.append(f"SE*{len(body.lines) + 1}*{body.control_number}~")
    lines += [f"GE*{len(bodies)}*1~", f"IEA*1*{control}~"]
    return ("\n" if newlines else "").join(lines) + ("\n" if newlines else "")
