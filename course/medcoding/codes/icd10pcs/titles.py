"""Titles for codes that the installed list does not have, made from a sister code's title and the axis labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from medcoding.codes.icd10pcs.labels import spoken

_DEVICE_FIRST = {
    "Insertion": "into", "Introduction": "into", "Removal": "from", "Revision": "in", "Transfusion": "into",
}  # fmt: skip
"""Operations whose titles name the device or substance before the body part."""

Label = Callable[[str, int], str]
"""The label of one code's value on an axis (4 to 7), "" when unknown."""


def compose(missing: Iterable[str], titles: Mapping[str, str], label: Label, operation: Callable[[str], str]) -> dict[str, str]:
    """A title for each code of `missing` that labels allow: that of a sister with one label replaced, else a plain one."""
    families: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    wanted = set(missing)
    for code in wanted:
        for place in (6, 5, 4, 3):
            families[place, code[:place] + code[place + 1 :]] = []
    for code in titles:
        for place in (6, 5, 4, 3):
            family = families.get((place, code[:place] + code[place + 1 :]))
            if family is not None:
                family.append(code)
    linked = _linked(titles, operation)
    made: dict[str, str] = {}
    for code in sorted(wanted):
        title = _from_sister(code, families, titles, label) or _plain(code, label, operation(code[:3]), linked)
        if title:
            made[code] = title
    return made


def _from_sister(
    code: str, families: Mapping[tuple[int, str], list[str]], titles: Mapping[str, str], label: Label
) -> str:
    for place in (6, 3, 5, 4):
        new = label(code, place + 1)
        for sister in families[place, code[:place] + code[place + 1 :]]:
            old = label(sister, place + 1)
            if not new or not old or "Z" in (code[place], sister[place]):
                continue
            if any(label(code, axis) != label(sister, axis) for axis in (4, 5, 6, 7) if axis != place + 1):
                continue  # in another row the same value may mean something else
            title = titles[sister]
            if title.count(spoken(old)) == 1:
                return title.replace(spoken(old), spoken(new))
    return ""


def _linked(titles: Mapping[str, str], operation: Callable[[str], str]) -> set[str]:
    """The operations after which titles of section 0 say "of": Replacement of, but Bypass."""
    tables = {code[:3]: title for code, title in titles.items() if code[0] == "0"}
    return {name for prefix, title in tables.items() if title.startswith(f"{(name := operation(prefix))} of ")}


def _plain(code: str, label: Label, operation: str, linked: Collection[str]) -> str:
    """Operation, body part, device, approach and qualifier in the usual order; needs a label for each."""
    labels = [label(code, axis) for axis in (4, 5, 6, 7)]
    if not all(labels) or code[0] not in "0X":
        return ""
    part, approach, device, qualifier = map(spoken, labels)
    of = " of" if operation in linked else ""
    ending = approach + ("" if approach.startswith("Via") else " Approach")
    rest = f", {qualifier}" if code[6] != "Z" else ""
    if operation in _DEVICE_FIRST and code[5] != "Z":
        return f"{operation} of {device} {_DEVICE_FIRST[operation]} {part}, {ending}{rest}"
    title = f"{operation}{of} {part}"
    if operation in ("Bypass", "Transfer") and rest:
        title, rest = f"{title} to {qualifier}", ""
    return title + (f" with {device}" if code[5] != "Z" else "") + f", {ending}{rest}"
