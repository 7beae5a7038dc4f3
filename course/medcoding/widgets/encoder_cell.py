"""`encoder`: look codes up in any book, on any date, in any notebook."""

from __future__ import annotations

import datetime as dt

from medcoding.codes.dates import UnknownCode, as_date
from medcoding.widgets.copies import has_kernel, show_live
from medcoding.widgets.lookup import BOOKS
from medcoding.widgets.places import execution

DATE = "2026-03-16"
"""The date of service that the course's charts share."""



class UnknownBook(ValueError):
    """There is no book of that name; the message lists those that there are."""


def encoder(on: str | dt.date = DATE, book: str = "icd10cm", start: str | None = None) -> None:
    """Show the encoder: search, code pages, 7th characters, the ICD-10-PCS builder, comparison, history and pins.

    Args:
        on: the date of service (of discharge for a hospital stay), "2026-03-16" or a `datetime.date`.
        book: "icd10cm", "icd10pcs", "hcpcs", "services" or "ndc"; it can be changed on the page.
        start: a code to open at once, or words to search for.

    Raises:
        UnknownBook: there is no book of that name.
        DateOutOfRange: `on` is no date.
    """
    date = as_date(on)
    if book not in BOOKS:
        raise UnknownBook(f"There is no book called {str(book)[:40]!r}. The books are {', '.join(BOOKS)}.")
    begin = "" if start is None else str(start)[:200]
    if execution() is not None or not has_kernel():
        print(_said(date, book, begin))
        return
    from medcoding.widgets.encoder_view import EncoderView

    view = EncoderView(date, book, begin)
    show_live(view, "encoder", "The encoder; it needs a running kernel.")


def _said(date: dt.date, book: str, begin: str) -> str:
    """What there is to say without a page: the code or the first answers."""
    if not begin:
        return f"The encoder, {book} on {date}: it is shown in a notebook that is open."
    import importlib

    opened = importlib.import_module(BOOKS[book]).on(date)
    try:
        entry = opened[begin]
        return f"{entry.code} {entry.title}"
    except UnknownCode as error:
        hits = opened.search(begin, limit=5)
        return "\n".join(f"{hit.code} {hit.title}" for hit in hits) or str(error)
