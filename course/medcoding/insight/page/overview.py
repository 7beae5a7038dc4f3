"""The first sections of a class's page: what to look at, the scores, reliability, and the table of exercises."""

from __future__ import annotations

from collections.abc import Iterator

from medcoding.findings import format_points
from medcoding.insight.analysis import Analysis
from medcoding.insight.distribution import BINS
from medcoding.insight.itemtable import WEAK
from medcoding.insight.measures import UNSTEADY, Measure
from medcoding.insight.page.charts import Point, histogram, scatter
from medcoding.insight.page.document import section
from medcoding.insight.page.markup import (
    Cell,
    Column,
    Html,
    count,
    esc,
    figure,
    join,
    link,
    listing,
    number,
    percent,
    plural,
    said,
    table,
    tag,
    text,
)

CARD_REASON = 60


def exercise(analysis: Analysis, place: int) -> Html:
    """An exercise by number and title, linked to its row in the table of exercises."""
    return link(f"x{place + 1}", f"{place + 1}. {analysis.gathered.graded.exercises[place].title}")


def exercise_cell(analysis: Analysis, place: int) -> Cell:
    """The same as a cell, sorted by number."""
    return Cell(exercise(analysis, place), float(place + 1))


def looks(analysis: Analysis) -> Html:
    """What deserves a look first, each with a link to where it stands."""
    return section(
        "first", "What to look at first", listing(_looks(analysis), "Nothing stands out. That is no proof that all is well; the tables below tell more."),
        tag("p", "Everything here is a reason to look, found by figures alone. Read the exercise or the answers before you decide anything.", class_="how"),
    )  # fmt: skip


def _looks(analysis: Analysis) -> Iterator[Html]:
    gathered, table_ = analysis.gathered, analysis.items
    waiting = sum(row.waiting for row in table_.rows)
    if waiting:
        yield join(plural(waiting, "answer"), f" {'waits' if waiting == 1 else 'wait'} for a grader; the figures below leave them out.")
    if gathered.ungraded:
        yield join(plural(gathered.ungraded, "submission"), f" {'is' if gathered.ungraded == 1 else 'are'} not graded yet and left out. Run: medcoding grade {gathered.graded.assignment}")
    if gathered.problems:
        more = len(gathered.problems) + gathered.more_problems
        yield join(plural(more, "record"), " could not be read: ", link("problems", "the list"), ".")
    for row in table_.rows:
        for look in row.looks:
            if look.startswith(("the better students", "very hard")):
                yield join(exercise(analysis, row.exercise), f": {look}.")
    for choice in analysis.choices:
        if choice.look == "draws the better students":
            yield join(exercise(analysis, choice.exercise), f": the wrong choice “{_cut(choice.text)}” draws the better students (", link("choices", "choices"), ").")
    for item in analysis.fairness:
        for variant in item.harder:
            yield join(exercise(analysis, item.exercise), f": variant {variant.variant} is harder than its siblings (", link("variants", "variants"), ").")
    if analysis.likeness.pairs:
        pairs = len(analysis.likeness.pairs)
        yield join(plural(pairs, "pair"), f" of students {'shares' if pairs == 1 else 'share'} more wrong answers than chance explains (", link("likeness", "likeness"), ").")
    if analysis.same_texts:
        yield join(plural(len(analysis.same_texts), "written text"), " came from more than one student (", link("likeness", "likeness"), ").")


def _cut(text: str, most: int = 70) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def scores(analysis: Analysis) -> Html:
    """The distribution of scores, and how far it can be trusted."""
    spread, found = analysis.distribution, analysis.items.reliability
    cards = tag("dl", *(
        tag("div", tag("dt", name), tag("dd", *shown)) for name, shown in (
            ("Mean score", _card(spread.mean, 1, "%")),
            ("Median", _card(spread.median, 1, "%")),
            ("Standard deviation", _card(spread.deviation, 1, "%")),
            ("Reliability (Cronbach's alpha)", _card(found.alpha, 2)),
            ("Standard error of measurement", _card(found.sem, 2, " points")),
        )
    ), class_="cards")  # fmt: skip
    return section("scores", "Scores", cards, _chart(analysis), *_reliability(analysis))


def _card(measure: Measure, digits: int, unit: str = "") -> list[Html]:
    if measure.value is None:
        return [tag("small", f"Not known: {measure.reason}")]
    shown = [esc(number(measure.value, digits) + unit)]
    if measure.low is not None and measure.high is not None:
        shown.append(tag("small", f"95% interval {number(measure.low, digits)} to {number(measure.high, digits)}"))
    return shown


def _chart(analysis: Analysis) -> Html:
    spread = analysis.distribution
    if not spread.n or spread.mean.value is None:
        return tag("p", "There are no scores to show.")
    labels = [f"{10 * place}–{10 * place + 9}" for place in range(BINS - 1)] + ["90–100"]
    full = ", ".join(f"{label}%: {count_}" for label, count_ in zip(labels, spread.counts, strict=True) if count_)
    told = (
        f"{plural(spread.n, 'student')} by score. {full}. The middle half lies between {number(spread.lower_quartile.value or 0, 0)} and "
        f"{number(spread.upper_quartile.value or 0, 0)}%; lowest {number(spread.lowest.value or 0, 0)}%, highest {number(spread.highest.value or 0, 0)}%."
    )
    return histogram(
        "histogram", "Distribution of scores", told, spread.counts, labels, "score in percent, before any late penalty", "students", spread.mean.value / 100
    )


def _reliability(analysis: Analysis) -> Iterator[Html]:
    table_, found = analysis.items, analysis.items.reliability
    basis = f"{plural(table_.students, 'student')} with all scores and {plural(table_.exercises, 'exercise')}"
    yield tag("p", f"Alpha and the standard error rest on {basis}. Alpha is {said(found.alpha)}", "." if found.alpha.value is not None else "")
    if found.kr20.value is not None:
        yield tag("p", f"Every exercise gives all its points or none, so KR-20 can be worked out too: {number(found.kr20.value)}.")
    if found.sem.value is not None:
        yield tag("p", f"A student's points on a like assignment would lie within ±{number(found.sem.value)} of the true ones in about two cases of three.")
    if table_.left_out:
        yield join(tag("p", "Left out of alpha, because half of the class or more wait for a grader there: "), tag("ul", *(tag("li", exercise(analysis, one)) for one in table_.left_out)))
    if analysis.distribution.n < UNSTEADY:
        yield tag("p", f"This is a small class ({plural(analysis.distribution.n, 'student')}): discrimination and alpha would come out differently in the next one.", class_="notice")
    yield tag("p", "How to read it: alpha near 1 means that the same students would rank alike on a like assignment; for decisions about single students 0.8 and more is usual. "
              "Homework that everybody may repeat until it is right has a low alpha by its nature.", class_="how")  # fmt: skip


def exercises(analysis: Analysis) -> Html:
    """Difficulty against discrimination, and the table of exercises."""
    graded = analysis.gathered.graded
    columns = [
        Column("Exercise"), Column("Form"), Column("Points", True), Column("Difficulty p", True), Column("All points", True), Column("No answer", True),
        Column("Discrimination (95% interval)", True), Column("Alpha without it", True), Column("Look at it because"),
    ]  # fmt: skip
    rows, names = [], []
    for row in analysis.items.rows:
        one = graded.exercises[row.exercise]
        title = f"{row.exercise + 1}. {one.title}"
        rows.append([
            Cell(join(title, tag("span", f" {one.notebook}", class_="ci sub")), float(row.exercise + 1)), text(one.form), Cell(esc(format_points(one.maximum)), one.maximum, True),
            figure(row.p, bar=True), count(row.full), count(row.omitted), figure(row.discrimination, interval=True), figure(row.without, 3), text("; ".join(row.looks), class_="look"),
        ])  # fmt: skip
        names.append(f"x{row.exercise + 1}")
    return section(
        "exercises", "Exercises", _map(analysis), table("items", "Difficulty and discrimination of each exercise", columns, rows, ids=names),
        tag("p", "Difficulty p is the mean share of the points: 1 is easiest. Discrimination is the correlation of the points here with the points in all other exercises: "
            f"from {WEAK:g} on an exercise tells those who know from those who do not; near 0 it tells nothing, below 0 the key may be wrong. "
            "“Alpha without it” above the alpha of the whole means that the exercise measures something else than the others.", class_="how"),
    )  # fmt: skip


def _map(analysis: Analysis) -> Html:
    points = [
        Point(row.p.value, row.discrimination.value, str(row.exercise + 1), row.discrimination.value < 0 or row.p.value < 0.3)
        for row in analysis.items.rows
        if row.p.value is not None and row.discrimination.value is not None
    ]
    if len(points) < 2:
        return Html("")
    low = sum(point.y < WEAK for point in points)
    told = (
        f"{plural(len(points), 'exercise')} by difficulty (across, easy to the right) and discrimination (up). {low} lie below the dashed line at {WEAK:g}. "
        f"Diamonds with a number, {sum(point.marked for point in points)} of them, are very hard or discriminate the wrong way round; the table below has every value."
    )
    return scatter("map", "Exercises by difficulty and discrimination", told, points, "difficulty p", "discrimination", [WEAK])


def about(analysis: Analysis) -> str:
    """Who and what the page speaks of, in a line."""
    graded = analysis.gathered.graded
    n = analysis.distribution.n
    due = f"Due {graded.due:%Y-%m-%d %H:%M} UTC. " if graded.due else ""
    late = sum(one.penalty > 0 for one in analysis.gathered.standings)
    lateness = f" {plural(late, 'of them has', 'of them have')} a late penalty, which is not taken off here." if late else ""
    return (
        f"{due}{plural(n, 'graded submission')} of {plural(graded.enrolled, 'student')} ({percent(n / graded.enrolled) if graded.enrolled else '–'} of the class), "
        f"{plural(len(graded.exercises), 'exercise')}, {format_points(graded.possible)} points.{lateness}"
    )
