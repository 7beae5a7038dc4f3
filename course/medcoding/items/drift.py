"""`medcoding codes drift`: what in the bank and its lessons would not hold on another date, and which codes to look at.

An item is proved on its own date (`on`). This asks the same questions on a date of the reader's choice, so that a new
edition can be met before it is in force: every code that the key and its distractors claim, every code in the item's
text, every note that it cites, and whether the key still earns full marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from medcoding.codes.successors import Successor, successors
from medcoding.forms import FORMS
from medcoding.forms.base import book_of
from medcoding.items.bank import Bank
from medcoding.items.check import LESSON_DATE, claim_fault, note_stands, texts
from medcoding.items.models import Item
from medcoding.items.notebooks import NotANotebook, assignment_notebooks, read_notebook, source_text
from medcoding.items.prose import QUOTED, verdict


@dataclass(frozen=True)
class Drift:
    """One thing that would not hold: where it stands, the code (empty for a key as a whole), what is wrong on the date,
    and the codes to look at instead. `certain` on each of those says whether the book names it or only a title is near."""

    file: str
    line: int
    item: str
    where: str
    code: str
    message: str
    instead: tuple[Successor, ...] = ()

    def __str__(self) -> str:
        item = f"{self.item}: " if self.item else ""
        return f"{self.file}:{self.line}: {item}{self.where}: {self.message}"


def drift(
    bank: Bank, day: date, source: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> list[Drift]:
    """Everything that holds on the items' own dates and would not hold on `day`; a fault of today is no drift.

    `source` is nbgrader's source folder: codes in the text of its lessons are looked at too. `progress` is called with
    (items done, items in all). Raises `DateOutOfRange` for a day that no ICD-10-CM book is known for.
    """
    from medcoding.codes import icd10cm

    icd10cm.on(day)
    found: list[Drift] = []
    for number, item in enumerate(bank, 1):
        found += item_drift(item, day, bank)
        if progress:
            progress(number, len(bank))
    if source is not None and source.is_dir():
        for path in assignment_notebooks(source):
            found += _lesson_drift(path, day)
    return found


def item_drift(item: Item, day: date, bank: Bank | None = None) -> Iterator[Drift]:
    """What of one item would not hold on a day."""
    moved = item.model_copy(update={"on": day})
    form = FORMS[item.form]
    told: set[str] = set()
    claims = list(form.claims(item.key))
    for claim in claims:
        message = claim_fault(claim, moved)
        if message and not claim_fault(claim, item):
            told.add(claim.code)
            wanted = claim.status == "valid" and claim.book != "service"
            yield _placed(bank, item, claim.where, claim.code, message, successors(claim.book, claim.code, day, item.on) if wanted else ())
    claimed = frozenset(claim.code for claim in claims if claim.status != "valid")
    for where, text in texts(item):
        yield from (
            _placed(bank, item, where, code, message, instead)
            for code, message, instead in _prose_drift(text, item.on, day, claimed) if code not in told
        )  # fmt: skip
    for citation in item.citations:
        if citation.kind == "note" and note_stands(citation.place, item) and not note_stands(citation.place, moved):
            yield _placed(bank, item, "citations", citation.place, f"the Tabular List has no {citation.place} to carry a note on {day}")
    if not told:
        yield from (_placed(bank, item, where, "", message) for where, message in _key_drift(item, moved))


def _key_drift(item: Item, moved: Item) -> Iterator[tuple[str, str]]:
    """(field, message): a key whose codes all hold may still earn less, where a rule between them has changed."""
    form = FORMS[item.form]
    known = set(form.problems(item.key, item.context))
    for problem in form.problems(item.key, moved.context):
        where, _, message = problem.partition(": ")
        if problem not in known:
            yield where, f"{message} (on {moved.on})"
    for raw in form.full_answers(item.key):
        answer = form.parse_answer(raw)
        now = form.score(item.key, answer, moved.context)
        if not now.full and form.score(item.key, answer, item.context).full:
            why = "; ".join(finding.message for finding in now.findings) or "see the form's page"
            yield "key", f"the key earns only {now.points:g} of {now.possible:g} on {moved.on}: {why}"


def _prose_drift(text: str, since: date, day: date, claimed: frozenset[str] = frozenset()) -> Iterator[tuple[str, str, tuple[Successor, ...]]]:
    """(code, message, codes to look at) for each code in a text that is on one date what the text makes of it, and not on the other."""
    for code, crossed in dict.fromkeys((found[1].strip(), bool(found[2])) for found in QUOTED.finditer(text)):
        was, now = (None, None) if code in claimed else (verdict(code, since), verdict(code, day))
        held = was != "valid" if crossed else was in ("valid", "header")
        if was is None or now is None or was == now or not held:
            continue  # no code, nothing changed, or a fault of today
        if crossed:
            if now == "valid":
                yield code, f"`{code}`✗ is marked as not reportable, but it is valid on {day}", ()
        elif now in ("valid", "header"):
            what = ("complete", "divided") if now == "header" else ("divided", "complete")
            instead = successors(book_of(code), code, day, since) if now == "header" else ()
            yield code, f"`{code}` stands in the text; it is {what[0]} on {since} and {what[1]} on {day}", instead
        else:
            yield code, f"`{code}` stands in the text as a code, but {now}", successors(book_of(code), code, day, since)


def _lesson_drift(path: Path, day: date) -> Iterator[Drift]:
    try:
        cells = read_notebook(path)[1]["cells"]
        shown = str(path.relative_to(Path.cwd()))
    except NotANotebook:
        return
    except ValueError:
        shown = str(path)
    for number, cell in enumerate(cells, 1):
        if cell.get("cell_type") == "markdown":
            for code, message, instead in _prose_drift(source_text(cell), LESSON_DATE, day):
                yield Drift(shown, 1, "", f"cell {number}", code, message, instead)


def _placed(bank: Bank | None, item: Item, where: str, code: str, message: str, instead: tuple[Successor, ...] = ()) -> Drift:
    stood = bank.stood.get(item.id) if bank is not None else None
    place = tuple(int(part) if part.isdigit() else part for part in where.split("."))
    return Drift(stood.file if stood else "", stood.line(place) if stood else 1, item.id, where, code, message, instead)
