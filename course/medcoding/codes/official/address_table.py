"""The table of addresses from which official files may be fetched (data/official_addresses.yaml)."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from medcoding.codes.official.reading import OfficialFileError, shown

TABLE = Path(__file__).parents[2] / "data" / "official_addresses.yaml"
MAX_TABLE = 1 << 20
_FIELDS = {"kinds", "release", "publisher", "address", "page", "limit_mb", "rolling", "note"}


@dataclass(frozen=True)
class Address:
    """One published file: what it holds, who publishes it, where it is, and the most bytes that are taken of it.

    `release` is empty for a file that the publisher keeps replacing; `rolling` says so too. `page` leads to the address.
    """

    name: str
    kinds: tuple[str, ...]
    release: str
    publisher: str
    address: str
    page: str
    limit: int
    rolling: bool = False
    note: str = ""

    @property
    def host(self) -> str:
        """The host of the address in lower case."""
        return (urlsplit(self.address).hostname or "").lower()

    @property
    def file(self) -> str:
        """The file's own name, safe as the name of a local file."""
        name = unquote(urlsplit(self.address).path).replace("\\", "/").rsplit("/", 1)[-1]
        kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name).strip(". ")
        return kept[:120] or self.name


def addresses(path: Path | None = None) -> Mapping[str, Address]:
    """Every address by name: of the course's own table, or of the one that `MEDCODING_ADDRESSES` names.

    Raises `OfficialFileError` when the table cannot be read or an entry is not as it should be; it names the entry.
    """
    import yaml

    named = os.environ.get("MEDCODING_ADDRESSES")
    place = path or (Path(named) if named else TABLE)
    try:
        if place.stat().st_size > MAX_TABLE:
            raise OfficialFileError(f"is larger than {MAX_TABLE:,} bytes: no table of addresses", place.name)
        table = yaml.safe_load(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise OfficialFileError(f"the table of addresses cannot be read: {error.strerror}", shown(str(place))) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise OfficialFileError(f"the table of addresses is no YAML: {shown(str(error))}", place.name) from error
    if not isinstance(table, dict):
        raise OfficialFileError("the table of addresses is no list of names with fields", place.name)
    return {str(name): _address(place.name, str(name), row) for name, row in table.items()}


def address(name: str) -> Address:
    """The address of a name. Raises `OfficialFileError`, which names the nearest ones."""
    table = addresses()
    if name not in table:
        near = difflib.get_close_matches(name, table, n=3, cutoff=0.3) or list(table)
        raise OfficialFileError(f"No address is called {shown(name)!r}. Near: {', '.join(near)}. All: medcoding codes fetch --list")
    return table[name]


def _address(file: str, name: str, row: Any) -> Address:
    def wrong(what: str) -> OfficialFileError:
        return OfficialFileError(f"the entry {shown(name)!r} {what}", file)

    if not isinstance(row, dict):
        raise wrong(f"holds {type(row).__name__}, not fields")
    strange = set(map(str, row)) - _FIELDS
    missing = {"kinds", "address", "limit_mb"} - set(row)
    if strange or missing:
        raise wrong(f"has {'no ' + ', '.join(sorted(missing)) if missing else 'unknown ' + ', '.join(sorted(strange))}")
    kinds, limit = row["kinds"], row["limit_mb"]
    if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) for kind in kinds):
        raise wrong("names no kinds: expected a list such as [hcpcs-anweb]")
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= 512:
        raise wrong(f"has limit_mb {limit!r}: expected a whole number from 1 to 512")
    place = str(row["address"])
    try:
        parts = urlsplit(place)
    except ValueError:
        raise wrong(f"has the address {shown(place)!r}, which is none") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or not place.isascii() or " " in place:
        raise wrong(f"has the address {shown(place)!r}: expected http:// or https://, a host, and no user name or space")
    return Address(
        name, tuple(kinds), str(row.get("release", "")), str(row.get("publisher", "")), place, str(row.get("page", "")),
        limit << 20, row.get("rolling") is True, str(row.get("note", "")),
    )  # fmt: skip
