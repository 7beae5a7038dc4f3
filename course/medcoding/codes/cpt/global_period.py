"""The global surgical package: which days it covers, and which modifier tells a payer why it does not apply.

CMS Claims Processing Manual ch. 12 §40: a minor procedure covers its day, or its day and ten after it; a major one
the day before, the day itself, and the 90 days after it. Counting starts the day after surgery.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

DAYS = (0, 10, 90)

_MODIFIERS = {
    ("visit", "unrelated"): "24",
    ("visit", "same day"): "25",
    ("visit", "decision"): "57",
    ("procedure", "planned"): "58",
    ("procedure", "unplanned return"): "78",
    ("procedure", "unrelated"): "79",
}


@dataclass(frozen=True)
class GlobalPeriod:
    """The days, both included, on which related care belongs to the surgery's own payment."""

    surgery: dt.date
    days: int
    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, surgery: str | dt.date, days: int) -> GlobalPeriod:
        """The package of a surgery on a date with 0, 10 or 90 days.

        Raises `ValueError` for another number of days, for what is no date, and where the calendar ends.
        """
        if days not in DAYS:
            raise ValueError(f"A global period has 0, 10 or 90 days, not {days}.")
        date = surgery if isinstance(surgery, dt.date) else dt.date.fromisoformat(str(surgery).strip())
        try:
            before = dt.timedelta(days=1 if days == 90 else 0)
            return cls(date, days, date - before, date + dt.timedelta(days=days))
        except OverflowError:
            raise ValueError(f"The calendar has no {days} days after {date}.") from None

    def __contains__(self, date: object) -> bool:
        return isinstance(date, dt.date) and self.first <= date <= self.last

    def day(self, date: dt.date) -> int:
        """Which day of the package a date is: 0 is surgery, 1 the day after, −1 the day before a major one."""
        return (date - self.surgery).days


def global_modifier(what: str, why: str) -> str:
    """The modifier for care inside someone's global period.

    `what` is "visit" (why: "unrelated", "same day", "decision") or "procedure" (why: "planned", "unplanned return",
    "unrelated"). Raises `ValueError`, which lists the cases.
    """
    try:
        return _MODIFIERS[what, why]
    except KeyError:
        known = "; ".join(f"{one}, {other}" for one, other in _MODIFIERS)
        raise ValueError(f"No modifier is for {what!r}, {why!r}. The cases: {known}.") from None
