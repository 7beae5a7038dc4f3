"""What a mock exam says before it starts, as HTML and as plain text: what, how long, which rules, what is missing."""

from __future__ import annotations

import html

from medcoding.learning.paper import Paper
from medcoding.learning.sittings import file_name


def heading(paper: Paper) -> str:
    """The name of the paper and its draw."""
    return f"{paper.blueprint.title}, draw {paper.seed}"


def counted(number: int, thing: str) -> str:
    """A number with its thing: "1 seat", "2 seats"."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def size(paper: Paper) -> str:
    """How many seats and how much time, and what is missing of both."""
    seats, whole = len(paper.seats), paper.blueprint.seats
    if paper.whole:
        return f"{counted(seats, 'seat')}, {counted(paper.minutes, 'minute')}."
    if not seats:
        return f"This paper has {counted(whole, 'seat')}, and none of the exercises here fits any of them."
    return (
        f"A shortened paper: {seats} of {counted(whole, 'seat')}, and in proportion {paper.minutes} of {counted(paper.blueprint.minutes, 'minute')}. "
        f"{counted(whole - seats, 'seat')} {'is' if whole - seats == 1 else 'are'} missing, because the exercises that you have so far are too few."
    )


def missing_words(paper: Paper) -> str:
    """The missing seats by area: "surgery: skin and breast 6 of 6; cases 4 of 10"."""
    return "; ".join(f"{paper.blueprint.area(one.area).name} {one.wanted - one.drawn} of {one.wanted}" for one in paper.missing)


def rules(paper: Paper, previews: bool) -> list[str]:
    """What holds for this paper, a sentence or two each."""
    plan = paper.blueprint
    pauses = plan.pauses
    pilots = sum(paper.area(number).pilot for number in range(len(paper.seats)))
    said = [
        f"Passed, by this course's own mark, is {plan.passing:g}% of the points. It is no forecast of an exam.",
        "The clock runs on while this computer sleeps or the notebook is closed. When the time is up, the paper is handed in by itself.",
        f"You may pause {'once' if pauses.count == 1 else f'{pauses.count} times'}, {counted(pauses.minutes, 'minute')} at most"
        f"{'' if pauses.count == 1 else ' each'}. The exercise is hidden meanwhile. At a test center the clock runs on."
        if pauses.count and pauses.minutes
        else "This paper cannot be paused.",
        "Open book: the code search and the encoder are at hand, except where an exercise says closed book. "
        "There are no hints, and nothing is checked before you hand in.",
        "You can go back to any seat and change its answer, and flag seats to look at again.",
        "Nothing is saved here: a preview for authors, kept while the kernel runs."
        if previews
        else f"Every change is saved at once, in {file_name(plan.name, paper.seed)} beside this notebook. After a crash, run the same cell again to go on.",
        "A draw is sat once. Another seed draws other exercises, as far as there are others.",
        "When you hand in, each answer is checked, and what it earned also counts as practice.",
    ]
    if pilots:
        said.insert(1, f"{counted(pilots, 'seat')} {'is a pilot seat' if pilots == 1 else 'are pilot seats'}: asked like all others, and not counted. Which, you read in the report.")
    return [*said, *plan.notes]


def start_html(paper: Paper, previews: bool, unread: list[str], met: int = 0) -> str:
    """The page before the start; `met` is how many of its exercises were practiced before."""
    plan = paper.blueprint
    gone = {one.area: one for one in paper.missing}
    rows = []
    for area in plan.areas:
        drawn = gone[area.id].drawn if area.id in gone else area.seats
        lacking = f"<strong>{area.seats - drawn}</strong>" if area.id in gone else "none"
        rows.append(f"<tr><th scope='row'>{html.escape(area.name)}</th><td>{area.seats}</td><td>{drawn}</td><td>{lacking}</td></tr>")
    table = (
        "<table class='mc-data'><caption>Seats by area</caption><thead><tr><th scope='col'>Area</th><th scope='col'>Seats of the paper</th>"
        f"<th scope='col'>In this draw</th><th scope='col'>Missing</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    short = "" if paper.whole else f"<p data-mc='mock-missing'><strong>Missing:</strong> {html.escape(missing_words(paper))}.</p>"
    source = f"<p class='mc-help'>Source of the counts: {html.escape(plan.source)}, as of {html.escape(plan.as_of)}.</p>" if plan.source else ""
    known = (
        f"<p data-mc='mock-met'>You have practiced {met} of these {counted(len(paper.seats), 'exercise')} before, so the result will look better than it is.</p>"
        if met
        else ""
    )
    unreadable = "".join(f"<p class='mc-alert'>Not read: {html.escape(one[:400])}</p>" for one in unread)
    return (
        f"<p data-mc='mock-size'><strong>{html.escape(size(paper))}</strong></p>{short}{known}{unreadable}"
        f"<ul>{''.join(f'<li>{html.escape(rule)}</li>' for rule in rules(paper, previews))}</ul>"
        f"<details{'' if paper.whole else ' open'}><summary>Seats by area</summary>{table}</details>{source}"
    )


def start_text(paper: Paper) -> str:
    """The same in short, for where no form can be shown."""
    lines = [f"Mock exam: {heading(paper)}.", size(paper)]
    if paper.missing:
        lines.append(f"Missing: {missing_words(paper)}.")
    return "\n".join(lines)
