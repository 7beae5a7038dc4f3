"""The view of `mock`: start page, one exercise at a time with palette and clock, report."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from medcoding.learning.sitting import Flagged, Go, HandIn, Paused, Resumed, Tick
from medcoding.widgets.base import STATIC, View, script, style
from medcoding.widgets.mock_desk import Desk, SeatRecord
from medcoding.widgets.mock_page import counted, heading, start_html
from medcoding.widgets.mock_report import report_html, seat_html
from medcoding.widgets.views import view_of

_EVENTS = {"go": Go, "flag": Flagged, "pause": Paused, "resume": Resumed, "tick": Tick, "handin": HandIn}


class MockView(anywidget.AnyWidget):  # type: ignore[misc]  # ipywidgets has no types
    """One mock exam on display. The page sends what is done as messages; `state` carries all that is shown.

    The exercise of the current seat is a widget of its own (`form` names its model), made anew for each seat.
    """

    _esm = script("base.js", "mock.js")
    _css = style() + (STATIC / "mock.css").read_text(encoding="utf-8")

    state = traitlets.Dict().tag(sync=True)

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seat = -1
        self._forms: list[View] = []
        super().__init__(state=self._shown())
        self.on_msg(self._received)

    def close(self) -> None:
        """Let go, with the exercise on display."""
        self._drop(0)
        super().close()

    def _received(self, _widget: object, content: object, _buffers: object) -> None:
        """Answer one message of the page. Nothing may escape from here: an error would vanish unseen."""
        if not isinstance(content, dict):
            return
        try:
            self._answer(content)
        except Exception as error:
            told = f"Something went wrong ({type(error).__name__}: {str(error)[:200]}). Run this cell again; what was saved is kept."
            self.state = {**self.state, "alert": told}

    def _answer(self, content: dict[str, Any]) -> None:
        kind, seat = content.get("type"), content.get("seat")
        desk = self._desk
        if kind == "seat":
            if isinstance(seat, int) and 0 <= seat < len(desk.paper.seats):
                self.send({"type": "seat", "seat": seat, "html": seat_html(desk, seat)})
            return
        if kind == "start":
            if desk.sitting is None:
                desk.start()
        elif kind in _EVENTS:
            details = {"go": (seat,), "flag": (seat, bool(content.get("on")))}.get(str(kind), ())
            desk.act(_EVENTS[str(kind)], *details)
        self.state = self._shown()

    def _refresh(self) -> None:
        """An answer was kept: show which seats are answered, and, where the time was up, the report."""
        self.state = self._shown()

    def _shown(self) -> dict[str, Any]:
        """All that the page shows."""
        desk, sitting = self._desk, self._desk.sitting
        shown: dict[str, Any] = {"title": heading(desk.paper), "alert": desk.alert, "form": "", "gone": False}
        if sitting is None:
            self._drop(0)
            return {**shown, "stage": "start", "html": start_html(desk.paper, desk.previews, desk.unread, desk.met()), "can_start": bool(desk.paper.seats)}
        if sitting.handed is not None:
            self._drop(0)
            return {**shown, "stage": "report", "html": report_html(desk)}
        shown |= {
            "current": sitting.current,
            "left": sitting.left,
            "total": sitting.limit,
            "pauses": desk.paper.blueprint.pauses.count,
            "pauses_left": sitting.pauses_left,
            "pause_left": sitting.pause_left,
            "seats": [{"state": desk.state_of(number), "flagged": seat.flagged} for number, seat in enumerate(sitting.seats)],
        }
        if sitting.paused is not None:
            self._drop(0)
            return {**shown, "stage": "paused"}
        form = self._form(sitting.current)
        return {**shown, "stage": "running", "form": form, "gone": not form}

    def _form(self, number: int) -> str:
        """The model of the seat's exercise; a new one where another seat was shown. Empty where the exercise is gone."""
        place = self._desk.place(number)
        if place is None:
            self._drop(0)
            return ""
        if self._seat != number:
            view = view_of(place.item.form)(SeatRecord(self._desk, number, place, self._refresh), "mock")
            view.item = {**view.item, "points": counted(self._desk.paper.area(number).points, "point")}
            self._drop(1)  # the one before may still be sending what was typed last
            self._forms.append(view)
            self._seat = number
        return f"IPY_MODEL_{self._forms[-1].model_id}"

    def _drop(self, keep: int) -> None:
        """Close exercises no longer on display, but the newest `keep`."""
        if not keep:
            self._seat = -1
        while len(self._forms) > keep:
            self._forms.pop(0).close()
