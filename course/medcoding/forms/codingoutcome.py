"""What a list of diagnoses would have done: too many, too few, and what that does to a risk score."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from medcoding.forms.chart import lines
from medcoding.forms.consequence import Bar, Consequence
from medcoding.forms.diagnoses import plain

NOTE = (
    "An HCC is a group of diagnoses that raises what Medicare pays a health plan for a member; module 11 tells of it. "
    "The risk score also counts age and sex. Here: model CMS-HCC V28, for somebody who lives at home and has no Medicaid, raw, before normalization."
)


def coding_consequence(
    entered: Sequence[str], right: Sequence[str], neutral: Sequence[str], chart: str, on: date, *, in_order: bool = True
) -> Consequence:
    """Over- and undercoding of a list of ICD-10-CM codes, and its risk score where the chart gives age and sex.

    `right` are the key's codes (or the alternatives that were entered in their place), `neutral` those without effect;
    `in_order` tells whether the order is the one that is asked for.
    """
    own, goal, free = ({plain(code): code for code in codes if code.strip()} for codes in (entered, right, neutral))
    extra = [own[code] for code in own if code not in goal and code not in free]
    missed = [goal[code] for code in goal if code not in own]
    rows = [("Too many", ", ".join(extra)[:300] or "none", "none"), ("Missing", ", ".join(missed)[:300] or "none", "none")] if extra or missed else []
    sentence = _verdict(len(extra), len(missed), in_order)
    told = _risk(list(own.values()), list(goal.values()), chart, on)
    if told is None:
        return Consequence(sentence, tuple(rows), telling=("Missing",))
    score_rows, difference, bars = told
    return Consequence(f"{sentence} {difference}".strip(), (*rows, *score_rows), bars, NOTE, ("Missing",))


def _verdict(extra: int, missed: int, in_order: bool) -> str:
    """What an auditor would call it."""
    if not extra and not missed and not in_order:
        return "An auditor would find every diagnosis code, and the order wrong: the claim names another reason for the visit, or breaks a note."
    if not extra and not missed:
        return "An auditor would find no diagnosis code too many and none missing."
    if extra and missed:
        return f"An auditor would count {extra} diagnosis code{'' if extra == 1 else 's'} that the record does not support and {missed} left out: coded wrongly."
    if extra:
        return f"An auditor would count {extra} diagnosis code{'' if extra == 1 else 's'} that the record does not support: overcoded."
    return f"An auditor would count {missed} diagnosis code{'' if missed == 1 else 's'} left out: undercoded."


def _risk(own: list[str], goal: list[str], chart: str, on: date) -> tuple[list[tuple[str, str, str]], str, tuple[Bar, ...]] | None:
    """(rows, sentence, bars) of both risk scores; None where no payment category is in either, or age and sex are not told."""
    from medcoding.codes import icd10cm
    from medcoding.payment import hcc, marks

    book = icd10cm.on(on)
    own, goal = ([code for code in codes if code in book] for codes in (own, goal))
    if not any(category.model == "V28" for code in {*own, *goal} for category in marks.categories(code)):
        return None
    person = person_of(chart)
    if person is None:
        return None
    try:
        both = hcc.compare(own, goal, age=person[0], sex=person[1], model="V28")
    except (hcc.PaymentInputError, hcc.HccUnavailable):
        return None
    mine, theirs = both.claimed, both.supported
    rows = [
        ("Payment categories", ", ".join(f"HCC {number}" for number in mine.hccs) or "none", ", ".join(f"HCC {number}" for number in theirs.hccs) or "none"),
        ("Risk score", f"{mine.raw:.3f}", f"{theirs.raw:.3f}"),
    ]
    change = both.change
    said = "The risk score is that of the key." if not change else f"The risk score would be {abs(change):.3f} {'too high' if change > 0 else 'too low'}."
    return rows, said, (Bar("Yours", Decimal(str(mine.raw))), Bar("The key", Decimal(str(theirs.raw))))


def person_of(chart: str) -> tuple[int, str] | None:
    """(age in years, sex) from the header of a chart, or None where it does not tell both."""
    fields = {line.name.casefold(): line.text for line in lines(chart) if line.kind == "field"}
    age = re.fullmatch(r"(\d{1,3})(?: years?)?", fields.get("age", ""))
    sex = fields.get("sex", "").strip().upper()[:1]
    return (int(age[1]), sex) if age and sex in ("F", "M") else None
