"""Hints and search while codes are entered: what the book says of a code, never whether it is right.

Hints are an aid. Whatever goes wrong in here, answers are still saved: a failing look-up gives no hint.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from datetime import date
from typing import Any

LIMIT = 10

_EXAMPLES = re.compile(r" \((?:[A-Z]\d[0-9A-Z.]*(?:, |, …|…)?)+\)")
"""Codes that a message gives as examples. A hint leaves them out: one of them might be the answer."""

_opening: threading.Thread | None = None
_failure = ""


def book(on: date, wait: float = 0.25) -> Any | None:
    """The diagnosis book on a date of service, or None while it is being prepared and where there is none.

    The first use on a computer builds the index, which takes some seconds: that happens in a thread,
    so that answers are saved meanwhile.
    """
    global _opening
    if _opening is not None and wait < 1:
        wait = 0.01  # asked before: the answers that queue behind this message matter more
    if _opening is None:
        _opening = threading.Thread(target=_open, args=(on,), name="medcoding-book", daemon=True)
        _opening.start()
    _opening.join(wait)
    if _opening.is_alive() or _failure:
        return None
    from medcoding.codes import icd10cm

    try:
        return icd10cm.on(on)
    except Exception:  # a date outside the book
        return None


def preparing() -> bool:
    """Whether the book is being opened or built just now."""
    return _opening is not None and _opening.is_alive()


def failure() -> str:
    """Why there is no book, in words; empty when there is one."""
    return _failure


def _open(on: date) -> None:
    global _failure
    try:
        from medcoding.codes import icd10cm

        icd10cm.on(on).search("fracture", 1)
    except ImportError as error:
        _failure = f"The code book is not installed ({error.name})."
    except Exception as error:  # no index and none can be built, no room, a damaged file
        _failure = f"The code book cannot be opened: {str(error)[:300]}"


def diagnosis_hint(code: str, on: date, wait: float = 0.25) -> dict[str, str]:
    """What the book says of one code: {"kind": "title" or "hint" or "none", "text": ...}."""
    if not code.strip():
        return {"kind": "none", "text": ""}
    opened = book(on, wait)
    if opened is None:
        return {"kind": "none", "text": ""}
    try:
        finding = opened.problem(code)
        if finding is not None:
            return {"kind": "hint", "text": _EXAMPLES.sub("", finding.message)}
        return {"kind": "title", "text": opened[code].title}
    except Exception:
        return {"kind": "none", "text": ""}


def diagnosis_hints(codes: Sequence[str], on: date, wait: float = 0.25) -> list[dict[str, str]]:
    """`diagnosis_hint` of each code, and a word where one is entered twice."""
    hints = []
    seen: dict[str, int] = {}
    for number, code in enumerate(codes, 1):
        bare = "".join(code.upper().split()).replace(".", "")
        hint = diagnosis_hint(code, on, wait)
        if bare and bare in seen and hint["kind"] != "hint":
            hint = {"kind": "hint", "text": f"{code.strip()} is entered twice: it also stands in place {seen[bare]}."}
        seen.setdefault(bare, number)
        hints.append(hint)
    return hints


def search(text: str, on: date, limit: int = LIMIT) -> dict[str, Any]:
    """Codes for a few words or the start of a code: {"state": ..., "hits": [{"code", "title", "billable"}]}.

    `state` is "ready", "preparing" (ask again shortly) or "none".
    """
    opened = book(on)
    if opened is None:
        return {"state": "preparing" if preparing() else "none", "hits": [], "why": _failure}
    try:
        hits = opened.search(text[:200], limit=limit) if text.strip() else []
    except Exception as error:
        return {"state": "none", "hits": [], "why": f"The search failed: {str(error)[:200]}"}
    return {
        "state": "ready",
        "why": "",
        "hits": [
            {"code": hit.code, "title": hit.title, "billable": bool(getattr(hit, "billable", True))}
            for hit in hits[:limit]
        ],
    }


def services() -> tuple[tuple[str, str], ...]:
    """Service keys and what each is in plain words."""
    from medcoding.codes import cpt

    return tuple((key, service.plain) for key, service in cpt.services().items())


def service_hint(code: str) -> dict[str, str]:
    """What a service key stands for; other codes get no word here."""
    from medcoding.forms.encounter import service

    bare = service(code)
    if not bare.startswith("svc:"):
        return {"kind": "none", "text": ""}
    plain = dict(services()).get(bare)
    if plain is None:
        return {
            "kind": "hint",
            "text": f"{code.strip()[:40]} is no service key of this course. Choose one from the list.",
        }
    return {"kind": "title", "text": plain}
