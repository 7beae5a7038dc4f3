"""What practice has come to, for `progress`: due items, streak, and mastery as bars with the same figures as a table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from medcoding.items.domains import domain_name
from medcoding.learning.mastery import Mastery, by_domain, by_objective, due_count, streak
from medcoding.learning.schedule import candidates
from medcoding.widgets.places import objectives, practice_items
from medcoding.widgets.reviews import now, remembered

BASIS = (
    "Each bar: what your first tries earned, times the chance that you would still know it today. Later tries help you learn and change no bar. "
    "Objectives without practice exercises here have no bar."
)
UNSEEN = "not practiced yet"


def practised(folder: Path) -> dict[str, str]:
    """Practice in a folder: {"text": a sentence, "html": bars and tables}; both empty where nothing can be practised."""
    pool = candidates(practice_items(folder))
    if not pool:
        return {"text": "", "html": ""}
    state, problem = remembered(folder)
    at = now()
    text = sentence(due_count(pool, state, at), streak(state.days, at.date()), sum(one.id not in state.items for one in pool))
    texts = objectives(folder)
    body = _part("Mastery by objective", ((_objective(row, texts), row) for row in by_objective(pool, state, at)))
    body += _part("Mastery by exam area", ((domain_name(row.name), row) for row in by_domain(pool, state, at)))
    body += f"<p class='mc-help'>{BASIS}</p>" if body else ""
    told = f"<p class='mc-alert' role='alert'>{html.escape(problem)}</p>" if problem else ""
    return {"text": text, "html": f"<p class='mc-count' data-mc='practice-text'>{text}</p>{told}{body}"}


def _objective(row: Mastery, texts: Mapping[str, Sequence[str]]) -> str:
    """An objective with its lesson, in words where they came along, else by its number."""
    known = texts.get(row.lesson, ())
    number = int(row.name)
    return f"{row.lesson}: {known[number - 1].rstrip('.')}" if number <= len(known) else f"Lesson {row.lesson}, objective {number}"


def sentence(due: int, days: int, new: int) -> str:
    """Due items, new ones and the streak in words."""
    run = f"practiced {days} {'day' if days == 1 else 'days'} running" if days else "no streak of days yet"
    return f"Practice: {due} due, {new} new, {run}."


def percent(row: Mastery) -> str:
    """A value of mastery as a reader sees it."""
    return UNSEEN if row.value is None else f"{100 * row.value:.0f}%"


def _part(title: str, named: Iterable[tuple[str, Mastery]]) -> str:
    """One picture of bars, its text alternative, and the table with the same rows."""
    rows = list(named)
    if not rows:
        return ""
    said = "; ".join(f"{name}: {percent(row)}" for name, row in rows)
    bars = "".join(
        f"<div class='mc-mastery-row'><span>{html.escape(name)}</span>"
        f"<span class='mc-bar{'' if row.seen else ' mc-unseen'}'><span class='mc-fill' style='width:{100 * (row.value or 0):.0f}%'></span></span>"
        f"<span>{percent(row)}</span></div>"
        for name, row in rows
    )
    cells = "".join(
        f"<tr><th scope='row'>{html.escape(name)}</th><td>{percent(row)}</td><td>{row.seen} of {row.total}</td></tr>" for name, row in rows
    )
    return (
        f"<div class='mc-mastery' role='img' aria-label='{html.escape(f'{title}. {said}.')}' data-mc='mastery'>"
        f"<div class='mc-mastery-title'>{title}</div>{bars}</div>"
        f"<details><summary>{title}, as a table</summary><table class='mc-data'><caption>{title}</caption>"
        "<thead><tr><th scope='col'>What</th><th scope='col'>Mastery</th><th scope='col'>Items practiced</th></tr></thead>"
        f"<tbody>{cells}</tbody></table></details>"
    )
