"""The level of a visit: two of three elements of decision making, or the clinician's time. Rules restated in the course's own words.

Sources: CPT visit guidelines of 2021 and 2023, restated; CMS Claims Processing Manual ch. 12 §30.6. Minutes are facts, read from the table below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LEVELS = ("straightforward", "low", "moderate", "high")
"""The four levels of decision making, lowest first."""

GRADES: Mapping[str, Sequence[str]] = {
    "problems": ("minimal", "low", "moderate", "high"),
    "data": ("minimal", "limited", "moderate", "extensive"),
    "risk": ("minimal", "low", "moderate", "high"),
}
"""The grades of each element, each as high as the level in the same place."""

MINUTES: Mapping[str, Sequence[int]] = {
    "office-new": (15, 30, 45, 60),
    "office-established": (10, 20, 30, 40),
    "hospital-first": (40, 40, 55, 75),
    "hospital-later": (25, 25, 35, 50),
}
"""The least minutes of the date of the visit for each level, where time may decide. An emergency visit has no time.

In a hospital the two lowest levels share a code, and so a time.
"""

SETTINGS: Mapping[str, str] = {
    "office-new": "office, new patient",
    "office-established": "office, established patient",
    "hospital-first": "hospital or observation, first visit",
    "hospital-later": "hospital or observation, later visit",
    "emergency": "emergency department",
}
"""Where a visit may take place, as the course names it."""


class VisitLevelError(ValueError):
    """A grade, level or setting that does not exist; the message lists those that do."""


def level_of(problems: str, data: str, risk: str) -> str:
    """The level that at least two of the three elements reach: the middle one of the three.

    Raises:
        VisitLevelError: a grade that the element does not have.
    """
    places = sorted(_place(name, grade) for name, grade in (("problems", problems), ("data", data), ("risk", risk)))
    return LEVELS[places[1]]


def level_by_time(setting: str, minutes: int) -> str:
    """The level that the clinician's own minutes on the date reach; "" below the least, and where time does not count.

    Raises:
        VisitLevelError: no such setting.
    """
    if setting not in SETTINGS:
        raise VisitLevelError(f"{setting!r} is no setting; there are {', '.join(SETTINGS)}.")
    reached = [level for level, least in zip(LEVELS, MINUTES.get(setting, ()), strict=False) if minutes >= least]
    return reached[-1] if reached else ""


def higher(one: str, other: str) -> str:
    """The higher of two levels; "" counts as none."""
    return max(one, other, key=lambda level: LEVELS.index(level) if level in LEVELS else -1)


def _place(name: str, grade: str) -> int:
    try:
        return GRADES[name].index(grade)
    except ValueError:
        raise VisitLevelError(f"{grade!r} is no grade of {name}; there are {', '.join(GRADES[name])}.") from None
