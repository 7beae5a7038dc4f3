"""codes: a list of codes of one book, in order where a rule fixes one. Set 0.80, lead or order 0.20."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import BookName, Claim, Context, Distractor, Form, Strict, capped
from medcoding.forms.consequence import Consequence
from medcoding.forms.diagnoses import (
    CodeText,
    DiagnosisKey,
    diagnosis_claims,
    judge,
    key_problems,
    mistaken,
    plain,
    taken,
    words_alone,
)

SET, ORDER = 0.80, 0.20


class CodesKey(DiagnosisKey):
    """A `DiagnosisKey` with the wrong codes that real coders enter, and the book that all of them are of."""

    book: BookName = "icd10cm"
    distractors: tuple[Distractor, ...] = ()

    @model_validator(mode="after")
    def _distractors_are_wrong(self) -> CodesKey:
        own = {code for entry in self.codes for code in entry.accepted} | {plain(code) for code in self.optional}
        for distractor in self.distractors:
            if plain(distractor.code) in own:
                raise ValueError(f"the distractor {distractor.code} is also a right or optional code")
        return self


class CodesAnswer(Strict):
    """Codes as entered, first to last. Dot, case and space never cost."""

    codes: Annotated[tuple[CodeText, ...], Field(max_length=30)] = ()


class Codes(Form[CodesKey, CodesAnswer]):
    """A growing list of code fields over one book."""

    name: ClassVar[str] = "codes"
    key_model = CodesKey
    answer_model = CodesAnswer

    def public(self, key: CodesKey, seed: str) -> dict[str, Any]:
        return {"book": key.book, "limit": 30}

    def missing(self, answer: CodesAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return None if any(code.strip() for code in answer.codes) else "No code is entered yet."

    def unready(self, answer: CodesAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return super().unready(answer, view) or words_alone(answer.codes)

    def score(self, key: CodesKey, answer: CodesAnswer, context: Context) -> Score:
        judged = judge(key, answer.codes, key.distractors, context, key.book)
        findings = list(judged.findings)
        if not judged.entered:
            findings = [Finding(severity=Severity.WARNING, rule="no-answer", message="No code was entered.")]
        note = f"{judged.right} right, {judged.wrong} wrong, {len(key.codes)} needed"
        if judged.order is None:
            parts = [SubScore(name="codes", earned=judged.set_share, possible=1.0, note=note)]
        else:
            parts = [
                SubScore(name="codes", earned=judged.set_share * SET, possible=SET, note=note),
                SubScore(
                    name="order",
                    earned=judged.order * ORDER,
                    possible=ORDER,
                    note="the order that a rule fixes" if judged.order == 1 else "a rule fixes the order here",
                ),
            ]
        return capped(parts, findings, context, judged.hard)

    def claims(self, key: CodesKey) -> Iterator[Claim]:
        yield from diagnosis_claims(key, "key", key.book)
        for number, distractor in enumerate(key.distractors):
            yield Claim(f"distractors.{number}", distractor.code, distractor.status, key.book)

    def problems(self, key: CodesKey, context: Context) -> Iterator[str]:
        if key.book == "icd10cm":
            yield from key_problems(key, context, "key")
        if not key.distractors:
            yield "distractors: none given; name at least one mistake that a real coder makes"

    def key_answer(self, key: CodesKey) -> dict[str, Any]:
        return {"codes": key.in_order()}

    def full_answers(self, key: CodesKey) -> Iterator[dict[str, Any]]:
        return ({"codes": codes} for codes in key.each_way())

    def consequence(self, key: CodesKey, answer: CodesAnswer, context: Context) -> Consequence | None:
        if key.book != "icd10cm" or not any(code.strip() for code in answer.codes):
            return None
        from medcoding.forms.codingoutcome import coding_consequence

        judged = judge(key, answer.codes, (), context)
        return coding_consequence(answer.codes, taken(key, judged), key.optional, context.chart, context.on, in_order=judged.order in (None, 1))

    def describe(
        self, answer: CodesAnswer, key: CodesKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        entered = [code for code in answer.codes if code.strip()]
        return [(f"Code {number}", code) for number, code in enumerate(entered, 1)]

    def attempt(self, key: CodesKey, ability: float, draw: Random) -> dict[str, Any]:
        return {"codes": mistaken(key, key.distractors, ability, draw)}
