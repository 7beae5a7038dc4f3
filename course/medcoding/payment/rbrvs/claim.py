"""A physician's claim priced line by line with the course's own units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from medcoding.payment.rbrvs.anesthesia import anesthesia
from medcoding.payment.rbrvs.fee import NATIONAL, in_dollars, places, shares, total_units
from medcoding.payment.rbrvs.modifiers import Terms, apply, both_sides, clean
from medcoding.payment.rbrvs.ranking import less_look, order, ranked_step
from medcoding.payment.rbrvs.teaching_table import LABEL, SETTINGS, Entry, entry
from medcoding.payment.steps import ZERO, Number, PaymentInputError, Priced, Step, cents, dollars, figure

MOST_LINES = 50
"""What a professional claim holds (837P: 50 service lines)."""


@dataclass(frozen=True)
class Line:
    """One service line: a service key, its modifiers, and its units (of anesthesia: minutes, as on a claim).

    `share` is what the contractor allows by report, for a modifier that leaves it open (52, 66).
    """

    service: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    share: Number | None = None


LineLike = Line | str | tuple[object, ...]
"""A line, a bare service key, or a key with its modifiers: ("svc:knee-film", "RT", "26")."""


@dataclass(frozen=True)
class Bill(Priced):
    """The price of a claim: `lines` in the order of the claim, each a `Priced` of its own, and their sum."""

    lines: tuple[Priced, ...] = field(repr=False, default=())


@dataclass
class _Work:
    """A line while it is being priced."""

    title: str
    line: Line
    entry: Entry
    modifiers: tuple[str, ...]
    steps: list[Step]
    amount: Decimal = ZERO
    notes: tuple[str, ...] = ()
    priced: Priced | None = None

    @property
    def ranked(self) -> bool:
        """Whether it takes part in the reduction for several procedures (never an add-on, never a return: ch. 12 §40.6)."""
        return self.priced is None and self.entry.ranked and "78" not in self.modifiers


def price(
    lines: Iterable[LineLike],
    setting: str = "office",
    gpci: Sequence[Number] = NATIONAL,
    factor: Number | None = None,
    *,
    qualifying: bool = False,
    clinician: str = "physician",
) -> Bill:
    """The fee schedule amounts of one clinician's lines of one day, with the course's own units.

    `setting` is "office" (any non-facility place) or "facility". `clinician` is "physician" or "nonphysician" (nurse
    practitioner, clinical nurse specialist, physician assistant: 85 %). The order of the rules: the part (26, TC), both sides,
    one scope, several procedures, then the other modifiers, then who did it; every amount is rounded to the cent.

    Source: 42 CFR 414.20 to 414.26 and 414.56; CMS Claims Processing Manual ch. 12 §40. Raises `PaymentInputError`.
    """
    if setting not in SETTINGS:
        raise PaymentInputError(f"The setting is {str(setting)[:20]!r}: 'office' or 'facility' was expected.")
    if clinician not in ("physician", "nonphysician"):
        raise PaymentInputError(f"The clinician is {str(clinician)[:20]!r}: 'physician' or 'nonphysician' was expected.")
    indices = places(gpci)
    works = [work for line in _lines(lines) for work in _begun(line, setting, indices, factor, qualifying)]
    _one_scope(works, setting, indices, factor, qualifying)
    _several(works)
    priced = tuple(_ended(work, clinician) for work in works)
    total = sum((one.amount for one in priced), ZERO)
    steps = tuple(Step(f"{one.title}: {step.name}", step.formula, step.amount, step.unit, step.citation) for one in priced for step in one.steps)
    together = Step("Allowed together", " + ".join(dollars(one.amount) for one in priced), total)
    notes = tuple(dict.fromkeys([note for one in priced for note in one.notes] + [LABEL]))
    return Bill(f"Claim of {len(works)} lines" if len(works) > 1 else "Claim of one line", total, (*steps, together), notes, priced)


def _lines(lines: Iterable[LineLike]) -> list[Line]:
    given = [lines] if isinstance(lines, (str, Line)) else list(lines)
    if not 1 <= len(given) <= MOST_LINES:
        raise PaymentInputError(f"The claim has {len(given)} lines: 1 to {MOST_LINES} were expected.")
    found = []
    for one in given:
        if isinstance(one, str):
            one = Line(one)
        elif isinstance(one, tuple):
            if not one or not all(isinstance(part, str) for part in one):
                raise PaymentInputError(f"{str(one)[:60]!r} is no line: a service key and its modifiers were expected, or a rbrvs.Line.")
            one = Line(str(one[0]), tuple(str(part) for part in one[1:]))
        if not isinstance(one, Line):
            raise PaymentInputError(f"{str(one)[:60]!r} is no line: a service key was expected, such as 'svc:knee-film'.")
        if isinstance(one.units, bool) or not isinstance(one.units, int) or not 1 <= one.units <= 9999:
            raise PaymentInputError(f"{one.service} has {str(one.units)[:20]!r} units: a whole number from 1 to 9,999 was expected.")
        found.append(one)
    return found


def _begun(
    line: Line, setting: str, gpci: Sequence[Number], factor: Number | None, qualifying: bool
) -> list[_Work]:
    """The line with its fee and both sides; a ranked service of several units becomes several lines."""
    row, modifiers = entry(line.service), clean(line.modifiers)
    if row.laboratory is not None:
        amount = row.laboratory * line.units
        step = Step("Laboratory fee schedule", f"{dollars(row.laboratory)} × {line.units}", amount, citation="42 CFR 414.507")
        return [_Work(row.key, line, row, modifiers, [], priced=Priced(row.key, cents(amount), (step,)))]
    if row.base is not None:
        given = [one for one in modifiers if one in ("AA", "QZ", "QK", "QX", "QY", "AD")] or ["AA"]
        return [_Work(row.key, line, row, modifiers, [], priced=anesthesia(row.base, line.units, given[0], qualifying=qualifying, title=row.key))]
    units = row.units(setting, modifiers)
    total, steps = total_units(units.work, units.pe, units.mp, gpci)
    amount, step = in_dollars(total, factor, qualifying)
    count = line.units if row.ranked else 1
    made = []
    for number in range(count):
        title = f"{row.key}{''.join('-' + one for one in modifiers)}" + (f" (unit {number + 1})" if count > 1 else "")
        work = _Work(title, line, row, modifiers, [*steps, step], amount)
        if not row.ranked and line.units > 1:
            work.amount = amount * line.units
            work.steps.append(Step("Units of service", f"{dollars(amount)} × {line.units}", work.amount))
        work.amount, sides = both_sides(work.amount, modifiers, _terms(row))
        work.steps += sides
        made.append(work)
    return made


def _terms(row: Entry) -> Terms:
    return Terms(row.key, row.sides, row.parts, row.stopped, row.assistant, row.team)


def _one_scope(works: list[_Work], setting: str, gpci: Sequence[Number], factor: Number | None, qualifying: bool) -> None:
    """Services through one scope: the dearest in full, the others less the look (ch. 12 §40.6)."""
    for base in dict.fromkeys(work.entry.scope for work in works if work.ranked and work.entry.scope):
        family = [work for work in works if work.ranked and work.entry.scope == base]
        if len(family) < 2:
            continue
        look, _ = in_dollars(total_units(*_three(entry(base), setting), gpci)[0], factor, qualifying)
        for work, rank in zip(family, order([work.amount for work in family]), strict=True):
            work.amount, step = less_look(work.amount, rank, look)
            work.steps.append(step)


def _three(row: Entry, setting: str) -> tuple[Decimal, Decimal, Decimal]:
    units = row.units(setting)
    return units.work, units.pe, units.mp


def _several(works: list[_Work]) -> None:
    """Several procedures: families of one scope count as one procedure (ch. 12 §40.6)."""
    groups: dict[object, list[_Work]] = {}
    for number, work in enumerate(works):
        if work.ranked:
            groups.setdefault(work.entry.scope or number, []).append(work)
    if len(groups) < 2:
        return
    listed = list(groups.values())
    ranks = order([sum((work.amount for work in group), ZERO) for group in listed])
    for group, rank in zip(listed, ranks, strict=True):
        for work in group:
            work.amount, step = ranked_step(work.amount, rank)
            work.steps.append(step)


def _ended(work: _Work, clinician: str) -> Priced:
    """The line after its other modifiers."""
    if work.priced is not None:
        return work.priced
    modifiers = tuple(one for one in work.modifiers if one not in ("50", "51"))
    amount, steps, notes = apply(work.amount, modifiers, _terms(work.entry), work.line.share, sides=False)
    steps = (*work.steps, *steps)
    if clinician == "nonphysician" and "AS" not in modifiers and "TC" not in modifiers:
        amount, step = shares(amount, figure("nonphysician-share"), "not a physician", "Clinician", "42 CFR 414.52(d), 414.56(c)")
        steps = (*steps, step)
    return Priced(work.title, amount, steps, notes)
