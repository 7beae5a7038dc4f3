"""One entry of the book: a code or header, its notes, and the errors of looking one up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from medcoding.codes.dates import DateOutOfRange, UnknownCode

if TYPE_CHECKING:
    from medcoding.codes.icd10cm.book import Book

__all__ = ["KIND_NAMES", "Ancestor", "Code", "DateOutOfRange", "Note", "UnknownCode"]

KIND_NAMES = ("chapter", "block", "category", "subcategory", "code with 7th character", "code not in the tabular list")


@dataclass(frozen=True)
class Note:
    """One line of a note and where it stands: `at` is a code ("E11"), a block ("E08-E13") or "Chapter 4"."""

    text: str
    at: str

    def __str__(self) -> str:
        return f"{self.text} [{self.at}]"


@dataclass(frozen=True)
class Ancestor:
    """A chapter, block, category or subcategory above a code."""

    name: str
    title: str
    kind: str

    def __str__(self) -> str:
        return f"{self.name} {self.title}"


@dataclass(frozen=True)
class Code:
    """One entry of the book: a reportable code, or a header (`billable` False) above some.

    `valid_from` and `valid_to` are the first and last date on which it was reportable, None when it never was,
    and `valid_to` also when no end is known. `manifestation`: the Medicare Code Editor
    refuses it as principal diagnosis on that date because it is the manifestation of another disease.
    Notes, children and ancestors are read when asked for.
    """

    code: str
    title: str
    billable: bool
    parent: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    kind: str
    manifestation: bool
    _id: int = field(repr=False, compare=False)
    _book: Book = field(repr=False, compare=False)

    @property
    def excludes1(self) -> tuple[Note, ...]:
        """Excludes1 notes, own and inherited, own first: conditions not coded together with this one (I.A.12.a)."""
        return self._notes.get("excludes1", ())

    @property
    def excludes2(self) -> tuple[Note, ...]:
        """Excludes2 notes, own and inherited: conditions not included here, but codable together (I.A.12.b)."""
        return self._notes.get("excludes2", ())

    @property
    def code_first(self) -> tuple[Note, ...]:
        """ "Code first" notes, own and inherited: the condition that goes before this one (I.A.13)."""
        return self._notes.get("code_first", ())

    @property
    def use_additional(self) -> tuple[Note, ...]:
        """ "Use additional code" notes, own and inherited: what is coded after this one (I.A.13)."""
        return self._notes.get("use_additional", ())

    @property
    def code_also(self) -> tuple[Note, ...]:
        """ "Code also" notes, own and inherited: a second code, in either order (I.A.17)."""
        return self._notes.get("code_also", ())

    @property
    def inclusion_terms(self) -> tuple[Note, ...]:
        """Conditions that the code is for, own and those of the headers above it (I.A.11)."""
        return self._notes.get("inclusion", ())

    @property
    def includes(self) -> tuple[Note, ...]:
        """Includes notes, own and inherited (I.A.10)."""
        return self._notes.get("includes", ())

    @property
    def notes(self) -> tuple[Note, ...]:
        """Plain notes, own and inherited."""
        return self._notes.get("notes", ())

    @property
    def seventh_character_notes(self) -> tuple[Note, ...]:
        """The sentence that tells to add a 7th character, own and inherited."""
        return self._notes.get("seven_note", ())

    @cached_property
    def seventh_characters(self) -> dict[str, str]:
        """Each 7th character that applies here and its meaning, from the nearest table above; empty if there is none.

        A particular stem may not take all of them: its `children` are those that exist.
        """
        return self._book._sevenths(self._id)

    @cached_property
    def children(self) -> tuple[str, ...]:
        """What stands right below this entry on the book's date."""
        return self._book._children(self._id)

    @cached_property
    def trail(self) -> tuple[Ancestor, ...]:
        """Everything above this entry, chapter first, its parent last."""
        return self._book._trail(self._id)

    @property
    def chapter(self) -> Ancestor | None:
        """The chapter; `chapter.name` is its number."""
        return next((a for a in self.trail if a.kind == "chapter"), None)

    @property
    def block(self) -> Ancestor | None:
        """The innermost block, such as E08-E13."""
        return next((a for a in reversed(self.trail) if a.kind == "block"), None)

    @cached_property
    def _notes(self) -> dict[str, tuple[Note, ...]]:
        return self._book._notes(self._id)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
