"""The small pieces that pages are made of: text with links to codes, facts, marks and lists of codes.

A *part* is {"text": ...}, with "code" where it leads to a code's page. Pages hold parts and plain values only, so that the
encoder shows every text as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from medcoding.codes.dates import as_date

Part = dict[str, str]
Page = dict[str, Any]

_CODE = re.compile(r"(?<![0-9A-Za-z.])[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![0-9A-Za-z])")


def plain(text: str) -> list[Part]:
    """A text without links."""
    return [{"text": text}] if text else []


def linked(text: str, known: Callable[[str], bool]) -> list[Part]:
    """A text whose diagnosis codes lead to their pages, where `known` says that there is one."""
    found: list[Part] = []
    at = 0
    for match in _CODE.finditer(text):
        if known(match.group()):
            found += plain(text[at : match.start()])
            found.append({"text": match.group(), "code": match.group()})
            at = match.end()
    return found + plain(text[at:])


def links(codes: Iterable[str]) -> list[Part]:
    """Codes in a row, each a link, with commas between."""
    found: list[Part] = []
    for code in codes:
        if found:
            found.append({"text": ", "})
        found.append({"text": code, "code": code})
    return found


def fact(name: str, *lines: list[Part]) -> Page:
    """One fact: its name and its lines."""
    return {"name": name, "lines": [line for line in lines if line]}


def mark(name: str, text: str, kind: str = "plain") -> Page:
    """A short mark with what it says. `kind` is "yes", "no", "weight" or "plain": how it is drawn, never all that it says."""
    return {"name": name, "text": text, "kind": kind}


def validity(first: object, last: object) -> str:
    """From when to when, in words. Dates or None, as the books give them."""
    if first is None and last is None:
        return "Dates are not known."
    start = f"From {as_date(first)}" if first is not None else "Up to"  # type: ignore[arg-type]
    if last is None:
        return f"{start} on; no end is known."
    return f"{start} to {as_date(last)}." if first is not None else f"{start} {as_date(last)}."  # type: ignore[arg-type]


def empty(book: str, code: str, title: str, on: str) -> Page:
    """A page with every field, to be filled in."""
    return {
        "book": book, "code": code, "title": title, "on": on, "billable": True, "problem": "",
        "marks": [], "facts": [], "trail": [], "siblings": [], "children": [], "notes": [], "elsewhere": [],
        "seventh": None, "axes": [], "changes": [], "source": "",
    }  # fmt: skip
