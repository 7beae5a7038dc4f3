"""match: each left text gets a right text. Right pairs / pairs; a right text used twice earns for neither, unless reuse."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, Strict, capped, option_seed
from medcoding.forms.matching import match_codes

EntryText = Annotated[str, StringConstraints(min_length=1, max_length=400)]
EntryId = Annotated[str, StringConstraints(max_length=40)]
STRANGER = "an entry this question does not have"


def text_id(text: str) -> str:
    """Ten hexadecimal digits of the SHA-256 of a text: an id that tells neither place nor rightness."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def bare(text: str) -> str:
    """A text without the backticks that set code, for labels and messages."""
    return text.replace("`", "")


def entries(texts: Sequence[str], seed: str, name: str) -> list[dict[str, str]]:
    """Texts with their ids, in an order drawn from the seed alone. File order has no part in it."""
    shown = sorted(({"id": text_id(text), "text": text} for text in texts), key=lambda entry: entry["id"])
    option_seed(seed, name).shuffle(shown)
    return shown


def finding(severity: Severity, rule: str, message: str) -> Finding:
    """A finding of the course itself, without codes or citation."""
    return Finding(severity=severity, rule=rule, message=message)


class Pair(Strict):
    """A left text with its right text; `feedback` says why they belong together."""

    left: EntryText
    right: EntryText
    alternatives: tuple[EntryText, ...] = ()
    feedback: str = ""

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset((self.right, *self.alternatives))


class Extra(Strict):
    """A right text that matches nothing, and the mistake of whoever picks it."""

    text: EntryText
    feedback: Annotated[str, StringConstraints(min_length=1)]


class MatchKey(Strict):
    """The pairs, right texts that match nothing, and whether a right text may serve several lefts."""

    pairs: Annotated[tuple[Pair, ...], Field(min_length=2, max_length=12)]
    extra: Annotated[tuple[Extra, ...], Field(max_length=6)] = ()
    reuse: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> MatchKey:
        lefts = [pair.left for pair in self.pairs]
        rights = [pair.right for pair in self.pairs]
        if len(set(lefts)) < len(lefts):
            raise ValueError("two pairs have the same left text")
        if not self.reuse and len(set(rights)) < len(rights):
            raise ValueError("two pairs have the same right text; say 'reuse: true' if one right text may serve several lefts")
        if self.reuse and len(set(self.rights)) < 2:
            raise ValueError("there is only one right text; give at least one more in 'extra'")
        strays = [extra.text for extra in self.extra]
        if len(set(strays)) < len(strays) or set(strays) & set(rights):
            raise ValueError("a text of 'extra' is also a right text of a pair, or stands there twice")
        for pair in self.pairs:
            if pair.right in pair.alternatives:
                raise ValueError(f"the right text of {pair.left[:40]!r} is also among its alternatives")
            for text in pair.alternatives:
                if text not in self.rights:
                    raise ValueError(f"the alternative {text[:40]!r} of {pair.left[:40]!r} is no right text and not in 'extra'")
        return self

    @property
    def rights(self) -> tuple[str, ...]:
        """Every right text once: those of the pairs, then the extra ones."""
        return tuple(dict.fromkeys((*(pair.right for pair in self.pairs), *(extra.text for extra in self.extra))))


class MatchAnswer(Strict):
    """The id of a right text for the id of each left text; an empty id where none is chosen yet."""

    pairs: dict[EntryId, EntryId] = Field(default_factory=dict, max_length=24)


class Match(Form[MatchKey, MatchAnswer]):
    """Left texts, each with a list of all right texts to choose from."""

    name: ClassVar[str] = "match"
    key_model = MatchKey
    answer_model = MatchAnswer

    def public(self, key: MatchKey, seed: str) -> dict[str, Any]:
        return {
            "lefts": entries([pair.left for pair in key.pairs], seed, "lefts"),
            "rights": entries(key.rights, seed, "rights"),
            "reuse": key.reuse,
        }

    def missing(self, answer: MatchAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        if not any(answer.pairs.values()):
            return "Nothing is matched yet."
        left = sum(not right for right in answer.pairs.values())
        return f"Not matched yet: {left} of {len(answer.pairs)}." if left else None

    def score(self, key: MatchKey, answer: MatchAnswer, context: Context) -> Score:
        texts = {text_id(text): text for text in key.rights}
        chosen = {left: right for left, right in answer.pairs.items() if right}
        own = {text_id(pair.left) for pair in key.pairs}
        uses = Counter(right for left, right in chosen.items() if left in own)
        right, findings = 0, []
        for pair in key.pairs:
            given = chosen.get(text_id(pair.left))
            if given is None:
                continue
            text = texts.get(given)
            if text is None:
                findings.append(finding(Severity.WARNING, "unknown-option", f"“{bare(pair.left)}” was matched with {STRANGER}."))
            elif uses[given] > 1 and not key.reuse:
                findings.append(
                    finding(Severity.WARNING, "used-twice",
                            f"“{bare(pair.left)}” with “{bare(text)}”: this text was chosen {uses[given]} times and serves one only, so none of them counts.")
                )
            elif text in pair.accepted:
                right += 1
                if pair.feedback:
                    findings.append(finding(Severity.INFO, "right-option", f"“{bare(pair.left)}”: {pair.feedback}"))
            else:
                findings.append(finding(Severity.WARNING, "wrong-option", _mistake(key, pair, text)))
        if set(chosen) - own:
            findings.append(finding(Severity.WARNING, "unknown-option", f"Something was matched that is {STRANGER}."))
        left_out = sum(text_id(pair.left) not in chosen for pair in key.pairs)
        if not chosen:
            findings = [finding(Severity.WARNING, "no-answer", "Nothing was matched.")]
        elif left_out:
            findings.append(finding(Severity.HINT, "left-out", f"Left without a match: {left_out}."))
        part = SubScore(name="pairs", earned=right / len(key.pairs), possible=1.0, note=f"{right} of {len(key.pairs)} right")
        return capped([part], findings, context, hard=0)

    def claims(self, key: MatchKey) -> Iterator[Claim]:
        return iter(())

    def problems(self, key: MatchKey, context: Context) -> Iterator[str]:
        for number, pair in enumerate(key.pairs):
            for text in pair.alternatives:
                if _pairing(key, number, text) is None:
                    yield (
                        f"key.pairs.{number}.alternatives: {text[:60]!r} can never earn full marks: the pair that needs it "
                        "has no other right text (add an alternative there, or say 'reuse: true')"
                    )

    def key_answer(self, key: MatchKey) -> dict[str, Any]:
        return {"pairs": {text_id(pair.left): text_id(pair.right) for pair in key.pairs}}

    def full_answers(self, key: MatchKey) -> Iterator[dict[str, Any]]:
        yield self.key_answer(key)
        for number, pair in enumerate(key.pairs):
            for text in pair.alternatives:
                found = _pairing(key, number, text)
                if found is not None:
                    yield {"pairs": {text_id(left): text_id(right) for left, right in found.items()}}

    def describe(
        self, answer: MatchAnswer, key: MatchKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        if key is not None:
            public = self.public(key, "")
        lefts = {entry["id"]: bare(entry["text"]) for entry in (public or {}).get("lefts", [])}
        rights = {entry["id"]: entry["text"] for entry in (public or {}).get("rights", [])}
        order = [pair for pair in lefts if pair in answer.pairs] + [left for left in answer.pairs if left not in lefts]
        return [
            (lefts.get(left, STRANGER.capitalize()), rights.get(answer.pairs[left], STRANGER))
            for left in order
            if answer.pairs[left]
        ]

    def attempt(self, key: MatchKey, ability: float, draw: Random) -> dict[str, Any]:
        """The pairs that are not known are dealt anew among themselves and the extra texts."""
        given = {pair.left: pair.right for pair in key.pairs}
        unknown = [pair.left for pair in key.pairs if draw.random() > ability]
        spare = [given[left] for left in unknown] + [extra.text for extra in key.extra]
        draw.shuffle(spare)
        given.update(zip(unknown, spare, strict=False))
        return {"pairs": {text_id(left): text_id(right) for left, right in given.items()}}


def _mistake(key: MatchKey, pair: Pair, text: str) -> str:
    """A wrong pair in words: what the extra text misleads to, or where the text belongs."""
    said = f"“{bare(pair.left)}” with “{bare(text)}”:"
    for extra in key.extra:
        if extra.text == text:
            return f"{said} {extra.feedback}"
    owners = " and ".join(f"“{bare(other.left)}”" for other in key.pairs if other.right == text)
    return f"{said} that belongs to {owners}.{f' {pair.feedback}' if pair.feedback else ''}"


def _pairing(key: MatchKey, number: int, text: str) -> dict[str, str] | None:
    """A pairing that earns full marks in which the pair of that number has this right text, or None."""
    if key.reuse:
        return {pair.left: text if place == number else pair.right for place, pair in enumerate(key.pairs)}
    accepted = [frozenset((text,)) if place == number else pair.accepted for place, pair in enumerate(key.pairs)]
    places = match_codes(key.rights, accepted)
    if len(places) < len(key.pairs):
        return None
    return {key.pairs[place].left: key.rights[entry] for entry, place in places.items()}
