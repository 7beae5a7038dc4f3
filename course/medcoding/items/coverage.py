"""`medcoding coverage`: what every part of the course is for. Objectives, items, exam domains and the source guide, one beside the other.

A lesson without a graded or practice item, an objective that no item names, and a section of the guide that no lesson
teaches are gaps. An exam domain without items is told, and is no gap: two modules serve no exam.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from medcoding.facts import facts
from medcoding.items.bank import Bank, Lesson
from medcoding.items.domains import domain_names
from medcoding.items.models import Item

GALLERY = "99-01"
"""The lesson that shows every form once, which teaches no objective of the course."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=600)]


class GuideProblem(ValueError):
    """guide.yaml cannot be used; the message says where and what was expected."""


class Section(BaseModel):
    """One section or table of the source guide.

    `lessons` names lessons ("14-02") or whole modules ("14"); `left_out` says why nothing of it is taught, where that is so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    title: Text
    claims: Text
    today: Text
    """What the course says instead, or adds."""
    facts: list[str] = Field(default_factory=list)
    """The dated figures that stand for today's."""
    lessons: list[Annotated[str, StringConstraints(pattern=r"^\d\d[ab]?(-\d\d)?$")]] = Field(default_factory=list)
    left_out: str = ""


def read_guide(path: Path) -> tuple[Section, ...]:
    """The sections of the source guide, in its order.

    Raises:
        GuideProblem: there is no such file, or it is not a list of sections.
    """
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GuideProblem(f"There is no {path}. It lists the sections of the source guide, each with the lessons that teach it.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise GuideProblem(f"{path} cannot be read: {error}") from None
    if not isinstance(rows, list) or not rows:
        raise GuideProblem(f"{path} holds {type(rows).__name__}; expected a list of sections.")
    sections = []
    for number, row in enumerate(rows, 1):
        try:
            sections.append(Section.model_validate(row))
        except ValidationError as error:
            first = error.errors()[0]
            raise GuideProblem(f"{path}, section {number}: {'.'.join(map(str, first['loc'])) or 'section'}: {first['msg']}") from None
    twice = [name for name, count in Counter(one.id for one in sections).items() if count > 1]
    if twice:
        raise GuideProblem(f"{path} names {', '.join(twice)} more than once.")
    return tuple(sections)


@dataclass(frozen=True)
class Objective:
    """One objective of a lesson, and how many items ask for it; `practice` counts exam items too."""

    lesson: str
    number: int
    text: str
    graded: int
    practice: int


@dataclass(frozen=True)
class LessonCoverage:
    """One lesson: its items by use (`practice` counts exam items too), exam domains by number of items, guide sections."""

    lesson: Lesson
    objectives: tuple[Objective, ...]
    graded: int
    practice: int
    domains: tuple[tuple[str, int], ...]
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """The whole course. `gaps` are sentences; without any the course covers what it promises."""

    lessons: tuple[LessonCoverage, ...]
    domains: tuple[tuple[str, int], ...]
    guide: tuple[tuple[Section, int], ...]
    """Sections with the number of items in the lessons that teach them."""
    gaps: tuple[str, ...]


def coverage(bank: Bank, guide: Sequence[Section]) -> Coverage:
    """What items serve which objective, exam domain and guide section."""
    items = [item for item in bank if item.lesson != GALLERY]
    taught = [lesson for lesson in sorted(bank.lessons.values(), key=lambda one: one.id) if lesson.id != GALLERY]
    rows = tuple(_lesson(lesson, [item for item in items if item.lesson == lesson.id], guide) for lesson in taught)
    domains = Counter(sign for item in items for sign in item.domains)
    sections = tuple((section, sum(_teaches(section, item.lesson) for item in items)) for section in guide)
    return Coverage(rows, tuple((sign, domains[sign]) for sign in domain_names()), sections, tuple(_gaps(rows, sections, bank)))


def _teaches(section: Section, lesson: str) -> bool:
    return any(lesson == named or lesson.startswith(f"{named}-") for named in section.lessons)


def _lesson(lesson: Lesson, items: Sequence[Item], guide: Sequence[Section]) -> LessonCoverage:
    uses = Counter(item.use == "graded" for item in items)
    objectives = []
    for number, text in enumerate(lesson.objectives, 1):
        asked = Counter(item.use == "graded" for item in items if number in item.objectives)
        objectives.append(Objective(lesson.id, number, text, asked[True], asked[False]))
    domains = Counter(sign for item in items for sign in item.domains)
    shown = tuple((sign, domains[sign]) for sign in domain_names() if domains[sign])
    return LessonCoverage(lesson, tuple(objectives), uses[True], uses[False], shown, tuple(one.id for one in guide if _teaches(one, lesson.id)))


def _gaps(lessons: Sequence[LessonCoverage], sections: Sequence[tuple[Section, int]], bank: Bank) -> list[str]:
    gaps = []
    for row in lessons:
        if not row.graded + row.practice:
            gaps.append(f"Lesson {row.lesson.id} has no item.")
        if not row.objectives:
            gaps.append(f"Lesson {row.lesson.id} has no objective.")
        gaps += [f"Lesson {row.lesson.id}, objective {one.number} ({one.text}) has no item." for one in row.objectives if not one.graded + one.practice]
    for section, items in sections:
        if section.left_out and section.lessons:
            gaps.append(f"Guide section {section.id} names lessons and says why it is left out; one of both is wrong.")
        elif not section.left_out and not items:
            gaps.append(f"Guide section {section.id} ({section.title}) is taught by no lesson that has items: {', '.join(section.lessons) or 'none is named'}.")
        for named in section.lessons:
            if not any(lesson == named or lesson.startswith(f"{named}-") for lesson in bank.lessons):
                gaps.append(f"Guide section {section.id} names lesson {named}, which does not exist.")
        gaps += [f"Guide section {section.id} names the fact {name!r}, which does not exist." for name in section.facts if name not in facts()]
    return gaps
