"""Grading one submission: bytes in, plain data out. Runs in a process of its own, here or on another machine."""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass, field
from typing import Any

from medcoding.grading.run.bundle import Bundle
from medcoding.grading.run.pipeline import Grader, Marked
from medcoding.grading.run.released import Released
from medcoding.grading.score import Submitted, answers_of, unreadable_answers
from medcoding.items.answers import AnswersProblem

MOST_LINES = 60


@dataclass
class Result:
    """What grading one submission came to. `failed` says in one line why it stays ungraded; then there is nothing else."""

    student: str
    submission: str
    notebooks: dict[str, str] = field(default_factory=dict)
    marks: list[Marked] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    others: tuple[str, ...] = ()
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    """By notebook and exercise, a digest of the output of its cell."""
    failed: str = ""
    same: bool = False
    """The ledger has it already; nothing was graded."""


class Worker:
    """Grades submissions of one released assignment, one after the other."""

    def __init__(self, released: Released, config: Any, root: str) -> None:
        """`config` is nbgrader's configuration, `root` the course folder (or any folder, on another machine)."""
        from nbgrader.converters import Autograde
        from nbgrader.coursedir import CourseDirectory

        coursedir = CourseDirectory(config=config)
        coursedir.root = root
        self.released = released
        self.grader = Grader(released, Autograde(coursedir=coursedir, config=config))

    def grade(self, bundle: Bundle) -> Result:
        """Grade a submission. Whatever it holds, there is a result."""
        result = Result(bundle.student, bundle.digest, others=bundle.others, lines=list(bundle.notes))
        if not bundle.notebooks:
            result.failed = f"The submission holds no notebook of this assignment ({', '.join(one.name for one in self.released.notebooks)})."
            return result
        try:
            self._notebooks(bundle, result)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            result = Result(bundle.student, bundle.digest, failed=f"{type(error).__name__}: {one_line(str(error))} ({last.name}, line {last.lineno})")
        result.lines = [one_line(line) for line in dict.fromkeys(result.lines)][:MOST_LINES]
        return result

    def _notebooks(self, bundle: Bundle, result: Result) -> None:
        submitted = answers(bundle.answers)
        result.lines += [note.message for note in submitted.notes]
        for notebook in self.released.notebooks:
            content = bundle.notebooks.get(notebook.name)
            if content is None:
                result.lines.append(f"No submitted file: {notebook.name}.ipynb")
                result.marks += [
                    Marked(notebook.name, cell.name, "missing", 0.0) for cell in notebook.cells if cell.grade or cell.task
                ]
                continue
            sheet = self.grader.grade(notebook, content, submitted, bundle.student, bundle.files)
            result.notebooks[notebook.name] = sheet.text
            result.marks += sheet.marks
            result.lines += sheet.lines
            result.outputs[notebook.name] = {
                name: hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16] for name, text in sheet.records.items()
            }


def answers(content: bytes | str | None) -> Submitted:
    """The answers of a bundle: from bytes, or none and the reason in words."""
    return unreadable_answers(AnswersProblem(content)) if isinstance(content, str) else answers_of(content)


def one_line(text: str, most: int = 300) -> str:
    """Text as one line that a terminal and a log can show: control characters and line ends as visible escapes, bounded."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[: 4 * most].replace("\n", " ⏎ "))
    return shown if len(shown) <= most else shown[: most - 1] + "…"
