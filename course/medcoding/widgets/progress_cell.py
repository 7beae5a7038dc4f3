"""`progress`: how many of the exercises are answered, and which are not. Answered is not the same as right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medcoding.forms import FORMS, AnswerProblem
from medcoding.items.answers import AnswersProblem, AnswerStore
from medcoding.items.models import PublicItem
from medcoding.widgets.copies import has_kernel, show_live
from medcoding.widgets.places import Place, execution, in_source, released, this_notebook

_notebooks: dict[Path, set[str]] = {}


def displayed(place: Place) -> None:
    """Remember to which notebook an exercise on display belongs: `progress` counts that notebook's."""
    names = _notebooks.setdefault(place.folder, set())
    if place.notebook not in names:
        names.add(place.notebook)
        from medcoding.widgets.records import tell

        tell(None)


def progress() -> None:
    """Show how many graded exercises of this notebook are answered, and how practice stands; it follows while you answer.

    Counts the notebook to which the exercises shown so far belong, else the whole folder.
    """
    folder = Path.cwd()
    if execution() is not None or not has_kernel():
        print(sentence(count(folder)))
        return
    from medcoding.widgets.progress_view import ProgressView

    view = ProgressView(folder)
    show_live(view, "progress", " ".join(filter(None, (sentence(view.state), view.state["practice"]["text"]))))


def count(folder: Path) -> dict[str, Any]:
    """The graded exercises: {"answered", "total", "open": [{"id", "title"}], "preview", "problem"}."""
    files = released(folder)
    names = _notebooks.get(folder, set()) or {this_notebook()}
    own = [items for items in files if items.notebook in names] or files
    graded: list[PublicItem] = [item for items in own for item in items.graded()]
    problem = ""
    try:
        answers = AnswerStore(folder).all()
    except AnswersProblem as found:
        answers, problem = {}, str(found)
    left = []
    for item in graded:
        record = answers.get(item.id)
        if record is None or not _complete(item, record.answer):
            left.append({"id": item.id, "title": item.title})
    return {
        "answered": len(graded) - len(left),
        "total": len(graded),
        "open": left,
        "preview": not files or in_source(folder),
        "problem": problem,
    }


def sentence(state: dict[str, Any]) -> str:
    """The count in words."""
    if not state["total"]:
        return (
            "Preview: nothing is saved here, so there is nothing to count."
            if state["preview"]
            else "There are no graded exercises here."
        )
    return f"{state['answered']} of {state['total']} exercises answered"


def _complete(item: PublicItem, raw: object) -> bool:
    form = FORMS[item.form]
    try:
        return form.missing(form.parse_answer(raw), item.view) is None
    except AnswerProblem:
        return False
