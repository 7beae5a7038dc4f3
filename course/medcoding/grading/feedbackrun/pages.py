"""Feedback pages as nbconvert renders them, cell by cell: what many students share is rendered once.

nbconvert renders a notebook with Jinja and then parses and writes the whole page again with an HTML parser. How a cell comes out
depends on that cell alone, as long as its HTML closes what it opens. So cells that were not seen yet are rendered by
nbconvert itself, together, between markers; the page is cut at the markers, and the pieces are remembered by the cells'
content. A page is put together from a frame (title, scores, list of cells) and the pieces. What cannot be cut soundly is
rendered whole, by nbconvert.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

from medcoding.grading.run.memo import Memo

PIECES_KEPT = 24_000_000
"""Bytes of rendered cells that a process remembers."""

Change = Callable[[Any], None]


class Pages:
    """Renders notebooks with one exporter, whose steps are done beforehand."""

    def __init__(self, exporter: HTMLExporter) -> None:
        """`exporter` has nbgrader's feedback template and only steps that leave cells alone, such as those that add styles."""
        self._exporter = exporter
        self._token = secrets.token_hex(12)
        self._pieces: Memo[bytes] = Memo(PIECES_KEPT, len)
        self._heads: Memo[str] = Memo(2_000_000, len)
        self._sound: bool | None = None

    def page(self, notebook: Any, resources: dict[str, Any], keys: Sequence[str], show: Change) -> str:
        """One page.

        Args:
            notebook: scores and comments stand in its cells' metadata.
            keys: all that decides how each cell looks.
            show: turns a cell into what is shown of it; called for cells that are not remembered.
        """
        if self._sound is None:  # once in a process: does cutting give what nbconvert gives?
            self._sound = self._put_together(notebook, resources, keys, show) == self.whole(notebook, resources, show)
        if self._sound:
            page = self._put_together(notebook, resources, keys, show)
            if page is not None:
                return page
        return self.whole(notebook, resources, show)

    def whole(self, notebook: Any, resources: dict[str, Any], show: Change) -> str:
        """The page as nbconvert renders it."""
        shown = copy.deepcopy(notebook)
        for cell in shown.cells:
            show(cell)
        text: str = self._exporter.from_notebook_node(shown, copy.deepcopy(resources))[0]
        return text

    def _put_together(self, notebook: Any, resources: dict[str, Any], keys: Sequence[str], show: Change) -> str | None:
        about = json.dumps(notebook.metadata, sort_keys=True)
        full = [hashlib.sha256(f"{about}\0{key}".encode(errors="surrogatepass")).digest() for key in keys]
        known = {key: piece for key in full if (piece := self._pieces.peek(key)) is not None}
        missing = {key: cell for key, cell in zip(full, notebook.cells, strict=True) if key not in known}
        made = self._render(notebook, resources, missing, show) if missing else {}
        frame = self._frame(notebook, resources) if made is not None else None
        if made is None or frame is None:
            return None
        return frame[0] + b"".join(known.get(key) or made[key] for key in full).decode() + frame[1]

    def _render(self, notebook: Any, resources: dict[str, Any], missing: dict[bytes, Any], show: Change) -> dict[bytes, bytes] | None:
        """Pieces of cells, rendered together; one by one where together they cannot be cut; None where one cannot."""
        shown = []
        for cell in missing.values():
            shown.append(copy.deepcopy(cell))
            show(shown[-1])
        pieces = self._cut(notebook, resources, shown)
        if pieces is None:
            alone = [self._cut(notebook, resources, [cell]) for cell in shown]
            if any(piece is None for piece in alone):
                return None
            pieces = [piece[0] for piece in alone if piece is not None]
        made = {key: piece.encode() for key, piece in zip(missing, pieces, strict=True)}
        for key, piece in made.items():
            self._pieces.put(key, piece)
        return made

    def _cut(self, notebook: Any, resources: dict[str, Any], cells: Sequence[Any]) -> list[str] | None:
        """Render cells between markers and cut the page at them; None where that gives no sound pieces."""
        marked = [self._marker(0)]
        for number, cell in enumerate(cells, 1):
            marked += [cell, self._marker(number)]
        _, mark, body = self._raw(notebook, resources, marked).partition("<body>")
        parts = self._split(_souped(f"<html>\n{mark}{body}"), len(cells) + 1) if mark else None
        return parts[1:-1] if parts is not None and all(map(closed, parts[1:-1])) else None

    def _frame(self, notebook: Any, resources: dict[str, Any]) -> tuple[str, str] | None:
        """What stands before and after the cells. Its list of cells reads their kind, metadata and scores only."""
        listed = [_bare(cell) for cell in notebook.cells if cell.metadata.get("nbgrader")]
        head, mark, body = self._raw(notebook, resources, [self._marker(0), *listed, self._marker(1)]).partition("<body>")
        if not mark:
            return None
        parts = self._split(_souped(f"<html>\n{mark}{body}"), 2)
        if parts is None:
            return None
        before = self._heads.get(head, lambda: _souped(f"{head}<body></body></html>").partition("<body>")[0])
        return before + parts[0].removeprefix("<html>\n"), parts[-1]

    def _raw(self, notebook: Any, resources: dict[str, Any], cells: Sequence[Any]) -> str:
        """A page with other cells as Jinja renders it, before nbconvert parses it again; see `HTMLExporter.from_notebook_node`."""
        exporter = self._exporter
        about = notebook.metadata.get("language_info", {})
        lexer = about.get("pygments_lexer", about.get("name", None))
        resources = exporter._init_resources(copy.deepcopy(resources))
        exporter.register_filter("highlight_code", exporter.filters.get("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=exporter)))
        exporter.register_filter(
            "filter_data_type", WidgetsDataTypeFilter(notebook_metadata=exporter._nb_metadata, parent=exporter, resources=resources)
        )
        text: str = TemplateExporter.from_notebook_node(exporter, _with(notebook, cells), resources)[0]
        return text

    def _marker(self, number: int) -> Any:
        return nbformat.from_dict({"cell_type": "markdown", "id": "marker", "metadata": {}, "source": f"{self._token}{number:05d}"})

    def _split(self, page: str, count: int) -> list[str] | None:
        """A page cut at its markers, in their order; None where they do not stand there as they should."""
        before, after = MARKER_HTML
        parts: list[str] = []
        for number in range(count):
            part, mark, page = page.partition(f"{before}{self._token}{number:05d}{after}")
            if not mark:
                return None
            parts.append(part)
        return [*parts, page]


MARKER_HTML = (
    '<div class="cell border-box-sizing text_cell rendered">\n<div class="prompt input_prompt">\n</div><div class="inner_cell">\n'
    '<div class="text_cell_render border-box-sizing rendered_html">\n<p>',
    "</p>\n</div>\n</div></div>\n",
)
"""How a paragraph alone in a Markdown cell comes out; where a version of nbgrader or nbconvert gives another, pages are rendered whole."""


def _souped(text: str) -> str:
    """HTML as nbconvert parses, completes and writes it again."""
    soup = BeautifulSoup(text, features="html.parser")
    if "<img" in text:
        for image in soup.select("img:not([alt])"):
            image.attrs["alt"] = "No description has been provided for this image"
    return str(soup)


def closed(piece: str) -> bool:
    """Whether HTML that a parser wrote closes every element that it opens, and no other."""
    opened: list[str] = []
    for end, name in TAG.findall(RAW.sub(r"<\1></\1>", piece)):
        if not end:
            if name not in VOID:
                opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>")
RAW = re.compile(r"<(style|script)\b[^>]*>.*?</\1>", re.DOTALL)
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


def _bare(cell: Any) -> Any:
    """A cell without content. A test cell of any kind is listed alike, and Markdown is rendered faster."""
    test = cell.metadata.nbgrader.get("grade") and not cell.metadata.nbgrader.get("solution")
    if test:
        return nbformat.from_dict({"cell_type": "markdown", "id": "bare", "metadata": cell.metadata, "source": ""})
    bare = {"cell_type": cell.cell_type, "id": cell.get("id", "bare"), "metadata": cell.metadata, "source": ""}
    return nbformat.from_dict({**bare, "outputs": [], "execution_count": None} if cell.cell_type == "code" else bare)


def _with(notebook: Any, cells: Sequence[Any]) -> Any:
    """The notebook with other cells."""
    return nbformat.from_dict({**{name: value for name, value in notebook.items() if name != "cells"}, "cells": list(cells)})
