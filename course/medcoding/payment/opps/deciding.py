"""What becomes of each line: paid, halved, packaged, part of a composite, paid elsewhere, or not paid.

The order is that of CMS's Integrated Outpatient Code Editor: inpatient procedures, comprehensive services, comprehensive
observation, composites, critical care, conditional packaging, then the reduction for several procedures. One claim is one day.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from medcoding.payment.opps.lines import Item
from medcoding.payment.opps.teaching_table import composites, indicators

OBSERVATION, HOURS = "G0378", 8
"""The code of an hour of observation, and the hours that make it comprehensive (CMS Claims Processing Manual ch. 4 §290.5)."""

CRITICAL = "svc:critical-care-first"

HALF = Decimal("0.5")

APART = ("F", "G", "H", "L", "U")
"""Indicators that are paid even beside a comprehensive service (ch. 4 §10.2.3)."""

MANUAL = "CMS Claims Processing Manual"


def decide(found: Sequence[Item]) -> None:
    """Settle every item: its fate, why, the rule, and the share or the composite that it pays."""
    if not _inpatient(found) and not _comprehensive(found):
        _otherwise(found, "J2")
        _images(found)
        _critical(found)
        _conditional(found)
        _procedures(found)
    for item in found:
        _plain(item)


def _inpatient(found: Sequence[Item]) -> bool:
    """An inpatient procedure: nothing of that day is paid here (42 CFR 419.22(n))."""
    if not any(item.status == "C" for item in found):
        return False
    for item in found:
        why = "inpatient procedure, not paid to a hospital outpatient department" if item.status == "C" else "on the day of an inpatient procedure"
        item.settle("not paid", why, "42 CFR 419.22(n)")
    return True


def _comprehensive(found: Sequence[Item]) -> bool:
    """J1: the dearest takes in the rest. Else observation of 8 hours or more with a visit, and no T: one payment for all."""
    ones = [item for item in found if item.status == "J1"]
    if ones:
        first = max(ones, key=lambda item: item.entry.rate or Decimal(0))
        first.units = 1
        if first.stopped:
            first.share = HALF
            first.settle("half", "comprehensive service, reduced or stopped before anesthesia", "42 CFR 419.44(b)")
        first.settle("paid", "comprehensive service", indicators()["J1"].rule)
        _take_in(found, f"in {first.title}", indicators()["J1"].rule)
        return True
    hours = sum(item.units for item in found if item.title.upper() == OBSERVATION)
    visits = [item for item in found if item.status == "J2" and item.entry.visit]
    if hours < HOURS or not visits or any(item.status == "T" for item in found):
        return False
    whole = composites()["observation"]
    first = max(visits, key=lambda item: item.entry.rate or Decimal(0))
    first.composite = whole
    first.settle("composite", f"{hours} hours of observation with a visit: {whole.group}", whole.rule)
    _take_in(found, f"in the {whole.group}", whole.rule)
    return True


def _take_in(found: Sequence[Item], why: str, rule: str) -> None:
    for item in found:
        kept = item.entry.apart or item.status in APART or indicators()[item.status].pays == "never"
        if not kept:
            item.settle("packaged", why, rule)


def _otherwise(found: Sequence[Item], letter: str) -> None:
    """A conditional indicator whose condition does not hold: the item is what its table says otherwise."""
    for item in found:
        if item.status == letter and not item.fate:
            item.status = item.entry.otherwise or "S"


def _images(found: Sequence[Item]) -> None:
    """Two or more images of one family in a session: one composite; with and without contrast together: that with (ch. 4 §10.2.1)."""
    images = [item for item in found if item.status == "Q3"]
    for family in dict.fromkeys(item.entry.family.removesuffix("-contrast") for item in images):
        group = [item for item in images if item.entry.family.removesuffix("-contrast") == family]
        if sum(item.units for item in group) < 2:
            continue
        contrast = any(item.entry.family.endswith("-contrast") for item in group) and f"{family}-contrast" in composites()
        whole = composites().get(f"{family}-contrast" if contrast else family)
        if whole is None:
            continue
        group[0].composite = whole
        group[0].settle("composite", f"{sum(item.units for item in group)} images of one family: {whole.group}", whole.rule)
        for item in group[1:]:
            item.settle("packaged", f"in the {whole.group}", whole.rule)
    _otherwise(found, "Q3")


def _critical(found: Sequence[Item]) -> None:
    """Beside critical care, what belongs to it is packaged (ch. 4 §160.1)."""
    if any(item.title.lower() == CRITICAL for item in found):
        for item in found:
            if item.entry.critical:
                item.settle("packaged", "belongs to critical care", f"{MANUAL} ch. 4 §160.1")


def _conditional(found: Sequence[Item]) -> None:
    """Q1 beside S, T or V; Q2 beside T; Q4 beside anything paid here. Of several that stay, the dearest is paid (ch. 4 §10.4)."""

    def beside(letters: tuple[str, ...]) -> bool:
        return any((item.status in letters and not item.fate) or item.composite for item in found)

    for letter, letters, said in (("Q2", ("T",), "a T service"), ("Q1", ("S", "T", "V"), "an S, T or V service")):
        ones = [item for item in found if item.status == letter and not item.fate]
        packaged = beside(letters)
        best = max(ones, key=lambda item: item.entry.rate or Decimal(0), default=None)
        for item in ones:
            if packaged:
                item.settle("packaged", f"beside {said}", indicators()[letter].rule)
            elif item is best:
                item.settle("paid", f"no {said.removeprefix('a ').removeprefix('an ')} on the claim", indicators()[letter].rule)
            else:
                item.settle("packaged", f"in {best.title if best else ''}, the dearest of its kind", indicators()[letter].rule)
    for item in found:
        if item.status == "Q4" and any(other.status not in ("Q4", "A", "B", "E1", "M", "N") for other in found):
            item.settle("packaged", "laboratory test beside an outpatient service", indicators()["Q4"].rule)


def _procedures(found: Sequence[Item]) -> None:
    """T: the dearest unit in full, every other one at half; a stopped one at half, once (42 CFR 419.44)."""
    ones = [item for item in found if item.status == "T" and not item.fate]
    running = [item for item in ones if not item.stopped]
    first = max(running, key=lambda item: item.entry.rate or Decimal(0), default=None)
    for item in ones:
        if item.stopped:
            item.share = HALF
            item.settle("half", "reduced, or stopped before anesthesia", "42 CFR 419.44(b)")
        elif item is first:
            item.share = (Decimal(1) + HALF * (item.units - 1)) / item.units
            item.settle("paid", "the dearest procedure in full" + (", its further units at half" if item.units > 1 else ""), "42 CFR 419.44(a)")
        else:
            item.share = HALF
            item.settle("half", "a further procedure", "42 CFR 419.44(a)")


def _plain(item: Item) -> None:
    """What no other rule has settled."""
    known = indicators()[item.status]
    if item.fate:
        return
    if known.pays == "own" and item.stopped:
        item.share = HALF
        item.settle("half", "reduced, or stopped before anesthesia", "42 CFR 419.44(b)")
    fate = {"own": "paid", "cost": "paid", "elsewhere": "elsewhere", "packaged": "packaged", "never": "not paid"}[known.pays]
    item.settle(fate, known.plain, known.rule)
