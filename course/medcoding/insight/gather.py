"""One pass over a class's submissions: tables of numbers, a few bytes for each answer, and tallies. What was written itself is not kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from medcoding.forms import FORMS, AnswerProblem
from medcoding.forms.choice import ChoiceAnswer
from medcoding.forms.text import TextAnswer, count_words
from medcoding.grading.score import Store
from medcoding.insight.coded import Kind, comparable, compare, distractors, kind_of
from medcoding.insight.measures import Flags, Floats, Marks
from medcoding.insight.records import Given, Submission
from medcoding.insight.results import GradedClass, Standing
from medcoding.insight.tallies import Choice, CodeTallies, Moments
from medcoding.items.models import Item
from medcoding.items.publication import PublicationMissing

SHORTEST_TEXT = 12
"""Words of a written text from which on two equal ones are worth a look."""

SET_FIELDS = frozenset({"chosen", "marks", "evidence", "added"})
"""Fields of answers whose order means nothing."""

NO_VARIANT = -1
MOST_PROBLEMS = 200
_CODE = re.compile(r"[a-z]\d[0-9a-z]\.[0-9a-z]+")
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Gathered:
    """A graded class as tables, students by exercises, and tallies.

    `points` and `shares` (of an exercise's points) are NaN where nothing is known yet. `marks` are equal where answers are equal, and 0
    where nothing was answered. `variants` are `NO_VARIANT` where there is none, `own` says whether it was the student's. `at` is
    seconds since 1970, NaN where not known.
    """

    graded: GradedClass
    standings: tuple[Standing, ...]
    points: Floats
    shares: Floats
    answered: Flags
    wrong: Flags
    own: Flags
    variants: Marks
    marks: Marks
    at: Floats
    revisions: Marks
    choices: dict[tuple[int, str, bool], Choice] = field(default_factory=dict)
    codes: CodeTallies = field(default_factory=CodeTallies)
    parts: dict[tuple[str, str], Moments] = field(default_factory=dict)
    ungraded: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    more_problems: int = 0

    @property
    def maxima(self) -> Floats:
        """The points of each exercise."""
        return np.array([one.maximum for one in self.graded.exercises], dtype=np.float64)

    @property
    def percents(self) -> Floats:
        """Each student's score in percent of the points, with extra credit and without late penalty."""
        if not self.graded.possible:
            return np.zeros(0)
        extra = np.array([one.extra for one in self.standings], dtype=np.float64)
        return np.asarray(100 * (np.nansum(self.points, axis=1) + extra) / self.graded.possible, dtype=np.float64)


def gather(store: Store, graded: GradedClass, submissions: Iterable[Submission]) -> Gathered:
    """Read a class once, a submission at a time.

    Args:
        submissions: one for each standing of the class, in its order.
    """
    gathering = _Gathering(store, graded)
    for row, submission in enumerate(submissions):
        gathering.add(row, submission)
    return gathering.done()


class _Gathering:
    def __init__(self, store: Store, graded: GradedClass) -> None:
        self._store = store
        self._graded = graded
        shape = (len(graded.standings), len(graded.exercises))
        self._maxima = np.array([one.maximum for one in graded.exercises], dtype=np.float64)
        self._points = np.array([[np.nan if one is None else one for one in row.points] for row in graded.standings], dtype=np.float64)
        self._points = self._points.reshape(shape)
        known = np.where(np.isnan(self._points), 0.0, self._maxima)
        self._sums = np.stack([np.nansum(self._points, axis=1), known.sum(axis=1)], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            self._shares = np.where(self._maxima > 0, np.clip(self._points / self._maxima, 0, 1), np.nan)
        self._answered, self._wrong = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        self._own = np.zeros(shape, dtype=bool)
        self._variants = np.full(shape, NO_VARIANT, dtype=np.int64)
        self._marks, self._revisions = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        self._at = np.full(shape, np.nan)
        self._kept = np.zeros(shape[0], dtype=bool)
        self._choices: dict[tuple[int, str, bool], Choice] = {}
        self._items: dict[tuple[str, int, int], Item | None] = {}
        self._codes = CodeTallies()
        self._parts: dict[tuple[str, str], Moments] = {}
        self._problems: list[tuple[str, str]] = []
        self._more = 0

    def add(self, row: int, submission: Submission) -> None:
        """Count one submission. One that is in the gradebook but not graded is left out."""
        self._kept[row] = bool(submission.given) or any(one is not None for one in submission.standing.points)
        if self._kept[row]:
            for problem in submission.problems:
                self._problem(submission.standing.student, problem)
            for given in submission.given:
                self._given(row, submission.standing.student, given)

    def _problem(self, student: str, problem: str) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append((student, problem))
        else:
            self._more += 1

    def _given(self, row: int, student: str, given: Given) -> None:
        place = (row, given.exercise)
        self._variants[place] = NO_VARIANT if given.variant is None else given.variant
        self._own[place] = given.own
        if not self._maxima[given.exercise] and not given.manual:
            self._shares[place] = given.share
        if given.answer is None:
            return
        item = self._item(given)
        if item is None:
            self._problem(student, f"the key of {self._graded.exercises[given.exercise].cell} is not in the store of publications")
            return
        try:
            answer = FORMS[item.form].parse_answer(given.answer)
        except AnswerProblem:
            return
        self._answered[place] = True
        self._wrong[place] = not given.manual and given.share < 1 - 1e-9
        self._marks[place] = _mark(answer, given.answer)
        self._revisions[place] = given.revision or 0
        if given.at is not None:
            self._at[place] = (given.at - EPOCH).total_seconds()
        for name, share in given.parts:
            self._parts.setdefault((item.form, name), Moments()).add(share)
        self._tally(row, given, item, answer)

    def _tally(self, row: int, given: Given, item: Item, answer: Any) -> None:
        elsewhere = self._elsewhere(row, given.exercise)
        if isinstance(answer, ChoiceAnswer):
            for option in item.key.options:
                self._choice(given.exercise, option.id, option.text, option.correct, None, item).add(option.id in answer.chosen, elsewhere)
        compared = compare(item.key, answer)
        if compared is not None:
            self._codes.add(given.exercise, item.on, compared)
            for code in distractors(item.key):
                name = comparable(code)
                self._choice(given.exercise, name, code, False, kind_of(code), item).add(name in compared.entered, elsewhere)

    def _choice(self, exercise: int, name: str, text: str, right: bool, kind: Kind | None, item: Item) -> Choice:
        where = (exercise, name, right)
        if where not in self._choices:
            self._choices[where] = Choice(text, right, kind, item.on)
        return self._choices[where]

    def _item(self, given: Given) -> Item | None:
        key = (given.publication, given.exercise, given.variant or 0)
        if key not in self._items:
            try:
                item = self._store[given.publication][self._graded.exercises[given.exercise].cell]
                self._items[key] = item.variant(given.variant or 0)
            except (PublicationMissing, KeyError, AnswerProblem):
                self._items[key] = None
        return self._items[key]

    def _elsewhere(self, row: int, exercise: int) -> float | None:
        """A student's score in the other exercises, in percent of their points that are known."""
        earned, possible = self._sums[row]
        mine = self._points[row, exercise]
        if not np.isnan(mine):
            earned, possible = earned - mine, possible - self._maxima[exercise]
        return 100 * float(earned) / float(possible) if possible > 0 else None

    def done(self) -> Gathered:
        """What was gathered."""
        kept = self._kept
        return Gathered(
            self._graded, tuple(one for one, keep in zip(self._graded.standings, kept, strict=True) if keep), self._points[kept],
            self._shares[kept], self._answered[kept], self._wrong[kept], self._own[kept], self._variants[kept], self._marks[kept],
            self._at[kept], self._revisions[kept], self._choices, self._codes, self._parts, int((~kept).sum()),
            tuple(self._problems), self._more,
        )  # fmt: skip


def _mark(answer: Any, raw: Any) -> int:
    """A number that is the same for the same answer, other than 0: 63 bits of a hash. A short text has 0, as if not answered."""
    if isinstance(answer, TextAnswer) and count_words(answer.text) < SHORTEST_TEXT:
        return 0
    digest = hashlib.blake2b(json.dumps(_bare(raw), sort_keys=True).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def _bare(value: Any, name: str = "") -> Any:
    """An answer without what makes no difference: case, spaces, dots in codes, empty entries, order where it means nothing."""
    if isinstance(value, str):
        bare = (" " if name == "text" else "").join(value.split()).casefold()
        return bare.replace(".", "") if _CODE.fullmatch(bare) else bare
    if isinstance(value, dict):
        return {key: _bare(entry, key) for key, entry in value.items()}
    if isinstance(value, list):
        entries = [_bare(entry, name) for entry in value if entry not in ("", None)]
        return sorted(entries, key=lambda entry: json.dumps(entry, sort_keys=True)) if name in SET_FIELDS else entries
    return value

