"""`ForgivingExporter`: a notebook that cannot be read becomes an empty one with a note, so that its answers still count."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from traitlets import Int

UNREADABLE = "medcoding-unreadable"
MOST_VALUES = 500_000
"""Values and lines of text in a submitted notebook. An empty object of three bytes takes five hundred in memory, and nbformat makes each line a value."""
MOST_WRITTEN = 60_000_000
"""Bytes that a notebook may have when written, for nbformat indents each value by its depth: a megabyte, nested deep, becomes many hundreds."""
_PLAINLY_FEW = 20_000
_MARKS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)


class ForgivingExporter(NotebookExporter):  # type: ignore[misc]
    """Reads submissions; what is damaged, oversized or no plain file is replaced by an empty notebook that says so."""

    max_notebook_bytes = Int(20_000_000, help="Notebooks larger than this are not read; their answers still count.").tag(config=True)

    def from_filename(self, filename: str, resources: dict[str, Any] | None = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """As nbconvert's, but never fails because of what a student's file holds."""
        reason = self._reason(Path(filename))
        if reason is None:
            read: tuple[Any, dict[str, Any]] = super().from_filename(filename, resources, **kw)
            return read
        self.log.warning("%s: %s", filename, reason)
        notebook = nbformat.v4.new_notebook()
        notebook.metadata[UNREADABLE] = reason
        resources = {**(resources or {}), "metadata": {"name": Path(filename).stem, "path": str(Path(filename).parent)}}
        empty: tuple[Any, dict[str, Any]] = self.from_notebook_node(notebook, resources, **kw)
        return empty

    def _reason(self, path: Path) -> str | None:
        try:
            read_notebook(notebook_bytes(path, self.max_notebook_bytes))
        except Unreadable as problem:
            return str(problem)
        return None


class Unreadable(ValueError):
    """A submitted notebook cannot be read; the message says why, in a part of a sentence."""


def notebook_bytes(path: Path, limit: int, *, graded: bool = False) -> bytes:
    """The content of a submitted notebook: a plain file of at most `limit` bytes. Follows no link and waits for nobody.

    `graded`: it is one that grading wrote, whose values were counted when it was submitted.

    Raises:
        Unreadable: it is none, is larger, cannot be opened, or would grow beyond bounds when read or written.
    """
    try:
        info = path.lstat()
        if not stat.S_ISREG(info.st_mode):
            raise Unreadable("the submitted notebook is not a plain file")
        if info.st_size > limit:
            raise Unreadable(f"the submitted notebook has {info.st_size:,} bytes; at most {limit:,} are read")
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            content = file.read(limit)
    except OSError as error:
        raise Unreadable(f"the submitted notebook cannot be opened: {error.strerror}") from None
    if not graded:
        _refuse_bomb(content)
    return content


def _refuse_bomb(content: bytes) -> None:
    """Raise Unreadable of JSON that is small as a file and large in memory, or when nbformat writes it."""
    lines = content.count(b"\\n")
    if lines + content.count(b",") + content.count(b"[") + content.count(b"{") <= _PLAINLY_FEW:
        return
    depth, values = 0, lines
    written = len(content)
    for found in _MARKS.finditer(content):
        if values > MOST_VALUES:
            raise Unreadable(f"the submitted notebook cannot be read: it holds more than {MOST_VALUES:,} values and lines")
        if written > MOST_WRITTEN:
            raise Unreadable(f"the submitted notebook cannot be read: nested as it is, it would have more than {MOST_WRITTEN:,} bytes when written")
        mark = found.group()[:1]
        if mark in b"[{,":
            values += 1
            depth += mark != b","
            written += depth
        elif mark in b"]}":
            depth -= 1


def read_notebook(content: bytes) -> Any:
    """A submitted notebook, of the current major format and valid.

    Raises:
        Unreadable: it is no valid notebook.
    """
    try:
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        nbformat.validate(notebook)
        if b"\\u" in content:
            json.dumps(notebook, ensure_ascii=False).encode()  # a lone half of a pair could be read, but never written
        sound = all(isinstance(cell.get("metadata"), dict) for cell in notebook.cells)
    except Exception as error:
        first = str(error).splitlines()[0][:120] if str(error) else ""
        raise Unreadable(f"the submitted notebook cannot be read: {type(error).__name__}: {first}") from None
    if not sound:
        raise Unreadable("the submitted notebook has cells without metadata")
    return notebook
