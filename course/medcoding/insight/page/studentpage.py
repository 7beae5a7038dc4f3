"""The page of one student: one sheet of paper in most cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from medcoding.findings import format_points
from medcoding.insight.mastery import Mastery, Next, OwnGroup
from medcoding.insight.page.document import document, section
from medcoding.insight.page.markup import (
    Cell,
    Column,
    Html,
    count,
    esc,
    join,
    nothing,
    percent,
    plural,
    share_cell,
    table,
    tag,
    text,
)
from medcoding.insight.profile import SAFE


def student_page(own: Mastery, made: datetime) -> str:
    """A student's page, self-contained.

    Args:
        made: when, in UTC.
    """
    title = f"Results of {own.student} in {own.assignment}"
    when = f"Submitted {own.submitted:%Y-%m-%d %H:%M} UTC. " if own.submitted else ""
    head = tag("header", tag("h1", title), tag("p", f"{when}Made {made:%Y-%m-%d %H:%M} UTC.", class_="meta"))
    main = join(_points(own), _next(own), _groups("objectives", "By objective", own.objectives, True), _groups("domains", "By exam domain", own.domains, False), _exercises(own))
    foot = tag("footer", tag("p", "The points by exercise, with what was right and why, stand in the feedback of each notebook."))
    return document(title, join(head, Html('<main id="main">\n'), main, Html("</main>\n"), foot))


def _points(own: Mastery) -> Html:
    cards = [("Points", f"{format_points(own.score)} of {format_points(own.possible)}"), ("Score", percent(min(1.0, own.score / own.possible)) if own.possible else "–")]
    if own.extra:
        cards.append(("Extra credit in it", format_points(own.extra)))
    if own.penalty:
        cards.append(("Taken off for lateness", format_points(own.penalty)))
    shown = tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in cards), class_="cards")
    waits = tag("p", f"{plural(own.waiting, 'exercise')} {'waits' if own.waiting == 1 else 'wait'} for a grader; the score can only rise.", class_="notice") if own.waiting else ""
    return section("points", "Points", shown, waits)


def _next(own: Mastery) -> Html:
    if not own.next:
        rated = [group for group in own.objectives if group.share is not None]
        told = f"Every objective is held: {percent(SAFE)} of its points or more. Keep what you know alive with due practice." if rated else "No objective has a score yet."
        return section("next", "What to practice next", tag("p", told))
    return section(
        "next", "What to practice next", tag("p", f"These objectives are below {percent(SAFE)} and cost the most points. Begin with the first."), tag("ol", *map(_advice, own.next)),
    )  # fmt: skip


def _advice(one: Next) -> Html:
    share = one.group.share or 0.0
    where = f" in notebook {one.notebook}" if one.notebook else ""
    parts: list[object] = [tag("strong", one.group.name), f" ({percent(share)}). Read the lesson “{one.lesson}”{where} again."]
    if one.practice:
        parts += [" Then practice: ", "; ".join(one.practice), "."]
    return tag("li", *parts)


def _groups(name: str, heading: str, found: Sequence[OwnGroup], lessons: bool) -> Html:
    if not found:
        return section(name, heading, tag("p", "The exercises name none."))
    columns = [Column("Objective" if lessons else "Domain"), *([Column("Lesson")] if lessons else []), Column("Exercises", True), Column("Points", True), Column("Share", True), Column("Held")]
    rows = []
    for group in found:
        share = group.share
        shown = Cell(nothing("A grader reads it first."), None, True) if share is None else share_cell(share)
        held = "" if share is None else "yes" if share >= SAFE - 1e-9 else "not yet"
        rows.append([
            text(group.name), *([text(group.lesson)] if lessons else []), count(group.exercises),
            Cell(esc(f"{format_points(group.earned)} of {format_points(group.possible)}"), group.earned, True), shown, text(held),
        ])  # fmt: skip
    return section(name, heading, table(f"{name}-table", f"{heading}: points earned and possible", columns, rows))


def _exercises(own: Mastery) -> Html:
    columns = [Column("Exercise"), Column("Notebook"), Column("Points", True), Column("Of", True), Column("Answer")]
    rows = []
    for place, one in enumerate(own.exercises, 1):
        earned = Cell(nothing("A grader reads it first."), None, True) if one.earned is None else Cell(esc(format_points(one.earned)), one.earned, True)
        state = "" if one.answered is None else "given" if one.answered else "none"
        rows.append([Cell(esc(f"{place}. {one.title}"), float(place)), text(one.notebook), earned, Cell(esc(format_points(one.possible)), one.possible, True), text(state)])
    return section("exercises", "By exercise", table("exercises-table", "Points by exercise", columns, rows))
