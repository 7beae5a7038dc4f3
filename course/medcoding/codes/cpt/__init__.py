"""CPT as structure only: categories, sections, symbols, modifiers, global periods, and the course's own service keys.

    cpt.section_of("99213").title           # 'visits'
    cpt.services()["svc:im-injection"].plain
    cpt.GlobalPeriod.of("2026-03-03", 90).last
    cpt.descriptor("99213")                 # from your institution's own licensed file, else None

The set is licensed by the American Medical Association: no descriptor is here, and no number beyond a small registry.
An institution loads its own licensed file with `install_licensed`; it stays on the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medcoding.codes.dates import DateOutOfRange, UnknownCode

if TYPE_CHECKING:
    from medcoding.codes.cpt.book import Book, Code, on
    from medcoding.codes.cpt.global_period import GlobalPeriod, global_modifier
    from medcoding.codes.cpt.layout import Category, Modifier, Section, category_of, modifiers, section_of, structure
    from medcoding.codes.cpt.licensed import (
        LicensedFileError,
        alike,
        descriptor,
        install_licensed,
        numbers_of,
        read_licensed,
        remove_licensed,
        service_of,
    )
    from medcoding.codes.cpt.registered import Registered, registry
    from medcoding.codes.cpt.rules import add_on_problems, modifier_problem
    from medcoding.codes.cpt.service_table import Service, UnknownService, services

_LATER = {
    "book": ("Book", "Code", "on"),
    "global_period": ("GlobalPeriod", "global_modifier"),
    "licensed": (
        "LicensedFileError", "alike", "descriptor", "install_licensed", "numbers_of", "read_licensed", "remove_licensed", "service_of",
    ),
    "registered": ("Registered", "registry"),
    "rules": ("add_on_problems", "modifier_problem"),
    "service_table": ("Service", "UnknownService", "services"),
    "layout": ("Category", "Modifier", "Section", "category_of", "modifiers", "section_of", "structure"),
}  # fmt: skip

__all__ = [
    "Book",
    "Category",
    "Code",
    "DateOutOfRange",
    "GlobalPeriod",
    "LicensedFileError",
    "Modifier",
    "Registered",
    "Section",
    "Service",
    "UnknownCode",
    "UnknownService",
    "add_on_problems",
    "alike",
    "category_of",
    "descriptor",
    "global_modifier",
    "install_licensed",
    "modifier_problem",
    "modifiers",
    "numbers_of",
    "on",
    "read_licensed",
    "registry",
    "remove_licensed",
    "section_of",
    "service_of",
    "services",
    "structure",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for module, names in _LATER.items():
        if name in names:
            value = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
