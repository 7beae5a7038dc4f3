"""The score records of autograded notebooks: what was answered, what it earned, and the item that it answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medcoding.findings import Finding, Score
from medcoding.forms import AnswerProblem
from medcoding.grading.audit.trail import Refused
from medcoding.grading.places import Course
from medcoding.grading.safe import SCORE_MIME
from medcoding.items.models import Item
from medcoding.items.publication import PublicationMissing


@dataclass(frozen=True)
class Record:
    """One scored exercise of a submission. `item` is the variant that was answered, with its key."""

    item: Item
    publication: str
    answer: Any
    score: Score
    notes: tuple[Finding, ...]


def read_record(course: Course, student: str, assignment: str, notebook: str, cell: str) -> Record | None:
    """The record of one grade cell; None where the cell was not scored from an answer (a plain nbgrader cell).

    Raises:
        Refused: the submission is not autograded, its notebook cannot be read, or the publication of the answer is missing.
    """
    path = course.folder("autograded", assignment, student) / f"{notebook}.ipynb"
    try:
        cells = json.loads(path.read_bytes())["cells"]
    except FileNotFoundError:
        raise Refused(f"There is no autograded notebook {notebook} of this submission. Grade it first: medcoding grade {assignment}") from None
    except (OSError, ValueError, KeyError, RecursionError):
        raise Refused(f"The autograded notebook {notebook} of this submission cannot be read. Grade it again: medcoding grade {assignment}") from None
    for one in cells:
        if one.get("metadata", {}).get("nbgrader", {}).get("grade_id") != cell:
            continue
        for output in one.get("outputs", ()):
            found = output.get("data", {}).get(SCORE_MIME)
            if isinstance(found, dict):
                return _record(course, found)
    return None


def _record(course: Course, found: Mapping[str, Any]) -> Record:
    try:
        item = course.store[found["publication"]][found["item"]].variant(found.get("variant", 0))
    except (PublicationMissing, KeyError, AnswerProblem) as error:
        raise Refused(f"The key of this exercise cannot be shown: {error} Restore the folder of publications from its backup.") from None
    notes = tuple(Finding.model_validate(note) for note in found["notes"])
    return Record(item, found["publication"], found["answer"], Score.model_validate(found["score"]), notes)
