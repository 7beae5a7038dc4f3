"""Scoring a submission: `ReadAnswers` before any of its code runs, `ScoreAnswers` after. Student files are data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from medcoding.findings import Finding, Score, Severity
from medcoding.forms import FORMS, AnswerProblem
from medcoding.forms import score as score_answer
from medcoding.grading.places import Course, course_of
from medcoding.grading.restore import NOTES
from medcoding.items.answers import FILE_NAME, MIME, Answer, AnswersProblem, parse_bounded, read_answers, sort_answers
from medcoding.items.models import Item
from medcoding.items.publication import Publication, PublicationMissing, PublicationStore
from medcoding.items.render import feedback_html

EXERCISE = re.compile(r"\s*exercise\(")
OTHER_VARIANT = "other-variant"
SCORE_MIME = "application/vnd.medcoding.score+json"


@dataclass(frozen=True)
class Submitted:
    """What a submission holds of answers: the sound ones, why others are not, and what is wrong as a whole."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    unsound: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Graded:
    """One exercise cell scored: its item as answered, the answer as plain data, the score and notes on the submission."""

    item: Item
    publication: str
    raw: dict[str, Any] | None
    score: Score
    notes: tuple[Finding, ...]
    variant: int | None = None
    """The variant that was scored and is shown; None of an item without variants."""


class ReadAnswers(NbGraderPreprocessor):  # type: ignore[misc]
    """Reads the answers from `submitted/`, before any code of the student runs."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        course = course_of(self)
        about = resources["nbgrader"]
        current = course.store.current(about["assignment"], about["notebook"])
        folder = course.folder("submitted", about["assignment"], about["student"])
        submitted = read_submission(folder, about["notebook"])
        for note in submitted.notes:
            self.log.warning("%s: %s", about["student"], note.message)
        resources["medcoding"] = {
            "current": current,
            "submitted": submitted,
            "exercises": frozenset(item.id for item in current.items if item.use == "graded") if current else frozenset(),
        }
        return nb, resources


class SaveScores(SaveAutoGrades):  # type: ignore[misc]
    """nbgrader's own, except for writing: what a grader must read gets no score and asks for manual grading.

    A score that a grader has given is kept, as nbgrader keeps it. An empty answer has its explicit zero.
    """

    def _add_score(self, cell: Any, resources: dict[str, Any]) -> None:
        super()._add_score(cell, resources)
        if not _waits(cell):
            return
        name = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = None
        grade.needs_manual_grade = True
        self.gradebook.db.commit()


def _waits(cell: Any) -> bool:
    """Whether a scored cell waits for a grader."""
    records = (output.get("data", {}).get(SCORE_MIME) for output in cell.get("outputs", ()) if isinstance(output.get("data"), dict))
    return any(isinstance(record, dict) and record["score"].get("manual") for record in records)


class ScoreAnswers(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes points and feedback into every published exercise cell. Silence scores an explicit zero."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        read = resources["medcoding"]
        course: Course = course_of(self)
        store = course.store
        student = resources["nbgrader"]["student"]
        for cell in nb.cells:
            if utils.is_grade(cell) and cell.metadata["nbgrader"]["grade_id"] in read["exercises"]:
                notes = [_note("cell-restored", text) for text in cell.metadata.pop(NOTES, [])]
                graded = grade(cell.metadata["nbgrader"]["grade_id"], read["current"], read["submitted"], store, notes, student, course.variant_policy)
                fill(cell, graded)
            elif utils.is_grade(cell) and EXERCISE.match(cell.source):
                # nbgrader would give full marks to a cell without output
                raise PublicationMissing(
                    f"The exercise {cell.metadata['nbgrader']['grade_id']} is in no publication that {course.store.folder} knows as "
                    "current, so it cannot be scored. Restore that folder from its backup, or release the assignment again "
                    "with 'medcoding update', then autograde again. No grade was written."
                )
            else:
                cell.metadata.pop(NOTES, None)
        return nb, resources


def read_submission(folder: Path, notebook: str) -> Submitted:
    """Every answer of a submission: from answers.json, and where that has none, from the notebook's own copy."""
    notes: list[Finding] = []
    sound: dict[str, Answer] = {}
    unsound: dict[str, str] = {}
    try:
        sound, unsound = read_answers(folder / FILE_NAME)
    except AnswersProblem as problem:
        notes.append(_note("answers-unreadable", f"{problem} Answers were taken from the notebook's own copy where it has one."))
    for item, answer in copies(folder / f"{notebook}.ipynb").items():
        sound.setdefault(item, answer)
    return Submitted(sound, {item: reason for item, reason in unsound.items() if item not in sound}, tuple(notes))


def copies(path: Path) -> dict[str, Answer]:
    """The answers that ride in a notebook's outputs. Damaged ones are passed over."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 20_000_000:
            return {}
        with open(path, encoding="utf-8") as file:
            notebook = nbformat.read(file, as_version=4)
    except Exception:
        return {}
    found: dict[str, Any] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            copy = output.get("data", {}).get(MIME) if isinstance(output.get("data"), dict) else None
            if isinstance(copy, dict) and isinstance(copy.get("item"), str):
                try:
                    found[copy["item"]] = parse_bounded(_json_bytes(copy), "the notebook's copy")
                except (AnswersProblem, ValueError, RecursionError):
                    continue
    return sort_answers(found)[0]


def _json_bytes(copy: Any) -> bytes:
    import json

    return json.dumps(copy).encode()


def grade(
    item_id: str,
    current: Publication,
    submitted: Submitted,
    store: PublicationStore,
    notes: list[Finding],
    student: str = "",
    policy: str = "flag",
) -> Graded:
    """Score one published exercise of a submission. Never raises because of what a student's file holds.

    The variant that the answer names is scored. One that is not the submitter's own is noted (`policy` "flag"), or earns nothing ("zero").
    """
    notes = [*notes, *submitted.notes]
    answer = submitted.answers.get(item_id)
    if answer is None:
        if item_id in submitted.unsound:
            notes.append(_note("answer-damaged", f"The recorded answer cannot be read: {submitted.unsound[item_id]}."))
        return _nothing(current, item_id, student, None, "no-answer", "No answer was recorded.", notes)
    publication = current
    if answer.publication != current.name:
        try:
            publication = store[answer.publication]
            publication[item_id]
        except (PublicationMissing, KeyError):
            reason = f"The answer names a publication ({answer.publication}) that this course has not released for this exercise."
            return _nothing(current, item_id, student, answer.answer, "unknown-publication", reason, notes)
        notes.append(_note("earlier-publication", "This was answered before the exercise was corrected, and is scored as it stood then."))
    if (publication.assignment, publication.notebook) != (current.assignment, current.notebook):
        reason = "The answer names a publication of another assignment."
        return _nothing(current, item_id, student, answer.answer, "unknown-publication", reason, notes)
    item = publication[item_id]
    if not item.variants:
        return Graded(item, publication.name, answer.answer, _scored(item, answer), tuple(notes))
    if answer.variant >= len(item.variants):
        reason = f"The answer names variant {answer.variant}; the exercise has {len(item.variants)}, from variant 0."
        return _nothing(publication, item_id, student, answer.answer, "unknown-variant", reason, notes)
    result = _scored(item, answer)
    shown = item.variant(answer.variant)
    if answer.variant not in own_variants(item_id, publication, store, student):
        reason = f"This answers variant {answer.variant}; that of {student} is {publication.own_variant(item_id, student)}."
        if policy == "zero":
            result = _zero(shown, OTHER_VARIANT, f"{reason} Another's variant earns nothing in this course.")
        else:
            notes.append(_note(OTHER_VARIANT, f"{reason} It is scored as answered. Ask whether a laptop was told another name by identify()."))
    return Graded(shown, publication.name, answer.answer, result, tuple(notes), answer.variant)


def own_variants(item_id: str, publication: Publication, store: PublicationStore, student: str) -> set[int]:
    """The variants that a student may honestly have: one, and those of earlier publications, for an answer keeps its variant."""
    own = {publication.own_variant(item_id, student)}
    for other in store.of_assignment(publication.assignment):
        if other.notebook == publication.notebook and item_id in other:
            own.add(other.own_variant(item_id, student))
    return own


def _nothing(
    publication: Publication, item_id: str, student: str, raw: dict[str, Any] | None, rule: str, reason: str, notes: list[Finding]
) -> Graded:
    """No points, beside the question that the student should have been asked."""
    item = publication[item_id]
    own = publication.own_variant(item_id, student)
    result = _zero(item, rule, reason)
    return Graded(item.variant(own), publication.name, raw, result, tuple(notes), own if item.variants else None)


def _scored(item: Item, answer: Answer) -> Score:
    try:
        return score_answer(item, answer.answer, answer.variant)
    except AnswerProblem as problem:
        return _zero(item, "malformed-answer", str(problem))


def _zero(item: Item, rule: str, message: str) -> Score:
    finding = Finding(severity=Severity.WARNING, rule=rule, message=message)
    return Score(points=0, possible=item.points, findings=(finding,))


def _note(rule: str, message: str) -> Finding:
    return Finding(severity=Severity.WARNING, rule=rule, message=message)


def cell_points(graded: Graded, maximum: float) -> float:
    """Points of the grade cell: the share of the item's points, in the cell's own maximum (0 where it does not count)."""
    return min(maximum, round(graded.score.share * maximum + 1e-9, 2))


def fill(cell: Any, graded: Graded) -> None:
    """Put points (what nbgrader reads), feedback with key (what a grader reads) and the data of both into a cell."""
    points = cell_points(graded, float(cell.metadata["nbgrader"]["points"]))
    cell.outputs = [
        nbformat.v4.new_output(
            "execute_result",
            data={
                "text/plain": f"{points:g}",
                "text/html": feedback_html(graded.item, graded.raw, graded.score, show_key=True, notes=graded.notes),
                SCORE_MIME: record(graded),
            },
            execution_count=None,
        )
    ]


def record(graded: Graded) -> dict[str, Any]:
    """The score as data: what feedback, reports and exports read."""
    form = FORMS[graded.item.form]
    try:
        answer = form.parse_answer(graded.raw).model_dump(mode="json") if graded.raw is not None else None
    except AnswerProblem:
        answer = None
    variant = {} if graded.variant is None else {"variant": graded.variant}
    return {
        **variant,
        "schema_version": 1,
        "publication": graded.publication,
        "item": graded.item.id,
        "form": graded.item.form,
        "answer": answer,
        "score": graded.score.model_dump(mode="json"),
        "notes": [note.model_dump(mode="json") for note in graded.notes],
    }
