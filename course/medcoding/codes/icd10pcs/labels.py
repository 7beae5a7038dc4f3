"""What each axis value is called, worked out from the titles of the codes.

Two codes that differ in one character have titles that differ in that character's label. So in a family of codes that
share the six other characters, whatever is not common to all titles is the label; the larger the family, the sharper.
With the official tables added none of this is needed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from medcoding.codes.icd10pcs.notation import APPROACHES

LINKS = frozenset(["of", "to", "from", "with", "using", "in", "into", "on", "via", "for", "at", "through", "by"])
SIDES = frozenset(["Right", "Left", "Bilateral"])
_NAME = "Products of Conception"
_NAME_WHOLE = _NAME.replace(" ", "\N{NO-BREAK SPACE}")
"""A name with a link word in it, and how it is kept together."""
_TOKEN = re.compile(r"\([^()]*\)|[^ ,]+|,")

Labels = dict[tuple[str, str, int, str], str]
"""(table, qualifier in section X or "", axis 4 to 7, value) → label, "" where the titles do not tell."""


def context_of(code: str) -> str:
    """What a value's meaning depends on besides its table: in section X the seventh character, elsewhere nothing."""
    return code[6] if code[0] == "X" else ""


def derive(
    titles: Mapping[str, str],
    operation: Callable[[str], str],
    axes: Callable[[str], Sequence[str]],
    known: Mapping[str, str],
) -> Labels:
    """The labels of all values of axes 4 to 7, table by table.

    `operation` names the third character of a table ("0SR" is Replacement), `axes` the axes of a section. `known` has
    the labels that no title tells: {"5A1 4 5": ...}, in section X with the qualifier after the table: {"XX2+9 4 K": ...}.
    """
    tables: defaultdict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
    for code, title in titles.items():
        rest = title.removeprefix(operation(code[:3])).replace(_NAME, _NAME_WHOLE)
        tables[code[:3], context_of(code)][code] = _TOKEN.findall(rest)
    found: Labels = {}
    for (prefix, context), split in tables.items():
        names = axes(prefix[0])
        for place in (3, 4, 5, 6):
            fixed = _fixed(names[place], prefix[0], place)
            for value, label in _axis(split, place).items():
                key = f"{prefix}{'+' if context else ''}{context} {place + 1} {value}"
                label = known.get(key) or fixed.get(value) or label or _alone(split, place, value, context)
                found[prefix, context, place + 1, value] = label.replace(_NAME_WHOLE, _NAME)
    return found


def _fixed(name: str, section: str, place: int) -> Mapping[str, str]:
    if name == "Approach":
        return APPROACHES
    if name == "Device":
        return {"Z": "No Device"}
    if name == "Qualifier":
        known = {"Z": "No Qualifier" if section in "0123456" else "None"}
        return {**known, "X": "Diagnostic"} if section == "0" and place == 6 else known
    return {"Z": "None"} if section in "BCDFGH" else {}


def _axis(split: Mapping[str, list[str]], place: int) -> dict[str, str]:
    families: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for code, words in split.items():
        families[code[:place] + code[place + 1 :]][code[place]] = words
    labels: dict[str, str] = {}
    rank: dict[str, int] = {}
    for family in families.values():
        if len(family) == 1:
            for value in family:
                labels.setdefault(value, "")
                rank.setdefault(value, 1)
        elif any(rank.get(value, 0) < len(family) for value in family):
            for value, label in _differences(family).items():
                if rank.get(value, 0) < len(family):
                    labels[value] = label
                    rank[value] = len(family)
    return labels


def _differences(family: Mapping[str, list[str]]) -> dict[str, str]:
    """What each title of a family has for itself, widened to whole phrases."""
    titles = list(family.values())
    shortest = min(map(len, titles))
    start = 0
    while start < shortest and all(words[start] == titles[0][start] for words in titles):
        start += 1
    end = 0
    while end < shortest - start and all(words[-1 - end] == titles[0][-1 - end] for words in titles):
        end += 1
    return {value: _phrase(words, start, len(words) - end) for value, words in family.items()}


def _phrase(words: Sequence[str], start: int, end: int) -> str:
    if start >= end:
        return ""
    stops = LINKS | {","}
    while start > 0 and words[start] not in stops and words[start - 1] not in stops:
        start -= 1
    while end < len(words) and words[end] not in stops and words[end - 1] not in stops:
        end += 1
    return _label(words[start:end])


def _label(words: Iterable[str]) -> str:
    kept = list(words)
    while kept and (kept[0] in LINKS or kept[0] == ","):
        kept.pop(0)
    while kept and (kept[-1] in LINKS or kept[-1] == ","):
        kept.pop()
    if len(kept) > 1 and kept[0] in SIDES:  # the tables say "Hip Joint, Right", titles "Right Hip Joint"
        kept = [*kept[1:], ",", kept[0]]
    return " ".join(kept).replace(" ,", ",")


def _alone(split: Mapping[str, list[str]], place: int, value: str, context: str) -> str:
    """The label of a value without a family to compare with, by where it stands in a title of section 0, 1 or X."""
    words = next(words for code, words in split.items() if code[place] == value)
    section = next(iter(split))[0]
    if section not in "01X":
        return ""
    segments = " ".join(words).split(" , ")
    if place == 6 and section == "X" and segments[-1].startswith("New Technology Group"):
        return segments[-1]
    pieces: defaultdict[str, list[str]] = defaultdict(list)
    link = ""
    for word in segments[0].split(" "):
        if word in LINKS:
            link = "with" if word == "using" else word
        else:
            pieces[link].append(word)
    if context and ("into" in pieces or "to" in pieces):  # Introduction of a substance into a body part
        return _label(pieces.get("into" if place == 3 else "of", ()) if place in (3, 5) else ())
    part = next((pieces[link] for link in ("from", "in", "of", "") if link in pieces), ())
    return _label({3: part, 5: pieces.get("with", ()), 6: pieces.get("to", ())}.get(place, ()))


def spoken(label: str) -> str:
    """A label as titles say it: "Hip Joint, Right" is "Right Hip Joint", "Skin, Left Lower Arm" "Left Lower Arm Skin"."""
    head, _, side = label.rpartition(", ")
    return f"{side} {head}" if head and side.split(" ", 1)[0] in SIDES else label
