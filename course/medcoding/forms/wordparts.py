"""wordparts: take a term apart, or put one together. Parts 0.70; the rest for the meaning, or for the whole term."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, Strict, capped
from medcoding.forms.match import EntryId, entries, finding, text_id

PARTS, MEANING = 0.70, 0.30
TEXT, KIND = 0.75, 0.25
LIMIT = 8
VOWELS = "aeiouy"
Kind = Literal["prefix", "root", "vowel", "suffix"]
KINDS: tuple[Kind, ...] = ("prefix", "root", "vowel", "suffix")
PartText = Annotated[str, StringConstraints(pattern=r"^-?[A-Za-z]{1,30}(/[aeiouy])?-?$")]
Meaning = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class Part(Strict):
    """One part as the course writes it: `pan-`, `hydr/o`, `nephr`, `-osis`; a combining vowel may also stand alone."""

    text: PartText
    kind: Kind
    meaning: Meaning | Literal[""] = ""
    alternatives: tuple[PartText, ...] = ()

    @property
    def spellings(self) -> frozenset[str]:
        """The letters that earn this part: with and without its combining vowel."""
        texts = (self.text, *self.alternatives)
        return frozenset(letters(form) for text in texts for form in (text, text.partition("/")[0]))


class ExtraPart(Strict):
    """A part that does not belong to the term, and the mistake of whoever picks it."""

    text: PartText
    kind: Kind
    feedback: Annotated[str, StringConstraints(min_length=1)]


class WrongMeaning(Strict):
    """A meaning that the term has not, and the mistake of whoever picks it."""

    text: Meaning
    feedback: Annotated[str, StringConstraints(min_length=1)]


class TermMeaning(Strict):
    """What the whole term means, other wordings that are as right, and wrong ones."""

    text: Meaning
    alternatives: Annotated[tuple[Meaning, ...], Field(max_length=3)] = ()
    wrong: Annotated[tuple[WrongMeaning, ...], Field(min_length=1, max_length=6)]

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text, *self.alternatives, *(wrong.text for wrong in self.wrong))


class WordPartsKey(Strict):
    """A term and its parts. `apart` needs the `meaning`; `build` needs `extra` parts for its bank."""

    term: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3,60}$")]
    mode: Literal["apart", "build"]
    parts: Annotated[tuple[Part, ...], Field(min_length=2, max_length=LIMIT)]
    meaning: TermMeaning | None = None
    meanings: Annotated[tuple[Meaning, ...], Field(max_length=8)] = ()
    extra: Annotated[tuple[ExtraPart, ...], Field(max_length=8)] = ()
    accept: Annotated[tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3,60}$")], ...], Field(max_length=6)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> WordPartsKey:
        if self.mode == "apart":
            self._sound_apart()
        else:
            self._sound_build()
        return self

    def _sound_apart(self) -> None:
        if self.meaning is None:
            raise ValueError("a term to take apart needs its 'meaning', with at least one wrong one")
        if self.extra or self.accept:
            raise ValueError("'extra' and 'accept' belong to 'mode: build'")
        if len(set(self.meaning.texts)) < len(self.meaning.texts):
            raise ValueError("two meanings of the term have the same text")
        if set(self.meanings) & {part.meaning for part in self.parts}:
            raise ValueError("a wrong meaning of 'meanings' is also the meaning of a part")
        ways = {""}
        for part in self.parts:
            ways = {way + more for way in ways for more in part.spellings if self.term.lower().startswith(way + more)}
        if self.term.lower() not in ways:
            raise ValueError(
                f"the parts {' + '.join(part.text for part in self.parts)} do not make {self.term!r}: every letter of the term "
                "belongs to one part, and a combining vowel may only be dropped"
            )

    def _sound_build(self) -> None:
        if self.meaning is not None or self.meanings:
            raise ValueError("'meaning' and 'meanings' belong to 'mode: apart'; say the meaning in the question")
        if not self.extra:
            raise ValueError("a term to build needs 'extra' parts that do not belong to it")
        texts = [text for text, _ in self.bank]
        if len({letters(text) for text in texts}) < len({part.text for part in self.parts}) + sum(
            len(part.alternatives) for part in self.parts
        ) + len(self.extra):
            raise ValueError("two parts of the bank have the same letters")
        made = assemble([part.text for part in self.parts])
        if made != self.term.lower():
            raise ValueError(
                f"the parts {' + '.join(part.text for part in self.parts)} make {made!r}, not {self.term!r}; "
                "where a combining vowel behaves otherwise, let it stand as a part of its own"
            )

    @property
    def bank(self) -> tuple[tuple[str, Kind], ...]:
        """Every part to choose from, once."""
        own = [(text, part.kind) for part in self.parts for text in (part.text, *part.alternatives)]
        return tuple(dict.fromkeys((*own, *((part.text, part.kind) for part in self.extra))))

    @property
    def scored(self) -> tuple[Part, ...]:
        """The parts as they are scored in `apart`: a combining vowel that stands alone joins the root before it."""
        joined: list[Part] = []
        for part in self.parts:
            if part.kind == "vowel" and joined and joined[-1].kind == "root":
                before = joined.pop()
                text = f"{before.text.partition('/')[0].strip('-')}/{letters(part.text)}"
                joined.append(before.model_copy(update={"text": text}))
            else:
                joined.append(part)
        return tuple(joined)

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(term.lower() for term in (self.term, *self.accept))


class EnteredPart(Strict):
    """A part as entered: its text; in `apart` also its kind and the id of its meaning."""

    text: Annotated[str, StringConstraints(max_length=40)] = ""
    kind: Annotated[str, StringConstraints(max_length=10)] = ""
    meaning: EntryId = ""


class WordPartsAnswer(Strict):
    """The parts in order, and in `apart` the id of the whole term's meaning."""

    parts: Annotated[tuple[EnteredPart, ...], Field(max_length=12)] = ()
    meaning: EntryId = ""


def letters(text: str) -> str:
    """A part's letters alone, lower case: hyphens, slashes and spaces never cost."""
    return re.sub(r"[^a-z]", "", text.lower())


def assemble(parts: Sequence[str]) -> str:
    """The term that parts make: the combining vowel of a root is dropped before a suffix that begins with a vowel."""
    made = ""
    for place, text in enumerate(parts):
        after = parts[place + 1] if place + 1 < len(parts) else ""
        dropped = "/" in text and after.startswith("-") and letters(after)[:1] in tuple(VOWELS)
        made += letters(text.partition("/")[0] if dropped else text)
    return made


class WordParts(Form[WordPartsKey, WordPartsAnswer]):
    """Fields for the parts of a term, or a bank of parts to make one from."""

    name: ClassVar[str] = "wordparts"
    key_model = WordPartsKey
    answer_model = WordPartsAnswer

    def public(self, key: WordPartsKey, seed: str) -> dict[str, Any]:
        if key.mode == "build":
            kinds = dict(key.bank)
            bank = [{**entry, "kind": kinds[entry["text"]]} for entry in entries(list(kinds), seed, "bank")]
            return {"mode": "build", "bank": bank, "limit": LIMIT}
        own = dict.fromkeys(part.meaning for part in key.scored if part.meaning)
        assert key.meaning is not None
        return {
            "mode": "apart",
            "term": key.term,
            "kinds": list(KINDS),
            "meanings": entries([*own, *key.meanings], seed, "meanings") if own else [],
            "whole": entries(key.meaning.texts, seed, "whole"),
            "limit": LIMIT,
        }

    def missing(self, answer: WordPartsAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        if not any(part.text.strip() for part in answer.parts) and not answer.meaning:
            return "Nothing is entered yet."
        if not any(part.text.strip() for part in answer.parts):
            return "No part is entered yet."
        return None

    def score(self, key: WordPartsKey, answer: WordPartsAnswer, context: Context) -> Score:
        entered = [part for part in answer.parts if part.text.strip()]
        if not entered and not answer.meaning:
            parts = [SubScore(name="parts", earned=0, possible=PARTS), SubScore(name="rest", earned=0, possible=MEANING)]
            return capped(parts, [finding(Severity.WARNING, "no-answer", "Nothing was entered.")], context, hard=0)
        parts, findings = (_apart if key.mode == "apart" else _build)(key, entered, answer.meaning)
        return capped(parts, findings, context, hard=0)

    def claims(self, key: WordPartsKey) -> Iterator[Claim]:
        return iter(())

    def problems(self, key: WordPartsKey, context: Context) -> Iterator[str]:
        if key.mode == "apart" and any(part.meaning for part in key.parts) and not key.meanings:
            yield "key.meanings: none given; offer at least one part meaning that is wrong here"
        made = {assemble([part["text"] for part in raw["parts"]]) for raw in self.full_answers(key)}
        for number, term in enumerate(key.accept):
            if key.mode == "build" and term.lower() not in made:
                yield f"key.accept.{number}: no part or alternative of the key makes {term!r}"

    def key_answer(self, key: WordPartsKey) -> dict[str, Any]:
        if key.mode == "build":
            return {"parts": [{"text": part.text} for part in key.parts]}
        assert key.meaning is not None
        parts = [
            {"text": part.text, "kind": part.kind, "meaning": text_id(part.meaning) if part.meaning else ""} for part in key.scored
        ]
        return {"parts": parts, "meaning": text_id(key.meaning.text)}

    def full_answers(self, key: WordPartsKey) -> Iterator[dict[str, Any]]:
        yield (own := self.key_answer(key))
        for number, part in enumerate(key.scored if key.mode == "apart" else key.parts):
            for text in part.alternatives:
                yield {**own, "parts": [{**p, "text": text} if n == number else p for n, p in enumerate(own["parts"])]}
        for text in key.meaning.alternatives if key.meaning else ():
            yield {**own, "meaning": text_id(text)}

    def describe(
        self, answer: WordPartsAnswer, key: WordPartsKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        public = (self.public(key, "") if key is not None else public) or {}
        entered = [part for part in answer.parts if part.text.strip()]
        if public.get("mode") == "build":
            joined = " + ".join(part.text for part in entered)
            return [("Parts", joined), ("Term", assemble([part.text for part in entered]))] if entered else []
        told = {entry["id"]: entry["text"] for name in ("meanings", "whole") for entry in public.get(name, [])}
        rows = []
        for number, part in enumerate(entered, 1):
            meaning = told.get(part.meaning, "a meaning this question does not have") if part.meaning else ""
            rows.append((f"Part {number}", ", ".join(text for text in (part.text, part.kind, meaning) if text)))
        if answer.meaning:
            rows.append(("Meaning", told.get(answer.meaning, "a meaning this question does not have")))
        return rows

    def attempt(self, key: WordPartsKey, ability: float, draw: Random) -> dict[str, Any]:
        own = self.key_answer(key)
        if key.mode == "build":
            wrong = [part.text for part in key.extra]
            return {"parts": [part if draw.random() < ability else {"text": draw.choice(wrong)} for part in own["parts"]]}
        assert key.meaning is not None
        meanings = [text_id(text) for text in (*key.meanings, *(part.meaning for part in key.parts if part.meaning))]
        for part in own["parts"]:
            if draw.random() > ability:
                part["kind"] = draw.choice(KINDS)
            if meanings and draw.random() > ability:
                part["meaning"] = draw.choice(meanings)
            if draw.random() > (1 + ability) / 2:
                part["text"] = part["text"][:-1]
        if draw.random() > ability:
            own["meaning"] = text_id(draw.choice(key.meaning.wrong).text)
        return own


def _aligned(entered: Sequence[frozenset[str]], wanted: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    """The longest run of (entered, wanted) places in which each shares a spelling and both go upwards."""
    best: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one in range(len(entered), -1, -1):
        for other in range(len(wanted), -1, -1):
            if one == len(entered) or other == len(wanted):
                best[one, other] = []
                continue
            runs = [best[one + 1, other], best[one, other + 1]]
            if entered[one] & wanted[other]:
                runs.insert(0, [(one, other), *best[one + 1, other + 1]])
            best[one, other] = max(runs, key=len)
    return best[0, 0]


def _joined(entered: Sequence[EnteredPart]) -> list[EnteredPart]:
    """A combining vowel entered by itself joins the root before it, as in the key."""
    joined: list[EnteredPart] = []
    for part in entered:
        if part.kind == "vowel" and joined and joined[-1].kind == "root" and len(letters(part.text)) == 1:
            before = joined.pop()
            part = before.model_copy(update={"text": f"{before.text.rstrip('-')}/{letters(part.text)}"})
        joined.append(part)
    return joined


def _written(text: str) -> frozenset[str]:
    """The letters of an entered part; of a combining form ("nephr/o") also those of its root, for terms in which the vowel falls."""
    return frozenset(letters(form) for form in (text, text.partition("/")[0]))


def _apart(key: WordPartsKey, given: Sequence[EnteredPart], meaning: str) -> tuple[list[SubScore], list[Finding]]:
    assert key.meaning is not None
    wanted, entered = key.scored, _joined(given)
    pairs = _aligned([_written(part.text) for part in entered], [part.spellings for part in wanted])
    kinds = [entered[one].kind == wanted[other].kind for one, other in pairs]
    share = (TEXT * len(pairs) + KIND * sum(kinds)) / max(len(entered), len(wanted))
    told = [part for part in wanted if part.meaning]
    known = sum(bool(wanted[other].meaning) and entered[one].meaning == text_id(wanted[other].meaning) for one, other in pairs)
    whole = meaning in {text_id(text) for text in (key.meaning.text, *key.meaning.alternatives)}
    understood = (whole + known / len(told)) / 2 if told else float(whole)
    findings = []
    found = {one for one, _ in pairs}
    for one, part in enumerate(entered):
        if one not in found:
            findings.append(finding(Severity.WARNING, "wrong-part", f"“{part.text}” is not one of the term's parts, or stands out of order."))
    for (one, other), kind in zip(pairs, kinds, strict=True):
        part, right = entered[one], wanted[other]
        if not kind:
            findings.append(finding(Severity.WARNING, "wrong-option", f"“{part.text}” is a {right.kind}{f', not a {part.kind}' if part.kind else ''}."))
        if right.meaning and part.meaning != text_id(right.meaning):
            findings.append(finding(Severity.WARNING, "wrong-option", f"“{part.text}” means {right.meaning}."))
    for wrong in key.meaning.wrong:
        if meaning == text_id(wrong.text):
            findings.append(finding(Severity.WARNING, "wrong-option", f"“{wrong.text}”: {wrong.feedback}"))
    if len(pairs) < len(wanted):
        findings.append(finding(Severity.HINT, "left-out", f"Parts not found: {len(wanted) - len(pairs)}."))
    if not meaning:
        findings.append(finding(Severity.HINT, "left-out", "The meaning of the whole term was not chosen."))
    other = len(kinds) - sum(kinds)
    note = f"{len(pairs)} of {len(wanted)} found{f', {other} as another kind' if other else ''}, {len(entered) - len(pairs)} wrong"
    about = f"whole term {'right' if whole else 'not right'}{f', {known} of {len(told)} parts' if told else ''}"
    return [
        SubScore(name="parts", earned=share * PARTS, possible=PARTS, note=note),
        SubScore(name="meaning", earned=understood * MEANING, possible=MEANING, note=about),
    ], findings


def _build(key: WordPartsKey, entered: Sequence[EnteredPart], _meaning: str) -> tuple[list[SubScore], list[Finding]]:
    term = assemble([part.text for part in entered])
    right = term in key.accepted
    wanted = [frozenset(letters(text) for text in (part.text, *part.alternatives)) for part in key.parts]
    pairs = _aligned([frozenset((letters(part.text),)) for part in entered], wanted)
    share = 1.0 if right else len(pairs) / max(len(entered), len(wanted))
    findings = []
    astray = {letters(part.text): part for part in key.extra}
    places = {one for one, _ in pairs}
    for one, part in enumerate(entered):
        if right or one in places:
            continue
        if letters(part.text) in astray:
            extra = astray[letters(part.text)]
            findings.append(finding(Severity.WARNING, "distractor", f"“{extra.text}”: {extra.feedback}"))
        elif any(letters(part.text) in spellings for spellings in wanted):
            findings.append(finding(Severity.WARNING, "wrong-place", f"“{part.text}” stands out of order, or more often than needed."))
        else:
            findings.append(finding(Severity.WARNING, "unknown-option", f"“{part.text}” is not in the list of parts."))
    if not right and len(pairs) < len(wanted):
        findings.append(finding(Severity.HINT, "left-out", f"Parts missing or out of place: {len(wanted) - len(pairs)}."))
    return [
        SubScore(name="parts", earned=share * PARTS, possible=PARTS, note=f"{len(pairs)} of {len(wanted)} in their place"),
        SubScore(name="whole term", earned=MEANING * right, possible=MEANING, note=term),
    ], findings
