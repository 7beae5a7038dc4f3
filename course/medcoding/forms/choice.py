"""choice: one option, or several. Single: all or nothing. Several: (right - wrong) / key, never below 0."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, CodeClaim, Context, Form, Strict, capped, option_seed

OptionId = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Option(Strict):
    """One option. Its `id` is a digest of its text, so neither file order nor id tells what is right."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    correct: bool = False
    feedback: str = ""
    codes: tuple[CodeClaim, ...] = ()

    @field_validator("codes", mode="before")
    @classmethod
    def _bare_codes(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple({"code": entry} if isinstance(entry, str) else entry for entry in value)
        return value

    @property
    def id(self) -> str:
        """Ten hexadecimal digits of the SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:10]


class ChoiceKey(Strict):
    """The options, and whether several are right."""

    many: bool = False
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _consistent(self) -> ChoiceKey:
        right = sum(option.correct for option in self.options)
        if self.many and right < 1:
            raise ValueError("no option is marked 'correct: true'; a choice of several needs at least one")
        if not self.many and right != 1:
            raise ValueError(f"{right} options are marked 'correct: true'; a single choice needs exactly one")
        if right == len(self.options):
            raise ValueError("every option is correct; at least one must be wrong")
        if len({option.id for option in self.options}) < len(self.options):
            raise ValueError("two options have the same text")
        for option in self.options:
            if not option.correct and not option.feedback:
                raise ValueError(f"the wrong option {option.text[:40]!r} has no feedback that names the mistake")
        return self


class ChoiceAnswer(Strict):
    """The ids of the chosen options, in any order."""

    chosen: Annotated[tuple[OptionId, ...], Field(max_length=12)] = ()


class Choice(Form[ChoiceKey, ChoiceAnswer]):
    """Options as radio buttons (one) or check boxes (several)."""

    name: ClassVar[str] = "choice"
    key_model = ChoiceKey
    answer_model = ChoiceAnswer

    def public(self, key: ChoiceKey, seed: str) -> dict[str, Any]:
        options = sorted(({"id": option.id, "text": option.text} for option in key.options), key=lambda o: o["id"])
        option_seed(seed, "options").shuffle(options)
        return {"many": key.many, "options": options}

    def missing(self, answer: ChoiceAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return None if answer.chosen else "Nothing is chosen yet."

    def score(self, key: ChoiceKey, answer: ChoiceAnswer, context: Context) -> Score:
        options = {option.id: option for option in key.options}
        chosen = list(dict.fromkeys(answer.chosen))
        right_ids = {option.id for option in key.options if option.correct}
        right = sum(option in right_ids for option in chosen)
        wrong = len(chosen) - right
        if key.many:
            share = max(0, right - wrong) / len(right_ids)
        else:
            share = 1.0 if right == 1 and wrong == 0 else 0.0
        findings = []
        for option_id in chosen:
            option = options.get(option_id)
            if option is None:
                findings.append(_finding(Severity.WARNING, "unknown-option", "An option was chosen that this question does not have."))
            elif option.correct:
                if option.feedback:
                    findings.append(_finding(Severity.INFO, "right-option", option.feedback))
            else:
                findings.append(_finding(Severity.WARNING, "wrong-option", f"“{option.text}”: {option.feedback}"))
        if key.many:
            left_out = len(right_ids) - right
            if left_out and right:
                findings.append(_finding(Severity.HINT, "left-out", f"Right options left out: {left_out}."))
            if right and wrong:
                findings.append(_finding(Severity.HINT, "cancelled", "Each wrong option takes away what a right one earns."))
        if not chosen:
            findings.append(_finding(Severity.WARNING, "no-answer", "No option was chosen."))
        part = SubScore(name="options", earned=share, possible=1.0, note=f"{right} right, {wrong} wrong")
        return capped([part], findings, context, hard=0)

    def claims(self, key: ChoiceKey) -> Iterator[Claim]:
        for number, option in enumerate(key.options):
            for claim in option.codes:
                yield Claim.of(f"key.options.{number}.codes", claim)

    def key_answer(self, key: ChoiceKey) -> dict[str, Any]:
        return {"chosen": [option.id for option in key.options if option.correct]}

    def describe(
        self, answer: ChoiceAnswer, key: ChoiceKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        texts: dict[str, str] = {}
        if key is not None:
            texts = {option.id: option.text for option in key.options}
        elif public is not None:
            texts = {option["id"]: option["text"] for option in public.get("options", [])}
        return [("Chosen", texts.get(option, "an option this question does not have")) for option in answer.chosen]

    def attempt(self, key: ChoiceKey, ability: float, draw: Random) -> dict[str, Any]:
        right = [option.id for option in key.options if option.correct]
        wrong = [option.id for option in key.options if not option.correct]
        if not key.many:
            return {"chosen": right if draw.random() < ability else [draw.choice(wrong)]}
        chosen = [option for option in right if draw.random() < ability]
        chosen += [option for option in wrong if draw.random() > max(ability, 0.5)]
        return {"chosen": chosen or [draw.choice(wrong)]}


def _finding(severity: Severity, rule: str, message: str) -> Finding:
    return Finding(severity=severity, rule=rule, message=message)
