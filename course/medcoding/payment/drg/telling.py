"""A grouping told as a learner would tell it: why this MDC, this type, this severity, and what would change it.

Every "would" is a grouping of its own: the same stay without one code, or with another indicator, is asked of the grouper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from medcoding.payment.drg import exclusions, weights
from medcoding.payment.drg.bars import bars
from medcoding.payment.drg.grouping import FIRST_UNRELATED, LAST_UNRELATED, group_case, with_poa
from medcoding.payment.drg.severity import DIED, EXCLUDED, HAC, LOGIC
from medcoding.payment.explanation import NO_MATH

if TYPE_CHECKING:
    from medcoding.payment.drg.grouping import Grouping
    from medcoding.payment.drg.severity import Secondary

TRAUMA, HIV = 24, 25
_LONGEST_LIST = 12


@dataclass(frozen=True)
class Part:
    """One part of an explanation: a heading and its sentences."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a stay has its MS-DRG. Shows itself in a notebook; `text` is the same for reading aloud."""

    grouping: Grouping
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """All parts as plain text: a heading, then its sentences, a blank line between."""
        return "\n\n".join("\n".join([f"{part.heading}:", *part.sentences]) for part in self.parts)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        first, *rest = self.parts
        opening = "".join(f"<p>{escape(sentence)}</p>" for sentence in first.sentences)
        body = "".join(f"<h5>{escape(part.heading)}</h5>{_listed(part.sentences)}" for part in rest)
        return (
            f"<section class='mc-drg {NO_MATH}' aria-label='Why MS-DRG {self.grouping.drg:03d}'><h4>{escape(first.heading)}</h4>"
            f"{opening}{bars(self.grouping)}{body}</section>"
        )


def explain(grouping: Grouping) -> Explanation:
    """Tell why a stay has its MS-DRG and what would change it. The explanation groups the stay again a few dozen times."""
    parts = [
        Part(f"MS-DRG {grouping.drg:03d}", tuple(_answer(grouping))),
        Part("Why this MDC", tuple(_category(grouping))),
        Part("Medical or surgical", tuple(_type(grouping))),
        Part("Complications and comorbidities", tuple(_severity(grouping))),
        Part("Hospital-acquired conditions", tuple(_acquired(grouping))),
        Part("What the editor says", tuple(str(one) for one in grouping.findings)),
        Part("What would change it", tuple(_changes(grouping))),
    ]
    return Explanation(grouping, tuple(part for part in parts if part.sentences))


def named(grouping: Grouping, code: str) -> str:
    """A code with its title: "J18.9 (Pneumonia, unspecified organism)"; the code alone when no book has it."""
    from medcoding.codes import icd10cm, icd10pcs
    from medcoding.codes.dates import UnknownCode
    from medcoding.codes.indexfile import IndexUnavailable

    book_on = icd10pcs.on if code in grouping.case.procedures else icd10cm.on
    try:
        return f"{code} ({book_on(grouping.case.on)[code].title})"
    except (IndexUnavailable, UnknownCode, ValueError):
        return code


def _answer(one: Grouping) -> Iterator[str]:
    yield f"The stay is grouped to MS-DRG {one.drg}, {one.title}, by version {one.version} of the grouper, for a discharge on {one.case.on}."
    if not one.valid:
        yield "Medicare does not pay this MS-DRG: the claim goes back to the hospital."
        return
    if one.weight is None:
        yield weights.why_none(one.case.fiscal_year)
        return
    yield (
        f"Its relative weight is {one.weight}: the base rate is multiplied by it. Patients stay {one.gmlos} days in the "
        f"geometric mean and {one.amlos} in the arithmetic mean."
    )


def _category(one: Grouping) -> Iterator[str]:
    principal = named(one, one.case.principal.code)
    if not one.valid:
        yield f"The principal diagnosis is {principal}."
        return
    if one.mdc == 0:
        used = _joined([named(one, done.code) for done in one.procedures if done.affects]) or "a procedure"
        yield f"Pre-MDC comes first: {used} leads to an MS-DRG of its own before the principal diagnosis is looked at."
        yield f"The principal diagnosis, {principal}, would otherwise lead to MDC {one.principal_mdc}."
    elif one.mdc == one.principal_mdc:
        yield f"The principal diagnosis, {principal}, belongs to MDC {one.mdc}, {one.mdc_title}."
    else:
        yield f"The principal diagnosis, {principal}, belongs to MDC {one.principal_mdc}, but the stay moves to MDC {one.mdc}, {one.mdc_title}."
        yield {
            TRAUMA: "Significant injuries of two or more body regions make it multiple significant trauma.",
            HIV: "HIV disease and a condition that goes with it are both reported.",
        }.get(one.mdc, "Other diagnoses or procedures of the stay send it there.")


def _type(one: Grouping) -> Iterator[str]:
    if not one.kind:
        return
    used = [named(one, done.code) for done in one.procedures if done.affects]
    idle = [done.code for done in one.procedures if not done.affects]
    if one.kind == weights.SURGICAL:
        yield f"It is a surgical MS-DRG, by {_joined(used) or 'its procedures'}."
        if FIRST_UNRELATED <= one.drg <= LAST_UNRELATED:
            yield f"The operation does not belong to MDC {one.principal_mdc} of the principal diagnosis: look whether that diagnosis is right."
    elif used:
        yield f"It is a medical MS-DRG. {_joined(used)} leads to it without being an operation."
    elif one.procedures:
        yield "It is a medical MS-DRG: no procedure of the stay changes it."
    else:
        yield "It is a medical MS-DRG: the stay has no procedure."
    if idle and used:
        yield f"{_joined(idle)} {'does' if len(idle) == 1 else 'do'} not change it."


def _severity(one: Grouping) -> Iterator[str]:
    if not one.valid:
        return
    counted = [other for other in one.secondary if other.counted]
    if not one.secondary:
        yield "There is no secondary diagnosis, so nothing counts as CC or MCC."
    elif not counted:
        yield "No secondary diagnosis counts as CC or MCC."
    for other in counted:
        used = "and sets the severity" if other.affects else "and the MS-DRG does not need it"
        yield f"{named(one, other.code)} counts as {_full(other.level)}, {used}."
    for other in one.secondary:
        if other.reason:
            yield _not_counted(one, other)
    plain = [other.code for other in one.secondary if not other.level]
    if plain:
        yield f"{_joined(plain)} {'is' if len(plain) == 1 else 'are'} neither CC nor MCC."


def _not_counted(one: Grouping, other: Secondary) -> str:
    name = f"{named(one, other.code)} is {_full(other.level)}, but does not count"
    if other.reason == EXCLUDED:
        found = exclusions.excludes(one.case.principal.key, other.code.replace(".", ""))
        where = ""
        if found is not None and one.case.fiscal_year == exclusions.YEAR:
            where = f" It stands in PDX collection {found.number} of Table 6K."
        return f"{name}: the principal diagnosis {one.case.principal.code} excludes it, being too closely related.{where}"
    return {
        DIED: f"{name}: it counts only for patients who leave alive, and this one died.",
        HAC: f"{name}: it is hospital-acquired.",
        LOGIC: f"{name}: the definition of the MS-DRG has already used it.",
    }.get(other.reason, f"{name}.")


def _acquired(one: Grouping) -> Iterator[str]:
    if not one.valid:
        return
    for hac in one.hospital_acquired:
        yield (
            f"{named(one, hac.code)} is in category {hac.number} of the hospital-acquired conditions, {hac.description}, and was "
            "not reported as present on admission: it is grouped as if it were not there."
        )
    if one.hospital_acquired:
        if one.before.drg == one.drg:
            yield f"The MS-DRG is the same with and without: {one.drg}."
        else:
            yield f"With it the stay would have been MS-DRG {one.before.drg}, {one.before.title}{_weighing(one.before.weight)}."


def _changes(one: Grouping) -> Iterator[str]:
    """What would change the MS-DRG: each code left out, each indicator turned, each severity reached."""
    removable = [other.code for other in one.secondary if other.counted or other.affects]
    removable += [done.code for done in one.procedures if done.affects]
    for code in dict.fromkeys(removable[:_LONGEST_LIST]):
        yield _difference(one, f"Without {code}", one.without(code))
    if one.hospital_acquired:
        keys = [hac.code.replace(".", "") for hac in one.hospital_acquired]
        shown = _joined([hac.code for hac in one.hospital_acquired])
        yield _difference(one, f"Had {shown} been present on admission", group_case(with_poa(one.case, keys)))
    if any(other.reason == DIED for other in one.secondary):
        yield _difference(one, "Had the patient left alive", group_case(replace(one.case, discharge="01")))
    for sibling in weights.family(one.drg) if one.weight is not None else ():
        if sibling.drg < one.drg and sibling.weight is not None:
            tier = _wanted(sibling.tier)
            yield f"{tier} would make it MS-DRG {sibling.drg}{_weighing(sibling.weight)}."


def _difference(one: Grouping, start: str, other: Grouping) -> str:
    if other.drg == one.drg:
        return f"{start} it would still be MS-DRG {one.drg}."
    return f"{start} it would be MS-DRG {other.drg}, {other.title}{_weighing(other.weight)}."


def _wanted(tier: str) -> str:
    severity, also, rest = tier.upper().removeprefix("WITH ").replace("CC/MCC", "CC or MCC").partition(" OR ")
    return f"A secondary diagnosis that counts as {severity}{f', or {rest.lower()},' if also else ''}"


def _weighing(weight: object) -> str:
    return f", weight {weight}" if weight is not None else ""


def _full(level: str) -> str:
    return "a major complication or comorbidity (MCC)" if level == "MCC" else "a complication or comorbidity (CC)"


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _listed(sentences: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>"
