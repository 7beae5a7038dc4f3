"""A suggestion program small enough to read: it finds the book's phrases in a note, and rules keep or drop what it found.

Its dictionary are titles, inclusion terms and includes notes of the codes that it is given, and a house's own words. It
knows nothing of the record but words: not who wrote a line, whether it was copied, which code comes first, or whether a
phrase says less than the note. What its rules get wrong is as instructive as what they get right: the negation window
also fires on "no change in her asthma". For lessons on tools; nothing is ever coded by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

from medcoding.codes.icd10cm import Book, Code
from medcoding.codes.icd10cm.wording import STOP, stem, tokens

LONGEST_NOTE = 20_000
LOOSE = 2
"""So many words that are not of a phrase may stand between its words."""

Source = Literal["title", "inclusion term", "house word"]
Side = Literal["", "right", "left", "bilateral"]

_SIDES: dict[str, Side] = {"right": "right", "left": "left", "bilateral": "bilateral", "both": "bilateral"}
_DENIED_BEFORE = re.compile(r"\b(no|not|denies|denied|without|never|negative for|free of|exclude[sd]?)\b")
_DENIED_AFTER = re.compile(r"\b(ruled out|excluded|absent|not found)\b")
_BREAK = re.compile(r"\b(but|however|yet)\b")
_FAMILY = re.compile(
    r"\b(mother|father|brother|sister|son|daughter|aunt|uncle|cousin|parents?|grand(mother|father)|family)('s|s)?\b"
)
_PAST = re.compile(r"\b(history of|years? ago|in the past|healed|removed|former|resolved in|status post)\b")
_YEAR = re.compile(r"(?<!since )(?<!from )\b((?:19|20)\d\d)\b(?!-)")
_UNCERTAIN = re.compile(
    r"\b(possibl[ey]|probabl[ey]|likely|suspected|questionable|compatible with|consistent with|cannot be excluded|to be ruled out)\b"
)
"""The words of doubt of sections II.H and IV.H."""
_QUALIFIER = re.compile(
    r",? ?\b(unspecified organism|unspecified|uncomplicated|without complications?|site not specified|initial encounter|sides?|nos)\b"
)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SENTENCE = re.compile(r"[^.;\n]+(?:\.(?=\d)[^.;\n]+)*")
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True)
class Phrase:
    """Words that stand for a code, without their order: `stems` must all be found close together. `side` is the code's."""

    text: str
    code: str
    source: Source
    stems: frozenset[str]
    side: Side = ""


@dataclass(frozen=True)
class Rules:
    """Which rules are on, and how many words before (or after) a finding a word of denial reaches.

    Raises:
        ValueError: the window is not between 1 and 20 words.
    """

    negation: bool = True
    history: bool = True
    family: bool = True
    uncertain: bool = True
    side: bool = True
    date: bool = True
    window: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.window <= 20:
            raise ValueError(f"A window of {self.window} words was found; give 1 to 20. Six is usual.")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The rules that can be switched."""
        return tuple(one.name for one in fields(cls) if one.type in (bool, "bool"))

    @classmethod
    def none(cls) -> Rules:
        """Every rule off: what is found is suggested."""
        return replace(cls(), **dict.fromkeys(cls.names(), False))

    def switch(self, name: str, on: bool) -> Rules:
        """The same with one rule on or off."""
        if name not in self.names():
            raise ValueError(f"There is no rule {name!r}. The rules are {', '.join(self.names())}.")
        return replace(self, **{name: on})


@dataclass(frozen=True)
class Suggestion:
    """A code, the span of the note on which it rests (`note[start:end]`), and the rule that kept or dropped it.

    `confidence`, in percent, is the share of right codes among those kept from the same source of phrases on notes that
    a person had coded, (right + 1) / (kept + 2); None where nothing was measured. It is a figure about the program's
    past and says nothing of this note.
    """

    code: str
    start: int
    end: int
    phrase: str
    source: Source
    kept: bool
    rule: str
    confidence: int | None = None


def dictionary(book: Book, codes: Iterable[str], house: Mapping[str, str] | None = None) -> tuple[Phrase, ...]:
    """The phrases of the codes, and of all codes below the headers, that are reportable on the book's date.

    `house` holds a department's own words, such as {"kidney stone": "N20.0"}. Raises `UnknownCode` for a code that the
    book does not have, and `ValueError` when no phrase is left.
    """
    found: dict[tuple[frozenset[str], str], Phrase] = {}
    for code in codes:
        for entry in _leaves(book, code):
            own = [note.text for note in (*entry.inclusion_terms, *entry.includes) if note.at == entry.code]
            _add(found, entry.title, entry.code, "title")
            for text in own:
                _add(found, text, entry.code, "inclusion term")
    for text, code in (house or {}).items():
        _add(found, text, book[code].code, "house word")
    if not found:
        raise ValueError("The dictionary has no phrase. Give codes or headers of the book, such as ['I10', 'J44'].")
    return tuple(found.values())


def suggest(
    note: str, phrases: Iterable[Phrase], book: Book, *, inpatient: bool = False, rules: Rules | None = None,
    measured: Mapping[Source, tuple[int, int]] | None = None,
) -> list[Suggestion]:  # fmt: skip
    """What the program finds in a note of the book's date, in the order of the note: kept and dropped.

    Args:
        phrases: from `dictionary`, perhaps of an older book: the rule `date` asks the book of the date of service.
        inpatient: whether the note is the discharge of an inpatient stay, where doubt is coded as certain (II.H).
        measured: (right, kept) by source, from `measure`.

    Raises:
        ValueError: the note is longer than 20,000 characters.
    """
    if len(note) > LONGEST_NOTE:
        raise ValueError(
            f"The note has {len(note):,} characters; {LONGEST_NOTE:,} are read. Give one document at a time."
        )
    rules = rules or Rules()
    suggestions: list[Suggestion] = []
    for start, end, sentence, at in _spans(note, tuple(phrases)):
        side = _side_near(note, start, end, sentence) if rules.side and any(one.side for one in at) else None
        fitting = [one for one in at if side in (None, one.side)]
        one = (fitting or at)[0]
        reason = _dropped(one, note, start, end, sentence, book, inpatient, rules)
        if not reason and not fitting:
            reason = f"side: {side or 'none is named'}, for which the dictionary has no code"
        kept = f"side: {side}" if side else "phrase found"
        confidence = None if measured is None else _share(*measured.get(one.source, (0, 0)))
        suggestions.append(
            Suggestion(one.code, start, end, one.text, one.source, not reason, reason or kept, confidence)
        )
    return suggestions


def measure(results: Iterable[tuple[Iterable[Suggestion], Collection[str]]]) -> dict[Source, tuple[int, int]]:
    """(right, kept) by source of phrases, over pairs of a note's suggestions and its key."""
    counts: dict[Source, tuple[int, int]] = {}
    for suggestions, key in results:
        for one in suggestions:
            if one.kept:
                right, kept = counts.get(one.source, (0, 0))
                counts[one.source] = (right + (one.code in key), kept + 1)
    return counts


def precision_recall(results: Iterable[tuple[Iterable[Suggestion], Collection[str]]]) -> tuple[float, float]:
    """(precision, recall) over pairs of a note's suggestions and its key; each code counts once a note.

    Raises:
        ValueError: nothing was suggested, or the keys are empty, so that a share has no denominator.
    """
    right = kept = wanted = 0
    for suggestions, key in results:
        codes = {one.code for one in suggestions if one.kept}
        right, kept, wanted = right + len(codes & set(key)), kept + len(codes), wanted + len(set(key))
    if not kept or not wanted:
        raise ValueError(
            f"{kept} codes were kept and {wanted} are in the keys; both must be above 0 to compute a share."
        )
    return right / kept, right / wanted


def _share(right: int, kept: int) -> int:
    return round(100 * (right + 1) / (kept + 2))


def _leaves(book: Book, code: str) -> Iterator[Code]:
    entry = book[code]
    if entry.billable:
        yield entry
    for child in entry.children:
        yield from _leaves(book, child)


def _add(found: dict[tuple[frozenset[str], str], Phrase], text: str, code: str, source: Source) -> None:
    plain = _QUALIFIER.sub("", _BRACKETED.sub(" ", text.lower()))
    words = [word for word in tokens(plain) if word not in STOP]
    side: Side = next((_SIDES[word] for word in words if word in _SIDES), "")
    stems = frozenset(stem(word) for word in words if word not in _SIDES)
    if stems:
        found.setdefault((stems, code), Phrase(" ".join(text.split()), code, source, stems, side))


def _spans(note: str, phrases: tuple[Phrase, ...]) -> Iterator[tuple[int, int, tuple[int, int], list[Phrase]]]:
    """(start, end, sentence, phrases) of each finding; of findings that overlap, the one with most words."""
    alike: dict[frozenset[str], list[Phrase]] = {}
    for one in phrases:
        alike.setdefault(one.stems, []).append(one)
    for sentence in _SENTENCE.finditer(note):
        words = [
            (stem(w.group().lower()), sentence.start() + w.start(), sentence.start() + w.end())
            for w in _WORD.finditer(sentence.group())
        ]
        hits = [(first, last, stems) for stems in alike for first, last in _windows([w for w, _, _ in words], stems)]
        hits.sort(key=lambda hit: (-len(hit[2]), hit[1] - hit[0], hit[0], sorted(hit[2])))
        taken: list[tuple[int, int, frozenset[str]]] = []
        for hit in hits:
            if all(hit[1] < other[0] or hit[0] > other[1] for other in taken):
                taken.append(hit)
        for first, last, stems in sorted(taken, key=lambda hit: hit[0]):
            yield words[first][1], words[last][2], sentence.span(), alike[stems]


def _windows(words: list[str], stems: frozenset[str]) -> Iterator[tuple[int, int]]:
    """(first, last) of the shortest stretches that hold all the stems, at most `LOOSE` other words between them."""
    for first, word in enumerate(words):
        if word not in stems:
            continue
        missing = set(stems)
        for last in range(first, min(len(words), first + len(stems) + LOOSE)):
            missing.discard(words[last])
            if not missing:
                yield first, last
                break


def _dropped(
    one: Phrase, note: str, start: int, end: int, sentence: tuple[int, int], book: Book, inpatient: bool, rules: Rules
) -> str:
    """The rule that drops a finding with the words that set it off, or nothing."""
    before, after = note[sentence[0] : start].lower(), note[end : sentence[1]].lower()
    whole = note[sentence[0] : sentence[1]].lower()
    if rules.date and one.code not in book:
        return f"date: not in force on {book.date}"
    if rules.negation and (cue := _denied(before, after, rules.window)):
        return f"negation: {cue}"
    if rules.family and (found := _FAMILY.search(whole)):
        return f"family: {found.group()}"
    if rules.history and (found := _PAST.search(whole) or _past_year(whole, book.date.year)):
        return f"history: {found.group()}"
    if rules.uncertain and not inpatient and (found := _UNCERTAIN.search(whole)):
        return f"uncertain: {found.group()}, not an inpatient discharge"
    return ""


def _denied(before: str, after: str, window: int) -> str:
    near = " ".join(_BREAK.split(before)[-1].split()[-window:])
    if found := _DENIED_BEFORE.search(near):
        return found.group()
    found = _DENIED_AFTER.search(" ".join(_BREAK.split(after)[0].split()[:window]))
    return found.group() if found else ""


def _past_year(text: str, year: int) -> re.Match[str] | None:
    return next((found for found in _YEAR.finditer(text) if int(found.group()) < year), None)


def _side_near(note: str, start: int, end: int, sentence: tuple[int, int]) -> Side:
    """The side that stands nearest to a finding in its sentence."""
    found = [
        (max(sentence[0] + word.start() - end, start - sentence[0] - word.end(), 0), _SIDES[word.group().lower()])
        for word in _WORD.finditer(note[sentence[0] : sentence[1]]) if word.group().lower() in _SIDES
    ]  # fmt: skip
    return min(found, key=lambda one: one[0])[1] if found else ""
