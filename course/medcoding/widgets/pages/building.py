"""The page of a code in any book."""

from __future__ import annotations

import datetime as dt
import importlib
from typing import Any

from medcoding.widgets.pages.parts import Page

PAGES = {
    "icd10cm": "medcoding.widgets.pages.diagnoses",
    "icd10pcs": "medcoding.widgets.pages.procedures",
    "hcpcs": "medcoding.widgets.pages.supplies",
    "services": "medcoding.widgets.pages.services",
    "ndc": "medcoding.widgets.pages.drugs",
}
"""Each book by its short name, and the module whose `page(book, code)` makes its pages."""


def page(name: str, code: str, on: str | dt.date) -> Page:
    """The page of a code on a date. Raises `UnknownCode` and `DateOutOfRange`, `KeyError` for a book that is none."""
    from medcoding.codes.dates import as_date
    from medcoding.widgets.lookup import BOOKS

    return page_of(name, importlib.import_module(BOOKS[name]).on(as_date(on)), code)


def page_of(name: str, book: Any, code: str) -> Page:
    """The page of a code in an open book."""
    made: Page = importlib.import_module(PAGES[name]).page(book, code)
    return made
