"""Service keys: the course's own names for services, so that claims can be built without licensed text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from medcoding.codes.cpt.tables import table

PREFIX = "svc:"


class UnknownService(KeyError):
    """No service has this key; the message names the nearest ones."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Service:
    """One service: what it is in plain words, its kind, and the facts that lessons use.

    `global_days` is 0, 10 or 90, None where no global package applies. `anatomy` names the HCPCS modifiers that say the
    place ("eyelid", "finger", "toe", "coronary"). `timed` is minutes. `add_on_to` holds keys, one of which must stand on
    the same claim. `also` holds words that people type for it.
    """

    key: str
    plain: str
    kind: str
    global_days: int | None = None
    paired: bool = False
    anatomy: str = ""
    components: bool = False
    add_on_to: tuple[str, ...] = ()
    separate: bool = False
    timed: int | None = None
    setting: str = ""
    also: str = ""

    @property
    def add_on(self) -> bool:
        """Whether it is never reported alone."""
        return bool(self.add_on_to)

    def __str__(self) -> str:
        return f"{self.key} {self.plain}"


class Services(Mapping[str, Service]):
    """Every service by its key; a missing key is answered with the nearest ones."""

    def __init__(self, rows: Mapping[str, Service]) -> None:
        self._rows = MappingProxyType(dict(rows))

    def __getitem__(self, key: str) -> Service:
        found = self._rows.get(normal(key))
        if found is None:
            import difflib

            near = ", ".join(difflib.get_close_matches(normal(key), self._rows, n=3, cutoff=0.5))
            raise UnknownService(f"No service has the key {str(key)[:60]!r}." + (f" Near: {near}." if near else ""))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def normal(key: object) -> str:
    """A key as the table writes it: lower case, without surrounding space."""
    return key.strip().lower() if isinstance(key, str) and len(key) <= 80 else ""


@lru_cache(maxsize=1)
def services() -> Services:
    """The table of services."""
    also = table("service_synonyms")
    return Services({key: _service(key, row, also.get(key, "")) for key, row in table("services").items()})


def _service(key: str, row: dict[str, Any], also: str) -> Service:
    return Service(key, **{**row, "add_on_to": tuple(row.get("add_on_to", ())), "also": also})
