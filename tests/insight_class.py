"""A class in memory: items, a store, submissions scored by their forms. For tests of insight that need no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import yaml
from medcoding.forms import FORMS, score
from medcoding.insight.records import Given, Submission
from medcoding.insight.results import Exercise, GradedClass, Standing
from medcoding.items.models import Item
from medcoding.items.publication import Publication, publish
from minicourse import ITEMS

DUE = datetime(2026, 2, 1, 23, 59, 59)
WEAKEST = -1
START = datetime(2026, 1, 30, 9, 0, 0)


def items(extra: Sequence[dict] = ()) -> list[Item]:
    """The graded items of the small course, and others."""
    listed = [Item.model_validate(entry) for entry in yaml.safe_load(ITEMS)]
    return [item for item in listed if item.use == "graded"] + [Item.model_validate(entry) for entry in extra]


class Class:
    """Items published as one notebook, and what students answered to them."""

    def __init__(self, listed: Sequence[Item] | None = None) -> None:
        self.items = list(items() if listed is None else listed)
        self.publication: Publication = publish(self.items, assignment="05-mini", notebook="one", secret="s")
        self.store = {self.publication.name: self.publication}
        self.exercises = tuple(Exercise("one", item.id, item.cell_points, item) for item in self.items)
        self.submissions: list[Submission] = []

    def submit(
        self, student: str, answers: Mapping[str, Any], *, variants: Mapping[str, int] | None = None, points: Mapping[str, float | None] | None = None,
        submitted: datetime | None = DUE - timedelta(hours=3), at: Mapping[str, datetime] | None = None, **standing: Any,
    ) -> Submission:
        """A graded submission: `answers` by item id; what is missing was left out. `points` are a grader's."""
        given, earned = [], []
        for place, item in enumerate(self.items):
            answer, variant = answers.get(item.id), (variants or {}).get(item.id, 0)
            scored = None if answer is None else score(item, answer, variant)
            own = scored.share * item.cell_points if scored else 0.0
            value = (points or {}).get(item.id, None if scored and scored.manual else own)
            earned.append(value)
            given.append(Given(
                place, self.publication.name, variant if item.variants else None, None if answer is None else FORMS[item.form].parse_answer(answer).model_dump(mode="json"),
                scored.share if scored else 0.0, bool(scored and scored.manual),
                tuple((part.name, part.earned / part.possible) for part in (scored.parts if scored else ())),
                at=(at or {}).get(item.id), revision=1 if answer is not None else None,
            ))  # fmt: skip
        one = Submission(Standing(student, submitted, DUE, tuple(earned), **standing), tuple(given))
        self.submissions.append(one)
        return one

    @property
    def graded(self) -> GradedClass:
        ordered = tuple(one.standing for one in self.submissions)
        return GradedClass("05-mini", DUE, self.exercises, ordered, len(ordered))


def choice_item(number: int, options: int = 4, **more: Any) -> Item:
    """A choice with one right option, the first."""
    listed = [{"text": "Right.", "correct": True}] + [{"text": f"Wrong {place}.", "feedback": "No."} for place in range(1, options)]
    entry = {
        "id": f"choice-{number}", "lesson": "05-02", "form": "choice", "title": f"Choice {number}", "objectives": [1 + number % 2], "domains": ["P14"],
        "question": "Which?", "key": {"options": listed}, "rationale": "So.", "citations": [{"guideline": "I.A.13"}],
    }  # fmt: skip
    return Item.model_validate({**entry, **more})


def chosen(item: Item, place: int) -> dict[str, Any]:
    """The answer that chooses an option by its place."""
    return {"chosen": [item.key.options[place].id]}


def simulated(students: int, exercises: int, seed: int = 1, copies: Mapping[int, int] | None = None) -> Class:
    """Students of different ability answer choices; wrong options differ in how much they draw. `copies` maps a student to whom they copy;
    `WEAKEST` is whoever has the most wrong answers, from whom there is most to copy."""
    draw = Random(seed)
    made = Class([choice_item(number) for number in range(exercises)])
    abilities = [draw.uniform(0.3, 0.9) for _ in range(students)]
    picked = [[0 if draw.random() < ability else draw.choices([1, 2, 3], [5, 3, 2])[0] for _ in range(exercises)] for ability in abilities]
    weakest = max(range(students), key=lambda student: sum(place > 0 for place in picked[student]))
    for student, source in (copies or {}).items():
        picked[student] = picked[weakest if source == WEAKEST else source]
    for student, row in enumerate(picked):
        at, moment = {}, START
        for item in made.items:
            moment += timedelta(minutes=draw.uniform(0.5, 6))
            at[item.id] = moment
        made.submit(f"student{student:03d}", {item.id: chosen(item, place) for item, place in zip(made.items, row, strict=True)}, at=at)
    return made


def with_covariance(covariance: Sequence[Sequence[float]], n: int) -> np.ndarray:
    """Data of n rows whose sample covariance (divisor n - 1) is exactly the one given."""
    wanted = np.array(covariance, dtype=float)
    raw = np.random.default_rng(0).normal(size=(n, len(wanted)))
    raw -= raw.mean(axis=0)
    orthogonal, _ = np.linalg.qr(raw)
    return np.sqrt(n - 1) * orthogonal @ np.linalg.cholesky(wanted).T
