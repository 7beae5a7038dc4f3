"""The page of a HCPCS Level II code."""

from __future__ import annotations

from medcoding.codes.hcpcs import Book, Code
from medcoding.widgets.pages.parts import Page, empty, fact, mark, plain, validity

_NEIGHBOURS = 24


def page(book: Book, code: str) -> Page:
    """Everything the book says of a supply, drug or service code. Raises `UnknownCode`."""
    entry = book[code]
    found = empty("hcpcs", entry.code, entry.title, book.date.isoformat())
    reportable = entry.in_force(book.date)
    finding = book.problem(entry.code)
    found.update(
        billable=reportable,
        problem=finding.message if finding else "",
        marks=[mark("Reportable", f"In force on {book.date}.", "yes") if reportable else mark("Not in force", f"Not in force on {book.date}.", "no")],
        facts=_facts(entry),
        trail=[{"name": entry.letter.letter, "title": entry.letter.title, "kind": "letter"}],
        siblings=[
            {"code": hit.code, "title": hit.title, "kind": "code", "billable": True, "opens": False, "severity": ""}
            for hit in book.search(entry.code[:3], limit=_NEIGHBOURS)
        ],
        source=entry.source if book.complete else f"{entry.source}. Titles are the course's own words.",
    )
    return found


def _facts(entry: Code) -> list[Page]:
    facts = [
        fact("Official description", plain(entry.long_description)),
        fact("One unit", plain(entry.units)),
        fact("Reportable", plain(validity(entry.valid_from, entry.valid_to))),
        fact("Medicare coverage", plain(f"{entry.coverage}: {entry.coverage_note}" if entry.coverage else "")),
        fact("Pricing", *(plain(f"{one}: {text}") for one, text in zip(entry.pricing, entry.pricing_notes, strict=True) if text)),
        fact("See also", plain(", ".join(entry.cross_references))),
    ]
    return [one for one in facts if one["lines"]]
