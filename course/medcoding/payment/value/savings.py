"""Shared savings: a benchmark, what was spent, the least saving that counts, quality, and the share that is paid out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from medcoding.payment.steps import (
    ONE,
    ZERO,
    Number,
    PaymentInputError,
    Priced,
    Step,
    cents,
    dollars,
    exact,
    percent,
    plain,
    rounded,
)
from medcoding.payment.tables import read

WEIGHTS = (Decimal("0.1"), Decimal("0.3"), Decimal("0.6"))
"""The weights of three benchmark years, the latest last, in a first agreement period (42 CFR 425.601(a), 425.652(a))."""

RISK_CAP = Decimal("0.03")
"""The most that a rise of the risk score may raise a benchmark (42 CFR 425.605(a), 425.610(a)(2))."""

FEWEST = 5000
"""The people an organization must have assigned (42 CFR 425.110(a))."""

LABEL = "A teaching example in the manner of the Medicare Shared Savings Program, simplified: one kind of beneficiary, no regional blend."


def benchmark(
    spending: Sequence[Number],
    *,
    weights: Sequence[Number] = WEIGHTS,
    trend: Number = 1,
    risk_before: Number = 1,
    risk_now: Number = 1,
    risk_cap: Number = RISK_CAP,
) -> Priced:
    """The benchmark in dollars a person: the weighted mean of the years before, moved by trend and by the change of risk.

    `spending` is dollars a person of each benchmark year, the latest last, one for each weight. `trend` is the factor to the year that
    counts (1.04: 4 % more). The risk ratio, `risk_now` / `risk_before`, raises the benchmark by at most `risk_cap`.

    Source: 42 CFR 425.601 and 425.652, simplified. Raises `PaymentInputError`.
    """
    years = _numbers(spending, "spending")
    shares = _numbers(weights, "weights")
    if len(years) == 1 and len(shares) != 1:
        shares = [ONE]
    if len(years) != len(shares) or sum(shares) != ONE:
        raise PaymentInputError(f"{len(years)} years and {len(shares)} weights that add up to {sum(shares)}: one weight a year was expected, together 1.")
    mean = cents(sum((year * share for year, share in zip(years, shares, strict=True)), ZERO))
    said = " + ".join(f"{dollars(year)} × {percent(share)}" for year, share in zip(years, shares, strict=True))
    steps = [Step("Years before", said, mean, citation="42 CFR 425.652(a)")]
    factor = exact(trend, "trend", least="0.5", most=2)
    trended = cents(mean * factor)
    steps.append(Step("Trend", f"{dollars(mean)} × {plain(factor)}", trended, citation="42 CFR 425.652(b)"))
    before, now, cap = exact(risk_before, "risk_before", least="0.01"), exact(risk_now, "risk_now", least="0.01"), exact(risk_cap, "risk_cap")
    ratio = rounded(now / before, 4)
    held = min(ratio, ONE + cap)
    words = f"{plain(now)} / {plain(before)} = {plain(ratio)}" + (f", held at {plain(held)}" if held < ratio else "")
    amount = cents(trended * held)
    steps.append(Step("Risk", f"{dollars(trended)} × {plain(held)} (risk {words})", amount, citation="42 CFR 425.605(a)"))
    return Priced("Benchmark a person", amount, tuple(steps), (LABEL,))


def minimum_savings_rate(beneficiaries: int) -> Decimal:
    """The least saving that counts in the one-sided model, as a share of the benchmark, to four decimals: 3.9 % for 5,000 people, 2 % from 60,000.

    Source: 42 CFR 425.604(b), 425.605(b); the table stands in `data/value_rules.yaml`. Raises `PaymentInputError` under 5,000.
    """
    if isinstance(beneficiaries, bool) or not isinstance(beneficiaries, int) or beneficiaries < FEWEST:
        raise PaymentInputError(
            f"{str(beneficiaries)[:20]} people are assigned: a whole number from {FEWEST:,} was expected (42 CFR 425.110(a)). "
            "For a smaller teaching panel give `minimum_rate`."
        )
    for row in read("value_rules")["minimum_savings"]:
        if beneficiaries <= row["to"]:
            start, end = Decimal(str(row["at_from"])), Decimal(str(row["at_to"]))
            span = row["to"] + 1 - row["from"]
            return rounded(start + (end - start) * (beneficiaries - row["from"]) / span, 4)
    raise PaymentInputError(f"{beneficiaries:,} people are more than the table holds.")


def shared_savings(
    benchmark: Number | Priced,
    expenditure: Number | Priced,
    beneficiaries: int,
    quality_score: Number,
    *,
    sharing_rate: Number = "0.5",
    quality_standard: Number = "0.7",
    minimum_rate: Number | None = None,
    cap: Number = "0.1",
    loss_rate: Number = 0,
) -> Priced:
    """What an organization is paid (or, with `loss_rate`, owes: a negative amount) for one year.

    `benchmark` and `expenditure` are dollars a person. Savings count when they reach the minimum rate, then from the first dollar.
    The share is `sharing_rate`, in full from `quality_standard` on, below it times the quality score (0 to 1); no more than `cap`
    of the benchmark is paid. A loss counts the same way, at `loss_rate` (0: one-sided model).

    Source: 42 CFR 425.605, simplified; the quality standard is invented. Raises `PaymentInputError`.
    """
    target, spent = _a_person(benchmark, "benchmark"), _a_person(expenditure, "expenditure")
    if isinstance(beneficiaries, bool) or not isinstance(beneficiaries, int) or beneficiaries < 1:
        raise PaymentInputError(f"{str(beneficiaries)[:20]!r} people are assigned: a whole number from 1 was expected.")
    score, standard = exact(quality_score, "quality_score", most=1), exact(quality_standard, "quality_standard", most=1)
    share, most = exact(sharing_rate, "sharing_rate", most=1), exact(cap, "cap", most=1)
    losing = exact(loss_rate, "loss_rate", most=1)
    least = minimum_savings_rate(beneficiaries) if minimum_rate is None else exact(minimum_rate, "minimum_rate", most=1)
    if not target:
        raise PaymentInputError("The benchmark is 0: dollars a person above 0 were expected.")
    whole, paid = cents(target * beneficiaries), cents(spent * beneficiaries)
    saved = whole - paid
    rate = rounded(saved / whole, 4)
    steps = [
        Step("Benchmark", f"{dollars(target)} × {beneficiaries:,} people", whole, citation="42 CFR 425.605(a)"),
        Step("Spent", f"{dollars(spent)} × {beneficiaries:,} people", paid, citation="42 CFR 425.605(a)"),
        Step("Saved" if saved >= 0 else "Lost", f"{dollars(whole)} − {dollars(paid)}: {percent(rate)} of the benchmark", saved, citation="42 CFR 425.605(a)"),
    ]
    name = "Shared savings"
    if abs(saved) < least * whole or not saved:
        said = f"{percent(abs(rate))} is under the minimum of {percent(least)}: nothing is shared"
        return Priced(name, ZERO, (*steps, Step("Minimum", said, ZERO, citation="42 CFR 425.605(b)")), (LABEL,))
    steps.append(Step("Minimum", f"{percent(abs(rate))} reaches {percent(least)}: it counts from the first dollar", saved, citation="42 CFR 425.605(b)"))
    if saved < 0:
        owed = max(-cents(-saved * losing), -cents(whole * most))
        said = f"{dollars(saved)} × {percent(losing)}" + (", the one-sided model shares no loss" if not losing else f", at most {percent(most)} of the benchmark")
        return Priced("Shared loss", owed, (*steps, Step("Shared loss", said, owed, citation="42 CFR 425.605(d)")), (LABEL,))
    held = share if score >= standard else rounded(share * score, 4)
    reason = f"quality {percent(score)} meets the standard of {percent(standard)}" if score >= standard else f"quality {percent(score)} is under {percent(standard)}: {percent(share)} × {percent(score)}"
    steps.append(Step("Sharing rate", reason, held * 100, "%", "42 CFR 425.605(d)"))
    found, limit = cents(saved * held), cents(whole * most)
    steps.append(Step("Share", f"{dollars(saved)} × {percent(held)}", found, citation="42 CFR 425.605(d)"))
    if found > limit:
        steps.append(Step("Limit", f"at most {percent(most)} of the benchmark", limit, citation="42 CFR 425.605(d)"))
    return Priced(name, min(found, limit), tuple(steps), (LABEL,))


def _a_person(given: Number | Priced, what: str) -> Decimal:
    return given.amount if isinstance(given, Priced) else cents(exact(given, what))


def _numbers(given: Sequence[Number], what: str) -> list[Decimal]:
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise PaymentInputError(f"{what} is {str(given)[:40]!r}: a list of one number or more was expected, such as [11500, 11800, 12000].")
    return [exact(one, what) for one in given]
