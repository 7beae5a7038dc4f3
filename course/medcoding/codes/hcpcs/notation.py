"""How a HCPCS code is written: a letter from A to V and four digits, with a modifier, if any, in its own field."""

from __future__ import annotations

import re

MAX_TEXT = 12
"""Longest text that is looked at as a code at all."""

CODE = re.compile(r"[A-V][0-9]{4}")
MODIFIER = re.compile(r"[A-Z0-9]{2}")


def bare(text: object) -> str:
    """What was typed without surrounding space and in upper case, or "" when it is too long or no plain text."""
    if not isinstance(text, str) or len(text) > 64:
        return ""
    stripped = text.strip()
    return stripped.upper() if len(stripped) <= MAX_TEXT and stripped.isascii() else ""


def key_of(text: object) -> str:
    """The code as the book prints it, or "" when the text has not the shape of one."""
    found = bare(text)
    return found if CODE.fullmatch(found) else ""


def modifier_of(text: object) -> str:
    """A modifier in upper case, or "" when the text has not the shape of one."""
    found = bare(text)
    return found if MODIFIER.fullmatch(found) else ""
