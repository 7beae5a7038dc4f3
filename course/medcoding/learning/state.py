"""practice.json: what practice remembers, beside answers.json; written with a lock and an atomic rename, read as hostile data."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from medcoding.items.answers import AnswersProblem, parse_bounded, read_plain_file
from medcoding.items.models import ItemId
from medcoding.items.publication import write_atomic
from medcoding.learning.schedule import Practised, Showing

FILE_NAME = "practice.json"
LOCK_NAME = ".practice.lock"
MAX_ITEMS = 3000
MAX_DAYS = 1000


class StateProblem(ValueError):
    """The practice record cannot be read or written. The message says what was found and what to do."""


class PracticeState(BaseModel):
    """The content of practice.json. Items are kept by id; what no released item is named is never used, and never dropped.

    `days` are the dates (UTC) with at least one scored practice, in order; `last` is the item practised last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    items: Annotated[dict[ItemId, Practised], Field(max_length=MAX_ITEMS)] = {}
    days: Annotated[tuple[date, ...], Field(max_length=MAX_DAYS)] = ()
    last: Annotated[str, StringConstraints(max_length=64)] = ""

    @field_validator("days")
    @classmethod
    def _sorted(cls, days: tuple[date, ...]) -> tuple[date, ...]:
        if list(days) != sorted(set(days)):
            raise ValueError("expected each day once, in order")
        return days

    def reviewed(self, item_id: str, showing: Showing) -> PracticeState:
        """This state after a showing of an item.

        Raises:
            StateProblem: the state is full.
        """
        items = {**self.items, item_id: showing.after()}
        if len(items) > MAX_ITEMS:
            raise StateProblem(f"A practice record holds at most {MAX_ITEMS:,} items. Move {FILE_NAME} aside to begin a new one.")
        days = tuple(sorted({*self.days, showing.at.date()}))[-MAX_DAYS:]
        return PracticeState(items=items, days=days, last=item_id)

    def dump(self) -> bytes:
        """As readable JSON, the same for the same state."""
        return (json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True) + "\n").encode()


def read_state(path: Path) -> PracticeState:
    """Read a practice record that may be hostile. A missing file is an empty state.

    Raises:
        StateProblem: it cannot be read; the file is left as it is.
    """
    try:
        content = read_plain_file(path)
        if content is None:
            return PracticeState()
        return PracticeState.model_validate(parse_bounded(content, path.name))
    except AnswersProblem as problem:
        raise StateProblem(str(problem)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))[:80]
        raise StateProblem(f"{path.name} has not the expected shape: {place}: {first['msg'][:120]}.") from None


class PracticeStore:
    """The practice record of one folder. Safe when several notebooks write at once; reading writes nothing."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.path = self.folder / FILE_NAME

    def load(self) -> tuple[PracticeState, str]:
        """What is remembered, and in words why it could not be read ("" if it could). Never raises for what a file holds."""
        try:
            return read_state(self.path), ""
        except StateProblem as problem:
            return PracticeState(), (
                f"Your practice record cannot be read: {problem} Practice goes on as if it were new; "
                "at your next Check the file is kept aside, unchanged."
            )

    def record(self, item_id: str, showing: Showing) -> str:
        """Take up a showing. Returns "" or, in words, what became of a file that could not be read.

        Raises:
            StateProblem: nothing could be written; what was there is unchanged.
        """
        told = ""
        try:
            with FileLock(str(self.folder / LOCK_NAME), timeout=5):
                try:
                    state = read_state(self.path)
                except StateProblem as problem:
                    aside = self._move_aside()
                    state = PracticeState()
                    told = f"{problem} It was moved to {aside.name}, unchanged; practice is remembered in a new file from now on."
                write_atomic(self.path, state.reviewed(item_id, showing).dump())
        except Timeout:
            raise StateProblem(f"This practice is not remembered: another program holds {FILE_NAME}. Close other copies of this notebook.") from None
        except OSError as error:
            raise StateProblem(
                f"This practice is not remembered: {error.strerror or error}. Check that this folder can be written to and has room."
            ) from None
        return told

    def _move_aside(self) -> Path:
        number = 1
        while os.path.lexists(aside := self.folder / f"{FILE_NAME}.unreadable-{number}"):
            number += 1
        os.replace(self.path, aside)
        return aside
