"""`medcoding check`: every key proved against the books on the item's date, every exercise in `source/` against the bank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from medcoding.forms import FORMS
from medcoding.forms.base import AnswerProblem, Claim
from medcoding.items.bank import Bank, Fault
from medcoding.items.models import Item
from medcoding.items.modulepage import page_faults
from medcoding.items.notebooks import (
    NotANotebook,
    assignment_notebooks,
    check_notebook,
    named_items,
    read_notebook,
    source_text,
    uses,
)
from medcoding.items.prose import prose_faults
from medcoding.items.variants import CHECK_SECRET, VariantFault

LESSON_DATE = date(2026, 3, 16)
"""The date of service of the course's own text."""

STATUS_OF_RULE = {
    "header-code": "header", "too-short": "header", "unknown-code": "unknown", "not-valid-on-date": "not-in-force",
    "not-in-teaching-table": "not to be told here",
}


def check(
    bank: Bank, source: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> list[Fault]:
    """Every fault of a bank and, if given, of the source notebooks that use it.

    Args:
        bank: read with `strict=False`, so that unreadable items are among the faults.
        source: nbgrader's source folder.
        progress: called with (items done, items in all).
    """
    faults = list(bank.faults)
    total = len(bank)
    for number, item in enumerate(bank, 1):
        if bank.varies(item.id):
            faults += (_placed(bank, item, *fault) for fault in variant_faults(bank, item.id, CHECK_SECRET))
        else:
            faults += (_placed(bank, item, where, message) for where, message in item_faults(item, bank))
        if progress:
            progress(number, total)
    if source is not None and source.is_dir():
        faults += _source_faults(bank, source)
    return faults


def _placed(bank: Bank, item: Item, where: str, message: str, variant: int | None = None) -> Fault:
    stood = bank.stood[item.id]
    place = tuple(int(part) if part.isdigit() else part for part in where.split("."))
    return Fault(stood.file, stood.line(place), where, message, item.id if variant is None else f"{item.id}[variant {variant}]")


def variant_faults(bank: Bank, item_id: str, secret: str) -> Iterator[tuple[str, str, int | None]]:
    """(field, message, variant) for each fault of an item's variants as drawn from `secret`; a fault that several have is told once."""
    try:
        item = bank.expanded(item_id, secret)
    except VariantFault as fault:
        yield ".".join(map(str, fault.where)) or "variants", str(fault), fault.number
        return
    told: set[tuple[str, str]] = set()
    for number in range(len(item.variants)):
        for where, message in item_faults(item.variant(number), bank):
            if (where, message) not in told:
                told.add((where, message))
                yield where, message, number


def item_faults(item: Item, bank: Bank | None = None) -> Iterator[tuple[str, str]]:
    """(field, message) for each fault of one item that its models cannot see."""
    from medcoding.codes import icd10cm

    try:
        icd10cm.on(item.on)
    except icd10cm.DateOutOfRange as error:
        yield "on", str(error)
        return
    form = FORMS[item.form]
    for claim in form.claims(item.key):
        message = claim_fault(claim, item)
        if message:
            yield claim.where, message
    for problem in form.problems(item.key, item.context):
        where, _, message = problem.partition(": ")
        yield where, message
    for number, raw in enumerate(form.full_answers(item.key)):
        try:
            answer = form.parse_answer(raw)
        except AnswerProblem as problem:
            yield "key", f"no student could give the key's own answer: {problem}"
            continue
        key_score = form.score(item.key, answer, item.context)
        if not key_score.full:
            which = "itself" if number == 0 else f"with an alternative ({', '.join(text for _, text in form.describe(answer, item.key))})"
            why = "; ".join(finding.message for finding in key_score.findings) or "see the form's page"
            yield "key", f"the key {which} earns only {key_score.points:g} of {key_score.possible:g}: {why}"
    for citation in item.citations:
        if citation.kind == "note" and not note_stands(citation.place, item):
            yield "citations", f"the Tabular List has no entry {citation.place!r} to carry a note"
    claimed = frozenset(claim.code for claim in form.claims(item.key) if claim.status != "valid")
    for where, text in texts(item):
        yield from ((where, fault) for fault in prose_faults(text, item.on, claimed))
    if bank is not None and bank.lessons:
        lesson = bank.lessons.get(item.lesson)
        if lesson is None:
            yield "lesson", f"no .lesson.yaml describes the lesson {item.lesson}"
        else:
            for number in item.objectives:
                if number > len(lesson.objectives):
                    yield "objectives", f"the lesson {item.lesson} has {len(lesson.objectives)} objectives, no number {number}"
    if not item.objectives:
        yield "objectives", "names no objective of its lesson"


def texts(item: Item) -> Iterator[tuple[str, str]]:
    """(field, text) of everything that an item says, the texts of its key among them."""
    yield from (("chart", item.chart), ("question", item.question), ("rationale", item.rationale), ("if_missed", item.if_missed))
    yield from _strings(item.key.model_dump(), "key")


def _strings(value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _strings(inner, f"{where}.{number}")


def claim_fault(claim: Claim, item: Item) -> str | None:
    """Why a claimed code is not what it claims to be on the item's date, or None."""
    if claim.book == "service":
        return _service_fault(claim, item)
    from importlib import import_module

    book = import_module(f"medcoding.codes.{claim.book}").on(item.on)
    problem = book.problem(claim.code)
    found = "valid" if problem is None else STATUS_OF_RULE.get(problem.rule, "unknown")
    if found == claim.status or (found == "not-in-force" and claim.status == "header" and _is_header(claim.code, item)):
        return None
    detail = problem.message if problem else f"{claim.code} is valid and reportable on {item.on}"
    return f"{claim.code} claims to be {claim.status} on {item.on} but is {found}: {detail}"


def _service_fault(claim: Claim, item: Item) -> str | None:
    """Why a service is not what it claims to be: a service key of the table, a HCPCS code in force, a registered bare number."""
    from medcoding.codes import cpt, hcpcs

    code = claim.code.strip()
    if code.lower().startswith("svc:"):
        known = code in cpt.services()
        if known == (claim.status == "valid"):
            return None
        return f"{code} is a service key of the course" if known else f"{code} is no service key; known: {', '.join(sorted(cpt.services()))}"
    problem = cpt.on(item.on).problem(code) if re.fullmatch(r"\d{4}[0-9A-Za-z]", code) else hcpcs.on(item.on).problem(code)
    found = "valid" if problem is None else STATUS_OF_RULE.get(problem.rule, "not to be told here")
    if found == claim.status:
        return None
    detail = problem.message if problem else f"{code} is in force on {item.on}"
    return f"{code} claims to be {claim.status} on {item.on} but is {found}: {detail}"


def note_stands(place: str, item: Item) -> bool:
    """Whether the Tabular List has the code, category or block of a note on the item's date."""
    from medcoding.codes import icd10cm

    book = icd10cm.on(item.on)
    first, _, last = place.rstrip("-.").partition("-")
    try:
        code = book[first]
    except KeyError:
        return False
    above = f"({first}-{last.rstrip('-.')})"
    return not last or any(above in f"{step.title} ({step.name})" for step in code.trail)


def _is_header(code: str, item: Item) -> bool:
    """Whether a code that was once complete is a header now."""
    from medcoding.codes import icd10cm

    try:
        return not icd10cm.on(item.on)[code].billable
    except KeyError:
        return False


def _source_faults(bank: Bank, source: Path) -> Iterator[Fault]:
    used: set[str] = set()
    placed: dict[tuple[str, str], str] = {}
    for path in assignment_notebooks(source):
        try:
            shown = str(path.relative_to(Path.cwd()))
        except ValueError:
            shown = str(path)
        yield from check_notebook(path, bank, shown)
        yield from _lesson_faults(path, shown)
        try:
            notebook = read_notebook(path)[1]
        except NotANotebook:
            continue
        used |= set(named_items(notebook, bank, path))
        for use in uses(notebook):
            if use.call != "exercise":
                continue
            before = placed.setdefault((path.parent.name, use.item), path.name)
            if before != path.name:  # one answers.json and one grade an assignment: the second would count the same answer again
                yield Fault(shown, 1, f"cell {use.cell + 1}", f"the exercise stands already in {before}", use.item)
    yield from page_faults(bank, source)
    for stray in sorted(source.glob("*/answers.json")):
        yield Fault(str(stray), 1, "file", "an answers.json in source/ would be released to every student; remove it")
    for stray in sorted(source.glob("*/items")):
        yield Fault(str(stray), 1, "folder", "'items' is written beside released notebooks only; remove it from source/")
    for item in bank:
        folder = bank.stood[item.id].file
        if item.id not in used and (source / Path(folder).parent.name).is_dir():
            yield Fault(folder, bank.stood[item.id].line(("id",)), "id", "no notebook of its module calls mock(), so nobody is asked this exam item" if item.use == "exam" else "no notebook of its module uses this item", item.id)


def _lesson_faults(path: Path, shown: str) -> Iterator[Fault]:
    """Codes in the running text of a lesson that no book holds on the course's date of service."""
    try:
        cells = read_notebook(path)[1]["cells"]
    except NotANotebook:
        return
    for number, cell in enumerate(cells):
        if cell.get("cell_type") == "markdown":
            yield from (Fault(shown, 1, f"cell {number + 1}", fault) for fault in prose_faults(source_text(cell), LESSON_DATE))
