"""`glossary`: the terms of the course, to search."""

from __future__ import annotations

from medcoding.items.terms import meaning, terms
from medcoding.widgets.copies import has_kernel, show_live
from medcoding.widgets.places import execution


def glossary(term: str = "") -> None:
    """Show the glossary with a field to search in; with a term, begin there.

    Under nbgrader, and without a front end, a line of text is printed: the meaning of the term, or how many there are.
    """
    said = meaning(term) if term else None
    text = f"{term}: {said}" if said else f"The glossary has {len(terms())} terms."
    if execution() is not None or not has_kernel():
        print(text)
        return
    from medcoding.widgets.glossary_view import GlossaryView

    show_live(GlossaryView(term), "glossary", text)
