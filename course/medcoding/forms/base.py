"""What a form is: the shape of its key and its answer, and how one is scored against the other.

A form is pure. It knows no widget, no file and no notebook. `public` is the only door through
which anything of a key leaves for a student.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.consequence import Consequence


class Strict(BaseModel):
    """Base of every key and answer model: frozen, nothing unknown allowed."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


CodeStatus = Literal["valid", "header", "unknown", "not-in-force"]
BookName = Literal["icd10cm", "icd10pcs", "hcpcs"]


def book_of(code: str) -> BookName:
    """The code set that a code is written in, in the house style: seven characters without a dot are ICD-10-PCS,
    a letter and four digits HCPCS Level II, all else ICD-10-CM."""
    bare = code.strip().upper()
    if re.fullmatch(r"[0-9A-Z]{7}", bare):
        return "icd10pcs"
    return "hcpcs" if re.fullmatch(r"[A-V][0-9]{4}", bare) else "icd10cm"


class CodeClaim(Strict):
    """A code that a key or distractor names, and what it says of the code on the item's date.

    `book` is needed only where `book_of` would guess wrong.
    """

    code: str
    status: CodeStatus = "valid"
    book: BookName | None = None


class Distractor(Strict):
    """A wrong code that real coders choose, and the feedback that names their mistake."""

    code: str
    feedback: str
    status: CodeStatus = "valid"


@dataclass(frozen=True)
class Claim:
    """A `CodeClaim` with the place in the item where it stands, for the bank check."""

    where: str
    code: str
    status: CodeStatus
    book: BookName | Literal["service"] = "icd10cm"

    @classmethod
    def of(cls, where: str, claim: CodeClaim) -> Claim:
        """A `CodeClaim` at its place, with the book it is written in."""
        return cls(where, claim.code, claim.status, claim.book or book_of(claim.code))


@dataclass(frozen=True)
class Context:
    """What scoring needs to know of an item besides its key."""

    on: date
    points: float
    excludes1_exceptions: tuple[tuple[str, str], ...] = ()
    chart: str = ""


class AnswerProblem(ValueError):
    """An answer does not have the shape that its form declares.

    The message says what was found, what was expected and what to do; it is safe to show.
    """


K = TypeVar("K", bound=Strict)
A = TypeVar("A", bound=Strict)


class Form(ABC, Generic[K, A]):
    """One way of answering. Subclasses are stateless; one instance each stands in `FORMS`."""

    name: ClassVar[str]
    manual: ClassVar[bool] = False
    """Whether a grader gives the points, and the score holds only hints."""
    key_model: type[K]
    answer_model: type[A]

    def parse_answer(self, raw: object) -> A:
        """The answer as this form's model.

        Raises:
            AnswerProblem: `raw` is not of the declared shape or exceeds its bounds.
        """
        try:
            return self.answer_model.model_validate(raw)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the answer"
            raise AnswerProblem(
                f"This is not an answer of the form {self.name!r}: at {where[:80]}, {first['msg'][:200]}. "
                "Answer in the exercise's own form, or give exercise() the shape its page in docs/forms shows."
            ) from None
        except RecursionError:
            raise AnswerProblem(f"This answer is nested too deeply for the form {self.name!r}.") from None

    @abstractmethod
    def public(self, key: K, seed: str) -> dict[str, Any]:
        """What a student's form needs of the key: options, limits; never what is right.

        `seed` is a string that knows nothing of the key; every order shown is drawn from it.
        """

    @abstractmethod
    def missing(self, answer: A, view: Mapping[str, Any] | None = None) -> str | None:
        """What an answer still lacks to be complete, in words, or None. Says nothing of rightness.

        `view` is what the student sees (`public`), for forms where that tells what is asked.
        """

    def unready(self, answer: A, view: Mapping[str, Any] | None = None) -> str | None:
        """Why an answer cannot be judged yet, in words: nothing is given, or what is given cannot be read. None: it can.

        A practice exercise asks before it judges: a slip of the hand is no try. What is handed in is scored as it is.
        """
        return None if self.describe(answer, None, dict(view or {})) else self.missing(answer, view)

    @abstractmethod
    def score(self, key: K, answer: A, context: Context) -> Score:
        """Score `answer` against `key`. Pure and bounded in time for any answer the model lets in."""

    @abstractmethod
    def claims(self, key: K) -> Iterator[Claim]:
        """Every code that the key, its alternatives and its distractors claim, for the bank check."""

    def problems(self, key: K, context: Context) -> Iterator[str]:
        """Faults of the key that no single field shows (an order over codes that are not in it)."""
        return iter(())

    @abstractmethod
    def key_answer(self, key: K) -> dict[str, Any]:
        """An answer that earns full marks, as plain JSON."""

    def full_answers(self, key: K) -> Iterator[dict[str, Any]]:
        """Answers that must earn full marks, for the bank check: the key's own first, then one for each alternative."""
        yield self.key_answer(key)

    def consequence(self, key: K, answer: A, context: Context) -> Consequence | None:
        """What the answer would have done, beside what the key does: MS-DRG, dollars, denials. Shown, never scored."""
        return None

    @abstractmethod
    def describe(self, answer: A, key: K | None, public: dict[str, Any] | None = None) -> list[tuple[str, str]]:
        """The answer as (label, text) lines to read, in plain text. Unescaped: whoever shows it escapes it."""

    @abstractmethod
    def attempt(self, key: K, ability: float, draw: Random) -> dict[str, Any]:
        """A simulated student's answer: right with probability `ability`, else a near miss or a distractor."""


def option_seed(seed: str, *parts: str) -> Random:
    """A random source drawn from `seed` alone, the same on every machine and Python."""
    import hashlib

    digest = hashlib.sha256("\x1f".join((seed, *parts)).encode()).digest()
    return Random(int.from_bytes(digest[:16], "big"))


WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2, Severity.INFO: 3}
"""The order in which findings are read: what is wrong before what was right."""


def capped(
    parts: Sequence[SubScore], findings: Sequence[Finding], context: Context, hard: int
) -> Score:
    """A score from sub-scores, with hard errors capping it at half (two or more: a quarter)."""
    share = min(1.0, sum(part.earned for part in parts))
    cap = 1.0 if hard == 0 else (0.5 if hard == 1 else 0.25)
    notes = list(findings)
    if share > cap:
        notes.append(
            Finding(
                severity=Severity.INFO,
                rule="hard-error-cap",
                message=f"{'A hard error caps' if hard == 1 else f'{hard} hard errors cap'} this item at "
                f"{cap:.2f} of its points; without {'it' if hard == 1 else 'them'} it would have earned {share:.2f}.",
                citation="course scoring guide",
            )
        )
    points = min(context.points, round(min(share, cap) * context.points + 1e-9, 2))
    notes.sort(key=lambda note: WEIGHT[note.severity])
    return Score(points=points, possible=context.points, parts=tuple(parts), findings=tuple(notes))
