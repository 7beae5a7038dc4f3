"""The record of second coding: who saw chart and question only gave which answer, by module and form. Read from the `blind.yaml` beside the items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from medcoding.forms import FORMS
from medcoding.items.bank import Bank, ItemLoader

RECORD = "blind.yaml"
GALLERY = "forms-gallery"


class RecordProblem(ValueError):
    """A record of second coding cannot be used; the message says where and what was expected."""


class Coded(BaseModel):
    """How the second coding of one item went. `agreed`: the answer earned full marks; `sure` is the second coder's own confidence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agreed: bool
    on: date
    sure: Literal["high", "medium", "low"] = "high"
    mended: str = ""
    """What was changed after a remark."""
    note: str = ""
    """Why the key stands, or what became of it, where the second coder disagreed."""


@dataclass(frozen=True)
class Agreement:
    """Counts over a bank: (agreed, coded) by module and form; and how many were unsure, or were mended after a remark."""

    counts: Mapping[tuple[str, str], tuple[int, int]]
    unsure: int
    mended: int

    @property
    def total(self) -> tuple[int, int]:
        """(agreed, coded) of all."""
        return sum(agreed for agreed, _ in self.counts.values()), sum(coded for _, coded in self.counts.values())

    def table(self) -> str:
        """Markdown: a row a module, a column a form."""
        used = [form for form in FORMS if any(form == one for _, one in self.counts)]
        rows = ["| Module | " + " | ".join(used) + " | all |", "|---" * (len(used) + 2) + "|"]
        for module in sorted({module for module, _ in self.counts}):
            rows.append(self._row(module, {form: count for (one, form), count in self.counts.items() if one == module}, used))
        every = {form: _sum(count for (_, one), count in self.counts.items() if one == form) for form in used}
        return "\n".join([*rows, self._row("**all**", every, used)])

    @staticmethod
    def _row(name: str, counts: Mapping[str, tuple[int, int]], used: list[str]) -> str:
        cells = [f"{counts[form][0]} of {counts[form][1]}" if form in counts else "–" for form in used]
        agreed, coded = _sum(counts.values())
        return f"| {name} | {' | '.join(cells)} | {agreed} of {coded} |"


def _sum(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    both = list(pairs)
    return sum(agreed for agreed, _ in both), sum(coded for _, coded in both)


def read_records(folder: Path) -> dict[str, tuple[str, Coded]]:
    """Module and record of each item that was coded a second time, by item.

    Raises:
        RecordProblem: a file is no mapping of items to records.
    """
    found: dict[str, tuple[str, Coded]] = {}
    for path in sorted(folder.glob(f"*/{RECORD}")):
        try:
            rows = yaml.load(path.read_text(encoding="utf-8"), ItemLoader) or {}
            found |= {str(item): (path.parent.name, Coded.model_validate(row)) for item, row in rows.items()}
        except ValidationError as error:
            first = error.errors()[0]
            raise RecordProblem(f"{path}: {'.'.join(map(str, first['loc'])) or 'record'}: {first['msg']}") from None
        except (yaml.YAMLError, UnicodeDecodeError, AttributeError) as error:
            raise RecordProblem(f"{path} is no mapping of items to records: {error}") from None
    return found


def agreement(bank: Bank) -> Agreement:
    """Agreement over the items of a bank that were coded a second time; the gallery of forms is left out.

    Raises:
        RecordProblem: a record cannot be read.
    """
    records = {item: pair for item, pair in read_records(bank.folder).items() if item in bank and pair[0] != GALLERY}
    coded = Counter((module, bank[item].form) for item, (module, _) in records.items())
    agreed = Counter((module, bank[item].form) for item, (module, record) in records.items() if record.agreed)
    return Agreement(
        {place: (agreed[place], count) for place, count in coded.items()},
        sum(record.sure != "high" for _, record in records.values()), sum(bool(record.mended) for _, record in records.values()),
    )
