"""Spaced repetition: what a practice answer is worth as a review, and when the item comes back.

The algorithm is FSRS-6 (the `fsrs` library, with its published default weights); its random fuzz is off, so the same
answers at the same times give the same dates everywhere. Nothing here reads a clock: every time is handed in, in UTC.

A *showing* is one display of an item; each press of Check in it is a try. A showing is one review, rated by what the
first try earned and by how many tries there were:

    earned on the first try      1 try     2 tries    3 or more
    all of the points            Easy *    Good       Good
    at least 80% of them         Good      Good       Hard
    at least 50%                 Hard      Hard       Again
    less                         Again     Again      Again

    * Good where the item was never reviewed before: a first right answer may be a guess.

The key is shown with the first feedback, so a later try never raises a rating. 80% is the course's line of mastery.
What is rated Again comes back after ten minutes, Hard on a new item after fifteen; all else after whole days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fsrs import Card, Rating, Scheduler, State
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from medcoding.forms import FORMS
from medcoding.items.models import PublicItem, Use

NEARLY = 0.8
"""From this share of the points on, a first try is nearly right; also the level of mastery that practice aims at."""
HALF = 0.5
SHARES_KEPT = 5
AGAIN_AFTER = timedelta(minutes=10)
LONGEST_DAYS = 180
"""No item stays away for longer than half a year: longer than the course, shorter than a code set's edition."""
MAX_STABILITY = 36_500.0

_SCHEDULER = Scheduler(
    learning_steps=(AGAIN_AFTER,), relearning_steps=(AGAIN_AFTER,), maximum_interval=LONGEST_DAYS, enable_fuzzing=False
)
_STAGES = {"learning": State.Learning, "review": State.Review, "relearning": State.Relearning}


def _in_utc(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2200:
        raise ValueError(f"expected a year from 2000 to 2200, found {value.year}")
    return value.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Practised(BaseModel):
    """What is remembered of one item: its FSRS memory, and what the first tries of its last showings earned (newest last)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: Literal["learning", "review", "relearning"]
    stability: Annotated[float, Field(ge=0.001, le=MAX_STABILITY, allow_inf_nan=False)]
    difficulty: Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)]
    due: Moment
    last: Moment
    reviews: Annotated[int, Field(ge=1, le=1_000_000)]
    shares: Annotated[tuple[Share, ...], Field(min_length=1, max_length=SHARES_KEPT)]

    @model_validator(mode="after")
    def _in_order(self) -> Practised:
        if not self.last < self.due <= self.last + timedelta(days=LONGEST_DAYS):
            raise ValueError(f"expected it to be due within {LONGEST_DAYS} days after its last review")
        return self

    def card(self) -> Card:
        """As a card of the library."""
        step = None if self.stage == "review" else 0
        return Card(1, _STAGES[self.stage], step, self.stability, self.difficulty, self.due, self.last)


@dataclass(frozen=True)
class Showing:
    """One display of an item: what was remembered `before` it, the time and the share of its first try, and its tries.

    Raises:
        ValueError: `at` is not in UTC or not of this age, or the share lies outside 0 to 1.
    """

    before: Practised | None
    at: datetime
    first: float
    tries: int = 1

    def __post_init__(self) -> None:
        if self.at.tzinfo != UTC or not 0 <= self.first <= 1 or self.tries < 1:
            raise ValueError(f"expected a time in UTC, a share from 0 to 1 and at least one try; found {self}")
        if not 2000 <= self.at.year <= 2199:
            raise ValueError(f"The clock of this machine says {self.at:%Y-%m-%d}. Set it right; until then practice is not remembered.")

    def again(self) -> Showing:
        """The same showing after one more try."""
        return Showing(self.before, self.at, self.first, self.tries + 1)

    def after(self) -> Practised:
        """What is remembered after this showing. However many tries there were, it is one review at the time of the first."""
        before = self.before
        card = before.card() if before else Card(1, State.Learning, 0, due=self.at)
        card, _ = _SCHEDULER.review_card(card, rate(self.first, self.tries, new=before is None), self.at)
        assert card.stability is not None and card.difficulty is not None
        return Practised(
            stage="learning" if card.state is State.Learning else "review" if card.state is State.Review else "relearning",
            stability=min(card.stability, MAX_STABILITY),
            difficulty=card.difficulty,
            due=card.due,
            last=self.at,
            reviews=min((before.reviews if before else 0) + 1, 1_000_000),
            shares=(*(before.shares if before else ()), self.first)[-SHARES_KEPT:],
        )


def rate(first: float, tries: int = 1, *, new: bool = False) -> Rating:
    """The rating of a showing, by the table above. `first` is the share that the first try earned, `new` a first review."""
    if first >= 1:
        return Rating.Easy if tries == 1 and not new else Rating.Good
    if first >= NEARLY:
        return Rating.Good if tries <= 2 else Rating.Hard
    if first >= HALF and tries <= 2:
        return Rating.Hard
    return Rating.Again


def recall(practised: Practised, now: datetime) -> float:
    """The chance, 0 to 1, that FSRS gives an item of being recalled at `now`: 1 on the day of its review, then falling."""
    return float(_SCHEDULER.get_card_retrievability(practised.card(), now))


@dataclass(frozen=True)
class Candidate:
    """What choosing and mastery need to know of an item that may be practised."""

    id: str
    lesson: str
    objectives: tuple[int, ...] = ()
    domains: tuple[str, ...] = ()


PRACTICE: tuple[Use, ...] = ("practice",)


def candidates(released: Iterable[PublicItem], uses: Collection[Use] = PRACTICE) -> list[Candidate]:
    """The items that may be practised, in the order given: those of use `practice` (or `uses`) whose key came with them.

    Left out are graded items, and forms that a grader reads, since Check cannot tell what they earned.
    """
    found: dict[str, Candidate] = {}
    for item in released:
        keyed = item.keyed
        if item.use not in uses or keyed is None or FORMS[item.form].manual:
            continue
        found.setdefault(
            item.id,
            Candidate(
                item.id, str(keyed.get("lesson", "")), tuple(keyed.get("objectives", ())), tuple(keyed.get("domains", ()))
            ),
        )
    return list(found.values())
