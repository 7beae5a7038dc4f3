"""`ForgivingExporter`: a notebook that cannot be read becomes an empty one with a note, so that its answers still count."""

from __future__ import annotations

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
            info = path.lstat()
            if not stat.S_ISREG(info.st_mode):
                return "the submitted notebook is not a plain file"
            if info.st_size > self.max_notebook_bytes:
                return f"the submitted notebook has {info.st_size:,} bytes; at most {self.max_notebook_bytes:,} are read"
            with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), encoding="utf-8") as file:
                notebook = nbformat.read(file, as_version=4)
            nbformat.validate(notebook)
            if not all(isinstance(cell.get("metadata"), dict) for cell in notebook.cells):
                return "the submitted notebook has cells without metadata"
        except OSError as error:
            return f"the submitted notebook cannot be opened: {error.strerror}"
        except Exception as error:
            return f"the submitted notebook cannot be read: {type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else ''}"
        return None
