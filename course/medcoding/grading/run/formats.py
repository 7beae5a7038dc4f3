"""Reading, checking and writing notebooks as nbformat and nbgrader do, without doing the same work many times over.

nbformat validates, copies and normalises a notebook when it is read, after each preprocessor and when it is written, and
nbgrader compiles its own schema anew for every cell. Here a submission is validated once as it came and once as it is
written; nbgrader's check of a cell's metadata is remembered, for it depends on nothing else. Whatever is not plainly valid
goes through nbformat's own functions, so that what is said of it is the same.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

import nbformat
from nbformat.v4.rwbase import rejoin_lines, split_lines, strip_transient
from nbformat.validator import get_validator
from nbgrader.nbgraderformat import MetadataValidator

from medcoding.grading.exporter import Unreadable, read_notebook
from medcoding.grading.run.memo import Memo

NEWEST = (4, 5)
TOKEN = f"medcoding-outputs-{secrets.token_hex(16)}-"
"""Stands for outputs while a notebook is written; nobody outside this process knows it."""


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

    def read(self, content: bytes) -> Any:
        """A submitted notebook, as `read_notebook` gives it.

        Raises:
            Unreadable: it is no valid notebook.
        """
        try:
            data = json.loads(content.decode("utf-8"))
            plain = _is_plain(data)
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            plain = False
        if not plain:
            return read_notebook(content)
        return strip_transient(rejoin_lines(nbformat.from_dict(data)))

    def write(self, notebook: Any, texts: dict[int, str]) -> str:
        """A notebook as the text that nbformat writes. `texts` gives, by position, cells' outputs as JSON text already.

        Raises:
            InvalidNotebook: nbformat's validator finds fault with it.
        """
        version = (notebook.nbformat, notebook.nbformat_minor)
        fault = next(iter(get_validator(*version).iter_errors(notebook)), None)
        if fault is not None:
            raise InvalidNotebook(f"The graded notebook is not valid: {str(fault).splitlines()[0][:200]}")
        for number in texts:
            notebook.cells[number]["outputs"] = [f"{TOKEN}{number}"]
        text = json.dumps(strip_transient(_split(notebook, texts)), indent=1, sort_keys=True, ensure_ascii=False, separators=(",", ": "))
        if not texts:
            return text + "\n"
        parts = text.split(f'[\n    "{TOKEN}')
        out = [parts[0]]
        for part in parts[1:]:
            place, _, rest = part.partition('"\n   ]')
            out += [texts[int(place)], rest]
        return "".join(out) + "\n"


def outputs_text(outputs: Sequence[Any]) -> str:
    """Outputs of a cell, of which there is at least one, as `Formats.write` sets them into a notebook."""
    shell = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=list(outputs))])
    nbformat.validate(shell)
    text = json.dumps(split_lines(shell).cells[0].outputs, indent=1, sort_keys=True, ensure_ascii=False, separators=(",", ": "))
    return text.replace("\n", "\n   ")


def _split(notebook: Any, texts: dict[int, str]) -> Any:
    """As nbformat's, but outputs that are text already are passed over."""
    kept = {number: notebook.cells[number].pop("outputs") for number in texts}
    for number in texts:
        notebook.cells[number]["outputs"] = []
    split_lines(notebook)
    for number, outputs in kept.items():
        notebook.cells[number]["outputs"] = outputs
    return notebook


def _is_plain(data: Any) -> bool:
    """Whether it is a valid notebook of the newest format, whose cells have names of their own."""
    if (data["nbformat"], data["nbformat_minor"]) != NEWEST:
        return False
    names = {cell["id"] for cell in data["cells"]}
    if len(names) < len(data["cells"]) or not all(type(cell["metadata"]) is dict for cell in data["cells"]):
        return False
    return next(iter(get_validator(*NEWEST).iter_errors(data)), None) is None


__all__ = ["Formats", "GraderMetadata", "InvalidNotebook", "Unreadable", "outputs_text"]
