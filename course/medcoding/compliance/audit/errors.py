"""Kinds of coding errors as a table: what each is, which way it usually moves payment, and which rule it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from medcoding.compliance.page import Page
from medcoding.compliance.tables import table


@dataclass(frozen=True)
class ErrorKind:
    """One kind of error. `direction` is "over", "under" or "either"."""

    name: str
    title: str
    says: str
    example: str
    direction: str
    citation: str


class UnknownError(KeyError):
    """No kind of error of that name; the message lists them."""

    def __str__(self) -> str:
        return str(self.args[0])


@lru_cache(maxsize=1)
def error_kinds() -> tuple[ErrorKind, ...]:
    """All kinds, in the order in which an audit names them."""
    return tuple(ErrorKind(**row) for row in table("audit_errors"))


def error_kind(name: str) -> ErrorKind:
    """The kind of that name: "missed", "extra", "specificity", ... Raises `UnknownError`."""
    for kind in error_kinds():
        if kind.name == name:
            return kind
    raise UnknownError(f"{name!r} is no kind of error. They are {', '.join(kind.name for kind in error_kinds())}.")


def listed() -> Page:
    """The kinds of error as a page."""
    rows = tuple((kind.title, kind.says, kind.example, kind.direction, kind.citation) for kind in error_kinds())
    return Page(
        "Kinds of error",
        "An audit names what is wrong, so that a coder can learn from it.",
        ("Error", "What it is", "For example", "Payment was", "Rule"),
        rows,
        ("Over: paid too much. Under: paid too little.",),
    )
