"""Codes that a key asks for beside the codes that were entered: what was missed, and what stood in its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from medcoding.codes import cpt
from medcoding.forms.base import book_of
from medcoding.forms.codes import CodesAnswer, CodesKey
from medcoding.forms.diagnoses import plain
from medcoding.forms.encounter import EncounterAnswer, EncounterKey, service
from medcoding.forms.matching import match_codes
from medcoding.forms.pcs import PcsAnswer, PcsKey, entries
from medcoding.forms.staymodels import StayAnswer, StayKey

Kind = Literal["diagnosis", "procedure", "service", "supply"]
LONGEST = 64
"""Characters of an entered code that are kept."""


@dataclass(frozen=True)
class Asked:
    """A code that a key asks for, and every code that earns the same in its place, to compare."""

    code: str
    accepted: frozenset[str]
    kind: Kind


@dataclass(frozen=True)
class Missed:
    """A code of the key that was not entered. `instead` is what was, to compare; None where nothing stood in its place."""

    code: str
    kind: Kind
    instead: str | None


@dataclass(frozen=True)
class Compared:
    """The codes that one answer was asked for, those it missed, and every distinct code that it entered, to compare."""

    asked: tuple[Asked, ...]
    missed: tuple[Missed, ...]
    entered: frozenset[str]


@dataclass(frozen=True)
class _List:
    """One list of a form: the codes asked for, the codes entered and those that are neutral, all of one kind."""

    kind: Kind
    asked: tuple[Asked, ...]
    entered: tuple[str, ...]
    optional: frozenset[str] = frozenset()


def compare(key: Any, answer: Any) -> Compared | None:
    """Compare an answer with the key of the variant that was answered; None for a form that asks for no codes.

    Missed codes and wrong entries of one list are brought together by how many first characters they share; what is left over, in
    the order of both. So one entry stands for one missed code at most, and a code that was left out has nothing in its place.

    Args:
        key, answer: models of the same form.
    """
    lists = _lists(key, answer)
    if lists is None:
        return None
    asked = tuple(entry for one in lists for entry in one.asked)
    missed = tuple(entry for one in lists for entry in _missed(one))
    return Compared(asked, missed, frozenset(_short(code) for one in lists for code in one.entered))


def _lists(key: Any, answer: Any) -> list[_List] | None:
    if isinstance(key, CodesKey) and isinstance(answer, CodesAnswer):
        kind: Kind = "procedure" if key.book == "icd10pcs" else "supply" if key.book == "hcpcs" else "diagnosis"
        return [_List(kind, _asked(key.codes, kind), _plain(answer.codes), frozenset(map(plain, key.optional)))]
    if isinstance(key, EncounterKey) and isinstance(answer, EncounterAnswer):
        diagnoses = _List("diagnosis", _asked(key.diagnoses.codes, "diagnosis"), _plain(answer.diagnoses), frozenset(map(plain, key.diagnoses.optional)))
        wanted = tuple(Asked(line.code, line.accepted, "service") for line in key.lines)
        lines = tuple(_named(service(line.code), wanted) for line in answer.lines if line.code.strip())
        return [diagnoses, _List("service", wanted, lines)]
    if isinstance(key, StayKey) and isinstance(answer, StayAnswer):
        listed = _plain([answer.principal.code, *(entry.code for entry in answer.others)])
        diagnoses = _List("diagnosis", _asked((key.principal, *key.others), "diagnosis"), listed, frozenset(map(plain, key.optional)))
        done = _plain([entry.code for entry in answer.procedures])
        return [diagnoses, _List("procedure", _asked(key.procedures, "procedure"), done, frozenset(map(plain, key.optional_procedures)))]
    if isinstance(key, PcsKey) and isinstance(answer, PcsAnswer):
        built = tuple(entries(answer, key.given or ""))
        return [_List("procedure", _asked(key.procedures, "procedure"), built, frozenset(map(plain, key.optional)))]
    return None


def _asked(entries: Sequence[Any], kind: Kind) -> tuple[Asked, ...]:
    return tuple(Asked(entry.code, entry.accepted, kind) for entry in entries)


def _plain(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(plain, codes)))


def _named(code: str, wanted: Sequence[Asked]) -> str:
    """A service as the key names it, where the institution's own licensed file says that a number means it."""
    if re.fullmatch(r"\d{4}[0-9A-Z]", code):
        for one in wanted:
            if any(cpt.alike(code, accepted) for accepted in one.accepted):
                return one.code.lower()
    return code


def _missed(one: _List) -> list[Missed]:
    pairs = match_codes(one.entered, [entry.accepted for entry in one.asked], once=one.kind == "diagnosis")
    missed = [entry for spot, entry in enumerate(one.asked) if spot not in pairs.values()]
    right = {code for entry in one.asked for code in entry.accepted}
    wrong = list(dict.fromkeys(
        code for number, code in enumerate(one.entered) if number not in pairs and code not in one.optional and code not in right
    ))
    found: dict[int, str] = {}
    likely = sorted(
        ((_shared(entry, code), -spot, -place) for spot, entry in enumerate(missed) for place, code in enumerate(wrong)), reverse=True
    )
    taken: set[int] = set()
    for _, spot, place in likely:
        if -spot not in found and -place not in taken:
            found[-spot] = wrong[-place]
            taken.add(-place)
    return [Missed(entry.code, entry.kind, _short(found[spot]) if spot in found else None) for spot, entry in enumerate(missed)]


def _shared(entry: Asked, code: str) -> int:
    """How many first characters a code has in common with the nearest code that would have been right."""
    def common(right: str) -> int:
        return next((place for place, (one, other) in enumerate(zip(right, code, strict=False)) if one != other), min(len(right), len(code)))

    return max(map(common, entry.accepted))


def _short(code: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in code[:LONGEST]) + ("…" if len(code) > LONGEST else "")


def kind_of(code: str) -> Kind:
    """What a code is by the look of it: a service key or number, an ICD-10-PCS code, or a diagnosis."""
    if code.lower().startswith("svc:") or re.fullmatch(r"\d{4}[0-9A-Z]", code):
        return "service"
    return {"icd10pcs": "procedure", "hcpcs": "supply", "icd10cm": "diagnosis"}[book_of(code)]  # type: ignore[return-value]


def distractors(key: Any) -> tuple[str, ...]:
    """The wrong codes that a key foresees, as it writes them."""
    foreseen = key.distractors if isinstance(key, CodesKey | EncounterKey | StayKey | PcsKey) else ()
    return tuple(dict.fromkeys(one.code for one in foreseen))


def comparable(code: str) -> str:
    """A code or service key as `compare` writes what was entered."""
    return _short(service(code) if code.lower().startswith("svc:") else plain(code))


def shown(code: str, kind: Kind) -> str:
    """An entered code as coders write it: a diagnosis with its dot."""
    return f"{code[:3]}.{code[3:]}" if kind == "diagnosis" and re.fullmatch(r"[A-Z]\d[0-9A-Z]{2,5}", code) else code


def title(code: str, kind: Kind, on: date) -> str:
    """What a code means on a date; empty where the book of its kind does not hold it."""
    from medcoding.codes import hcpcs, icd10cm, icd10pcs

    if kind == "service":
        known = cpt.services()
        if code in known:
            return str(known[code].plain)
    opened: Any = {"diagnosis": icd10cm, "procedure": icd10pcs}.get(kind, hcpcs).on(on)
    return str(opened[code].title) if code in opened else ""
