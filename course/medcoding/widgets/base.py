"""`View`: one exercise as one widget. A form's module adds how its answer is shown, fitted and hinted at."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from medcoding.findings import Score, format_points
from medcoding.forms import FORMS, AnswerProblem
from medcoding.items.models import Item, PublicItem
from medcoding.items.render import chart_html, paragraphs
from medcoding.widgets import lookup
from medcoding.widgets.copies import Copy, bundle
from medcoding.widgets.records import Record, SavedRecord, listeners

STATIC = Path(__file__).parent / "static"


_IMPORT = re.compile(r'^import [^;]*? from "\./([a-z]+\.js)";\n', re.MULTILINE)


@cache
def script(*names: str) -> str:
    """ES modules of `static/` joined into one, with all that they import, each once and after what it needs.

    Imports between them go, and exports of all but the last become plain.
    """
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        if name not in texts:
            text = (STATIC / name).read_text(encoding="utf-8")
            for needed in _IMPORT.findall(text):
                add(needed)
            texts[name] = _IMPORT.sub("", text)

    for name in names:
        add(name)
    return "\n".join(
        text if name == names[-1] else re.sub(r"^export (?!default)", "", text, flags=re.MULTILINE)
        for name, text in texts.items()
    )


@cache
def style() -> str:
    """The style sheets that every form and the encoder share."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("base.css", "encoder.css"))


def points_line(item: PublicItem, corrected: bool = False) -> str:
    """What an exercise is worth, in words, and whether it was corrected after its release."""
    if corrected:
        return f"{points_line(item)}. Corrected after its release: your answer is kept, please look at it again"
    if item.use != "graded":
        return "Practice, not graded" if item.use == "practice" else "Mock exam, not graded"
    if not item.counts:
        return "Not counted"
    return f"{format_points(item.points)} point{'' if item.points == 1 else 's'}"


class View(anywidget.AnyWidget):  # type: ignore[misc]  # ipywidgets has no types
    """One exercise on display. The page sends changes as messages; traits carry what it shows."""

    item = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    status = traitlets.Dict().tag(sync=True)
    feedback = traitlets.Unicode().tag(sync=True)

    form: ClassVar[str]
    dated: ClassVar[bool] = False
    """Whether the date on which codes must be valid is shown."""
    draws_chart: ClassVar[bool] = False
    """Whether the form shows the chart itself."""

    def __init__(self, record: Record, mode: str = "exercise") -> None:
        self._record = record
        self._mode = mode
        self._copy: Copy | None = None
        self._checked: Score | None = None
        public = record.place.item
        super().__init__(
            item={
                "id": public.id,
                "form": public.form,
                "mode": mode,
                "title": public.title,
                "points": points_line(public, record.place.corrected),
                "on": public.on.isoformat(),
                "dated": self.dated,
                "chart": "" if self.draws_chart else chart_html(public.chart),
                "question": paragraphs(public.question),
                "search": not public.closed_book,
                "view": self.shown(public),
            },
            answer=self.fit(public, record.answer or {}),
            status=record.status(),
        )
        self.on_msg(self._received)
        listeners.add(self)

    @classmethod
    def shown(cls, item: PublicItem) -> dict[str, Any]:
        """What the page needs to draw the form, with every text as escaped HTML."""
        return dict(item.view)

    @classmethod
    def fit(cls, item: PublicItem, raw: dict[str, Any]) -> dict[str, Any]:
        """A recorded answer as the page shows it."""
        return raw

    @classmethod
    def given(cls, item: PublicItem, value: object) -> object:
        """A value given in code as the form's plain answer; anything not understood is handed on as it is."""
        return value

    @classmethod
    def hints(cls, item: PublicItem, raw: dict[str, Any], wait: float = 0.25) -> dict[str, Any]:
        """What the books say of an answer, field by field. Never whether it is right."""
        return {}

    @classmethod
    def told(cls, hints: dict[str, Any]) -> list[str]:
        """`hints` as lines to read."""
        return []

    def keep_copy(self, copy: Copy) -> None:
        """Keep this copy of the answer in the notebook up to date."""
        self._copy = copy

    def saved(self, record: SavedRecord | None) -> None:
        """An answer was saved in this kernel: if it is this exercise's, show it and update the notebook's copy."""
        own = self._record
        if record is None or record.place.item.id != own.place.item.id or record.place.folder != own.place.folder:
            return
        if record is not own and isinstance(own, SavedRecord):
            own.load()
            self.answer = self.fit(own.place.item, own.answer or {})
            self.status = own.status()
        if self._copy is not None:
            self._copy.update(bundle(own.place.item, own.answer, own.record))

    def _received(self, _widget: object, content: object, _buffers: object) -> None:
        """Answer one message of the page. Nothing may escape from here: an error would vanish unseen."""
        if not isinstance(content, dict):
            return
        try:
            self._answer_message(content)
        except Exception as error:
            self.status = {
                **self._record.status(),
                "alert": f"Something went wrong ({type(error).__name__}: {str(error)[:200]}). "
                "Run this cell again; what was saved is kept.",
            }

    def _answer_message(self, content: dict[str, Any]) -> None:
        kind = content.get("type")
        item = self._record.place.item
        reply: dict[str, Any] = {"type": kind, "view": content.get("view"), "n": content.get("n")}
        if kind == "answer":
            self._record.give(content.get("answer"))
            self.feedback = ""
            self._checked = None
            if not self._record.alert:
                self.answer = dict(self._record.answer or {})
            self.status = self._record.status()
            self.send({**reply, "ok": self._record.state != "failed"})
        elif kind == "hints":
            self.send({**reply, "hints": self._hints(item, content.get("answer")), "preparing": lookup.preparing()})
        elif kind == "search":
            closed = {"state": "none", "hits": [], "why": ""}
            text = str(content.get("text", ""))
            self.send({**reply, **(closed if item.closed_book else lookup.search(text, item.on, book=self._asked(content)))})
        elif kind == "encoder":
            self.send({**reply, "reply": self._encoder(item, content)})
        elif kind == "check":
            self.check(content.get("answer"))
        elif kind == "show-key":
            self._show_key()
        elif kind == "again":
            self.feedback = ""

    @property
    def book(self) -> str:
        """The book that the item's codes come from."""
        return str(self.item["view"].get("book") or "icd10cm")

    def _asked(self, content: dict[str, Any]) -> str:
        """The book that a field asks for: one of those that the form has, else the item's own."""
        asked = content.get("book")
        return asked if isinstance(asked, str) and asked in self.item["view"].get("books", ()) else self.book

    def _encoder(self, item: PublicItem, content: dict[str, Any]) -> dict[str, Any]:
        """The encoder's answer, held to the item's date and book; a closed book answers nothing."""
        if item.closed_book:
            return {"problem": "This exercise is answered from memory: its book is closed."}
        from medcoding.widgets.asking import answer

        return answer(content, on=item.on, book=self._asked(content))

    def _hints(self, item: PublicItem, raw: object) -> dict[str, Any]:
        if item.closed_book or self._mode == "mock" or not isinstance(raw, dict):
            return {}
        try:
            FORMS[item.form].parse_answer(raw)
        except AnswerProblem:
            return {}
        return self.hints(item, raw)

    def check(self, raw: object) -> None:
        """Judge a practice answer: what it earned and what is wrong, with key and reason where it is right."""
        keyed = self._record.place.keyed
        if self._mode != "practice" or keyed is None:
            return
        from medcoding.forms import score
        from medcoding.items.render import feedback_html, remarks_html

        self._record.give(raw)
        if not self._record.alert and (why := unready(keyed, raw, self._record.place.item.view)):
            self._record.alert = f"Not checked: {why[0].lower()}{why[1:]} Answer first, then press Check."
            self.feedback = ""
        elif not self._record.alert:
            earned = score(keyed, raw)
            self._checked = earned
            self.feedback = feedback_html(keyed, raw, earned, show_key=True, asked=False) if earned.full else remarks_html(keyed, raw, earned)
            self._record.checked(earned)
        self.status = self._record.status()

    def _show_key(self) -> None:
        """After a Check that was not right: the key and why, of the answer that was checked."""
        keyed = self._record.place.keyed
        if self._mode != "practice" or keyed is None or self._checked is None:
            return
        from medcoding.items.render import feedback_html

        self.feedback = feedback_html(keyed, self._record.answer, self._checked, show_key=True, asked=False)


def unready(item: Item, raw: object, view: dict[str, Any]) -> str | None:
    """Why a practice answer cannot be judged yet, in words, or None; a malformed one is for the record to tell of."""
    form = FORMS[item.form]
    try:
        return form.unready(form.parse_answer(raw), view)
    except AnswerProblem:
        return None
