"""The number itself: ten digits in three layouts, eleven on claims, and twelve from 2033 on.

A drug's number has three segments: labeler, product, package (21 CFR 207.33). On a claim it has eleven digits, 5-4-2:
the short segment of the ten-digit number gains a zero in front (45 CFR 162.1002; CMS-1500 and 837 instructions).
"""

from __future__ import annotations

import datetime as dt
import re

TWELVE_DIGITS_FROM = dt.date(2033, 3, 7)
"""From this day FDA assigns numbers of twelve digits, 6-4-2 (91 FR 10749, 5 March 2026)."""

LAYOUTS = ((4, 4, 2), (5, 3, 2), (5, 4, 1))
"""The three layouts of a ten-digit number: digits of labeler, product and package."""

CLAIM = (5, 4, 2)
FUTURE = (6, 4, 2)
MAX_TEXT = 40

_DASHES = str.maketrans(dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{MINUS SIGN}", "-"))
_PREFIX = re.compile(r"NDC[:\s]*", re.IGNORECASE)


class NdcError(ValueError):
    """A text is no drug number, or one that can be read in more than one way."""


def to_11(text: str) -> str:
    """The eleven digits of a claim, without hyphens: "0002-1433-80" gives "00002143380".

    Takes 4-4-2, 5-3-2, 5-4-1 and 5-4-2 with hyphens, and eleven digits without. Raises `NdcError`; ten digits without
    hyphens are refused because nobody can tell where the zero belongs.
    """
    segments = _segments(text)
    if len(segments) == 1:
        return _unhyphenated(segments[0])
    lengths = tuple(map(len, segments))
    if lengths == FUTURE:
        raise NdcError(f"{'-'.join(segments)} has the twelve digits of the format of 2033 (6-4-2); from_12 turns it into eleven.")
    if lengths != CLAIM and lengths not in LAYOUTS:
        raise NdcError(_wrong_segments(segments))
    return "".join(segment.zfill(size) for segment, size in zip(segments, CLAIM, strict=True))


def to_12(text: str) -> str:
    """The twelve digits of the format of 2033, without hyphens: every number of today gains zeros in front (6-4-2).

    Takes what `to_11` takes, and twelve digits, which stay. Raises `NdcError`.
    """
    segments = _segments(text)
    if tuple(map(len, segments)) in (FUTURE, (12,)):
        return "".join(segments)
    return "0" + to_11(text)


def from_12(text: str) -> str:
    """The eleven digits of a twelve-digit number (6-4-2), with hyphens or without.

    Raises `NdcError` for other text, and for a labeler of six digits of its own, which has no eleven-digit form.
    """
    segments = _segments(text)
    if tuple(map(len, segments)) not in (FUTURE, (12,)):
        raise NdcError(f"{_shown(text)!r} is not of the format of 2033: twelve digits, 6-4-2, such as 098765-4321-00.")
    digits = "".join(segments)
    if digits[0] != "0":
        raise NdcError(f"The labeler {digits[:6]} has six digits of its own: this number has no form of eleven digits.")
    return digits[1:]


def hyphenated(text: str) -> str:
    """A number of eleven digits as 5-4-2, or of twelve as 6-4-2, with its hyphens. Takes what `to_11` or `from_12` takes."""
    segments = _segments(text)
    future = tuple(map(len, segments)) in (FUTURE, (12,))
    digits = "".join(segments) if future else to_11(text)
    labeler = len(digits) - 6
    return f"{digits[:labeler]}-{digits[labeler:labeler + 4]}-{digits[labeler + 4:]}"


def ten_digit_forms(text: str) -> tuple[str, ...]:
    """The ten-digit numbers that an eleven-digit one may stand for: one for each segment that begins with a zero.

    None means that the number was assigned with eleven digits' worth of segments, which FDA does not do today.
    Raises `NdcError` like `to_11`.
    """
    digits = to_11(text)
    parts = (digits[:5], digits[5:9], digits[9:])
    found = []
    for short, layout in enumerate(LAYOUTS):
        if parts[short][0] == "0":
            found.append("-".join(part[-size:] for part, size in zip(parts, layout, strict=True)))
    return tuple(found)


def _unhyphenated(digits: str) -> str:
    if len(digits) == 11:
        return digits
    if len(digits) == 10:
        raise NdcError(f"{digits} has ten digits and no hyphens, so the place of the added zero is unknown: {_readings(digits)}. {_ASK}")
    if len(digits) == 12:
        raise NdcError(f"{digits} has the twelve digits of the format of 2033 (6-4-2); from_12 turns it into eleven.")
    raise NdcError(f"{digits} has {len(digits)} digits; a drug number has ten with hyphens or eleven. {_ASK}")


_ASK = "Copy the number with its hyphens from the package."


def _readings(digits: str) -> str:
    forms = []
    for sizes in LAYOUTS:
        first, second = sizes[0], sizes[0] + sizes[1]
        forms.append(f"{digits[:first]}-{digits[first:second]}-{digits[second:]}")
    return " or ".join((", ".join(forms[:-1]), forms[-1]))


def _wrong_segments(segments: list[str]) -> str:
    shown = "-".join(segments)
    if len(segments) != 3:
        return f"{shown} has {len(segments)} segments; a drug number has three: labeler, product, package."
    sizes = "-".join(str(len(segment)) for segment in segments)
    return f"{shown} is laid out {sizes}; a drug number is laid out 4-4-2, 5-3-2 or 5-4-1, or 5-4-2 with eleven digits. {_ASK}"


def _segments(text: str) -> list[str]:
    """The runs of digits between hyphens. Raises `NdcError` when there is anything else."""
    if not isinstance(text, str):
        raise NdcError(f"A drug number is text, not {type(text).__name__}: zeros in front of a number would be lost.")
    cleaned = text[: MAX_TEXT + 1].strip().translate(_DASHES)
    if not cleaned:
        raise NdcError("There is no drug number here. Write it as 12345-678-90.")
    if len(text) > MAX_TEXT:
        raise NdcError(f"This text is longer than {MAX_TEXT} characters; a drug number has at most 14.")
    if cleaned[:2].upper() == "N4" and cleaned[2:].strip().isdecimal():
        raise NdcError(f"{_shown(text)!r} begins with N4, the qualifier of a claim form; the number is what follows it.")
    cleaned = _PREFIX.sub("", cleaned, count=1) if _PREFIX.match(cleaned) else cleaned
    segments = cleaned.split("-")
    if not all(segment.isascii() and segment.isdigit() for segment in segments):
        raise NdcError(f"{_shown(text)!r} is no drug number: digits in three segments with hyphens, such as 12345-678-90.")
    return segments


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text)[:MAX_TEXT])
