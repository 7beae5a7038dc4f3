"""The report of a mock exam, as HTML and as plain text: the result, the areas as bars and as a table, and every seat."""

from __future__ import annotations

import html

from medcoding.findings import format_points
from medcoding.forms import score
from medcoding.items.render import feedback_html
from medcoding.learning.report import Reading, Report, SeatResult
from medcoding.widgets.mock_desk import Desk
from medcoding.widgets.mock_page import counted, heading


def span(milliseconds: int) -> str:
    """A time in words: "48 s", "12 min 5 s", "1 h 2 min"."""
    seconds = milliseconds // 1000
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def verdict(found: Report) -> str:
    """The result in a sentence or two."""
    if found.passed is None:
        return "Nothing of this paper could be scored."
    reached = "reached" if found.passed else "not reached"
    return (
        f"{found.percent:.0f}%: {format_points(found.earned)} of {counted(found.possible, 'point')}. "
        f"The course's pass mark of {found.passing:g}% is {reached}."
    )


def remarks(desk: Desk, found: Report) -> list[str]:
    """How the sitting ended, and what the result leaves out."""
    sitting = desk.sitting
    assert sitting is not None and sitting.handed is not None
    by = "Handed in by the clock, when the time was up" if sitting.handed.by == "time" else "Handed in by you"
    said = [f"{by}. Time used: {span(sitting.spent)} of {counted(desk.paper.minutes, 'minute')}."]
    if not desk.paper.whole:
        said.append(f"This was a shortened paper: {len(desk.paper.seats)} of {counted(desk.paper.blueprint.seats, 'seat')}.")
    if found.pilots:
        said.append(f"{counted(found.pilots, 'pilot seat')} not counted.")
    if found.gone:
        said.append(f"{counted(found.gone, 'seat')} not counted, since the exercise is no longer in its folder: fetch its assignment again to read it.")
    return said


def report_text(desk: Desk) -> str:
    """The report as plain text."""
    found = desk.report()
    lines = [f"Mock exam: {heading(desk.paper)}. {verdict(found)}", *remarks(desk, found)]
    lines += [f"  {area.name}: {area.percent:.0f}% ({format_points(area.earned)} of {area.possible}, {format_points(area.lost)} lost)" for area in found.areas]
    lines += [f"  Read again lesson {one.lesson}: {_lost(one)}" for one in found.again]
    return "\n".join(lines)


def report_html(desk: Desk) -> str:
    """The report; what is opened of a seat is asked for by `seat_html`."""
    found = desk.report()
    said = "".join(f"<p>{html.escape(one)}</p>" for one in remarks(desk, found))
    seats = "".join(_seat(desk, seat) for seat in found.seats)
    return (
        f"<p class='mc-count' data-mc='mock-verdict'>{html.escape(verdict(found))}</p>{said}{areas_html(found)}{again_html(found)}"
        f"<h5>Every seat, with its answer and why</h5><div class='mc-mock-seats'>{seats}</div>"
    )


def areas_html(found: Report) -> str:
    """The areas as a picture of bars with the pass mark, and the same as a table."""
    if not found.areas:
        return ""
    said = "; ".join(f"{area.name}: {area.percent:.0f}%" for area in found.areas)
    label = html.escape(f"Result by area; the pass mark is {found.passing:g}%. {said}.")
    bars = "".join(
        f"<div class='mc-mastery-row'><span>{html.escape(area.name)}</span>"
        f"<span class='mc-bar mc-mock-bar'><span class='mc-fill' style='width:{area.percent:.0f}%'></span>"
        f"<span class='mc-mock-mark' style='left:{found.passing:g}%'></span></span>"
        f"<span>{format_points(area.earned)} of {counted(area.possible, 'point')}, {area.percent:.0f}%</span></div>"
        for area in found.areas
    )
    cells = "".join(
        f"<tr><th scope='row'>{html.escape(area.name)}</th><td>{area.seats}</td><td>{format_points(area.earned)} of {area.possible}</td>"
        f"<td>{format_points(area.lost)}</td><td>{area.percent:.0f}%</td></tr>"
        for area in found.areas
    )
    return (
        f"<div class='mc-mastery' role='img' aria-label='{label}' data-mc='mock-areas'>"
        f"<div class='mc-mastery-title'>By area, where most was lost first; the line is the pass mark, {found.passing:g}%</div>{bars}</div>"
        "<details><summary>By area, as a table</summary><table class='mc-data' data-mc='mock-table'><caption>Result by area</caption>"
        "<thead><tr><th scope='col'>Area</th><th scope='col'>Seats</th><th scope='col'>Points</th><th scope='col'>Lost</th><th scope='col'>Percent</th></tr></thead>"
        f"<tbody>{cells}</tbody></table></details>"
    )


def _lost(one: Reading) -> str:
    """The points lost on a lesson's exercises, and their seats."""
    seats = ", ".join(str(number + 1) for number in one.seats)
    return f"{counted_points(one.lost)} lost, seat{'' if len(one.seats) == 1 else 's'} {seats}"


def counted_points(points: float) -> str:
    """Points in words: "1 point", "2.5 points"."""
    said = format_points(points)
    return f"{said} point{'' if said == '1' else 's'}"


def again_html(found: Report) -> str:
    """The lessons to read again, the one on which most was lost first."""
    if not found.again:
        return ""
    rows = "".join(f"<li>Lesson {html.escape(one.lesson)}: {html.escape(_lost(one))}</li>" for one in found.again)
    return f"<h5>To read again</h5><ol data-mc='mock-again'>{rows}</ol>"


def _seat(desk: Desk, seat: SeatResult) -> str:
    place = desk.place(seat.number)
    title = place.item.title if place else seat.item
    earned = "not scored" if seat.share is None else f"{format_points(seat.points * seat.share)} of {counted(seat.points, 'point')}"
    more = ["" if seat.answered else "no answer", "flagged" if seat.flagged else "", "pilot seat, not counted" if seat.pilot else ""]
    name = f"Seat {seat.number + 1}, {title}: {', '.join(filter(None, [earned, *more]))}; {span(seat.spent)}"
    return (
        f"<details data-seat='{seat.number}' data-mc='mock-seat'><summary>{html.escape(name)}</summary>"
        f"<p class='mc-help'>{html.escape(desk.paper.area(seat.number).name.capitalize())}</p><div class='mc-checked'></div></details>"
    )


def seat_html(desk: Desk, number: int) -> str:
    """Question, answer, key and why of one seat, as practice shows them; only of a sitting that is handed in."""
    if not desk.handed or desk.sitting is None:
        return "<p>Feedback comes after handing in.</p>"
    place = desk.place(number)
    if place is None or place.keyed is None:
        return "<p>This exercise is no longer in its folder. Fetch its assignment again to read it.</p>"
    answer = desk.sitting.seats[number].answer
    found = desk.scored(number)
    if found is None:
        if answer is not None:
            return "<p>This exercise was changed since, and reads your answer no more.</p>"
        found = score(place.keyed, {})
    return feedback_html(place.keyed, answer, found, show_key=True)
