"""A small invented panel of patients in three practices, and how their care is measured."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from medcoding.payment.explanation import Explanation
from medcoding.payment.steps import ONE, ZERO, PaymentInputError, Step, percent, rounded
from medcoding.payment.tables import read

LABEL = "Patients, spending and targets are invented for this course."


@dataclass(frozen=True)
class Patient:
    """One invented patient: risk score and spending in dollars before and in the year that counts, and the measures.

    A measure is "yes", "no", or "" where the patient does not belong to it.
    """

    patient: str
    practice: str
    age: int
    sex: str
    risk_before: Decimal
    risk_now: Decimal
    spent_before: Decimal
    spent_now: Decimal
    sugar_controlled: str
    pressure_controlled: str
    screened: str
    readmitted: str


@dataclass(frozen=True)
class Measure:
    """A measure of quality: what is wanted, which answer is good, and the share of good answers that earns all points."""

    name: str
    plain: str
    good: str
    target: Decimal


@dataclass(frozen=True)
class Rate:
    """One measure in a panel: how many belong to it, how many had the good answer, and the points, from 0 to 1."""

    measure: Measure
    patients: int
    good: int

    @property
    def rate(self) -> Decimal:
        """The share with the good answer; 0 where nobody belongs."""
        return Decimal(self.good) / self.patients if self.patients else ZERO

    @property
    def points(self) -> Decimal:
        """The rate as a share of the target, at most 1, to four decimals."""
        return rounded(min(ONE, self.rate / self.measure.target), 4)


@dataclass(frozen=True)
class Quality:
    """The quality of a panel: a rate for each measure, and their mean as `score`, from 0 to 1."""

    rates: tuple[Rate, ...]

    @property
    def score(self) -> Decimal:
        """The mean of the points of all measures to which somebody belongs, to four decimals."""
        counted = [rate.points for rate in self.rates if rate.patients]
        return rounded(sum(counted, ZERO) / len(counted), 4) if counted else ZERO

    @property
    def steps(self) -> tuple[Step, ...]:
        """Each measure, then the mean."""
        found = [
            Step(one.measure.plain.capitalize(), f"{one.good} of {one.patients} ({percent(rounded(one.rate, 4))}), target {percent(one.measure.target)}", one.points, "of 1 point")
            for one in self.rates
        ]  # fmt: skip
        return (*found, Step("Quality score", "mean of the measures", self.score, "of 1 point"))

    def explain(self) -> Explanation:
        """The measures and the score."""
        return Explanation("Quality score", f"{percent(self.score)} of all points.", self.steps, (LABEL,))

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_()


def file() -> Path:
    """The dataset as a CSV file, for `pandas.read_csv`: 120 invented patients, one a line."""
    return Path(str(files("medcoding").joinpath("data/value_patients.csv")))


@lru_cache(maxsize=1)
def patients() -> tuple[Patient, ...]:
    """The 120 invented patients of the dataset."""
    with file().open(encoding="utf-8", newline="") as text:
        return tuple(_patient(row) for row in csv.DictReader(text))


@lru_cache(maxsize=1)
def measures() -> Mapping[str, Measure]:
    """The measures by the name of their column. Targets are invented."""
    return {name: Measure(name, row["plain"], row["good"], Decimal(str(row["target"]))) for name, row in read("value_rules")["measures"].items()}


def quality(panel: Iterable[Patient] | None = None) -> Quality:
    """The quality of a panel, by default of all patients of the dataset. Raises `PaymentInputError` for an empty panel."""
    people = _people(panel)
    found = []
    for measure in measures().values():
        answers = [getattr(one, measure.name) for one in people]
        belong = [answer for answer in answers if answer]
        found.append(Rate(measure, len(belong), belong.count(measure.good)))
    return Quality(tuple(found))


def mean_risk(panel: Iterable[Patient] | None = None, now: bool = True) -> Decimal:
    """The mean risk score of a panel, in the year that counts or (with `now` false) before, to four decimals."""
    people = _people(panel)
    return rounded(sum((one.risk_now if now else one.risk_before for one in people), ZERO) / len(people), 4)


def mean_spending(panel: Iterable[Patient] | None = None, now: bool = True) -> Decimal:
    """The mean spending of a panel in dollars a person, in the year that counts or (with `now` false) before, to the cent."""
    people = _people(panel)
    return rounded(sum((one.spent_now if now else one.spent_before for one in people), ZERO) / len(people), 2)


def _people(panel: Iterable[Patient] | None) -> list[Patient]:
    people = list(patients() if panel is None else panel)
    if not people or not all(isinstance(one, Patient) for one in people):
        raise PaymentInputError("The panel is empty or holds something else: a list of value.patients() was expected.")
    return people


def _patient(row: dict[str, str]) -> Patient:
    return Patient(
        row["patient"], row["practice"], int(row["age"]), row["sex"], Decimal(row["risk_before"]), Decimal(row["risk_now"]),
        Decimal(row["spent_before"]), Decimal(row["spent_now"]), row["sugar_controlled"], row["pressure_controlled"], row["screened"], row["readmitted"],
    )  # fmt: skip
