"""`ForgivingExporter`: a notebook that cannot be read becomes an empty one with a note, so that its answers still count."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from traitlets import Int

UNREADABLE = "medcoding-unreadable"


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


def notebook_bytes(path: Path, limit: int) -> bytes:
    """The content of a submitted notebook: a plain file of at most `limit` bytes. Follows no link and waits for nobody.

    Raises:
        Unreadable: it is none, is larger, or cannot be opened.
    """
    try:
        info = path.lstat()
        if not stat.S_ISREG(info.st_mode):
            raise Unreadable("the submitted notebook is not a plain file")
        if info.st_size > limit:
            raise Unreadable(f"the submitted notebook has {info.st_size:,} bytes; at most {limit:,} are read")
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(limit)
    except OSError as error:
        raise Unreadable(f"the submitted notebook cannot be opened: {error.strerror}") from None


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
