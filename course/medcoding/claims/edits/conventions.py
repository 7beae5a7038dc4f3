"""What the tabular list says of codes side by side (Official Guidelines I.A.12, I.A.13, I.A.17, I.B.8, I.C.20.a.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medcoding.claims.edits.case import Case
from medcoding.claims.edits.core import Edit, edit, passed_on
from medcoding.codes import icd10cm
from medcoding.codes.dates import DateOutOfRange
from medcoding.codes.icd10cm.entry import Code, Note
from medcoding.codes.icd10cm.notation import key_of
from medcoding.codes.icd10cm.references import parse

_ONLY_IF = ("if applicable", "where applicable", "if known", "if any", "if desired", "if present", "when applicable", " any ")
"""A note with one of these leaves it to the record, which no claim shows."""


def edits(case: Case) -> Iterator[Edit]:
    """Duplicates, Excludes1 pairs, what may not be first, order, and partners that notes ask for."""
    date = case.claim.coding_date
    codes = [code for _, code in case.diagnoses]
    if date is None or not codes:
        return
    try:
        book = icd10cm.on(date)
    except DateOutOfRange:
        return  # the edit of codes has said so
    for finding in icd10cm.conventions(codes, date, ordered=True):
        if finding.rule == "code-first-note":
            continue  # whether it applies is in the record; code-first-missing is what a claim shows
        first = finding.rule in ("manifestation-first", "external-cause-first")
        yield passed_on(finding, case.diagnoses[0][:1] if first else case.fields_of(finding.codes))
    known = [found for code in dict.fromkeys(codes) if (found := book.get(code)) is not None]
    for code in known:
        yield from _partners(case, code, [key_of(one.code) for one in known if one is not code])


def _partners(case: Case, code: Code, others: Sequence[str]) -> Iterator[Edit]:
    if code.manifestation or "in diseases classified elsewhere" in code.title.lower():
        notes = code.code_first
        if notes and not _answered(notes, others):
            message = (
                f"{code.code} is the manifestation of another disease, and none of those that its “Code first” note at {notes[0].at} names "
                f"is on the claim ({_names(notes)}). Add the underlying disease before it; the note may name examples only."
            )
            yield edit("code-first-missing", message, case.fields_of([code.code]), [code.code], citation=f"Code first note at {notes[0].at}; OCG I.A.13")
    for at in dict.fromkeys(note.at for note in code.use_additional):
        if at.startswith("Chapter") or "-" in at:
            continue  # what a chapter or block asks for is too general to miss
        notes = tuple(note for note in code.use_additional if note.at == at)
        if _conditional(notes) or not any(parse(note.text).spans for note in notes) or _answered(notes, others):
            continue
        message = (
            f"{code.code} has a “Use additional” note at {at}, and no code that it names is on the claim ({_names(notes)}). "
            "Add it if the record has it."
        )
        yield edit("use-additional-missing", message, case.fields_of([code.code]), [code.code], citation=f"Use additional note at {at}; OCG I.A.17")


def _conditional(notes: Sequence[Note]) -> bool:
    return any(words in note.text.lower() for note in notes for words in _ONLY_IF)


def _answered(notes: Sequence[Note], others: Sequence[str]) -> bool:
    return any(parse(note.text).holds(key) for note in notes for key in others)


def _names(notes: Sequence[Note]) -> str:
    named = [note.text.strip(" ,.") for note in notes if parse(note.text).spans]
    shown = "; ".join(named[:3]) + ("; …" if len(named) > 3 else "")
    return shown if len(shown) <= 160 else shown[:159] + "…"
