"""A stay's abstract grouped: the MS-DRG of the key, that of an answer, and the difference in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from medcoding.forms.consequence import TEACHING_BASE, Bar, Consequence, money
from medcoding.forms.diagnoses import plain, swapped
from medcoding.forms.matching import match_codes

if TYPE_CHECKING:
    from medcoding.forms.staymodels import Patient, StayAnswer, StayKey
    from medcoding.payment.drg import Grouping


def group_codes(
    principal: tuple[str, str], others: Sequence[tuple[str, str]], procedures: Sequence[str], patient: Patient, on: date
) -> Grouping:
    """A stay grouped. Raises `DrgInputError` where it cannot be."""
    from medcoding.payment import drg

    return drg.group(
        principal=principal, secondary=list(others), procedures=list(procedures), age=patient.age, sex=patient.sex,
        discharge=patient.discharge, on=on,
    )  # fmt: skip


def group_key(key: StayKey, on: date, answer: StayAnswer | None = None) -> Grouping:
    """The key's abstract, grouped; with `answer`, each accepted alternative that it holds in the place of the key's own code."""
    codes = [entry.code for entry in (key.principal, *key.others)]
    procedures = [plain(entry.code) for entry in key.procedures]
    if answer is not None:
        codes, procedures = _settled(key, answer, codes, procedures)
    coded = [(code, "" if entry.poa == "exempt" else entry.poa) for code, entry in zip(codes, (key.principal, *key.others), strict=True)]
    return group_codes(coded[0], coded[1:], procedures, key.patient, on)


def _settled(key: StayKey, answer: StayAnswer, codes: list[str], procedures: list[str]) -> tuple[list[str], list[str]]:
    """The key's codes with the alternatives that were entered. An accepted principal diagnosis is taken as it is."""
    principal = plain(answer.principal.code)
    if principal in key.principal.accepted:
        codes = swapped(codes, 0, answer.principal.code)
        listed = [entry.code for entry in answer.others]
        places = match_codes([plain(code) for code in listed], [entry.accepted for entry in key.others], once=True, spent=[principal])
        for entry, place in places.items():
            codes = swapped(codes, place + 1, listed[entry])
    entered = [plain(entry.code) for entry in answer.procedures]
    for entry, place in match_codes(entered, [one.accepted for one in key.procedures], once=True).items():
        procedures = swapped(procedures, place, entered[entry])
    return codes, procedures


def group_answer(answer: StayAnswer, patient: Patient, on: date) -> Grouping | str:
    """An answer's abstract grouped, or why it cannot be, in words. Codes entered twice count once."""
    from medcoding.forms.staymodels import INDICATORS, indicator
    from medcoding.payment import drg

    if not answer.principal.code.strip():
        return "There is no principal diagnosis, so the stay cannot be grouped."
    coded: dict[str, tuple[str, str]] = {}
    for entry in (answer.principal, *answer.others):
        if entry.code.strip():
            value = indicator(entry.poa)
            coded.setdefault(plain(entry.code), (entry.code, value if value in INDICATORS else ""))
    procedures = dict.fromkeys(plain(entry.code) for entry in answer.procedures if entry.code.strip())
    first, *rest = coded.values()
    try:
        return group_codes(first, rest, list(procedures), patient, on)
    except drg.DrgInputError as error:
        return f"The claim would come back: {error}"


def worth(grouping: Grouping) -> Decimal | None:
    """Dollars at the teaching base rate; None where the weights of the year are not installed."""
    return None if grouping.weight is None else (grouping.weight * TEACHING_BASE).quantize(Decimal("0.01"))


def told(grouping: Grouping) -> str:
    """An MS-DRG in words, with its weight and what that is at the teaching base rate."""
    amount = worth(grouping)
    weight = f"; weight {grouping.weight}, {money(amount)} at the teaching base rate" if amount is not None else ""
    return f"MS-DRG {grouping.drg:03d} {grouping.title}{weight}."


def stay_consequence(key: StayKey, answer: StayAnswer, on: date) -> Consequence:
    """What the answer would have been grouped and paid as, beside the key."""
    right = group_key(key, on, answer)
    own = group_answer(answer, key.patient, on)
    note = f"At the teaching base rate of {money(TEACHING_BASE)}; no hospital's rate."
    if isinstance(own, str):
        return Consequence(own, (("MS-DRG", "none", f"{right.drg:03d} {right.title}"),), note=note)
    rows = [("MS-DRG", f"{own.drg:03d} {own.title}", f"{right.drg:03d} {right.title}")]
    paid, due = worth(own), worth(right)
    if paid is None or due is None:
        return Consequence("The weights of this year are not installed.", tuple(rows))
    rows += [("Relative weight", str(own.weight), str(right.weight)), ("Payment", money(paid), money(due))]
    if own.drg == right.drg:
        sentence = f"The same MS-DRG as the key's, {right.drg:03d}." + ("" if _same_codes(key, answer) else " The codes differ all the same, and codes are what is scored.")
    else:
        way = "more" if paid > due else "less"
        sentence = f"MS-DRG {own.drg:03d} instead of {right.drg:03d}: {money(abs(paid - due))} {way} than the record supports."
        if paid > due:
            sentence += " An auditor would call it overcoded and take the money back."
        elif paid < due:
            sentence += " The hospital would not be paid for what it did."
    return Consequence(sentence, tuple(rows), (Bar("Yours", paid, dollars=True), Bar("The key", due, dollars=True)), note)


def _same_codes(key: StayKey, answer: StayAnswer) -> bool:
    entered = {plain(entry.code) for entry in (answer.principal, *answer.others) if entry.code.strip()}
    return entered == {plain(entry.code) for entry in (key.principal, *key.others)}
