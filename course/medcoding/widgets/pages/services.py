"""Services by the course's own keys, looked up as a book is: `on(date)`, search, problem, and the page of a service."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass

from medcoding.codes import cpt
from medcoding.codes.cpt import Service
from medcoding.codes.dates import UnknownCode
from medcoding.codes.icd10cm.wording import STOP, stem, tokens
from medcoding.findings import Finding, Severity
from medcoding.widgets.pages.parts import Page, empty, fact, mark, plain

_CITATION = "service keys of this course; procedure numbers are licensed by the American Medical Association"


@dataclass(frozen=True)
class Hit:
    """One answer of a search."""

    code: str
    title: str
    billable: bool
    score: float
    matched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """The services of the course. They are the same on every date."""

    date: dt.date

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.strip().lower() in cpt.services()

    def __getitem__(self, key: str) -> Hit:
        """The entry of a service key. Raises `UnknownCode`, which names near ones."""
        try:
            service = cpt.services()[key]
        except KeyError as error:
            raise UnknownCode(str(error)) from None
        return Hit(service.key, service.plain, True, 1.0)

    def problem(self, key: str) -> Finding | None:
        """What is wrong with a key, or None."""
        if key in self:
            return None
        message = f"{key.strip()[:40]} is no service key of this course. Choose one from the list."
        return Finding(severity=Severity.ERROR, rule="unknown-code", message=message, citation=_CITATION)

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """Services that have the words, most of them first; the last word may be unfinished."""
        typed = [word for word in tokens(text[:200])[:12] if word not in STOP and word != "svc"]
        found = []
        for key, service in cpt.services().items():
            words = tokens(f"{key} {service.plain} {service.kind} {service.also}")
            matched = tuple(word for word in typed if _said(word, words, word == typed[-1]))
            if 2 * len(matched) >= len(typed) > 0:
                found.append(Hit(key, service.plain, True, len(matched) / len(typed) - len(tokens(service.plain)) / 1000, matched))
        return sorted(found, key=lambda hit: (-hit.score, hit.code))[: max(1, limit)]


def _said(word: str, words: list[str], last: bool) -> bool:
    if any(stem(one) == stem(word) or (last and len(word) > 1 and one.startswith(word)) for one in words):
        return True
    return len(word) > 4 and bool(difflib.get_close_matches(word, words, n=1, cutoff=0.85))


def on(date: dt.date) -> Book:
    """The services on a date of service."""
    return Book(date)


def page(book: Book, key: str) -> Page:
    """What the course says of a service. Raises `UnknownCode`."""
    service = cpt.services()[book[key].code]
    found = empty("services", service.key, service.plain, book.date.isoformat())
    numbers = cpt.numbers_of(service.key)
    found.update(
        marks=[mark("Service key", "The course's own name for a service: procedure numbers and their text are licensed.", "plain")],
        facts=[one for one in (*_facts(service), fact("In your institution's licensed file", plain(", ".join(numbers)))) if one["lines"]],
        source="Table of services of this course.",
    )
    return found


def _facts(service: Service) -> list[Page]:
    days = service.global_days
    return [
        fact("Kind", plain(service.kind)),
        fact("Setting", plain(service.setting)),
        fact("Global period", plain(f"{days} days" if days is not None else "")),
        fact("Two sides", plain("Done on paired organs: one side or both sides are told by a modifier." if service.paired else "")),
        fact("Place", plain(f"A modifier names the {service.anatomy}." if service.anatomy else "")),
        fact("Parts", plain("Has a professional and a technical part." if service.components else "")),
        fact("Timed", plain(f"One unit for each {service.timed} minutes." if service.timed else "")),
        fact("Added to", *([{"text": key, "code": key}] for key in service.add_on_to)),
        fact("Separate", plain("Reported only when it is the sole or a separate service." if service.separate else "")),
    ]
