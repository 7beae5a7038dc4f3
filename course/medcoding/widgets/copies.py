"""The notebook's own copy of an answer: a second output, read before any cell runs, graded without answers.json."""

from __future__ import annotations

import uuid
from typing import Any, Protocol

from medcoding.forms import FORMS, AnswerProblem
from medcoding.items.answers import MIME, Answer
from medcoding.items.models import PublicItem
from medcoding.items.render import static_html
from medcoding.widgets.server import WIDGET

LIVE = {"medcoding": "live"}
"""Metadata of an output that lives only with its kernel; it is left out of the saved notebook."""


def static_text(item: PublicItem, raw: object | None) -> str:
    """Question and recorded answer as plain text. Holds no time, so that it is the same in every run."""
    rows: list[tuple[str, str]] = []
    if raw is not None:
        form = FORMS[item.form]
        try:
            rows = form.describe(form.parse_answer(raw), None, item.view)
        except AnswerProblem as problem:
            rows = [("Problem", str(problem))]
    given = "\n".join(f"  {label}: {text}" for label, text in rows) or "  No answer."
    return f"{item.title}\n{' '.join(item.question.split())}\nYour answer so far:\n{given}"


def bundle(item: PublicItem, raw: object | None, record: Answer | None, more: str = "", *, recorded: bool = False) -> dict[str, Any]:
    """The copy as MIME data: the record itself, HTML and text. `more` is HTML that follows the answer.

    `recorded`: it is what a cell of the student's own has just recorded, and stays visible beside the exercise's form.
    """
    data: dict[str, Any] = {"text/html": static_html(item, raw, recorded=recorded) + more, "text/plain": static_text(item, raw)}
    if record is not None:
        data[MIME] = record.model_dump(mode="json")
    return data


def has_kernel() -> bool:
    """Whether a front end that can show widgets may be listening."""
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def cell() -> str:
    """The id of the cell that is running, where the front end tells it."""
    from IPython.core.getipython import get_ipython

    try:
        kernel = get_ipython().kernel
        return str(kernel.get_parent("shell").get("metadata", {}).get("cellId", ""))
    except Exception:  # kernels of other makers have no such thing, and the id only saves memory
        return ""


def show(data: dict[str, Any], display_id: str | None = None, metadata: dict[str, Any] | None = None) -> None:
    """Display MIME data; as plain text where there is no IPython."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(data["text/plain"])
    else:
        display(data, raw=True, display_id=display_id, metadata=metadata)


class Live(Protocol):
    """A widget, as far as coming and going is concerned."""

    model_id: str

    def close(self) -> None: ...


on_display: dict[tuple[str, str], Live] = {}
"""The live views of this kernel by the cell that shows them and their name."""


def show_live(view: Live, name: str, text: str) -> None:
    """Display a view as an output that is left out of the saved notebook; what its cell showed under that name is let go."""
    place = (cell(), name)
    if place[0]:
        before = on_display.pop(place, None)
        if before is not None:
            before.close()
        on_display[place] = view
    show({WIDGET: {"version_major": 2, "version_minor": 0, "model_id": view.model_id}, "text/plain": text}, metadata=dict(LIVE))


class Copy:
    """The copy on display; `update` brings it up to date, also from a widget's message after the cell has run."""

    def __init__(self) -> None:
        self.display_id = f"medcoding-{uuid.uuid4().hex}"

    def show(self, data: dict[str, Any]) -> None:
        show(data, self.display_id)

    def update(self, data: dict[str, Any]) -> None:
        from IPython.display import update_display

        update_display(data, display_id=self.display_id, raw=True)
