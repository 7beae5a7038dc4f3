"""The student's side: exercises, practice and progress in a notebook. Everything is loaded when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.widgets.exercise import exercise
    from medcoding.widgets.practice import practice
    from medcoding.widgets.problems import KeyNotHere, MalformedAnswer, NoSuchExercise, NotAnswered
    from medcoding.widgets.progress import progress

__all__ = ["KeyNotHere", "MalformedAnswer", "NoSuchExercise", "NotAnswered", "exercise", "practice", "progress"]

_HOME = {"exercise": "exercise", "practice": "practice", "progress": "progress"}


def __getattr__(name: str) -> Any:
    # A function and its module share a name here, so the function is put in the module's place once it is loaded.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME.get(name, 'problems')}"), name)
    globals()[name] = value
    return value
