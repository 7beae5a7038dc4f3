"""What to practise next, and why.

In this order, among what is released to the student:

1. items that are due, the most overdue first;
2. items never practised of the weakest objectives, the weakest first, while an objective stands below 80%;
3. items never practised, in course order;
4. nothing due and nothing new: the item that is due next, early.

The item practised last is passed over while there is another. The order is that of the candidates, never that of a dictionary.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from medcoding.learning.mastery import by_objective
from medcoding.learning.schedule import NEARLY, Candidate
from medcoding.learning.state import PracticeState


@dataclass(frozen=True)
class Choice:
    """The item chosen, and the reason as a plain sentence."""

    item: str
    reason: str


def choose(candidates: Sequence[Candidate], state: PracticeState, now: datetime, *, last: str = "") -> Choice | None:
    """The next item, or None where there is nothing to practise.

    Args:
        candidates: what may be practised, in course order; nothing else is ever chosen.
        state: what is remembered of earlier practice. Items in it that are no candidates count for nothing.
        now: the time in UTC.
        last: the item shown last, where that is known; else the one practised last.
    """
    last = last or state.last
    pool = [one for one in candidates if one.id != last] or list(candidates)
    if not pool:
        return None
    place = {one.id: number for number, one in reversed(list(enumerate(pool)))}
    seen = sorted((state.items[one.id].due, place[one.id], one.id) for one in pool if one.id in state.items)
    if seen and seen[0][0] <= now:
        return Choice(seen[0][2], f"{_since(seen[0][0], now)}.")
    new = [one for one in pool if one.id not in state.items]
    weak = {(row.lesson, row.name): row.value for row in by_objective(candidates, state, now) if row.value is not None and row.value < NEARLY}
    found = sorted(
        (weak[one.lesson, str(objective)], place[one.id], objective)
        for one in new
        for objective in one.objectives
        if (one.lesson, str(objective)) in weak
    )
    if found:
        _, number, objective = found[0]
        return Choice(pool[number].id, f"New to you, and of your weakest objective of {pool[number].lesson} (objective {objective}).")
    if new:
        return Choice(new[0].id, "New to you: the next in course order.")
    due, _, item = seen[0]
    return Choice(item, f"Nothing is due and nothing is new. This one comes next: it is due {until(due, now)}.")


def _since(due: datetime, now: datetime) -> str:
    days = (now.date() - due.date()).days
    return "Due today" if days == 0 else "Due since yesterday" if days == 1 else f"Due for {days} days"


def until(due: datetime, now: datetime) -> str:
    """The time from now to a later `due`, in words. Days are dates in UTC."""
    minutes = math.ceil((due - now).total_seconds() / 60)
    if minutes < 60:
        return "in a minute" if minutes <= 1 else f"in {minutes} minutes"
    days = (due.date() - now.date()).days
    return "later today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
