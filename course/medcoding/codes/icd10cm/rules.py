"""Conventions of the tabular list, as rules over the codes of one encounter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations

from medcoding.codes.icd10cm import book as books
from medcoding.codes.icd10cm.book import Book
from medcoding.codes.icd10cm.entry import Code, Note
from medcoding.codes.icd10cm.notation import key_of
from medcoding.codes.icd10cm.references import parse
from medcoding.findings import Finding, Severity

EXCLUDES1 = "I.A.12.a"
ETIOLOGY = "I.A.13"
EXTERNAL = "I.C.20.a.6"
ONCE = "I.B.8"
_BROAD = frozenset({"chapter", "block"})


def conventions(codes: Sequence[str], on: str | dt.date, *, ordered: bool) -> list[Finding]:
    """What the book's conventions say of codes reported together on a date of service, hard errors first.

    Rules: "duplicate-code" (I.B.8), "excludes1-pair" and "excludes1-conditional" (I.A.12.a), and, when the codes are
    in the order in which they are reported (`ordered`), "manifestation-first" (I.A.13), "external-cause-first"
    (I.C.20.a.6), "code-first-order" and "code-first-note" (I.A.13). A code that the book does not know is passed over:
    `Book.problem` speaks of it. Raises `DateOutOfRange` as `on` does.
    """
    book = books.on(on)
    known: list[Code] = []
    findings: list[Finding] = []
    for text in codes:
        code = book.get(text) if isinstance(text, str) else None
        if code is None:
            continue
        if any(code.code == other.code for other in known):
            findings.append(_repeated(code))
        else:
            known.append(code)
    for one, other in combinations(sorted(known, key=lambda code: code.code), 2):
        found = _excluded(one, other) or _excluded(other, one)
        weaker = _excluded(other, one) if found and found.severity is not Severity.ERROR else None
        if found:
            findings.append(weaker if weaker and weaker.severity is Severity.ERROR else found)
    if ordered and known:
        findings += _order(known, book, first_known=bool(codes) and book.get(codes[0]) is known[0])
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2, Severity.INFO: 3}
    return sorted(findings, key=lambda finding: rank[finding.severity])


def never_first(code: str, on: str | dt.date) -> Finding | None:
    """Why a code may never be first-listed or principal on a date of service, or None.

    Manifestations ("manifestation-first"): codes that the Medicare Code Editor refuses as principal diagnosis for that
    reason on that date, and codes with "in diseases classified elsewhere" in their title (I.A.13). External causes
    ("external-cause-first"): chapter 20, V00-Y99 (I.C.20.a.6).
    """
    found = books.on(on).get(code)
    return _never_first(found) if found else None


def _repeated(code: Code) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        rule="duplicate-code",
        codes=(code.code,),
        message=f"{code.code} is listed more than once; a diagnosis code is reported only once for an encounter.",
        citation=ONCE,
    )


def _excluded(one: Code, other: Code) -> Finding | None:
    """What an Excludes1 note on `one`, or above it, says against `other`."""
    key, own = key_of(other.code), key_of(one.code)
    above = {ancestor.name: ancestor for ancestor in one.trail}
    found: Finding | None = None
    for note in one.excludes1:
        reference = parse(note.text)
        # A reference so wide that it takes in the code under the note says nothing about this pair.
        if not reference.holds(key) or reference.holds(own):
            continue
        stands = above.get(note.at)
        wide = reference.wide_for(key)
        broad = note.at.startswith("Chapter") or (stands is not None and stands.kind in _BROAD)
        # "Current injury (S80-S89)" and its like: an old disease and a new injury are often unrelated.
        injury = own[0] not in "ST" and (key[0] == "S" or (key[0] == "T" and (broad or wide)))
        if reference.conditional or injury or (broad and wide) or _stands_above(note, other):
            found = found or _excludes_finding(one, other, note, certain=False)
        else:
            return _excludes_finding(one, other, note, certain=True)
    return found


def _stands_above(note: Note, code: Code) -> bool:
    """Whether the note stands on the other code as well: then it parts codes within its own range."""
    if note.at == code.code:
        return True
    return any(note.at in (a.name, f"Chapter {a.name}") for a in code.trail)


def _excludes_finding(one: Code, other: Code, note: Note, certain: bool) -> Finding:
    quoted = f"An Excludes1 note at {note.at} reads “{note.text.strip()}”"
    if certain:
        message = (
            f"{one.code} and {other.code} are not reported together. {quoted}: the two exclude each other, unless the "
            "record shows that they are unrelated conditions."
        )
    else:
        message = (
            f"{one.code} and {other.code} may exclude each other. {quoted}: read it against the record; "
            "the codes alone do not decide."
        )
    return Finding(
        severity=Severity.ERROR if certain else Severity.WARNING,
        rule="excludes1-pair" if certain else "excludes1-conditional",
        codes=(one.code, other.code),
        message=message,
        citation=f"Excludes1 note at {note.at}; {EXCLUDES1}",
    )


def _never_first(code: Code) -> Finding | None:
    chapter = code.chapter
    if (chapter is not None and chapter.name == "20") or code.code[0] in "VWXY":
        return Finding(
            severity=Severity.ERROR,
            rule="external-cause-first",
            codes=(code.code,),
            message=(
                f"{code.code} tells how something happened; an external cause code is never first-listed or principal."
            ),
            citation=EXTERNAL,
        )
    elsewhere = "in diseases classified elsewhere" in code.title.lower()
    if not (code.manifestation or elsewhere):
        return None
    source = "" if elsewhere else "; Medicare Code Editor, manifestation code as principal diagnosis"
    return Finding(
        severity=Severity.ERROR,
        rule="manifestation-first",
        codes=(code.code,),
        message=(
            f"{code.code} is a manifestation code: it is never first-listed or principal. "
            "The underlying disease goes before it."
        ),
        citation=ETIOLOGY + source,
    )


def _order(known: Sequence[Code], book: Book, first_known: bool) -> Iterator[Finding]:
    first = known[0]
    never = _never_first(first) if first_known else None
    if never:
        yield never
    for place, code in enumerate(known):
        for later in known[place + 1 :]:
            note = _named(code.code_first, later)
            if note and not _named(later.code_first, code):
                yield Finding(
                    severity=Severity.WARNING,
                    rule="code-first-order",
                    codes=(code.code, later.code),
                    message=(
                        f"{later.code} belongs before {code.code}: the “Code first” note at {note.at} names it "
                        f"(“{note.text.strip()}”)."
                    ),
                    citation=f"Code first note at {note.at}; {ETIOLOGY}",
                )
    if first_known and not never and first.code_first:
        note = first.code_first[0]
        yield Finding(
            severity=Severity.HINT,
            rule="code-first-note",
            codes=(first.code,),
            message=(
                f"{first.code} has a “Code first” note (“{note.text.strip()}”): "
                "see whether it applies before listing it first."
            ),
            citation=f"Code first note at {note.at}; {ETIOLOGY}",
        )


def _named(notes: Sequence[Note], code: Code) -> Note | None:
    key = key_of(code.code)
    return next((note for note in notes if not (r := parse(note.text)).conditional and r.holds(key)), None)
