"""review: suggested codes or statements are accepted, rejected or changed. Verdict 0.60, replacement 0.30, reason 0.10, averaged.

Where nothing is to be replaced, or no reason is asked, its share goes to the verdict. Codes that were missed count as one entry each.
Source: the course's scoring guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, CodeStatus, Context, Form, Strict, book_of, capped
from medcoding.forms.consequence import Consequence
from medcoding.forms.diagnoses import CodeText, broken_conventions, plain
from medcoding.forms.match import EntryId, finding, text_id
from medcoding.forms.matching import match_codes

VERDICT, REPLACEMENT, REASON = 0.60, 0.30, 0.10
VERDICTS = ("accept", "reject", "change")

REASONS = (
    "supported by the record", "denied or ruled out", "of the past", "of the family", "uncertain in this setting", "copied forward",
    "wrong side or site", "not specific enough", "more specific than the record", "not in force on the date", "part of another code",
    "wrong sequence or pair", "not documented by a provider", "not in the record", "leading or improper",
)  # fmt: skip
"""Why a suggestion is taken, left or changed; the same list for every item."""

Verdict = Literal["accept", "reject", "change"]


class Suggestion(Strict):
    """One suggestion: a code (with what it is based on), or a statement to judge; and what a careful reviewer does with it.

    `status` is what the code claims to be on the item's date: a tool may suggest a code that is not in force.
    """

    code: Annotated[str, StringConstraints(max_length=64)] = ""
    text: Annotated[str, StringConstraints(max_length=600)] = ""
    based_on: Annotated[str, StringConstraints(max_length=300)] = ""
    confidence: Annotated[int, Field(ge=0, le=100)] | None = None
    status: CodeStatus = "valid"
    verdict: Verdict
    to: Annotated[str, StringConstraints(max_length=64)] = ""
    alternatives: tuple[str, ...] = ()
    reason: str = ""
    reasons: tuple[str, ...] = ()
    feedback: Annotated[str, StringConstraints(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Suggestion:
        if not self.code and not self.text:
            raise ValueError("a suggestion needs a code or a text")
        if (self.verdict == "change") != bool(self.to):
            raise ValueError("'to' goes with the verdict change, and only with it")
        for reason in (*([self.reason] if self.reason else []), *self.reasons):
            if reason not in REASONS:
                raise ValueError(f"{reason!r} is no reason; there are {'; '.join(REASONS)}")
        return self

    @property
    def id(self) -> str:
        """A digest of what is shown."""
        return text_id(f"{self.code}\x1f{self.text}\x1f{self.based_on}")

    @property
    def named(self) -> str:
        """The code, or the beginning of the text."""
        return self.code or self.text[:60]

    @property
    def accepted(self) -> frozenset[str]:
        """The replacements that earn the same."""
        return frozenset(_plain(code) for code in (self.to, *self.alternatives) if code)


class Missed(Strict):
    """A code that nobody suggested and the record supports."""

    code: str
    alternatives: tuple[str, ...] = ()
    feedback: Annotated[str, StringConstraints(min_length=1)]

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(_plain(code) for code in (self.code, *self.alternatives))


class ReviewKey(Strict):
    """What was suggested, by a tool or by a colleague, and what was missed. `optional` codes may be added without effect."""

    by: Annotated[str, StringConstraints(min_length=1, max_length=60)] = "the coding tool"
    suggestions: Annotated[tuple[Suggestion, ...], Field(min_length=1, max_length=16)]
    missed: Annotated[tuple[Missed, ...], Field(max_length=8)] = ()
    optional: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> ReviewKey:
        if len({one.id for one in self.suggestions}) < len(self.suggestions):
            raise ValueError("two suggestions look the same")
        taken = {_plain(one.code) for one in self.suggestions if one.verdict == "accept"} | {code for one in self.suggestions for code in one.accepted}
        for one in self.missed:
            if one.accepted & taken:
                raise ValueError(f"the missed code {one.code} is there already")
        return self


class Judged(Strict):
    """What a reviewer did with one suggestion."""

    verdict: Literal["", "accept", "reject", "change"] = ""
    to: CodeText = ""
    reason: Annotated[str, StringConstraints(max_length=60)] = ""


class ReviewAnswer(Strict):
    """Judgements by the suggestions' ids, and codes that were added."""

    judged: Annotated[dict[EntryId, Judged], Field(max_length=16)] = Field(default_factory=dict)
    added: Annotated[tuple[CodeText, ...], Field(max_length=12)] = ()


def _plain(code: str) -> str:
    """A code or service key to compare."""
    bare = code.strip()
    return bare.lower() if bare.lower().startswith("svc:") else plain(bare)


class Review(Form[ReviewKey, ReviewAnswer]):
    """A list of suggestions with their evidence and confidence, each to be judged."""

    name: ClassVar[str] = "review"
    key_model = ReviewKey
    answer_model = ReviewAnswer

    def public(self, key: ReviewKey, seed: str) -> dict[str, Any]:
        shown = [
            {"id": one.id, "code": one.code, "text": one.text, "based_on": one.based_on, "confidence": one.confidence} for one in key.suggestions
        ]
        coded = any(one.code for one in key.suggestions)
        asked = list(REASONS) if any(one.reason for one in key.suggestions) else []
        return {"book": "icd10cm", "books": ["icd10cm", "icd10pcs", "hcpcs"], "by": key.by, "suggestions": shown, "reasons": asked, "add": coded, "limit": 12}

    def missing(self, answer: ReviewAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        if not any(one.verdict for one in answer.judged.values()):
            return "No suggestion is judged yet."
        if any(one.verdict == "change" and not one.to.strip() for one in answer.judged.values()):
            return "A suggestion is to be changed, and its new code is not entered yet."
        return None

    def score(self, key: ReviewKey, answer: ReviewAnswer, context: Context) -> Score:
        if not any(one.verdict for one in answer.judged.values()) and not any(code.strip() for code in answer.added):
            return capped(_parts(key, [0.0] * len(key.suggestions), 0, 0), [finding(Severity.WARNING, "no-answer", "Nothing was judged.")], context, 0)
        findings: list[Finding] = []
        shares = []
        for one in key.suggestions:
            share, told = _judged(one, answer.judged.get(one.id, Judged()))
            shares.append(share)
            findings += told
        written = [code.strip() for code in answer.added if code.strip()]
        entered = [_plain(code) for code in written]
        optional = {_plain(code) for code in key.optional}
        matched = match_codes(entered, [one.accepted for one in key.missed], once=True)
        extra = [written[number] for number, code in enumerate(entered) if number not in matched and code not in optional]
        findings += (finding(Severity.WARNING, "not-in-key", _added(code, key)) for code in dict.fromkeys(extra))
        left = [one for spot, one in enumerate(key.missed) if spot not in matched.values()]
        if left:
            findings.append(finding(Severity.HINT, "left-out", f"{len(left)} code{' was' if len(left) == 1 else 's were'} missed by {key.by} and not added."))
        return capped(_parts(key, shares, len(matched), len(extra)), findings, context, 0)

    def claims(self, key: ReviewKey) -> Iterator[Claim]:
        for number, one in enumerate(key.suggestions):
            if one.code:
                yield _claim(f"key.suggestions.{number}.code", one.code, one.status)
            for code in (*([one.to] if one.to else []), *one.alternatives):
                yield _claim(f"key.suggestions.{number}.to", code)
        for number, missed in enumerate(key.missed):
            yield from (_claim(f"key.missed.{number}", code) for code in (missed.code, *missed.alternatives))
        yield from (_claim("key.optional", code) for code in key.optional)

    def problems(self, key: ReviewKey, context: Context) -> Iterator[str]:
        if len(key.suggestions) > 1 and len({one.verdict for one in key.suggestions}) == 1 and not key.missed:
            yield "key.suggestions: every verdict is the same, so one habit answers them all; mix them, or add what was missed"
        kept = [code for one in key.suggestions if (code := one.code if one.verdict == "accept" else one.to)]
        yield from broken_conventions([*kept, *(one.code for one in key.missed)], context, "key", ordered=False)

    def key_answer(self, key: ReviewKey) -> dict[str, Any]:
        return {
            "judged": {one.id: {"verdict": one.verdict, "to": one.to, "reason": one.reason} for one in key.suggestions},
            "added": [one.code for one in key.missed],
        }

    def full_answers(self, key: ReviewKey) -> Iterator[dict[str, Any]]:
        own = self.key_answer(key)
        yield own
        for one in key.suggestions:
            mine = own["judged"][one.id]
            for change in (*({"to": code} for code in one.alternatives), *({"reason": reason} for reason in one.reasons)):
                yield {**own, "judged": {**own["judged"], one.id: {**mine, **change}}}
        for place, missed in enumerate(key.missed):
            yield from ({**own, "added": [*own["added"][:place], code, *own["added"][place + 1 :]]} for code in missed.alternatives)

    def consequence(self, key: ReviewKey, answer: ReviewAnswer, context: Context) -> Consequence | None:
        final = [code for one in key.suggestions if (code := _kept(one, answer.judged.get(one.id, Judged())))]
        right = [code for one in key.suggestions if (code := one.code if one.verdict == "accept" else one.to)] + [one.code for one in key.missed]
        own = [*final, *answer.added]
        if not any(one.code for one in key.suggestions) or any(book_of(code) != "icd10cm" or code.lower().startswith("svc:") for code in [*own, *right] if code.strip()):
            return None
        from medcoding.forms.codingoutcome import coding_consequence

        same = {code: plain(one.to) for one in key.suggestions for code in one.accepted} | {code: plain(one.code) for one in key.missed for code in one.accepted}
        return coding_consequence([same.get(plain(code), code) for code in own], right, key.optional, context.chart, context.on)

    def describe(self, answer: ReviewAnswer, key: ReviewKey | None, public: dict[str, Any] | None = None) -> list[tuple[str, str]]:
        names = {one.id: one.named for one in key.suggestions} if key is not None else {one["id"]: one["code"] or one["text"][:60] for one in (public or {}).get("suggestions", [])}
        rows = []
        for name, one in answer.judged.items():
            if one.verdict:
                told = f"{one.verdict}{f' to {one.to}' if one.to.strip() else ''}{f' ({one.reason})' if one.reason else ''}"
                rows.append((names.get(name, "A suggestion that is not there"), told))
        return rows + [("Added", code) for code in answer.added if code.strip()]

    def attempt(self, key: ReviewKey, ability: float, draw: Random) -> dict[str, Any]:
        own = self.key_answer(key)
        for one in key.suggestions:
            if draw.random() > ability:
                own["judged"][one.id] = {"verdict": "reject" if one.verdict == "accept" else "accept", "to": "", "reason": ""}
        own["added"] = [code for code in own["added"] if draw.random() < ability]
        return own


def _added(code: str, key: ReviewKey) -> str:
    """What is wrong with a code that was added below the list."""
    for one in key.suggestions:
        if one.to and _plain(code) in {_plain(text) for text in (one.to, *one.alternatives)}:
            return f"{code} is right, but not as an addition: one of the suggestions is to be changed to it."
        if one.code and one.verdict == "accept" and _plain(code) == _plain(one.code):
            return f"{code} stands in the list already; accept it there."
    return f"{code} was added and is not among the codes that this record needs."


def _kept(one: Suggestion, given: Judged) -> str:
    """The code that a judgement leaves on the list, empty for none. What was not judged stays as it was suggested."""
    if given.verdict == "reject":
        return ""
    return given.to if given.verdict == "change" else one.code


def _claim(where: str, code: str, status: CodeStatus = "valid") -> Claim:
    service = code.lower().startswith("svc:") or (code.isdigit() and len(code) == 5)
    return Claim(where, code, status, "service" if service else book_of(code))


def _judged(one: Suggestion, given: Judged) -> tuple[float, list[Finding]]:
    """(share, findings) of one suggestion."""
    if not given.verdict:
        return 0.0, [finding(Severity.HINT, "left-out", f"{one.named}: not judged.")]
    asked = {"verdict": VERDICT, **({"to": REPLACEMENT} if one.to else {}), **({"reason": REASON} if one.reason else {})}
    asked["verdict"] += 1.0 - sum(asked.values())
    told: list[Finding] = []
    if given.verdict != one.verdict:
        return 0.0, [finding(Severity.WARNING, "wrong-option", f"{one.named}: {one.feedback}")]
    share = asked["verdict"]
    if one.to:
        if _plain(given.to) in one.accepted:
            share += asked["to"]
        else:
            told.append(finding(Severity.WARNING, "wrong-option", f"{one.named}, changed to {given.to[:20] or 'nothing'}: {one.feedback}"))
    if one.reason:
        if given.reason in (one.reason, *one.reasons):
            share += asked["reason"]
        else:
            told.append(finding(Severity.HINT, "wrong-reason", f"{one.named}: the verdict is right, its reason {'is another' if given.reason else 'was not given'}."))
    return min(1.0, share), told


def _parts(key: ReviewKey, shares: list[float], found: int, extra: int) -> list[SubScore]:
    """Suggestions as one part and missed codes as another, in proportion to their numbers; a code too many costs what a missed one would."""
    whole = len(key.suggestions) + len(key.missed)
    lost = extra if not key.missed else max(0, extra - found)
    parts = [SubScore(name="suggestions", possible=len(key.suggestions) / whole, earned=max(0.0, sum(shares) - lost) / whole)]
    if key.missed:
        parts.append(SubScore(name="missed codes", possible=len(key.missed) / whole, earned=max(0, found - extra) / whole, note=f"{found} of {len(key.missed)} added"))
    return parts
