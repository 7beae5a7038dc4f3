"""What is wrong with a file: which segment, which element, what stood there, what was expected."""

from __future__ import annotations

SHOWN = 40
"""As many characters of what was found are shown; files can hold anything."""


def shown(text: str) -> str:
    """Found text in quotes, cut short, with control characters made visible."""
    plain = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return f"“{plain[: SHOWN - 1]}…”" if len(plain) > SHOWN else f"“{plain}”"


class X12Error(ValueError):
    """A file that is no X12, or breaks its own structure.

    `position` counts segments from 1 (the ISA), 0 where there is no segment at all; `segment` is its name and `element` the
    element's ("CLP04"), both empty where none is meant. `found` is what stood there, `expected` what should have.
    """

    def __init__(self, expected: str, *, found: str = "", position: int = 0, segment: str = "", element: str = "") -> None:
        self.position, self.segment, self.element, self.found, self.expected = position, segment, element, found, expected
        where = f"Segment {position}" if position else "The file"
        if segment:
            where += f" ({segment})"
        if element:
            where += f", element {element}"
        what = f"{shown(found)} was found" if found else "nothing was found"
        super().__init__(f"{where}: {what}; {expected}")


class WriteError(ValueError):
    """A claim or remittance that this format cannot carry; nothing was written.

    `field` is the field at fault as the claim or remittance names it, `element` where it would have stood ("NM103").
    """

    def __init__(self, field: str, found: object, expected: str, element: str = "") -> None:
        self.field, self.found, self.expected, self.element = field, str(found), expected, element
        place = f" (element {element})" if element else ""
        super().__init__(f"{field}{place} is {shown(self.found)}; {expected}")
