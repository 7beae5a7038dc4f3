"""Anesthesia: base units plus time units, times a factor of their own."""

from __future__ import annotations

from decimal import Decimal

from medcoding.payment.steps import (
    ONE,
    Number,
    PaymentInputError,
    Priced,
    Step,
    cents,
    exact,
    figure,
    percent,
    plain,
    rounded,
)

MINUTES = Decimal(15)
"""Minutes of one time unit; time units have one decimal (42 CFR 414.46(b); CMS Claims Processing Manual ch. 12 §50)."""

HALF = Decimal("0.5")

SHARES = {
    "AA": (ONE, "done by the physician alone"),
    "QZ": (ONE, "done by a nurse anesthetist without medical direction"),
    "QY": (HALF, "one nurse anesthetist directed by a physician"),
    "QK": (HALF, "two to four cases at once directed by a physician"),
    "QX": (HALF, "done by a nurse anesthetist under medical direction"),
}
"""Who did it, and the share that it pays (42 CFR 414.46(c) and (d), 414.60(a))."""

SUPERVISED, PRESENT = Decimal(3), Decimal(1)
"""Units of a physician who supervises more than four cases at once (AD), and for being there when one begins (42 CFR 414.46(f))."""


def anesthesia(
    base: Number,
    minutes: Number,
    modifier: str = "AA",
    factor: Number | None = None,
    *,
    qualifying: bool = False,
    present: bool = False,
    title: str = "Anesthesia",
) -> Priced:
    """The allowance of one anesthesia service: (base units + minutes / 15, to one decimal) × factor × the share of the modifier.

    `modifier` says who did it: AA, QZ (in full), QY, QK, QX (half), or AD (supervision of more than four cases: 3 units, and
    1 more with `present` at the beginning; time does not count). `factor` is dollars a unit, by default that of CY2026.
    Medicare pays nothing more for physical status.

    Source: 42 CFR 414.46; CMS Claims Processing Manual ch. 12 §50. Raises `PaymentInputError`.
    """
    who = modifier.strip().upper() if isinstance(modifier, str) else ""
    if who != "AD" and who not in SHARES:
        raise PaymentInputError(f"{str(modifier)[:20]!r} does not say who gave anesthesia: AA, QZ, QY, QK, QX or AD was expected.")
    basis, time = exact(base, "base"), exact(minutes, "minutes", most=9999)
    name = "anesthesia-conversion-factor-qualifying" if qualifying else "anesthesia-conversion-factor"
    rate = figure(name) if factor is None else exact(factor, "factor")
    if who == "AD":
        units = SUPERVISED + (PRESENT if present else 0)
        said = "3 units for supervision" + (" + 1 for being there when anesthesia began" if present else "")
        return _paid(title, (Step("Units", said, units, "units", "42 CFR 414.46(f)"),), units, rate, ONE, "supervision of more than four cases")
    counted = rounded(time / MINUTES, 1)
    units = basis + counted
    steps = (
        Step("Base units", "as the service has them", basis, "units", "42 CFR 414.46(a)"),
        Step("Time units", f"{plain(time)} minutes / 15, to one decimal", counted, "units", "42 CFR 414.46(b)"),
        Step("Units together", f"{plain(basis)} + {plain(counted)}", units, "units", "42 CFR 414.46(b)"),
    )
    return _paid(title, steps, units, rate, *SHARES[who])


def _paid(title: str, steps: tuple[Step, ...], units: Decimal, rate: Decimal, share: Decimal, said: str) -> Priced:
    whole = cents(units * rate)
    amount = cents(whole * share)
    steps = (*steps, Step("Allowance", f"{plain(units)} units × ${plain(rate)} a unit", whole, citation="42 CFR 414.46(b)"))
    if share != ONE:
        steps = (*steps, Step("Medical direction", f"{percent(share)}: {said}", amount, citation="42 CFR 414.46(d)"))
        return Priced(title, amount, steps)
    return Priced(title, amount, steps, (f"Paid in full: {said}.",))
