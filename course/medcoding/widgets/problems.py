"""What can go wrong for a student, each with a message that says what to do. Shown without a traceback."""

from __future__ import annotations

from medcoding.forms import AnswerProblem
from medcoding.items import UnknownItem


class Told:
    """An error whose message is all that a reader needs: IPython shows it in one line."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class NotAnswered(Told, Exception):
    """Under nbgrader's Validate: an exercise has no sound, complete answer yet. Says nothing of rightness."""


class NoSuchExercise(Told, UnknownItem):
    """No exercise of that id beside the notebook, nor in a bank that can be reached."""


class MalformedAnswer(Told, AnswerProblem):
    """A value given as `answer=` has not the shape of the exercise's form. Nothing was written."""


KEPT = "{!r} is kept for mock exams: only mock() asks it, so that it is new to you there."


class KeyNotHere(Told, ValueError):
    """`practice` was called for a graded exercise, or `exercise` for a practice one."""


class NotSaved(Told, OSError):
    """An answer given in code could not be written."""


class WhoAreYou(Told, LookupError):
    """An exercise has variants, and which student is at work cannot be told; `identify` was not called yet."""


class AnotherName(Told, ValueError):
    """`identify` was given no name, or another than the one that variants were shown for. Nothing was changed."""


class NoSuchPaper(Told, ValueError):
    """`mock` was given no paper that there is, no sound blueprint, or no seed. Nothing was begun."""
