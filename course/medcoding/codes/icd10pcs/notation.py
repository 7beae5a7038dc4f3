"""How an ICD-10-PCS code is written: seven characters, digits and letters but I and O, no dot (guidelines A1, A2)."""

from __future__ import annotations

LENGTH = 7
VALUES = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""The 34 values a character may have; I and O are left out because they look like 1 and 0."""

APPROACHES = {
    "0": "Open",
    "3": "Percutaneous",
    "4": "Percutaneous Endoscopic",
    "7": "Via Natural or Artificial Opening",
    "8": "Via Natural or Artificial Opening Endoscopic",
    "F": "Via Natural or Artificial Opening With Percutaneous Endoscopic Assistance",
    "X": "External",
}
"""The approaches, in every section whose fifth axis is one."""

_VALUES = frozenset(VALUES)


def key_of(text: object) -> str:
    """What was typed in upper case without space around it, or "" if it cannot be the start of a code."""
    if not isinstance(text, str) or len(text) > 64 or not text.isascii():
        return ""
    key = text.strip().upper()
    return key if 1 <= len(key) <= LENGTH and _VALUES.issuperset(key) else ""


def normalise(text: str) -> str:
    """What was typed, as the book prints it: "0srb04a " gives "0SRB04A".

    Text that cannot be a code comes back stripped and cut to 12 characters. Never raises, whatever the text.
    """
    return key_of(text) or (text[:64].strip()[:12].strip() if isinstance(text, str) else "")
