"""text: writing that a grader marks by a rubric. Machine findings are hints for writer and grader, never a score."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore, format_points
from medcoding.forms.base import Claim, Context, Form, Strict
from medcoding.forms.match import finding

MOST = 20_000
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Criterion(Strict):
    """One row of the rubric: what is looked for, and its weight among the others."""

    text: Annotated[str, StringConstraints(min_length=3, max_length=300)]
    points: Annotated[float, Field(gt=0, le=100)] = 1


class ForbiddenWord(Strict):
    """A word or phrase that has no place in the answer, and why. Case does not matter; whole words only."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    feedback: Annotated[str, StringConstraints(min_length=1)]


class TextKey(Strict):
    """The rubric, the length asked for in words, what must not stand in it, and a model answer.

    `checks: query` adds the findings of `compliance.query` on the wording of a query to a provider.
    """

    rubric: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=12)]
    least: Annotated[int, Field(ge=0, le=3000)] = 0
    most: Annotated[int, Field(ge=1, le=3000)] = 400
    forbidden: Annotated[tuple[ForbiddenWord, ...], Field(max_length=20)] = ()
    checks: Literal["", "query"] = ""
    model: Annotated[str, StringConstraints(min_length=1, max_length=6000)]

    @model_validator(mode="after")
    def _consistent(self) -> TextKey:
        if self.least > self.most:
            raise ValueError(f"'least' {self.least} is more than 'most' {self.most}")
        return self


class TextAnswer(Strict):
    """The text as written, at most 20,000 characters."""

    text: Annotated[str, StringConstraints(max_length=MOST)] = ""


def count_words(text: str) -> int:
    """How many words a text has; what hangs together by an apostrophe or hyphen is one."""
    return sum(1 for _ in _WORD.finditer(text))


class Text(Form[TextKey, TextAnswer]):
    """A field for prose, with a count of its words."""

    name: ClassVar[str] = "text"
    manual: ClassVar[bool] = True
    key_model = TextKey
    answer_model = TextAnswer

    def public(self, key: TextKey, seed: str) -> dict[str, Any]:
        whole = sum(row.points for row in key.rubric)
        return {
            "least": key.least, "most": key.most, "limit": MOST,
            "rubric": [{"text": row.text, "share": f"{row.points / whole:.0%}"} for row in key.rubric],
        }  # fmt: skip

    def missing(self, answer: TextAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return None if answer.text.strip() else "Nothing is written yet."

    def score(self, key: TextKey, answer: TextAnswer, context: Context) -> Score:
        if not answer.text.strip():
            findings = [finding(Severity.WARNING, "no-answer", "Nothing was written.")]
            return Score(points=0, possible=context.points, parts=self._parts(key), findings=tuple(findings))
        return Score(points=0, possible=context.points, parts=self._parts(key), findings=tuple(remarks(key, answer.text)), manual=True)

    def _parts(self, key: TextKey) -> tuple[SubScore, ...]:
        whole = sum(row.points for row in key.rubric)
        return tuple(SubScore(name=row.text, earned=0, possible=row.points / whole, note="for the grader") for row in key.rubric)

    def claims(self, key: TextKey) -> Iterator[Claim]:
        return iter(())

    def problems(self, key: TextKey, context: Context) -> Iterator[str]:
        for told in remarks(key, key.model):
            yield f"key.model: the model answer itself draws a remark: {told.message}"

    def key_answer(self, key: TextKey) -> dict[str, Any]:
        return {"text": key.model}

    def full_answers(self, key: TextKey) -> Iterator[dict[str, Any]]:
        return iter(())  # no machine can say that a text is worth full marks

    def describe(self, answer: TextAnswer, key: TextKey | None, public: dict[str, Any] | None = None) -> list[tuple[str, str]]:
        if not answer.text.strip():
            return []
        count = count_words(answer.text)
        blocks = [line for line in answer.text.strip().splitlines() if line.strip()]
        return [*(("Text" if number == 0 else "", block) for number, block in enumerate(blocks)), ("Length", f"{count} word{'' if count == 1 else 's'}")]

    def attempt(self, key: TextKey, ability: float, draw: Random) -> dict[str, Any]:
        sentences = re.split(r"(?<=[.?!])\s+", key.model)
        kept = [sentence for sentence in sentences if draw.random() < ability]
        if key.forbidden and draw.random() > ability:
            kept.append(draw.choice(key.forbidden).text)
        return {"text": " ".join(kept or sentences[:1])}


def remarks(key: TextKey, text: str) -> list[Finding]:
    """What a machine can say of a text: its length, words that have no place in it, the wording of a query. Hints, never points."""
    found = []
    count = count_words(text)
    if count < key.least:
        found.append(finding(Severity.HINT, "too-short-text", f"{count} words are written; at least {key.least} are asked for."))
    if count > key.most:
        found.append(finding(Severity.HINT, "too-long-text", f"{count} words are written; at most {key.most} are asked for."))
    for word in key.forbidden:
        if re.search(rf"(?<!\w){re.escape(word.text)}(?!\w)", text, re.IGNORECASE):
            found.append(finding(Severity.HINT, "distractor", f"“{word.text}”: {word.feedback}"))
    if key.checks == "query":
        from medcoding.compliance import query

        found += [told.model_copy(update={"severity": Severity.HINT}) for told in query.check(text)]
    return found


def points_of(key: TextKey, points: float) -> list[tuple[str, str]]:
    """The rubric as (criterion, points) for a grader, in points of the item."""
    whole = sum(row.points for row in key.rubric)
    return [(row.text, format_points(row.points / whole * points)) for row in key.rubric]
