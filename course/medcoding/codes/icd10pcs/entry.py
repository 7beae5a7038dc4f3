"""One code and its seven axes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medcoding.codes.icd10pcs.book import Book


@dataclass(frozen=True)
class Axis:
    """One character of a code: its position from 1, the axis' name ("Body Part"), the value and its label.

    `label` is empty when no installed data tells it.
    """

    position: int
    name: str
    value: str
    label: str

    def __str__(self) -> str:
        return f"{self.name} {self.value} {self.label}".rstrip()


@dataclass(frozen=True)
class Code:
    """One procedure code of any date; `billable` says whether it is valid on the book's.

    `valid_from` and `valid_to` are the first and last date on which it was valid, `valid_to` None when no end is known.
    `listed` is False for a title that the installed list lacks: it was made from the labels of the axes, or says that
    it is missing. The axes are read when asked for.
    """

    code: str
    title: str
    billable: bool
    valid_from: dt.date | None
    valid_to: dt.date | None
    listed: bool
    _book: Book = field(repr=False, compare=False)

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The seven axes, section first."""
        return self._book.axes(self.code)

    @property
    def section(self) -> Axis:
        """Axis 1."""
        return self.axes[0]

    @property
    def body_system(self) -> Axis:
        """Axis 2: the body system, in section F the section qualifier."""
        return self.axes[1]

    @property
    def operation(self) -> Axis:
        """Axis 3: the root operation, in imaging and other ancillary sections the root type or modality."""
        return self.axes[2]

    @property
    def body_part(self) -> Axis:
        """Axis 4, whatever the section calls it (`body_part.name`)."""
        return self.axes[3]

    @property
    def approach(self) -> Axis:
        """Axis 5, whatever the section calls it: approach, duration, contrast, ..."""
        return self.axes[4]

    @property
    def device(self) -> Axis:
        """Axis 6, whatever the section calls it: device, substance, function, ..."""
        return self.axes[5]

    @property
    def qualifier(self) -> Axis:
        """Axis 7."""
        return self.axes[6]

    @property
    def table(self) -> str:
        """The first three characters, which name the table."""
        return self.code[:3]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
