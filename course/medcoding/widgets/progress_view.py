"""The view of `progress`."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

from medcoding.widgets.base import script, style
from medcoding.widgets.progress_cell import count, sentence
from medcoding.widgets.progress_practice import practised
from medcoding.widgets.records import SavedRecord, listeners


class ProgressView(anywidget.AnyWidget):  # type: ignore[misc]  # ipywidgets has no types
    """A bar, the count in words, what is left, and what practice has come to."""

    _esm = script("base.js", "progress.js")
    _css = style()

    state = traitlets.Dict().tag(sync=True)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__(state=self._count())
        listeners.add(self)

    def saved(self, record: SavedRecord | None) -> None:
        """An answer was saved, practice was checked, or another notebook's exercise came on display: count again."""
        self.state = self._count()

    def _count(self) -> dict[str, object]:
        state = count(self._folder)
        return {**state, "sentence": sentence(state), "practice": practised(self._folder)}
