"""A code's page as plain data, book by book, for the encoder to draw. Nothing in here is HTML.

    page("icd10cm", "E11.65", date(2026, 3, 16))["notes"]
"""

from medcoding.widgets.pages.building import page, page_of

__all__ = ["page", "page_of"]
