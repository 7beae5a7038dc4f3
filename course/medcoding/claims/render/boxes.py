"""The pieces of a form: boxes, tables, and how values are written in them."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from medcoding.claims.model import Address, Drug, Provider
from medcoding.claims.render.marks import Marks
from medcoding.codes.ndc.numbers import NdcError, to_11

MOST_LINES = 50
"""Lines that are drawn; a claim with more says how many are left out."""

EMPTY = ""

WIDER = "<p class='z'>In a narrow column the lines go on to the right: scroll this table sideways, with Shift and the wheel or with the arrow keys.</p>"
"""Shown where the column is narrow; else a marked box of a line would be missed."""


def shown(value: Any) -> str:
    """A value as text: dates month/day/year as on paper, money with two decimals, yes and no, parts with a space between."""
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return f"{value:%m/%d/%Y}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, (tuple, list)):
        return " ".join(shown(one) for one in value)
    return str(value)


def count(value: Decimal) -> str:
    """Units without needless zeros."""
    return f"{value.normalize():f}"


def package(drug: Drug | None) -> str:
    """A drug as the shaded line has it: N4, the digits of the number, unit and quantity; a number that is none as it was written."""
    if drug is None:
        return EMPTY
    try:
        number = to_11(drug.ndc)
    except NdcError:
        number = drug.ndc
    return f" — drug N4{number} {drug.unit}{count(drug.quantity)}"


def place(address: Address) -> str:
    """An address in one line."""
    town = " ".join(part for part in (address.city, address.state, address.zip) if part)
    return ", ".join(part for part in (address.street, town) if part)


def name_of(provider: Provider | None) -> str:
    """A clinician's last and first name, or an organisation's name; empty for none."""
    if provider is None:
        return EMPTY
    return f"{provider.name}, {provider.first}" if provider.first else provider.name


class Sheet:
    """The boxes of one form, in the order in which they are read; each is told its column span of 24."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self._parts: list[str] = []

    def box(self, number: str, label: str, value: Any, span: int, *paths: str, strong: bool = False) -> None:
        """A box: number and label, the value beneath, and its findings."""
        mark, tag = self.marks.at(paths)
        text = html.escape(shown(value))
        kind = " class='s'" if strong else ""
        self._parts.append(
            f"<div class='b{mark}' style='--w:{span}'><dt><b>{html.escape(number)}</b> {html.escape(label)}</dt><dd{kind}>{text}{tag}</dd></div>"
        )

    def cells(self, number: str, label: str, entries: Sequence[tuple[str, Any, Sequence[str]]], span: int, *paths: str) -> None:
        """A box that holds several small ones, each with its letter: diagnoses, procedures, codes."""
        mark, tag = self.marks.at(paths)
        longest = max((len(shown(value)) for _, value, _ in entries), default=0)
        least = 5.2 if longest <= 8 else 9 if longest <= 14 else 13
        inner = " ".join(self._cell(letter, value, own) for letter, value, own in entries)
        self._parts.append(
            f"<div class='b{mark}' style='--w:{span}'><dt><b>{html.escape(number)}</b> {html.escape(label)}</dt><dd><span class='g' style='--c:{least}rem'>{inner}</span>{tag}</dd></div>"
        )

    def _cell(self, letter: str, value: Any, paths: Sequence[str]) -> str:
        mark, tag = self.marks.at(paths)
        return f"<span class='c{mark}'><b>{html.escape(letter)}</b> {html.escape(shown(value))}{tag}</span>"

    def close(self) -> str:
        """The boxes so far as one list, and an empty sheet after it."""
        parts, self._parts = self._parts, []
        return f"<dl class='f'>{''.join(parts)}</dl>"


def table(marks: Marks, caption: str, heads: Sequence[str], rows: Iterable[Sequence[tuple[Any, Sequence[str]]]], right: Sequence[int] = ()) -> str:
    """A table of lines: heads are "24A From"; each cell is its value and the paths that it shows."""
    top = "".join(f"<th scope='col'{_right(n, right)}>{_head(text)}</th>" for n, text in enumerate(heads))
    body = "".join(f"<tr>{''.join(_td(marks, n, value, paths, right) for n, (value, paths) in enumerate(row))}</tr>" for row in rows)
    return (
        f"{WIDER}<div class='x' role='region' tabindex='0' aria-label='{html.escape(caption)}'><table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(text: str) -> str:
    number, _, label = text.partition(" ")
    return f"<b>{html.escape(number)}</b> {html.escape(label)}"


def _td(marks: Marks, n: int, value: Any, paths: Sequence[str], right: Sequence[int]) -> str:
    mark, tag = marks.at(paths) if paths else ("", "")
    text = html.escape(shown(value))
    if n == 0:
        return f"<th scope='row' class='{mark.strip()}'>{text}{tag}</th>" if mark else f"<th scope='row'>{text}</th>"
    names = " ".join(part for part in ("r" if n in right else "", mark.strip()) if part)
    return f"<td class='{names}'>{text}{tag}</td>" if names else f"<td>{text}</td>"


def _right(n: int, right: Sequence[int]) -> str:
    return " class='r'" if n in right else ""
