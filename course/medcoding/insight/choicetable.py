"""The distractor table: for each option and each foreseen wrong code, how many chose it and how they did elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from medcoding.insight.coded import title
from medcoding.insight.gather import Gathered
from medcoding.insight.measures import Measure, none
from medcoding.insight.tallies import Choice, Moments

IDLE = 20
"""Answers from which on a wrong option that nobody chose is named as idle."""

FEWEST, ERRORS = 5, 2.326
"""A wrong choice draws the better students where so many made it, and their mean elsewhere lies so many standard errors above
the rest's: by chance alone one option in a hundred would."""

MOST = 24
"""Rows that are kept of one exercise; variants can have hundreds, of which those chosen most often are kept."""


@dataclass(frozen=True)
class ChoiceRow:
    """One option or foreseen wrong code. `chosen` of the `offered` answers gave it; `elsewhere` is their mean score in the other exercises in
    percent, `others` that of those who could have and did not; `look` is a reason to look at it, or empty. `code` parts codes from options."""

    exercise: int
    text: str
    meaning: str
    code: bool
    right: bool
    chosen: int
    offered: int
    elsewhere: Measure
    others: Measure
    look: str = ""


def choice_table(gathered: Gathered) -> tuple[ChoiceRow, ...]:
    """Every option and foreseen wrong code, by exercise, in the order of the keys."""
    ordered = sorted(gathered.choices.items(), key=lambda entry: entry[0][0])
    found: list[ChoiceRow] = []
    for exercise, entries in groupby(ordered, key=lambda entry: entry[0][0]):
        choices = [choice for _, choice in entries]
        if len(choices) > MOST:
            choices = sorted(choices, key=lambda choice: (-choice.chosen, choice.text))[:MOST]
        found += (_row(exercise, choice) for choice in choices)
    return tuple(found)


def _row(exercise: int, choice: Choice) -> ChoiceRow:
    mine, others = choice.of_chosen, choice.of_offered.without(choice.of_chosen)
    meaning = title(choice.text, choice.kind, choice.on) if choice.kind else ""
    return ChoiceRow(
        exercise, choice.text, meaning, choice.kind is not None, choice.right, choice.chosen, choice.offered, _mean(mine), _mean(others),
        _look(choice, mine, others),
    )  # fmt: skip


def _mean(moments: Moments) -> Measure:
    return none("Nobody with a score elsewhere.") if moments.mean is None else Measure(moments.mean, moments.n)


def _look(choice: Choice, mine: Moments, others: Moments) -> str:
    if choice.right:
        return ""
    if not choice.chosen:
        return "nobody chose it" if choice.offered >= IDLE and choice.kind is None else ""
    above = mine.above(others)
    return "draws the better students" if choice.chosen >= FEWEST and above is not None and above > ERRORS else ""
