"""`{{name}}` in the texts of an item with variants: filled in from its parameters and computed values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from medcoding.items.computing import plain

HOLE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)\s*\}\}")
_BROKEN = re.compile(r"\{\{.{0,40}")


class TemplateProblem(ValueError):
    """A text names what is not there; `where` is the place of the text."""

    def __init__(self, where: tuple[str | int, ...], message: str) -> None:
        self.where = where
        super().__init__(message)


def fill(value: Any, values: Mapping[str, Any], where: tuple[str | int, ...] = ()) -> Any:
    """A value with every `{{name}}` in its texts replaced; a text that is one hole alone becomes the value itself.

    Raises:
        TemplateProblem: a name that is not among `values`, or a hole that is not closed.
    """
    if isinstance(value, str):
        return _text(value, values, where)
    if isinstance(value, Mapping):
        return {name: fill(inner, values, (*where, name)) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [fill(inner, values, (*where, place)) for place, inner in enumerate(value)]
    return value


def _text(text: str, values: Mapping[str, Any], where: tuple[str | int, ...]) -> Any:
    if "{{" not in text:
        return text
    alone = HOLE.fullmatch(text.strip())
    if alone:
        return _value(alone[1], values, where)
    left = HOLE.sub("", text)
    if broken := _BROKEN.search(left):
        raise TemplateProblem(where, f"{broken[0]!r} is no hole to fill; expected {{{{name}}}} or {{{{name.part}}}}")
    return HOLE.sub(lambda hole: plain(_value(hole[1], values, where)), text)


def _value(name: str, values: Mapping[str, Any], where: tuple[str | int, ...]) -> Any:
    first, _, part = name.partition(".")
    if first not in values:
        raise TemplateProblem(where, f"{{{{{name}}}}}: there is no {first!r}; there are {', '.join(sorted(values))}")
    found = values[first]
    if isinstance(found, Mapping) != bool(part) or (part and part not in found):
        parts = ", ".join(f"{first}.{one}" for one in found) if isinstance(found, Mapping) else first
        raise TemplateProblem(where, f"{{{{{name}}}}}: expected {parts}")
    return found[part] if part else found


def names(value: Any) -> Iterator[str]:
    """The names that the holes of a value ask for, without their parts."""
    if isinstance(value, str):
        yield from (hole[1].partition(".")[0] for hole in HOLE.finditer(value))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from names(inner)
