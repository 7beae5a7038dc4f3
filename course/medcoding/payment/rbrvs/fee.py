"""The physician fee: units of work, expense and liability, each moved by its place, times one factor."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from medcoding.payment.steps import (
    ONE,
    Number,
    PaymentInputError,
    Priced,
    Step,
    cents,
    dollars,
    exact,
    figure,
    percent,
    plain,
    rounded,
)

NATIONAL: tuple[Number, Number, Number] = (1, 1, 1)
"""The three geographic indices of the nation as a whole: work, practice expense, liability."""

FORMULA = "42 CFR 414.20(a), 414.22, 414.26"
EFFICIENCY = "CY2026 Physician Fee Schedule final rule"


def conversion_factor(qualifying: bool = False) -> Decimal:
    """The conversion factor of CY2026 in dollars: that of qualifying participants of an alternative payment model, or of all others.

    Source: CMS CY2026 Physician Fee Schedule final rule (`facts`: pfs-conversion-factor, pfs-conversion-factor-qualifying).
    """
    return figure("pfs-conversion-factor-qualifying" if qualifying else "pfs-conversion-factor")


def efficient(work: Number) -> Decimal:
    """Work units after the efficiency adjustment of CY2026: 2.5 % less, to two decimals. For services not defined by time.

    Source: CMS CY2026 Physician Fee Schedule final rule (`facts`: pfs-efficiency-adjustment). Raises `PaymentInputError`.
    """
    return rounded(exact(work, "work") * (ONE - figure("pfs-efficiency-adjustment")), 2)


def fee(
    work: Number,
    pe: Number,
    mp: Number,
    gpci: Sequence[Number] = NATIONAL,
    factor: Number | None = None,
    *,
    efficiency: bool = False,
    qualifying: bool = False,
    title: str = "Fee schedule amount",
) -> Priced:
    """The fee schedule amount: (work × GPCI + expense × GPCI + liability × GPCI) × conversion factor, rounded once, at the end.

    `work`, `pe`, `mp` are relative value units; `gpci` the three geographic indices in that order; `factor` dollars a unit, by
    default that of CY2026 (of `qualifying` participants when so asked). `efficiency` takes 2.5 % off the work units first.

    Source: 42 CFR 414.20(a), units 414.22, geographic indices 414.26. Raises `PaymentInputError`.
    """
    units, steps = total_units(work, pe, mp, gpci, efficiency)
    amount, last = in_dollars(units, factor, qualifying)
    return Priced(title, amount, (*steps, last))


def total_units(
    work: Number, pe: Number, mp: Number, gpci: Sequence[Number] = NATIONAL, efficiency: bool = False
) -> tuple[Decimal, tuple[Step, ...]]:
    """The units of a service at one place, exact, and the steps to them. Raises `PaymentInputError`."""
    indices = places(gpci)
    steps = []
    units = [exact(work, "work"), exact(pe, "pe"), exact(mp, "mp")]
    if efficiency:
        before, units[0] = units[0], efficient(units[0])
        said = f"{plain(before)} work units less {percent(figure('pfs-efficiency-adjustment'))}, to two decimals"
        steps.append(Step("Efficiency adjustment", said, units[0], "units", EFFICIENCY))
    parts = []
    for name, value, index in zip(("Work", "Practice expense", "Liability"), units, indices, strict=True):
        parts.append(value * index)
        steps.append(Step(name, f"{plain(value)} units × {plain(index)} for the place", value * index, "units", "42 CFR 414.22, 414.26"))
    total = sum(parts, Decimal(0))
    steps.append(Step("Units together", " + ".join(plain(part) for part in parts), total, "units", "42 CFR 414.20(a)"))
    return total, tuple(steps)


def places(gpci: Sequence[Number]) -> tuple[Decimal, Decimal, Decimal]:
    """The three indices, exact. Raises `PaymentInputError` when they are not three positive numbers."""
    try:
        given = [] if isinstance(gpci, str) else list(gpci)
    except TypeError:
        given = []
    if len(given) != 3:
        raise PaymentInputError(
            f"gpci is {str(gpci)[:40]!r}: three indices were expected, for work, practice expense and liability, such as (1.02, 0.98, 0.75)."
        )
    names = ("the work GPCI", "the practice expense GPCI", "the liability GPCI")
    work, pe, mp = (exact(value, name, least="0.01", most=10) for value, name in zip(given, names, strict=True))
    return work, pe, mp


def in_dollars(units: Decimal, factor: Number | None = None, qualifying: bool = False) -> tuple[Decimal, Step]:
    """The amount of a number of units, rounded to the cent as the fee schedule prints it, and its step. Raises `PaymentInputError`."""
    rate = conversion_factor(qualifying) if factor is None else exact(factor, "factor")
    amount = cents(units * rate)
    said = f"{plain(units, 6)} units × ${plain(rate)} a unit, rounded to the cent"
    return amount, Step("Fee schedule amount", said, amount, citation=FORMULA)


def shares(amount: Decimal, share: Decimal, said: str, name: str, citation: str) -> tuple[Decimal, Step]:
    """An amount times a share, to the cent, with its step: "$900.00 × 50 %: second procedure"."""
    found = cents(amount * share)
    return found, Step(name, f"{dollars(amount)} × {percent(share)}{f': {said}' if said else ''}", found, citation=citation)
