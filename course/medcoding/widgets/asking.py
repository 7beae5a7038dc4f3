"""What the encoder asks, and the answers: one function from a message to plain data. It never raises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from medcoding.codes.dates import DateOutOfRange, UnknownCode, as_date
from medcoding.widgets import lookup, shelf
from medcoding.widgets.pages import page_of
from medcoding.widgets.pages.parts import Page

LIMIT = 30

TITLES = {
    "icd10cm": "ICD-10-CM, diagnoses",
    "icd10pcs": "ICD-10-PCS, hospital procedures",
    "hcpcs": "HCPCS Level II, supplies and drugs",
    "services": "Services of this course",
    "ndc": "NDC, drug packages",
}
"""The books as the encoder lists them."""


def answer(asked: dict[str, Any], on: date | None = None, book: str = "") -> Page:
    """The answer to one message of the encoder; `on` and `book` hold it to an exercise's date and book.

    `asked["ask"]` is "start", "search", "page", "below", "axes", "compare", "aid", "pin" or "clear". The answer has
    "problem" in words where there is none, and "state": "preparing" while a book is being opened.
    """
    try:
        date_of_service = on or as_date(str(asked.get("on", "")))
        return _ANSWERS[str(asked.get("ask"))](asked, date_of_service, book or str(asked.get("book", "")))
    except _Preparing:
        return {"state": "preparing"}
    except (DateOutOfRange, UnknownCode, _Problem) as error:
        return {"problem": str(error)}
    except Exception as error:
        return {"problem": f"That did not work ({type(error).__name__}: {str(error)[:200]}). Try again."}


class _Preparing(Exception):
    """The book is being opened in its thread."""


class _Problem(Exception):
    """Something to tell in words."""


def _book(name: str, on: date) -> Any:
    opened = lookup.book(on, name=name)
    if opened is None:
        if lookup.preparing(name):
            raise _Preparing
        raise _Problem(lookup.reason(on, name) or "There is no such book on that date.")
    return opened


def _start(asked: Page, on: date, book: str) -> Page:
    """What the encoder needs to begin with a book: its edition, the aids, what could be added, history and pins."""
    from medcoding.widgets.pages import aids

    opened = _book(book, on)
    diagnoses = book == "icd10cm"
    could = aids.could_add(book)
    return {
        "edition": str(getattr(opened, "edition", "")),
        "aids": aids.available(on) if diagnoses else [],
        "could_add": could,
        "add": aids.ADD,
        "shelf": shelf.lists(),
    }


def _search(asked: Page, on: date, book: str) -> Page:
    text, kind = str(asked.get("text", "")), str(asked.get("aid", ""))
    if kind:
        from medcoding.widgets.pages import aids

        _book(book, on)
        return {"state": "ready", "why": "", "hits": aids.search(kind, text, on, LIMIT)}
    found = lookup.search(text, on, LIMIT, book)
    if found["state"] == "ready" and text.strip():
        finding = _book(book, on).problem(text) if _like_code(text) and not any(hit["head"] for hit in found["hits"]) else None
        found["why"] = finding.message if finding else "" if found["hits"] else "Nothing found. Try fewer or other words."
    return found


def _like_code(text: str) -> bool:
    return any(character.isdigit() for character in text) and len(text.split()) == 1


def _page(asked: Page, on: date, book: str) -> Page:
    found = page_of(book, _book(book, on), str(asked.get("code", "")))
    lists = shelf.visited(book, found["code"], found["title"]) if asked.get("visit") else shelf.lists()
    return {"page": found, "shelf": lists}


def _below(asked: Page, on: date, book: str) -> Page:
    from medcoding.codes.icd10cm.browsing import below
    from medcoding.widgets.pages.diagnoses import entries

    opened = _book("icd10cm", on)
    return {"entries": entries(opened, below(opened, str(asked.get("name", ""))))}


def _axes(asked: Page, on: date, book: str) -> Page:
    from medcoding.widgets.pages.procedures import builder

    return {"builder": builder(_book("icd10pcs", on), str(asked.get("typed", "")))}


def _compare(asked: Page, on: date, book: str) -> Page:
    from medcoding.widgets.pages.comparing import compare

    pair = asked.get("pair")
    if not isinstance(pair, list) or len(pair) != 2:
        raise _Problem("Two codes are needed to compare.")
    one, other = (page_of(name, _book(name, on), code) for name, code in ((str(p[0]), str(p[1])) for p in pair))
    return {"comparison": compare(one, other)}


def _aid(asked: Page, on: date, book: str) -> Page:
    from medcoding.widgets.pages import aids

    path = asked.get("path")
    terms = [str(term) for term in path][:20] if isinstance(path, list) else []
    try:
        return {"entry": aids.page(str(asked.get("kind", "")), terms, _book("icd10cm", on))}
    except KeyError as error:
        raise _Problem(str(error.args[0])) from None


def _pin(asked: Page, on: date, book: str) -> Page:
    found = page_of(book, _book(book, on), str(asked.get("code", "")))
    return {"shelf": shelf.pinned(book, found["code"], found["title"], bool(asked.get("keep")))}


def _clear(asked: Page, on: date, book: str) -> Page:
    return {"shelf": shelf.cleared()}


_ANSWERS: dict[str, Callable[[Page, date, str], Page]] = {
    "start": _start,
    "search": _search,
    "page": _page,
    "below": _below,
    "axes": _axes,
    "compare": _compare,
    "aid": _aid,
    "pin": _pin,
    "clear": _clear,
}
