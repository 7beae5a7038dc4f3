"""A study plan as a picture: a row for each domain, a column for each week, with the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medcoding.codes.pictures.days import spoken
from medcoding.codes.pictures.drawing import box, line, lines, painted, text, width_of, wrap
from medcoding.codes.pictures.picture import WIDTH, Picture, plural

if TYPE_CHECKING:
    from medcoding.learning.studyplan import Plan, Week

_NAMES, _LEFT, _RIGHT = 196.0, 206.0, 690.0
_SIZE, _STEP = 13.0, 16.0
_HEAD, _FOOT = 48.0, 58.0
_LOOKS = {"learn": "more", "review": "first"}


def gantt(plan: Plan, title: str) -> Picture:
    """Bars of the weeks in which each domain is learned or reviewed, days of mock exams, and hours by domain."""
    column = (_RIGHT - _LEFT) / len(plan.weeks)
    shapes: dict[str, list[str]] = {"more": [], "first": [], "faint": [], "rule": []}
    words = [
        text(_NAMES, 36, "Week", anchor="end", bold=True),
        text(WIDTH - 4, 36, "Hours", anchor="end", bold=True),
        *_numbers(plan, column),
    ]
    top = _HEAD
    for domain in plan.weights:
        named = wrap(domain, _NAMES - 4, _SIZE)
        height = _STEP * len(named) + 8
        middle = top + height / 2
        words.append(lines(_NAMES, middle + 4.5 - _STEP * (len(named) - 1) / 2, named, size=_SIZE, step=_STEP, anchor="end"))
        words.append(text(WIDTH - 4, middle + 5, _number(plan.hours_of(domain)), anchor="end"))
        shapes["rule"].append(line(_LEFT, top, _RIGHT, top))
        for n, week in enumerate(plan.weeks):
            if week.quarters[domain]:
                shapes[_LOOKS[week.kind]].append(box(_LEFT + n * column + 0.75, middle - 8, max(1.0, column - 1.5), 16, radius=1.5))
        top += height
    shapes["rule"].append(line(_LEFT, top, _RIGHT, top))
    shapes["faint"] += [box(_LEFT + n * column, _HEAD, column, top - _HEAD, radius=0) for n, week in enumerate(plan.weeks) if week.kind == "off"]
    words += [
        text(_NAMES, top + 18, "Mock exam", anchor="end", bold=True), text(WIDTH - 4, top + 18, _number(plan.hours), anchor="end", bold=True),
        *(text(_LEFT + (n + 0.5) * column, top + 18, "◆", anchor="middle") for n, week in enumerate(plan.weeks) if week.mock),
    ]  # fmt: skip
    words += _legend(plan, shapes, top + 46)
    body = "".join(painted(look, shapes[look]) for look in ("faint", "rule", "more", "first")) + "".join(words)
    caption = f"{spoken(plan.weeks[0].first)} to {spoken(plan.weeks[-1].last)}, {_number(plan.hours)} hours; exam on {spoken(plan.exam)}"
    told = _sentences(plan)
    return Picture(title, caption, " ".join(told), body, top + _FOOT, told, _table(plan))


def _numbers(plan: Plan, column: float) -> list[str]:
    """The numbers of the weeks, as many as there is room for."""
    every = next(n for n in (1, 2, 4, 8, 13, 26) if n * column >= width_of("104", 12) + 4 or n == 26)
    return [
        text(_LEFT + (n + 0.5) * column, 36, str(week.number), size=12, anchor="middle")
        for n, week in enumerate(plan.weeks)
        if n % every == 0
    ]


def _legend(plan: Plan, shapes: dict[str, list[str]], y: float) -> list[str]:
    entries = [("more", "learned"), ("first", "reviewed"), *([("faint", "week off")] if any(week.kind == "off" for week in plan.weeks) else [])]
    found, x = [], _LEFT
    for look, name in entries:
        shapes[look].append(box(x, y - 11, 22, 13, radius=1.5))
        found.append(text(x + 28, y, name, size=_SIZE))
        x += 28 + width_of(name, _SIZE) + 20
    if plan.mocks:
        found.append(text(x, y, "◆ mock exam", size=_SIZE))
    return found


def _sentences(plan: Plan) -> tuple[str, ...]:
    kinds = {kind: [week for week in plan.weeks if week.kind == kind] for kind in ("learn", "review", "off")}
    most = max(plan.weights, key=plan.hours_of)
    parts = [
        f"One row for each domain, one column for each of {plural(len(plan.weeks), 'week')}; solid bars are weeks of learning, outlined ones of review.",
        f"In weeks {_span(kinds['learn'])} the domains are learned one after another"
        + (f"; {'week' if len(kinds['review']) == 1 else 'weeks'} {_span(kinds['review'])} {'reviews' if len(kinds['review']) == 1 else 'review'} them all." if kinds["review"] else "."),
        f"The most hours go to {most}, {_number(plan.hours_of(most))} of {_number(plan.hours)}.",
    ]
    if kinds["off"]:
        parts.append(f"Without study: {', '.join(f'week {week.number}' for week in kinds['off'])}.")
    if plan.mocks:
        parts.append(f"Mock exams: {', '.join(map(spoken, plan.mocks))}.")
    return (*parts, f"The exam is on {spoken(plan.exam)}.")


def _span(weeks: list[Week]) -> str:
    first, last = weeks[0].number, weeks[-1].number
    return str(first) if first == last else f"{first} and {last}" if len(weeks) == 2 else f"{first} to {last}"


def _table(plan: Plan) -> tuple[tuple[str, ...], ...]:
    rows = []
    for domain in plan.weights:
        learned = [week for week in plan.weeks if week.quarters[domain] and week.kind == "learn"]
        reviewed = [week for week in plan.weeks if week.quarters[domain] and week.kind == "review"]
        rows.append((domain, *(_span(found) if found else "–" for found in (learned, reviewed)), _number(plan.hours_of(domain))))
    return (("Domain", "Learned in weeks", "Reviewed in weeks", "Hours"), *rows, ("total", "", "", _number(plan.hours)))


def _number(hours: float) -> str:
    return f"{hours:,.2f}".rstrip("0").rstrip(".")
