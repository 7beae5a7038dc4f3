"""The page of a drug package (NDC)."""

from __future__ import annotations

from medcoding.codes.ndc import Book
from medcoding.widgets.pages.parts import Page, empty, fact, mark, plain, validity


def page(book: Book, code: str) -> Page:
    """Everything that is known of a package. Raises `UnknownCode`."""
    entry = book[code]
    found = empty("ndc", entry.code, entry.title, book.date.isoformat())
    size = f"{entry.size.normalize():f} {entry.measure}" if entry.size is not None else ""
    facts = [
        fact("As assigned, with hyphens", plain(entry.assigned)),
        fact("Labeler", plain(entry.labeler)),
        fact("Package", plain(", ".join(part for part in (entry.package, size, f"{entry.doses}-dose" if entry.doses else "") if part))),
        fact("Counted on a claim in", plain(entry.unit)),
        fact("Drug in the package", plain(entry.content)),
        fact("HCPCS code", plain(entry.hcpcs)),
    ]
    if not entry.fictional:
        facts.append(fact("Marketed", plain(validity(entry.valid_from, entry.valid_to))))
    invented = mark("Invented", "A number of this course: it may stand in an exercise, never on a claim.", "no")
    found.update(
        billable=entry.billable,
        marks=[invented] if entry.fictional else [mark("Listed", f"Marketed on {book.date}, as far as the directory says.", "yes")],
        facts=[one for one in facts if one["lines"]],
        source=entry.source,
    )
    return found
