"""sort: each item goes into one of a few bins. Right placements / items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Score, Severity, SubScore
from medcoding.forms.base import Claim, CodeClaim, Context, Form, Strict, capped
from medcoding.forms.match import STRANGER, EntryId, EntryText, bare, entries, finding, text_id

BinName = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class SortItem(Strict):
    """One thing to place. `feedback` says why it belongs where it belongs; `codes` are proved on the item's date."""

    text: EntryText
    bin: BinName
    alternatives: tuple[BinName, ...] = ()
    feedback: str = ""
    codes: tuple[CodeClaim, ...] = ()

    @field_validator("codes", mode="before")
    @classmethod
    def _bare_codes(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple({"code": entry} if isinstance(entry, str) else entry for entry in value)
        return value

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset((self.bin, *self.alternatives))


class SortKey(Strict):
    """The bins in the order in which they are shown, and the items."""

    bins: Annotated[tuple[BinName, ...], Field(min_length=2, max_length=6)]
    items: Annotated[tuple[SortItem, ...], Field(min_length=2, max_length=16)]

    @model_validator(mode="after")
    def _consistent(self) -> SortKey:
        if len(set(self.bins)) < len(self.bins):
            raise ValueError("two bins have the same name")
        if len({item.text for item in self.items}) < len(self.items):
            raise ValueError("two items have the same text")
        for item in self.items:
            for name in item.accepted:
                if name not in self.bins:
                    raise ValueError(f"{item.text[:40]!r} goes into {name!r}, which is no bin; expected one of {', '.join(self.bins)}")
            if item.bin in item.alternatives:
                raise ValueError(f"the bin of {item.text[:40]!r} is also among its alternatives")
            if item.accepted == set(self.bins):
                raise ValueError(f"{item.text[:40]!r} is right in every bin; at least one must be wrong")
        if len({item.bin for item in self.items}) < 2:
            raise ValueError("every item goes into the same bin; at least two bins must be used")
        return self


class SortAnswer(Strict):
    """The id of a bin for the id of each item; an empty id where none is chosen yet."""

    placed: dict[EntryId, EntryId] = Field(default_factory=dict, max_length=32)


class Sort(Form[SortKey, SortAnswer]):
    """Items, each with the bins as radio buttons."""

    name: ClassVar[str] = "sort"
    key_model = SortKey
    answer_model = SortAnswer

    def public(self, key: SortKey, seed: str) -> dict[str, Any]:
        return {
            "items": entries([item.text for item in key.items], seed, "items"),
            "bins": [{"id": text_id(name), "text": name} for name in key.bins],
        }

    def missing(self, answer: SortAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        if not any(answer.placed.values()):
            return "Nothing is placed yet."
        left = sum(not name for name in answer.placed.values())
        return f"Not placed yet: {left} of {len(answer.placed)}." if left else None

    def score(self, key: SortKey, answer: SortAnswer, context: Context) -> Score:
        names = {text_id(name): name for name in key.bins}
        chosen = {item: name for item, name in answer.placed.items() if name}
        right, findings = 0, []
        for item in key.items:
            given = chosen.pop(text_id(item.text), None)
            name = names.get(given or "")
            said = f"“{bare(item.text)}”"
            if given is None:
                continue
            if name is None:
                findings.append(finding(Severity.WARNING, "unknown-option", f"{said} was placed where this question has no bin."))
            elif name in item.accepted:
                right += 1
                if item.feedback:
                    findings.append(finding(Severity.INFO, "right-option", f"{said}: {item.feedback}"))
            else:
                why = item.feedback or f"it belongs to “{bare(item.bin)}”."
                findings.append(finding(Severity.WARNING, "wrong-option", f"{said} was placed in “{bare(name)}”: {why}"))
        if chosen:
            findings.append(finding(Severity.WARNING, "unknown-option", f"Something was placed that is {STRANGER}."))
        left_out = sum(not answer.placed.get(text_id(item.text)) for item in key.items)
        if not any(answer.placed.values()):
            findings = [finding(Severity.WARNING, "no-answer", "Nothing was placed.")]
        elif left_out:
            findings.append(finding(Severity.HINT, "left-out", f"Left without a place: {left_out}."))
        part = SubScore(name="placements", earned=right / len(key.items), possible=1.0, note=f"{right} of {len(key.items)} right")
        return capped([part], findings, context, hard=0)

    def claims(self, key: SortKey) -> Iterator[Claim]:
        for number, item in enumerate(key.items):
            for claim in item.codes:
                yield Claim.of(f"key.items.{number}.codes", claim)

    def key_answer(self, key: SortKey) -> dict[str, Any]:
        return {"placed": {text_id(item.text): text_id(item.bin) for item in key.items}}

    def full_answers(self, key: SortKey) -> Iterator[dict[str, Any]]:
        yield (own := self.key_answer(key))
        for item in key.items:
            for name in item.alternatives:
                yield {"placed": {**own["placed"], text_id(item.text): text_id(name)}}

    def describe(
        self, answer: SortAnswer, key: SortKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        if key is not None:
            public = self.public(key, "")
        items = {entry["id"]: bare(entry["text"]) for entry in (public or {}).get("items", [])}
        bins = {entry["id"]: entry["text"] for entry in (public or {}).get("bins", [])}
        order = [item for item in items if item in answer.placed] + [item for item in answer.placed if item not in items]
        return [
            (items.get(item, STRANGER.capitalize()), bins.get(answer.placed[item], "a bin this question does not have"))
            for item in order
            if answer.placed[item]
        ]

    def attempt(self, key: SortKey, ability: float, draw: Random) -> dict[str, Any]:
        placed = {}
        for item in key.items:
            known = draw.random() < ability
            placed[item.text] = item.bin if known else draw.choice([name for name in key.bins if name not in item.accepted])
        return {"placed": {text_id(item): text_id(name) for item, name in placed.items()}}
