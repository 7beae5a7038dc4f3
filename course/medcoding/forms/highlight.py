"""highlight: passages of the chart are marked. Harmonic mean of precision and recall on characters; a forbidden passage caps at 0.50.

Letters and digits count, spaces and punctuation do not. Several labels ("Condition", "Side") have equal weight. Source: the course's scoring guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, field_validator, model_validator

from medcoding.findings import Finding, Score, Severity, SubScore
from medcoding.forms.base import Claim, Context, Form, Strict, capped
from medcoding.forms.chart import Place, characters, lines, occurrences, whole_words
from medcoding.forms.match import finding

MOST_LABELS, MOST_MARKS = 6, 60

Passage = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Label = Annotated[str, StringConstraints(max_length=60)]
Characters = frozenset[tuple[int, int]]


class KeySpan(Strict):
    """A passage to mark. `alternatives` earn the same; what lies inside `within` may be marked with it.

    Where the passage stands several times, any of them counts, or the one that `nth` (from 1) names.
    """

    text: Passage
    nth: Annotated[int, Field(ge=1, le=50)] | None = None
    within: Passage | None = None
    alternatives: Annotated[tuple[Passage, ...], Field(max_length=6)] = ()


class KeyMark(Strict):
    """What is to be marked under one label."""

    label: Label = ""
    spans: Annotated[tuple[KeySpan, ...], Field(min_length=1, max_length=20)]

    @field_validator("spans", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple({"text": entry} if isinstance(entry, str) else entry for entry in value)
        return value


class Forbidden(Strict):
    """A passage that must not be marked, and the mistake that marking it stands for."""

    text: Passage
    feedback: Annotated[str, StringConstraints(min_length=1)]


class HighlightKey(Strict):
    """Passages under one to six labels; `optional` ones may be marked or not; `forbidden` ones cap the item."""

    marks: Annotated[tuple[KeyMark, ...], Field(min_length=1, max_length=MOST_LABELS)]
    optional: Annotated[tuple[Passage, ...], Field(max_length=20)] = ()
    forbidden: Annotated[tuple[Forbidden, ...], Field(max_length=20)] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_label(cls, value: object) -> object:
        """A key with `spans` alone has one label without a name."""
        if isinstance(value, dict) and "spans" in value and "marks" not in value:
            value = dict(value)
            value["marks"] = [{"spans": value.pop("spans")}]
        return value

    @model_validator(mode="after")
    def _labels_tell_them_apart(self) -> HighlightKey:
        labels = [mark.label for mark in self.marks]
        if len(labels) > 1 and ("" in labels or len(set(labels)) < len(labels)):
            raise ValueError("several marks need a label each, no two the same")
        return self


class Mark(Strict):
    """One marked passage: its text as it stands in one line of the chart, the how-manieth of that text, and its label's number."""

    text: Annotated[str, StringConstraints(max_length=1000)]
    nth: Annotated[int, Field(ge=1, le=200)] = 1
    label: Annotated[int, Field(ge=0, lt=MOST_LABELS)] = 0


class HighlightAnswer(Strict):
    """What was marked, in any order."""

    marks: Annotated[tuple[Mark, ...], Field(max_length=MOST_MARKS)] = ()


class Highlight(Form[HighlightKey, HighlightAnswer]):
    """The chart itself, in which words are marked."""

    name: ClassVar[str] = "highlight"
    key_model = HighlightKey
    answer_model = HighlightAnswer

    def public(self, key: HighlightKey, seed: str) -> dict[str, Any]:
        return {"labels": [mark.label for mark in key.marks], "limit": MOST_MARKS}

    def missing(self, answer: HighlightAnswer, view: Mapping[str, Any] | None = None) -> str | None:
        return None if answer.marks else "Nothing is marked yet."

    def score(self, key: HighlightKey, answer: HighlightAnswer, context: Context) -> Score:
        chart = context.chart
        if not answer.marks:
            return capped(_parts(key, [0.0] * len(key.marks)), [finding(Severity.WARNING, "no-answer", "Nothing was marked.")], context, 0)
        placed = [(mark, _place(chart, mark)) for mark in answer.marks]
        findings = [
            finding(Severity.WARNING, "not-in-chart", f"“{mark.text[:60]}” does not stand in the chart so often.")
            for mark, place in placed if place is None
        ]  # fmt: skip
        anywhere = _all(chart, key.optional)
        shares = []
        for number, wanted in enumerate(key.marks):
            marked = _union(characters(chart, place) for mark, place in placed if place is not None and mark.label == number)
            strays = sum(len(mark.text) for mark, place in placed if place is None and mark.label == number)
            right, free = _chosen(chart, wanted.spans, marked)
            shares.append(_harmonic(right, marked - (free | anywhere), strays))
            findings += _told(chart, wanted, right, marked, free | anywhere, placed, number)
        crossed = [told for forbidden in key.forbidden if (told := _crossed(chart, forbidden, placed)) is not None]
        hard = list({told.message: told for told in crossed}.values())
        return capped(_parts(key, shares), [*hard, *findings], context, min(1, len(hard)))

    def claims(self, key: HighlightKey) -> Iterator[Claim]:
        return iter(())

    def problems(self, key: HighlightKey, context: Context) -> Iterator[str]:
        if not context.chart:
            yield "chart: a highlight item needs a chart to mark in"
            return
        for number, mark in enumerate(key.marks):
            for position, span in enumerate(mark.spans):
                where = f"key.marks.{number}.spans.{position}"
                count = len(list(occurrences(context.chart, span.text)))
                if count < (span.nth or 1):
                    yield f"{where}: {span.text!r} stands {count} times in the chart, within single lines as they are shown"
                for text in (*span.alternatives, *([span.within] if span.within else [])):
                    if not any(occurrences(context.chart, text)):
                        yield f"{where}: {text!r} does not stand in a line of the chart"
                if span.within and span.text not in span.within:
                    yield f"{where}: {span.within!r} does not contain {span.text!r}"
        for text in (*key.optional, *(entry.text for entry in key.forbidden)):
            if not any(occurrences(context.chart, text)):
                yield f"key: {text!r} does not stand in a line of the chart"

    def key_answer(self, key: HighlightKey) -> dict[str, Any]:
        return {"marks": [{"text": span.text, "nth": span.nth or 1, "label": number} for number, mark in enumerate(key.marks) for span in mark.spans]}

    def full_answers(self, key: HighlightKey) -> Iterator[dict[str, Any]]:
        own = self.key_answer(key)["marks"]
        yield {"marks": own}
        place = 0
        for number, mark in enumerate(key.marks):
            for span in mark.spans:
                others = [*span.alternatives, *([span.within] if span.within else [])]
                yield from ({"marks": [*own[:place], {"text": text, "nth": 1, "label": number}, *own[place + 1 :]]} for text in others)
                place += 1

    def describe(
        self, answer: HighlightAnswer, key: HighlightKey | None, public: dict[str, Any] | None = None
    ) -> list[tuple[str, str]]:
        labels = [mark.label for mark in key.marks] if key is not None else list((public or {}).get("labels", ()))
        return [
            (f"{labels[mark.label] or 'Marked'}" if mark.label < len(labels) else f"Label {mark.label + 1}", f"“{mark.text}”")
            for mark in sorted(answer.marks, key=lambda mark: mark.label)
        ]

    def attempt(self, key: HighlightKey, ability: float, draw: Random) -> dict[str, Any]:
        marks = [mark for mark in self.key_answer(key)["marks"] if draw.random() < ability]
        wrong = [*(entry.text for entry in key.forbidden), *key.optional]
        if wrong and draw.random() > ability:
            marks.append({"text": draw.choice(wrong), "nth": 1, "label": draw.randrange(len(key.marks))})
        return {"marks": marks}


def _place(chart: str, mark: Mark) -> Place | None:
    """Where a mark stands, or None."""
    for number, place in enumerate(occurrences(chart, mark.text), 1):
        if number == mark.nth:
            return place
    return None


def _union(parts: Iterable[Characters]) -> Characters:
    return frozenset().union(*parts)


def _all(chart: str, texts: Iterable[str]) -> Characters:
    """The characters of every occurrence of some texts, widened to whole words."""
    return _union(characters(chart, whole_words(chart, place)) for text in texts for place in occurrences(chart, text))


def _chosen(chart: str, spans: Sequence[KeySpan], marked: Characters) -> tuple[Characters, Characters]:
    """(what is right, what is free) of a label: of each span the way of marking that the answer comes nearest to.

    Free are the rest of the words that a span touches, what `within` takes in, and other occurrences of the passage.
    """
    right: set[tuple[int, int]] = set()
    free: set[tuple[int, int]] = set()
    for span in spans:
        own = list(occurrences(chart, span.text))
        own = own[span.nth - 1 : span.nth] if span.nth else own
        ways = [*own, *(place for text in span.alternatives for place in occurrences(chart, text))]
        if not ways:
            continue
        best = max(ways, key=lambda place: _share(characters(chart, place), marked))
        right |= characters(chart, best)
        free |= _union(characters(chart, whole_words(chart, place)) for place in ways)
        if span.within:
            free |= _all(chart, [span.within])
    return frozenset(right), frozenset(free - right)


def _share(wanted: Characters, marked: Characters) -> float:
    return len(wanted & marked) / len(wanted) if wanted else 0.0


def _harmonic(right: Characters, marked: Characters, strays: int) -> float:
    """The harmonic mean of precision and recall, 0 where nothing right is marked."""
    hit = len(right & marked)
    return 2 * hit / (len(right) + len(marked) + strays) if hit else 0.0


def _parts(key: HighlightKey, shares: Sequence[float]) -> list[SubScore]:
    whole = 1 / len(key.marks)
    return [SubScore(name=mark.label or "marked", earned=share * whole, possible=whole) for mark, share in zip(key.marks, shares, strict=True)]


def _told(
    chart: str, wanted: KeyMark, right: Characters, marked: Characters, free: Characters, placed: Sequence[tuple[Mark, Place | None]], number: int
) -> Iterator[Finding]:
    """What is marked that is not asked for, and how much is not found."""
    name = f"{wanted.label}: " if wanted.label else ""
    for mark, place in placed:
        if place is None or mark.label != number:
            continue
        own = characters(chart, place)
        if not own & right and own - free:
            yield finding(Severity.WARNING, "not-in-key", f"{name}“{mark.text[:80]}” is not what the question asks for.")
        elif len(own - right - free) > len(own & right):
            yield finding(Severity.HINT, "too-wide", f"{name}“{mark.text[:80]}” takes in more than the question asks for.")
    lacking = right - marked
    if lacking:
        share = f"{1 - len(lacking) / len(right):.0%}" if marked & right else "none"
        whole = sum(_chosen(chart, [span], marked)[0] <= marked for span in wanted.spans)
        count = f" Passages marked whole: {whole} of {len(wanted.spans)}." if len(wanted.spans) > 1 else ""
        yield finding(Severity.HINT, "left-out", f"{name}{share} of what is asked for is marked.{count}")


def _crossed(chart: str, forbidden: Forbidden, placed: Sequence[tuple[Mark, Place | None]]) -> Finding | None:
    """The finding of a forbidden passage of which at least half is marked."""
    wrong = _union(characters(chart, place) for place in occurrences(chart, forbidden.text))
    for mark, place in placed:
        if place is not None and 2 * len(characters(chart, place) & wrong) >= len(wrong) > 0:
            return finding(Severity.ERROR, "distractor", f"“{mark.text[:80]}”: {forbidden.feedback}")
    return None


def marks_of(chart: str, labels: Sequence[str], value: object) -> object:
    """An answer given in code: a list of texts, or texts by label; anything else is handed on as it is."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list | tuple) and all(isinstance(text, str) for text in value):
        return {"marks": [{"text": " ".join(text.split()), "nth": 1, "label": 0} for text in value]}
    if isinstance(value, dict) and set(value) <= set(labels):
        found = []
        for label, texts in value.items():
            found += [{"text": " ".join(str(text).split()), "nth": 1, "label": labels.index(label)} for text in ([texts] if isinstance(texts, str) else texts)]
        return {"marks": found}
    return value


def shown_lines(chart: str) -> list[dict[str, str]]:
    """The lines of a chart for the page: kind and text."""
    return [{"kind": line.kind, "text": line.shown} for line in lines(chart)]
