"""answers.json: what a student gave, beside the notebook; written with a lock and an atomic rename, read as hostile data."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from medcoding.items.publication import write_atomic

FILE_NAME = "answers.json"
LOCK_NAME = ".answers.lock"
MIME = "application/vnd.medcoding.answer+json"
MAX_BYTES = 2_000_000
MAX_ANSWERS = 500
MAX_DEPTH = 12
MAX_VALUES = 25_000
"""Values in one answer; the largest table that a form takes has 20,000 cells."""
MAX_FIELDS = 20
"""Fields of a record and of the file, by far more than there are: each one too many would be an error of its own to describe."""


class AnswersProblem(ValueError):
    """An answers file cannot be read. The message says what was found and what to do."""


class Answer(BaseModel):
    """One recorded answer. `answer` has the shape that the item's form declares and is checked by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    publication: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    item: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
    variant: Annotated[int, Field(ge=0, le=10_000)] = 0
    answer: dict[str, Any]
    revision: Annotated[int, Field(ge=0, le=10_000_000)] = 1
    at: Annotated[str, StringConstraints(max_length=40)] = ""


class AnswerFile(BaseModel):
    """The content of answers.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    answers: dict[str, Any] = {}


def parse_bounded(content: bytes, what: str) -> Any:
    """JSON from an untrusted source: bounded in size and depth, no duplicate names, no NaN, no lone surrogates.

    Raises:
        AnswersProblem: with what was found.
    """
    if len(content) > MAX_BYTES:
        raise AnswersProblem(f"{what} has {len(content):,} bytes; at most {MAX_BYTES:,} are read.")
    depth = deepest = 0
    # Possessive, and an open string runs to the end: never a second look at any byte.
    for mark in re.finditer(rb'"(?:[^"\\]|\\[\s\S])*+"?|[\[\]{}]', content):
        token = mark.group()
        if token in (b"[", b"{"):
            depth += 1
            deepest = max(deepest, depth)
        elif token in (b"]", b"}"):
            depth -= 1
    if deepest > MAX_DEPTH + 4:
        raise AnswersProblem(f"{what} is nested {deepest} deep; at most {MAX_DEPTH + 4} are read.")
    try:
        data = json.loads(content.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constants, parse_float=_finite)
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except AnswersProblem as problem:
        raise AnswersProblem(f"{what} is not sound JSON: {problem}") from None
    except (ValueError, RecursionError) as error:
        raise AnswersProblem(f"{what} is not JSON: {str(error)[:120]}.") from None
    return data


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise AnswersProblem("a name stands twice in one JSON object.")
    return data


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise AnswersProblem(f"{digits[:20]} is beyond every number that can be kept.")
    return number


def _no_constants(name: str) -> Any:
    raise AnswersProblem(f"{name} is not JSON.")


def read_plain_file(path: Path) -> bytes | None:
    """The content of a plain file of at most MAX_BYTES, or None where there is none. Follows no link and waits for nobody.

    Raises:
        AnswersProblem: it is no plain file, is too large, or cannot be opened.
    """
    try:
        info = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise AnswersProblem(f"{path.name} cannot be looked at: {error.strerror}.") from None
    if not stat.S_ISREG(info.st_mode):
        raise AnswersProblem(f"{path.name} is not a plain file.")
    if info.st_size > MAX_BYTES:
        raise AnswersProblem(f"{path.name} has {info.st_size:,} bytes; at most {MAX_BYTES:,} are read.")
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise AnswersProblem(f"{path.name} cannot be opened: {error.strerror}.") from None


def read_answers(path: Path) -> tuple[dict[str, Answer], dict[str, str]]:
    """Read an answers file that may be hostile.

    Returns:
        the sound answers by item id, and for each unsound one the reason in words.

    Raises:
        AnswersProblem: the file as a whole cannot be read. A missing file is no answers.
    """
    return read_answers_bytes(read_plain_file(path), path.name)


def read_answers_bytes(content: bytes | None, name: str = FILE_NAME) -> tuple[dict[str, Answer], dict[str, str]]:
    """As `read_answers`, from the file's content; None is no file.

    Raises:
        AnswersProblem: the content as a whole cannot be read.
    """
    if content is None:
        return {}, {}
    data = parse_bounded(content, name)
    if isinstance(data, dict) and len(data) > MAX_FIELDS:
        raise AnswersProblem(f"{name} has not the expected shape: {len(data):,} fields.")
    try:
        file_model = AnswerFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise AnswersProblem(f"{name} has not the expected shape: {'.'.join(map(str, first['loc']))[:80]}: {first['msg'][:120]}.") from None
    if len(file_model.answers) > MAX_ANSWERS:
        raise AnswersProblem(f"{name} holds {len(file_model.answers):,} answers; at most {MAX_ANSWERS} are read.")
    return sort_answers(file_model.answers)


def sort_answers(raw: Mapping[str, Any]) -> tuple[dict[str, Answer], dict[str, str]]:
    """Part sound answers from unsound ones, with the reason for each of those."""
    sound: dict[str, Answer] = {}
    unsound: dict[str, str] = {}
    for item_id, entry in raw.items():
        if isinstance(entry, dict) and (len(entry) > MAX_FIELDS or _holds_more(entry.get("answer"), MAX_VALUES)):
            unsound[item_id[:64]] = f"its record is damaged: it holds more than {MAX_VALUES:,} values or {MAX_FIELDS} fields"
            continue
        try:
            answer = Answer.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            unsound[item_id[:64]] = f"its record is damaged: {'.'.join(map(str, first['loc']))[:80]}: {first['msg'][:120]}"
            continue
        if answer.item != item_id:
            unsound[item_id[:64]] = "its record names another item"
        else:
            sound[item_id] = answer
    return sound, unsound


def _holds_more(data: Any, most: int) -> bool:
    """Whether there are more values than that in data of JSON's types."""
    count, todo = 0, [data]
    while todo:
        one = todo.pop()
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        count += len(inner)
        if count > most:
            return True
        todo.extend(inner)
    return False


class AnswerStore:
    """The answers of one folder, for the student's side. Safe when several notebooks write at once."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.path = self.folder / FILE_NAME
        self._lock = FileLock(str(self.folder / LOCK_NAME), timeout=10)

    def all(self) -> dict[str, Answer]:
        """Every sound answer by item id.

        Raises:
            AnswersProblem: the file as a whole cannot be read; it is left as it is.
        """
        return read_answers(self.path)[0]

    def get(self, item_id: str) -> Answer | None:
        """The answer to one item, or None."""
        return self.all().get(item_id)

    def put(self, *, publication: str, item: str, answer: Mapping[str, Any], variant: int = 0) -> Answer:
        """Record an answer; the revision counts up from the one before. Atomic, under a lock.

        Raises:
            AnswersProblem: the file that is there cannot be read. It is moved aside to
                `answers.json.unreadable-<n>`, never overwritten, and the caller may put again.
                Or: this answer could not be read again (no JSON, too long, too deep); nothing is written.
        """
        with self._lock:
            try:
                sound, _ = read_answers(self.path)
                raw = self._raw()
            except AnswersProblem as problem:
                aside = self._move_aside()
                raise AnswersProblem(
                    f"{problem} It was moved to {aside.name}, unchanged; answers are saved to a new file from now on. "
                    "Answer the exercises again, or mend that file and move it back."
                ) from None
            before = sound.get(item)
            record = Answer(
                publication=publication,
                item=item,
                variant=variant,
                answer=dict(answer),
                revision=before.revision + 1 if before else 1,
                at=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            if _holds_more(record.answer, MAX_VALUES):
                raise AnswersProblem(f"This answer cannot be saved: it holds more than {MAX_VALUES:,} values. What was saved before is unchanged.")
            raw[item] = record.model_dump()
            write_atomic(self.path, _readable(raw))
            return record

    def _raw(self) -> dict[str, Any]:
        if not self.path.exists():
            return {}
        data: dict[str, Any] = json.loads(self.path.read_bytes())
        return dict(data.get("answers", {}))

    def _move_aside(self) -> Path:
        number = 1
        while os.path.lexists(aside := self.folder / f"{FILE_NAME}.unreadable-{number}"):
            number += 1
        os.replace(self.path, aside)
        return aside


def _readable(answers: Mapping[str, Any]) -> bytes:
    """The content of an answers file, proved to be readable again."""
    try:
        if len(answers) > MAX_ANSWERS:
            raise AnswersProblem(f"a file holds at most {MAX_ANSWERS} answers.")
        text = json.dumps({"schema_version": 1, "answers": answers}, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        content = (text + "\n").encode()
        parse_bounded(content, "the file")
    except (ValueError, TypeError, RecursionError) as error:
        raise AnswersProblem(f"This answer cannot be saved: {str(error)[:200]} What was saved before is unchanged.") from None
    return content
