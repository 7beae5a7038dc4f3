"""What the words of the book mean: root operations, approaches, and the keys for body parts and devices.

Definitions, hints and examples are the course's own (data/icd10pcs_operations.yaml). With the official definitions
file added, each term carries CMS's definition too, and the keys are complete.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from medcoding.codes.icd10pcs.source import DATA, STRUCTURE
from medcoding.codes.indexfile import Store

OPERATIONS = DATA / "icd10pcs_operations.yaml"
DEFINITIONS = "icd10pcs-definitions"
_NEW_TECHNOLOGY = "X"


@dataclass(frozen=True)
class Term:
    """One root operation or approach: its value on the axis, name, and definition in the course's own words.

    `group` is the teaching group of a medical/surgical root operation; `guideline` the numbers of the Official
    Guidelines that speak of it; `official` CMS's own definition, empty unless that file was added.
    """

    value: str
    name: str
    definition: str
    hint: str = ""
    examples: tuple[str, ...] = ()
    guideline: str = ""
    group: str = ""
    official: str = ""


@dataclass(frozen=True)
class KeyEntry:
    """One line of a key: a word of the record and the values that stand for it ("Hip Muscle" comes with a side)."""

    term: str
    values: tuple[str, ...]


def operations(section: str = "0", date: dt.date | None = None) -> tuple[Term, ...]:
    """The operations (types, modalities) of a section in the order of their values; in section 0 grouped as taught.

    Section X borrows the definitions of the other sections. Empty for no section. `date` picks the official release.
    """
    table = _table()
    official = _official_definitions(section, 3, date)
    if section == "0":
        return tuple(
            _term(value, entry, group["title"], official)
            for group in table["groups"].values()
            for value, entry in group["operations"].items()
        )
    if section == _NEW_TECHNOLOGY:
        known = {entry["name"]: entry for part in reversed(table["ancillary"].values()) for entry in part.values()}
        known |= {entry["name"]: entry for group in table["groups"].values() for entry in group["operations"].values()}
        names: Mapping[str, str] = _structure()[section]["operations"]
        return tuple(_term(value, known[name], "", official) for value, name in sorted(names.items()))
    part = table["ancillary"].get(section, {})
    return tuple(_term(value, entry, "", official) for value, entry in part.items())


def approaches(date: dt.date | None = None) -> tuple[Term, ...]:
    """The seven approaches."""
    official = _official_definitions("0", 5, date)
    return tuple(_term(value, entry, "", official) for value, entry in _table()["approaches"].items())


def body_part_key(text: str = "", date: dt.date | None = None) -> tuple[KeyEntry, ...]:
    """The entries of the body part key that contain a text, all without one: a teaching subset, or CMS's whole key."""
    return _key("body_part_key", "Body Part", text, date)


def device_key(text: str = "", date: dt.date | None = None) -> tuple[KeyEntry, ...]:
    """The entries of the device key that contain a text, all without one: a teaching subset, or CMS's whole key."""
    return _key("device_key", "Device", text, date)


def _term(value: str, entry: Mapping[str, Any], group: str, official: Mapping[str, str]) -> Term:
    name = entry["name"]
    return Term(
        value, name, entry["definition"], entry.get("hint", ""), tuple(entry.get("examples", ())),
        entry.get("guideline", ""), group, official.get(name, ""),
    )  # fmt: skip


def _key(own: str, axis: str, text: str, date: dt.date | None) -> tuple[KeyEntry, ...]:
    entries: dict[str, tuple[str, ...]] = {term: (value,) for term, value in _table()[own].items()}
    store = _added(date)
    if store is not None:
        # Where both have a term CMS's line counts: it names the values with their sides.
        found: dict[str, list[str]] = {}
        query = (
            "SELECT i.text, t.titles FROM includes i JOIN terms t ON t.id = i.term"
            " WHERE t.axis_name = ? AND t.section IN ('0', 'X') ORDER BY i.text"
        )
        for term, titles in store.rows(query, axis):
            found.setdefault(term, []).extend(titles.split("\n"))
        listed = {term.casefold() for term in found}
        entries = {term: values for term, values in entries.items() if term.casefold() not in listed}
        entries |= {term: tuple(dict.fromkeys(titles)) for term, titles in found.items()}
    wanted = text.casefold().strip()
    chosen = {term: values for term, values in entries.items() if wanted in term.casefold()}
    return tuple(KeyEntry(term, chosen[term]) for term in sorted(chosen, key=str.casefold))


def _official_definitions(section: str, axis: int, date: dt.date | None) -> dict[str, str]:
    store = _added(date)
    if store is None:
        return {}
    query = "SELECT titles, definition FROM terms WHERE section = ? AND axis = ?"
    return {name: text for titles, text in store.rows(query, section, axis) for name in titles.split("\n")}


def _added(date: dt.date | None) -> Store | None:
    from medcoding.codes.official import in_force, installed

    if date is None:
        listed = installed(DEFINITIONS)
        date = listed[-1].first_date if listed else dt.date.max
    return in_force(DEFINITIONS, date, nearest=True)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    import yaml

    with OPERATIONS.open(encoding="utf-8") as file:
        table: Mapping[str, Any] = yaml.safe_load(file)
    return table


@lru_cache(maxsize=1)
def _structure() -> Mapping[str, Any]:
    import yaml

    with STRUCTURE.open(encoding="utf-8") as file:
        sections: Mapping[str, Any] = yaml.safe_load(file)["sections"]
    return sections
