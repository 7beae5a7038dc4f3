"""Scoring a submission: `ReadAnswers` before any of its code runs, `ScoreAnswers` after. Student files are data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import nbformat
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from medcoding.findings import Finding, Score, Severity
from medcoding.forms import FORMS, AnswerProblem
from medcoding.forms import score as score_answer
from medcoding.grading.exporter import notebook_bytes
from medcoding.grading.places import Course, course_of
from medcoding.grading.restore import NOTES
from medcoding.grading.safe import SCORE_MIME
from medcoding.items.answers import (
    FILE_NAME,
    MIME,
    Answer,
    AnswersProblem,
    parse_bounded,
    read_answers_bytes,
    read_plain_file,
    sort_answers,
)
from medcoding.items.corrections import Corrections, read_corrections
from medcoding.items.models import Item
from medcoding.items.publication import Publication, PublicationMissing
from medcoding.items.render import feedback_html

EXERCISE = re.compile(r"\s*exercise\(")
OTHER_VARIANT = "other-variant"
MAX_NOTEBOOK_BYTES = 20_000_000


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


Scorer = Callable[[Publication, Answer], Score]
NO_CORRECTIONS = Corrections()


class Store(Protocol):
    """What grading needs of the keyed publications."""

    def __getitem__(self, name: str) -> Publication: ...

    def of_assignment(self, assignment: str) -> Iterable[Publication]: ...


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
        name = cell.metadata["nbgrader"]["grade_id"]
        if not _waits(cell) and name not in resources.get("medcoding", {}).get("waits", ()):
            return
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
        corrections = read_corrections(store.folder)
        for cell in nb.cells:
            if utils.is_grade(cell) and cell.metadata["nbgrader"]["grade_id"] in read["exercises"]:
                notes = [cell_note(text) for text in cell.metadata.pop(NOTES, [])]
                graded = grade(cell.metadata["nbgrader"]["grade_id"], read["current"], read["submitted"], store, notes, student, course.variant_policy, corrections)
                fill(cell, graded)
            elif utils.is_grade(cell) and EXERCISE.match(cell.source):
                raise unpublished(cell.metadata["nbgrader"]["grade_id"], str(course.store.folder))
            else:
                cell.metadata.pop(NOTES, None)
                drop_forged(cell)
        return nb, resources


def drop_forged(cell: Any) -> None:
    """Take out of a cell's outputs what only this course may put there: a score record, an answer."""
    for output in cell.get("outputs", ()):
        if isinstance(output.get("data"), dict):
            for kind in (SCORE_MIME, MIME):
                output["data"].pop(kind, None)


def unpublished(exercise: str, where: str) -> PublicationMissing:
    """The error of an exercise cell that is in no publication: nbgrader would give full marks to a cell without output."""
    return PublicationMissing(
        f"The exercise {exercise} is in no publication that {where} knows as current, so it cannot be scored. "
        "Restore that folder from its backup, or release the assignment again "
        "with 'medcoding update', then autograde again. No grade was written."
    )


def read_submission(folder: Path, notebook: str) -> Submitted:
    """Every answer of a submission: from answers.json, and where that has none, from the notebook's own copy."""
    try:
        from_file = answers_of(read_plain_file(folder / FILE_NAME))
    except AnswersProblem as problem:
        from_file = unreadable_answers(problem)
    try:
        cells = nbformat.reads(notebook_bytes(folder / f"{notebook}.ipynb", MAX_NOTEBOOK_BYTES).decode("utf-8"), as_version=4).cells
    except Exception:
        cells = []
    return with_copies(from_file, cells)


def answers_of(content: bytes | None) -> Submitted:
    """The answers of an answers file's content; None is no file."""
    try:
        sound, unsound = read_answers_bytes(content)
    except AnswersProblem as problem:
        return unreadable_answers(problem)
    return Submitted(sound, unsound)


def unreadable_answers(problem: AnswersProblem) -> Submitted:
    """No answers, and the reason."""
    note = _note("answers-unreadable", f"{problem} Answers were taken from the notebook's own copy where it has one.")
    return Submitted(notes=(note,))


def with_copies(submitted: Submitted, cells: Iterable[Any]) -> Submitted:
    """Answers completed by those that ride in the cells' outputs, where answers.json has none."""
    found = copies(cells)
    if not found:
        return submitted
    sound = {**found, **submitted.answers}
    return Submitted(sound, {item: reason for item, reason in submitted.unsound.items() if item not in sound}, submitted.notes)


def copies(cells: Iterable[Any]) -> dict[str, Answer]:
    """The answers that ride in cells' outputs. Damaged ones are passed over."""
    found: dict[str, Any] = {}
    for cell in cells:
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
    store: Store,
    notes: list[Finding],
    student: str = "",
    policy: str = "flag",
    corrections: Corrections = NO_CORRECTIONS,
    scored: Scorer | None = None,
) -> Graded:
    """Score one published exercise of a submission. Never raises because of what a student's file holds.

    `scored` may remember what an answer to an item earns; by default it is worked out each time.

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
        changed = item_id not in current or current[item_id] != publication[item_id]
        if changed and corrections.of(item_id, publication.name) is None:
            notes.append(_note("earlier-publication", "This was answered before the exercise was corrected, and is scored as it stood then."))
    if (publication.assignment, publication.notebook) != (current.assignment, current.notebook):
        reason = "The answer names a publication of another assignment."
        return _nothing(current, item_id, student, answer.answer, "unknown-publication", reason, notes)
    scored = scored or score_by_key
    publication, result = _by_right_key(publication, answer, store, corrections, scored, notes)
    item = publication[item_id]
    if not item.variants:
        return Graded(item, publication.name, answer.answer, result, tuple(notes))
    if answer.variant >= len(item.variants):
        reason = f"The answer names variant {answer.variant}; the exercise has {len(item.variants)}, from variant 0."
        return _nothing(publication, item_id, student, answer.answer, "unknown-variant", reason, notes)
    shown = item.variant(answer.variant)
    if answer.variant not in own_variants(item_id, publication, store, student):
        reason = f"This answers variant {answer.variant}; that of the submitter is {publication.own_variant(item_id, student)}."
        if policy == "zero":
            result = _zero(shown, OTHER_VARIANT, f"{reason} Another's variant earns nothing in this course.")
        else:
            notes.append(_note(OTHER_VARIANT, f"{reason} It is scored as answered. Ask whether a laptop was told another name by identify()."))
    return Graded(shown, publication.name, answer.answer, result, tuple(notes), answer.variant)


def _by_right_key(
    publication: Publication, answer: Answer, store: Store, corrections: Corrections, scored: Scorer, notes: list[Finding]
) -> tuple[Publication, Score]:
    """The score by the key of the answer's publication, or by a corrected one, with the publication that it comes from."""
    before = scored(publication, answer)
    correction = corrections.of(answer.item, publication.name)
    if correction is None:
        return publication, before
    corrected = store[correction.now]
    after = scored(corrected, answer)
    why = f"The key of this exercise was corrected after it was answered: {correction.reason.rstrip('.')}."
    if correction.keep == "better" and before.points > after.points:
        notes.append(_note("key-corrected", f"{why} The points by the earlier key are more, and stay."))
        return publication, before
    notes.append(_note("key-corrected", f"{why} The corrected key counts."))
    return corrected, after


def own_variants(item_id: str, publication: Publication, store: Store, student: str) -> set[int]:
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


def score_by_key(publication: Publication, answer: Answer) -> Score:
    """What an answer earns by a publication's key. A malformed answer, or a variant that is not there, earns nothing."""
    item = publication[answer.item]
    try:
        return score_answer(item, answer.answer, answer.variant)
    except AnswerProblem as problem:
        return _zero(item, "malformed-answer", str(problem))


def _zero(item: Item, rule: str, message: str) -> Score:
    finding = Finding(severity=Severity.WARNING, rule=rule, message=message)
    return Score(points=0, possible=item.points, findings=(finding,))


def _note(rule: str, message: str) -> Finding:
    return Finding(severity=Severity.WARNING, rule=rule, message=message)


def cell_note(text: str) -> Finding:
    """What was done to a cell of the submission, as a finding."""
    return _note("cell-restored", text)


def cell_points(graded: Graded, maximum: float) -> float:
    """Points of the grade cell: the share of the item's points, in the cell's own maximum (0 where it does not count)."""
    return min(maximum, round(graded.score.share * maximum + 1e-9, 2))


def fill(cell: Any, graded: Graded) -> None:
    """Put points, feedback and data into a cell."""
    cell.outputs = [cell_output(graded, float(cell.metadata["nbgrader"]["points"]))]


def cell_output(graded: Graded, maximum: float) -> Any:
    """The output of an exercise cell: points (what nbgrader reads), feedback with key (what a grader reads), and the data of both."""
    return nbformat.from_dict({
        "output_type": "execute_result",
        "data": {
            "text/plain": f"{cell_points(graded, maximum):g}",
            "text/html": feedback_html(graded.item, graded.raw, graded.score, show_key=True, notes=graded.notes),
            SCORE_MIME: record(graded),
        },
        "execution_count": None,
        "metadata": {},
    })


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
