"""Pointers: every professional line says which diagnoses it was for (CMS-1500 item 24E; 837P SV107)."""

from __future__ import annotations

from collections.abc import Iterator

from medcoding.claims.edits.case import Case
from medcoding.claims.edits.core import Edit, edit
from medcoding.claims.model.professional import LETTERS


def edits(case: Case) -> Iterator[Edit]:
    """Lines without a pointer, pointers to nothing, numbers on paper, repetitions."""
    claim = case.professional
    if claim is None or not claim.diagnoses:
        return
    there = LETTERS[: len(claim.diagnoses)]
    for number, line in enumerate(claim.lines):
        path = f"lines.{number}.pointers"
        if not line.pointers:
            yield edit("pointer-missing", f"Line {number + 1} points to no diagnosis: choose the one that it was for, {_choice(there)}.", [path], [line.code])
        for pointer in dict.fromkeys(line.pointers):
            if claim.place_of(pointer) is None:
                message = f"Line {number + 1} points to {pointer}, but item 21 has {_choice(there)} only. Correct the pointer, or add the diagnosis."
                yield edit("pointer-to-nothing", message, [path], [pointer])
            elif pointer.isdigit():
                message = f"Line {number + 1} points to {pointer}. On paper a pointer is a letter ({LETTERS[int(pointer) - 1]}); only the electronic claim counts 1 to 12."
                yield edit("pointer-number", message, [path], [pointer])
        places = [claim.place_of(pointer) for pointer in line.pointers if claim.place_of(pointer) is not None]
        if len(set(places)) < len(places):
            yield edit("pointer-repeated", f"Line {number + 1} points to one diagnosis twice. Keep each once, the most important first.", [path], line.pointers)


def _choice(letters: str) -> str:
    return letters if len(letters) == 1 else f"{letters[0]} to {letters[-1]}"
