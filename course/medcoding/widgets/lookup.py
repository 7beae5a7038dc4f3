"""Hints and search while codes are entered: what a book says of a code, never whether it is right.

Hints are an aid. Whatever goes wrong in here, answers are still saved: a failing look-up gives no hint.
"""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from medcoding.codes.wordmarks import meant, spans
from medcoding.forms.diagnoses import words_alone

if TYPE_CHECKING:
    from medcoding.codes.cpt import Service

LIMIT = 10

BOOKS = {
    "icd10cm": "medcoding.codes.icd10cm",
    "icd10pcs": "medcoding.codes.icd10pcs",
    "hcpcs": "medcoding.codes.hcpcs",
    "services": "medcoding.widgets.pages.services",
    "ndc": "medcoding.codes.ndc",
}
"""Each book by its short name, and the module whose `on(date)` opens it."""

_EXAMPLES = re.compile(r" \((?:[A-Z]\d[0-9A-Z.]*(?:, |, …|…)?)+\)")
"""Codes that a message gives as examples. A hint leaves them out: one of them might be the answer."""

_NONE = {"kind": "none", "text": ""}


@dataclass
class Opening:
    """The first opening of one book in this kernel, in a thread of its own, and why it failed."""

    thread: threading.Thread
    failure: str = ""


_openings: dict[str, Opening] = {}


def book(on: date, wait: float = 0.25, name: str = "icd10cm") -> Any | None:
    """A book on a date of service, or None while it is being prepared and where there is none.

    The first use on a computer builds the index, which takes some seconds: that happens in a thread,
    so that answers are saved meanwhile.
    """
    if name not in BOOKS:
        return None
    opening = _openings.get(name)
    if opening is not None and wait < 1:
        wait = 0.01  # asked before: the answers that queue behind this message matter more
    if opening is None:
        opening = Opening(threading.Thread(target=_open, args=(name, on), name=f"medcoding-{name}", daemon=True))
        _openings[name] = opening
        opening.thread.start()
    opening.thread.join(wait)
    if opening.thread.is_alive() or opening.failure:
        return None
    try:
        return importlib.import_module(BOOKS[name]).on(on)
    except Exception:  # a date outside the book
        return None


def preparing(name: str | None = None) -> bool:
    """Whether a book (any without a name) is being opened or built just now."""
    wanted = _openings.values() if name is None else [_openings[name]] if name in _openings else []
    return any(opening.thread.is_alive() for opening in wanted)


def failure(name: str = "icd10cm") -> str:
    """Why there is no book, in words; empty when there is one."""
    return _openings[name].failure if name in _openings else ""


def _open(name: str, on: date) -> None:
    try:
        importlib.import_module(BOOKS[name]).on(on).search("fracture", 1)
    except ImportError as error:
        _openings[name].failure = f"The code book is not installed ({error.name})."
    except ValueError:  # a date outside the book: others are inside
        pass
    except Exception as error:  # no index and none can be built, no room, a damaged file
        _openings[name].failure = f"The code book cannot be opened: {str(error)[:300]}"


def hint(code: str, on: date, wait: float = 0.25, book_name: str = "icd10cm") -> dict[str, str]:
    """What a book says of one code: {"kind": "title" or "hint" or "none", "text": ...}."""
    if not code.strip():
        return dict(_NONE)
    if told := words_alone([code]):
        return {"kind": "hint", "text": told}
    opened = book(on, wait, book_name)
    if opened is None:
        return dict(_NONE)
    try:
        finding = opened.problem(code)
        if finding is not None:
            return {"kind": "hint", "text": _EXAMPLES.sub("", finding.message)}
        return {"kind": "title", "text": opened[code].title}
    except Exception:
        return dict(_NONE)


def hints(codes: Sequence[str], on: date, book: str = "icd10cm", wait: float = 0.25) -> list[dict[str, str]]:
    """`hint` of each code in a book, and a word where one is entered twice."""
    found = []
    seen: dict[str, int] = {}
    for number, code in enumerate(codes, 1):
        bare = "".join(code.upper().split()).replace(".", "")
        said = hint(code, on, wait, book)
        if bare and bare in seen and said["kind"] != "hint":
            said = {"kind": "hint", "text": f"{code.strip()} is entered twice: it also stands in place {seen[bare]}."}
        seen.setdefault(bare, number)
        found.append(said)
    return found


def diagnosis_hint(code: str, on: date, wait: float = 0.25) -> dict[str, str]:
    """`hint` of a diagnosis code."""
    return hint(code, on, wait)


def diagnosis_hints(codes: Sequence[str], on: date, wait: float = 0.25) -> list[dict[str, str]]:
    """`hints` of diagnosis codes."""
    return hints(codes, on, wait=wait)


def search(text: str, on: date, limit: int = LIMIT, book: str = "icd10cm") -> dict[str, Any]:
    """Codes for a few words or the start of a code: {"state": ..., "why": ..., "hits": [...]}.

    `state` is "ready", "preparing" (ask again shortly) or "none". A hit is {"code", "title", "billable", "head", "marks"}:
    `marks` are [start, end] of the words of the title that answer, `head` how many characters of the code were typed.
    """
    opened = _opened(on, book)
    if opened is None:
        return {"state": "preparing" if preparing(book) else "none", "hits": [], "why": reason(on, book)}
    try:
        return {"state": "ready", "why": "", "hits": _hits(opened, text[:200], limit) if text.strip() else []}
    except Exception as error:
        return {"state": "none", "hits": [], "why": f"The search failed: {str(error)[:200]}"}


def _opened(on: date, name: str) -> Any | None:
    return book(on, name=name)


def reason(on: date, name: str) -> str:
    """Why there is no book of a name on a date; empty while it is being prepared."""
    if name not in BOOKS:
        return f"There is no book called {name[:40]!r}. The books are {', '.join(BOOKS)}."
    if preparing(name) or failure(name):
        return failure(name)
    try:
        importlib.import_module(BOOKS[name]).on(on)
    except Exception as error:
        return str(error)[:300]
    return ""


def _hits(opened: Any, text: str, limit: int) -> list[dict[str, Any]]:
    words = meant(opened, text)
    typed = "".join(text.upper().split()).replace(".", "").replace("-", "")
    return [
        {
            "code": found.code,
            "title": found.title,
            "billable": bool(getattr(found, "billable", True)),
            "head": _head(found.code, typed),
            "marks": [list(span) for span in spans(words, found.title)],
        }
        for found in opened.search(text, limit=limit)[:limit]
    ]


def _head(code: str, typed: str) -> int:
    """How many characters of a code, its dot counted, are those typed; 0 when it does not begin with them."""
    if not typed or not code.upper().replace(".", "").startswith(typed):
        return 0
    return next(n for n in range(len(code) + 1) if len(code[:n].replace(".", "")) == len(typed))


def services() -> tuple[Service, ...]:
    """The services of the course."""
    from medcoding.codes import cpt

    return tuple(cpt.services().values())


def service_hint(code: str) -> dict[str, str]:
    """What a service key stands for; other codes get no word here."""
    from medcoding.forms.encounter import service

    bare = service(code)
    if not bare.startswith("svc:"):
        return dict(_NONE)
    plain = next((one.plain for one in services() if one.key == bare), None)
    if plain is None:
        return {
            "kind": "hint",
            "text": f"{code.strip()[:40]} is no service key of this course. Choose one from the list.",
        }
    return {"kind": "title", "text": plain}
