"""Sections that ask for care: times, fairness of variants, likeness of answers, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable

from medcoding.insight.analysis import Analysis
from medcoding.insight.fairness import FEWEST, VariantResult
from medcoding.insight.likeness import FEWEST as FEWEST_ERRORS
from medcoding.insight.likeness import LEVEL, Pair
from medcoding.insight.measures import none
from medcoding.insight.page.document import section
from medcoding.insight.page.markup import (
    Cell,
    Column,
    Html,
    barred,
    count,
    esc,
    figure,
    number,
    percent,
    plural,
    share_cell,
    table,
    tag,
    text,
)
from medcoding.insight.page.overview import exercise, exercise_cell
from medcoding.insight.timing import BUCKETS, CANNOT_TELL

Names = Callable[[str], str]
MOST_ALIKE, MOST_PAIRS, FEW_STUDENTS = 6, 100, 6


def times(analysis: Analysis) -> Html:
    """Time to answer, and what it cannot tell."""
    timing = analysis.timing
    columns = [Column("Exercise"), Column("Median minutes", True), Column("Middle half from", True), Column("to", True), Column("Times", True), Column("Median of changes", True)]
    rows = [
        [exercise_cell(analysis, row.exercise), figure(row.minutes, 1), figure(row.quarter, 1), figure(row.three_quarters, 1), count(row.minutes.n), figure(row.revisions, 0)]
        for row in timing.rows
    ]
    shown = [table("minutes", "Minutes from the answer before", columns, rows)] if rows else [tag("p", "No exercise keeps times.")]
    if timing.handed_in is not None:
        most = max(1, sum(timing.handed_in))
        buckets = [[text(name), Cell(barred(many / most, f"{many:,}"), float(many), True)] for name, many in zip(BUCKETS, timing.handed_in, strict=True)]
        shown.append(table("handed-in", "When submissions came in, against their own due dates", [Column("Before the due date"), Column("Submissions", True)], buckets, sortable=False))
    if timing.set_aside:
        shown.append(tag("p", f"{plural(timing.set_aside, 'student')} had answers dated after their own submission; these times are set aside."))
    if timing.without:
        shown.append(tag("p", f"{plural(timing.without, 'submission')} came without any time."))
    return section("times", "Time to answer", *shown, tag("h3", "What these times cannot tell"), tag("ul", *(tag("li", one) for one in CANNOT_TELL)))


def variants(analysis: Analysis) -> Html:
    """Whether variants are as hard as their siblings."""
    if not analysis.fairness:
        return section("variants", "Fairness of variants", tag("p", "No exercise of this assignment has variants."))
    columns = [Column("Exercise"), Column("Variants answered", True), Column("Tested", True), Column("Do they differ? corrected p", True), Column("Finding")]
    rows = []
    for item in analysis.fairness:
        tested = sum(one.p is not None for one in item.variants)
        p = Cell(tag("span", "–", class_="none"), None, True) if item.p is None else Cell(esc(_p(item.p)), item.p, True)
        finding = item.reason or ("; ".join(f"variant {one.variant} is harder" for one in item.harder) or "no variant is harder beyond chance")
        rows.append([exercise_cell(analysis, item.exercise), count(len(item.variants)), count(tested), p, text(finding, class_="look" if item.harder else None)])
    shown = [table("variant-items", "Exercises with variants", columns, rows)]
    tested_rows = [
        [exercise_cell(analysis, item.exercise), count(one.variant), count(one.n), share_cell(one.share), _siblings(one),
         Cell(esc(_p(one.p)), one.p, True), text("harder than its siblings" if one.harder else "", class_="look")]
        for item in analysis.fairness for one in item.variants if one.p is not None
    ]  # fmt: skip
    if tested_rows:
        columns = [Column("Exercise"), Column("Variant", True), Column("Students", True), Column("Mean share", True), Column("Siblings", True), Column("Corrected p", True), Column("Finding")]
        shown.append(table("variant-rows", f"Variants that {FEWEST} students or more had", columns, tested_rows))
    return section(
        "variants", "Fairness of variants", *shown,
        tag("p", "Variants are drawn without regard to ability, so chance alone says how far they may differ. A permutation test asks first whether the variants of an exercise differ at all (corrected for the number of "
            "exercises), then which (corrected for the number of variants). A flagged variant is harder in this class: compare its wording and its key with the others, and think of giving the points back.", class_="how"),
    )  # fmt: skip


def _siblings(one: VariantResult) -> Cell:
    return figure(none("There is no other.")) if one.siblings is None else Cell(esc(percent(one.siblings)), one.siblings, True)


def _p(p: float | None) -> str:
    return "–" if p is None else "under 0.001" if p < 0.001 else f"{p:.3f}"


def likeness(analysis: Analysis, shown: Names) -> Html:
    """Answers that are alike beyond chance."""
    found, students = analysis.likeness, analysis.gathered.standings
    notice = tag(
        "p", tag("strong", "A reason to look, never a proof. "),
        "The figures say that chance and common mistakes do not explain how alike the answers are. They do not say why, nor who had them first. Students who learned together, had the same tutor, or found "
        "the same misleading page make the same mistakes too. Read both submissions, and hear both students, before you conclude anything.", class_="notice",
    )  # fmt: skip
    if found.pairs:
        columns = [Column("Students"), Column("Both wrong", True), Column("Same wrong answer", True), Column("Expected by chance", True), Column("Corrected p", True), Column("Same answers in")]
        rows = [
            [
                text(f"{shown(students[pair.one].student)} and {shown(students[pair.other].student)}"), count(pair.wrong), count(pair.same), Cell(esc(number(pair.expected, 1)), pair.expected, True),
                Cell(esc(_p(pair.p) if pair.p >= 1e-6 else "under 0.000001"), pair.p, True), Cell(_alike(analysis, pair)),
            ]
            for pair in found.pairs[:MOST_PAIRS]
        ]  # fmt: skip
        body = [notice, table("pairs", "Pairs with more identical wrong answers than chance explains", columns, rows)]
        if found.students > max(FEW_STUDENTS, len(students) // 10):
            body.insert(1, tag("p", f"{found.students} of {plural(len(students), 'student')} stand in these pairs. So many at once speak for a mistake in thinking that shows in many exercises, "
                               "or for one source that many used, rather than for copying between two.", class_="notice"))  # fmt: skip
        if len(found.pairs) > MOST_PAIRS:
            body.append(tag("p", f"{len(found.pairs) - MOST_PAIRS:,} more pairs stand out less than these."))
    else:
        body = [tag("p", f"No pair of students shares more wrong answers than chance explains. {plural(found.compared, 'pair')} with {FEWEST_ERRORS} common errors or more were compared.")]
    if analysis.same_texts:
        entries = [
            tag("li", exercise(analysis, one.exercise), f": {', '.join(shown(students[row].student) for row in one.students[:20])}{' and more' if len(one.students) > 20 else ''}")
            for one in analysis.same_texts
        ]
        body += [tag("h3", "The same written text"), *([] if found.pairs else [notice]), tag("ul", *entries)]
    return section(
        "likeness", "Likeness of answers", *body,
        tag("p", f"Only exercises count that both students answered wrongly, in the same variant. How likely two wrong answers are the same one is read off the whole class, so a mistake that many make weighs little. "
            f"{plural(found.compared, 'pair')} were compared; p is corrected for that number, so that a class of honest students has a chance of about {percent(LEVEL)} of any pair being listed. "
            "A group that shares everything, a third of the class say, makes its own answers common and is not seen.", class_="how"),
    )  # fmt: skip


def _alike(analysis: Analysis, pair: Pair) -> Html:
    """The exercises of a pair's same answers, the first few of them."""
    entries = [tag("li", exercise(analysis, place)) for place in pair.exercises[:MOST_ALIKE]]
    if len(pair.exercises) > MOST_ALIKE:
        numbers = ", ".join(str(place + 1) for place in pair.exercises[MOST_ALIKE:])
        entries.append(tag("li", f"and {numbers}"))
    return tag("ul", *entries, class_="wide")


def problems(analysis: Analysis, shown: Names) -> Html:
    """What could not be read; nothing where all could."""
    gathered = analysis.gathered
    if not gathered.problems:
        return Html("")
    entries = [tag("li", f"{shown(student)}: {problem}") for student, problem in gathered.problems]
    if gathered.more_problems:
        entries.append(tag("li", f"and {gathered.more_problems:,} more"))
    return section("problems", "What could not be read", tag("p", "These count as not answered here; the gradebook's points still count."), tag("ul", *entries))
