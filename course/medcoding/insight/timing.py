"""Time to answer, from the moments at which answers were last changed. It tells less than it seems to; `CANNOT_TELL` says what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from medcoding.insight.gather import EPOCH, Gathered
from medcoding.insight.measures import Floats, Measure, none
from medcoding.insight.results import Standing

BREAK = 30 * 60.0
"""Seconds between two answers from which on it is taken for a break, not for work."""

CLOCK = 15 * 60.0
"""How far a student's clock may be ahead of the time of submission before its times are set aside."""

FEWEST = 5

CANNOT_TELL = (
    "Kept is only when an answer was last changed. An answer that was mended later shows the time of the mending.",
    "The time between two answers holds reading, thinking, looking up and pausing alike. Over 30 minutes it is taken for a break and left out; "
    "the first answer of a student has none before it.",
    "The clock is that of the student's machine and can be set at will. Only the time of submission is the course's own.",
    "Work away from the notebook, and by whom, cannot be seen.",
)

BUCKETS = ("more than 7 days before", "2 to 7 days before", "1 to 2 days before", "in the last day", "in the last hour", "after it")


@dataclass(frozen=True)
class TimeRow:
    """One exercise: minutes since the student's answer before (median and middle half), and how often an answer was changed."""

    exercise: int
    minutes: Measure
    quarter: Measure
    three_quarters: Measure
    revisions: Measure


@dataclass(frozen=True)
class Timing:
    """Times over the class. `handed_in` counts submissions by `BUCKETS`, where there is a due date; `set_aside` students whose clock cannot be right."""

    rows: tuple[TimeRow, ...]
    handed_in: tuple[int, ...] | None
    set_aside: int
    without: int
    """Submissions whose answers carry no time at all."""


def timing(gathered: Gathered) -> Timing:
    """Time to answer by exercise, and when submissions came in."""
    at = gathered.at.copy()
    submitted = np.array([(one.submitted - EPOCH).total_seconds() if one.submitted else np.inf for one in gathered.standings])
    wrong_clock = (at > submitted[:, None] + CLOCK).any(axis=1) if len(at) else np.zeros(0, dtype=bool)
    at[wrong_clock] = np.nan
    gaps = between(at)
    rows = tuple(_row(gathered, gaps[:, exercise], exercise) for exercise in range(at.shape[1]) if gathered.graded.exercises[exercise].item)
    without = int((np.isnan(gathered.at).all(axis=1) & gathered.answered.any(axis=1)).sum())
    return Timing(rows, _handed_in(gathered.standings), int(wrong_clock.sum()), without)


def between(at: Floats) -> Floats:
    """Seconds from the answer before, of the same student; NaN for the first one, and where it was a break.

    Args:
        at: students by exercises, in seconds; NaN where not known.
    """
    order = np.argsort(at, axis=1, kind="stable")  # NaN last
    ordered = np.take_along_axis(at, order, axis=1)
    steps = np.full(at.shape, np.nan)
    steps[:, 1:] = np.diff(ordered, axis=1)
    steps[steps > BREAK] = np.nan
    gaps = np.full(at.shape, np.nan)
    np.put_along_axis(gaps, order, steps, axis=1)
    return gaps


def _row(gathered: Gathered, gaps: Floats, exercise: int) -> TimeRow:
    known = gaps[~np.isnan(gaps)] / 60
    revisions = gathered.revisions[:, exercise]
    counted = revisions[revisions > 0]
    changed = Measure(float(np.median(counted)), len(counted)) if len(counted) else none("No answer says how often it was changed.")
    if len(known) < FEWEST:
        few = none(f"{len(known)} usable {'time' if len(known) == 1 else 'times'}; {FEWEST} are needed.", len(known))
        return TimeRow(exercise, few, few, few, changed)
    quarter, median, three_quarters = (Measure(float(one), len(known)) for one in np.quantile(known, [0.25, 0.5, 0.75]))
    return TimeRow(exercise, median, quarter, three_quarters, changed)


def _handed_in(standings: tuple[Standing, ...]) -> tuple[int, ...] | None:
    """Submissions by how long before their own due date they came; None without any due date."""
    hours = [(one.due - one.submitted).total_seconds() / 3600 for one in standings if one.due and one.submitted]
    if not hours:
        return None
    counts = [0] * len(BUCKETS)
    for left in hours:
        counts[next((place for place, limit in enumerate((168, 48, 24, 1, 0)) if left >= limit), 5) if left < 168 else 0] += 1
    return tuple(counts)
