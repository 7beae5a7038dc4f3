"""How an ICD-10-CM code is written: with or without its dot, in either case.

The book prints E11.65; claims carry E1165. Here a *key* is the undotted upper-case form.
"""

from __future__ import annotations

MAX_TEXT = 12
"""Longest text that is read as a code at all: seven characters, a dot and some stray spaces."""

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_REST = _LETTERS | _DIGITS


def key_of(text: str) -> str:
    """The undotted upper-case form of what was typed, or "" if it cannot be read as a code.

    Surrounding space, case and one dot after the third character do not matter. Nothing longer than
    `MAX_TEXT` characters (after stripping at most a short margin) is looked at, so any text is safe here.
    """
    if not isinstance(text, str) or len(text) > 64:
        return ""
    bare = text.strip()
    if not 1 <= len(bare) <= MAX_TEXT:
        return ""
    if not bare.isascii():
        return ""
    bare = bare.upper()
    head, dot, tail = bare.partition(".")
    if dot and (len(head) != 3 or "." in tail):
        return ""
    key = head + tail
    return key if len(key) < MAX_TEXT and all(character in _REST for character in key) else ""


def dotted(key: str) -> str:
    """A key as the book prints it: "E1165" gives "E11.65", "I10" stays."""
    return f"{key[:3]}.{key[3:]}" if len(key) > 3 else key


def normalise(text: str) -> str:
    """What was typed, as the book prints it: "e1165 " gives "E11.65".

    Text that cannot be a code comes back stripped and cut to `MAX_TEXT` characters but otherwise as it was,
    so that a message can still show it. Never raises, whatever the text; doing it twice changes nothing.
    """
    key = key_of(text)
    if key:
        return dotted(key)
    return text[:64].strip()[:MAX_TEXT].strip() if isinstance(text, str) else ""


def has_code_shape(key: str) -> bool:
    """Whether a key has the shape of a code: a letter, a digit, then one to five letters or digits.

    ICD-10-CM codes have three to seven characters; the first is a letter (Official Guidelines I.A.2). The second is a
    digit in every category but one: QA0, new in FY2026, has its digit third.
    """
    if not (3 <= len(key) <= 7 and key[0] in _LETTERS and all(c in _REST for c in key[1:])):
        return False
    return key[1] in _DIGITS or key[2] in _DIGITS
