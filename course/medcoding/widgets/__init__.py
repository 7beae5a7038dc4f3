"""The student's side: exercises, practice, mock exams, progress and the encoder in a notebook. Everything is loaded when first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.widgets.encoder_cell import UnknownBook, encoder
    from medcoding.widgets.exercise_cell import exercise
    from medcoding.widgets.glossary_cell import glossary
    from medcoding.widgets.identity import identify
    from medcoding.widgets.mock_cell import mock
    from medcoding.widgets.practice_cell import practice
    from medcoding.widgets.problems import (
        AnotherName,
        KeyNotHere,
        MalformedAnswer,
        NoSuchExercise,
        NoSuchPaper,
        NotAnswered,
        WhoAreYou,
    )
    from medcoding.widgets.progress_cell import progress

__all__ = [
    "AnotherName",
    "KeyNotHere",
    "MalformedAnswer",
    "NoSuchExercise",
    "NoSuchPaper",
    "NotAnswered",
    "UnknownBook",
    "WhoAreYou",
    "encoder",
    "exercise",
    "glossary",
    "identify",
    "mock",
    "practice",
    "progress",
]

_HOME = {
    "UnknownBook": "encoder_cell",
    "encoder": "encoder_cell",
    "exercise": "exercise_cell",
    "glossary": "glossary_cell",
    "identify": "identity",
    "mock": "mock_cell",
    "practice": "practice_cell",
    "progress": "progress_cell",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME.get(name, 'problems')}"), name)
    globals()[name] = value
    return value
