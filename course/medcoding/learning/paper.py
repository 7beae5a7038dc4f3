"""Drawing a paper: seats by domain from the items at hand, the same on every machine and Python.

Nothing here is random: every order is one of SHA-256 digests of the paper's name, the area, the seed and the item.

- An area's items are a deck. It is shuffled, and each seed gets a hand of it: two seeds of one round share no item of the
  area; when the deck no longer holds a whole hand it is shuffled anew for the next round.
- No item twice: where an item fits several areas, seats are given so that as many as possible are filled, the areas with
  the fewest spare items first.
- Where an area has too few items, its seats are missing: the paper is shorter, its time is shorter in proportion, and
  there are fewer pilot seats in proportion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from medcoding.forms.chart import lines
from medcoding.items.models import ItemId, PublicItem
from medcoding.learning.blueprints import MOST_SEATS, Area, Blueprint, Frozen
from medcoding.learning.schedule import candidates

MOST_SEED = 1_000_000


class SeedProblem(ValueError):
    """A seed that is no whole number from 1 on."""


@dataclass(frozen=True)
class Card:
    """What drawing needs to know of an item."""

    item: str
    domains: tuple[str, ...]
    form: str = ""
    setting: str = ""

    def fits(self, area: Area) -> bool:
        """Whether the item may take a seat of the area."""
        return (
            not set(self.domains).isdisjoint(area.domains)
            and (not area.forms or self.form in area.forms)
            and area.setting.casefold() in self.setting.casefold()
        )


class Seat(Frozen):
    """One seat of a paper: which item is asked, and for which area it counts."""

    item: ItemId
    area: str


class Missing(Frozen):
    """An area that could not be filled: of `wanted` seats, `drawn` were."""

    area: str
    wanted: Annotated[int, Field(ge=1, le=MOST_SEATS)]
    drawn: Annotated[int, Field(ge=0, le=MOST_SEATS)]


class Paper(Frozen):
    """A paper as drawn. `minutes` is the time for the seats that there are."""

    blueprint: Blueprint
    seed: Annotated[int, Field(ge=1, le=MOST_SEED)]
    seats: Annotated[tuple[Seat, ...], Field(max_length=MOST_SEATS)]
    missing: Annotated[tuple[Missing, ...], Field(max_length=60)] = ()
    minutes: Annotated[int, Field(ge=1, le=600)]
    drawn_from: Annotated[str, StringConstraints(max_length=20)] = ""

    @model_validator(mode="after")
    def _sound(self) -> Paper:
        if len({seat.item for seat in self.seats}) < len(self.seats):
            raise ValueError("an item has two seats")
        known = {area.id for area in self.blueprint.areas}
        if not {seat.area for seat in self.seats} | {one.area for one in self.missing} <= known:
            raise ValueError("a seat is of an area that the paper does not have")
        return self

    @property
    def whole(self) -> bool:
        """Whether no seat is missing."""
        return not self.missing

    def area(self, number: int) -> Area:
        """The area of seat `number`, counted from 0."""
        return self.blueprint.area(self.seats[number].area)


def cards(released: Iterable[PublicItem]) -> list[Card]:
    """The items that a paper may ask: practice and exam items whose key is at hand and whose answer can be scored at once. Never a graded one."""
    items = list(released)
    allowed = {one.id: one for one in candidates(items, ("practice", "exam"))}
    found: dict[str, Card] = {}
    for item in items:
        if item.id in allowed:
            setting = next((line.text for line in lines(item.chart) if line.kind == "field" and line.name == "Setting"), "")
            found.setdefault(item.id, Card(item.id, allowed[item.id].domains, item.form, setting))
    return list(found.values())


def checked_seed(seed: object) -> int:
    """The seed itself. Raises `SeedProblem`."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 1 <= seed <= MOST_SEED:
        raise SeedProblem(f"A seed is a whole number from 1 to {MOST_SEED:,}; found {str(seed)[:40]!r}. Each seed is another draw of the paper.")
    return seed


def draw(blueprint: Blueprint, pool: Sequence[Card], seed: int) -> Paper:
    """The paper of that seed from the items at hand; their order does not matter.

    Raises:
        SeedProblem: the seed is no whole number from 1 to 1,000,000.
    """
    checked_seed(seed)
    counted = [area for area in blueprint.areas if not area.pilot]
    table = _Table(blueprint, pool, seed)
    for area in sorted(counted, key=table.spare):
        table.fill(area, area.seats)
    filled, full = sum(map(table.count, counted)), sum(area.seats for area in counted)
    for area in sorted((area for area in blueprint.areas if area.pilot), key=table.spare):
        table.fill(area, area.seats * filled // full)
    seats = [Seat(item=item, area=area) for item, area in table.owner.items()]
    seats.sort(key=lambda seat: (blueprint.area(seat.area).last, _digest(blueprint.name, "seat", seed, seat.item)))
    missing = [
        Missing(area=area.id, wanted=area.seats, drawn=table.count(area)) for area in blueprint.areas if table.count(area) < area.seats
    ]
    return Paper(
        blueprint=blueprint, seed=seed, seats=tuple(seats), missing=tuple(missing), minutes=_minutes(blueprint, [seat.area for seat in seats]),
        drawn_from=hashlib.sha256("\n".join(sorted(card.item for card in pool)).encode()).hexdigest()[:16],
    )  # fmt: skip


def _minutes(blueprint: Blueprint, areas: Sequence[str]) -> int:
    """The time in proportion to the seats drawn, whole minutes, rounded up."""
    pace = {area.id: area.pace for area in blueprint.areas}
    whole = sum(area.pace * area.seats for area in blueprint.areas)
    return max(-(-blueprint.minutes * sum(pace[area] for area in areas) // whole), 1)


def hand(items: Sequence[str], seed: int, count: int, *names: object) -> list[str]:
    """All items, the ones to be used first first: the hand of `count` that belongs to the seed, then the rest of its deck."""
    hands = max(len(items) // count, 1)
    round_, place = divmod(seed - 1, hands)
    deck = sorted(items, key=lambda item: _digest(*names, round_, item))
    return deck[place * count :] + deck[: place * count]


def _digest(*names: object) -> bytes:
    return hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()


class _Table:
    """Seats being given: who holds which item. A seat once filled stays filled; its item may change to make room."""

    def __init__(self, blueprint: Blueprint, pool: Sequence[Card], seed: int) -> None:
        self.owner: dict[str, str] = {}
        self.wishes = {
            area.id: hand(sorted({card.item for card in pool if card.fits(area)}), seed, area.seats, blueprint.name, area.id)
            for area in blueprint.areas
        }

    def spare(self, area: Area) -> int:
        """How many more items fit an area than it has seats; less than 0 where seats will be missing."""
        return len(self.wishes[area.id]) - area.seats

    def count(self, area: Area) -> int:
        """The seats of an area that are filled."""
        return sum(held == area.id for held in self.owner.values())

    def fill(self, area: Area, seats: int) -> None:
        """Fill seats of an area, as many as there can be."""
        for _ in range(seats):
            if not self._take(area.id, set()):
                return

    def _take(self, area: str, asked: set[str]) -> bool:
        """One more item for an area: a free one, else one whose holder finds another. No holder is asked twice."""
        asked.add(area)
        for item in self.wishes[area]:
            if item not in self.owner:
                self.owner[item] = area
                return True
        for item in self.wishes[area]:
            holder = self.owner[item]
            if holder not in asked and self._take(holder, asked):
                self.owner[item] = area
                return True
        return False
