"""How well each objective and each exam domain is known, how much is due, and the streak of days.

The formula, in three steps; every value lies in 0 to 1:

- item:      m = R × s. s is the mean of what the first tries of its last showings earned (at most five), the newest
             weighing most (weights 1, 2, 3, … from the oldest on). R is the chance of recall that FSRS gives it now.
- objective: the mean of m over the items of the objective that were practised; of a domain likewise.
- unseen:    an item never practised counts for nothing, neither as right nor as wrong. Where no item was practised
             there is no value (None), which is not the same as 0; `seen` of `total` says how much the value rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from medcoding.learning.schedule import Candidate, Practised, recall
from medcoding.learning.state import PracticeState

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True)
class Mastery:
    """One objective of a lesson, or one exam domain (then `lesson` is empty): its value and what it rests on."""

    lesson: str
    name: str
    value: float | None
    seen: int
    total: int


def item_mastery(practised: Practised, now: datetime) -> float:
    """What one item contributes: chance of recall times the weighted mean of its first tries."""
    weights = range(1, len(practised.shares) + 1)
    share = sum(weight * earned for weight, earned in zip(weights, practised.shares, strict=True)) / sum(weights)
    return min(max(recall(practised, now) * share, 0.0), 1.0)


def by_objective(candidates: Sequence[Candidate], state: PracticeState, now: datetime) -> list[Mastery]:
    """Mastery of each objective that any candidate serves, by lesson and number."""
    groups = _grouped(candidates, lambda one: [(one.lesson, number) for number in one.objectives])
    return [_row(lesson, str(number), groups[lesson, number], state, now) for lesson, number in sorted(groups)]


def by_domain(candidates: Sequence[Candidate], state: PracticeState, now: datetime) -> list[Mastery]:
    """Mastery of each exam domain that any candidate serves, in the order of their names."""
    groups = _grouped(candidates, lambda one: one.domains)
    return [_row("", name, groups[name], state, now) for name in sorted(groups, key=_domain_order)]


def due_count(candidates: Sequence[Candidate], state: PracticeState, now: datetime) -> int:
    """How many candidates are due at `now`. What was never practised is not due."""
    return sum(state.items[name].due <= now for name in {one.id for one in candidates} & state.items.keys())


def streak(days: Iterable[date], today: date) -> int:
    """How many days running there was a scored practice, up to today, or up to yesterday while today has none yet.

    A day is a date in UTC. Days after today are passed over.
    """
    known = set(days)
    day = today if today in known else today - timedelta(days=1)
    count = 0
    while day in known:
        count += 1
        if day == date.min:
            break
        day -= timedelta(days=1)
    return count


def _grouped(candidates: Iterable[Candidate], groups: Callable[[Candidate], Iterable[Group]]) -> dict[Group, list[str]]:
    found: dict[Group, list[str]] = {}
    for one in candidates:
        for group in groups(one):
            found.setdefault(group, []).append(one.id)
    return found


def _row(lesson: str, name: str, items: Sequence[str], state: PracticeState, now: datetime) -> Mastery:
    values = [item_mastery(state.items[item], now) for item in items if item in state.items]
    return Mastery(lesson, name, sum(values) / len(values) if values else None, len(values), len(items))


def _domain_order(name: str) -> tuple[str, int]:
    return name[:1], int(name[1:]) if name[1:].isdigit() else 99
