"""What a mock exam is made of: seats by domain, minutes, pass mark, pauses. Three papers come with the course; instructors give others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from medcoding.forms import FORMS
from medcoding.items.domains import domain_name, domain_names

MOST_SEATS = 300

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
PaperName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=2, max_length=40)]


class BlueprintProblem(ValueError):
    """What was given is no blueprint of a paper. The message says what was found, what is expected, and names the papers there are."""


class Frozen(BaseModel):
    """Frozen, nothing unknown allowed, no number in place of a text."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Pauses(Frozen):
    """How often the clock may be stopped, and for how many minutes each time."""

    count: Annotated[int, Field(ge=0, le=10)] = 0
    minutes: Annotated[int, Field(ge=0, le=60)] = 0

    @property
    def milliseconds(self) -> int:
        """The longest that one pause stops the clock."""
        return self.minutes * 60_000


class Area(Frozen):
    """One part of a paper: an item of any of its domains fits, if its form and its chart's setting do too."""

    id: PaperName
    name: Words
    domains: Annotated[tuple[Words, ...], Field(min_length=1, max_length=40)]
    seats: Annotated[int, Field(ge=1, le=MOST_SEATS)]
    forms: Annotated[tuple[Words, ...], Field(max_length=40)] = ()
    setting: Annotated[str, StringConstraints(max_length=60)] = ""
    points: Annotated[int, Field(ge=1, le=10)] = 1
    pace: Annotated[int, Field(ge=1, le=60)] = 1
    last: bool = False
    pilot: bool = False

    @model_validator(mode="after")
    def _known(self) -> Area:
        for domain in self.domains:
            if domain not in domain_names():
                raise ValueError(f"{domain!r} is no domain; expected some of {', '.join(domain_names())}")
        for form in self.forms:
            if form not in FORMS:
                raise ValueError(f"{form!r} is no form of exercise; expected some of {', '.join(sorted(FORMS))}")
        return self


class Blueprint(Frozen):
    """A whole paper. `passing` is the share of the points, in percent, at which the course says passed."""

    name: PaperName
    title: Words
    minutes: Annotated[int, Field(ge=1, le=600)]
    passing: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    pauses: Pauses = Pauses()
    areas: Annotated[tuple[Area, ...], Field(min_length=1, max_length=60)]
    notes: Annotated[tuple[Words, ...], Field(max_length=10)] = ()
    source: Annotated[str, StringConstraints(max_length=300)] = ""
    as_of: Annotated[str, StringConstraints(max_length=20)] = ""

    @model_validator(mode="after")
    def _sound(self) -> Blueprint:
        names = [area.id for area in self.areas]
        if len(set(names)) < len(names):
            raise ValueError("two areas have the same id")
        if self.seats > MOST_SEATS:
            raise ValueError(f"found {self.seats} seats; a paper has at most {MOST_SEATS}")
        if all(area.pilot for area in self.areas):
            raise ValueError("every area is of pilot seats; nothing would count")
        return self

    @property
    def seats(self) -> int:
        """How many seats the whole paper has, pilot seats among them."""
        return sum(area.seats for area in self.areas)

    def area(self, name: str) -> Area:
        """The area of that id. Raises `KeyError`."""
        for area in self.areas:
            if area.id == name:
                return area
        raise KeyError(name)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    text = (files("medcoding") / "data" / "mock_blueprints.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)["papers"]
    return table


def paper_names() -> tuple[str, ...]:
    """The papers that come with the course."""
    return tuple(_table())


def blueprint(given: str | Mapping[str, Any]) -> Blueprint:
    """The paper of that name, or the one that a mapping describes.

    Args:
        given: "cpc", "cca" or "ccs", in any case; or a mapping with `domains` (seats by domain, such as {"P14": 5}),
            `minutes` and `pass` (percent), and where wanted `title`, `pauses`, `more` and `notes`, as in
            data/mock_blueprints.yaml.

    Raises:
        BlueprintProblem: no such paper, or the mapping is not sound.
    """
    if isinstance(given, str):
        name = given.strip().lower()
        if name not in _table():
            raise BlueprintProblem(
                f"There is no paper {given[:40]!r}. There are {', '.join(map(repr, paper_names()))}; "
                'or give your own, such as {"domains": {"P14": 5}, "minutes": 12, "pass": 70}.'
            )
        return _made(name, _table()[name])
    if not isinstance(given, Mapping):
        raise BlueprintProblem(f"A paper is named by a text, such as 'cpc', or given as a mapping; found {type(given).__name__}.")
    return _made("", given)


def _made(name: str, entry: Mapping[str, Any]) -> Blueprint:
    known = {"title", "minutes", "pass", "pauses", "domains", "more", "notes", "source", "as_of"}
    if strange := [str(key)[:40] for key in entry if key not in known]:
        raise BlueprintProblem(f"A blueprint has no {', '.join(map(repr, strange[:5]))}; it has {', '.join(sorted(known))}.")
    for key, example in (("minutes", "12"), ("pass", "70")):
        if key not in entry:
            raise BlueprintProblem(f"This blueprint has no {key!r}; add it, such as {key!r}: {example}.")
    domains, more = entry.get("domains", {}), entry.get("more", [])
    if not isinstance(domains, Mapping) or not isinstance(more, list | tuple):
        raise BlueprintProblem('"domains" holds the seats by domain, such as {"P14": 5}, and "more" is a list of further areas.')
    areas = [
        {"id": str(domain).lower(), "name": domain_name(str(domain)).partition(", ")[2] or str(domain), "domains": [domain], "seats": seats}
        for domain, seats in domains.items()
    ]
    if not areas and not more:
        raise BlueprintProblem('This blueprint has no seats: give "domains", such as {"P14": 5}.')
    rest = {"pauses": entry.get("pauses") or {}, "notes": entry.get("notes") or (), "source": entry.get("source", ""), "as_of": str(entry.get("as_of", ""))}
    try:
        return Blueprint.model_validate({
            "name": name or own_name(entry), "title": entry.get("title", "Paper of your own"), "minutes": entry["minutes"],
            "passing": entry["pass"], "areas": [*areas, *more], **rest,
        })  # fmt: skip
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))[:80].replace("passing", "pass")
        raise BlueprintProblem(f"This blueprint is not sound: {place + ': ' if place else ''}{first['msg'].removeprefix('Value error, ')[:300]}.") from None


def own_name(entry: Mapping[str, Any]) -> str:
    """The name of a paper given as a mapping: the same for the same content, another for any other."""
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), default=str)
    return f"own-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
