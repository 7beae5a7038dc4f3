"""How large a sample must be, and what a sample says about all claims, in the manner of RAT-STATS.

RAT-STATS is the statistical software of the HHS Office of Inspector General. Its unrestricted variable appraisal takes a simple
random sample without replacement and computes

    point estimate   N × mean
    standard error   N × s / √n × √(1 − n/N)      s with n − 1 in its denominator
    limits           point estimate ± t × standard error, t of Student with n − 1 degrees of freedom

The OIG asks for the lower limit of the two-sided 90 percent interval, which 95 of 100 samples keep below the truth; Medicare
contractors for that of the one-sided 90 percent interval (Medicare Program Integrity Manual, Pub. 100-08, chapter 8, section 8.4.5.1).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from medcoding.compliance.audit.quantiles import normal_quantile, t_quantile

if TYPE_CHECKING:
    from medcoding.payment.explanation import Explanation

RAT_STATS = "RAT-STATS, unrestricted variable appraisal"
OIG = "OIG practice: lower limit of the two-sided 90 % interval"
CONTRACTOR = "Medicare Program Integrity Manual, Pub. 100-08, chapter 8, section 8.4.5.1"


@dataclass(frozen=True)
class Estimate:
    """What a sample says about the frame. Amounts in dollars; errors of the sample are positive where too much was paid."""

    sample: int
    frame: int
    mean: float
    deviation: float
    confidence: float

    @property
    def point(self) -> float:
        """The point estimate of the total: frame times mean."""
        return self.frame * self.mean

    @property
    def standard_error(self) -> float:
        """Of the total, with the correction for a sample that is a good part of the frame."""
        return self.frame * self.deviation / math.sqrt(self.sample) * math.sqrt(1 - self.sample / self.frame)

    @property
    def t(self) -> float:
        """Student's t of the two-sided interval, with one degree of freedom less than the sample."""
        return t_quantile((1 + self.confidence) / 2, self.sample - 1)

    @property
    def lower(self) -> float:
        """Lower limit of the two-sided interval: what the OIG asks for at 90 percent."""
        return self.point - self.t * self.standard_error

    @property
    def upper(self) -> float:
        """Upper limit of the two-sided interval."""
        return self.point + self.t * self.standard_error

    @property
    def one_sided_lower(self) -> float:
        """Lower limit of the one-sided interval of the same confidence: what Medicare contractors ask for at 90 percent."""
        return self.point - t_quantile(self.confidence, self.sample - 1) * self.standard_error

    @property
    def precision(self) -> float:
        """Half the interval as a share of the point estimate; infinite where the estimate is 0."""
        return abs(self.t * self.standard_error / self.point) if self.point else math.inf

    def explain(self) -> Explanation:
        """The projection step by step, every number as it enters the next one."""
        from medcoding.payment.explanation import Explanation
        from medcoding.payment.steps import Step, dollars

        n, size, level = self.sample, self.frame, f"{self.confidence:.0%}".replace("%", " %")
        mean, deviation, point, error = (Decimal(str(value)) for value in (self.mean, self.deviation, self.point, self.standard_error))
        t = f"{self.t:.4f}"
        steps = (
            Step("Mean error", f"sum of the sampled errors / {n}", mean, citation=RAT_STATS),
            Step("Standard deviation", f"from the mean, divided by {n} − 1", deviation, citation=RAT_STATS),
            Step("Point estimate", f"{size:,} × {dollars(mean)}", point, citation=RAT_STATS),
            Step("Standard error", f"{size:,} × {dollars(deviation)} / √{n} × √(1 − {n}/{size:,})", error, citation=RAT_STATS),
            Step(f"Lower limit, two-sided {level}", f"{dollars(point)} − {t} × {dollars(error)}", Decimal(str(self.lower)), citation=OIG),
            Step(f"Upper limit, two-sided {level}", f"{dollars(point)} + {t} × {dollars(error)}", Decimal(str(self.upper)), citation=RAT_STATS),
            Step(f"Lower limit, one-sided {level}", "with the t of one side", Decimal(str(self.one_sided_lower)), citation=CONTRACTOR),
        )
        notes = ["The sample must be random: an estimate from chosen claims is none."]
        if self.lower < 0 < self.point:
            notes.append("The lower limit is below zero: this sample does not show that too much was paid in all.")
        if n < 30:
            notes.append(f"A sample of {n} is small: where few claims are in error, the limits are rough.")
        lead = f"point estimate {dollars(point)}, lower limit {dollars(Decimal(str(self.lower)))}."
        return Explanation("Extrapolation", lead, steps, tuple(notes))


def extrapolate(errors: Sequence[float | Decimal | int], frame: int, confidence: float = 0.90) -> Estimate:
    """The projection of sampled errors, in dollars a claim (0 where a claim is right), to a frame of `frame` claims.

    Raises `ValueError` for fewer than 2 sampled claims, a frame smaller than the sample, amounts that are no finite numbers, or a
    confidence outside (0, 1). Source: RAT-STATS, unrestricted variable appraisal.
    """
    values = [_amount(value) for value in errors]
    if len(values) < 2:
        raise ValueError(f"The sample has {len(values)} claims: at least 2 were expected, for one alone has no spread.")
    if isinstance(frame, bool) or not isinstance(frame, int) or frame < len(values):
        raise ValueError(f"The frame is {frame!r}: a whole number of claims was expected, at least the {len(values)} of the sample.")
    _level(confidence)
    return Estimate(len(values), frame, statistics.fmean(values), statistics.stdev(values), confidence)


def _amount(value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"An error in the sample is {value!r}: an amount in dollars was expected, 0 where the claim is right.") from None
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError(f"An error in the sample is {value!r}: a finite amount in dollars was expected.")
    return number


def _level(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"The confidence is {confidence}: a share between 0 and 1 was expected, such as 0.90.")


@dataclass(frozen=True)
class SampleSize:
    """How many claims to draw: `count` after the correction for the frame, `unlimited` for a frame without end, and how it came about."""

    count: int
    unlimited: float
    frame: int | None
    formula: str
    z: float

    def explain(self) -> Explanation:
        """The calculation step by step."""
        from medcoding.payment.explanation import Explanation
        from medcoding.payment.steps import Step, rounded

        first = rounded(Decimal(str(self.unlimited)), 2)
        steps = [Step("For a frame without end", self.formula, first, "claims")]
        if self.frame is not None:
            steps.append(Step("For this frame", f"{first} / (1 + {first} / {self.frame:,}), rounded up", Decimal(self.count), "claims"))
        notes = ("Draw them at random, and write down the seed.", "z is " + f"{self.z:.4f}.")
        return Explanation("Sample size", f"{self.count:,} claims.", tuple(steps), notes)


def sample_for_rate(expected: float, margin: float, frame: int | None = None, confidence: float = 0.90) -> SampleSize:
    """Claims to draw to find an error rate of about `expected` within `margin` either way (both shares): z² p (1 − p) / e².

    For a frame of N claims: n / (1 + n/N), rounded up. Source: Cochran, Sampling Techniques, on proportions.
    Raises `ValueError` for shares outside (0, 1) or a frame below 1.
    """
    for name, value in (("expected rate", expected), ("margin", margin)):
        if not 0 < value < 1:
            raise ValueError(f"The {name} is {value}: a share between 0 and 1 was expected, such as 0.05.")
    _level(confidence)
    z = normal_quantile((1 + confidence) / 2)
    formula = f"{z:.4f}² × {expected:g} × {1 - expected:g} / {margin:g}²"
    return _sized(z * z * expected * (1 - expected) / margin**2, frame, formula, z)


def sample_for_dollars(mean: float, deviation: float, precision: float, frame: int | None = None, confidence: float = 0.90) -> SampleSize:
    """Claims to draw to find a mean error within a `precision` (a share of the mean) from a probe's mean and deviation: (z s / (p × mean))².

    Corporate integrity agreements ask for 90 percent confidence and 25 percent precision. Raises `ValueError` for a mean of 0, a
    negative deviation, a precision outside (0, 1) or a frame below 1. Source: RAT-STATS, variable sample size from a probe sample.
    """
    if not math.isfinite(mean) or mean == 0 or not math.isfinite(deviation) or deviation < 0:
        raise ValueError(f"Mean {mean} and deviation {deviation}: a mean that is not 0 and a deviation from 0 were expected, from a probe sample.")
    if not 0 < precision < 1:
        raise ValueError(f"The precision is {precision}: a share of the mean between 0 and 1 was expected, such as 0.25.")
    _level(confidence)
    z = normal_quantile((1 + confidence) / 2)
    formula = f"({z:.4f} × {deviation:g} / ({precision:g} × {abs(mean):g}))²"
    return _sized((z * deviation / (precision * abs(mean))) ** 2, frame, formula, z)


def _sized(unlimited: float, frame: int | None, formula: str, z: float) -> SampleSize:
    if frame is not None and (isinstance(frame, bool) or not isinstance(frame, int) or frame < 1):
        raise ValueError(f"The frame is {frame!r}: a whole number of claims from 1 was expected.")
    limited = unlimited if frame is None else unlimited / (1 + unlimited / frame)
    return SampleSize(max(1, math.ceil(limited - 1e-9)), unlimited, frame, formula, z)
