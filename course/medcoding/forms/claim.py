"""claim: a claim is mended box by box, or a remittance is read. Each fix and each question counts the same; a healthy box that was changed removes one.

Source: the course's scoring guide. The claim itself is `medcoding.claims`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim as CodeClaimed
from medcoding.forms.base import Context, Form, Strict, capped
from medcoding.forms.claimboxes import PATH, Refused, before, box_of, boxes, mended, reached_by
from medcoding.forms.consequence import Consequence
from medcoding.forms.match import EntryId, entries, finding, text_id
from medcoding.forms.number import NumberField

MOST_CHANGES, MOST_ASKS = 40, 6

Path = Annotated[str, StringConstraints(pattern=PATH, max_length=60)]
Value = Annotated[str, StringConstraints(max_length=80)]


class Fix(Strict):
    """One box to mend: its path and the value that the record supports; null strikes a whole entry ("lines.2") out."""

    path: Path
    value: Value | None
    alternatives: tuple[Value, ...] = ()
    feedback: str = ""

    @field_validator("value", mode="before")
    @classmethod
    def _text(cls, value: object) -> object:
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class WrongFix(Strict):
    """A wrong value that real billers put into a box, and the feedback that names their mistake."""

    path: Path
    value: Value | None
    feedback: Annotated[str, StringConstraints(min_length=1)]


class AskOption(Strict):
    """One answer to a question about the claim or the remittance."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    correct: bool = False
    feedback: str = ""


class Ask(Strict):
    """A question beside the claim: options of which one is right, or a number."""

    label: Annotated[str, StringConstraints(min_length=3, max_length=200)]
    options: Annotated[tuple[AskOption, ...], Field(max_length=6)] = ()
    number: NumberField | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Ask:
        if bool(self.options) == (self.number is not None):
            raise ValueError("a question has either options or a number")
        if self.options and sum(option.correct for option in self.options) != 1:
            raise ValueError("exactly one option is correct")
        return self


class Remittance(Strict):
    """A remittance as a small table to read: columns and rows of text."""

    title: Annotated[str, StringConstraints(max_length=120)] = "Remittance"
    columns: Annotated[tuple[Value, ...], Field(min_length=1, max_length=12)]
    rows: Annotated[tuple[tuple[Value, ...], ...], Field(min_length=1, max_length=30)]

    @model_validator(mode="after")
    def _square(self) -> Remittance:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, the table has {len(self.columns)} columns")
        return self


class Source(Strict):
    """Where the claim comes from: a sample of `medcoding.claims.samples` with changes, or whole plain data."""

    sample: str | None = None
    changes: dict[Path, Any] = Field(default_factory=dict)
    data: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _sound(self) -> Source:
        if (self.sample is None) == (self.data is None):
            raise ValueError("a claim has either 'sample' or 'data'")
        _ = self.claim  # raises what the model says
        return self

    @cached_property
    def claim(self) -> Any:
        """The claim as the student meets it."""
        from medcoding.claims import ClaimError, samples
        from medcoding.claims.model import Claim, changed

        try:
            start = samples.sample(self.sample) if self.sample is not None else Claim.load(self.data or {})
            return changed(start, self.changes) if self.changes else start
        except ClaimError as error:
            raise ValueError(str(error)) from None


class ClaimKey(Strict):
    """What the student sees (a claim, a remittance), what is to be mended, and what is asked.

    `other_ways` are whole sets of fixes that are as right; `tolerated` are changes without effect; `more_boxes` adds
    boxes to those that may be changed.
    """

    claim: Source | None = None
    remittance: Remittance | None = None
    fixes: Annotated[tuple[Fix, ...], Field(max_length=12)] = ()
    other_ways: Annotated[tuple[tuple[Fix, ...], ...], Field(max_length=4)] = ()
    tolerated: Annotated[tuple[Path, ...], Field(max_length=20)] = ()
    more_boxes: Annotated[tuple[Path, ...], Field(max_length=10)] = ()
    wrong: Annotated[tuple[WrongFix, ...], Field(max_length=20)] = ()
    asks: Annotated[tuple[Ask, ...], Field(max_length=MOST_ASKS)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> ClaimKey:
        if not self.fixes and not self.asks:
            raise ValueError("nothing is asked: give 'fixes' or 'asks'")
        if self.claim is None and (self.fixes or self.remittance is None):
            raise ValueError("fixes need a 'claim'; without one there must be a 'remittance' to read")
        labels = [ask.label for ask in self.asks]
        if len(set(labels)) < len(labels):
            raise ValueError("two questions have the same label")
        for way in self.ways:
            if len({fix.path for fix in way}) < len(way):
                raise ValueError("a box is mended twice")
        return self

    @property
    def ways(self) -> tuple[tuple[Fix, ...], ...]:
        """Every set of fixes that is right, the key's own first."""
        return (self.fixes, *self.other_ways)

    @property
    def editable(self) -> tuple[str, ...]:
        """The paths that may be changed; none where nothing is to be mended."""
        if self.claim is None or not self.fixes:
            return ()
        return tuple(dict.fromkeys((*boxes(self.claim.claim), *self.more_boxes)))


class ClaimAnswer(Strict):
    """New values by path, null for an entry struck out; and answers to the questions by their ids."""

    changes: Annotated[dict[Annotated[str, StringConstraints(max_length=60)], Value | None], Field(max_length=MOST_CHANGES)] = Field(default_factory=dict)
    asks: Annotated[dict[EntryId, Annotated[str, StringConstraints(max_length=40)]], Field(max_length=MOST_ASKS)] = Field(default_factory=dict)


class Claim(Form[ClaimKey, ClaimAnswer]):
    """The drawn claim, a field for each box that may be changed, and the questions."""

    name: ClassVar[str] = "claim"
    key_model = ClaimKey
    answer_model = ClaimAnswer

    def public(self, key: ClaimKey, seed: str) -> dict[str, Any]:
        claim = key.claim.claim if key.claim else None
        return {
            "claim": claim.plain() if claim is not None else None,
            "boxes": [box_of(claim, path) for path in key.editable] if claim is not None else [],
            "remittance": key.remittance.model_dump(mode="json") if key.remittance else None,
            "asks": [
                {
                    "id": text_id(ask.label), "label": ask.label, "unit": ask.number.unit if ask.number else "",
                    "options": entries([option.text for option in ask.options], seed, f"ask {number}") if ask.options else [],
                }
                for number, ask in enumerate(key.asks)
            ],
        }  # fmt: skip

    def missing(self, answer: ClaimAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return None if answer.changes or any(answer.asks.values()) else "Nothing is changed or answered yet."

    def score(self, key: ClaimKey, answer: ClaimAnswer, context: Context) -> Score:
        if not answer.changes and not any(answer.asks.values()):
            return capped(_parts(key, key.fixes, [], [], 0), [finding(Severity.WARNING, "no-answer", "Nothing was changed or answered.")], context, 0)
        judged = max((_judged(key, way, answer) for way in key.ways), key=lambda one: (one.worth, -key.ways.index(one.way)))
        asked = [_asked(ask, answer.asks.get(text_id(ask.label), "")) for ask in key.asks]
        findings = [*judged.findings, *(told for _, tells in asked for told in tells)]
        return capped(_parts(key, judged.way, judged.right, [share for share, _ in asked], judged.faults), findings, context, 0)

    def claims(self, key: ClaimKey) -> Iterator[CodeClaimed]:
        return iter(())

    def problems(self, key: ClaimKey, context: Context) -> Iterator[str]:
        if key.claim is not None:
            claim = key.claim.claim
            for number, fix in enumerate(fix for way in key.ways for fix in way):
                for value in (fix.value, *fix.alternatives):
                    reached = reached_by(claim, fix.path, value)
                    if isinstance(reached, Refused):
                        yield f"key.fixes.{number}: {reached.why}"
                    elif reached == reached_by(claim, fix.path, before(claim, fix.path)):
                        yield f"key.fixes.{number}: {fix.path} is {value!r} on the claim already; there is nothing to mend"
                if fix.path not in key.editable:
                    yield f"key.fixes.{number}: {fix.path} is not among the boxes that may be changed; add it to 'more_boxes'"
        if not key.wrong and not any(option.feedback for ask in key.asks for option in ask.options) and not any(ask.number for ask in key.asks):
            yield "key.wrong: none given; name at least one wrong change that a real biller makes"
        for number, ask in enumerate(key.asks):
            if any(not option.correct and not option.feedback for option in ask.options):
                yield f"key.asks.{number}: a wrong option needs feedback that names the mistake"

    def key_answer(self, key: ClaimKey) -> dict[str, Any]:
        return {"changes": {fix.path: fix.value for fix in key.fixes}, "asks": {text_id(ask.label): _right(ask) for ask in key.asks}}

    def full_answers(self, key: ClaimKey) -> Iterator[dict[str, Any]]:
        own = self.key_answer(key)
        yield own
        for way in key.other_ways:
            yield {**own, "changes": {fix.path: fix.value for fix in way}}
        for fix in key.fixes:
            yield from ({**own, "changes": {**own["changes"], fix.path: value}} for value in fix.alternatives)

    def consequence(self, key: ClaimKey, answer: ClaimAnswer, context: Context) -> Consequence | None:
        if key.claim is None or not key.fixes:
            return None
        from medcoding.forms.claimoutcome import claim_consequence

        return claim_consequence(key.claim.claim, mended(key.claim.claim, answer.changes), mended(key.claim.claim, {fix.path: fix.value for fix in key.fixes}))

    def describe(self, answer: ClaimAnswer, key: ClaimKey | None, public: dict[str, Any] | None = None) -> list[tuple[str, str]]:
        shown_boxes = [box_of(key.claim.claim, path) for path in key.editable] if key is not None and key.claim else (public or {}).get("boxes", [])
        names = {box["path"]: f"{box['where']}, {box['label'].lower()}" for box in shown_boxes}
        rows = [(names.get(path, path)[:80], "struck out" if value is None else (value or "emptied")) for path, value in answer.changes.items()]
        asks = {text_id(ask.label): (ask.label, {text_id(o.text): o.text for o in ask.options}) for ask in key.asks} if key is not None else {
            one["id"]: (one["label"], {o["id"]: o["text"] for o in one["options"]}) for one in (public or {}).get("asks", [])
        }  # fmt: skip
        for name, value in answer.asks.items():
            label, options = asks.get(name, ("A question that is not there", {}))
            if value:
                rows.append((label, options.get(value, value)))
        return rows

    def attempt(self, key: ClaimKey, ability: float, draw: Random) -> dict[str, Any]:
        own = self.key_answer(key)
        own["changes"] = {path: value for path, value in own["changes"].items() if draw.random() < ability}
        if key.wrong and draw.random() > ability:
            slip = draw.choice(key.wrong)
            own["changes"][slip.path] = slip.value
        for ask in key.asks:
            if ask.options and draw.random() > ability:
                own["asks"][text_id(ask.label)] = text_id(draw.choice(ask.options).text)
        return own


class _Judgement:
    """One way of mending held against an answer."""

    def __init__(self, way: tuple[Fix, ...], right: list[bool], faults: int, findings: list[Finding]) -> None:
        self.way, self.right, self.faults, self.findings = way, right, faults, findings

    @property
    def worth(self) -> int:
        return sum(self.right) - self.faults


def _judged(key: ClaimKey, way: tuple[Fix, ...], answer: ClaimAnswer) -> _Judgement:
    claim = key.claim.claim if key.claim else None
    wanted = {fix.path: fix for fix in way}
    right: dict[str, bool] = dict.fromkeys(wanted, False)
    faults = 0
    findings: list[Finding] = []
    for path, text in answer.changes.items() if claim is not None else ():
        reached = reached_by(claim, path, text)
        told = _slip(key, claim, path, reached)
        if isinstance(reached, Refused):
            findings.append(finding(Severity.WARNING, "no-such-value", f"{path}: {reached.why}"))
        elif path in wanted:
            fix = wanted[path]
            right[path] = any(reached == reached_by(claim, path, value) for value in (fix.value, *fix.alternatives))
            if not right[path] and not told:
                findings.append(finding(Severity.WARNING, "wrong-value", f"{_place(claim, path)}: the box is to be mended, but the record does not support this value."))
        elif path not in key.tolerated and reached != reached_by(claim, path, before(claim, path)):
            faults += 1
            findings.append(finding(Severity.WARNING, "new-fault", f"{_place(claim, path)}: this box was right; changing it makes a new fault."))
        if told and not right.get(path, False):
            findings.append(finding(Severity.WARNING, "distractor", f"{_place(claim, path)}: {told}"))
    left = sum(not done for done in right.values())
    if left:
        findings.append(finding(Severity.HINT, "left-out", f"{left} box{' is' if left == 1 else 'es are'} still to be mended."))
    findings += [finding(Severity.INFO, "right-option", fix.feedback) for fix in way if right[fix.path] and fix.feedback]
    return _Judgement(way, list(right.values()), faults, findings)


def _place(claim: Any, path: str) -> str:
    from medcoding.claims.model import where

    name = where(claim.kind, path)
    return name[:1].upper() + name[1:80]


def _slip(key: ClaimKey, claim: Any, path: str, reached: Any) -> str:
    """The feedback of a foreseen wrong change, empty for any other."""
    for slip in key.wrong:
        if slip.path == path and not isinstance(reached, Refused) and reached == reached_by(claim, path, slip.value):
            return slip.feedback
    return ""


def _right(ask: Ask) -> str:
    from medcoding.forms.figures import written

    if ask.number is not None:
        return written(ask.number.right, ask.number.unit)
    return text_id(next(option.text for option in ask.options if option.correct))


def _asked(ask: Ask, value: str) -> tuple[float, list[Finding]]:
    """(share, findings) of one question."""
    if not value:
        return 0.0, [finding(Severity.HINT, "left-out", f"{ask.label}: not answered.")]
    if ask.number is not None:
        from medcoding.forms.number import marked

        share, _, findings = marked(ask.number, value)
        return share, [told.model_copy(update={"message": f"{ask.label}: {told.message}"}) for told in findings]
    chosen = next((option for option in ask.options if text_id(option.text) == value), None)
    if chosen is not None and chosen.correct:
        return 1.0, []
    told = chosen.feedback if chosen is not None else "an answer that this question does not have."
    return 0.0, [finding(Severity.WARNING, "wrong-option", f"{ask.label}: {told}")]


def _parts(key: ClaimKey, way: Sequence[Fix], right: Sequence[bool], asked: Sequence[float], faults: int) -> list[SubScore]:
    """Fixes as one part, questions as another, in proportion to their number."""
    whole = len(way) + len(key.asks)
    parts = []
    if way:
        note = f"{sum(right)} of {len(way)} boxes mended" + (f", {faults} healthy one{'' if faults == 1 else 's'} changed" if faults else "")
        parts.append(SubScore(name="boxes", possible=len(way) / whole, earned=max(0, sum(right) - faults) / whole, note=note))
    if key.asks:
        lost = max(0, faults - sum(right))
        parts.append(SubScore(name="questions", possible=len(key.asks) / whole, earned=max(0.0, sum(asked) - lost) / whole))
    return parts
