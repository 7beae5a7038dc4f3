"""Reading, checking and writing notebooks as nbformat and nbgrader do, without doing the same work many times over.

nbformat validates, copies and normalises a notebook when it is read, after each preprocessor and when it is written, and
nbgrader compiles its own schema anew for every cell. Here a submission is validated once as it came and once as it is
written; nbgrader's check of a cell's metadata is remembered, for it depends on nothing else. Whatever is not plainly valid
goes through nbformat's own functions, so that what is said of it is the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import nbformat
from nbformat.v4.rwbase import rejoin_lines, split_lines, strip_transient
from nbformat.validator import get_validator
from nbgrader.nbgraderformat import MetadataValidator

from medcoding.grading.exporter import Unreadable, read_notebook
from medcoding.grading.run.memo import Memo

NEWEST = (4, 5)
CELLS_KEPT = 2_000_000
"""Characters of written cells that a process remembers."""


class InvalidNotebook(ValueError):
    """A graded notebook is not valid; the message says what nbformat found."""


class GraderMetadata(MetadataValidator):  # type: ignore[misc]
    """nbgrader's validator of cell metadata, with a memory of what it found sound."""

    def __init__(self) -> None:
        super().__init__()
        self._sound: Memo[bool] = Memo(20_000)

    def validate_cell(self, cell: Any) -> None:
        """As nbgrader's.

        Raises:
            jsonschema.ValidationError, SchemaTooOldError, SchemaTooNewError: as nbgrader's.
        """
        grader = cell.metadata.get("nbgrader")
        if grader is None:
            return
        try:
            key = (cell.cell_type, tuple(sorted(grader.items())), tuple(type(value) for _, value in sorted(grader.items())))
            hash(key)
        except TypeError:
            super().validate_cell(cell)
            return
        self._sound.get(key, lambda: super(GraderMetadata, self).validate_cell(cell) is None)


class Formats:
    """nbformat's and nbgrader's reading, checking and writing. One for each process."""

    def __init__(self) -> None:
        self.grader = GraderMetadata()
        self._cells: Memo[str] = Memo(CELLS_KEPT, len)

    def read(self, content: bytes) -> Any:
        """A submitted notebook, as `read_notebook` gives it.

        Raises:
            Unreadable: it is no valid notebook.
        """
        try:
            data = json.loads(content.decode("utf-8"))
            plain = b"\\u" not in content and _is_plain(data)  # escapes may hide what cannot be written again
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            plain = False
        if not plain:
            return read_notebook(content)
        return strip_transient(rejoin_lines(nbformat.from_dict(data)))

    def write(self, notebook: Any, texts: dict[int, str]) -> str:
        """A notebook as the text that nbformat writes. `texts` gives, by position, cells' outputs as `outputs_text` made them.

        Raises:
            InvalidNotebook: nbformat's validator finds fault with it.
        """
        version = (notebook.nbformat, notebook.nbformat_minor)
        fault = next(iter(get_validator(*version).iter_errors(notebook)), None)
        if fault is not None:
            raise InvalidNotebook(f"The graded notebook is not valid: {str(fault).splitlines()[0][:200]}")
        notebook = strip_transient(split_lines(notebook))
        cells = [self._cell_text(cell, texts.get(number)) for number, cell in enumerate(notebook.cells)]
        frame = _pretty({**notebook, "cells": []})
        head, tail = '{\n "cells": [', "],"
        assert frame.startswith(head + tail)
        return f"{head}{','.join(cells)}{chr(10) + ' ' if cells else ''}{frame[len(head):]}\n"

    def _cell_text(self, cell: Any, outputs: str | None) -> str:
        """A cell as it stands in a written notebook. Cells that many submissions share are remembered."""
        key = json.dumps(cell, sort_keys=True, ensure_ascii=False)
        text: str = self._cells.get(key, lambda: "\n  " + _pretty(cell).replace("\n", "\n  "))
        return text if outputs is None else text.replace(NO_OUTPUTS, f'\n   "outputs": {outputs}', 1)


NO_OUTPUTS = '\n   "outputs": []'
"""JSON text holds a line end only between values, so no student's text can look like this."""


def outputs_text(outputs: Sequence[Any]) -> str:
    """Outputs of a cell as `Formats.write` sets them into a notebook.

    Raises:
        InvalidNotebook: nbformat's validator finds fault with them.
    """
    cell: dict[str, Any] = {"cell_type": "code", "execution_count": None, "id": "outputs", "metadata": {}, "outputs": list(outputs), "source": ""}
    shell = nbformat.from_dict({"cells": [cell], "metadata": {}, "nbformat": NEWEST[0], "nbformat_minor": NEWEST[1]})
    fault = next(iter(get_validator(*NEWEST).iter_errors(shell)), None)
    if fault is not None:
        raise InvalidNotebook(f"The output of an exercise is not valid: {str(fault).splitlines()[0][:200]}")
    return _pretty(split_lines(shell).cells[0].outputs).replace("\n", "\n   ")


def _pretty(value: Any) -> str:
    """JSON as nbformat writes it."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, separators=(",", ": "))


def _is_plain(data: Any) -> bool:
    """Whether it is a valid notebook of the newest format, whose cells have names of their own."""
    if (data["nbformat"], data["nbformat_minor"]) != NEWEST:
        return False
    names = {cell["id"] for cell in data["cells"]}
    if len(names) < len(data["cells"]) or not all(type(cell["metadata"]) is dict for cell in data["cells"]):
        return False
    return next(iter(get_validator(*NEWEST).iter_errors(data)), None) is None


__all__ = ["Formats", "GraderMetadata", "InvalidNotebook", "Unreadable", "outputs_text"]
