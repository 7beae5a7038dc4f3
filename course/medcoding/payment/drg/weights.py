"""Table 5 of the IPPS final rule: title, type, relative weight, mean stays and transfer policy of every MS-DRG.

The table of FY 2026 comes with the package `drg` (its data file only; its grouper is not used). No other year is
installed: `row` then gives None, and `why_none` says why. The weight is that of the column "10% Cap Applied", which
Medicare pays by (42 CFR 412.60(b): a weight falls by at most 10 percent from one year to the next).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from medcoding.codes.indexfile import home_of

YEAR = 2026
"""The one fiscal year whose Table 5 is installed."""

MEDICAL, SURGICAL = "medical", "surgical"

_KINDS = {"MED": MEDICAL, "SURG": SURGICAL}
_SPLIT = re.compile(r"\s+(?:WITH|WITHOUT)\s+(?:MCC|CC/MCC|CC)(?=\s|$).*")


@dataclass(frozen=True)
class Row:
    """One line of Table 5. `weight`, `gmlos` and `amlos` (days) are None for 998 and 999; `mdc` is 0 for Pre-MDC, None for both.

    `post_acute` and `special` are the table's columns "Post-Acute DRG" and "Special Pay DRG" (42 CFR 412.4(d) and (f)).
    """

    drg: int
    title: str
    mdc: int | None
    kind: str
    weight: Decimal | None
    gmlos: Decimal | None
    amlos: Decimal | None
    post_acute: bool
    special: bool

    @property
    def stem(self) -> str:
        """The title without its severity: the same for an MS-DRG and its siblings with and without CC or MCC."""
        return _SPLIT.sub("", self.title.upper())

    @property
    def tier(self) -> str:
        """The severity in the title: "with MCC", "without CC/MCC", or "" for an MS-DRG that is not split."""
        return self.title[len(self.stem) :].strip()


OTHER_YEARS: tuple[tuple[range, str, str], ...] = (
    (range(77, 80), MEDICAL, "Definitions Manual v40 to v42, MDC 1"),
    (range(210, 212), SURGICAL, "Definitions Manual v44, MDC 5"),
    (range(222, 228), SURGICAL, "Definitions Manual v40, MDC 5"),
    (range(246, 250), SURGICAL, "Definitions Manual v40, MDC 5"),
    (range(294, 296), MEDICAL, "Definitions Manual v40 to v42, MDC 5"),
    (range(338, 344), SURGICAL, "Definitions Manual v40, MDC 6"),
    (range(361, 363), SURGICAL, "Definitions Manual v44, MDC 5"),
    (range(400, 401), SURGICAL, "Definitions Manual v44, MDC 8"),
    (range(403, 405), SURGICAL, "Definitions Manual v44, MDC 8"),
    (range(449, 450), SURGICAL, "Definitions Manual v44, MDC 8"),
    (range(453, 456), SURGICAL, "Definitions Manual v40 and v41, MDC 8"),
    (range(459, 461), SURGICAL, "Definitions Manual v40 and v41, MDC 8"),
    (range(509, 510), SURGICAL, "Definitions Manual v40 to v42, MDC 8"),
    (range(523, 526), SURGICAL, "Definitions Manual v44, MDC 8"),
    (range(731, 734), SURGICAL, "Definitions Manual v44, MDC 13"),
)
"""MS-DRGs of FY 2023 to FY 2027 that Table 5 of FY 2026 does not have: numbers, type, and where it is theirs."""


IRREGULAR = ((837, 838, 839),)
"""Siblings whose titles word their severity in different places."""


def row(drg: int, fiscal_year: int = YEAR) -> Row | None:
    """The line of Table 5 for an MS-DRG in a fiscal year; None for a year that is not installed, or an unknown number."""
    return table().get(drg) if fiscal_year == YEAR else None


def why_none(fiscal_year: int) -> str:
    """Why there is no weight, in a sentence."""
    if fiscal_year == YEAR and not table():
        return f"The weights of FY {YEAR} come with the package drg, which is not installed."
    return f"The weights of FY {fiscal_year} are not installed, only those of FY {YEAR}."


def kind(drg: int) -> str:
    """"medical", "surgical", or "" for 998, 999 and numbers that nobody knows. A type belongs to its MS-DRG in every year."""
    found = table().get(drg)
    if found is not None:
        return found.kind
    return next((what for numbers, what, _ in OTHER_YEARS if drg in numbers), "")


def family(drg: int) -> tuple[Row, ...]:
    """An MS-DRG of FY 2026 and its siblings, which differ from it in CC or MCC only, by number; empty when unknown."""
    own = table().get(drg)
    if own is None:
        return ()
    for numbers in IRREGULAR:
        if drg in numbers:
            return tuple(table()[number] for number in numbers)
    if not own.tier:
        return (own,)
    members = [own]
    for step in (-1, 1):
        number = drg + step
        while (found := table().get(number)) is not None and found.tier and found.stem == own.stem:
            members.append(found)
            number += step
    return tuple(sorted(members, key=lambda one: one.drg))


@lru_cache(maxsize=1)
def table() -> Mapping[int, Row]:
    """Table 5 of FY 2026 by MS-DRG; empty without the package `drg`. Read once (about 5 ms)."""
    home = home_of("drg")
    path = home / "data" / "cms" / "drg_weights.txt" if home else None
    if path is None or not path.is_file():
        return {}
    with path.open(encoding="cp1252", newline="") as file:
        rows = [cells for cells in csv.reader(file, delimiter="\t") if cells and re.fullmatch(r"\d{3}", cells[0].strip())]
    return {found.drg: found for found in map(_row, rows)}


def _row(cells: list[str]) -> Row:
    number, post_acute, special, mdc, kind_of, title, _, weight, gmlos, amlos = (cell.strip() for cell in cells[:10])
    return Row(
        drg=int(number),
        title=title,
        mdc=0 if mdc == "PRE" else int(mdc) if mdc else None,
        kind=_KINDS.get(kind_of, ""),
        weight=_figure(weight),
        gmlos=_figure(gmlos),
        amlos=_figure(amlos),
        post_acute=post_acute == "Yes",
        special=special == "Yes",
    )


def _figure(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None
