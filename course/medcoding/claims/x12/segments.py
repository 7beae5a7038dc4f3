"""X12 text as segments with their positions: delimiters are read from the ISA, envelopes are counted and compared.

Source: the envelope of version 005010 as 45 CFR 162.920 adopts it (ISA/IEA, GS/GE, ST/SE); rules are paraphrased.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from medcoding.claims.x12.problems import X12Error

MOST_CHARACTERS = 32 << 20
MOST_SEGMENTS = 1_000_000
MOST_ELEMENTS = 60
MOST_IN_ELEMENT = 300
"""Bounds on what is read. No element of the 837 or the 835 is longer than 80 characters, save one of 264."""

ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
"""The sixteen elements of the ISA have fixed widths, so that a reader finds the delimiters before it knows them."""

_NAME = re.compile(r"[A-Z][A-Z0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four signs that part a file: elements, repetitions, components, segments."""

    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    segment: str = "~"


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. `elements[0]` is its name, so that `segment[4]` is element 4; what is not there is empty."""

    position: int
    elements: tuple[str, ...]
    component: str = ":"

    @property
    def name(self) -> str:
        return self.elements[0]

    def __getitem__(self, number: int) -> str:
        return self.elements[number] if number < len(self.elements) else ""

    def __len__(self) -> int:
        return len(self.elements) - 1

    def parts(self, number: int) -> list[str]:
        """The components of an element; none of an empty one."""
        value = self[number]
        return value.split(self.component) if value else []

    def label(self, number: int, part: int = 0) -> str:
        """How people name an element: CLP04, SVC01-2."""
        return f"{self.name}{number:02d}" + (f"-{part}" if part else "")

    def fault(self, expected: str, number: int = 0, part: int = 0, found: str | None = None) -> X12Error:
        """The error of this segment, or of one of its elements; `found` is that element unless given."""
        if found is None:
            found = self[number] if number else self.component.join(self.elements[:1])
        element = self.label(number, part) if number else ""
        return X12Error(expected, found=found, position=self.position, segment=self.name, element=element)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What stands from one ST to its SE, both included. `version` is the guide that GS08 or ST03 names."""

    kind: str
    version: str
    control_number: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Interchange:
    """A file: who sends to whom, the day in the ISA (YYMMDD), its number, and its transactions."""

    delimiters: Delimiters
    sender: str
    receiver: str
    date: str
    control_number: str
    transactions: tuple[Transaction, ...]


def read(text: str | bytes) -> Interchange:
    """A file as its transactions, each segment with its position.

    Raises:
        X12Error: no ISA, wrong widths, unclear delimiters, segments that are none, envelopes that do not match, too large.
    """
    given = _decoded(text)
    delimiters = _delimiters(given)
    segments = list(_split(given, delimiters))
    head, end = segments[0], segments[-1]
    if end.name != "IEA":
        raise end.fault("the file must end with the IEA that closes its ISA: it may have been cut off.")
    transactions, groups = _transactions(segments)
    _same(end, 1, str(groups), "the number of groups (GS to GE) in the file", numeric=True)
    _same(end, 2, head[13], "the control number of the ISA (ISA13)", numeric=True)
    return Interchange(delimiters, head[6].strip(), head[8].strip(), head[9], head[13], transactions)


def _decoded(text: str | bytes) -> str:
    if not isinstance(text, (str, bytes)):
        raise X12Error("the text of an X12 file was expected, as str or bytes.", found=type(text).__name__)
    if len(text) > MOST_CHARACTERS:
        raise X12Error(f"at most {MOST_CHARACTERS:,} characters are read: split the file.", found=f"{len(text):,} characters")
    if isinstance(text, str):
        return text.removeprefix("\ufeff").lstrip()
    try:
        return text.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError:
        return text.decode("latin-1").lstrip()


def _delimiters(text: str) -> Delimiters:
    """The delimiters that the ISA declares by its fixed widths. Source: 005010 control segments, ISA11 and ISA16."""
    if not text.startswith("ISA"):
        raise X12Error("an X12 file was expected; it begins with ISA.", found=text[:20])
    element = text[3:4]
    parts = text[: 2 * sum(ISA_WIDTHS)].split(element, 17) if element else []
    if len(parts) < 17:
        raise X12Error(
            "the ISA must have 16 elements; the fourth character of the file separates them.", found=text[:40], position=1, segment="ISA"
        )
    for number, width in enumerate(ISA_WIDTHS[:15], 1):
        if len(parts[number]) != width:
            raise X12Error(
                f"{width} characters were expected here: ISA elements have fixed widths, padded with blanks.",
                found=parts[number], position=1, segment="ISA", element=f"ISA{number:02d}",
            )  # fmt: skip
    component, terminator = parts[16][:1], parts[16][1:2]
    repetition = parts[11] if parts[12] >= "00402" and not parts[11].isalnum() else "^"
    found = Delimiters(element, repetition, component, terminator)
    signs = (element, repetition, component, terminator)
    if "" in signs or len(set(signs)) < 4 or any(sign.isalnum() or sign == " " for sign in signs):
        raise X12Error(
            "four different signs must part elements, repetitions, components and segments.",
            found="".join(signs), position=1, segment="ISA", element="ISA16",
        )  # fmt: skip
    return found



def _split(text: str, delimiters: Delimiters) -> Iterator[Segment]:
    pieces = text.split(delimiters.segment, MOST_SEGMENTS + 1)
    if len(pieces) > MOST_SEGMENTS + 1:
        raise X12Error(f"at most {MOST_SEGMENTS:,} segments are read: split the file.", found=f"more than {MOST_SEGMENTS:,}")
    last = len(pieces)
    for position, piece in enumerate(pieces, 1):
        body = piece.strip("\r\n") if position > 1 else piece
        if not body.strip():
            if position == last:
                break
            raise X12Error("a segment was expected between two segment terminators.", position=position)
        if position == last:
            raise X12Error(
                f"the segment must end with {delimiters.segment!r}: the file may have been cut off.", found=body, position=position, segment=body[:3].strip()
            )
        elements = tuple(body.split(delimiters.element, MOST_ELEMENTS + 1))
        if not _NAME.fullmatch(elements[0]):
            raise X12Error("the name of a segment was expected: two or three capital letters or digits.", found=body, position=position)
        if len(elements) > MOST_ELEMENTS + 1:
            raise X12Error(f"at most {MOST_ELEMENTS} elements were expected.", found=body, position=position, segment=elements[0])
        if len(body) > MOST_IN_ELEMENT:
            _short(elements, position)
        yield Segment(position, elements, delimiters.component)


def _short(elements: tuple[str, ...], position: int) -> None:
    for number, value in enumerate(elements):
        if len(value) > MOST_IN_ELEMENT:
            raise X12Error(
                f"at most {MOST_IN_ELEMENT} characters were expected; a segment terminator may be missing.",
                found=value, position=position, segment=elements[0], element=f"{elements[0]}{number:02d}",
            )  # fmt: skip


def _transactions(segments: list[Segment]) -> tuple[tuple[Transaction, ...], int]:
    """The transactions between ISA and IEA, and how many groups hold them."""
    found: list[Transaction] = []
    groups = 0
    group: Segment | None = None
    start: int | None = None
    in_group = 0
    for at, segment in enumerate(segments[1:-1], 1):
        name = segment.name
        if start is not None:
            if name == "SE":
                assert group is not None
                found.append(_transaction(segments[start : at + 1], group))
                start, in_group = None, in_group + 1
            elif name in ("ISA", "GS", "ST", "GE", "IEA"):
                raise segment.fault("the SE that closes the transaction was expected before it.")
        elif name == "ST" and group is not None:
            start = at
        elif name == "GS" and group is None:
            group, groups, in_group = segment, groups + 1, 0
        elif name == "GE" and group is not None:
            _same(segment, 1, str(in_group), "the number of transactions (ST to SE) in the group", numeric=True)
            _same(segment, 2, group[6], "the control number of the GS (GS06)")
            group = None
        elif not (name == "TA1" and group is None):
            wanted = "ST or GE" if group is not None else "GS or IEA"
            more = " One interchange a file is read: split the file at each ISA." if name in ("ISA", "IEA") else ""
            raise segment.fault(f"{wanted} was expected here.{more}")
    if start is not None:
        raise segments[-1].fault("the SE that closes the transaction was expected before it.")
    if group is not None:
        raise segments[-1].fault("the GE that closes the group was expected before it.")
    return tuple(found), groups


def _transaction(segments: list[Segment], group: Segment) -> Transaction:
    head, end = segments[0], segments[-1]
    _same(end, 1, str(len(segments)), "the number of segments from ST to SE, both included", numeric=True)
    _same(end, 2, head[2], "the control number of the ST (ST02)")
    return Transaction(head[1], head[3] or group[8], head[2], tuple(segments))


def _same(segment: Segment, number: int, wanted: str, what: str, *, numeric: bool = False) -> None:
    found = segment[number].strip()
    wanted = wanted.strip()
    same = found == wanted
    if not same and numeric and found.isascii() and wanted.isascii() and found.isdigit() and wanted.isdigit() and len(found) <= 20:
        same = int(found) == int(wanted)
    if not same:
        raise segment.fault(f"{wanted} was expected, {what}.", number)
