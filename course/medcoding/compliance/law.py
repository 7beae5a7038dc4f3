"""False claims, kickbacks, self-referral, exclusion, overpayments, compliance programs: dated facts with citations.

    from medcoding.compliance import law
    law.entry("overpayment-deadline").value           # 60
    law.exposure(claims=12, loss="3400", on="2026-03-01").explain()
    law.explain("kickback")                           # a page

The table is `data/law.yaml`. It is teaching material and no legal advice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from medcoding.codes.dates import as_date
from medcoding.compliance.page import Page
from medcoding.compliance.tables import table

if TYPE_CHECKING:
    from medcoding.payment.explanation import Explanation
    from medcoding.payment.steps import Number

TOPICS = ("false-claims", "kickback", "self-referral", "exclusion", "overpayment", "review", "program", "privacy")
"""The topics, in the order of the lessons."""


@dataclass(frozen=True)
class Entry:
    """One fact: what the law `says`, where (`citation`), for which day it was established, from what, and how surely.

    `value` and `unit` are given where there is a figure; `elements` where the law lists things. `status` is "read" or "recheck".
    """

    name: str
    topic: str
    title: str
    says: str
    citation: str
    as_of: dt.date
    source: str
    status: str
    value: int | None = None
    unit: str = ""
    elements: tuple[str, ...] = ()

    def __str__(self) -> str:
        figure = f" {self.value:,} {self.unit}." if self.value is not None else ""
        listed = f" {'; '.join(self.elements)}." if self.elements else ""
        return f"{self.title}: {self.says}{figure}{listed} [{self.citation}; as of {self.as_of.isoformat()}]"


class UnknownEntry(KeyError):
    """No entry or topic of that name; the message lists those that are near."""

    def __str__(self) -> str:
        return str(self.args[0])


@lru_cache(maxsize=1)
def _entries() -> dict[str, Entry]:
    return {row["name"]: Entry(**{**row, "elements": tuple(row.get("elements", ()))}) for row in table("law")["entries"]}


def entries(topic: str | None = None) -> tuple[Entry, ...]:
    """All entries, or those of a topic, in the order of the table. Raises `UnknownEntry` for an unknown topic."""
    if topic is None:
        return tuple(_entries().values())
    if topic not in TOPICS:
        raise UnknownEntry(f"{topic!r} is no topic. They are {', '.join(TOPICS)}.")
    return tuple(entry for entry in _entries().values() if entry.topic == topic)


def entry(name: str) -> Entry:
    """The entry of that name: "aks", "stark-civil", "oig-elements", ... Raises `UnknownEntry`."""
    found = _entries().get(name)
    if found is not None:
        return found
    import difflib

    near = difflib.get_close_matches(name, _entries(), n=3, cutoff=0.4)
    raise UnknownEntry(f"No entry of the law is called {name!r}. Near: {', '.join(near) or ', '.join(TOPICS)}.")


def explain(topic: str | None = None) -> Page:
    """A topic, or the whole table, as a page."""
    rows = tuple((one.title, _told(one), f"{one.citation} (as of {one.as_of.isoformat()})") for one in entries(topic))
    notes = ["Teaching material and no legal advice: the official text decides."]
    open_ones = sum(one.status == "recheck" for one in entries(topic))
    if open_ones:
        notes.append(f"{open_ones} of {len(rows)} rows were seen on pages that report the law and are to be read in the official text.")
    return Page("The law", topic.replace("-", " ") if topic else "what coders meet", ("Title", "What it says", "Where"), rows, tuple(notes))


def _told(one: Entry) -> str:
    figure = f" {one.value:,} {one.unit}." if one.value is not None else ""
    listed = "".join(f" ({number}) {element};" for number, element in enumerate(one.elements, 1)).rstrip(";")
    return f"{one.says}{figure}{listed}{'.' if listed else ''}"


@dataclass(frozen=True)
class Penalty:
    """The False Claims Act penalty for each claim: from `least` to `most` dollars, assessed on or after `first_day`."""

    first_day: dt.date
    least: int
    most: int
    citation: str
    source: str
    status: str


@lru_cache(maxsize=1)
def penalties() -> tuple[Penalty, ...]:
    """The penalty ranges by day of assessment, oldest first."""
    return tuple(sorted((Penalty(**row) for row in table("law")["penalties"]), key=lambda one: one.first_day))


def penalty(on: str | dt.date) -> Penalty:
    """The range for a penalty that is assessed on that day. Raises `ValueError` for a day before the table begins."""
    day = as_date(on)
    known = [one for one in penalties() if one.first_day <= day]
    if not known:
        raise ValueError(f"{day.isoformat()} is before {penalties()[0].first_day.isoformat()}, the first day of the table of False Claims Act penalties.")
    return known[-1]


@dataclass(frozen=True)
class Exposure:
    """What false claims may cost: `loss` of the government, number of `claims`, and the range from `least` to `most` dollars."""

    claims: int
    loss: Decimal
    multiple: int
    penalty: Penalty

    @property
    def damages(self) -> Decimal:
        """The loss times three, or times two."""
        return self.loss * self.multiple

    @property
    def least(self) -> Decimal:
        """Damages and the smallest penalty for every claim."""
        return self.damages + self.claims * self.penalty.least

    @property
    def most(self) -> Decimal:
        """Damages and the largest penalty for every claim."""
        return self.damages + self.claims * self.penalty.most

    def explain(self) -> Explanation:
        """The calculation step by step."""
        from medcoding.payment.explanation import Explanation
        from medcoding.payment.steps import Step, dollars

        times = "three times" if self.multiple == 3 else "two times"
        statute = "31 U.S.C. 3729(a)(1)" if self.multiple == 3 else "31 U.S.C. 3729(a)(2)"
        steps = (
            Step("Damages", f"{times} the loss of {dollars(self.loss)}", self.damages, citation=statute),
            Step("Smallest penalties", f"{self.claims:,} claims × ${self.penalty.least:,}", Decimal(self.claims * self.penalty.least), citation=self.penalty.citation),
            Step("Largest penalties", f"{self.claims:,} claims × ${self.penalty.most:,}", Decimal(self.claims * self.penalty.most), citation=self.penalty.citation),
            Step("At least", f"{dollars(self.damages)} + {self.claims:,} × ${self.penalty.least:,}", self.least),
            Step("At most", f"{dollars(self.damages)} + {self.claims:,} × ${self.penalty.most:,}", self.most),
        )
        notes = ("What each claim counts as, and the loss, are for a court to find. Teaching material and no legal advice.",)
        return Explanation("False Claims Act exposure", f"{dollars(self.least)} to {dollars(self.most)}.", steps, notes)


def exposure(claims: int, loss: Number, on: str | dt.date, *, disclosed: bool = False) -> Exposure:
    """What `claims` false claims with a total `loss` in dollars may cost if penalties are assessed on a day.

    `disclosed`: told within 30 days, with full cooperation and before any action, so that the loss may count twice, not three
    times; the penalties of 31 U.S.C. 3729(a)(1) are then still shown. Source: 31 U.S.C. 3729(a), 28 CFR 85.5.
    Raises `PaymentInputError` for a loss that is no amount, `ValueError` for a count of claims that is not positive.
    """
    from medcoding.payment.steps import exact

    if isinstance(claims, bool) or not isinstance(claims, int) or claims < 1:
        raise ValueError(f"The number of claims is {claims!r}: a whole number from 1 was expected.")
    return Exposure(claims, exact(loss, "The loss"), 2 if disclosed else 3, penalty(on))
