"""`ShowFeedback` decides, when feedback is generated, whether keys show in it; `FeedbackExporter`, what a browser may do with the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor

from medcoding.findings import Finding, Score
from medcoding.forms import AnswerProblem
from medcoding.grading.audit import Note, notes_for
from medcoding.grading.places import Course, course_of
from medcoding.grading.safe import SCORE_MIME, is_ours
from medcoding.grading.score import OTHER_VARIANT
from medcoding.items.publication import PublicationMissing, PublicationStore
from medcoding.items.render import feedback_html

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:; base-uri 'none'; form-action 'none'"
"""What a browser may do with a feedback page: show it. It runs no script, whatever a cell holds, and loads nothing but pictures beside it."""


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """nbconvert's HTML exporter for feedback pages. In place of MathJax, which nbgrader's template loads from the net, stands `POLICY`:
    pages open without a net, at once, and amounts in dollars are not taken for formulas."""

    def _extra_loaders_default(self) -> list[DictLoader]:
        macro = f'{{%- macro mathjax(url="") -%}}<meta http-equiv="Content-Security-Policy" content="{POLICY}" />{{%- endmacro %}}'
        return [DictLoader({"mathjax.html.j2": macro})]


class ShowFeedback(NbGraderPreprocessor):  # type: ignore[misc]
    """Renders each exercise's feedback anew from its score record, with or without key as the setting says."""

    _store: PublicationStore | None = None

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        course = course_of(self)
        about = resources["nbgrader"]
        show_key = keys_show(course, about["assignment"])
        regraded = notes_for(course.coursedir.db_url, about["student"], about["assignment"])
        for cell in nb.cells:
            own = regraded.get((about["notebook"], cell.metadata.get("nbgrader", {}).get("grade_id", "")), [])
            self.show(cell, course, show_key, own)
        return nb, resources

    def show(self, cell: Any, course: Course, show_key: bool, regraded: Sequence[Note] = ()) -> None:
        """Turn the score record in a cell's output into what a student sees. `regraded` are notes on its regrading."""
        for output in cell.get("outputs", ()):
            ours = is_ours(cell, output)
            record = output.get("data", {}).pop(SCORE_MIME, None)
            if ours:
                output.data["text/html"] = self._block(course, record, show_key, regraded)
                output.data.pop("text/plain", None)

    def _block(self, course: Course, record: dict[str, Any], show_key: bool, regraded: Sequence[Note]) -> str:
        if self._store is None or self._store.folder != course.store.folder:
            self._store = course.store
        try:
            item = self._store[record["publication"]][record["item"]].variant(record.get("variant", 0))
        except (PublicationMissing, KeyError, AnswerProblem) as error:
            self.log.error("%s", error)
            return "<p>The feedback of this exercise cannot be shown: its publication is missing. Ask the instructor.</p>"
        notes = [Finding.model_validate(note) for note in record["notes"] if note["rule"] != OTHER_VARIANT]  # that one is for the grader
        notes += [note.finding for note in regraded]
        return feedback_html(item, record["answer"], Score.model_validate(record["score"]), show_key=show_key, notes=notes)


def keys_show(course: Course, assignment: str) -> bool:
    """Whether keys may show in feedback now.

    Raises:
        ValueError: the setting `Course.show_keys` is none of at-once, after-due, never.
    """
    if course.show_keys == "at-once":
        return True
    if course.show_keys == "never":
        return False
    if course.show_keys != "after-due":
        raise ValueError(f"Course.show_keys is {course.show_keys!r}; expected at-once, after-due or never.")
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as gradebook:
        try:
            due = gradebook.find_assignment(assignment).duedate
        except MissingEntry:
            return False
    return due is not None and datetime.now(UTC).replace(tzinfo=None) > due
