"""Scoring a list of diagnosis codes: the part that the forms `codes` and `encounter` share.

Sets are scored as correct / max(entered, key); order counts only where the key says that a rule
fixes it; hard errors are findings with a citation. Source: the course's scoring guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Finding, Severity
from medcoding.forms.base import BookName, Claim, Context, Distractor, Strict
from medcoding.forms.matching import match_codes

CodeText = Annotated[str, StringConstraints(max_length=64)]


class KeyCode(Strict):
    """A code of the key and the codes that earn the same in its place."""

    code: str
    alternatives: tuple[str, ...] = ()

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(plain(code) for code in (self.code, *self.alternatives))


class DiagnosisKey(Strict):
    """Which codes must be there, which may, and what a rule fixes of their order."""

    codes: Annotated[tuple[KeyCode, ...], Field(min_length=1, max_length=30)]
    lead: str | None = None
    before: tuple[tuple[str, ...], ...] = ()
    optional: tuple[str, ...] = ()

    @field_validator("codes", mode="before")
    @classmethod
    def _bare_codes(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple({"code": entry} if isinstance(entry, str) else entry for entry in value)
        return value

    @model_validator(mode="after")
    def _order_names_key_codes(self) -> DiagnosisKey:
        own = {plain(entry.code) for entry in self.codes}
        for code in (*([self.lead] if self.lead else []), *(code for chain in self.before for code in chain)):
            if plain(code) not in own:
                raise ValueError(f"lead or before names {code!r}, which is not one of the key's codes")
        for chain in self.before:
            if len(chain) < 2:
                raise ValueError("a chain in 'before' needs at least two codes")
        if len(own) < len(self.codes):
            raise ValueError("the key names a code twice")
        every = [code for entry in self.codes for code in sorted(entry.accepted)]
        if set(every) & {plain(code) for code in self.optional}:
            raise ValueError("an optional code is also a key code or an alternative")
        place = {plain(entry.code): number for number, entry in enumerate(self.codes)}
        for first, second in ordered_pairs(self):
            if place[first] > place[second]:
                raise ValueError(f"the key lists {second} before {first}, against its own 'lead' or 'before'")
        return self

    def in_order(self) -> list[str]:
        """The codes as an answer that earns full marks."""
        return [entry.code for entry in self.codes]

    def each_way(self) -> Iterator[list[str]]:
        """`in_order`, then the same with each alternative in its place, one at a time."""
        own = self.in_order()
        yield own
        for number, entry in enumerate(self.codes):
            for alternative in entry.alternatives:
                yield swapped(own, number, alternative)


def ordered_pairs(key: DiagnosisKey) -> list[tuple[str, str]]:
    """Each (first, second) that `before` fixes, and the lead before every other code."""
    pairs = [(plain(a), plain(b)) for chain in key.before for a, b in zip(chain, chain[1:], strict=False)]
    if key.lead:
        lead = plain(key.lead)
        pairs += [(lead, plain(entry.code)) for entry in key.codes if plain(entry.code) != lead]
    return pairs


def swapped(codes: Sequence[str], place: int, code: str) -> list[str]:
    """The codes with `code` at `place`. Where it stood elsewhere among them, the two change places: no code stands twice."""
    return [code if number == place else codes[place] if plain(other) == plain(code) else other for number, other in enumerate(codes)]


def plain(code: str) -> str:
    """A code without dot, space and case, to compare."""
    return re.sub(r"[\s.]", "", code).upper()


@dataclass(frozen=True)
class Judged:
    """What was found of a list of diagnoses.

    `matched` maps entry index to key index, `neutral` holds the indices of optional codes; `order` is None if no rule fixes one.
    """

    entered: tuple[str, ...]
    matched: dict[int, int]
    neutral: frozenset[int]
    set_share: float
    order: float | None
    findings: tuple[Finding, ...]
    hard: int
    right: int
    wrong: int


def judge(
    key: DiagnosisKey,
    entered: Sequence[str],
    distractors: Sequence[Distractor],
    context: Context,
    book: BookName = "icd10cm",
) -> Judged:
    """Compare entered codes with the key. Blank entries are dropped; optional codes are neutral.

    Conventions between codes (Excludes1, manifestations) are asked only of ICD-10-CM; validity of every `book`.
    """
    shown = [code.strip() for code in entered if code.strip()]
    codes = [plain(code) for code in shown]
    optional = {plain(code) for code in key.optional}
    matched = match_codes(codes, [entry.accepted for entry in key.codes], once=True)
    used: set[str] = set()
    neutral: set[int] = set()
    for number, code in enumerate(codes):
        if number not in matched and code in optional and code not in used:
            neutral.add(number)
            used.add(code)
    counted = [number for number in range(len(codes)) if number not in neutral]
    right = len(matched)
    share = right / max(len(counted), len(key.codes))
    findings, hard = (
        _hard_errors(codes, matched, neutral, context) if book == "icd10cm" else _not_in_force(codes, book, context)
    )
    findings += _soft_findings(key, shown, codes, matched, neutral, distractors, _opened(book, context))
    return Judged(
        entered=tuple(shown),
        matched=matched,
        neutral=frozenset(neutral),
        set_share=share,
        order=_order(key, counted, matched),
        findings=tuple(findings),
        hard=hard,
        right=right,
        wrong=len(counted) - right,
    )


def taken(key: DiagnosisKey, judged: Judged) -> list[str]:
    """The key's codes, each alternative that was entered in place of the code that it stands for."""
    entry_of = {spot: entry for entry, spot in judged.matched.items()}
    return [judged.entered[entry_of[spot]] if spot in entry_of else entry.code for spot, entry in enumerate(key.codes)]


def _order(key: DiagnosisKey, counted: list[int], matched: dict[int, int]) -> float | None:
    """The share of fixed order that holds: the lead is one check, each neighbouring pair of `before` another."""
    checks: list[bool] = []
    entry_at = {plain(key.codes[spot].code): entry for entry, spot in matched.items()}
    if key.lead:
        checks.append(bool(counted) and entry_at.get(plain(key.lead)) == counted[0])
    for chain in key.before:
        for first, second in zip(chain, chain[1:], strict=False):
            a, b = entry_at.get(plain(first)), entry_at.get(plain(second))
            checks.append(a is not None and b is not None and a < b)
    return sum(checks) / len(checks) if checks else None


def _hard_errors(
    codes: list[str], matched: dict[int, int], neutral: set[int], context: Context
) -> tuple[list[Finding], int]:
    from medcoding.codes import icd10cm

    book = icd10cm.on(context.on)
    findings: list[Finding] = []
    for code in dict.fromkeys(codes):  # asked in plain form: a stray dot or space is no error
        problem = book.problem(code)
        if problem is not None:
            findings.append(problem)
    sound = [code for code in dict.fromkeys(codes) if code in book]
    allowed = {frozenset(map(plain, pair)) for pair in context.excludes1_exceptions}
    for finding in icd10cm.conventions(sound, context.on, ordered=False):
        if finding.severity is Severity.ERROR and frozenset(map(plain, finding.codes[:2])) not in allowed:
            findings.append(finding)
    for number, code in enumerate(codes):
        if code in book and not any(earlier in matched or earlier in neutral for earlier in range(number)):
            never = icd10cm.never_first(code, context.on)
            if never is not None and never.severity is Severity.ERROR:
                findings.append(never)
                break
    return findings, len(findings)


def _opened(book: BookName, context: Context) -> Any:
    """The book on the date of the item."""
    from importlib import import_module

    return import_module(f"medcoding.codes.{book}").on(context.on)


def words_alone(texts: Iterable[str]) -> str | None:
    """What to do where a code field holds words: a sentence, or None where none does. `isWords` in combobox.js has the same rule.

    A code has a digit, but for a few of ICD-10-PCS that end in Z (GZFZZZZ), a service key its colon, and neither a word of
    letters alone.
    """
    for text in texts:
        bare = text.strip()
        coded = re.fullmatch(r"(?i)[a-z]{5}zz", bare) or (
            re.search(r"[0-9:]", bare) and not any(re.fullmatch(r"[A-Za-z]{3,}", word) for word in bare.split())
        )
        if bare and not coded:
            return f"“{bare[:40]}” is words, not a code. Choose a code from the list."
    return None


def _not_in_force(codes: list[str], book: BookName, context: Context) -> tuple[list[Finding], int]:
    """Codes of another book that cannot be reported on the date; a code that a teaching table does not hold is no error."""
    opened = _opened(book, context)
    problems = [opened.problem(code) for code in dict.fromkeys(codes)]
    findings = [problem for problem in problems if problem is not None and problem.severity is Severity.ERROR]
    return findings, len(findings)


def _soft_findings(
    key: DiagnosisKey,
    shown: list[str],
    codes: list[str],
    matched: dict[int, int],
    neutral: set[int],
    distractors: Sequence[Distractor],
    book: Any,
) -> list[Finding]:
    """What is wrong with each entry that is not right; of one that cannot be reported a hard error tells already."""
    told = {plain(distractor.code): distractor.feedback for distractor in distractors}
    missed = [entry for spot, entry in enumerate(key.codes) if spot not in matched.values()]
    findings = []
    for number, code in enumerate(codes):
        if number in matched or number in neutral:
            continue
        name = shown[number]
        if code in codes[:number]:
            findings.append(_note(Severity.WARNING, "entered-twice", f"{name} is entered twice; a code is reported once.", name, "I.B.12"))
        elif code in told:
            findings.append(_note(Severity.WARNING, "distractor", f"{name}: {told[code]}", name))
        elif any(code[:3] == other[:3] for entry in missed for other in entry.accepted):
            title = f" Hold its title against the record: {book[code].title}." if code in book else ""
            findings.append(_note(Severity.HINT, "close", f"{name} is close: its first three characters match, which earns nothing.{title}", name))
        elif (problem := book.problem(code)) is None or problem.severity is not Severity.ERROR:
            findings.append(_note(Severity.WARNING, "not-in-key", f"{name} is not among the codes that this question and this record need.", name))
    if missed:
        count = len(missed)
        findings.append(_note(Severity.HINT, "left-out", f"{count} needed {'code is' if count == 1 else 'codes are'} not among the entries."))
    return findings


def _note(severity: Severity, rule: str, message: str, code: str = "", citation: str = "") -> Finding:
    return Finding(severity=severity, rule=rule, message=message, codes=(code,) if code else (), citation=citation)


def diagnosis_claims(key: DiagnosisKey, where: str, book: BookName = "icd10cm") -> Iterator[Claim]:
    """Every code that a key names, each claimed to be valid."""
    for number, entry in enumerate(key.codes):
        yield Claim(f"{where}.codes.{number}", entry.code, "valid", book)
        for alternative in entry.alternatives:
            yield Claim(f"{where}.codes.{number}.alternatives", alternative, "valid", book)
    for code in key.optional:
        yield Claim(f"{where}.optional", code, "valid", book)


def key_problems(key: DiagnosisKey, context: Context, where: str) -> Iterator[str]:
    """Conventions that the key itself would break: an Excludes1 pair, a code in the lead that may never lead."""
    yield from broken_conventions(key.in_order(), context, where, ordered=True)


def broken_conventions(codes: Sequence[str], context: Context, where: str, *, ordered: bool) -> Iterator[str]:
    """Conventions of ICD-10-CM that these codes break together, for the bank check; codes of other books are passed over."""
    from medcoding.codes import icd10cm

    book = icd10cm.on(context.on)
    allowed = {frozenset(map(plain, pair)) for pair in context.excludes1_exceptions}
    sound = [code for code in codes if code in book]
    for finding in icd10cm.conventions(sound, context.on, ordered=ordered):
        if finding.severity is Severity.ERROR and frozenset(map(plain, finding.codes[:2])) not in allowed:
            yield f"{where}: {finding.message} [{finding.citation}]"


def mistaken(key: DiagnosisKey, distractors: Sequence[Distractor], ability: float, draw: Random) -> list[str]:
    """A simulated coder's list: key codes, near misses, distractors, a swapped order."""
    wrong = [distractor.code for distractor in distractors if not distractor.code.lower().startswith("svc:")]
    codes: list[str] = []
    for entry in key.codes:
        if draw.random() < ability:
            codes.append(draw.choice(sorted({entry.code, *entry.alternatives})) if draw.random() < 0.2 else entry.code)
            continue
        slip = draw.random()
        if slip < 0.45 and wrong:
            codes.append(draw.choice(wrong))
        elif slip < 0.75 and len(entry.code) > 3:
            codes.append(entry.code[:-1].rstrip("."))
    if len(codes) > 1 and draw.random() > ability:
        codes[0], codes[1] = codes[1], codes[0]
    if wrong and draw.random() > (1 + ability) / 2:
        codes.append(draw.choice(wrong))
    return list(dict.fromkeys(codes))
