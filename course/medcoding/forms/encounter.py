"""encounter: ordered diagnoses, and service lines with modifiers, units and pointers.

Diagnosis set 0.35, first-listed 0.10, line set 0.25, modifiers and units 0.15, pointers 0.15.
Where no rule fixes the first-listed diagnosis, its share joins the diagnosis set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Distractor, Form, Strict, capped
from medcoding.forms.consequence import Consequence
from medcoding.forms.diagnoses import (
    CodeText,
    DiagnosisKey,
    Judged,
    diagnosis_claims,
    judge,
    key_problems,
    mistaken,
    plain,
    taken,
    words_alone,
)
from medcoding.forms.matching import match_lines

DIAGNOSES, FIRST, LINES, MODIFIERS, POINTERS = 0.35, 0.10, 0.25, 0.15, 0.15
LETTERS = "ABCDEFGHIJKL"
Modifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{2}$")]


class KeyLine(Strict):
    """One service: its code or service key, and what the line must carry."""

    code: str
    alternatives: tuple[str, ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    optional_modifiers: tuple[Modifier, ...] = ()
    units: Annotated[int, Field(ge=1, le=9999)] = 1
    pointers: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(service(code) for code in (self.code, *self.alternatives))


class EncounterKey(Strict):
    """Diagnoses and lines. `lead` of the diagnoses is the first-listed one."""

    diagnoses: DiagnosisKey
    lines: Annotated[tuple[KeyLine, ...], Field(min_length=1, max_length=8)]
    distractors: tuple[Distractor, ...] = ()

    @model_validator(mode="after")
    def _pointers_are_diagnoses(self) -> EncounterKey:
        own = {plain(entry.code) for entry in self.diagnoses.codes}
        if len(self.diagnoses.codes) > len(LETTERS):
            raise ValueError("a professional claim has room for 12 diagnoses")
        for line in self.lines:
            for pointer in line.pointers:
                if plain(pointer) not in own:
                    raise ValueError(f"the line {line.code} points to {pointer}, which is not one of the key's diagnoses")
        return self

    @model_validator(mode="after")
    def _distractors_are_wrong(self) -> EncounterKey:
        codes = {code for entry in self.diagnoses.codes for code in entry.accepted}
        codes |= {plain(code) for code in self.diagnoses.optional}
        services = {code for line in self.lines for code in line.accepted}
        for distractor in self.distractors:
            if plain(distractor.code) in codes or service(distractor.code) in services:
                raise ValueError(f"the distractor {distractor.code} is also a right or optional code")
        return self


class EnteredLine(Strict):
    """One line as entered. Pointers are letters: A is the first diagnosis entered, L the twelfth."""

    code: CodeText = ""
    modifiers: Annotated[tuple[Annotated[str, StringConstraints(max_length=8)], ...], Field(max_length=4)] = ()
    units: Annotated[int, Field(ge=0, le=99999)] = 1
    pointers: Annotated[tuple[Annotated[str, StringConstraints(max_length=4)], ...], Field(max_length=12)] = ()


class EncounterAnswer(Strict):
    """At most twelve diagnoses (box 21 of the professional claim) and twenty lines."""

    diagnoses: Annotated[tuple[CodeText, ...], Field(max_length=12)] = ()
    lines: Annotated[tuple[EnteredLine, ...], Field(max_length=20)] = ()


def service(code: str) -> str:
    """A service code or key, to compare: numbers upper case without spaces, service keys lower case."""
    bare = re.sub(r"\s", "", code)
    return bare.lower() if bare.lower().startswith("svc:") else bare.upper()


class Encounter(Form[EncounterKey, EncounterAnswer]):
    """Diagnosis fields and a grid of service lines."""

    name: ClassVar[str] = "encounter"
    key_model = EncounterKey
    answer_model = EncounterAnswer

    def public(self, key: EncounterKey, seed: str) -> dict[str, Any]:
        return {"book": "icd10cm", "books": ["icd10cm", "hcpcs"], "diagnoses": len(LETTERS), "lines": 20}

    def missing(self, answer: EncounterAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        lines = [line for line in answer.lines if line.code.strip()]
        if not any(code.strip() for code in answer.diagnoses):
            return "No diagnosis is entered yet."
        if not lines:
            return "No service line is entered yet."
        for number, line in enumerate(lines, 1):
            if not line.pointers:
                return f"Line {number} points to no diagnosis yet."
        return None

    def unready(self, answer: EncounterAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return super().unready(answer, view) or words_alone((*answer.diagnoses, *(line.code for line in answer.lines)))

    def score(self, key: EncounterKey, answer: EncounterAnswer, context: Context) -> Score:
        told = [entry for entry in key.distractors if not _is_service(entry.code)]
        judged = judge(key.diagnoses, answer.diagnoses, told, context)
        lines = [line for line in answer.lines if line.code.strip()]
        pointed = [_pointed(line, answer.diagnoses, judged, key) for line in lines]
        pairs = match_lines(
            len(lines),
            len(key.lines),
            lambda entered, spot: _worth(lines[entered], pointed[entered], key.lines[spot]),
        )
        line_share = len(pairs) / max(len(lines), len(key.lines))
        extras = sum(_extras(lines[entry], key.lines[spot]) for entry, spot in pairs.items()) / len(key.lines)
        pointers = sum(_pointers(pointed[entry], key.lines[spot]) for entry, spot in pairs.items()) / len(key.lines)
        parts = [
            *_diagnosis_parts(judged, key),
            SubScore(name="lines", earned=line_share * LINES, possible=LINES,
                     note=f"{len(pairs)} right, {len(lines) - len(pairs)} wrong, {len(key.lines)} needed"),
            SubScore(name="modifiers and units", earned=extras * MODIFIERS, possible=MODIFIERS),
            SubScore(name="pointers", earned=pointers * POINTERS, possible=POINTERS),
        ]
        findings = [*judged.findings, *_line_findings(key, lines, pointed, pairs)]
        if not judged.entered and not lines:
            findings = [Finding(severity=Severity.WARNING, rule="no-answer", message="Nothing was entered.")]
        return capped(parts, findings, context, judged.hard)

    def claims(self, key: EncounterKey) -> Iterator[Claim]:
        yield from diagnosis_claims(key.diagnoses, "key.diagnoses")
        for number, line in enumerate(key.lines):
            for code in (line.code, *line.alternatives):
                yield Claim(f"key.lines.{number}", code, "valid", "service")
        for number, distractor in enumerate(key.distractors):
            book = "service" if _is_service(distractor.code) else "icd10cm"
            yield Claim(f"distractors.{number}", distractor.code, distractor.status, book)  # type: ignore[arg-type]

    def problems(self, key: EncounterKey, context: Context) -> Iterator[str]:
        yield from key_problems(key.diagnoses, context, "key.diagnoses")
        if not key.distractors:
            yield "distractors: none given; name at least one mistake that a real coder makes"

    def key_answer(self, key: EncounterKey) -> dict[str, Any]:
        codes = key.diagnoses.in_order()
        letter = {plain(code): LETTERS[number] for number, code in enumerate(codes)}
        return {
            "diagnoses": codes,
            "lines": [
                {"code": line.code, "modifiers": list(line.modifiers), "units": line.units,
                 "pointers": [letter[plain(pointer)] for pointer in line.pointers]}
                for line in key.lines
            ],
        }

    def full_answers(self, key: EncounterKey) -> Iterator[dict[str, Any]]:
        return ({**self.key_answer(key), "diagnoses": codes} for codes in key.diagnoses.each_way())

    def consequence(self, key: EncounterKey, answer: EncounterAnswer, context: Context) -> Consequence | None:
        if not any(code.strip() for code in answer.diagnoses):
            return None
        from medcoding.forms.codingoutcome import coding_consequence

        judged = judge(key.diagnoses, answer.diagnoses, (), context)
        told = coding_consequence(
            answer.diagnoses, taken(key.diagnoses, judged), key.diagnoses.optional, context.chart, context.on, in_order=judged.order in (None, 1)
        )
        lines = [line for line in answer.lines if line.code.strip()]
        pairs = match_lines(len(lines), len(key.lines), lambda entered, spot: 1.0 if _same_service(lines[entered].code, key.lines[spot]) else None)
        extra = [line.code.strip() for number, line in enumerate(lines) if number not in pairs]
        missed = [line.code for spot, line in enumerate(key.lines) if spot not in pairs.values()]
        if not extra and not missed:
            return replace(told, sentence=f"{told.sentence} {_billed(0, 0)}")
        rows = (("Services too many", ", ".join(extra)[:300] or "none", "none"), ("Services missing", ", ".join(missed)[:300] or "none", "none"))
        return replace(told, sentence=f"{told.sentence} {_billed(len(extra), len(missed))}", rows=(*told.rows, *rows), telling=(*told.telling, "Services missing"))

    def describe(
        self, answer: EncounterAnswer, key: EncounterKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        rows = [(f"Diagnosis {LETTERS[number]}", code) for number, code in enumerate(answer.diagnoses) if code.strip()]
        for number, line in enumerate((line for line in answer.lines if line.code.strip()), 1):
            modifiers = f", modifiers {' '.join(line.modifiers)}" if line.modifiers else ""
            pointers = f", points to {' '.join(line.pointers)}" if line.pointers else ", points to no diagnosis"
            rows.append((f"Line {number}", f"{line.code}{modifiers}, units {line.units}{pointers}"))
        return rows

    def attempt(self, key: EncounterKey, ability: float, draw: Random) -> dict[str, Any]:
        right = self.key_answer(key)
        wrong_codes = [entry for entry in key.distractors if not _is_service(entry.code)]
        diagnoses = mistaken(key.diagnoses, wrong_codes, ability, draw)
        lines = []
        for line in right["lines"]:
            if draw.random() > ability and draw.random() < 0.4:
                wrong = [entry.code for entry in key.distractors if _is_service(entry.code)]
                line = {**line, "code": draw.choice(wrong)} if wrong else None
            if line is not None:
                units = line["units"] if draw.random() < (1 + ability) / 2 else line["units"] + 1
                modifiers = line["modifiers"] if draw.random() < (1 + ability) / 2 else []
                lines.append({**line, "units": units, "modifiers": modifiers})
        return {"diagnoses": diagnoses[: len(LETTERS)], "lines": lines}


def _billed(extra: int, missed: int) -> str:
    """What the service lines would have done, their modifiers, units and pointers left aside."""
    if not extra and not missed:
        return "The service lines name the services of the record."
    said = [f"{extra} billed that the record does not support"] if extra else []
    said += [f"{missed} left unbilled"] if missed else []
    return f"Of the services, {' and '.join(said)}."


def _is_service(code: str) -> bool:
    return code.lower().startswith("svc:") or bool(re.fullmatch(r"[A-Za-z]?\d{4,5}[A-Za-z]?", code.strip()))


def _diagnosis_parts(judged: Judged, key: EncounterKey) -> list[SubScore]:
    note = f"{judged.right} right, {judged.wrong} wrong, {len(key.diagnoses.codes)} needed"
    if judged.order is None:
        whole = DIAGNOSES + FIRST
        return [SubScore(name="diagnoses", earned=judged.set_share * whole, possible=whole, note=note)]
    return [
        SubScore(name="diagnoses", earned=judged.set_share * DIAGNOSES, possible=DIAGNOSES, note=note),
        SubScore(name="first-listed", earned=judged.order * FIRST, possible=FIRST),
    ]


def _pointed(line: EnteredLine, diagnoses: Sequence[str], judged: Judged, key: EncounterKey) -> frozenset[str]:
    """What a line's letters mean: the key's code where the diagnosis matched one, else the letter itself.

    Blank fields, and letters of optional diagnoses, are neutral.
    """
    filled = [number for number, code in enumerate(diagnoses) if code.strip()]
    meant = set()
    for pointer in line.pointers:
        letter = pointer.strip().upper()
        if not letter:
            continue
        number = LETTERS.find(letter) if len(letter) == 1 else -1
        entry = filled.index(number) if number in filled else -1
        if entry in judged.neutral:
            continue
        spot = judged.matched.get(entry)
        meant.add(plain(key.diagnoses.codes[spot].code) if spot is not None else f"?{letter}")
    return frozenset(meant)


def _extras(line: EnteredLine, wanted: KeyLine) -> float:
    """Half for the modifiers (right / max of both), half for the units."""
    optional = {modifier.upper() for modifier in wanted.optional_modifiers}
    entered = {modifier.strip().upper() for modifier in line.modifiers if modifier.strip()}
    required = {modifier.upper() for modifier in wanted.modifiers}
    entered -= optional - required
    most = max(len(entered), len(required))
    modifiers = len(entered & required) / most if most else 1.0
    return 0.5 * modifiers + 0.5 * (line.units == wanted.units)


def _pointers(pointed: frozenset[str], wanted: KeyLine) -> float:
    needed = {plain(pointer) for pointer in wanted.pointers}
    return len(pointed & needed) / max(len(pointed), len(needed))


def _same_service(code: str, wanted: KeyLine) -> bool:
    """Whether a code earns a line: as written, or as a number that the institution's own licensed file maps to its key."""
    bare = service(code)
    if bare in wanted.accepted:
        return True
    if not re.fullmatch(r"\d{4}[0-9A-Z]", bare):
        return False
    from medcoding.codes import cpt

    return any(cpt.alike(bare, accepted) for accepted in wanted.accepted)


def _worth(line: EnteredLine, pointed: frozenset[str], wanted: KeyLine) -> float | None:
    if not _same_service(line.code, wanted):
        return None
    return (_extras(line, wanted) + _pointers(pointed, wanted)) / 2


def _line_findings(
    key: EncounterKey, lines: Sequence[EnteredLine], pointed: Sequence[frozenset[str]], pairs: dict[int, int]
) -> list[Finding]:
    told = {service(entry.code): entry.feedback for entry in key.distractors}
    findings = []
    for number, line in enumerate(lines):
        name = f"Line {number + 1} ({line.code.strip()})"
        spot = pairs.get(number)
        if spot is None:
            if service(line.code) in told:
                findings.append(_note("distractor", f"{name}: {told[service(line.code)]}", line.code))
            else:
                findings.append(_note("line-not-in-key", f"{name}: this service is not among those that this record needs.", line.code))
            continue
        wanted = key.lines[spot]
        if line.units != wanted.units:
            findings.append(_note("units", f"{name}: the units do not fit the record.", line.code))
        if _extras(line, wanted) < (1.0 if line.units == wanted.units else 0.5):
            findings.append(_note("modifiers", f"{name}: a modifier is missing or does not belong.", line.code))
        if _pointers(pointed[number], wanted) < 1:
            findings.append(_note("pointers", f"{name}: the pointers do not name the diagnosis that explains the service.", line.code))
    missed = len(key.lines) - len(pairs)
    if missed:
        findings.append(_note("line-left-out", f"{missed} needed {'service is' if missed == 1 else 'services are'} not among the lines."))
    return findings


def _note(rule: str, message: str, code: str = "") -> Finding:
    severity = Severity.HINT if rule == "line-left-out" else Severity.WARNING
    return Finding(severity=severity, rule=rule, message=message, codes=(code.strip(),) if code else ())
