"""The page of a diagnosis code or header."""

from __future__ import annotations

from collections.abc import Sequence

from medcoding.codes.icd10cm import Book, Code, Note
from medcoding.codes.icd10cm.browsing import Change, Entry, below, changes, mentions
from medcoding.codes.icd10cm.rules import never_first
from medcoding.payment.marks import MAPPING_YEAR, marks, severities
from medcoding.widgets.pages.parts import Page, Part, empty, fact, linked, links, mark, plain, validity

NOTES: tuple[tuple[str, str, str], ...] = (
    ("includes", "Includes", "What the code is for (guideline I.A.10)."),
    ("inclusion_terms", "Inclusion terms", "Conditions that the code is for; the list need not be complete (I.A.11)."),
    ("excludes1", "Excludes1", "Not coded together, unless the two conditions are unrelated (I.A.12.a)."),
    ("excludes2", "Excludes2", "Not included here; both may be coded where the patient has both (I.A.12.b)."),
    ("code_first", "Code first", "The condition that goes before this one (I.A.13)."),
    ("use_additional", "Use additional code", "What is coded after this one, where documented (I.A.13)."),
    ("code_also", "Code also", "A second code may be needed, in either order (I.A.17)."),
    ("notes", "Note", "A remark of the book."),
    ("seventh_character_notes", "7th character", "The book's sentence on the 7th character (I.A.5)."),
)
"""Each kind of note: attribute of a code, name, and what it asks, with the guideline section."""

EXTENDED = "code with 7th character"
_MOST = 14


def page(book: Book, code: str) -> Page:
    """Everything the book and the payment tables say of a code. Raises `UnknownCode`."""
    entry = book[code]
    found = empty("icd10cm", entry.code, entry.title, book.date.isoformat())
    picker = _seventh(book, entry)
    stem = book[picker["stem"]] if picker else entry
    finding = book.problem(entry.code)
    found.update(
        billable=entry.billable,
        problem=finding.message if finding else "",
        marks=_marks(book, entry),
        facts=[fact("Reportable", plain(validity(entry.valid_from, entry.valid_to)))] if entry.valid_from else [],
        trail=[{"name": one.name, "title": one.title, "kind": one.kind} for one in entry.trail],
        siblings=[] if entry.kind == EXTENDED else entries(book, below(book, entry.parent or "")),
        children=[] if picker and stem is entry else entries(book, below(book, entry.code)),
        notes=_notes(book, entry),
        elsewhere=_elsewhere(book, entry.code),
        seventh=picker,
        changes=[_change(book, one) for one in changes(book, entry.code)[:6]],
        source=f"Titles and notes: Tabular List, {book.edition}. Dates: Medicare Code Editor.",
    )
    return found


def entries(book: Book, found: Sequence[Entry]) -> list[Page]:
    """Lines of the book as a list or tree shows them, with their CC or MCC."""
    weights = severities([one.name for one in found if one.billable], book.date)
    return [
        {
            "code": one.name, "title": one.title, "kind": one.kind, "billable": one.billable, "opens": one.opens,
            "severity": weights.get(one.name, ""),
        }
        for one in found
    ]  # fmt: skip


def _marks(book: Book, entry: Code) -> list[Page]:
    found = []
    if entry.billable:
        found.append(mark("Reportable", f"Complete and in force on {book.date}.", "yes"))
    elif entry.children:
        found.append(mark("Header", "Not reportable: more characters are needed.", "no"))
    else:
        found.append(mark("Not in force", f"Not reportable on {book.date}.", "no"))
    weight = marks(entry.code, book.date)
    if weight.severity:
        name = {"CC": "complication or comorbidity", "MCC": "major complication or comorbidity"}[weight.severity]
        version = f"MS-DRG grouper {weight.grouper / 10:.1f}"
        found.append(mark(weight.severity, f"As a secondary diagnosis a {name} ({version}), unless the principal diagnosis excludes it.", "weight"))
    for category in weight.categories:
        text = f"CMS-HCC {category.model}, category {category.number}: {category.label} (mapping of payment year {MAPPING_YEAR})."
        found.append(mark(f"HCC {category.number} ({category.model})", text, "weight"))
    finding = never_first(entry.code, book.date) if entry.billable else None
    if finding is not None:
        found.append(mark("Never first", finding.message, "no"))
    return found


def _notes(book: Book, entry: Code) -> list[Page]:
    found = []
    for attribute, name, means in NOTES:
        notes: Sequence[Note] = getattr(entry, attribute)
        if notes:
            places: dict[str, list[list[Part]]] = {}
            for note in notes:
                places.setdefault(note.at, []).append(_linked(book, note.text))
            groups = [{"at": at, "own": at == entry.code, "lines": lines} for at, lines in places.items()]
            found.append({"kind": attribute, "name": name, "means": means, "groups": groups})
    return found


def _linked(book: Book, text: str) -> list[Part]:
    return linked(text, lambda code: book.get(code) is not None)


def _elsewhere(book: Book, code: str) -> list[Page]:
    names = {"excludes1": "Excludes1", "excludes2": "Excludes2"}
    return [
        {"name": names[one.kind], "at": one.at, "link": book.get(one.at) is not None, "line": _linked(book, one.text)}
        for one in mentions(book, code)
    ]


def _seventh(book: Book, entry: Code) -> Page | None:
    """The 7th characters of the entry's stem, each with the whole code, placeholders filled; None where there are none."""
    stem = book[entry.parent] if entry.kind == EXTENDED and entry.parent else entry
    codes = [book[child] for child in stem.children]
    if not codes or any(code.kind != EXTENDED for code in codes):
        return None
    bare = stem.code.replace(".", "")
    filled = 6 - len(bare)
    meanings = stem.seventh_characters
    if filled:
        places = {1: "the sixth place", 2: "the fifth and sixth places", 3: "the fourth to sixth places"}[filled]
        sentence = f"{stem.code} has {len(bare)} characters. The placeholder X fills {places}, so that the last stays seventh (I.A.4)."
    else:
        sentence = f"{stem.code} has 6 characters; the seventh follows directly."
    return {
        "stem": stem.code,
        "title": stem.title,
        "filler": "X" * filled,
        "sentence": sentence,
        "chosen": entry.code[-1] if entry.kind == EXTENDED else "",
        "choices": [
            {"character": code.code[-1], "meaning": meanings.get(code.code[-1], code.title), "code": code.code, "billable": code.billable}
            for code in codes
        ],
    }


def _change(book: Book, change: Change) -> Page:
    lines = []
    for words, codes in (("New", change.began), ("Ended the day before", change.ended), ("Became a header", change.split)):
        if codes:
            shown = links(codes[:_MOST])
            more = plain(f" and {len(codes) - _MOST} more") if len(codes) > _MOST else []
            lines.append([*plain(f"{words}: "), *shown, *more])
    return {"day": change.day.isoformat(), "lines": lines}

