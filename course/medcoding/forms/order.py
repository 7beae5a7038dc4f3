"""order: a list brought into order. Share of the key's neighbours that stand in the right order to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from medcoding.findings import Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, Strict, capped
from medcoding.forms.match import STRANGER, EntryId, EntryText, bare, entries, finding, text_id


class Step(Strict):
    """One item of the list. `feedback` says why it stands after the one before it."""

    text: EntryText
    feedback: str = ""


class OrderKey(Strict):
    """The items in the right order; within each list of `ties` any order is right."""

    items: Annotated[tuple[Step, ...], Field(min_length=3, max_length=14)]
    ties: tuple[Annotated[tuple[EntryText, ...], Field(min_length=2)], ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> OrderKey:
        texts = [item.text for item in self.items]
        if len(set(texts)) < len(texts):
            raise ValueError("two items have the same text")
        for group in self.ties:
            for text in group:
                if text not in texts:
                    raise ValueError(f"the tie of {text[:40]!r} names no item; write the item's text as it stands")
        fixed = self.fixed
        if not fixed:
            raise ValueError("everything is tied; at least two items must have an order")
        for place, text in enumerate(texts):
            if not any(place in pair for pair in fixed):
                raise ValueError(f"{text[:40]!r} is tied to every other item, so it has no place to be right in; leave it out")
        for first, second in fixed:
            for third in range(len(texts)):
                if (second, third) in fixed and (first, third) not in fixed:
                    raise ValueError(
                        f"{texts[first][:40]!r} and {texts[third][:40]!r} are tied, but {texts[second][:40]!r} stands between them; "
                        "tie it to one of them, or move it"
                    )
        return self

    @property
    def fixed(self) -> frozenset[tuple[int, int]]:
        """Places (earlier, later) whose order matters: all but the tied ones."""
        tied = {frozenset(pair) for group in self.ties for pair in combinations(group, 2)}
        pairs = combinations(range(len(self.items)), 2)
        return frozenset((a, b) for a, b in pairs if frozenset((self.items[a].text, self.items[b].text)) not in tied)

    @property
    def neighbours(self) -> list[tuple[int, int]]:
        """The pairs that count: those of `fixed` with nothing fixed between them. Without ties, each item and the next."""
        fixed = self.fixed
        return sorted(
            (a, b) for a, b in fixed if not any((a, c) in fixed and (c, b) in fixed for c in range(len(self.items)))
        )


class OrderAnswer(Strict):
    """The ids of the items, first to last. Empty until the student has moved one or kept the order shown."""

    order: Annotated[tuple[EntryId, ...], Field(max_length=28)] = ()


class Order(Form[OrderKey, OrderAnswer]):
    """A list whose items are moved up and down."""

    name: ClassVar[str] = "order"
    key_model = OrderKey
    answer_model = OrderAnswer

    def public(self, key: OrderKey, seed: str) -> dict[str, Any]:
        return {"items": entries([item.text for item in key.items], seed, "items")}

    def missing(self, answer: OrderAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return None if answer.order else "The order is neither changed nor kept yet."

    def score(self, key: OrderKey, answer: OrderAnswer, context: Context) -> Score:
        number = {text_id(item.text): place for place, item in enumerate(key.items)}
        named = Counter(answer.order)
        once = [entry for entry in answer.order if entry in number and named[entry] == 1]
        stands = {number[entry]: place for place, entry in enumerate(once)}
        pairs = key.neighbours
        wrong = [(a, b) for a, b in pairs if a in stands and b in stands and stands[a] > stands[b]]
        right = sum(a in stands and b in stands for a, b in pairs) - len(wrong)
        findings = [finding(Severity.WARNING, "wrong-option", _mistake(key, a, b)) for a, b in wrong]
        if any(entry not in number for entry in answer.order):
            findings.append(finding(Severity.WARNING, "unknown-option", f"The list names {STRANGER}."))
        if twice := [key.items[place].text for entry, place in number.items() if named[entry] > 1]:
            findings.append(finding(Severity.WARNING, "used-twice", f"“{bare(twice[0])}” stands in the list more than once, so it has no place."))
        left_out = sum(named[entry] == 0 for entry in number)
        if not answer.order:
            findings = [finding(Severity.WARNING, "no-answer", "The list was neither changed nor kept as it was shown.")]
        elif left_out:
            findings.append(finding(Severity.HINT, "left-out", f"Left out of the list: {left_out}."))
        if not wrong and right == len(pairs):
            findings += [
                finding(Severity.INFO, "right-option", f"“{bare(item.text)}”: {item.feedback}") for item in key.items if item.feedback
            ]
        part = SubScore(name="order", earned=right / len(pairs), possible=1.0, note=f"{right} of {len(pairs)} neighbours in order")
        return capped([part], findings, context, hard=0)

    def claims(self, key: OrderKey) -> Iterator[Claim]:
        return iter(())

    def key_answer(self, key: OrderKey) -> dict[str, Any]:
        return {"order": [text_id(item.text) for item in key.items]}

    def full_answers(self, key: OrderKey) -> Iterator[dict[str, Any]]:
        yield self.key_answer(key)
        if key.ties:  # every tie the other way round: the last of the items that nothing left must follow comes next
            left, order = list(range(len(key.items))), []
            while left:
                order.append(max(b for b in left if not any((a, b) in key.fixed for a in left)))
                left.remove(order[-1])
            yield {"order": [text_id(key.items[place].text) for place in order]}

    def describe(
        self, answer: OrderAnswer, key: OrderKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        if key is not None:
            public = self.public(key, "")
        texts = {entry["id"]: entry["text"] for entry in (public or {}).get("items", [])}
        return [(f"{place}.", texts.get(entry, STRANGER)) for place, entry in enumerate(answer.order, 1)]

    def attempt(self, key: OrderKey, ability: float, draw: Random) -> dict[str, Any]:
        """Each unknown item slips by one to three places."""
        order = [text_id(item.text) for item in key.items]
        for entry in list(order):
            if draw.random() > ability:
                place = order.index(entry)
                order.remove(entry)
                order.insert(max(0, min(len(order), place + draw.choice((-2, -1, 1, 2, 3)))), entry)
        return {"order": order}


def _mistake(key: OrderKey, first: int, second: int) -> str:
    """Two neighbours the wrong way round, in words."""
    why = key.items[second].feedback
    return f"“{bare(key.items[first].text)}” comes before “{bare(key.items[second].text)}”{f': {why}' if why else '.'}"
