"""The view of `glossary`."""

from __future__ import annotations

import anywidget
import traitlets

from medcoding.items.terms import terms
from medcoding.widgets.base import script, style


class GlossaryView(anywidget.AnyWidget):  # type: ignore[misc]  # ipywidgets has no types
    """A field to search in, and the terms that answer. `terms` are [term, meaning] in order; `begin` is what the field holds at first."""

    _esm = script("base.js", "glossary.js")
    _css = style()

    terms = traitlets.List().tag(sync=True)
    begin = traitlets.Unicode().tag(sync=True)

    def __init__(self, begin: str = "") -> None:
        super().__init__(terms=[list(pair) for pair in terms().items()], begin=begin[:60])
