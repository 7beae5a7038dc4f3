"""Feedback pages as nbconvert renders them, cell by cell: what many students share is rendered once.

nbconvert renders a notebook with Jinja, then parses and writes the whole page again. How a cell comes out depends on that cell
alone, as long as its HTML closes what it opens. So each cell is rendered by the template's own blocks and written again by
itself, and the piece is remembered by all that it was made from; a page is its head, the list of scores around the cells, and
the pieces. The first page of a process is also made by nbconvert itself and compared; where pages differ, as another version's
template may bring about, nbconvert makes them. So it does where a cell does not close what it opens.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

from medcoding.grading.feedbackrun.rewrite import NotPlain, Piece, cut, join, soup, written_again
from medcoding.grading.run.formats import NEWEST
from medcoding.grading.run.memo import Memo

PIECES_KEPT = 64_000_000
"""Bytes of rendered cells that a process remembers."""

PATIENCE = 5
"""Pages of a process that may come out otherwise than nbconvert's before nbconvert makes them all. Until one is the same, each is compared."""

OVERHEAD = 500
"""Bytes that a remembered piece takes besides its text."""

BODY = "{% extends page %}{% block header %}{% endblock %}{% block body_loop %}TOKEN{% endblock %}"
CELL = "{% extends page %}{% block header %}{% endblock %}{% block body %}{{ self.body_loop() }}{% endblock %}{% block footer %}{% endblock %}"
"""The template's body without its cells, and its cells without its body."""

Change = Callable[[Any, int], None]


@dataclass(frozen=True)
class Shell:
    """What the pages of one notebook share."""

    head: str
    resources: Any
    filters: dict[str, Any]


class Pages:
    """Renders notebooks with one exporter, whose steps are done beforehand."""

    def __init__(self, exporter: HTMLExporter) -> None:
        """`exporter` has nbgrader's feedback template and only steps that leave cells alone, such as those that add styles."""
        self._exporter = exporter
        self._token = secrets.token_hex(16)
        environment = exporter.environment
        self._body, self._cell = (environment.from_string(text.replace("TOKEN", self._token)) for text in (BODY, CELL))
        self._pieces: Memo[Piece] = Memo(PIECES_KEPT, lambda piece: sys.getsizeof(piece.elements) + OVERHEAD)
        self._shells: Memo[Shell] = Memo(2_000_000, lambda shell: len(shell.head))
        self._like, self._unlike = False, 0

    def page(self, notebook: Any, resources: dict[str, Any], keys: Sequence[str], show: Change) -> str:
        """One page.

        Args:
            notebook: scores and comments stand in its cells' metadata.
            keys: all that decides how each cell looks.
            show: turns the cell at a place into what is shown of it; called for cells that are not remembered.
        """
        if self._unlike >= PATIENCE or (notebook.nbformat, notebook.nbformat_minor) != NEWEST:  # older cells have no names; nbconvert gives them some
            return self.whole(notebook, resources, show)
        try:
            page = self._put_together(notebook, resources, keys, show)
        except NotPlain:
            return self.whole(notebook, resources, show)
        if self._like:
            return page
        whole = self.whole(notebook, resources, show)
        self._like = page == whole
        self._unlike += not self._like
        return whole

    def remember(self, notebook: Any, resources: dict[str, Any], keys: Sequence[str], show: Change) -> None:
        """Render cells beforehand; see `page`. What cannot be rendered by itself is left."""
        with contextlib.suppress(NotPlain):
            self._put_together(notebook, resources, keys, show)

    def whole(self, notebook: Any, resources: dict[str, Any], show: Change) -> str:
        """The page as nbconvert renders it."""
        shown = copy.deepcopy(notebook)
        for place, cell in enumerate(shown.cells):
            show(cell, place)
        text: str = self._exporter.from_notebook_node(shown, copy.deepcopy(resources))[0]
        return text

    def _put_together(self, notebook: Any, resources: dict[str, Any], keys: Sequence[str], show: Change) -> str:
        about = json.dumps(notebook.metadata, sort_keys=True)
        shell = self._shells.get(_digest(resources["unique_key"], about), lambda: self._shell(notebook, resources))
        for name, given in shell.filters.items():
            self._exporter.register_filter(name, given)
        prepared = shell.resources.copy()
        prepared.update({name: resources[name] for name in ("nbgrader", "metadata")})
        pieces = []
        for place, key in enumerate(keys):
            pieces.append(self._pieces.get(_digest(about, key), partial(self._piece, place, notebook, prepared, show)))
        start, end = self._around(notebook, prepared)
        return shell.head + join([start, *pieces, end])

    def _piece(self, place: int, notebook: Any, resources: Any, show: Change) -> Piece:
        """A cell as it stands in a page."""
        shown = copy.deepcopy(notebook.cells[place])
        show(shown, place)
        return cut(self._cell.render(page=self._exporter.template, nb=_with(notebook, [shown]), resources=resources))

    def _around(self, notebook: Any, resources: Any) -> tuple[Piece, Piece]:
        """What stands before and after the cells: the list of their scores, and the page's end."""
        _, body, inner = self._body.render(page=self._exporter.template, nb=notebook, resources=resources).partition("<body>")
        before, mark, after = written_again(f"<html>{body}{inner}").removeprefix("<html>").partition(self._token)
        if not body or not mark:
            raise NotPlain("The template has no place for cells.")
        start, end = before.rfind(">") + 1, after.find("<")
        return Piece("", before[:start], before[start:]), Piece(after[:end], after[end:], "")

    def _shell(self, notebook: Any, resources: dict[str, Any]) -> Shell:
        """What nbconvert prepares before it renders; see `HTMLExporter.from_notebook_node` and `TemplateExporter.from_notebook_node`."""
        exporter = self._exporter
        about = notebook.metadata.get("language_info", {})
        lexer = about.get("pygments_lexer", about.get("name", None))
        given = exporter._init_resources(copy.deepcopy(resources))
        filters = {
            "highlight_code": exporter.filters.get("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=exporter)),
            "filter_data_type": WidgetsDataTypeFilter(notebook_metadata={}, parent=exporter, resources=given),
        }
        for name, made in filters.items():
            exporter.register_filter(name, made)
        text, prepared = TemplateExporter.from_notebook_node(exporter, _with(notebook, []), given)
        head = soup(f"{text.partition('<body>')[0]}<body></body></html>").partition("<body>")[0]
        return Shell(head, prepared, filters)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).digest()


def _with(notebook: Any, cells: Sequence[Any]) -> Any:
    """The notebook with other cells."""
    return nbformat.from_dict({**{name: value for name, value in notebook.items() if name != "cells"}, "cells": list(cells)})
