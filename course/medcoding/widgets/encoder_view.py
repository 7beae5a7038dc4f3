"""The view of `encoder`."""

from __future__ import annotations

import datetime as dt

import anywidget
import traitlets

from medcoding.widgets.asking import TITLES, answer
from medcoding.widgets.base import script, style


class EncoderView(anywidget.AnyWidget):  # type: ignore[misc]  # ipywidgets has no types
    """The encoder by itself. The page asks by message, with its own date and book."""

    _esm = script("encoderwidget.js")
    _css = style()

    begin = traitlets.Dict().tag(sync=True)

    def __init__(self, on: dt.date, book: str, start: str = "") -> None:
        super().__init__(begin={"on": on.isoformat(), "book": book, "start": start, "books": TITLES})
        self.on_msg(self._received)

    def _received(self, _widget: object, content: object, _buffers: object) -> None:
        if isinstance(content, dict) and content.get("type") == "encoder":
            self.send({"type": "encoder", "view": content.get("view"), "n": content.get("n"), "reply": answer(content)})
