"""Sections on what was answered: choices, missed codes, parts of scores, objectives and domains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from medcoding.findings import format_points, inline
from medcoding.insight.analysis import Analysis
from medcoding.insight.choicetable import ChoiceRow
from medcoding.insight.misstable import MissRow
from medcoding.insight.page.document import section
from medcoding.insight.page.markup import (
    Cell,
    Column,
    Html,
    count,
    esc,
    figure,
    join,
    percent,
    plural,
    share_cell,
    table,
    tag,
    text,
)
from medcoding.insight.page.overview import exercise, exercise_cell
from medcoding.insight.profile import SAFE, GroupRow


def missed(analysis: Analysis) -> Html:
    """The ten most missed codes, and what was coded instead."""
    if not analysis.missed:
        return section("missed", "Most missed codes", tag("p", "No code that an exercise asks for was missed, or no exercise asks for codes."))
    columns = [Column("Code"), Column("Missed", True), Column("Asked", True), Column("Share missed", True), Column("Coded instead"), Column("In exercises")]
    rows = [
        [
            Cell(_code(row.code, row.meaning), row.code), count(row.missed), count(row.asked), share_cell(row.share),
            Cell(_instead(row)), Cell(tag("span", *_between(exercise(analysis, place) for place in row.exercises), class_="sub places")),
        ]
        for row in analysis.missed
    ]  # fmt: skip
    return section(
        "missed", "Most missed codes", table("codes", "The codes that were missed most, and what was coded instead", columns, rows),
        tag("p", "Counted are answers that were given. A wrong entry is taken to stand for the missed code that begins most like it, else for the next one of its list; so “coded instead” "
            "is a reading of the answers, not a fact.", class_="how"),
    )  # fmt: skip


def _code(code: str, meaning: str) -> Html:
    return join(tag("code", code), tag("span", f" {meaning}", class_="ci") if meaning else "")


def _instead(row: MissRow) -> Html:
    entries = [join(f"{one.count}× ", tag("code", one.code) if one.code != "other codes" else one.code, f" {one.meaning}" if one.meaning else "") for one in row.instead]
    if row.nothing:
        entries.append(esc(f"{row.nothing}× nothing"))
    return tag("ul", *(tag("li", entry) for entry in entries), class_="wide")


def _between(links: Iterable[Html]) -> Iterator[object]:
    for place, one in enumerate(links):
        yield from ([", "] if place else [])
        yield one


def choices(analysis: Analysis) -> Html:
    """The distractor tables: of options, and of foreseen wrong codes."""
    options = [row for row in analysis.choices if not row.code]
    codes = [row for row in analysis.choices if row.code and row.chosen]
    parts: list[Html] = []
    if options:
        columns = [Column("Exercise"), Column("Option"), Column("Key"), *_COLUMNS]
        rows = [[exercise_cell(analysis, row.exercise), Cell(Html(inline(row.text)), row.text.casefold()), text("right" if row.right else "wrong"), *_choice(row)] for row in options]
        parts.append(table("options", "Options of choice exercises: how many chose each, and how they did elsewhere", columns, rows))
    if codes:
        columns = [Column("Exercise"), Column("Foreseen wrong code"), *_COLUMNS]
        rows = [[exercise_cell(analysis, row.exercise), Cell(_code(row.text, row.meaning), row.text), *_choice(row)] for row in codes]
        parts.append(table("foreseen", "Foreseen wrong codes that were entered", columns, rows))
    if not parts:
        parts.append(tag("p", "No exercise has options or foreseen wrong codes that anybody gave."))
    return section(
        "choices", "Choices and foreseen mistakes", *parts,
        tag("p", "“Elsewhere” is the mean score in percent of those who chose it, in all other exercises; “others elsewhere” that of those who could have and did not. A wrong option that draws the better students "
            "may be right after all, or badly worded; one that nobody chooses does no work. Options of variants are counted wherever they were on offer.", class_="how"),
    )  # fmt: skip


_COLUMNS = (Column("Chosen by", True), Column("Of", True), Column("Share", True), Column("Elsewhere, %", True), Column("Others elsewhere, %", True), Column("Look at it because"))


def _choice(row: ChoiceRow) -> Sequence[Cell]:
    share = row.chosen / row.offered if row.offered else 0.0
    return (
        count(row.chosen), count(row.offered), share_cell(share), figure(row.elsewhere, 1), figure(row.others, 1), text(row.look, class_="look")
    )  # fmt: skip


def parts(analysis: Analysis) -> Html:
    """The profile of sub-scores."""
    if not analysis.parts:
        return section("parts", "Parts of the scores", tag("p", "No exercise has a score of several parts."))
    columns = [Column("Form"), Column("Part"), Column("Answers", True), Column("Mean share earned", True)]
    rows = [[text(row.form), text(row.part), count(row.answers), figure(row.share, as_percent=True, bar=True)] for row in analysis.parts]
    return section(
        "parts", "Parts of the scores", table("profile", "Where the points of each form are earned and lost", columns, rows),
        tag("p", "Each part before any cap for hard errors. Compare parts of one form with each other: a low share of “pointers” beside a high share of “diagnoses” says what to teach next.", class_="how"),
    )  # fmt: skip


def groups(analysis: Analysis) -> Html:
    """Objectives and exam domains."""
    shown: list[Html] = []
    for name, heading, found, first in (
        ("objectives", "Objectives of the lessons", analysis.objectives, True), ("domains", "Exam domains", analysis.domains, False),
    ):  # fmt: skip
        shown.append(tag("h3", heading))
        shown.append(_groups(name, heading, found, first) if found else tag("p", "The exercises name none."))
    return section(
        "groups", "Objectives and exam domains", *shown,
        tag("p", f"The mean share of the points over students. An exercise counts in each of its objectives and domains. Below {percent(SAFE)} an objective is not held yet; "
            "few exercises say little about one.", class_="how"),
    )  # fmt: skip


def _groups(name: str, heading: str, found: Sequence[GroupRow], lessons: bool) -> Html:
    columns = [*([Column("Lesson")] if lessons else []), Column("Objective" if lessons else "Domain"), Column("Exercises", True), Column("Points", True),
               Column("Mean share", True), Column(f"Students below {percent(SAFE)}", True)]  # fmt: skip
    rows = []
    for row in found:
        first = [text(row.group.lesson)] if lessons else []
        rows.append([*first, text(row.group.name), count(len(row.group.exercises)), Cell(esc(format_points(row.possible)), row.possible, True),
                     figure(row.share, as_percent=True, bar=True), count(row.below)])  # fmt: skip
    return table(name, f"{heading}: {plural(len(found), 'row')}", columns, rows)
