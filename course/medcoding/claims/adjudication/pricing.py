"""What the teaching payer allows for each line, or for a whole stay: the course's own fees, each with its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from medcoding.claims.adjudication.plan import Plan
from medcoding.payment.steps import ONE, ZERO, PaymentInputError, Priced, Step, cents, dollars, percent, plain

if TYPE_CHECKING:
    from medcoding.claims.model import Claim, Institutional, Line, Professional
    from medcoding.payment import rbrvs


@dataclass(frozen=True)
class Fee:
    """What is allowed for a line. `packaged`: it is paid within another line; `prospective`: a rate that may pass the charge."""

    amount: Decimal
    steps: tuple[Step, ...]
    packaged: bool = False
    prospective: bool = False


@dataclass(frozen=True)
class Stay:
    """What is allowed for an inpatient stay: the amount, the group, the steps; `problem` where it cannot be grouped."""

    amount: Decimal
    drg: str
    steps: tuple[Step, ...]
    problem: str = ""


def line_fees(claim: Claim, plan: Plan, fees: Mapping[str, Decimal] | None, refused: Sequence[int] = ()) -> dict[int, Fee]:
    """The fee of each line that is not refused, by its place from 0. `fees` gives dollars a unit and goes before the course's own."""
    from medcoding.claims.model import Institutional, Professional

    places = [place for place in range(len(claim.lines)) if place not in refused]
    found = {place: _given(claim.lines[place], fees[claim.lines[place].code]) for place in places if fees and claim.lines[place].code in fees}
    left = [place for place in places if place not in found]
    if isinstance(claim, Professional):
        found |= _professional(claim, plan, left)
    elif isinstance(claim, Institutional):
        found |= _outpatient(claim, plan, left)
    return {place: found.get(place) or _unlisted(claim.lines[place], plan) for place in places}


def whole(units: Decimal) -> int:
    """Units as payers count them: a part of a unit is a whole one."""
    return int(units.to_integral_value(ROUND_CEILING))


def _given(line: Line, fee: Decimal) -> Fee:
    amount = cents(fee * whole(line.units))
    return Fee(amount, (Step("Fee", f"as given, {dollars(fee)} × {whole(line.units)}", amount),))


def _unlisted(line: Line, plan: Plan) -> Fee:
    amount = cents(line.charge * plan.unlisted)
    return Fee(amount, (Step("No teaching fee", f"{percent(plan.unlisted)} of the charge of {dollars(line.charge)}", amount),))


def _scaled(priced: Priced, share: Decimal, plan: Plan, prospective: bool) -> Fee:
    steps = list(priced.steps)
    amount = priced.amount
    if share != ONE:
        amount = cents(amount * share)
        steps.append(Step(plan.name, f"{dollars(priced.amount)} × {plain(share)}", amount, citation="teaching contract"))
    return Fee(amount, tuple(steps), prospective=prospective)


def _professional(claim: Professional, plan: Plan, places: Sequence[int]) -> dict[int, Fee]:
    """Lines of one day and one kind of place are priced together, so that several procedures reduce each other."""
    from medcoding.claims.edits.tables import places as places_of_service
    from medcoding.payment import rbrvs

    found: dict[int, Fee] = {}
    groups: dict[tuple[object, str], list[int]] = {}
    for place in places:
        line = claim.lines[place]
        if line.code in rbrvs.teaching() and 1 <= whole(line.units) <= 9999:
            where = places_of_service().get(line.place)
            groups.setdefault((line.date, "facility" if where and where.facility else "office"), []).append(place)
    for (_, setting), members in groups.items():
        lines = [rbrvs.Line(claim.lines[one].code, claim.lines[one].modifiers, whole(claim.lines[one].units)) for one in members]
        priced = _tried(lines, setting)
        if priced is not None:
            found |= {place: _scaled(one, plan.fee_share, plan, False) for place, one in zip(members, priced, strict=True)}
            continue
        for place, asked in zip(members, lines, strict=True):
            alone = _tried([asked], setting)
            if alone is not None:
                found[place] = _scaled(alone[0], plan.fee_share, plan, False)
    return found


def _tried(lines: Sequence[rbrvs.Line], setting: str) -> list[Priced] | None:
    """The lines priced, or None where the fee schedule cannot (a setting or a modifier that leaves the share open).

    A ranked service of several units is priced as several lines, which are added up again.
    """
    from medcoding.payment import rbrvs

    try:
        priced = list(rbrvs.price(lines, setting).lines)
    except PaymentInputError:
        return None
    found = []
    for line in lines:
        count = line.units if rbrvs.teaching()[line.service].ranked else 1
        own, priced = priced[:count], priced[count:]
        found.append(own[0] if count == 1 else Priced(line.service, sum((one.amount for one in own), ZERO), tuple(step for one in own for step in one.steps)))
    return found if not priced else None


def _outpatient(claim: Institutional, plan: Plan, places: Sequence[int]) -> dict[int, Fee]:
    """Lines of one day that the outpatient table knows; what it packages is paid within the others."""
    from medcoding.payment import opps

    found: dict[int, Fee] = {}
    days: dict[object, list[int]] = {}
    for place in places:
        line = claim.lines[place]
        if line.code in opps.teaching() and 1 <= whole(line.units) <= 9999:
            days.setdefault(line.date, []).append(place)
    for members in days.values():
        try:
            bill = opps.price([opps.Line(claim.lines[one].code, whole(claim.lines[one].units), claim.lines[one].modifiers) for one in members])
        except PaymentInputError:
            continue
        for place, outcome in zip(members, bill.lines, strict=True):
            if outcome.fate in ("packaged", "composite") and not outcome.amount:
                found[place] = Fee(ZERO, tuple(outcome.steps), packaged=True)
            else:
                found[place] = _scaled(outcome, plan.outpatient_share, plan, True)
    return found


def stay(claim: Institutional, plan: Plan) -> Stay:
    """An inpatient stay by its MS-DRG: the plan's base times the weight, with transfers and without additions."""
    from medcoding.payment import drg

    admitted = claim.admitted or claim.start
    age = claim.patient.age_on(admitted)
    if age is None or not claim.diagnoses:
        return Stay(ZERO, "", (), "the stay has no date of birth or no diagnosis")
    try:
        grouping = drg.group(
            principal=(claim.diagnoses[0].code, claim.diagnoses[0].poa),
            secondary=[(one.code, one.poa) for one in claim.diagnoses[1:]],
            procedures=[one.code for one in claim.procedures],
            age=age, sex=claim.patient.sex or "U", discharge=claim.status or "01", on=claim.end,
        )  # fmt: skip
        paid = drg.payment(grouping, base=plan.stay_base, length_of_stay=max((claim.end - admitted).days, 1))
    except (drg.DrgInputError, PaymentInputError) as error:
        return Stay(ZERO, "", (), str(error))
    return Stay(paid.amount, f"{grouping.drg:03d}", paid.steps)
