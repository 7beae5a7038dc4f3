"""The page of a class."""

from __future__ import annotations

from datetime import datetime

from medcoding.insight.analysis import Analysis
from medcoding.insight.page import answers, care, overview
from medcoding.insight.page.care import Names
from medcoding.insight.page.document import document
from medcoding.insight.page.markup import Html, join, link, tag

PLACES = (
    ("first", "What to look at first"), ("scores", "Scores"), ("exercises", "Exercises"), ("missed", "Most missed codes"), ("choices", "Choices"), ("parts", "Parts of the scores"),
    ("groups", "Objectives and domains"), ("times", "Times"), ("variants", "Variants"), ("likeness", "Likeness"),
)  # fmt: skip


def class_page(analysis: Analysis, shown: Names, made: datetime) -> str:
    """The whole page, self-contained.

    Args:
        shown: what a student is called on the page.
        made: when, in UTC.
    """
    assignment = analysis.gathered.graded.assignment
    head = tag("header", tag("h1", f"Report on {assignment}"), tag("p", overview.about(analysis), class_="meta"))
    places = tag("nav", tag("ul", *(tag("li", link(name, shown_)) for name, shown_ in PLACES)), aria_label="Sections")
    main = join(
        overview.looks(analysis), overview.scores(analysis), overview.exercises(analysis), answers.missed(analysis), answers.choices(analysis), answers.parts(analysis),
        answers.groups(analysis), care.times(analysis), care.variants(analysis), care.likeness(analysis, shown), care.problems(analysis, shown),
    )  # fmt: skip
    foot = tag("footer", tag("p", f"Made {made:%Y-%m-%d %H:%M} UTC from the gradebook and the graded notebooks. docs/report.md of the course explains each figure. This page holds results of students and keys: keep it where they are kept."))
    return document(f"Report on {assignment}", join(head, places, Html('<main id="main">\n'), main, Html("</main>\n"), foot))
