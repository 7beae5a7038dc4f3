"""pcs: ICD-10-PCS codes, built axis by axis. Characters 1 and 2 are worth 0.15 each, 3 to 7 are worth 0.14 each.

Several codes: the axis scores of the best pairing of entries with the key, over the larger of both numbers.
Where axes are given, the others share the whole. A code that no table holds is a hard error. Source: the course's scoring guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Distractor, Form, Strict, capped
from medcoding.forms.diagnoses import KeyCode, plain
from medcoding.forms.match import finding
from medcoding.forms.matching import match_lines

LENGTH = 7
WEIGHTS = (0.15, 0.15, 0.14, 0.14, 0.14, 0.14, 0.14)
MOST_KEYED, MOST = 8, 12
UNSET = "_"
LEAST = 1e-9
"""What a worthless pair weighs, so that it is formed where no better one is."""

PcsText = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NP-Z]{7}$")]
Mask = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NP-Z.]{7}$")]


class Slip(Strict):
    """A wrong value on one axis (1 to 7) that real coders choose, and the feedback that names their mistake."""

    axis: Annotated[int, Field(ge=1, le=LENGTH)]
    value: Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NP-Z]$")]
    feedback: Annotated[str, StringConstraints(min_length=1)]


class PcsKey(Strict):
    """The codes that the record supports, in any order, and the mistakes that are foreseen.

    `given` shows some axes of a single code already filled in ("0TB.4ZZ": only the body part is asked).
    """

    procedures: Annotated[tuple[KeyCode, ...], Field(min_length=1, max_length=MOST_KEYED)]
    given: Mask | None = None
    optional: tuple[PcsText, ...] = ()
    slips: Annotated[tuple[Slip, ...], Field(max_length=24)] = ()
    distractors: Annotated[tuple[Distractor, ...], Field(max_length=24)] = ()

    @field_validator("procedures", mode="before")
    @classmethod
    def _bare_codes(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple({"code": entry} if isinstance(entry, str) else entry for entry in value)
        return value

    @model_validator(mode="after")
    def _consistent(self) -> PcsKey:
        own = [plain(entry.code) for entry in self.procedures]
        for entry in self.procedures:
            for code in entry.accepted:
                if len(code) != LENGTH:
                    raise ValueError(f"{code!r} has {len(code)} characters; an ICD-10-PCS code has 7")
        if len(set(own)) < len(own):
            raise ValueError("the key names a code twice; one that is performed twice needs a form with lines")
        every = {code for entry in self.procedures for code in entry.accepted}
        if every & set(self.optional):
            raise ValueError("an optional code is also a key code or an alternative")
        for distractor in self.distractors:
            if plain(distractor.code) in every | set(self.optional):
                raise ValueError(f"the distractor {distractor.code} is also a right or optional code")
        for slip in self.slips:
            if all(code[slip.axis - 1] == slip.value for code in every):
                raise ValueError(f"the slip {slip.value} on axis {slip.axis} is the right value")
        if self.given is not None:
            self._given_fits(every)
        return self

    def _given_fits(self, every: set[str]) -> None:
        assert self.given is not None
        if len(self.procedures) > 1 or self.optional:
            raise ValueError("'given' goes with a single code only")
        if "." not in self.given:
            raise ValueError(f"'given' {self.given!r} leaves nothing to ask; write a dot for each axis that is asked")
        for code in every:
            if any(shown not in (".", own) for shown, own in zip(self.given, code, strict=True)):
                raise ValueError(f"'given' {self.given!r} does not fit the key's {code}")
        for slip in self.slips:
            if self.given[slip.axis - 1] != ".":
                raise ValueError(f"a slip speaks of axis {slip.axis}, which is given")

    @property
    def asked(self) -> tuple[int, ...]:
        """The places (from 0) of the axes that are asked."""
        return tuple(place for place in range(LENGTH) if self.given is None or self.given[place] == ".")

    def worth(self, entered: str, code: str) -> float:
        """The share in 0..1 that an entered code earns against one code of the key, axis by axis."""
        whole = sum(WEIGHTS[place] for place in self.asked)
        return sum(WEIGHTS[place] for place in self.asked if entered[place] == code[place]) / whole

    def best(self, entered: str, entry: KeyCode) -> str:
        """Which of a place's accepted codes an entry comes nearest to; the key's own where it makes no difference."""
        own = plain(entry.code)
        return max([own, *sorted(entry.accepted - {own})], key=lambda code: self.worth(entered, code))


class PcsAnswer(Strict):
    """Codes as entered, in any order; `_` stands for an axis that has no value yet."""

    procedures: Annotated[tuple[Annotated[str, StringConstraints(max_length=16)], ...], Field(max_length=MOST)] = ()


def axes_of(text: str) -> str:
    """An entered code as exactly seven characters, `_` where none was given; what stands after the seventh is dropped."""
    return plain(text)[:LENGTH].ljust(LENGTH, UNSET)


class Pcs(Form[PcsKey, PcsAnswer]):
    """Seven axes a code, each chosen from what the tables offer after the ones before it."""

    name: ClassVar[str] = "pcs"
    key_model = PcsKey
    answer_model = PcsAnswer

    def public(self, key: PcsKey, seed: str) -> dict[str, Any]:
        return {"book": "icd10pcs", "given": key.given or "", "limit": 1 if key.given else MOST}

    def missing(self, answer: PcsAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        entered = entries(answer, str((view or {}).get("given") or ""))
        if not entered:
            return "No procedure is entered yet."
        for number, code in enumerate(entered, 1):
            if UNSET in code:
                place = code.index(UNSET) + 1
                return f"Procedure {number} has no value on axis {place} yet."
        return None

    def score(self, key: PcsKey, answer: PcsAnswer, context: Context) -> Score:
        entered = entries(answer, key.given or "")
        neutral = [code for code in dict.fromkeys(entered) if code in key.optional]
        counted = list(entered)
        for code in neutral:
            counted.remove(code)
        if not entered:
            findings = [finding(Severity.WARNING, "no-answer", "No procedure was entered.")]
            return capped(_parts(key, {}, counted), findings, context, 0)
        pairs = match_lines(
            len(counted), len(key.procedures), lambda line, spot: _pairable(key, counted[line], spot), pairs_first=False
        )
        hard = _invalid(entered, context)
        findings = [*hard, *_told(key, counted, pairs)]
        return capped(_parts(key, pairs, counted), findings, context, len(hard))

    def claims(self, key: PcsKey) -> Iterator[Claim]:
        for number, entry in enumerate(key.procedures):
            for code in (entry.code, *entry.alternatives):
                yield Claim(f"key.procedures.{number}", code, "valid", "icd10pcs")
        for code in key.optional:
            yield Claim("key.optional", code, "valid", "icd10pcs")
        for number, distractor in enumerate(key.distractors):
            yield Claim(f"distractors.{number}", distractor.code, distractor.status, "icd10pcs")

    def problems(self, key: PcsKey, context: Context) -> Iterator[str]:
        from medcoding.codes import icd10pcs

        if not key.distractors and not key.slips:
            yield "slips: none given, and no distractors; name at least one mistake that a real coder makes"
        book = icd10pcs.on(context.on)
        for number, slip in enumerate(key.slips):
            starts = {plain(entry.code)[: slip.axis - 1] for entry in key.procedures}
            if not any(slip.value in book.next_axis(start) for start in starts):
                offered = ", ".join(sorted({value for start in starts for value in book.next_axis(start)}))
                yield f"slips.{number}: no table offers {slip.value} on axis {slip.axis} here; it offers {offered}"

    def key_answer(self, key: PcsKey) -> dict[str, Any]:
        return {"procedures": [plain(entry.code) for entry in key.procedures]}

    def full_answers(self, key: PcsKey) -> Iterator[dict[str, Any]]:
        own = [plain(entry.code) for entry in key.procedures]
        yield {"procedures": own}
        for number, entry in enumerate(key.procedures):
            for other in entry.alternatives:
                yield {"procedures": [*own[:number], plain(other), *own[number + 1 :]]}

    def describe(
        self, answer: PcsAnswer, key: PcsKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        given = (key.given if key is not None else (public or {}).get("given")) or ""
        return [(f"Procedure {number}", code) for number, code in enumerate(entries(answer, given), 1)]

    def attempt(self, key: PcsKey, ability: float, draw: Random) -> dict[str, Any]:
        codes = []
        for entry in key.procedures:
            code = plain(draw.choice(sorted({entry.code, *entry.alternatives})) if draw.random() < 0.2 else entry.code)
            if draw.random() >= ability:
                slips = [slip for slip in key.slips if code[slip.axis - 1] != slip.value]
                if slips and draw.random() < 0.6:
                    slip = draw.choice(slips)
                    code = code[: slip.axis - 1] + slip.value + code[slip.axis :]
                elif key.distractors:
                    code = plain(draw.choice(key.distractors).code)
                else:
                    code = code[: draw.randint(3, LENGTH - 1)].ljust(LENGTH, UNSET)
            codes.append(code)
        return {"procedures": list(dict.fromkeys(codes))}


def entries(answer: PcsAnswer, given: str) -> list[str]:
    """The entered codes as seven characters each, axes that are given filled in; those without any value of their own are left out."""
    found = []
    for text in answer.procedures:
        code = axes_of(text)
        if given and any(code[place] != UNSET for place in range(LENGTH) if given[place] == "."):
            code = "".join(own if shown == "." else shown for own, shown in zip(code, given, strict=True))
            found.append(code)
        elif not given and code.strip(UNSET):
            found.append(code)
    return found


def _pairable(key: PcsKey, entered: str, spot: int) -> float | None:
    """What a pair is worth; None where two of the first three characters differ, so that a stray code earns nothing.

    A pair worth nothing (the one axis asked is wrong) is still a pair: only so is its slip told.
    """
    entry = key.procedures[spot]
    near = [code for code in entry.accepted if sum(a == b for a, b in zip(entered[:3], code[:3], strict=True)) >= 2]
    return max((max(key.worth(entered, code), LEAST) for code in near), default=None)


def _parts(key: PcsKey, pairs: dict[int, int], counted: Sequence[str]) -> list[SubScore]:
    """One sub-score an axis where a single code is asked and at most one given; else one a procedure of the key."""
    if len(key.procedures) == 1 and len(counted) <= 1:
        code = key.best(counted[0], key.procedures[0]) if pairs else ""
        whole = sum(WEIGHTS[place] for place in key.asked)
        return [
            SubScore(name=f"axis {place + 1}", possible=WEIGHTS[place] / whole,
                     earned=WEIGHTS[place] / whole if code and counted[0][place] == code[place] else 0.0)
            for place in key.asked
        ]  # fmt: skip
    spots = {spot: entry for entry, spot in pairs.items()}
    share, over = 1 / len(key.procedures), len(key.procedures) / max(len(counted), len(key.procedures))
    parts = []
    for spot, entry in enumerate(key.procedures):
        worth = key.worth(counted[spots[spot]], key.best(counted[spots[spot]], entry)) if spot in spots else 0.0
        note = f"{worth:.0%} of its axes by weight" if spot in spots else "not among the entries"
        if over < 1 and spot in spots:
            note += f", times {over:.2f}: {len(counted)} entered, {len(key.procedures)} needed"
        parts.append(SubScore(name=f"procedure {spot + 1}", earned=min(share, worth * over * share), possible=share, note=note))
    return parts


def _invalid(entered: Sequence[str], context: Context) -> list[Finding]:
    """A hard error for each whole code that cannot be reported on the date."""
    from medcoding.codes import icd10pcs

    book = icd10pcs.on(context.on)
    problems = [book.problem(code) for code in dict.fromkeys(entered) if UNSET not in code]
    return [problem for problem in problems if problem is not None]


def _told(key: PcsKey, counted: Sequence[str], pairs: dict[int, int]) -> list[Finding]:
    feedback = {plain(distractor.code): distractor.feedback for distractor in key.distractors}
    findings = []
    for number, entered in enumerate(counted):
        spot = pairs.get(number)
        right = key.best(entered, key.procedures[spot]) if spot is not None else ""
        if entered == right:
            continue
        if entered in counted[:number]:
            findings.append(finding(Severity.WARNING, "entered-twice", f"{entered} is entered twice."))
        elif entered in feedback:
            findings.append(finding(Severity.WARNING, "distractor", f"{entered}: {feedback[entered]}"))
        elif not right:
            findings.append(finding(Severity.WARNING, "not-in-key", f"{entered} is not among the codes that this record needs."))
        else:
            findings += _axis_findings(key, entered, right)
    missed = len(key.procedures) - len(pairs)
    if missed:
        findings.append(finding(Severity.HINT, "left-out", f"{missed} needed {'code is' if missed == 1 else 'codes are'} not among the entries."))
    return findings


def _axis_findings(key: PcsKey, entered: str, right: str) -> Iterator[Finding]:
    """One finding for each axis that differs: what its slip says, or that the record does not support it."""
    slips = {(slip.axis, slip.value): slip.feedback for slip in key.slips}
    for place in key.asked:
        value = entered[place]
        if value == right[place]:
            continue
        if value == UNSET:
            yield finding(Severity.HINT, "left-out", f"{entered} has no value on axis {place + 1}.")
        elif (place + 1, value) in slips:
            yield finding(Severity.WARNING, "distractor", f"{entered}, axis {place + 1}, value {value}: {slips[place + 1, value]}")
        else:
            yield finding(Severity.WARNING, "wrong-axis", f"{entered}, axis {place + 1}: the record does not support {value}.")
