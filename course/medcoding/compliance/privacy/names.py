"""Names of persons and employers, by the words around them, and every later mention of a name once seen.

No list holds all names: what no word announces stays unseen. That is why a rule-based finder alone is not Safe Harbor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medcoding.compliance.privacy.spans import Candidate
from medcoding.compliance.tables import table

_UPPER, _ANY = "A-ZÀ-ÖØ-Þ", "A-Za-zÀ-ÖØ-öø-ÿ"
_PART = rf"(?:(?:O|D|Mc|Mac|De|Di|La|Le|Van|St)['’. ]{{0,2}})?[{_UPPER}][a-zà-öø-ÿ]{{1,24}}(?:[A-Z][a-z]{{1,15}})?(?:[-'’][{_UPPER}][{_ANY}]{{1,24}}){{0,2}}"
_INITIAL = rf"[{_UPPER}]\.?(?![{_ANY}'’])"
_JOIN = r"(?:(?:van|von|de|der|den|del|della|di|da|dos|la|le|bin|al|el|y) ){0,2}"
_NAME = rf"(?:{_INITIAL} ){{0,2}}{_PART}(?: (?:{_INITIAL} )?{_JOIN}{_PART}){{0,2}}"
_SHOUT = rf"[{_UPPER}]{{2,24}}(?:-[{_UPPER}]{{2,24}})?, ?[{_UPPER}]{{2,24}}(?: [{_UPPER}]\b\.?)?"
_INVERTED = rf"{_PART}, {_PART}(?: {_INITIAL})?"
_QUOTE = "[\"'“‘]"
MOST_MENTIONS = 40
"""Names whose later mentions are looked for, so that a text full of names stays quick."""


def _words(name: str) -> str:
    return "|".join(re.escape(word).replace(r"\ ", " ") for word in sorted(table("privacy_words")[name], key=len, reverse=True))


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[re.Pattern[str], int], ...]:
    """Patterns with the group `name`, and the weight of what they see."""
    titles, credentials = _words("titles"), _words("credentials")
    shown = rf"(?P<name>{_SHOUT}|{_INVERTED}|{_NAME})"
    return tuple(
        (re.compile(pattern), weight)
        for pattern, weight in (
            (rf"(?<![\w-])(?:{titles})\.? (?P<name>{_NAME})", 2),
            (rf"(?<![\w-])(?i:{_words('labels')})(?: name)?[ ]?[:=] {{0,3}}(?:(?:{titles})\.? )?{shown}", 2),
            (rf"(?<![\w-])(?i:seen|signed|dictated|performed|ordered|examined|reviewed|answered|written|read|accompanied|referred|cosigned|coded) by (?:(?:{titles})\.? )?{shown}", 2),
            (rf"(?<![\w-])(?P<name>{_NAME}),? (?:{credentials})(?![\w-])", 2),
            (rf"(?<![\w-])(?i:{_words('called')})(?: (?:in|as|the|older|a))? ?{_QUOTE}?(?P<name>{_PART}(?: {_PART})?)", 1),
            (rf"(?<![\w-])(?i:{_words('called')}) {_QUOTE}(?P<name>{_PART}(?: {_PART})?)", 2),
            (rf"(?<![\w-])(?i:{_words('relations')})(?:,| \(|:| named)? ?(?P<name>{_NAME})", 2),
            (rf"(?<![\w-])(?:RN|LPN|NP|PA-C|CNA|EMT) (?P<name>{_PART} (?:{_INITIAL} )?{_PART})", 2),
            (rf"\b(?i:this is|my name is|name is|I am|I'm) (?P<name>{_PART} (?:{_INITIAL} )?{_PART})", 2),
            (rf"\b(?i:employee|employees|employed|works?|worked|working|worker) (?:of|at|for|by|with) (?P<name>{_PART}(?: (?:(?:&|and|of) )?{_PART}){{0,3}})", 1),
            (rf"(?<![\w-])(?P<name>{_PART}(?: (?:& )?{_PART}){{0,2}},? (?:{_words('firms')})(?![\w-]))", 0),
            (rf"(?<![\w-])(?P<name>{_PART} & {_PART})(?![\w-])", 0),
            (rf"(?<![\w-])(?:{_words('closings')}),\s{{1,4}}(?P<name>{_NAME})", 2),
            (rf"(?<![\w-])(?P<name>{_PART}(?: {_PART}){{0,2}} (?:{_words('schools')}))(?![\w-])", 0),
            (rf"(?<![\w-])(?i:{_words('people')}),? (?P<name>{_NAME})", 1),
            (rf"(?<![\w-])(?P<name>{_PART} (?:{_INITIAL} )?{_PART}) \((?:MRN|DOB|age|{_words('relations')}|\d)", 2),
            (rf"(?<![\w-])(?P<name>{_INVERTED}|{_PART} {_PART}),? {{1,6}}(?:MRN|DOB|D\.O\.B|Account|Acct)\b", 2),
            (rf"(?<![\w-])(?P<name>(?:{_words('given_names')})(?: (?:{_INITIAL} )?{_JOIN}{_PART}){{1,2}})", 1),
            (rf"(?:^|[.!?:]\s)(?P<name>{_PART} (?:{_INITIAL} )?{_PART}) (?:{_words('acts')}) ", 0),
        )
    )


def names(text: str) -> Iterator[Candidate]:
    """Candidates of the kind name."""
    found = list(_seen(text))
    yield from found
    yield from _mentions(text, found)


def _seen(text: str) -> Iterator[Candidate]:
    for pattern, weight in _rules():
        for match in pattern.finditer(text):
            place = _trimmed(text, *match.span("name"))
            if place is not None:
                yield Candidate(*place, "name", "name", weight)


@lru_cache(maxsize=1)
def _no_name() -> frozenset[str]:
    return frozenset(table("privacy_words")["no_name"])


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A name without the words that are none: it ends before the first of them, and there is none if it begins with one."""
    last = start
    for word in re.finditer(r"[^\s,]+,?", text[start:end]):
        bare = word.group().rstrip(",.'’")
        if bare in _no_name() or bare.title() in _no_name():
            break
        last = start + word.start() + len(word.group().rstrip(","))
    shown = re.sub(r"['’]s$", "", text[start:last])
    return (start, start + len(shown)) if any(character.islower() for character in shown) or len(shown) > 3 else None


def _mentions(text: str, found: list[Candidate]) -> Iterator[Candidate]:
    """Other places of the words of a name that was announced: surnames alone, and hyphenated ones written apart."""
    parts: dict[str, None] = {}
    for candidate in found:
        if candidate.weight:
            for part in re.split(r"[\s,.-]+", text[candidate.start : candidate.end]):
                if len(part) > 3 and part not in _no_name() and part.title() not in _no_name():
                    parts[part] = None
    known = list(parts)[:MOST_MENTIONS]
    if not known:
        return
    one = "|".join(map(re.escape, known))
    for match in re.finditer(rf"(?<![\w-])(?:{one})(?:[ -](?:{one}))*(?!\w)", text):
        yield Candidate(*match.span(), "name", "mention", 1)
