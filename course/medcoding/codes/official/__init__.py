"""The official yearly files: recognised, verified and kept on this machine, so that the books are complete.

    official.add("icd10pcs_tables_2026.xml.gz")     # plain, gzip or zip; raises OfficialFileError, changing nothing
    official.fetch("icd10pcs-2026")                 # the same, downloaded first from its publisher's address
    official.installed()                            # what is there: release, dates in force, counts, source, sha256
    official.in_force("icd10pcs-tables", date)      # the open SQLite file of one release, or None

To teach it another file, write a module with a list `KINDS` of `Kind` and name the module in `kinds.MODULES`.
A kind says how its file is recognised from the first bytes (`matches`) and how it is read into SQLite tables (`load`);
opening, unpacking, bounding, checking for truncation, atomic replacement and listing are done here.

Importing this is cheap: the parts are loaded when they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medcoding.codes.official.adding import Added, add, recognise
    from medcoding.codes.official.address_table import Address, addresses
    from medcoding.codes.official.fetching import Fetched, fetch
    from medcoding.codes.official.kinds import Head, Kind, Release, known_kinds
    from medcoding.codes.official.places import folders
    from medcoding.codes.official.reading import OfficialFileError, Source
    from medcoding.codes.official.store import Installed, in_force, installed, remove

__all__ = [
    "Added",
    "Address",
    "Fetched",
    "Head",
    "Installed",
    "Kind",
    "OfficialFileError",
    "Release",
    "Source",
    "add",
    "addresses",
    "fetch",
    "folders",
    "in_force",
    "installed",
    "known_kinds",
    "recognise",
    "remove",
]

_PARTS = {
    "adding": ("Added", "add", "recognise"),
    "address_table": ("Address", "addresses"),
    "fetching": ("Fetched", "fetch"),
    "kinds": ("Head", "Kind", "Release", "known_kinds"),
    "reading": ("OfficialFileError", "Source"),
    "places": ("folders",),
    "store": ("Installed", "in_force", "installed", "remove"),
}
_HOME = {name: part for part, names in _PARTS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
