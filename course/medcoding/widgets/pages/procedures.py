"""The page of an ICD-10-PCS code, and the builder that walks its seven axes."""

from __future__ import annotations

from medcoding.codes import icd10pcs
from medcoding.codes.icd10pcs import Book
from medcoding.widgets.pages.parts import Page, empty, fact, mark, plain, validity

LENGTH = 7
MEDICAL = "0"
"""The section whose axes are named before any is chosen."""

_OPERATION, _APPROACH = 3, 5


def page(book: Book, code: str) -> Page:
    """Everything the book says of a procedure code. Raises `UnknownCode`."""
    entry = book[code]
    found = empty("icd10pcs", entry.code, entry.title, book.date.isoformat())
    finding = book.problem(entry.code)
    in_force = mark("Reportable", f"In force on {book.date}.", "yes")
    found.update(
        billable=entry.billable,
        problem=finding.message if finding else "",
        marks=[in_force if entry.billable else mark("Not in force", f"Not valid on {book.date}.", "no")],
        facts=[fact("Reportable", plain(validity(entry.valid_from, entry.valid_to)))],
        axes=[
            {"position": axis.position, "name": axis.name, "value": axis.value, "label": axis.label, "definition": _meaning(book, entry.code, axis.position)}
            for axis in entry.axes
        ],
        source=_source(book),
    )
    return found


def builder(book: Book, typed: str) -> Page:
    """The axes for the characters chosen so far: {"axes", "code", "title", "dropped", "source"}.

    Each axis has its position, name, value ("" while open), label, `choices` in their order, `only` where the table
    leaves no choice, and the definition of the value in the course's words. A character that the table does not offer
    after those before it is dropped with all that follow, and told in `dropped`.
    """
    wanted = "".join(typed.upper().split())[:LENGTH]
    prefix, dropped = "", ""
    axes: list[Page] = []
    while len(prefix) < LENGTH:
        choices = book.next_axis(prefix)
        position = len(prefix) + 1
        value = wanted[position - 1 : position]
        if value and value not in choices:
            dropped = f"{value} is not offered at axis {position} after {prefix or 'nothing'}; choose anew from there."
            value, wanted = "", wanted[: position - 1]
        only = len(choices) == 1
        if only:
            (value,) = choices
        axes.append(
            {
                "position": position, "name": "", "value": value, "label": choices.get(value, ""), "only": only,
                "choices": [{"value": one, "label": label} for one, label in choices.items()],
                "definition": _meaning(book, prefix + value, position) if value else "",
            }
        )  # fmt: skip
        if not value:
            break
        prefix += value
    names = book.axis_names(prefix[:1] or MEDICAL)
    axes += [
        {"position": n, "name": "", "value": "", "label": "", "only": False, "choices": [], "definition": ""}
        for n in range(len(axes) + 1, LENGTH + 1)
    ]
    for axis in axes:
        axis["name"] = names[axis["position"] - 1]
    code = book.get(prefix) if len(prefix) == LENGTH else None
    return {
        "axes": axes, "start": prefix, "code": code.code if code else "", "title": code.title if code else "",
        "dropped": dropped, "source": _source(book),
    }  # fmt: skip


def _meaning(book: Book, prefix: str, position: int) -> str:
    """What an operation or approach means, in the course's words, with the guideline that speaks of it."""
    if position == _OPERATION:
        terms = icd10pcs.operations(prefix[0], book.date)
    elif position == _APPROACH and prefix[0] == MEDICAL:
        terms = icd10pcs.approaches(book.date)
    else:
        return ""
    value = prefix[position - 1]
    term = next((one for one in terms if one.value == value), None)
    if term is None:
        return ""
    said = " ".join(part for part in (term.definition, term.hint) if part)
    return f"{said} (PCS guideline {term.guideline})" if term.guideline else said


def _source(book: Book) -> str:
    labels = f"official tables, {book.tables_release}" if book.tables_release else "worked out from titles"
    return f"Titles: CMS, FY 2026. Labels of the axes: {labels}. Dates: Medicare Code Editor."
