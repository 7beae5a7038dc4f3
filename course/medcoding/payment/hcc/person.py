"""Who is scored: age, sex, and why and how the person has Medicare."""

from __future__ import annotations

from dataclasses import dataclass

from medcoding.payment.steps import PaymentInputError

SEXES = {"F": "woman", "M": "man"}

DUALS = {"non": "NA", "partial": "01", "full": "02"}
"""Medicaid beside Medicare, and a code of CMS's dual status that stands for it."""

_FULL, _PARTIAL, _NON = ("02", "04", "08"), ("01", "03", "05", "06"), ("NA", "00")

OREC = {"0": "age", "1": "disability", "2": "end-stage renal disease", "3": "disability and end-stage renal disease"}
"""Original reason for entitlement, CMS's codes."""

OLDEST = 120


@dataclass(frozen=True)
class Person:
    """A person as the models know one. `age` is that on 1 February of the payment year; `dual` is "non", "partial" or "full"."""

    age: int
    sex: str
    dual: str
    orec: str
    institutional: bool
    new_enrollee: bool

    @property
    def segment(self) -> str:
        """The part of the model whose coefficients count, in words: "community, not dual, aged"."""
        if self.new_enrollee:
            return "new enrollee"
        if self.institutional:
            return "institution"
        dual = {"non": "not dual", "partial": "partial dual", "full": "full dual"}[self.dual]
        return f"community, {dual}, {'aged' if self.age >= 65 else 'disabled'}"

    @property
    def words(self) -> str:
        """The person in words: "woman of 69, community, not dual, aged"."""
        return f"{SEXES[self.sex]} of {self.age}, {self.segment}"


def person(
    age: int, sex: str, dual: str | bool | None = None, orec: str | int | None = None, institutional: bool = False, new_enrollee: bool = False
) -> Person:
    """A checked person. Without `orec`, age is the reason from 65 on, disability before. Raises `PaymentInputError`."""
    if isinstance(age, bool) or not isinstance(age, int) or not 0 <= age <= OLDEST:
        raise PaymentInputError(f"The age is {str(age)[:20]!r}: whole years from 0 to {OLDEST} were expected.")
    text = sex.strip().upper() if isinstance(sex, str) else ""
    if text not in SEXES:
        raise PaymentInputError(f"The sex is {str(sex)[:20]!r}: 'F' or 'M' was expected; the models have coefficients for these two.")
    reason = ("0" if age >= 65 else "1") if orec is None else str(orec).strip()
    if reason not in OREC:
        known = ", ".join(f"{code} ({words})" for code, words in OREC.items())
        raise PaymentInputError(f"The original reason for entitlement is {str(orec)[:20]!r}: {known} was expected.")
    for name, value in (("institutional", institutional), ("new_enrollee", new_enrollee)):
        if not isinstance(value, bool):
            raise PaymentInputError(f"{name} is {str(value)[:20]!r}: True or False was expected.")
    return Person(age, text, _dual(dual), reason, institutional, new_enrollee)


def _dual(given: str | bool | None) -> str:
    if given is None or given is False:
        return "non"
    text = str(given).strip()
    for name, codes in (("full", _FULL), ("partial", _PARTIAL), ("non", _NON)):
        if text.lower() == name or text.upper() in codes:
            return name
    raise PaymentInputError(
        f"dual is {str(given)[:20]!r}: 'non', 'partial' or 'full' was expected, or a code of CMS's dual status "
        f"({', '.join((*_PARTIAL, *_FULL))}, NA)."
    )
