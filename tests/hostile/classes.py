"""Classes of attackers between two honest students, as they are handed in."""

from __future__ import annotations

from collections.abc import Collection

from attacks import ATTACKS, WRONG_ANSWER
from attacks.code import FORGED, LIMITS, READING, Code
from attacks.patches import PATCHES
from attacks.planted import ITEM
from codecourse import EARNED, HONEST, release_code, submit_code
from doors import CLASSMATES
from minicourse import MiniCourse

SECRET = "planted-in-the-key"
CODE: dict[str, Code] = {**FORGED, **READING, **LIMITS, **PATCHES}
SMALL = "c.ExecuteCode.timeout = 4\nc.ExecuteCode.notebook_timeout = 10\nc.ExecuteCode.memory = 512\nc.ExecuteCode.cpu_seconds = 15\nc.ExecuteCode.scratch = 16\n"


def course_of_exercises(course: MiniCourse) -> MiniCourse:
    """A released course with a secret in a key."""
    course.change_item("rationale: The note at the manifestation says code first.", f"rationale: The note says code first. {SECRET}")
    course.releases().release("05")
    return course


def course_of_code(course: MiniCourse) -> MiniCourse:
    """The same with graded code cells, and small limits."""
    course.change_item("rationale: The note at the manifestation says code first.", f"rationale: The note says code first. {SECRET}")
    return release_code(course, SMALL)


def submit_attacks(course: MiniCourse, names: Collection[str]) -> None:
    """The honest, and these attackers on data, who do not know the answer to one exercise."""
    for honest in CLASSMATES:
        course.submit(honest)
    right = {item: answer for item, (_, answer) in course.key_answers().items()}
    for one in ATTACKS:
        if one.name in names:
            one.plant(course, course.submit(one.name, {**right, ITEM: WRONG_ANSWER}))


def submit_code_attacks(course: MiniCourse, names: Collection[str]) -> None:
    """The honest, and these attackers by code."""
    for classmate in CLASSMATES:
        submit_code(course, classmate, HONEST)
    for name in names:
        one = CODE[name]
        path = submit_code(course, name, one.source, tags={cell: list(one.tags) for cell in EARNED} if one.tags else None)
        for file, content in one.files.items():
            (path.parent / file).write_text(content)
