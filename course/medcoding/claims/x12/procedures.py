"""Procedure codes as X12 carries them.

A colon parts components, so the service key `svc:im-injection` travels as `SVC.IM-INJECTION`. No real payer knows such a code:
a file for one needs the licensed numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

MARK = "SVC."


def to_x12(code: str, numbers: Mapping[str, str] | None = None) -> str:
    """A code as it stands in a file; a service key becomes its number where `numbers` has one."""
    if not code.startswith("svc:"):
        return code
    if numbers and code in numbers:
        return numbers[code]
    return MARK + code[4:].upper()


def from_x12(text: str) -> str:
    """A code as the claim names it."""
    text = text.strip()
    return f"svc:{text[len(MARK) :].lower()}" if text.upper().startswith(MARK) else text
